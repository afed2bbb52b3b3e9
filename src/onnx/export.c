/* A model to an ONNX file: it is recorded with free sizes, and what its outputs depend on is written
 * operation by operation. The model's configuration goes along as metadata, so that Hone gets back the same
 * model (onnx_import.c). */
#include "onnx/forms.h"
#include "base/memory.h"
#include "base/text.h"
#include "keras/keras.h"
#include "keras/vocabularies.h"
#include "verbs.h"
#include <hone/export.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- recording ---- */

static hone_status check_inputs(const hone_model *model)
{
    for (int i = 0; i < model->input_count; i++)
        for (int j = 0; j < i; j++)
            if (model->inputs[i] == model->inputs[j])
                return hone_fail(HONE_ERROR_UNSUPPORTED,
                                 "\"%s\" is an input of the model twice: in ONNX an input has one place",
                                 hone_model_input_name(model, i));
    return HONE_OK;
}

/* As predict takes them: any number of samples, also where a model was built by its first call and kept the
 * size of that batch, from what layers over texts make. */
static hone_status record(hone_onnx_export *export, hone_value *inputs, hone_value *outputs)
{
    hone_model *model = export->model;
    HONE_TRY(check_inputs(model));
    export->graph = hone_internal_graph_create(false, true);
    if (export->graph == NULL)
        return HONE_ERROR_MEMORY;
    export->graph->plain = true;
    for (int i = 0; i < model->fed_count; i++) {
        hone_shape shape = model->fed[i]->shape;
        if (shape.rank > 0)
            shape.size[0] = HONE_ANY;
        inputs[i] = hone_internal_graph_input(export->graph, shape, NULL);
        if (inputs[i] < 0)
            return hone_error_status();
    }
    HONE_TRY(hone_internal_model_record(model, export->graph, inputs, outputs));
    for (int i = 0; i < model->output_count; i++)
        if (outputs[i] < 0)
            return hone_error_status();
    return HONE_OK;
}

/* Counts who reads each value, and marks nodes that the outputs do not depend on as written. */
static void find_needed(hone_onnx_export *export, const hone_value *outputs)
{
    const hone_graph *graph = export->graph;
    for (int i = 0; i < export->model->output_count; i++)
        export->uses[outputs[i]]++;
    for (size_t n = graph->node_count; n-- > 0;) {
        const hone_node *node = &graph->nodes[n];
        bool needed = false;
        for (int i = 0; i < node->output_count; i++)
            needed = needed || export->uses[node->outputs[i]] > 0;
        for (int i = 0; needed && i < node->input_count; i++)
            if (node->inputs[i] >= 0)
                export->uses[node->inputs[i]]++;
        export->written[n] = !needed;
    }
}

/* ---- writing ---- */

/* The variable's path; a number behind it when another has the same, or when it is not a weight. */
static const char *add_variable(hone_onnx_export *export, const hone_variable *variable)
{
    const char *path = variable->path;
    if (path != NULL && hone_internal_onnx_has_tensor(&export->writer, path))
        path = NULL;
    return hone_internal_onnx_floats(&export->writer, path, variable->shape.rank, variable->shape.size,
                                     hone_internal_variable_data(variable), false);
}

static hone_status name_variable(hone_onnx_export *export, hone_value v)
{
    const hone_graph_value *value = v < 0 ? NULL : &export->graph->values[v];
    if (value == NULL || value->kind != HONE_VALUE_VARIABLE || export->uses[v] == 0 ||
        export->names[v] != NULL)
        return HONE_OK;
    export->names[v] = add_variable(export, value->variable);
    return export->names[v] == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

/* In the order in which nodes have them as operands: that of recording is the compiler's, which chooses in
 * what order the arguments of a call are computed. Then those that are outputs themselves. */
static hone_status name_variables(hone_onnx_export *export)
{
    const hone_graph *graph = export->graph;
    for (size_t n = 0; n < graph->node_count; n++)
        for (int i = 0; i < graph->nodes[n].input_count; i++)
            HONE_TRY(name_variable(export, graph->nodes[n].inputs[i]));
    for (size_t v = 0; v < graph->value_count; v++)
        HONE_TRY(name_variable(export, (hone_value)v));
    return HONE_OK;
}

/* Comparisons of ids with a small number take floats. Gives back the integers' names. */
static void compare_floats(hone_onnx_export *export, const hone_node *node, const char **integers)
{
    for (int i = 0; i < node->input_count; i++) {
        const hone_value operand = node->inputs[i];
        if (operand < 0 || !export->ids.values[operand])
            continue;
        integers[i] = export->names[operand];
        export->names[operand] = hone_internal_onnx_truth(export, integers[i]);
    }
}

static hone_status emit(hone_onnx_export *export, const hone_node *node)
{
    const char *integers[HONE_NODE_INPUTS] = {NULL};
    hone_onnx_emitter *emitter = hone_internal_onnx_emitter(node->op->name);
    if (emitter == NULL)
        return hone_error_status();
    if (export->ids.values != NULL && hone_internal_ids_compare(export->graph, node))
        compare_floats(export, node, integers);
    hone_status status = emitter(export, node);
    for (int i = 0; i < node->input_count; i++)
        if (integers[i] != NULL)
            export->names[node->inputs[i]] = integers[i];
    return status;
}

static hone_status write_node(hone_onnx_export *export, const hone_node *node)
{
    hone_internal_error_push(NULL, node->scope);
    export->writer.scope = node->scope;
    hone_status status = emit(export, node);
    hone_internal_error_pop();
    return status;
}

static hone_status write_nodes(hone_onnx_export *export)
{
    for (size_t n = 0; n < export->graph->node_count; n++)
        if (!export->written[n])
            HONE_TRY(write_node(export, &export->graph->nodes[n]));
    return HONE_OK;
}

/* Adds an end of the model; free sizes are "batch" on axis 0 and NAME_AXIS elsewhere. */
static void add_end(hone_onnx_export *export, hone_onnx_end_kind kind, const char *name, hone_shape shape)
{
    char names[HONE_MAX_RANK][96];
    const char *free_names[HONE_MAX_RANK];
    for (int axis = 0; axis < shape.rank; axis++) {
        snprintf(names[axis], sizeof names[axis], "%.64s_%d", name, axis);
        free_names[axis] = axis == 0 ? "batch" : names[axis];
    }
    hone_internal_onnx_end(&export->writer, kind, name, shape.rank, shape.size, free_names);
}

/* Gives the node that makes `from` the output's own name, or, when that is an input, a weight or an output
 * already, adds one that passes it on. */
static hone_status write_output(hone_onnx_export *export, const char *from, const char *name)
{
    hone_onnx_writer *writer = &export->writer;
    hone_onnx_node *producer = NULL;
    for (size_t n = 0; n < writer->node_count && producer == NULL; n++)
        if (writer->nodes[n]->output[0] == from)
            producer = writer->nodes[n];
    bool named = producer == NULL;
    writer->scope = name;
    if (named)
        producer = hone_internal_onnx_node(writer, "Identity", &from, 1);
    char *own = hone_internal_arena_copy_text(&writer->arena, name);
    if (producer == NULL || own == NULL)
        return HONE_ERROR_MEMORY;
    for (size_t n = 0; !named && n < writer->node_count; n++)
        for (size_t i = 0; i < writer->nodes[n]->n_input; i++)
            if (writer->nodes[n]->input[i] == from)
                writer->nodes[n]->input[i] = own;
    producer->output[0] = own;
    return HONE_OK;
}

static bool is_an_end(const hone_onnx_export *export, const char *const *outputs, int count, const char *name)
{
    for (int i = 0; i < export->model->fed_count; i++)
        if (strcmp(hone_internal_model_fed_name(export->model, i), name) == 0)
            return true;
    for (int i = 0; i < count; i++)
        if (strcmp(outputs[i], name) == 0)
            return true;
    return false;
}

/* ONNX tells its ends apart by their names: that of output i, with _1, _2, ... behind it when an input or an
 * earlier output has it (a layer may be an output twice, an input may be an output). */
static const char *output_end(hone_onnx_export *export, const char *const *earlier, int i)
{
    char numbered[512];
    const char *name = hone_model_output_name(export->model, i), *end = name;
    for (unsigned number = 1; is_an_end(export, earlier, i, end); number++) {
        snprintf(numbered, sizeof numbered, "%.480s_%u", name, number);
        end = numbered;
    }
    return hone_internal_arena_copy_text(&export->writer.arena, end);
}

/* Ids beyond those that floats tell apart are integers in the graph. */
static bool holds_ids(const hone_onnx_export *export, int input)
{
    return export->ids.inputs != NULL && export->ids.inputs[input];
}

static void write_inputs(hone_onnx_export *export, const hone_value *inputs)
{
    const hone_model *model = export->model;
    bool integers;
    for (int i = 0; i < model->fed_count; i++)
        if (hone_internal_model_fed_input(model, i) >= 0 || export->outside[i] != NULL)
            add_end(export, holds_ids(export, i) ? HONE_ONNX_END_IDS : HONE_ONNX_END_INPUT,
                    hone_internal_model_fed_name(model, i), hone_value_shape(export->graph, inputs[i]));
    for (int i = 0; i < model->input_count; i++)
        if (hone_internal_onnx_reads_texts(export, i, &integers)) {
            hone_shape shape = model->inputs[i]->shape;
            shape.size[0] = HONE_ANY;
            add_end(export, integers ? HONE_ONNX_END_IDS : HONE_ONNX_END_TEXTS,
                    hone_model_input_name(model, i), shape);
        }
}

static hone_status write_ends(hone_onnx_export *export, const hone_value *inputs, const hone_value *outputs,
                              const char **names)
{
    for (int i = 0; i < export->model->output_count; i++) {
        const char *from = export->names[outputs[i]];
        names[i] = output_end(export, names, i);
        if (names[i] == NULL)
            return HONE_ERROR_MEMORY;
        for (int earlier = 0; earlier < i; earlier++)
            if (outputs[earlier] == outputs[i])
                from = names[earlier];
        HONE_TRY(write_output(export, from, names[i]));
        add_end(export, HONE_ONNX_END_OUTPUT, names[i], hone_value_shape(export->graph, outputs[i]));
    }
    write_inputs(export, inputs);
    return HONE_OK;
}

/* The names of the weights' tensors, in the model's order; weights that predicting does not need are added to
 * the graph's tensors, where nothing reads them. */
static hone_config *weight_names(hone_onnx_export *export)
{
    hone_config *list = hone_internal_config_list();
    bool good = list != NULL;
    for (size_t i = 0; good && i < export->model->weights.count; i++) {
        const hone_variable *variable = export->model->weights.items[i];
        size_t value;
        bool used = hone_internal_pointers_get(&export->graph->places, variable, &value);
        const char *name = used ? export->names[value] : NULL;
        if (name == NULL)
            name = add_variable(export, variable);
        good = name != NULL && hone_internal_config_append(list, hone_internal_config_text(name)) >= 0;
    }
    if (good)
        return list;
    hone_internal_config_free(list);
    return NULL;
}

static hone_status add_json(hone_onnx_export *export, const char *key, hone_config *config)
{
    char *text = config != NULL ? hone_internal_config_to_json(config, false) : NULL;
    if (text != NULL)
        hone_internal_onnx_property(&export->writer, key, text);
    hone_internal_config_free(config);
    hone_status status = text != NULL ? HONE_OK : hone_error_status();
    hone_internal_free(text);
    return status;
}

/* With the vocabularies, which files of Keras keep elsewhere. */
static hone_config *config_of(hone_model *model)
{
    hone_config *config = hone_internal_model_to_config(model);
    if (config == NULL || hone_internal_vocabularies_to_config(model, config, true) >= 0)
        return config;
    hone_internal_config_free(config);
    return NULL;
}

/* What Hone needs to have the model back: its configuration, its weights' names, and a digest of the graph
 * they belong to. Not of a model whose layers over texts are left out, which is another one. */
static hone_status write_config(hone_onnx_export *export)
{
    char digest[32];
    HONE_TRY(add_json(export, HONE_ONNX_CONFIG, config_of(export->model)));
    export->writer.scope = "weights";
    HONE_TRY(add_json(export, HONE_ONNX_WEIGHTS, weight_names(export)));
    hone_onnx_graph graph = hone_internal_onnx_graph(&export->writer, hone_model_name(export->model));
    snprintf(digest, sizeof digest, "%016" PRIx64, hone_internal_onnx_digest(&graph));
    hone_internal_onnx_property(&export->writer, HONE_ONNX_DIGEST, digest);
    return export->writer.failed ? hone_error_status() : HONE_OK;
}

static hone_status make_tables(hone_onnx_export *export)
{
    export->names = hone_internal_allocate_zeroed(export->graph->value_count + 1, sizeof *export->names);
    export->uses = hone_internal_allocate_zeroed(export->graph->value_count + 1, sizeof *export->uses);
    export->written = hone_internal_allocate_zeroed(export->graph->node_count + 1, sizeof *export->written);
    return export->names == NULL || export->uses == NULL || export->written == NULL ? HONE_ERROR_MEMORY
                                                                                    : HONE_OK;
}

/* Some of the model is not in the graph. */
static bool stands_before(const hone_onnx_export *export)
{
    for (int i = 0; i < export->model->fed_count; i++)
        if (export->outside[i] != NULL)
            return true;
    return false;
}

/* Fills the writer from export->model; the rest of `export` is zero. `inputs`, `outputs` and `names` have
 * room for the model's ends. */
static hone_status build_ends(hone_onnx_export *export, hone_value *inputs, hone_value *outputs,
                              const char **names)
{
    HONE_TRY(record(export, inputs, outputs));
    HONE_TRY(make_tables(export));
    HONE_TRY(hone_internal_coded_ids_find(export->graph, inputs, export->model->fed_count, outputs,
                                          export->model->output_count, &export->ids));
    find_needed(export, outputs);
    hone_internal_onnx_claim_projections(export);
    HONE_TRY(hone_internal_onnx_write_texts(export, inputs));
    HONE_TRY(name_variables(export));
    HONE_TRY(write_nodes(export));
    HONE_TRY(write_ends(export, inputs, outputs, names));
    return stands_before(export) ? HONE_OK : write_config(export);
}

static hone_status build(hone_onnx_export *export)
{
    HONE_TRY(hone_internal_model_need_built(export->model, "write it as ONNX"));
    size_t inputs = (size_t) export->model->fed_count, outputs = (size_t) export->model->output_count;
    hone_value *values = hone_internal_allocate_zeroed(inputs + outputs, sizeof *values);
    const char **names = hone_internal_allocate_zeroed(outputs, sizeof *names);
    hone_status status = values == NULL || names == NULL ? HONE_ERROR_MEMORY
                                                         : build_ends(export, values, values + inputs, names);
    hone_internal_free(values);
    hone_internal_free(names);
    return status;
}

static void free_export(hone_onnx_export *export)
{
    hone_internal_onnx_writer_free(&export->writer);
    hone_internal_graph_free(export->graph);
    hone_internal_free(export->names);
    hone_internal_free(export->uses);
    hone_internal_free(export->written);
    hone_internal_free(export->outside);
    hone_internal_coded_ids_free(&export->ids);
}

static void tell_outside(const hone_onnx_export *export, const hone_export_onnx_args *args)
{
    char line[400];
    for (int i = 0; args->remark != NULL && i < export->model->fed_count; i++) {
        if (export->outside[i] == NULL)
            continue;
        snprintf(line, sizeof line, "the input \"%.100s\" takes what that layer makes: %s",
                 hone_internal_model_fed_name(export->model, i), export->outside[i]);
        args->remark(args->remark_context, line, strlen(line));
    }
}

hone_status hone_export_onnx_with(hone_model *model, const char *path, const hone_export_onnx_args *said)
{
    hone_export_onnx_args args;
    if (model == NULL || path == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "a path");
    HONE_TRY(hone_internal_args_read(&hone_internal_export_onnx_verb, said, &args));
    hone_onnx_export export = {.model = model};
    hone_status status = build(&export);
    if (status >= 0)
        status = hone_internal_onnx_write(&export.writer, hone_model_name(model), HONE_ONNX_MOST_BYTES, path);
    if (status >= 0)
        tell_outside(&export, &args);
    free_export(&export);
    return status;
}
