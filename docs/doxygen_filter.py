#!/usr/bin/env python3
"""Prints a header as Doxygen wants it: a comment above a declaration becomes /** */, one beside it /**< */, the first one of a file
describes the file. Rules between sections (/* ---- */) and what stands in preprocessor lines remain.

The declaration of a thing's keyword arguments, HONE_DECLARE_LAYER_ARGS(dense, HONE_DENSE_FIELDS), becomes the structure and the
function that it stands for, with the help and the default of each argument; HONE_ARGS_STRUCT(hone_fit_args, HONE_FIT_FIELDS) the
structure.

    doxygen_filter.py HEADER        as the filter of docs/Doxyfile"""
import glob
import os
import re
import sys

TYPES = {"BOOLEAN": "bool {};", "INTEGER": "int64_t {};", "NUMBER": "double {};", "INTEGERS": "int64_t {}[HONE_MAX_RANK];",
         "NUMBERS": "double {0}[HONE_MAX_NUMBERS]; const double *{0}_list; size_t {0}_count;",
         "IDS": "int64_t {0}[HONE_MAX_NUMBERS]; const int64_t *{0}_list; size_t {0}_count;",
         "TEXTS": "const char *{0}[HONE_MAX_TEXTS]; const char *const *{0}_list; size_t {0}_count;", "LAYER": "hone_layer *{};", "LAYERS": "hone_layer_list *{};",
         "SCHEDULE": "hone_schedule *{};", "OPTIMIZER": "hone_optimizer *{};", "CALLBACKS": "hone_callback_list *{};",
         "DATASET": "hone_dataset *{};", "MODEL": "hone_model *{};", "HISTORY": "const hone_history *{};", "SINK": "hone_sink *{};",
         "PROGRESS": "hone_fetch_function *{};", "POINTER": "void *{};", "TEXT_LIST": "const char *const *{};",
         "CLASS_WEIGHTS": "double {0}[HONE_MAX_NUMBERS]; const double *{0}_list; size_t {0}_count;"}  # texts: the others
SPECIAL = re.compile(r"([\\@<>#&%])")


def prose(text):
    """A line of a comment: no letter of it is a command, a tag or a link, but in examples, which are indented."""
    return text if re.match(r"\s*\*?\s{4,}\S", text) else SPECIAL.sub(r"\\\1", text)


def comment(text, opening):
    lines = text[2:-2].split("\n")
    return opening + "\n".join([SPECIAL.sub(r"\\\1", lines[0])] + [prose(line) for line in lines[1:]]) + "*/"


def convert(source):
    result, at, first = [], 0, True
    for found in re.finditer(r"/\*.*?\*/", source, re.S):
        start, end = found.span()
        line = source[source.rfind("\n", 0, start) + 1:start]
        above = source[:start - len(line)].rstrip("\n").rsplit("\n", 1)[-1]
        text = found.group()
        result.append(source[at:start])
        at = end
        in_macro = line.lstrip().startswith("#") or above.endswith("\\")
        if text.startswith("/* ----") or in_macro:
            result.append(text)
        elif first:
            result.append(comment(text, "/** @file\n *"))
        elif not line.strip():
            result.append(comment(text, "/**"))
        elif re.search(r"[;,{}\w)]\s*$", line) and source[end:end + 1] in "\n":
            result.append(comment(text, "/**<"))
        else:
            result.append(text)
        first = False
    return "".join(result) + source[at:]


def field_lists(folder):
    """HONE_DENSE_FIELDS and so on: name to the text of its rows."""
    lists = {}
    for path in glob.glob(os.path.join(folder, "*.h")):
        with open(path, encoding="utf-8") as file:
            source = file.read().replace("\\\n", " ")
        for name, rows in re.findall(r"#define (HONE_\w+_FIELDS)\(F, A(?:, \w+)?\)(.*)", source):
            lists[name] = rows
    return lists


def members(name, lists):
    for found in re.finditer(r'F\(A, (\w+), (\w+), (.+?),\s+"((?:[^"\\]|\\.)*)"|(HONE_\w+_FIELDS)\(F, A(?:, \w+)?\)',
                             lists.get(name, "")):
        kind, member, default, text, other = found.groups()
        if other:
            yield from members(other, lists)
        else:
            words = SPECIAL.sub(r"\\\1", text + "; " + default).replace("\\\\\"", '"')
            yield f"    {TYPES.get(kind, 'const char *{};').format(member)} /**< {words} */"


def with_arguments(source, lists):
    """Lines stay where they are: a structure takes one line."""
    source = re.sub(r"#ifndef HONE_LAYERS_H\n#include <hone/layers.h>\n#endif", "\n\n", source)  # it would be read within itself
    words = {name: text for text, name in re.findall(r"(/\*\*(?:(?!\*/).)*\*/)\n#define (HONE_\w+_FIELDS)\(", source, re.S)}

    def expand(found):
        family, thing, fields = found.group(1).lower(), found.group(2), found.group(3)
        body = " ".join(members(fields, lists))
        text = words.get(fields, "").replace("\n", " ")
        said = re.sub(r"^/\*\*|\*/$", "", text)
        follows = source.startswith(f"\n#define hone_{thing}(", found.end())  # what programs write: it has the text
        macro = f" /** {said} Arguments by name, each with its default: hone_{thing}_args. */" if follows else ""
        return (f"{text} typedef struct hone_{thing}_args {{ hone_args base; {body} }} hone_{thing}_args; "
                f"/** From the arguments of hone_{thing}(). */ hone_{family} *hone_{thing}_with(const hone_{thing}_args *args);{macro}")

    def structure(found):
        name, fields = found.groups()
        return f"typedef struct {name} {{ hone_args base; {' '.join(members(fields, lists))} }} {name};"
    def verb(found):
        """The lines of a macro for C alone: its text in place of the condition."""
        thing, lines = found.group(2), found.group(1)
        if f"hone_{thing}_with(" not in source:
            return found.group()
        return f"/** hone_{thing}_with() with arguments by name, each with its default: hone_{thing}_args. */\n{lines}"
    source = re.sub(r"^#ifndef __cplusplus\n(#define hone_(\w+)\((?:.*\\\n)*.*\n(?:#define (?:.*\\\n)*.*\n)*)#endif$", verb, source, flags=re.M)
    bare = re.compile(r"^(#define hone_\w+\([^)]*\))((?:.*\\\n)*.*)$", re.M)
    source = bare.sub(lambda found: found.group(1) + "\n" * found.group(2).count("\n"), source)
    source = re.sub(r"^HONE_ARGS_STRUCT\((hone_\w+), (HONE_\w+_FIELDS)\);", structure, source, flags=re.M)
    return re.sub(r"^HONE_DECLARE_([A-Z]+)_ARGS\((\w+), (\w+)\);", expand, source, flags=re.M)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as header:
        sys.stdout.write(with_arguments(convert(header.read()), field_lists(os.path.dirname(sys.argv[1]))))
