/* What the files of this folder share. */
#ifndef HONE_RECIPE_PARTS_H
#define HONE_RECIPE_PARTS_H

#include "base/error.h"
#include "recipe/recipe.h"

/* Puts the node's line and column in front of the present sentence unless a place is there already. */
hone_status hone_internal_recipe_place(hone_status status, const hone_config *node);
/* The same for the key of a value in a map. */
hone_status hone_internal_recipe_place_key(hone_status status, const hone_config *value);
/* Refuses keys of a map that are not among these (up to NULL), with the nearest. */
hone_status hone_internal_recipe_check_keys(const hone_config *map, const char *what,
                                            const char *const *keys);
hone_status hone_internal_recipe_expect(const hone_config *node, hone_config_kind kind, const char *what);

/* One item of a list of layers: "flatten", "dense(300)", {dense: 300}, {dense: {units: 300}, inputs:
 * hidden}. */
typedef struct hone_recipe_item {
    const hone_config *node;   /* lent: its place */
    char *kind;                /* "dense", "share", "model" */
    hone_config *arguments;    /* a map, without `inputs` and `call` */
    const hone_config *inputs; /* lent: what it reads, or NULL */
    const hone_config *call;   /* lent: a map of the call's other arguments, or NULL */
} hone_recipe_item;
hone_status hone_internal_recipe_item_read(const hone_config *node, hone_recipe_item *item);
void hone_internal_recipe_item_free(hone_recipe_item *item);
/* The name that the item gives its node, or NULL. */
const char *hone_internal_recipe_item_name(const hone_recipe_item *item);
bool hone_internal_recipe_item_is_input(const hone_recipe_item *item);
/* The layer that an item describes. */
hone_layer *hone_internal_recipe_item_layer(const hone_recipe_item *item);

/* The model of a list of layers and of `outputs` (NULL: the last layer). */
hone_model *hone_internal_recipe_network(const hone_config *layers, const hone_config *outputs);

/* Arguments of a type as its field table wants them: short forms of layers ({dense: 3}) become envelopes,
 * those of schedules become specs. Changes the map. */
hone_status hone_internal_recipe_tidy_arguments(const hone_type *type, hone_config *arguments);
/* An optimizer from its text or {adam: {learning_rate: 0.001}}; NULL: Keras's default, rmsprop. */
hone_optimizer *hone_internal_recipe_optimizer(const hone_config *config);

#endif
