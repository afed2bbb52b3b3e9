/* Fields that hold a layer, or a list of layers. */
#include "fields/fields.h"
#include "keras/keras.h"
#include "testing/message.h"

#include <hone/hone.h>

static hone_config *envelope_of(hone_layer *layer)
{
    hone_config *config = hone_internal_layer_to_config(layer);
    hone_layer_free(layer);
    assert_non_null(config);
    return config;
}

/* [cells, at most two; NULL: none] */
static hone_config *list_of(hone_layer *first, hone_layer *second)
{
    hone_config *list = hone_internal_config_list();
    assert_int_equal(hone_internal_config_append(list, envelope_of(first)), HONE_OK);
    if (second != NULL)
        assert_int_equal(hone_internal_config_append(list, envelope_of(second)), HONE_OK);
    return list;
}

TEST(a_layer_is_read_and_written)
{
    hone_config *config = envelope_of(hone_dense(3, .name = "d"));
    hone_layer *layer = hone_internal_object_family("layer")->read(config, NULL);
    assert_non_null(layer);
    assert_string_equal(hone_internal_layer_label(layer), "d");
    hone_config *written = hone_internal_object_family("layer")->write(layer);
    assert_true(hone_internal_config_equal(config, written));
    hone_internal_object_family("layer")->retain(layer);
    hone_internal_object_family("layer")->release(layer);
    hone_internal_object_family("layer")->release(layer);
    hone_internal_config_free(written);
    hone_internal_config_free(config);
}

TEST(a_list_in_place_of_a_layer_is_cells_on_each_other)
{
    hone_config *list = list_of(hone_lstm_cell(3), hone_gru_cell(2));
    hone_layer *layer = hone_internal_object_family("layer")->read(list, NULL);
    assert_non_null(layer);
    assert_string_equal(layer->type->type.name, "stacked_rnn_cells");
    hone_internal_object_family("layer")->release(layer);
    hone_internal_config_free(list);
}

TEST(a_list_is_read_and_written_in_order)
{
    hone_config *config = list_of(hone_lstm_cell(3), hone_gru_cell(2));
    hone_layer_list *list = hone_internal_object_family("layers")->read(config, NULL);
    assert_non_null(list);
    assert_int_equal(list->count, 2);
    assert_string_equal(list->items[1]->type->type.name, "gru_cell");
    hone_config *written = hone_internal_object_family("layers")->write(list);
    assert_true(hone_internal_config_equal(config, written));
    hone_internal_object_family("layers")->retain(list);
    hone_internal_object_family("layers")->release(list);
    hone_internal_object_family("layers")->release(list);
    hone_internal_config_free(written);
    hone_internal_config_free(config);
}

TEST(one_layer_is_a_list_of_one)
{
    hone_config *config = envelope_of(hone_gru_cell(2));
    hone_layer_list *list = hone_internal_object_family("layers")->read(config, NULL);
    assert_non_null(list);
    assert_int_equal(list->count, 1);
    hone_internal_object_family("layers")->release(list);
    hone_internal_config_free(config);
}

TEST(a_wrong_layer_spoils_its_list)
{
    hone_config *list = list_of(hone_lstm_cell(3), NULL);
    assert_int_equal(hone_internal_config_append(list, hone_internal_config_text("gru_cel(2)")), HONE_OK);
    assert_null(hone_internal_object_family("layers")->read(list, NULL));
    assert_message_has("gru_cell");
    hone_error_clear();
    assert_null(hone_internal_object_family("layer")->read(list, NULL));
    assert_message_has("gru_cell");
    hone_internal_config_free(list);
}
