/* How data were read, as a config tree that a model file can keep, so that later data are read alike:
 *
 *   table   {"format": "table", "header": true, "columns": [{"name": "age", "fill": 3.5},
 *            {"name": "city", "categories": ["Oslo", "Rome"]}, ...], "inputs": [group...], "targets":
 * [group...], "encoding": "integer", "missing": "mean"}, where a group is {"name": null, "columns": [0, 3]}
 *   pair    {"format": "pair", "x": table, "y": table}
 *   libsvm  {"format": "libsvm", "features": 123, "classes": ["-1", "1"]}
 *   characters {"format": "characters", "window": 100, "classes": ["\n", " ", "a", ...]}
 *   images  {"format": "images", "classes": ["cat", "dog"], "size": [28, 28], "color": "rgb", ...}
 *   classes {"format": "classes", "classes": [...]} */
#ifndef HONE_READERS_SCHEMA_H
#define HONE_READERS_SCHEMA_H

#include "data/dataset.h"
#include "fields/config.h"

/* The schema when it has this format, else NULL. */
const hone_config *hone_internal_schema_of(const hone_config *schema, const char *format);
/* The names of the classes of a target, or NULL: a list of texts. */
const hone_config *hone_internal_schema_classes(const hone_config *schema, int target);
/* Checks what a file says before it is believed. */
hone_status hone_internal_schema_check(const hone_config *schema);
/* HONE_ERROR_DATA when the classes of a target are not the same in both; NULL fits all. */
hone_status hone_internal_schema_compare(const hone_config *expected, const hone_config *found);
/* The DATA form, read as `schema` says (or NULL). `inputs`: the names of a model's inputs, ended by NULL, or
 * NULL; an archive with an array for each of them has these as inputs, whatever their names. `limit`: bytes
 * in memory, see hone_dataset_from_files_args; 0 for none. */
hone_dataset *hone_internal_dataset_load_as(const hone_config *schema, const char *const *inputs,
                                            const char *source, const char *part, double scale,
                                            int64_t limit);

#endif
