/* Graphs that Hone wrote: the model that is in their metadata. */
#include "formats/onnx.h"
#include "model/model.h"
#include "onnx/export.h"
#include "testing/check_onnx.h"
#include "testing/files.h"
#include "testing/message.h"

#include <hone/export.h>

/* The graph of "dense(2); dropout(0.5)" with one of its metadata, or the graph itself, changed. */
static void write_changed(const char *key, const char *value, bool other_graph)
{
    hone_model *model = onnx_layers("3", "dense(2, name=d); dropout(0.5, name=drop)");
    assert_int_equal(hone_compile(model, .loss = "mse", .optimizer = hone_optimizer_from_text("sgd(0.25)")),
                     HONE_OK);
    assert_int_equal(hone_export_onnx(model, testing_path("own.onnx")), HONE_OK);
    hone_model_free(model);
    hone_onnx_file *file = hone_internal_onnx_open(testing_path("own.onnx"));
    assert_non_null(file);
    hone_onnx_model changed = *file->model;
    Hone__Onnx__StringStringEntryProto entries[8], *list[8];
    hone_onnx_node node = *file->model->graph->node[0], *kept = file->model->graph->node[0];
    for (size_t i = 0; i < changed.n_metadata_props; i++) {
        entries[i] = *changed.metadata_props[i];
        list[i] = &entries[i];
        if (key != NULL && strcmp(entries[i].key, key) == 0)
            entries[i].value = (char *)(uintptr_t)value;
    }
    changed.metadata_props = list;
    node.name = "changed";
    if (other_graph)
        file->model->graph->node[0] = &node;
    static uint8_t packed[16384];
    assert_true(hone__onnx__model_proto__get_packed_size(&changed) <= sizeof packed);
    testing_file("own.onnx", packed, hone__onnx__model_proto__pack(&changed, packed));
    file->model->graph->node[0] = kept;
    hone_internal_onnx_close(file);
}

/* Of a graph the layer is what it does in prediction: nothing. */
static bool drops(const hone_model *model)
{
    const hone_layer *layer = hone_model_layer(model, "drop");
    assert_non_null(layer);
    return strcmp(hone_layer_get_type(layer)->type.name, "dropout") == 0;
}

/* The model as it was, dropout and compile settings with it; or what the graph says. */
TEST(a_graph_as_it_was_written_is_the_model)
{
    for (int changed = 0; changed < 2; changed++) {
        write_changed(NULL, NULL, changed);
        hone_model *model = hone_load(testing_path("own.onnx"));
        if (model == NULL)
            fail_msg("%s", hone_error_message());
        assert_int_equal(drops(model), !changed);
        assert_int_equal(model->compiled.ready, !changed);
        hone_error_clear();
        assert_true(hone_internal_variable_data(hone_model_weight(model, 0))[0] == onnx_constant(3, 0));
        hone_model_free(model);
    }
}

static const struct {
    const char *name, *key, *value, *words; /* NULL: another graph, which is read as such */
} changes[] = {
    {"another digest", HONE_ONNX_DIGEST, "0000000000000000", NULL},
    {"a weight that is missing", HONE_ONNX_WEIGHTS, "[\"d/kernel\", \"d/other\"]",
     "the weight \"d/other\" is missing"},
    {"a weight in place of another", HONE_ONNX_WEIGHTS, "[\"d/kernel\", \"d/kernel\"]",
     "numbers, the file 6"},
    {"fewer weights", HONE_ONNX_WEIGHTS, "[\"d/kernel\"]", "its list of weights does not match its model"},
    {"no list", HONE_ONNX_WEIGHTS, "{}", "its list of weights does not match its model"},
    {"no JSON", HONE_ONNX_CONFIG, "{", HONE_ONNX_CONFIG},
    {"no model", HONE_ONNX_CONFIG, "{}", "own.onnx"},
};

TEST_EACH(metadata_are_checked, changes)
{
    write_changed(row->key, row->value, false);
    hone_error_clear();
    hone_model *model = hone_load(testing_path("own.onnx"));
    if (row->words == NULL) {
        assert_non_null(model);
        assert_false(drops(model));
    } else {
        assert_null(model);
        assert_message_has(row->words);
    }
    hone_model_free(model);
}
