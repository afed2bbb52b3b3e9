/* YAML to a config tree: the YAML 1.2 core schema, one document, no tags, anchors or aliases. */
#ifndef HONE_RECIPE_YAML_H
#define HONE_RECIPE_YAML_H

#include "fields/config.h"

/* Plain scalars are null (~, null or nothing), true, false, integers (12, 0x1f, 0o17), numbers (0.5, 1e-3,
 * .inf, .nan) or else text; quoted ones are text. A key twice in a map is an error. Every node has its line
 * and column; messages are
 * "<label>: line 3, column 5: ...". NULL on failure. */
hone_config *hone_internal_yaml_parse(const char *text, size_t length, const char *label);
hone_config *hone_internal_yaml_load(const char *path);

#endif
