/* NPZ: which arrays of an archive are inputs, targets and weights. */
#include "data/inside.h"
#include "readers/format.h"
#include "testing/files.h"
#include "testing/message.h"

#include <hone/hone.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { SAMPLES = 3, MOST_KEYS = 6 };

/* An archive of arrays [3] with these keys; array i holds i. */
static const char *save(const char *const *keys)
{
    static float numbers[MOST_KEYS][SAMPLES];
    hone_array views[MOST_KEYS];
    const hone_array *arrays[MOST_KEYS];
    size_t count = 0;
    for (; count < MOST_KEYS && keys[count] != NULL; count++) {
        for (int i = 0; i < SAMPLES; i++)
            numbers[count][i] = (float)count;
        views[count] = hone_array_view(numbers[count], HONE_FLOAT32, 1, (int64_t[]){SAMPLES});
        arrays[count] = &views[count];
    }
    assert_int_equal(hone_arrays_save(testing_path("a.npz"), keys, arrays, count), HONE_OK);
    return testing_path("a.npz");
}

/* "x=1 t=0 w=2": array 1 is the first input, 0 the first target, 2 the weights; names in brackets. */
static void describe(hone_dataset *data, char *text, size_t size)
{
    static const char *const letters[] = {"x", "t", "w"};
    size_t length = 0;
    text[0] = '\0';
    for (int kind = 0; kind < 3; kind++) {
        const int count = kind == 0   ? hone_dataset_input_count(data)
                          : kind == 1 ? hone_dataset_target_count(data)
                                      : data->kinds[HONE_COMPONENT_WEIGHT].count;
        for (int i = 0; i < count; i++) {
            float numbers[SAMPLES];
            assert_int_equal(hone_internal_dataset_gather(data, kind, i, NULL, 0, SAMPLES, numbers), HONE_OK);
            length += (size_t)snprintf(text + length, size - length, "%s%s=%d", length > 0 ? " " : "",
                                       letters[kind], (int)numbers[0]);
        }
    }
}

static const struct {
    const char *name, *keys[MOST_KEYS], *inputs[3],
        *part;                    /* inputs of the model; the part that is asked for */
    bool said;                    /* it is said in the DATA form */
    const char *expected, *words; /* of a refusal */
} archives[] = {
    {"x, y and weights", {"sample_weight", "y", "x"}, {NULL}, NULL, false, "x=2 t=1 w=0", NULL},
    {"x alone", {"x"}, {NULL}, NULL, false, "x=0", NULL},
    {"other names are all inputs", {"a", "b"}, {NULL}, NULL, false, "x=0 x=1", NULL},
    {"the inputs of a model", {"b", "y", "a"}, {"a", "b"}, NULL, false, "x=2 x=0 t=1", NULL},
    {"the others are targets",
     {"b", "price", "a", "aux", "sample_weight"},
     {"a", "b"},
     NULL,
     false,
     "x=2 x=0 t=1 t=3 w=4",
     NULL},
    {"beside y others are none", {"a", "y", "more"}, {"a"}, NULL, false, "x=0 t=1", NULL},
    {"a model whose inputs are not all there", {"x", "y"}, {"a"}, NULL, false, "x=0 t=1", NULL},
    {"the train part", {"x_train", "y_train", "x_test", "y_test"}, {NULL}, "train", false, "x=0 t=1", NULL},
    {"the test part", {"x_train", "y_train", "x_test", "y_test"}, {NULL}, "test", true, "x=2 t=3", NULL},
    {"x counts before parts that nobody asked for", {"x", "x_train"}, {NULL}, "train", false, "x=0", NULL},
    {"parts that are asked for count before x", {"x", "x_train"}, {NULL}, "train", true, "x=1", NULL},
    {"a part that is not there",
     {"x_train", "y_train"},
     {NULL},
     "test",
     true,
     NULL,
     "there is no array \"x_test\"; there is x_train, y_train"},
    {"no parts",
     {"x", "y"},
     {NULL},
     "test",
     true,
     NULL,
     "has no parts (x_train, x_test), but #test was asked for"},
};

TEST_EACH(arrays_are_taken_by_their_keys, archives)
{
    const char *path = save(row->keys);
    for (int rows = 0; rows < 2; rows++) { /* in memory, and in the file */
        hone_dataset_parts parts;
        const hone_data_source source = {.path = path,
                                         .part = row->part,
                                         .said = row->said,
                                         .rows = rows,
                                         .inputs = row->inputs[0] != NULL ? row->inputs : NULL};
        assert_int_equal(hone_internal_dataset_parts_begin(&parts, 1), HONE_OK);
        hone_error_clear();
        const hone_status status = hone_internal_npz_format.load(&source, NULL, &parts);
        assert_int_equal(status < 0, row->words != NULL);
        if (row->words != NULL) {
            assert_message_has("a.npz");
            assert_message_has(row->words);
            hone_internal_dataset_parts_free(&parts);
            continue;
        }
        char text[200];
        hone_dataset *data = hone_internal_dataset_assemble(&parts);
        if (data == NULL)
            fail_msg("%s", hone_error_message());
        describe(data, text, sizeof text);
        assert_string_equal(text, row->expected);
        hone_dataset_free(data);
    }
}

/* As one of "inputs,targets" all arrays are of that half, by name. */
TEST(a_half_has_all_of_its_arrays)
{
    for (int half = 0; half < 2; half++) {
        hone_dataset_parts parts;
        const hone_data_source source = {.path = save((const char *const[]){"wide", "deep", NULL})};
        assert_int_equal(hone_internal_dataset_parts_begin(&parts, 1), HONE_OK);
        assert_int_equal(hone_internal_npz_format.load_half(&source, NULL, half, &parts), HONE_OK);
        const hone_component *list = half == 0 ? parts.x : parts.y;
        assert_string_equal(list[0].name, "wide");
        assert_string_equal(list[1].name, "deep");
        assert_non_null(strstr(list[1].label, "a.npz: deep"));
        hone_internal_dataset_parts_free(&parts);
    }
}

TEST(a_wrong_weight_of_an_archive_is_told)
{
    float x[SAMPLES] = {0}, weights[SAMPLES] = {1, 1, -1};
    const hone_array inputs = hone_array_view(x, HONE_FLOAT32, 1, (int64_t[]){SAMPLES}),
                     weight = hone_array_view(weights, HONE_FLOAT32, 1, (int64_t[]){SAMPLES});
    const char *const keys[] = {"x", "y", "sample_weight"};
    const hone_array *const arrays[] = {&inputs, &inputs, &weight};
    assert_int_equal(hone_arrays_save(testing_path("w.npz"), keys, arrays, 3), HONE_OK);
    hone_error_clear();
    assert_null(hone_dataset_load(testing_path("w.npz"), NULL, 0));
    assert_message_has(
        "w.npz: sample_weight: the weight of sample 3 must be a finite number, at least 0, not -1");
}

TEST(an_archive_without_arrays_is_told)
{
    static const char empty[22] = "PK\5\6";
    hone_dataset_parts parts;
    const hone_data_source source = {.path = testing_file("e.npz", empty, sizeof empty)};
    assert_int_equal(hone_internal_dataset_parts_begin(&parts, 1), HONE_OK);
    hone_error_clear();
    assert_true(hone_internal_npz_format.load(&source, NULL, &parts) < 0);
    assert_message_has("e.npz");
    hone_internal_dataset_parts_free(&parts);
}
