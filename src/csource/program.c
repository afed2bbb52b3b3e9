/* From a model to the steps of its C source. */
#include "csource/program.h"
#include "base/memory.h"
#include "csource/forms.h"
#include "csource/int8.h"

#include <inttypes.h>
#include <string.h>

static int add_slot(hone_c_program *program, hone_c_place place, int64_t count)
{
    if (hone_internal_grow(&program->slots, &program->slot_capacity, (size_t)program->slot_count + 1,
                           sizeof *program->slots) < 0)
        return -1;
    program->slots[program->slot_count] = (hone_c_slot){.place = place,
                                                        .count = count,
                                                        .label = "",
                                                        .transposed = -1,
                                                        .turned = -1,
                                                        .first = -1,
                                                        .last = -1,
                                                        .into = -1,
                                                        .offset = -1};
    return program->slot_count++;
}

int hone_internal_c_add_constant(hone_c_program *program, int64_t count, const char *label)
{
    int slot = add_slot(program, HONE_C_CONSTANT, count);
    if (slot < 0)
        return -1;
    program->slots[slot].label = label;
    program->slots[slot].data = hone_internal_allocate_zeroed((size_t)count + 1, sizeof(float));
    return program->slots[slot].data == NULL ? -1 : slot;
}

int hone_internal_c_add_typed(hone_c_program *program, hone_c_type type, int64_t count, const char *label)
{
    int slot = add_slot(program, HONE_C_CONSTANT, count);
    if (slot < 0)
        return -1;
    hone_c_slot *at = &program->slots[slot];
    at->label = label;
    at->type = type;
    const size_t size = type == HONE_C_BYTES ? sizeof *at->bytes : sizeof *at->integers;
    void *numbers = hone_internal_allocate_zeroed((size_t)count + 1, size);
    at->bytes = type == HONE_C_BYTES ? numbers : NULL;
    at->integers = type == HONE_C_INTEGERS ? numbers : NULL;
    return numbers == NULL ? -1 : slot;
}

int hone_internal_c_add_bytes(hone_c_program *program, int64_t count, double scale, int32_t zero)
{
    int slot = add_slot(program, HONE_C_WORK, count);
    if (slot < 0)
        return -1;
    program->slots[slot].type = HONE_C_BYTES;
    program->slots[slot].scale = scale;
    program->slots[slot].zero = zero;
    return slot;
}

int64_t hone_internal_c_floats(const hone_c_slot *slot)
{
    return slot->type == HONE_C_BYTES ? (slot->count + 3) / 4 : slot->count;
}

int hone_internal_c_add_scratch(hone_c_program *program, int64_t count)
{
    int slot = add_slot(program, HONE_C_WORK, count);
    if (slot >= 0)
        program->slots[slot].scratch = true;
    return slot;
}

void hone_internal_c_program_free(hone_c_program *program)
{
    for (int s = 0; s < program->slot_count; s++) {
        hone_internal_free(program->slots[s].data);
        hone_internal_free(program->slots[s].bytes);
        hone_internal_free(program->slots[s].scales);
        hone_internal_free(program->slots[s].rounded);
        hone_internal_free(program->slots[s].integers);
    }
    hone_internal_free(program->slots);
    hone_internal_free(program->steps);
    hone_internal_pass_free(&program->pass);
    hone_internal_free(program->inputs);
    hone_internal_free(program->outputs);
    *program = (hone_c_program){.model = NULL};
}

/* ---- recording a prediction of one sample ---- */

static hone_status input_shape(const hone_model *model, int index, hone_shape *shape)
{
    *shape = model->inputs[index]->shape;
    shape->size[0] = 1;
    for (int axis = 1; axis < shape->rank; axis++)
        if (shape->size[axis] == HONE_ANY) {
            char text[128];
            hone_internal_shape_to_text(model->inputs[index]->shape, text, sizeof text);
            return hone_fail(HONE_ERROR_SHAPE,
                             "the input \"%s\" has the shape %s: C source needs every size except the "
                             "batch size",
                             hone_model_input_name(model, index), text);
        }
    return HONE_OK;
}

static hone_status record(hone_c_program *program, hone_graph *graph)
{
    hone_model *model = program->model;
    hone_pass *pass = &program->pass;
    HONE_TRY(hone_internal_model_need_plain(model, "C source"));
    for (int i = 0; i < model->input_count; i++) {
        HONE_TRY(input_shape(model, i, &pass->input_shapes[i]));
        pass->inputs[i] = hone_internal_graph_input(graph, pass->input_shapes[i], NULL);
        if (pass->inputs[i] < 0)
            return hone_error_status();
    }
    HONE_TRY(hone_internal_model_record(model, graph, pass->inputs, pass->outputs));
    for (int i = 0; i < model->output_count; i++)
        hone_internal_graph_keep(graph, pass->outputs[i]);
    return HONE_OK;
}

/* ---- constants: what depends on no input ---- */

/* The variables that layers carry from call to call are written in it. */
static bool is_assigned(const hone_graph *graph, hone_value variable)
{
    for (size_t n = 0; n < graph->node_count; n++)
        if (graph->nodes[n].op->effect && graph->nodes[n].inputs[0] == variable)
            return true;
    return false;
}

static bool *find_constants(const hone_graph *graph)
{
    bool *constant = hone_internal_allocate_zeroed(graph->value_count + 1, sizeof *constant);
    for (size_t v = 0; constant != NULL && v < graph->value_count; v++) {
        const hone_graph_value *value = &graph->values[v];
        constant[v] = value->kind == HONE_VALUE_EXTERNAL ||
                      (value->kind == HONE_VALUE_VARIABLE && !is_assigned(graph, (hone_value)v));
        if (value->kind != HONE_VALUE_RESULT)
            continue;
        const hone_node *node = &graph->nodes[value->node];
        constant[v] = !node->op->effect;
        for (int i = 0; i < node->input_count; i++)
            if (node->inputs[i] >= 0 && !constant[node->inputs[i]])
                constant[v] = false;
    }
    return constant;
}

/* Constants that something else reads stay in the plan's memory after a run. */
static void keep_constants(hone_graph *graph, const bool *constant)
{
    for (size_t n = 0; n < graph->node_count; n++) {
        const hone_node *node = &graph->nodes[n];
        if (constant[node->outputs[0]])
            continue;
        for (int i = 0; i < node->input_count; i++)
            if (node->inputs[i] >= 0 && constant[node->inputs[i]])
                hone_internal_graph_keep(graph, node->inputs[i]);
    }
}

static hone_status make_plan(hone_c_program *program, bool **constant)
{
    const hone_kernels *kernels = hone_internal_kernels_named("ref");
    hone_graph *graph = kernels == NULL ? NULL : hone_internal_graph_create(false, false);
    if (graph == NULL)
        return hone_error_status();
    graph->plain = true;
    graph->any_batch = true;
    hone_status status = record(program, graph);
    if (status >= 0 && (*constant = find_constants(graph)) == NULL)
        status = HONE_ERROR_MEMORY;
    if (status < 0) {
        hone_internal_graph_free(graph);
        return status;
    }
    keep_constants(graph, *constant);
    program->pass.plan = hone_internal_plan_create(graph, kernels, program->model->seed, 1);
    return program->pass.plan == NULL ? hone_error_status() : HONE_OK;
}

static hone_status check_step(const hone_step *step)
{
    const char *scope = step->node->scope;
    if (step->draws)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "the layer \"%s\" draws random numbers (%s), which C source does not support", scope,
                         hone_internal_kernel_name(step->kernel));
    if (step->node->op->effect && strcmp(step->node->op->name, "assign") != 0)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "the layer \"%s\" changes its state (%s), which C source does not support", scope,
                         hone_internal_kernel_name(step->kernel));
    return HONE_OK;
}

/* ---- slots ---- */

static const char *constant_label(const hone_graph_value *value, const char *scope)
{
    if (value->kind != HONE_VALUE_VARIABLE)
        return scope;
    const hone_variable *variable = value->variable;
    return variable->path != NULL ? variable->path : variable->name != NULL ? variable->name : scope;
}

static int make_constant(hone_c_program *program, hone_value root, const char *scope)
{
    const hone_plan *plan = program->pass.plan;
    const hone_graph_value *value = &plan->graph->values[root];
    int64_t count = hone_internal_shape_count(value->shape);
    int slot = hone_internal_c_add_constant(program, count, constant_label(value, scope));
    const float *data = hone_internal_plan_address(plan, root);
    if (slot >= 0 && data != NULL)
        memcpy(program->slots[slot].data, data, (size_t)count * sizeof *data);
    return slot;
}

static int make_state(hone_c_program *program, hone_value root, const char *scope)
{
    const hone_graph_value *value = &program->pass.plan->graph->values[root];
    int slot = add_slot(program, HONE_C_STATE, hone_internal_shape_count(value->shape));
    if (slot < 0)
        return -1;
    program->slots[slot].label = scope;
    program->slots[slot].number = program->state_count++;
    return slot;
}

int64_t hone_internal_c_states_before(const hone_c_program *program, int number)
{
    int64_t count = 0;
    for (int s = 0; s < program->slot_count; s++)
        if (program->slots[s].place == HONE_C_STATE && program->slots[s].number < number)
            count += program->slots[s].count;
    return count;
}

/* The slot of a value's memory, made at its first use; -1 after a failure. */
static int slot_of(hone_c_program *program, int *slots, const bool *constant, hone_value value,
                   const char *scope)
{
    hone_value root = program->pass.plan->roots[value];
    bool state = program->pass.plan->graph->values[root].kind == HONE_VALUE_VARIABLE;
    if (slots[root] < 0)
        slots[root] =
            constant[root] ? make_constant(program, root, scope)
            : state        ? make_state(program, root, scope)
                           : add_slot(program, HONE_C_WORK,
                                      hone_internal_shape_count(program->pass.plan->graph->values[root].shape));
    return slots[root];
}

hone_c_step *hone_internal_c_add_step(hone_c_program *program)
{
    if (hone_internal_grow(&program->steps, &program->step_capacity, (size_t)program->step_count + 1,
                           sizeof *program->steps) < 0)
        return NULL;
    hone_c_step *step = &program->steps[program->step_count++];
    *step = (hone_c_step){.scope = ""};
    for (int i = 0; i < HONE_KERNEL_OPERANDS; i++)
        step->slots[i] = -1;
    return step;
}

/* An operand of the node stands behind its outputs in the step. */
static unsigned in_place_of(const hone_step *step)
{
    return step->node->op->in_place << step->node->output_count;
}

static hone_status take_step(hone_c_program *program, int *slots, const bool *constant,
                             const hone_step *planned)
{
    if (planned->node->output_count > 0 && constant[planned->node->outputs[0]])
        return planned->draws ? check_step(planned) : HONE_OK;
    HONE_TRY(check_step(planned));
    hone_c_step *step = hone_internal_c_add_step(program);
    if (step == NULL)
        return HONE_ERROR_MEMORY;
    int number = program->step_count - 1;
    step->kernel = planned->kernel;
    step->form = hone_internal_c_form_of(planned->kernel);
    step->args = planned->args;
    step->written = planned->written;
    step->in_place = in_place_of(planned);
    step->items = planned->items;
    step->scope = planned->node->scope != NULL ? planned->node->scope : "";
    memset(step->args.data, 0, sizeof step->args.data);
    for (int i = 0; i < HONE_KERNEL_OPERANDS; i++) {
        if (planned->operands[i] < 0)
            continue;
        int slot = slot_of(program, slots, constant, planned->operands[i], step->scope);
        if (slot < 0)
            return HONE_ERROR_MEMORY;
        program->steps[number].slots[i] = slot;
    }
    return HONE_OK;
}

/* An output that is an input, a constant, or another output too: a copy. */
static hone_status copy_to_output(hone_c_program *program, int number, int from)
{
    int64_t count = program->slots[from].count;
    int to = add_slot(program, HONE_C_OUTPUT, count);
    hone_c_step *step = to < 0 ? NULL : hone_internal_c_add_step(program);
    if (step == NULL)
        return HONE_ERROR_MEMORY;
    program->slots[to].number = number;
    program->outputs[number] = to;
    step->kernel = HONE_KERNEL_copy;
    step->form = hone_internal_c_form_of(HONE_KERNEL_copy);
    step->slots[0] = to;
    step->slots[1] = from;
    step->written = 1;
    step->items = count;
    return HONE_OK;
}

static hone_status take_steps(hone_c_program *program, int *slots, const bool *constant)
{
    const hone_plan *plan = program->pass.plan;
    for (int i = 0; i < program->model->input_count; i++) {
        hone_shape shape = program->pass.input_shapes[i];
        int slot = add_slot(program, HONE_C_INPUT, hone_internal_shape_count(shape));
        if (slot < 0)
            return HONE_ERROR_MEMORY;
        program->slots[slot].number = i;
        program->inputs[i] = slots[plan->roots[program->pass.inputs[i]]] = slot;
    }
    for (int s = 0; s < plan->step_count; s++)
        HONE_TRY(take_step(program, slots, constant, &plan->steps[s]));
    for (int i = 0; i < program->model->output_count; i++) {
        int slot = slot_of(program, slots, constant, program->pass.outputs[i], "output");
        if (slot < 0)
            return HONE_ERROR_MEMORY;
        if (program->slots[slot].place != HONE_C_WORK) {
            HONE_TRY(copy_to_output(program, i, slot));
            continue;
        }
        program->slots[slot].place = HONE_C_OUTPUT;
        program->slots[slot].number = i;
        program->outputs[i] = slot;
    }
    return HONE_OK;
}

/* Counters in the source are 32 bits wide. */
static hone_status check_sizes(const hone_c_program *program)
{
    for (int s = 0; s < program->slot_count; s++)
        if (program->slots[s].count >= INT32_MAX / 4)
            return hone_fail(HONE_ERROR_UNSUPPORTED,
                             "%" PRId64 " numbers in one array are too many for C source",
                             program->slots[s].count);
    return HONE_OK;
}

void hone_internal_c_count_readers(hone_c_program *program)
{
    for (int s = 0; s < program->slot_count; s++)
        program->slots[s].readers = 0;
    for (int s = 0; s < program->step_count; s++)
        for (int i = 0; i < HONE_KERNEL_OPERANDS; i++)
            if (program->steps[s].slots[i] >= 0 && !(program->steps[s].written >> i & 1))
                program->slots[program->steps[s].slots[i]].readers++;
}

static hone_status make(hone_c_program *program, hone_model *model, bool bytes)
{
    *program = (hone_c_program){.model = model, .bytes = bytes};
    program->pass.mode = HONE_MODE_PREDICT;
    program->pass.batch = 1;
    HONE_TRY(hone_internal_model_need_built(model, "export"));
    HONE_TRY(hone_model_reset_states(model)); /* those of batches of another size */
    HONE_TRY(hone_internal_pass_room(&program->pass, model));
    program->inputs = hone_internal_allocate_zeroed((size_t)model->input_count, sizeof *program->inputs);
    program->outputs = hone_internal_allocate_zeroed((size_t)model->output_count, sizeof *program->outputs);
    if (program->inputs == NULL || program->outputs == NULL)
        return HONE_ERROR_MEMORY;
    bool *constant = NULL;
    int *slots = NULL;
    hone_status status = make_plan(program, &constant);
    if (status >= 0) {
        size_t values = program->pass.plan->graph->value_count;
        slots = hone_internal_allocate((values + 1) * sizeof *slots);
        for (size_t v = 0; slots != NULL && v < values; v++)
            slots[v] = -1;
        hone_internal_plan_run(program->pass.plan, NULL, 0);
        hone_model_reset_states(model);
        status = slots == NULL ? HONE_ERROR_MEMORY : take_steps(program, slots, constant);
    }
    hone_internal_free(slots);
    hone_internal_free(constant);
    HONE_TRY(status);
    HONE_TRY(check_sizes(program));
    return hone_internal_c_rewrite(program);
}

hone_status hone_internal_c_program_make(hone_c_program *program, hone_model *model, bool bytes)
{
    HONE_TRY(make(program, model, bytes));
    HONE_TRY(hone_internal_c_lay_out(program));
    return bytes ? hone_internal_c_quantize(program) : HONE_OK;
}

hone_status hone_internal_c_program_make_int8(hone_c_program *program, hone_model *model,
                                              const hone_c_range *ranges)
{
    HONE_TRY(make(program, model, true));
    HONE_TRY(hone_internal_c_make_byte_steps(program, ranges));
    HONE_TRY(hone_internal_c_lay_out(program));
    return hone_internal_c_quantize(program);
}
