/* Formats of data: how one is told from others, its options, and how it becomes arrays. A format is one file
 * with one of these structs, and a line in formats.def. */
#ifndef HONE_READERS_FORMAT_H
#define HONE_READERS_FORMAT_H

#include "data/dataset.h"
#include "fields/fields.h"

/* What is to be read, and what is known of it beside its options. */
typedef struct hone_data_source {
    const char *path;
    const char *part;          /* "train" or "test"; NULL: a program asks, and its options say all */
    bool said;                 /* the DATA form says which part: one without parts is refused */
    const hone_config *schema; /* of the data of training, or NULL */
    const char *const *inputs; /* of the model by name, ended by NULL; NULL: none is known */
    bool rows;                 /* arrays may stay in their files */
} hone_data_source;

/* Of several files (formats/file_set.h). */
typedef enum hone_format_sets {
    HONE_SETS_REFUSED,
    HONE_SETS_JOINED, /* each is loaded, and their arrays are joined */
    HONE_SETS_READ    /* the format reads them as one */
} hone_format_sets;

typedef struct hone_data_format {
    const char *name;
    const hone_type *type; /* its options: a struct whose first field is `path`; NULL: it has none */
    const char *endings;   /* of files' names, whatever the case: ".csv|.csv.gz"; NULL: none */
    struct {
        const char *bytes;
        size_t length;
    } starts[2];    /* what its files may begin with, when their names do not tell; length 0: none */
    bool has_parts; /* `train` and `test` apply */
    hone_format_sets sets;
    /* Whether a folder is one; an error is passed on. NULL: none is. */
    hone_status (*is_folder)(const char *path, bool *is);
    /* `args`, of its type, NULL for a format without options, are checked. */
    hone_status (*load)(const hone_data_source *source, const void *args, hone_dataset_parts *parts);
    /* As one of "inputs,targets", half 0 or 1, source->schema being that of this half. NULL: it has inputs
     * and targets of its own. */
    hone_status (*load_half)(const hone_data_source *source, const void *args, int half,
                             hone_dataset_parts *parts);
} hone_data_format;

extern const hone_data_format hone_internal_npz_format; /* which data sets by name are in, too */

/* The format of a file or folder that is there, by the option `format`, by its name and what lies in it, then
 * by its first bytes. NULL with an error; pickles are refused. */
const hone_data_format *hone_internal_format_of(const char *path, const hone_config *options);
/* The format's args from the options behind a '#' (without `format`), which may be NULL: to be freed with
 * hone_internal_fields_free; NULL on failure. */
void *hone_internal_format_args(const hone_data_format *format, const char *path, const hone_config *options);
/* Reads it whole, or as one of "inputs,targets" (`half` 0 or 1, -1: whole). `options` as read by options.h,
 * or NULL. */
hone_status hone_internal_format_load(const hone_data_format *format, const hone_data_source *source,
                                      const hone_config *options, int half, hone_dataset_parts *parts);
/* The data set of a program's options; `like` as in hone/data_files.h. */
hone_dataset *hone_internal_format_create(const hone_data_format *format, const hone_dataset *like,
                                          const void *args);

/* Rows of files come into memory. */
hone_status hone_internal_component_bring_in(hone_component *item);
/* Whether rows x width numbers, more than 64 MB of them, hold fewer than one of the files' values in
 * `sparsity`. */
bool hone_internal_too_sparse(int64_t rows, int64_t width, int64_t values, size_t sparsity);
/* One long row makes all rows long: refuses rows of `width` numbers, the longest, that end in zeros, where
 * the files hold too few `values` for so many numbers, with what helps against it. */
hone_status hone_internal_check_padding(const char *label, int64_t rows, int64_t width, int64_t values,
                                        const char *cure);
/* Multiplies the scale of the inputs. */
void hone_internal_parts_scale(hone_dataset_parts *parts, double scale);

#endif
