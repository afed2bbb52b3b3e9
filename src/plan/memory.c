/* Memory: which values share a buffer, how long each buffer lives, and where it lies. */
#include "plan/plan.h"

#include <stdlib.h>
#include <string.h>

/* Lifetimes of the roots, and who reads them last. */
typedef struct lifetime {
    int birth, death;
    int last_reader;    /* step in the phase of death, or -1 */
    bool other_readers; /* another chain reads it in that phase */
    bool used, pinned;  /* pinned: not in a buffer */
    int merged;         /* the root whose buffer this one took, or -1 */
} lifetime;

static void note_reader(const hone_plan *plan, lifetime *life, int step, int phase)
{
    if (phase > life->death || life->last_reader < 0) {
        life->other_readers = false;
        life->last_reader = step;
    } else if (phase == life->death) {
        if (plan->steps[life->last_reader].head != plan->steps[step].head)
            life->other_readers = true;
        if (step > life->last_reader)
            life->last_reader = step;
    }
    if (phase > life->death)
        life->death = phase;
}

static void find_lifetimes(const hone_plan *plan, lifetime *lives)
{
    const hone_graph *graph = plan->graph;
    for (size_t v = 0; v < graph->value_count; v++) {
        lives[v] = (lifetime){.birth = -1, .death = -1, .last_reader = -1, .merged = -1};
        lives[v].pinned =
            graph->values[v].kind == HONE_VALUE_VARIABLE || graph->values[v].kind == HONE_VALUE_EXTERNAL;
        lives[v].used = graph->values[v].kind == HONE_VALUE_INPUT;
    }
    for (int s = 0; s < plan->step_count; s++) {
        const hone_step *step = &plan->steps[s];
        for (int i = 0; i < HONE_STEP_OPERANDS; i++) {
            if (step->operands[i] < 0)
                continue;
            lifetime *life = &lives[plan->roots[step->operands[i]]];
            bool made_here = plan->producers[plan->roots[step->operands[i]]] == s;
            if (!life->used)
                life->birth = step->phase;
            life->used = true;
            if (made_here && step->phase > life->death)
                life->death = step->phase;
            else if (!made_here)
                note_reader(plan, life, s, step->phase);
        }
    }
    for (int s = 0; s < plan->step_count; s++) {
        const hone_layouts *layouts = plan->steps[s].traits.layouts;
        if (layouts != NULL && layouts->transient)
            lives[plan->roots[plan->steps[s].operands[0]]].pinned = true;
    }
    for (size_t v = 0; v < graph->value_count; v++) {
        if (!graph->values[v].kept)
            continue;
        lifetime *life = &lives[plan->roots[v]];
        life->death = plan->phase_count;
        life->last_reader = -1;
        life->used = true;
    }
}

static hone_value buffer_root(const lifetime *lives, hone_value root)
{
    while (lives[root].merged >= 0)
        root = lives[root].merged;
    return root;
}

/* True when other tiles of what a step rides on may still read the memory of a root. */
static bool read_by_tiles(const hone_plan *plan, int index, hone_value root)
{
    const hone_step *head = &plan->steps[plan->steps[index].head];
    for (int i = 1; head->traits.tiles_share_operands && i < HONE_STEP_OPERANDS; i++)
        if (head->operands[i] >= 0 && plan->roots[head->operands[i]] == root)
            return true;
    return false;
}

/* True when the first output of a step may take the memory of one of its inputs: the input dies here and
 * nobody else reads it. */
static bool takes_over(const hone_plan *plan, const lifetime *lives, int index, hone_value input)
{
    const hone_step *step = &plan->steps[index];
    hone_value root = plan->roots[input], output = plan->roots[step->node->outputs[0]];
    const lifetime *life = &lives[root];
    if (life->pinned || lives[output].pinned || root == output || life->last_reader != index ||
        life->other_readers)
        return false;
    if (life->death != step->phase || read_by_tiles(plan, index, root))
        return false;
    const hone_graph_value *value = &plan->graph->values[root];
    if (value->kind == HONE_VALUE_INPUT)
        return false;
    return hone_internal_shape_count(value->shape) ==
           hone_internal_shape_count(plan->graph->values[output].shape);
}

static void work_in_place(const hone_plan *plan, lifetime *lives)
{
    for (int s = 0; s < plan->step_count; s++) {
        const hone_node *node = plan->steps[s].node;
        for (int i = 0; i < node->input_count; i++) {
            if (!(node->op->in_place >> i & 1) || node->inputs[i] < 0)
                continue;
            int times =
                0; /* x * x must not overwrite what it still reads: element-wise work may, others may not */
            for (int j = 0; j < node->input_count; j++)
                times += node->inputs[j] >= 0 && plan->roots[node->inputs[j]] == plan->roots[node->inputs[i]];
            if ((times > 1 && !node->op->chains) || !takes_over(plan, lives, s, node->inputs[i]))
                continue;
            hone_value output = plan->roots[node->outputs[0]],
                       into = buffer_root(lives, plan->roots[node->inputs[i]]);
            lives[output].merged = into;
            break;
        }
    }
    for (size_t v = plan->graph->value_count; v-- > 0;) {
        if (lives[v].merged < 0)
            continue;
        lifetime *into = &lives[buffer_root(lives, (hone_value)v)];
        if (lives[v].death > into->death)
            into->death = lives[v].death;
        if (lives[v].birth < into->birth)
            into->birth = lives[v].birth;
    }
}

static size_t round_up(size_t bytes)
{
    return (bytes + HONE_ALIGNMENT - 1) / HONE_ALIGNMENT * HONE_ALIGNMENT;
}

/* What a value of a batch needs, told by its layer. */
static hone_status check_value(const hone_plan *plan, hone_value value, uint64_t count)
{
    const hone_node *node = hone_internal_graph_producer(plan->graph, value);
    const char *layer = node == NULL || node->scope == NULL ? "" : node->scope;
    size_t size = plan->kernels->element_size;
    HONE_TRY((hone_status)hone_internal_check_memory(count, size, "%s%sthe numbers of a batch", layer,
                                                     layer[0] != '\0' ? ": " : ""));
    return count <= SIZE_MAX / 4 / size ? HONE_OK
                                        : hone_internal_fail_too_large(HONE_ERROR_SHAPE, SIZE_MAX, "a batch");
}

static hone_status make_buffers(hone_plan *plan, const lifetime *lives)
{
    for (size_t v = 0; v < plan->graph->value_count; v++) {
        plan->buffer_of[v] = -1;
        if (plan->roots[v] != (hone_value)v || !lives[v].used || lives[v].pinned || lives[v].merged >= 0)
            continue;
        uint64_t count = (uint64_t)hone_internal_shape_count(plan->graph->values[v].shape);
        HONE_TRY(check_value(plan, (hone_value)v, count));
        size_t bytes = (size_t)count * plan->kernels->element_size;
        plan->buffer_of[v] = plan->buffer_count;
        plan->buffers[plan->buffer_count++] = (hone_buffer){
            .bytes = round_up(bytes > 0 ? bytes : 1), .birth = lives[v].birth, .death = lives[v].death};
    }
    return HONE_OK;
}

static bool alive_together(const hone_buffer *a, const hone_buffer *b)
{
    return a->birth <= b->death && b->birth <= a->death;
}

/* The lowest place for a buffer among those already placed (first fit). */
static size_t find_place(const hone_plan *plan, const int *placed, int placed_count,
                         const hone_buffer *buffer)
{
    size_t offset = 0;
    for (bool moved = true; moved;) {
        moved = false;
        for (int i = 0; i < placed_count; i++) {
            const hone_buffer *other = &plan->buffers[placed[i]];
            if (!alive_together(buffer, other))
                continue;
            if (offset < other->offset + other->bytes && other->offset < offset + buffer->bytes) {
                offset = other->offset + other->bytes;
                moved = true;
            }
        }
    }
    return offset;
}

typedef struct placement {
    size_t bytes;
    int buffer;
} placement;

static int largest_first(const void *a, const void *b)
{
    const placement *x = a, *y = b;
    if (x->bytes != y->bytes)
        return x->bytes > y->bytes ? -1 : 1;
    return x->buffer < y->buffer ? -1 : 1;
}

/* Largest first: the classic greedy layout. */
static hone_status place_buffers(hone_plan *plan)
{
    size_t count = (size_t)plan->buffer_count;
    placement *order = hone_internal_allocate(sizeof *order * (count + 1));
    int *placed = hone_internal_allocate(sizeof *placed * (count + 1));
    hone_status status = order == NULL || placed == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (size_t i = 0; status >= 0 && i < count; i++)
        order[i] = (placement){plan->buffers[i].bytes, (int)i};
    if (status >= 0)
        qsort(order, count, sizeof *order, largest_first);
    for (int i = 0; status >= 0 && i < plan->buffer_count; i++) {
        hone_buffer *buffer = &plan->buffers[order[i].buffer];
        buffer->offset = find_place(plan, placed, i, buffer);
        placed[i] = order[i].buffer;
        if (buffer->offset + buffer->bytes > plan->memory_bytes)
            plan->memory_bytes = buffer->offset + buffer->bytes;
    }
    hone_internal_free(order);
    hone_internal_free(placed);
    return status;
}

/* In double the variables are copied behind the buffers. */
static size_t variable_bytes(const hone_plan *plan)
{
    size_t bytes = 0;
    if (plan->kernels->element_size == sizeof(float))
        return 0;
    for (size_t v = 0; v < plan->graph->value_count; v++)
        if (plan->graph->values[v].kind == HONE_VALUE_VARIABLE)
            bytes += round_up((size_t)hone_internal_variable_count(plan->graph->values[v].variable) *
                              sizeof(double));
    return bytes;
}

static void *copy_to_double(const hone_variable *variable, unsigned char **next)
{
    const float *data = hone_internal_variable_data(variable);
    double *copy = (double *)(void *)*next;
    int64_t count = hone_internal_variable_count(variable);
    for (int64_t i = 0; i < count; i++)
        copy[i] = data != NULL ? (double)data[i] : 0;
    *next += round_up((size_t)count * sizeof(double));
    return copy;
}

static void resolve(hone_plan *plan, const lifetime *lives)
{
    unsigned char *base = plan->memory, *next = base + plan->memory_bytes;
    bool in_double = plan->kernels->element_size != sizeof(float);
    for (size_t v = 0; v < plan->graph->value_count; v++) {
        const hone_graph_value *value = &plan->graph->values[v];
        if (plan->roots[v] != (hone_value)v)
            continue;
        if (value->kind == HONE_VALUE_VARIABLE)
            plan->addresses[v] =
                in_double ? copy_to_double(value->variable, &next) : (void *)value->variable->memory;
        else if (value->kind == HONE_VALUE_EXTERNAL)
            plan->addresses[v] = value->address;
        else {
            int buffer = plan->buffer_of[buffer_root(lives, (hone_value)v)];
            if (buffer >= 0)
                plan->addresses[v] = base + plan->buffers[buffer].offset;
        }
    }
    for (size_t v = 0; v < plan->graph->value_count; v++)
        plan->addresses[v] = plan->addresses[plan->roots[v]];
}

hone_status hone_internal_plan_lay_out(hone_plan *plan)
{
    lifetime *lives = hone_internal_allocate_zeroed(plan->graph->value_count + 1, sizeof *lives);
    if (lives == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = HONE_OK;
    find_lifetimes(plan, lives);
    work_in_place(plan, lives);
    HONE_TRY_OR_DONE(make_buffers(plan, lives));
    HONE_TRY_OR_DONE(place_buffers(plan));
    HONE_TRY_OR_DONE((hone_status)hone_internal_check_memory(
        plan->memory_bytes, 1, "what the layers make of a batch (a smaller batch needs less)"));
    plan->memory = hone_internal_allocate_aligned(plan->memory_bytes + variable_bytes(plan) + HONE_ALIGNMENT);
    if (plan->memory == NULL)
        status = HONE_ERROR_MEMORY;
    else
        resolve(plan, lives);
done:
    hone_internal_free(lives);
    return status;
}
