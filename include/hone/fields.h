/* Field tables: the description of an argument struct, a row for each member. The same for the built-in
 * layers, losses, ... and for users' own (hone/extend.h). */
#ifndef HONE_FIELDS_H
#define HONE_FIELDS_H

#include <hone/args.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hone_field_kind {
    HONE_FIELD_BOOLEAN,
    HONE_FIELD_INTEGER,
    HONE_FIELD_NUMBER,
    HONE_FIELD_TEXT,
    HONE_FIELD_ACTIVATION,
    HONE_FIELD_INITIALIZER,
    HONE_FIELD_REGULARIZER,
    HONE_FIELD_CONSTRAINT,
    HONE_FIELD_INTEGERS,
    HONE_FIELD_SIZES,
    HONE_FIELD_NUMBERS,
    HONE_FIELD_TEXTS,
    HONE_FIELD_IDS,
    HONE_FIELD_LAYER,
    HONE_FIELD_SCHEDULE,
    HONE_FIELD_TENSOR, /* of calls alone */
    HONE_FIELD_TENSORS,
    HONE_FIELD_OPTIMIZER,
    HONE_FIELD_CALLBACKS,
    HONE_FIELD_DATASET, /* from here on what only a program can give, but for lists of texts and weights */
    HONE_FIELD_MODEL,
    HONE_FIELD_HISTORY,
    HONE_FIELD_SINK,
    HONE_FIELD_PROGRESS,
    HONE_FIELD_POINTER,
    HONE_FIELD_TEXT_LIST,
    HONE_FIELD_CLASS_WEIGHTS,
    HONE_FIELD_LAYERS
} hone_field_kind;

/* A row of a field table. Attributes not given are zero: any value, optional, saved. */
typedef struct hone_field {
    const char *name; /* of the struct's member, and of the keyword in specs, recipes and files unless `key`
                         is given */
    hone_field_kind kind;
    size_t offset;
    const char *help;       /* what it does, with its unit; "(default ...)" where none stands for something */
    bool required;          /* must be given: its default is "none" */
    bool by_name;           /* a spec string or recipe gives it by its name, never by position */
    bool bounded;           /* lowest and highest hold */
    double lowest, highest; /* for numbers and integers, and each item of lists */
    bool open_below, open_above; /* the bound itself is excluded */
    const char *choices;         /* of a string: "valid|same|causal" */
    bool newer;   /* written to files only when it differs from its default (older Keras rejects the key) */
    bool unsaved; /* never written to files */
    const char *unsupported; /* any value but the default is refused with this reason */
    const char *key;         /* the key in files and recipes when it is not the name */
    int since;               /* release of Keras that has it first, 314 for 3.14; 0: any */
    const char *was;         /* the keys that it had before, "alpha" or "a|b"; they are still read */
    const char *only_with;   /* another field's key: while that is none or false, this one has no effect */
    const char *keys; /* of numbers that are a map in files: "rmin=0|rmax=inf", with what a lack means */
    const char *plain_without; /* of numbers: one alone is a plain number in files while that field is none */
    bool one_in_list;          /* of an integer: files may have it as a list of one */
    bool integer_too;          /* of a string: an integer is converted to a string, "epoch" or 100 */
    bool scalar_or_list; /* of integers: one item is written as a plain integer, and a plain integer is read;
                            of numbers: one item is written as a plain number */
    bool always_list;  /* of integers, with scalar_or_list: one item is written as a list too, and none as an
                          empty one */
    bool none_too;     /* it may be none though its default is a value */
    int64_t items;     /* of sizes: the number of axes, to which one number is spread; of numbers: how many
                          there must be (or one, with scalar_or_list) */
    bool pairs;        /* of sizes: two for each axis, before and after */
    bool program_only; /* can be given only in a program, not in a recipe or on the command line */
    const char *argument; /* placeholder of its value in usage lines ("DIR"); NULL: by its kind */
    const char *specs;    /* of texts: spec strings of this family ("metric"), which their reader checks;
                             HONE_LITERAL: a number, a list or a subscript, as Python writes it */
    bool others_here;     /* of a text: in files, the whole numbers of other names: "a=1, b=2" */
    bool range;           /* of numbers: two, put in order; one number f stands for max(-|f|, lowest) to |f|,
                             and two are bounded by not lying wholly outside */
    bool sizes;           /* of integers with scalar_or_list: -1 is a variable size, None in files */
    bool never_a_path; /* of lists: Keras opens a file of that name where a text stands; in model files it is
                          refused */
} hone_field;

/* The text of what model files have as a number, a list of them or a subscript: "[:, 1::2, None]". */
#define HONE_LITERAL "literal"

/* Attributes: HONE_AT_LEAST(1) and so on, put after the help text of a row. */
#define HONE_REQUIRED .required = true
#define HONE_BY_NAME .by_name = true
#define HONE_PROGRAM_ONLY .program_only = true
#define HONE_ARGUMENT(text) .argument = (text)
#define HONE_SPECS(family) .specs = (family)
#define HONE_AT_LEAST(low) .bounded = true, .lowest = (low), .highest = HUGE_VAL
#define HONE_ABOVE(low) .bounded = true, .lowest = (low), .highest = HUGE_VAL, .open_below = true
#define HONE_BETWEEN(low, high) .bounded = true, .lowest = (low), .highest = (high)
#define HONE_BETWEEN_BELOW(low, high) .bounded = true, .lowest = (low), .highest = (high), .open_above = true
#define HONE_BETWEEN_OPEN(low, high) \
    .bounded = true, .lowest = (low), .highest = (high), .open_below = true, .open_above = true
#define HONE_ONE_OF(list) .choices = (list)

/* What the types of all families begin with. */
typedef struct hone_type {
    const char *name;       /* "dense": in specs, recipes and help */
    const char *class_name; /* "Dense": in model files */
    const char *module;     /* "keras.layers"; NULL or any name for a custom type */
    const char *summary;    /* one line for help */
    const char *aliases;    /* further names, "swish|SiLU"; NULL for none */
    int since;              /* release of Keras that has it first, 314 for 3.14; 0: any */
    int renamed;            /* release of Keras that has it under class_name first; */
    const char *old_class;  /* before that, files call it so */
    const char *ignored;    /* keys in files that say nothing about it: "fused|virtual_batch_size" */
    const hone_field *fields;
    size_t field_count;
    size_t args_size;
    const void *defaults; /* an args struct */
    const char *details;  /* further lines for help: formula, shapes, source; NULL for none */
} hone_type;

#define HONE_FIELD_ROW(A, kind_, name_, standard, ...) \
    {.name = #name_, .kind = HONE_FIELD_##kind_, .offset = offsetof(A, name_), .help = __VA_ARGS__},

#define HONE_FIELD_ROW_ROOM(A)

/* HONE_FIELD_TABLE(hone_dense_args, HONE_DENSE_FIELDS); defines `fields` and `defaults` of one file. The
 * last row has no name, so that a table may be empty. */
#define HONE_FIELD_TABLE(type, FIELDS) HONE_FIELD_TABLE_NAMED(type, FIELDS, fields, defaults)
#define HONE_FIELD_TABLE_NAMED(type, FIELDS, fields_, defaults_) \
    static const hone_field fields_[] = {FIELDS(HONE_FIELD_ROW, type){.name = NULL}}; \
    static const type defaults_ = {.base = {sizeof(type), NULL}, FIELDS(HONE_FIELD_DEFAULT, type)}

/* The members of a hone_type that come from the table. */
#define HONE_TYPE_FIELDS(type_) HONE_TYPE_FIELDS_NAMED(type_, fields, defaults)
#define HONE_TYPE_FIELDS_NAMED(type_, fields_, defaults_) \
    .fields = fields_, .field_count = sizeof fields_ / sizeof *fields_ - 1, .args_size = sizeof(type_), \
    .defaults = &defaults_

#ifdef __cplusplus
}
#endif
#endif
