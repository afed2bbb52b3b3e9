#!/usr/bin/env python3
"""Makes build/site: the Markdown pages of the repository as HTML (by cmark-gfm), the sources that they point at, and the reference of
the public headers (by doxygen); then checks every link and anchor within.

    scripts/site.py [FOLDER] [--no-reference]

A page keeps its path: docs/embedding.md is docs/embedding.html, a README.md is its folder's index.html, examples/chapter.c is
examples/chapter.c.html. Fails when a link leads nowhere."""
import argparse
import html
import html.parser
import os
import posixpath
import re
import shutil
import string
import subprocess
import sys
import tempfile
import unicodedata
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NAVIGATION = [("First hour", "docs/first-hour.md"), ("Guides", "docs/guide/README.md"), ("Data", "docs/data.md"), ("Shell", "docs/shell.md"),
              ("Formats", "docs/formats.md"), ("Embedding", "docs/embedding.md"), ("Performance", "docs/performance.md"),
              ("Reproducibility", "docs/determinism.md"), ("Other machines", "docs/portability.md"), ("Parity", "docs/parity.md"), ("Changes", "CHANGELOG.md")]
PICTURES = (".png", ".svg", ".jpg", ".gif", ".webp")
LINK = re.compile(r'(<(?:a|img)\b[^>]*?\b(?:href|src)=")([^"]*)(")')


def is_file(path):
    return os.path.isfile(os.path.join(ROOT, path))


def target_of(path):
    """Where a file or folder of the repository goes on the site."""
    folder, name = posixpath.split(path)
    if os.path.isdir(os.path.join(ROOT, path)):
        return posixpath.join(path, "index.html") if path != "." else "index.html"
    if name == "README.md":
        return posixpath.join(folder, "index.html")
    if name.endswith(".md"):
        return path[:-3] + ".html"
    return path if name.endswith(PICTURES) else path + ".html"


def slug(text, taken):
    """A heading's anchor as GitHub makes it."""
    kept = [letter for letter in text.strip().lower()
            if letter in "-_ " or unicodedata.category(letter)[0] in "LN" or unicodedata.category(letter) == "Mn"]
    base = "".join(kept).replace(" ", "-")
    taken[base] = taken.get(base, -1) + 1
    return base if taken[base] == 0 else f"{base}-{taken[base]}"


def with_anchors(content):
    taken = {}

    def anchor(found):
        text = html.unescape(re.sub(r"<[^>]+>", "", found.group(2)))
        return f'<h{found.group(1)} id="{html.escape(slug(text, taken))}">{found.group(2)}</h{found.group(1)}>'
    return re.sub(r"<h([1-6])>(.*?)</h\1>", anchor, content, flags=re.S)


class Site:
    def __init__(self, folder):
        self.folder, self.done, self.waiting, self.wrong = folder, set(), [], []
        with open(os.path.join(ROOT, "docs/site/template.html"), encoding="utf-8") as file:
            self.template = string.Template(file.read())

    def write(self, path, text):
        path = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def frame(self, root, title, content, language, direction):
        links = [(name, target_of(path)) for name, path in NAVIGATION if is_file(path)]
        if self.reference:
            links.append(("Reference", "reference/index.html"))
        navigation = "".join(f'<a href="{root}{where}">{name}</a>' for name, where in links)
        return self.template.substitute(title=title, root=root, navigation=navigation, content=content, language=language, direction=direction)

    def page(self, target, title, content):
        persian = target.endswith(".fa.html")
        self.write(target, self.frame("../" * target.count("/"), html.escape(title), content, "fa" if persian else "en",
                                      "rtl" if persian else "ltr"))

    def rewrite(self, source, content):
        """Links to files of the repository become links to their pages, which are made too."""
        def replace(found):
            parts = urllib.parse.urlsplit(html.unescape(found.group(2)))
            if parts.scheme or parts.netloc or not parts.path:
                return found.group()
            path = posixpath.normpath(posixpath.join(posixpath.dirname(source), urllib.parse.unquote(parts.path)))
            if path.startswith("..") or not os.path.exists(os.path.join(ROOT, path)):
                self.wrong.append(f"{source}: {found.group(2)} leads nowhere")
                return found.group()
            self.waiting.append(path)
            here = posixpath.dirname(target_of(source))
            where = posixpath.relpath(target_of(path), here or ".")
            where += "#" + parts.fragment if parts.fragment else ""
            return found.group(1) + html.escape(where) + found.group(3)
        return LINK.sub(replace, content)

    def markdown(self, path):
        made = subprocess.run(["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough",
                               os.path.join(ROOT, path)], capture_output=True, text=True, check=True).stdout
        heading = re.search(r"<h1>(.*?)</h1>", made, re.S)
        title = html.unescape(re.sub(r"<[^>]+>", "", heading.group(1))) if heading else path
        self.page(target_of(path), title, with_anchors(self.rewrite(path, made)))

    def listing(self, path):
        names = sorted(subprocess.run(["git", "-C", ROOT, "ls-files", "--", path], capture_output=True, text=True,
                                      check=False).stdout.split("\n"))
        entries = sorted({name[len(path) + 1:].split("/")[0] for name in names if name})
        items = "".join(f'<li><a href="{html.escape(entry)}">{html.escape(entry)}</a></li>' for entry in entries)
        self.page(target_of(path), path, f"<h1>{html.escape(path)}</h1>" + self.rewrite(path + "/.", f"<ul>{items}</ul>"))

    def source(self, path):
        with open(os.path.join(ROOT, path), "rb") as file:
            data = file.read()
        try:
            text = html.escape(data.decode("utf-8")) if len(data) < 200000 else "(long)"
        except UnicodeDecodeError:
            text = f"({len(data)} bytes)"
        self.page(target_of(path), path, f"<h1>{html.escape(path)}</h1><pre><code>{text}</code></pre>")

    def make(self, paths, reference):
        self.reference = reference
        self.waiting = list(paths)
        while self.waiting:
            path = self.waiting.pop()
            if os.path.isdir(os.path.join(ROOT, path)) and is_file(posixpath.join(path, "README.md")):
                path = posixpath.join(path, "README.md")
            if path in self.done:
                continue
            self.done.add(path)
            if os.path.isdir(os.path.join(ROOT, path)):
                self.listing(path)
            elif path.endswith(".md"):
                self.markdown(path)
            elif path.endswith(PICTURES):
                os.makedirs(os.path.dirname(os.path.join(self.folder, path)), exist_ok=True)
                shutil.copyfile(os.path.join(ROOT, path), os.path.join(self.folder, path))
            else:
                self.source(path)
        shutil.copyfile(os.path.join(ROOT, "docs/site/site.css"), os.path.join(self.folder, "site.css"))


class Links(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.links, self.anchors = [], set()

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name in ("id", "name") and value:
                self.anchors.add(value)


def check_links(folder):
    """Links and anchors of all pages but the reference's own; what leads out of the site is not asked."""
    pages, wrong, count = {}, [], 0

    def read(path):
        if path not in pages:
            pages[path] = Links()
            with open(path, encoding="utf-8") as file:
                pages[path].feed(file.read())
        return pages[path]
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if os.path.join(where, name) != os.path.join(folder, "reference")]
        for name in names:
            if not name.endswith(".html"):
                continue
            path = os.path.join(where, name)
            for link in read(path).links:
                parts = urllib.parse.urlsplit(link)
                if parts.scheme or parts.netloc:
                    continue
                count += 1
                aim = os.path.normpath(os.path.join(where, urllib.parse.unquote(parts.path))) if parts.path else path
                if not os.path.isfile(aim):
                    wrong.append(f"{os.path.relpath(path, folder)}: {link} leads nowhere")
                elif parts.fragment and aim.endswith(".html") and \
                        urllib.parse.unquote(parts.fragment) not in read(aim).anchors:
                    wrong.append(f"{os.path.relpath(path, folder)}: {link} names no anchor")
    return count, wrong


def make_reference(folder):
    """In the frame of the other pages: doxygen fills in the title and closes the division "top"."""
    site = Site(folder)
    site.reference = True
    frame = site.frame("../", "$title", "<div class=\"inner\"><a href=\"index.html\">The headers</a> · <a href=\"files.html\">Files</a> · "
                       "<a href=\"annotated.html\">Structures</a></div>\n<div id=\"top\">CONTENT", "en", "ltr")
    head, foot = frame.replace('href="../site.css">', 'href="../site.css">\n<link rel="stylesheet" href="$relpath^$stylesheet">').split("CONTENT")
    with tempfile.TemporaryDirectory() as made, open(os.path.join(ROOT, "docs/Doxyfile"), encoding="utf-8") as file:
        for name, text in (("head.html", head), ("foot.html", foot)):
            with open(os.path.join(made, name), "w", encoding="utf-8") as part:
                part.write(text)
        settings = file.read() + f'\nOUTPUT_DIRECTORY = "{folder}"\nHTML_HEADER = "{made}/head.html"\nHTML_FOOTER = "{made}/foot.html"\n'
        return subprocess.run(["doxygen", "-"], input=settings, text=True, cwd=ROOT, check=False).returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default=os.path.join(ROOT, "build/site"))
    parser.add_argument("--no-reference", action="store_true", help="without doxygen")
    arguments = parser.parse_args()
    folder = os.path.abspath(arguments.folder)
    for tool in ["cmark-gfm"] + ([] if arguments.no_reference else ["doxygen"]):
        if shutil.which(tool) is None:
            sys.exit(f"site.py: {tool} is not here: scripts/install-packages.sh site")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    if not arguments.no_reference and not make_reference(folder):
        sys.exit("site.py: the comments of the public headers have mistakes, see above")
    pages = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "ARCHITECTURE.md"]
    for where, _, names in os.walk(os.path.join(ROOT, "docs")):
        pages += [os.path.relpath(os.path.join(where, name), ROOT) for name in names if name.endswith(".md")]
    site = Site(folder)
    site.make(pages, not arguments.no_reference)
    count, wrong = check_links(folder)
    for line in sorted(set(site.wrong + wrong)):
        print(line, file=sys.stderr)
    print(f"{len(site.done)} pages and files in {folder}; {count} links, {len(site.wrong + wrong)} wrong")
    return 1 if site.wrong or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
