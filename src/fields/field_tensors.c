/* Fields that are nodes of a network: arguments of calls. They belong to the network, which takes them out of
 * a struct before it is copied (model/arguments.c), so a copy holds none. */
#include "fields/field_kinds.h"
#include <string.h>

static bool none(const hone_field *field, const void *value)
{
    (void)field;
    void *tensor;
    memcpy(&tensor, value, sizeof tensor);
    return tensor == hone_nothing;
}

static bool equal(const hone_field *field, const void *a, const void *b)
{
    (void)field;
    return memcmp(a, b, sizeof(void *)) == 0;
}

static hone_status copy(const hone_field *field, const void *from, void *to)
{
    (void)field;
    (void)from;
    void *nothing = hone_nothing;
    memcpy(to, &nothing, sizeof nothing);
    return HONE_OK;
}

static hone_status read(const hone_field *field, const hone_config *config, void *value)
{
    (void)value;
    return hone_internal_field_wrong_kind(field, config, "a node of a graph");
}

static hone_config *write(const hone_field *field, const void *value)
{
    (void)field;
    (void)value;
    return hone_internal_config_null();
}

#define TENSOR(name, label_) \
    const hone_field_row hone_internal_##name##_field = { \
        .label = label_, \
        .bytes = sizeof(void *), \
        .none = none, \
        .equal = equal, \
        .copy = copy, \
        .release = hone_internal_field_keep, \
        .read = read, \
        .write = write, \
        .check = hone_internal_field_no_check, \
    }
TENSOR(tensor, "tensor");
TENSOR(tensors, "list of tensors");
