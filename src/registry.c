/* The registry: every type by family and name, the built-in ones from registry.def and those that users
 * register. */
#include "registry.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "fields/fields.h"
#include "verbs.h"
#include <hone/model.h>
#include <hone/catalog.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

typedef struct entry {
    const char *family;
    const hone_type *type;    /* one type, */
    const void *const *types; /* or a table of them, ended by NULL */
} entry;

static const entry entries[] = {
#define HONE_ONE(family, name) {#family, &hone_internal_##name##_##family.type, NULL},
#define HONE_TABLE(family) {#family, NULL, (const void *const *)hone_internal_##family##_types},
#include "registry.def"
};
enum { ENTRIES = sizeof entries / sizeof *entries };

const char *const hone_internal_families[] = {"layer",      "activation", "initializer", "regularizer",
                                              "constraint", "loss",       "metric",      "optimizer",
                                              "schedule",   "callback",   NULL};

#define HONE_OBJECT(family) extern const hone_object_family hone_internal_##family##_objects;
#include "registry.def"

static const hone_object_family *const object_families[] = {
#define HONE_OBJECT(family) &hone_internal_##family##_objects,
#include "registry.def"
};

const hone_object_family *hone_internal_object_family(const char *name)
{
    for (size_t i = 0; i < sizeof object_families / sizeof *object_families; i++)
        if (strcmp(object_families[i]->name, name) == 0)
            return object_families[i];
    return NULL;
}

/* Users' own types; they are never taken out, so readers may keep what they found. */
enum { MOST_OWN_TYPES = 256 };
static struct {
    pthread_mutex_t lock;
    entry entries[MOST_OWN_TYPES];
    size_t count;
} own = {.lock = PTHREAD_MUTEX_INITIALIZER};

bool hone_internal_class_is_own(const char *class_name)
{
    bool found = false;
    pthread_mutex_lock(&own.lock);
    for (size_t i = 0; i < own.count && !found; i++)
        found = strcmp(own.entries[i].type->class_name, class_name) == 0;
    pthread_mutex_unlock(&own.lock);
    return found;
}

static const hone_type *own_type_at(const char *family, size_t index)
{
    const hone_type *type = NULL;
    pthread_mutex_lock(&own.lock);
    for (size_t i = 0; i < own.count && type == NULL; i++)
        if (strcmp(own.entries[i].family, family) == 0 && index-- == 0)
            type = own.entries[i].type;
    pthread_mutex_unlock(&own.lock);
    return type;
}

/* The types of a family one after the other, those of the program last. */
typedef struct type_walk {
    const char *family;
    size_t entry, own;         /* the next ones */
    const void *const *others; /* of a table, what is left of it */
} type_walk;

/* NULL at the end. */
static const hone_type *next_type(type_walk *walk)
{
    while (walk->others == NULL || *walk->others == NULL) {
        if (walk->entry == ENTRIES)
            return own_type_at(walk->family, walk->own++);
        const entry *here = &entries[walk->entry++];
        walk->others = NULL;
        if (strcmp(here->family, walk->family) != 0)
            continue;
        if (here->type != NULL)
            return here->type;
        walk->others = here->types;
    }
    return *walk->others++;
}

const hone_type *hone_internal_type_at(const char *family, size_t index)
{
    type_walk walk = {.family = family};
    const hone_type *type = next_type(&walk);
    while (index-- > 0 && type != NULL)
        type = next_type(&walk);
    return type;
}

static bool matches(const hone_type *type, const char *family, const char *name)
{
    if (strcmp(type->name, name) == 0 || strcmp(type->class_name, name) == 0 ||
        hone_internal_field_among(type->aliases, name))
        return true;
    return strcmp(family, "optimizer") == 0 && hone_internal_text_equal_nocase(type->class_name, name);
}

bool hone_internal_type_known(const char *family, const char *name)
{
    const hone_type *type;
    for (type_walk walk = {.family = family}; (type = next_type(&walk)) != NULL;)
        if (matches(type, family, name))
            return true;
    return false;
}

enum { LONGEST_ALIAS = 64 };

/* The alias ("mse|MSE") that is nearest to a name, when it is nearer than `least`. */
static void look_at_aliases(const char *aliases, const char *name, size_t *least, char nearest[LONGEST_ALIAS])
{
    for (const char *next = aliases; next != NULL && *next != '\0'; next += *next == '|') {
        char alias[LONGEST_ALIAS];
        const size_t length = strcspn(next, "|");
        const char *one = alias;
        snprintf(alias, sizeof alias, "%.*s", (int)length, next);
        next += length;
        if (hone_nearest_name(name, &one, 1) == NULL || hone_internal_text_distance(name, alias) >= *least)
            continue;
        *least = hone_internal_text_distance(name, alias);
        memcpy(nearest, alias, sizeof alias);
    }
}

/* With the nearest name, an alias only when it is nearer than all names: "mse" of "msee". */
static void fail_unknown(const char *family, const char *name, const char *const *names, size_t count)
{
    char alias[LONGEST_ALIAS] = "";
    const char *near = hone_nearest_name(name, names, count), *only = alias;
    size_t least = near != NULL ? hone_internal_text_distance(name, near) : SIZE_MAX;
    const hone_type *type;
    for (type_walk walk = {.family = family}; (type = next_type(&walk)) != NULL;)
        look_at_aliases(type->aliases, name, &least, alias);
    hone_internal_fail_name(family, name, alias[0] != '\0' ? &only : names, alias[0] != '\0' ? 1 : count);
}

const hone_type *hone_internal_type_find(const char *family, const char *name)
{
    const char *names[1024];
    size_t count = 0;
    const hone_type *type;
    for (type_walk walk = {.family = family}; (type = next_type(&walk)) != NULL;) {
        if (matches(type, family, name))
            return type;
        if (count < sizeof names / sizeof *names)
            names[count++] = type->name;
    }
    fail_unknown(family, name, names, count);
    return NULL;
}

static hone_status add(const char *family, const hone_type *type)
{
    if (type == NULL || type->name == NULL || type->class_name == NULL)
        return hone_fail(HONE_ERROR_ARGUMENT, "a %s needs a name and a class_name", family);
    if (type->defaults == NULL || type->args_size < sizeof(hone_args))
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "%s \"%s\": its arguments need defaults that begin with hone_args", family,
                         type->name);
    const hone_type *known;
    for (type_walk walk = {.family = family}; (known = next_type(&walk)) != NULL;)
        if (known != type &&
            (strcmp(known->name, type->name) == 0 || strcmp(known->class_name, type->class_name) == 0))
            return hone_fail(HONE_ERROR_NAME, "a %s named \"%s\" already exists", family, type->name);
    pthread_mutex_lock(&own.lock);
    bool full = own.count == MOST_OWN_TYPES;
    if (!full)
        own.entries[own.count++] = (entry){family, type, NULL};
    pthread_mutex_unlock(&own.lock);
    return full ? hone_fail(HONE_ERROR_STATE, "more than %d types were registered", MOST_OWN_TYPES) : HONE_OK;
}

#define REGISTER(family) \
    hone_status hone_register_##family(const hone_##family##_type *type) \
    { \
        return add(#family, type == NULL ? NULL : &type->type); \
    }
REGISTER(layer)
REGISTER(activation)
REGISTER(initializer)
REGISTER(regularizer)
REGISTER(constraint)
REGISTER(loss)
REGISTER(metric)
REGISTER(optimizer)
REGISTER(schedule)
REGISTER(callback)

static const hone_type *type_with_args(const char *name)
{
    const hone_type *type;
    for (const hone_type *const *verb = hone_internal_verbs; *verb != NULL; verb++)
        if (strcmp((*verb)->name, name) == 0)
            return *verb;
    for (const char *const *family = hone_internal_families; *family != NULL; family++)
        for (type_walk walk = {.family = *family}; (type = next_type(&walk)) != NULL;)
            if (matches(type, *family, name))
                return type;
    hone_fail(HONE_ERROR_NAME, "unknown topic \"%s\"", name);
    return NULL;
}

hone_status hone_args_default(const char *name, void *args, size_t size)
{
    const hone_type *type = type_with_args(name);
    if (type == NULL)
        return HONE_ERROR_NAME;
    if (size > type->args_size || size < sizeof(hone_args))
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "%s: the argument struct has %zu bytes, but this library's has %zu", name, size,
                         type->args_size);
    memcpy(args, type->defaults, size);
    ((hone_args *)args)->size = size;
    return HONE_OK;
}

hone_status hone_call_default(const char *layer, void *call_args, size_t size)
{
    const hone_layer_type *type = (const hone_layer_type *)hone_internal_type_find("layer", layer);
    if (type == NULL)
        return hone_error_status();
    if (type->call_fields == NULL || size > type->call_fields->args_size || size < sizeof(hone_args))
        return hone_fail(HONE_ERROR_ARGUMENT, "%s: its call has no argument struct of %zu bytes", layer,
                         size);
    memcpy(call_args, type->call_fields->defaults, size);
    ((hone_args *)call_args)->size = size;
    return HONE_OK;
}

/* ---- the catalog ---- */

const char *hone_family_at(size_t index)
{
    size_t count = sizeof hone_internal_families / sizeof *hone_internal_families - 1;
    return index < count ? hone_internal_families[index] : NULL;
}

const hone_type *hone_type_at(const char *family, size_t index)
{
    return hone_internal_type_at(family, index);
}

const hone_type *hone_type_find(const char *family, const char *name)
{
    const hone_type *type;
    for (type_walk walk = {.family = family}; (type = next_type(&walk)) != NULL;)
        if (matches(type, family, name))
            return type;
    return NULL;
}

const hone_type *hone_function_at(size_t index)
{
    return hone_internal_verbs[index];
}

hone_status hone_field_check(const hone_type *type, const hone_field *field, const char *text)
{
    void *args = hone_internal_fields_defaults(type);
    if (args == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = hone_internal_fields_set_text(type, args, hone_internal_field_key(field), text);
    hone_internal_fields_free(type, args);
    return status;
}

char *hone_type_describe(const hone_type *type)
{
    hone_text text = {.data = NULL};
    hone_internal_text_append(&text, "");
    if (hone_internal_fields_describe(type, &text) >= 0)
        return hone_internal_text_take(&text);
    hone_internal_text_free(&text);
    return NULL;
}

char *hone_field_default(const hone_type *type, const hone_field *field)
{
    return hone_internal_field_default(type, field);
}
