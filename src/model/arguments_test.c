/* Arguments of calls beside the inputs. */
#include "fields/fields.h"
#include "formats/formats.h"
#include "model/model.h"
#include "testing/message.h"

#include <hone/hone.h>

/* Finds "a", "b" and lists of them among two tensors. */
static hone_status find_by_name(void *context, const hone_config *value, hone_tensor_list *list)
{
    hone_tensor **tensors = context;
    if (hone_internal_config_is(value, HONE_CONFIG_LIST)) {
        for (size_t i = 0; i < hone_internal_config_count(value); i++)
            HONE_TRY(find_by_name(context, hone_internal_config_at(value, i), list));
        return HONE_OK;
    }
    if (!hone_internal_config_present(value))
        return hone_internal_tensor_list_add(list, HONE_NO_TENSOR);
    return hone_internal_tensor_list_add(list, tensors[hone_internal_config_as_text(value)[0] - 'a']);
}

/* The call of a layer with a map of arguments. `values`: how many tensors each argument in `tensor_field`
 * has. */
static const struct {
    const char *name, *layer, *map;
    int training;      /* -1: not said */
    const char *field; /* of tensors, or NULL */
    int tensors;       /* of it */
    const char *words; /* of a refusal, or NULL */
} calls[] = {
    {"nothing", "softmax", "{}", -1, NULL, 0, NULL},
    {"training alone", "dense(2)", "{\"training\": true}", 1, NULL, 0, NULL},
    {"not training", "dense(2)", "{\"training\": false}", 0, NULL, 0, NULL},
    {"a tensor", "softmax", "{\"mask\": \"a\"}", -1, "mask", 1, NULL},
    {"a tensor and training", "softmax", "{\"mask\": \"a\", \"training\": true}", 1, "mask", 1, NULL},
    {"a tensor that is null", "softmax", "{\"mask\": null}", -1, "mask", 0, NULL},
    {"several", "lstm(2)", "{\"initial_state\": [\"a\", \"b\"]}", -1, "initial_state", 2, NULL},
    {"several in place of one", "softmax", "{\"mask\": [\"a\", \"b\"]}", -1, NULL, 0,
     "mask is one tensor, not 2"},
    {"one that the call does not take", "dense(2)", "{\"mask\": \"a\"}", -1, NULL, 0,
     "dense: its call takes no argument \"mask\""},
    {"one that no call takes", "softmax", "{\"maks\": \"a\"}", -1, NULL, 0, "mask"},
    {"training that is no truth value", "dense(2)", "{\"training\": 3}", -1, NULL, 0,
     "dense: training must be true or false"},
};

TEST_EACH(a_map_is_read, calls)
{
    hone_tensor *tensors[] = {hone_input_tensor(3), hone_input_tensor(3)};
    hone_layer *layer = hone_layer_from_text(row->layer);
    hone_config *map = hone_internal_json_parse(row->map, strlen(row->map), "test");
    hone_made_call made;
    hone_error_clear();
    const hone_status status = hone_internal_call_args_read(&made, layer, map, find_by_name, tensors);
    assert_int_equal(status < 0, row->words != NULL);
    if (row->words != NULL)
        assert_message_has(row->words);
    else
        assert_int_equal(made.training, row->training);
    for (size_t i = 0; row->field != NULL && i < made.type->field_count; i++) {
        hone_tensor *one[2] = {NULL, hone_tensors_end};
        hone_tensor *const *found = hone_internal_call_tensors(&made.type->fields[i], made.args, one);
        int count = 0;
        while (found != NULL && found[count] != hone_tensors_end)
            count++;
        if (strcmp(made.type->fields[i].name, row->field) == 0)
            assert_int_equal(count, row->tensors);
        if (count > 0)
            assert_ptr_equal(found[count - 1], tensors[count - 1]);
    }
    hone_internal_call_args_free(&made);
    hone_internal_config_free(map);
    hone_layer_free(layer);
    hone_tensor_free(tensors[0]);
    hone_tensor_free(tensors[1]);
}

/* The tensors among the arguments are inputs behind the plain ones, each with its field and place. */
TEST(tensors_become_inputs_with_roles)
{
    hone_tensor *x = hone_input_tensor(4, 3), *h = hone_input_tensor(2), *c = hone_input_tensor(2);
    hone_tensor *y =
        hone_recurrent_call(hone_lstm(2), HONE_TENSOR_LIST(x), .initial_state = HONE_TENSOR_LIST(h, c));
    if (y == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(y->call->plain_count, 1);
    assert_int_equal(y->call->input_count, 3);
    assert_ptr_equal(y->call->inputs[2], c);
    assert_string_equal(y->call->roles[1].field->name, "initial_state");
    assert_int_equal(y->call->roles[1].place, 1);
    hone_model_free(hone_functional((x, h, c), (y)));
}

TEST(a_tensor_that_stands_twice_is_seen)
{
    hone_tensor *a = hone_input_tensor(3), *b = hone_input_tensor(3);
    hone_tensor_list list = {.items = NULL};
    hone_tensor *const in_order[] = {a, b, a};
    for (int i = 0; i < 3; i++)
        assert_int_equal(hone_internal_tensor_list_add(&list, in_order[i]), HONE_OK);
    assert_false(hone_internal_tensor_list_repeats(&list, 0));
    assert_false(hone_internal_tensor_list_repeats(&list, 1));
    assert_true(hone_internal_tensor_list_repeats(&list, 2));
    hone_internal_free(list.items);
    hone_model_free(hone_functional((a, b), (hone_apply(hone_add(), a, b))));
}

TEST(an_argument_that_does_not_fit_is_refused)
{
    hone_tensor *x = hone_input_tensor(4, 3), *y = hone_input_tensor(4, 3);
    hone_error_clear();
    assert_null(hone_recurrent_call(hone_lstm(2), HONE_TENSOR_LIST(x), .initial_state = HONE_TENSOR_LIST(y)));
    assert_message_has("lstm: state 1 at the start has the shape (None, 4, 3), not (None, 2)");
    hone_model_free(hone_functional((x, y), (hone_apply(hone_add(), x, y))));
}
