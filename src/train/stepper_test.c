/* One symbol at a time: the probabilities after each symbol are those of the whole text at once, for every
 * layer that keeps what it needs; models that cannot are gone over whole, and say why. */
#include "model/model.h"
#include "operations/array.h"
#include "testing/message.h"
#include "train/generate.h"

#include <hone/hone.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SYMBOLS = 4, TEXT = 90 }; /* more than there is room for at first */

/* A text without a pattern, and the numbers of its symbols. */
static void make_text(char *text, float *ids)
{
    for (int i = 0; i < TEXT; i++) {
        const int symbol = (i * i + i / 3) % SYMBOLS;
        text[i] = "abcd"[symbol];
        ids[i] = (float)symbol;
    }
    text[TEXT] = '\0';
}

/* Weights that make each symbol and each step count. */
static void stir(hone_model *model)
{
    for (size_t i = 0; i < model->weights.count; i++) {
        float *data = hone_internal_variable_data(model->weights.items[i]);
        for (int64_t j = 0; j < hone_internal_variable_count(model->weights.items[i]); j++)
            data[j] += 0.3F * (float)sin(1.3 * (double)j + (double)i);
    }
}

/* ---- models ---- */

static hone_tensor *attend(hone_tensor *x, hone_layer *attention)
{
    hone_tensor *y = hone_apply(hone_layer_normalization(), x);
    y = hone_heads_call(attention, HONE_TENSOR_LIST(y, y), .use_causal_mask = true);
    return hone_apply(hone_add(), x, y);
}

static hone_tensor *applied(const char *layer, hone_tensor *x)
{
    return hone_apply(hone_layer_from_text(layer), x);
}

static hone_tensor *gpt(hone_tensor *ids)
{
    hone_tensor *x = hone_apply(hone_token_and_position_embedding(SYMBOLS, 128, 8), ids);
    x = attend(x, hone_multi_head_attention(2, 4));
    x = hone_apply(hone_add(), x, applied("dense(8, activation=gelu)", x));
    return attend(x, hone_multi_head_attention(2, 3, 5));
}

static hone_tensor *rotary(hone_tensor *ids)
{
    hone_tensor *x = applied("rotary_embedding(scaling_factor=1.7)", applied("embedding(4, 8)", ids));
    return attend(x, hone_group_query_attention(4, 4, 2));
}

static hone_tensor *windowed(hone_tensor *ids)
{
    hone_tensor *x = applied("embedding(4, 8)", ids);
    x = hone_apply(hone_add(), x, applied("sine_position_encoding()", x));
    return attend(x, hone_layer_from_text("multi_head_attention(2, 4, sliding_window=5, use_gate=True)"));
}

static hone_tensor *decoder(hone_tensor *ids)
{
    hone_tensor *x = applied("embedding(4, 8)", ids);
    x = hone_apply(hone_add(), x, applied("position_embedding(100)", x));
    x = applied("transformer_decoder(16, 2, dropout=0.1)", x);
    return applied("transformer_decoder(16, 2, normalize_first=True, activation=gelu)", x);
}

static hone_tensor *mixed(hone_tensor *ids)
{
    hone_tensor *x = applied("gru(8, return_sequences=True)", applied("embedding(4, 8)", ids));
    x = attend(x, hone_multi_head_attention(2, 4));
    return applied("lstm(6, return_sequences=True)", x);
}

static hone_tensor *recurrent(hone_tensor *ids)
{
    return applied("time_distributed(dense(5))",
                   applied("lstm(8, return_sequences=True)", applied("embedding(4, 8)", ids)));
}

static hone_tensor *projected(hone_tensor *ids)
{
    hone_tensor *x = applied("einsum_dense('abc,cd->abd', output_shape=[None, 8], bias_axes=d)",
                             applied("embedding(4, 6)", ids));
    x = attend(x, hone_multi_head_attention(1, 4));
    return applied("batch_normalization()",
                   applied("unit_normalization()", applied("rms_normalization()", x)));
}

/* The same layer twice has keys and values for each use. */
static hone_tensor *shared(hone_tensor *ids)
{
    hone_layer *layer = hone_multi_head_attention(2, 4);
    hone_tensor *x = attend(applied("embedding(4, 8)", ids), hone_layer_retain(layer));
    return attend(x, layer);
}

/* Positions as files have them that were computed before: numbers for each step, added. */
static hone_tensor *added_numbers(hone_tensor *ids)
{
    char text[2000] = "float32([";
    for (int i = 0; i < 20; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s[%g, %g, 0.5, %g]", i > 0 ? ", " : "",
                 0.1 * i, sin(i), cos(2.0 * i));
    snprintf(text + strlen(text), sizeof text - strlen(text), "])");
    hone_tensor *x = applied("embedding(4, 4)", ids),
                *positions = hone_apply(hone_internal_array_create(text), ids);
    x = hone_apply(hone_internal_layer_of_family("operation", "add"), x, positions);
    return attend(x, hone_multi_head_attention(2, 2));
}

static hone_tensor *later_too(hone_tensor *ids)
{
    hone_tensor *x = applied("embedding(4, 8)", ids);
    return hone_apply(hone_multi_head_attention(2, 4, .name = "around"), x, x);
}

static hone_tensor *convolved(hone_tensor *ids)
{
    return applied("conv1d(6, 3, padding=causal, name=along)", applied("embedding(4, 8)", ids));
}

static hone_tensor *hidden(hone_tensor *ids)
{
    return attend(applied("embedding(4, 8, mask_zero=True)", ids),
                  hone_multi_head_attention(2, 4, .name = "m"));
}

static hone_tensor *along(hone_tensor *ids)
{
    return applied("softmax(axis=1, name=s)", applied("embedding(4, 8)", ids));
}

static hone_tensor *backwards(hone_tensor *ids)
{
    return applied("gru(6, return_sequences=True, go_backwards=True, name=g)",
                   applied("embedding(4, 8)", ids));
}

static hone_tensor *twice(hone_tensor *ids)
{
    hone_layer *layer = hone_gru(8, .return_sequences = true, .name = "g");
    hone_tensor *x = hone_apply(hone_layer_retain(layer), applied("embedding(4, 8)", ids));
    return hone_apply(layer, x);
}

static hone_tensor *joined(hone_tensor *ids)
{
    hone_tensor *x = applied("embedding(4, 8)", ids);
    return hone_apply(hone_concatenate(.axis = 1, .name = "c"), x, x);
}

static hone_tensor *turned(hone_tensor *ids)
{
    hone_tensor *x = applied("einsum_dense('abc,cd->adb', output_shape=[5, None], name=e)",
                             applied("embedding(4, 8)", ids));
    return applied("einsum_dense('adb,de->abe', output_shape=[None, 6])", x);
}

static hone_tensor *with_weights(hone_tensor *ids)
{
    return applied("layer_normalization(axis=[1, 2], name=n)", applied("embedding(4, 8)", ids));
}

typedef hone_tensor *body(hone_tensor *ids);

static hone_model *make(body *between, int64_t window, const char *dtype)
{
    hone_tensor *ids = hone_input_tensor(window);
    if (dtype != NULL)
        assert_int_equal(hone_set_dtype_policy(dtype), HONE_OK);
    hone_tensor *y = hone_apply(hone_dense(SYMBOLS, .dtype = "float32"), between(ids));
    hone_model *model = hone_functional((ids), (y));
    assert_int_equal(hone_set_dtype_policy("float32"), HONE_OK);
    if (model == NULL || hone_model_set_data(model, "classes", "[a, b, c, d]") < 0)
        fail_msg("%s", hone_error_message());
    stir(model);
    return model;
}

/* ---- against the whole ---- */

/* Logits of step `last` of the model over ids, `count` of them and as many as its window has, as
 * probabilities. */
static void whole(hone_model *model, const float *ids, int64_t count, int64_t room, double *probabilities)
{
    float input[TEXT] = {0};
    memcpy(input, ids, (size_t)count * sizeof *input);
    hone_batch batch = {.x = {hone_array_view(input, HONE_FLOAT32, 2, (int64_t[]){1, room})}};
    hone_array *y = NULL;
    if (hone_predict_on_batch(model, &batch, false, &y) < 0)
        fail_msg("%s", hone_error_message());
    const float *logits = (const float *)y->data + (count - 1) * SYMBOLS;
    double sum = 0;
    for (int i = 0; i < SYMBOLS; i++)
        sum += probabilities[i] = exp((double)logits[i] - (double)logits[0]);
    for (int i = 0; i < SYMBOLS; i++)
        probabilities[i] /= sum;
    hone_array_free(y);
}

static void check_symbol(const hone_generation *generation, const double *expected, int step,
                         double tolerance)
{
    int64_t count;
    const double *p = hone_generation_probabilities(generation, &count);
    assert_non_null(p);
    for (int i = 0; i < SYMBOLS; i++)
        if (!(fabs(p[i] - expected[i]) <= tolerance))
            fail_msg("step %d, symbol %d: %.9g, but over the whole text %.9g", step, i, p[i], expected[i]);
}

/* After each symbol of the text, given one at a time, and in parts after a reset. `window` HONE_ANY: the
 * whole text. */
static void check_generation(hone_generation *generation, hone_model *model, int64_t window, double tolerance)
{
    char text[TEXT + 1];
    float ids[TEXT];
    double expected[SYMBOLS];
    make_text(text, ids);
    for (int i = 0; i < TEXT; i++) {
        const int64_t room = window == HONE_ANY ? i + 1 : window, first = i + 1 > room ? i + 1 - room : 0;
        if (hone_generation_read(generation, (char[]){text[i], '\0'}) < 0)
            fail_msg("%s", hone_error_message());
        whole(model, ids + first, i + 1 - first, room, expected);
        check_symbol(generation, expected, i, tolerance);
    }
    assert_int_equal(hone_generation_reset(generation), HONE_OK);
    assert_int_equal(hone_generation_read(generation, "abc"), HONE_OK);
    assert_int_equal(hone_generation_read(generation, text), HONE_OK);
    assert_int_equal(hone_generation_reset(generation), HONE_OK);
    assert_int_equal(hone_generation_read(generation, text), HONE_OK);
    check_symbol(generation, expected, TEXT, tolerance);
}

static const struct {
    const char *name;
    body *between;
    int64_t window;
    const char *dtype;
    double tolerance;
} stepped[] = {
    {"a GPT", gpt, HONE_ANY, NULL, 2e-6},
    {"a GPT with a window that slides", gpt, 20, NULL, 2e-6},
    {"a GPT with a window that is not full", gpt, 90, NULL, 2e-6},
    {"rotary positions, heads in groups", rotary, HONE_ANY, NULL, 2e-6},
    {"rotary positions, a window that slides", rotary, 13, NULL, 2e-6},
    {"a window of attention", windowed, HONE_ANY, NULL, 2e-6},
    {"decoders", decoder, HONE_ANY, NULL, 2e-6},
    {"attention among recurrent layers", mixed, HONE_ANY, NULL, 2e-6},
    {"attention among recurrent layers, a window that slides", mixed, 30, NULL, 2e-6},
    {"recurrent layers", recurrent, HONE_ANY, NULL, 2e-6},
    {"einsum and normalisations", projected, HONE_ANY, NULL, 2e-6},
    {"a layer that is called twice", shared, HONE_ANY, NULL, 2e-6},
    {"numbers for each step", added_numbers, 20, NULL, 2e-6},
    {"bfloat16", gpt, HONE_ANY, "mixed_bfloat16", 2e-2},
    {"float16", gpt, HONE_ANY, "mixed_float16", 2e-3},
};

TEST_EACH(steps_give_what_the_whole_gives, stepped)
{
    hone_model *model = make(row->between, row->window, row->dtype);
    hone_generation *generation = hone_generation_begin(model);
    if (generation == NULL)
        fail_msg("%s", hone_error_message());
    if (hone_generation_remark(generation) != NULL)
        fail_msg("%s", hone_generation_remark(generation));
    check_generation(generation, model, row->window, row->tolerance);
    assert_in_range(generation->stepper.piece, 2, INT64_MAX); /* prompts were read in one run */
    hone_generation_free(generation);
    hone_model_free(model);
}

static const struct {
    const char *name;
    body *between;
    int64_t window;
    const char *why;
} others[] = {
    {"attention to later steps", later_too, HONE_ANY, "around: is not causal"},
    {"a convolution", convolved, HONE_ANY, "the layer \"along\" (Conv1D) looks at several symbols at once"},
    {"masks", hidden, HONE_ANY, "has a mask"},
    {"a softmax along the steps", along, 90, "goes along the steps, or the batch: axis 1"},
    {"a layer that goes backwards", backwards, 90, "the layer \"g\" (GRU) goes backwards"},
    {"states for two uses", twice, HONE_ANY, "the layer \"g\" (GRU) is called more than once"},
    {"more steps", joined, HONE_ANY, "c: goes along the steps, or the batch: axis 1"},
    {"an equation that mixes them", turned, 90, "e: mixes the steps: \"abc,cd->adb\""},
    {"weights for steps", with_weights, 90, "weights depend on the number of steps"},
};

TEST_EACH(other_models_go_over_the_whole_and_say_why, others)
{
    hone_model *model = make(row->between, row->window, NULL);
    hone_generation *generation = hone_generation_begin(model);
    if (generation == NULL)
        fail_msg("%s", hone_error_message());
    const char *why = hone_generation_remark(generation);
    if (why == NULL || strstr(why, row->why) == NULL)
        fail_msg("the remark is: %s", why == NULL ? "none" : why);
    assert_string_equal(hone_error_message(), "");
    if (row->between != joined)
        check_generation(generation, model, row->window, 2e-6);
    hone_generation_free(generation);
    hone_model_free(model);
}

/* Positions end before the text: what comes then has those that are made up. */
static hone_tensor *few_positions(hone_tensor *ids)
{
    hone_tensor *x = hone_apply(hone_token_and_position_embedding(SYMBOLS, 40, 8), ids);
    return attend(x, hone_multi_head_attention(2, 4));
}

TEST(texts_longer_than_the_positions_go_on_whole)
{
    hone_model *model = make(few_positions, HONE_ANY, NULL);
    hone_generation *generation = hone_generation_begin(model);
    assert_non_null(generation);
    assert_int_equal(hone_internal_stepper_most(&generation->stepper), 40);
    check_generation(generation, model, HONE_ANY, 2e-6);
    hone_generation_free(generation);
    hone_model_free(model);
}

static const struct {
    const char *name;
    body *between;
    int64_t window, most;
    const char *remark;
} long_texts[] = {
    {"positions", few_positions, HONE_ANY, 40, "has learned positions for 40 symbols: of a longer text"},
    {"a window", gpt, 30, 30, "takes 30 symbols: of a longer text each symbol costs a run over the last 30"},
};

static void keep_remark(void *context, const char *text, size_t length)
{
    snprintf(context, 500, "%.*s", (int)length, text);
}

TEST_EACH(what_longer_texts_cost_is_told, long_texts)
{
    char text[TEXT + 1], remark[500] = "";
    float ids[TEXT];
    make_text(text, ids);
    text[row->most] = '\0';
    hone_model *model = make(row->between, row->window, NULL);
    hone_generation *generation = hone_generation_begin(model);
    assert_int_equal(hone_generation_read(generation, text), HONE_OK);
    assert_null(hone_generation_remark(generation));
    assert_int_equal(hone_generation_read(generation, "a"), HONE_OK);
    assert_non_null(strstr(hone_generation_remark(generation), row->remark));
    assert_int_equal(hone_generation_reset(generation), HONE_OK);
    assert_null(hone_generation_remark(generation));
    hone_generation_free(generation);
    char *written = hone_generate(model, .prompt = "ab", .length = row->most - 2, .remark = keep_remark,
                                  .output_context = remark);
    assert_string_equal(remark, "");
    hone_free(written);
    written = hone_generate(model, .prompt = "ab", .length = row->most - 1, .remark = keep_remark,
                            .output_context = remark);
    assert_non_null(strstr(remark, row->remark));
    hone_free(written);
    hone_model_free(model);
}

TEST(beams_with_kept_steps_find_what_beams_over_the_whole_find)
{
    char text[TEXT + 1];
    float ids[TEXT];
    make_text(text, ids);
    text[58] = '\0'; /* they outgrow the first room */
    hone_model *model = make(gpt, HONE_ANY, NULL);
    hone_generation *fast = hone_generation_begin(model), *slow = hone_generation_begin(model);
    assert_true(fast != NULL && slow != NULL);
    hone_internal_stepper_free(&slow->stepper);
    slow->stepper = (hone_stepper){0};
    assert_int_equal(hone_generation_read(fast, text), HONE_OK);
    assert_int_equal(hone_generation_read(slow, text), HONE_OK);
    int64_t *found = hone_internal_beam_search(fast, 3, 12),
            *expected = hone_internal_beam_search(slow, 3, 12);
    assert_true(found != NULL && expected != NULL);
    assert_memory_equal(found, expected, 12 * sizeof *found);
    hone_internal_free(found);
    hone_internal_free(expected);
    hone_generation_free(fast);
    hone_generation_free(slow);
    hone_model_free(model);
}

TEST(survives_failing_allocations)
{
    hone_model *model = make(mixed, HONE_ANY, NULL);
    char *text = hone_generate(model, .prompt = "ab", .length = 2);
    assert_non_null(text);
    hone_free(text);
    int64_t before = hone_internal_blocks_in_use(), allowed = 0;
    for (bool done = false; !done && allowed < 20000; allowed++) {
        hone_internal_fail_allocations_after(allowed);
        text = hone_generate(model, .prompt = "ab", .length = 2);
        hone_internal_fail_allocations_after(-1);
        done = text != NULL;
        hone_free(text);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_in_range(allowed, 100, 19999);
    hone_model_free(model);
}
