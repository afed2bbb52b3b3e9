/* For tests of C source: what the source of a few layers has and lacks. */
#ifndef HONE_TESTING_C_SOURCES_H
#define HONE_TESTING_C_SOURCES_H

#include "base/file.h"
#include "base/memory.h"
#include "graph/variable.h"
#include "testing/files.h"
#include "testing/message.h"

#include <hone/export.h>
#include <hone/hone.h>

enum { C_SOURCE_PARTS = 6 };

/* Layers one after the other, "dense(4); @add; softmax" (@: the input stands beside the layer before it), and
 * what the source that is made of them has. */
typedef struct c_source_example {
    const char *name;
    const char *sample; /* sizes of a sample, "5, 3" */
    const char *layers;
    const char *parts[C_SOURCE_PARTS]; /* in this order, up to NULL */
    const char *lacks;                 /* what is not in it; or NULL */
    const char *weights;               /* NULL: float32 */
} c_source_example;

static inline hone_model *c_source_model(const char *sample, const char *layers)
{
    char text[400], *rest = text;
    snprintf(text, sizeof text, "input(shape=[%s], name=x)", sample);
    hone_tensor *x = hone_tensor_input(hone_layer_from_text(text)), *y = x;
    snprintf(text, sizeof text, "%s", layers);
    for (char *layer; (layer = strsep(&rest, ";")) != NULL && y != NULL;) {
        layer += strspn(layer, " ");
        hone_layer *made = hone_layer_from_text(layer + (*layer == '@'));
        y = made == NULL ? NULL : *layer == '@' ? hone_apply(made, y, x) : hone_apply(made, y);
    }
    hone_model *model = y == NULL ? NULL : hone_functional((x), (y), .name = "net");
    if (model == NULL)
        fail_msg("%s: %s", layers, hone_error_message());
    return model;
}

/* The text of a file in the folder of the test, to be freed. */
static inline char *c_source_text(const char *name)
{
    void *text;
    size_t bytes;
    if (hone_internal_file_read(testing_path(name), 1u << 24, &text, &bytes) < 0)
        fail_msg("%s", hone_error_message());
    char *ended = hone_internal_reallocate(text, bytes + 1);
    assert_non_null(ended);
    ended[bytes] = '\0';
    return ended;
}

static inline void check_c_text(const char *text, const char *const *parts)
{
    const char *at = text;
    for (int i = 0; i < C_SOURCE_PARTS && parts[i] != NULL; i++) {
        const char *found = strstr(at, parts[i]);
        if (found == NULL)
            fail_msg("\"%s\" is not there, or not in its place:\n%s", parts[i], text);
        at = found + strlen(parts[i]);
    }
}

static inline void check_c_source(const c_source_example *example)
{
    hone_model *model = c_source_model(example->sample, example->layers);
    if (hone_export_c(model, testing_path("net.c"), NULL,
                      .weights = example->weights != NULL ? example->weights : "float32") < 0)
        fail_msg("%s", hone_error_message());
    char *text = c_source_text("net.c");
    check_c_text(text, example->parts);
    if (example->lacks != NULL && strstr(text, example->lacks) != NULL)
        fail_msg("\"%s\" is there:\n%s", example->lacks, text);
    hone_internal_free(text);
    hone_model_free(model);
}

/* The model has no C source, for this reason, and no file is left. */
static inline void check_c_source_refused(hone_model *model, const char *words)
{
    assert_non_null(model);
    hone_error_clear();
    assert_true(hone_export_c(model, testing_path("refused.c"), NULL) < 0);
    assert_message_has(words);
    assert_int_not_equal(access(testing_path("refused.c"), F_OK), 0);
    assert_int_not_equal(access(testing_path("refused.h"), F_OK), 0);
    hone_model_free(model);
}

#endif
