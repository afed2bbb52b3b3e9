/* Images seen through maps, of every table against the reference. */
#include "kernels/transform.h"
#include "testing/kernel_trials.h"

enum { SAMPLES = 2, HEIGHT = 5, WIDTH = 7, OUTPUT_HEIGHT = 6, OUTPUT_WIDTH = 4 };

/* Turned and moved; a perspective; half of the places outside; a place that is no number. */
static const float matrices[SAMPLES * 8] = {0.8f, -0.6f, 1.5f, 0.6f, 0.8f,  -1, 0,     0,
                                            1.5f, 0.25f, -2,   0,    1.25f, -1, 0.05f, -0.02f};

static const struct {
    const char *name;
    hone_fill_mode fill;
    int64_t channels;
    bool bilinear, one_matrix, field;
} cases[] = {
    {"constant", HONE_FILL_CONSTANT, 3, true, false, false},
    {"constant, nearest pixel", HONE_FILL_CONSTANT, 1, false, false, false},
    {"nearest", HONE_FILL_NEAREST, 3, true, false, false},
    {"reflect", HONE_FILL_REFLECT, 4, true, false, false},
    {"wrap", HONE_FILL_WRAP, 1, true, false, false},
    {"mirror", HONE_FILL_MIRROR, 17, true, false, false},
    {"mirror, nearest pixel", HONE_FILL_MIRROR, 3, false, false, false},
    {"one matrix for all", HONE_FILL_CONSTANT, 3, true, true, false},
    {"a field of places", HONE_FILL_CONSTANT, 3, true, false, true},
    {"a field, nearest pixel", HONE_FILL_REFLECT, 2, false, false, true},
};

TEST_EACH(images_agree, cases)
{
    const hone_transform family = {.height = HEIGHT,
                                   .width = WIDTH,
                                   .channels = row->channels,
                                   .output_height = OUTPUT_HEIGHT,
                                   .output_width = OUTPUT_WIDTH,
                                   .one_matrix = row->one_matrix,
                                   .bilinear = row->bilinear,
                                   .field = row->field,
                                   .fill = row->fill};
    const int64_t x = SAMPLES * HEIGHT * WIDTH * row->channels,
                  places = SAMPLES * OUTPUT_HEIGHT * OUTPUT_WIDTH * 2, y = places / 2 * row->channels;
    float *field = new_values(places, -3, 9);
    field[3] = NAN;
    field[8] = 1e20f;
    trial t = new_trial(HONE_KERNEL_transform, SAMPLES * OUTPUT_HEIGHT);
    t.args.family = &family;
    t.args.scalar[0] = 0.25;
    set_operand(&t, 0, new_values(y, -1, 1), y);
    set_operand(&t, 1, new_values(x, 0, 1), x);
    set_operand(&t, 2, row->field ? field : matrices,
                row->field        ? places
                : row->one_matrix ? 8
                                  : SAMPLES * 8);
    check_trial(&t);
    hone_internal_arena_free(&arena);
}

/* The indices beyond both ends of three pixels, as the modes have them. */
static const struct {
    const char *name;
    hone_fill_mode fill;
    int64_t before[4], after[4]; /* of -1 to -4, and of 3 to 6 */
} modes[] = {
    {"constant", HONE_FILL_CONSTANT, {-1, -1, -1, -1}, {-1, -1, -1, -1}},
    {"nearest", HONE_FILL_NEAREST, {0, 0, 0, 0}, {2, 2, 2, 2}},
    {"reflect", HONE_FILL_REFLECT, {0, 1, 2, 2}, {2, 1, 0, 0}},
    {"wrap", HONE_FILL_WRAP, {2, 1, 0, 2}, {0, 1, 2, 0}},
    {"mirror", HONE_FILL_MIRROR, {1, 2, 1, 0}, {1, 0, 1, 2}},
};

TEST_EACH(an_index_outside_stands_for_one_within, modes)
{
    for (int i = 0; i < 4; i++) {
        assert_int_equal(hone_transform_index(row->fill, -1 - i, 3), row->before[i]);
        assert_int_equal(hone_transform_index(row->fill, 3 + i, 3), row->after[i]);
    }
    assert_int_equal(hone_transform_index(row->fill, 1, 3), 1);
    assert_int_equal(hone_transform_index(HONE_FILL_MIRROR, 5, 1), 0);
}
