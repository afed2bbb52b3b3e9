/* The layers that nodes of a graph become: their names, and applying them. */
#include "onnx/import.h"
#include "base/memory.h"
#include "base/text.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MOST_LAYERS = 10000 }; /* networks are walked recursively */

const char *hone_internal_onnx_number_text(double number, char *buffer, size_t size)
{
    double nearest = number;
    for (int digits = 1; digits <= 9 && number != 0 && isfinite(number); digits++) {
        double scale = pow(10, digits - 1 - floor(log10(fabs(number))));
        double rounded = rint(number * scale) / scale;
        if (!isfinite(rounded) || (float)rounded != (float)number)
            continue;
        nearest = rounded;
        break;
    }
    hone_internal_number_to_text(nearest, buffer, size);
    return buffer;
}

static bool is_taken(const hone_onnx_import *import, const char *name)
{
    for (size_t i = 0; i < import->name_count; i++)
        if (strcmp(import->names[i], name) == 0)
            return true;
    return false;
}

/* "/fc1/Gemm" to "fc1_Gemm"; "dense/Gemm:7", a name of Hone's own, to "dense". */
char *hone_internal_onnx_plain_name(const char *name)
{
    const char *slash = strrchr(name, '/');
    size_t length = slash != NULL && slash > name && hone_internal_onnx_is_inner(slash)
                        ? (size_t)(slash - name)
                        : strlen(name);
    while (length > 0 && !isalnum((unsigned char)*name)) {
        name++;
        length--;
    }
    char *plain = length == 0 ? hone_internal_copy_text("layer")
                              : hone_internal_copy_text_n(name, length < 128 ? length : 128);
    for (char *letter = plain; letter != NULL && *letter != '\0'; letter++)
        if (!isalnum((unsigned char)*letter) && strchr("_.-", *letter) == NULL)
            *letter = '_';
    return plain;
}

/* A name that no layer has yet; kept. */
const char *hone_internal_onnx_choose_name(hone_onnx_import *import, const char *wanted)
{
    char *plain = hone_internal_onnx_plain_name(wanted), *name = plain;
    for (size_t number = 1; name != NULL && is_taken(import, name); number++) {
        if (name != plain)
            hone_internal_free(name);
        name = hone_internal_format("%s_%zu", plain, number);
    }
    if (name != plain)
        hone_internal_free(plain);
    if (name == NULL || hone_internal_grow(&import->names, &import->name_capacity, import->name_count + 1,
                                           sizeof *import->names) < 0) {
        hone_internal_free(name);
        return NULL;
    }
    return import->names[import->name_count++] = name;
}

static bool is_output(const hone_onnx_import *import, const char *name)
{
    const hone_onnx_graph *graph = import->file->model->graph;
    for (size_t i = 0; i < graph->n_output; i++)
        if (strcmp(graph->output[i]->name, name) == 0)
            return true;
    return false;
}

/* An output of the model gives its name to its layer; it was kept free for that. */
static const char *name_layer(hone_onnx_import *import, const hone_onnx_node *node, bool last)
{
    if (last && is_output(import, node->output[0]))
        return node->output[0];
    return node->name != NULL && node->name[0] != '\0' ? node->name : node->output[0];
}

static hone_tensor *apply_to(hone_layer *layer, hone_tensor *const *inputs, int count)
{
    hone_tensor **operands = hone_internal_allocate(sizeof *operands * (size_t)(count + 1));
    if (operands == NULL) {
        hone_layer_free(layer);
        return NULL;
    }
    if (count > 0)
        memcpy(operands, inputs, sizeof *operands * (size_t)count);
    operands[count] = hone_tensors_end;
    hone_tensor *y = hone_apply_with(layer, operands, NULL);
    hone_internal_free(operands);
    return y;
}

/* Takes the layer over; NULL: there is none, with an error. */
static hone_tensor *apply_layer(hone_onnx_import *import, const hone_onnx_node *node, hone_layer *layer,
                                hone_tensor *const *inputs, int count, bool last)
{
    if (layer != NULL && import->name_count >= MOST_LAYERS) {
        hone_fail(HONE_ERROR_UNSUPPORTED, "the graph needs more than %d layers", MOST_LAYERS);
        hone_layer_free(layer);
        return NULL;
    }
    if (layer == NULL)
        return NULL;
    bool end = last && is_output(import, node->output[0]);
    char *own = end ? hone_internal_onnx_plain_name(node->output[0]) : NULL;
    const char *name = end ? own : hone_internal_onnx_choose_name(import, name_layer(import, node, last));
    hone_internal_layer_limit(layer, import->loading->allowance);
    if (name == NULL || hone_internal_layer_set_name(layer, name) < 0) {
        hone_layer_free(layer);
        layer = NULL;
    }
    hone_internal_free(own);
    hone_tensor *y = layer == NULL ? NULL : apply_to(layer, inputs, count);
    if (y != NULL && last)
        hone_internal_onnx_value(import, node->output[0])->tensor = y;
    return y;
}

hone_tensor *hone_internal_onnx_apply(hone_onnx_import *import, const hone_onnx_node *node, const char *spec,
                                      hone_tensor *const *inputs, int count, bool last)
{
    return apply_layer(import, node, hone_layer_from_text(spec), inputs, count, last);
}

hone_status hone_internal_onnx_operation(hone_onnx_import *import, const hone_onnx_node *node, hone_tensor *x,
                                         const char *spec)
{
    hone_layer *layer = x == NULL ? NULL : hone_internal_layer_of_family("operation", spec);
    return apply_layer(import, node, layer, &x, 1, true) != NULL ? HONE_OK : hone_error_status();
}

hone_status hone_internal_onnx_layer(hone_onnx_import *import, const hone_onnx_node *node, hone_tensor *x,
                                     const char *spec, ...)
{
    char text[1024];
    va_list arguments;
    if (x == NULL)
        return hone_error_status();
    va_start(arguments, spec);
    vsnprintf(text, sizeof text, spec, arguments);
    va_end(arguments);
    return hone_internal_onnx_apply(import, node, text, &x, 1, true) == NULL ? hone_error_status() : HONE_OK;
}
