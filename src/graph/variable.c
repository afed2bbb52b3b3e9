/* Variables and the blocks of memory that they share. */
#include "graph/variable.h"
#include "base/memory.h"
#include "graph/graph.h"
#include "kernels/panels.h"

#include <string.h>

struct hone_block {
    int references;
    float *data;
    uint64_t *visited; /* a bit for each element of the largest reserved variable */
    size_t visited_words;
};

struct hone_allowance {
    int references;
    size_t bytes; /* left; SIZE_MAX: any */
};

hone_allowance *hone_internal_allowance_create(size_t bytes)
{
    hone_allowance *allowance = hone_internal_allocate(sizeof *allowance);
    if (allowance != NULL)
        *allowance = (hone_allowance){1, bytes};
    return allowance;
}

hone_allowance *hone_internal_allowance_retain(hone_allowance *allowance)
{
    if (allowance != NULL)
        allowance->references++;
    return allowance;
}

void hone_internal_allowance_free(hone_allowance *allowance)
{
    if (allowance != NULL && --allowance->references == 0)
        hone_internal_free(allowance);
}

void hone_internal_allowance_lift(hone_allowance *allowance)
{
    if (allowance != NULL)
        allowance->bytes = SIZE_MAX;
    hone_internal_allowance_free(allowance);
}

static void free_block(hone_block *block)
{
    if (block == NULL || --block->references > 0)
        return;
    hone_internal_free_aligned(block->data);
    hone_internal_free(block->visited);
    hone_internal_free(block);
}

hone_variable *hone_internal_variable_create(const char *name, hone_shape shape, const char *initializer)
{
    hone_variable *variable = hone_internal_allocate_zeroed(1, sizeof *variable);
    if (variable == NULL)
        return NULL;
    variable->references = 1;
    variable->shape = shape;
    variable->created_trainable = variable->trainable = true;
    variable->name = hone_internal_copy_text(name);
    variable->initializer = hone_internal_copy_text(initializer);
    if (variable->name == NULL || (initializer != NULL && variable->initializer == NULL)) {
        hone_internal_variable_free(variable);
        return NULL;
    }
    return variable;
}

hone_variable *hone_internal_variable_retain(hone_variable *variable)
{
    if (variable != NULL)
        variable->references++;
    return variable;
}

void hone_internal_variable_free(hone_variable *variable)
{
    if (variable == NULL || --variable->references > 0)
        return;
    hone_internal_variable_free(variable->lora_a);
    hone_internal_variable_free(variable->lora_b);
    hone_internal_variable_free(variable->lora_past[0]);
    hone_internal_variable_free(variable->lora_past[1]);
    free_block(variable->block);
    hone_internal_allowance_free(variable->allowance);
    hone_internal_free(variable->name);
    hone_internal_free(variable->path);
    hone_internal_free(variable->initializer);
    hone_internal_free(variable->regularizer);
    hone_internal_free(variable->constraint);
    hone_internal_free(variable);
}

void hone_internal_variable_adapt(const hone_variable *variable, float *numbers)
{
    const int64_t all = hone_internal_variable_count(variable);
    if (variable->lora_a == NULL || all == 0)
        return;
    const float *a = hone_internal_variable_data(variable->lora_a),
                *b = hone_internal_variable_data(variable->lora_b);
    const int64_t rank = variable->lora_b->shape.size[0], width = variable->lora_b->shape.size[1];
    for (int64_t i = 0; i < all; i++) {
        double sum = 0;
        for (int64_t k = 0; k < rank; k++)
            sum += (double)a[i / width * rank + k] * (double)b[k * width + i % width];
        numbers[i] += (float)(variable->lora_scale * sum);
    }
}

void hone_internal_variable_merge(const hone_variable *variable, float *numbers)
{
    memcpy(numbers, hone_internal_variable_data(variable),
           (size_t)hone_internal_variable_count(variable) * sizeof *numbers);
    hone_internal_variable_adapt(variable, numbers);
}

int64_t hone_internal_variable_count(const hone_variable *variable)
{
    return hone_internal_shape_count(variable->shape);
}

/* Floats of a span: whole cache lines, so that spans stay aligned. */
static uint64_t span_floats(const hone_variable *variable)
{
    uint64_t count = (uint64_t)hone_internal_variable_count(variable), line = HONE_ALIGNMENT / sizeof(float);
    return (count / line + (count % line > 0)) * line;
}

/* What the variable needs out of its allowance; `all` bytes are asked for at once. The product fits. */
static hone_status take_allowance(const hone_variable *variable, size_t all)
{
    hone_allowance *allowance = variable->allowance;
    if (variable->memory != NULL || allowance == NULL || allowance->bytes == SIZE_MAX)
        return HONE_OK;
    size_t bytes = (size_t)span_floats(variable) * sizeof(float);
    if (bytes > allowance->bytes)
        return hone_fail(HONE_ERROR_FORMAT,
                         "the configuration declares weights of %zu bytes, more than the file can hold", all);
    allowance->bytes -= bytes;
    return HONE_OK;
}

hone_status hone_internal_variables_place(hone_variable *const *variables, size_t count)
{
    size_t floats = 0, bytes;
    bool fits = true;
    for (size_t i = 0; i < count && fits; i++)
        if (variables[i]->memory == NULL)
            fits = hone_internal_add_size(floats, span_floats(variables[i]), &floats);
    if (!fits || !hone_internal_multiply_size(floats, sizeof(float), &bytes))
        return hone_internal_fail_too_large(HONE_ERROR_SHAPE, SIZE_MAX, "all weights together");
    if (floats == 0)
        return HONE_OK;
    for (size_t i = 0; i < count; i++)
        HONE_TRY(take_allowance(variables[i], bytes));
    HONE_TRY((hone_status)hone_internal_check_memory(bytes, 1, "all weights together"));
    hone_block *block = hone_internal_allocate_zeroed(1, sizeof *block);
    if (block == NULL)
        return HONE_ERROR_MEMORY;
    block->data = hone_internal_allocate_aligned(bytes);
    if (block->data == NULL) {
        hone_internal_free(block);
        return HONE_ERROR_MEMORY;
    }
    float *next = block->data;
    for (size_t i = 0; i < count; i++) {
        hone_variable *variable = variables[i];
        if (variable->memory != NULL)
            continue;
        variable->memory = next;
        variable->block = block;
        block->references++;
        next += span_floats(variable);
    }
    return HONE_OK;
}

hone_variable *hone_internal_variable_part(hone_variable *variable, int64_t begin, int64_t end)
{
    hone_variable *part = hone_internal_variable_create(variable->name, HONE_SHAPE(end - begin), NULL);
    if (part == NULL)
        return NULL;
    part->memory = hone_internal_variable_data(variable) + begin;
    part->block = variable->block;
    part->trainable = variable->trainable;
    part->block->references++;
    return part;
}

void hone_internal_variable_forget(hone_variable *variable, int64_t begin, int64_t end)
{
    if (begin < end)
        hone_internal_forget_memory(hone_internal_variable_data(variable) + begin,
                                    (size_t)(end - begin) * sizeof(float));
}

/* ---- panels ---- */

/* How the numbers lie is not part of what a variable is: constant ones may be turned. */
float *hone_internal_variable_data(const hone_variable *variable)
{
    hone_internal_variable_arrange((hone_variable *)(uintptr_t)variable, false);
    return variable->memory;
}

float *hone_internal_variable_hold(hone_variable *variable)
{
    variable->held = true;
    return hone_internal_variable_data(variable);
}

hone_status hone_internal_variable_reserve(hone_variable *variable)
{
    hone_block *block = variable->block;
    size_t words = (size_t)hone_internal_variable_count(variable) / 64 + 1;
    if (block == NULL || block->visited_words >= words)
        return HONE_OK;
    uint64_t *visited = hone_internal_allocate_zeroed(words, sizeof *visited);
    if (visited == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_free(block->visited);
    block->visited = visited;
    block->visited_words = words;
    return HONE_OK;
}

/* Where element `index` of the rows stands in panels. */
static int64_t place_in_panels(int64_t rows, int64_t columns, int64_t index)
{
    int64_t width = hone_panel_width(columns), row = index / columns, column = index % columns;
    hone_packed_panel panel = hone_panel_at(rows, columns, column / width);
    return panel.first + row * panel.columns + column % width;
}

/* Without other memory than a bit for each element: along the cycles of the permutation. */
static void arrange_in_place(hone_variable *variable, bool panels)
{
    int64_t rows = variable->shape.size[0], columns = variable->shape.size[1];
    uint64_t *visited = variable->block->visited;
    float *data = variable->memory;
    memset(visited, 0, variable->block->visited_words * sizeof *visited);
    for (int64_t first = 0; first < rows * columns; first++) {
        float carried = data[first], kept = carried;
        for (int64_t at = first; !(visited[at / 64] >> (at % 64) & 1);) {
            int64_t next = place_in_panels(rows, columns, at);
            visited[at / 64] |= (uint64_t)1 << (at % 64);
            if (panels) { /* what stands at `at` goes to `next` */
                kept = data[next];
                data[next] = carried;
                carried = kept;
            } else { /* what stands at `next` comes to `at` */
                data[at] = next == first ? kept : data[next];
            }
            at = next;
        }
    }
}

void hone_internal_variable_arrange(hone_variable *variable, bool panels)
{
    if (variable->panels == panels)
        return;
    int64_t rows = variable->shape.size[0], columns = variable->shape.size[1];
    size_t bytes = (size_t)(rows * columns) * sizeof(float);
    variable->panels = panels;
    float *copy = hone_internal_try_allocate(bytes);
    if (copy == NULL) {
        arrange_in_place(variable, panels);
        return;
    }
    memcpy(copy, variable->memory, bytes);
    (panels ? hone_internal_panels_pack : hone_internal_panels_unpack)(rows, columns, copy, variable->memory);
    hone_internal_free(copy);
}
