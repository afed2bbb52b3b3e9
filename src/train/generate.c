/* Writing text: by a copy of the model that takes one symbol at a time (stepper.c); where there is none, or
 * the text is longer than the model's window, by the model itself over the last symbols. */
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"
#include "base/utf8.h"
#include "train/generate.h"
#include "verbs.h"
#include <hone/generate.h>
#include <hone/train.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- beginning ---- */

static hone_status check_model(const hone_model *model)
{
    if (model == NULL)
        return hone_internal_fail_null("a model");
    HONE_TRY(hone_internal_model_need_built(model, "generate"));
    if (model->input_count != 1 || model->output_count != 1)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "generate: the model has %d inputs and %d outputs; expected one", model->input_count,
                         model->output_count);
    int64_t count = hone_model_class_count(model, 0);
    if (count == 0)
        return hone_fail(HONE_ERROR_STATE,
                         "generate: the model has no vocabulary; train it on a text file (hone help data)");
    hone_shape input = model->inputs[0]->shape, output = model->outputs[0]->shape;
    if (output.rank < 2 || output.size[output.rank - 1] != count)
        return hone_fail(
            HONE_ERROR_SHAPE,
            "generate: the model has %lld outputs for each step, but its vocabulary %lld symbols",
            (long long)output.size[output.rank - 1], (long long)count);
    if (input.rank == 2 || (input.rank == 3 && input.size[2] == count))
        return HONE_OK;
    return hone_fail(HONE_ERROR_SHAPE, "generate: the input must be (batch, steps), the numbers of symbols");
}

static hone_status take_tokenizer(hone_generation *generation, const hone_config *kept)
{
    generation->tokenizer = hone_internal_tokenizer_from_config(kept);
    if (generation->tokenizer == NULL)
        return hone_error_status();
    if ((int64_t)generation->tokenizer->pieces.count == generation->count)
        return HONE_OK;
    return hone_fail(HONE_ERROR_FORMAT, "generate: the model's tokenizer has %zu pieces, its vocabulary %lld",
                     generation->tokenizer->pieces.count, (long long)generation->count);
}

static hone_status take_symbols(hone_generation *generation)
{
    const hone_config *kept = hone_internal_config_get(generation->model->schema, "tokenizer");
    generation->count = hone_model_class_count(generation->model, 0);
    if (kept != NULL)
        return take_tokenizer(generation, kept);
    for (int64_t i = 0; i < generation->count; i++) {
        const char *name = hone_model_class_name(generation->model, 0, i);
        size_t length = strlen(name);
        if (hone_internal_words_add(&generation->symbols, name, length) < 0)
            return HONE_ERROR_MEMORY;
        generation->longest = length > generation->longest ? length : generation->longest;
    }
    if ((int64_t)generation->symbols.count != generation->count)
        return hone_fail(HONE_ERROR_FORMAT, "generate: a symbol of the vocabulary occurs twice");
    return HONE_OK;
}

/* Symbols as the model takes them. */
static hone_status fill_input(hone_generation *generation, const int64_t *symbols, int64_t count,
                              int64_t room)
{
    size_t width = generation->one_hot ? (size_t)generation->count : 1;
    hone_internal_free(generation->input);
    generation->input = hone_internal_allocate_zeroed((size_t)room * width, sizeof(float));
    for (int64_t i = 0; generation->input != NULL && i < count; i++)
        if (generation->one_hot)
            generation->input[(size_t)i * width + (size_t)symbols[i]] = 1;
        else
            generation->input[i] = (float)symbols[i];
    return generation->input == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_array input_of(const hone_generation *generation, int64_t symbols)
{
    const int64_t shape[] = {1, symbols, generation->count};
    return hone_array_view(generation->input, HONE_FLOAT32, generation->one_hot ? 3 : 2, shape);
}

static hone_status begin(hone_generation *generation, hone_model *model)
{
    HONE_TRY(check_model(model));
    generation->model = model;
    HONE_TRY(take_symbols(generation));
    size_t count = (size_t)generation->count;
    generation->one_hot = model->inputs[0]->shape.rank == 3;
    generation->window = model->inputs[0]->shape.size[1];
    generation->probabilities = hone_internal_allocate_zeroed(count, sizeof(double));
    generation->chosen = hone_internal_allocate_zeroed(count, sizeof(double));
    generation->order = hone_internal_allocate_zeroed(count, sizeof(int64_t));
    if (generation->probabilities == NULL || generation->chosen == NULL || generation->order == NULL)
        return HONE_ERROR_MEMORY;
    HONE_TRY(fill_input(generation, &(int64_t){0}, 1, 1));
    const hone_array symbol = input_of(generation, 1);
    return hone_internal_stepper_make(&generation->stepper, model, &symbol);
}

hone_generation *hone_generation_begin(hone_model *model)
{
    hone_generation *generation = hone_internal_allocate_zeroed(1, sizeof *generation);
    if (generation != NULL && begin(generation, model) >= 0)
        return generation;
    hone_generation_free(generation);
    return NULL;
}

void hone_generation_free(hone_generation *generation)
{
    if (generation == NULL)
        return;
    hone_internal_stepper_free(&generation->stepper);
    hone_internal_tokenizer_free(generation->tokenizer);
    hone_internal_words_free(&generation->symbols);
    hone_internal_free(generation->read);
    hone_internal_free(generation->probabilities);
    hone_internal_free(generation->chosen);
    hone_internal_free(generation->order);
    hone_internal_free(generation->input);
    hone_internal_free(generation);
}

hone_status hone_generation_reset(hone_generation *generation)
{
    if (generation == NULL)
        return hone_internal_fail_null("a generation");
    generation->read_count = 0;
    generation->stepped = 0;
    generation->ready = false;
    generation->drawn = 0;
    if (generation->stepper.model == NULL)
        return HONE_OK;
    hone_internal_free(generation->stepper.why);
    generation->stepper.why = NULL;
    return hone_model_reset_states(generation->stepper.model);
}

const char *hone_generation_remark(const hone_generation *generation)
{
    return generation == NULL ? NULL : generation->stepper.why;
}

/* ---- going over symbols ---- */

/* One step of outputs as probabilities: as they are, or, when they are none, the softmax of logits. */
static void take_outputs(hone_generation *generation, const float *outputs)
{
    double sum = 0, largest = -HUGE_VAL;
    bool positive = true;
    for (int64_t i = 0; i < generation->count; i++) {
        sum += (double)outputs[i];
        positive = positive && outputs[i] >= 0;
        largest = fmax(largest, (double)outputs[i]);
    }
    bool are = positive && fabs(sum - 1) < 1e-3;
    double total = 0;
    for (int64_t i = 0; i < generation->count; i++)
        total += generation->probabilities[i] = are ? (double)outputs[i] : exp((double)outputs[i] - largest);
    for (int64_t i = 0; i < generation->count; i++)
        generation->probabilities[i] /= total;
    generation->ready = true;
}

/* Runs a model over `room` symbols, of which the last that counts is at `last`. */
static hone_status run(hone_generation *generation, hone_model *model, int64_t room, int64_t last)
{
    hone_batch batch = {.x = {input_of(generation, room)}};
    hone_array *y = NULL;
    HONE_TRY(hone_predict_on_batch(model, &batch, false, &y));
    hone_status status = HONE_OK;
    if (y->rank == 2 && last != room - 1)
        status = hone_fail(HONE_ERROR_DATA, "generate: the model needs a text of %lld symbols to begin with",
                           (long long)room);
    else
        take_outputs(generation, (const float *)y->data + (y->rank == 2 ? 0 : last * generation->count));
    hone_array_free(y);
    return status;
}

hone_status hone_internal_generation_go_over(hone_generation *generation, int64_t symbol)
{
    HONE_TRY(hone_internal_grow(&generation->read, &generation->read_capacity, generation->read_count + 1,
                                sizeof *generation->read));
    generation->read[generation->read_count++] = symbol;
    return HONE_OK;
}

hone_status hone_internal_generation_reserve(hone_generation *generation, int64_t symbols)
{
    bool again;
    HONE_TRY(hone_internal_stepper_reserve(&generation->stepper, symbols, &again));
    if (again)
        generation->stepped = 0;
    return HONE_OK;
}

static hone_status take_piece(hone_generation *generation, int64_t count)
{
    hone_internal_stepper_go_to(&generation->stepper, generation->stepped, count);
    HONE_TRY(fill_input(generation, generation->read + generation->stepped, count, count));
    HONE_TRY(run(generation, generation->stepper.model, count, count - 1));
    generation->stepped += count;
    return HONE_OK;
}

/* Takes the symbols that the stepper has not gone over: a prompt in one piece, what is written in pieces of
 * one. */
static hone_status take_steps(hone_generation *generation)
{
    const int64_t count = (int64_t)generation->read_count;
    HONE_TRY(hone_internal_generation_reserve(generation, count));
    while (generation->stepped < count) {
        const hone_status status = take_piece(
            generation, hone_internal_stepper_piece(&generation->stepper, count - generation->stepped));
        if (status < 0 && !hone_internal_stepper_falls_back(&generation->stepper, status))
            return status;
    }
    return HONE_OK;
}

hone_status hone_internal_generation_look_back(hone_generation *generation)
{
    int64_t count = (int64_t)generation->read_count,
            room = generation->window == HONE_ANY ? count : generation->window;
    int64_t first = count > room ? count - room : 0, seen = count - first;
    if (count == 0)
        return HONE_OK;
    if (count <= hone_internal_stepper_most(&generation->stepper))
        return take_steps(generation);
    if (generation->stepper.model != NULL)
        HONE_TRY(hone_internal_stepper_tell_end(&generation->stepper));
    HONE_TRY(fill_input(generation, generation->read + first, seen, room));
    return run(generation, generation->model, room, seen - 1);
}

static hone_status refuse_character(const hone_generation *generation, const char *text, size_t at,
                                    size_t length)
{
    uint32_t character;
    size_t before = 0;
    for (size_t i = 0; i < at; before++)
        i += hone_internal_utf8_next(text + i, length - i, &character);
    size_t bytes = hone_internal_utf8_next(text + at, length - at, &character);
    if (character == 0xFFFD && bytes == 1)
        return hone_fail(HONE_ERROR_DATA, "generate: the text is not UTF-8: byte %zu is 0x%02X", at + 1,
                         (unsigned)(unsigned char)text[at]);
    return hone_fail(
        HONE_ERROR_DATA,
        "generate: character %zu of the text, \"%.*s\", is not among the %lld that the model knows",
        before + 1, (int)bytes, text + at, (long long)generation->count);
}

/* What a symbol is written as. */
static const char *text_of(const hone_generation *generation, int64_t symbol)
{
    return generation->tokenizer != NULL ? generation->tokenizer->written[symbol]
                                         : generation->symbols.list[symbol].text;
}

static hone_status read_pieces(hone_generation *generation, const char *text, size_t length)
{
    hone_piece_numbers numbers = {.list = NULL};
    uint32_t character;
    for (size_t at = 0; at < length; at += hone_internal_utf8_next(text + at, length - at, &character))
        if (hone_internal_utf8_next(text + at, length - at, &character) == 1 && character == 0xFFFD)
            return refuse_character(generation, text, at, length);
    hone_status status = hone_internal_tokenizer_encode(generation->tokenizer, text, length,
                                                        generation->read_count == 0, &numbers);
    for (size_t i = 0; i < numbers.count && status >= 0; i++)
        status = hone_internal_generation_go_over(generation, numbers.list[i]);
    hone_internal_free(numbers.list);
    return status;
}

static hone_status read_symbols(hone_generation *generation, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        int64_t symbol = -1;
        size_t bytes = generation->longest < length - at ? generation->longest : length - at;
        while (bytes > 0 && (symbol = hone_internal_words_find(&generation->symbols, text + at, bytes)) < 0)
            bytes--;
        if (symbol < 0)
            return refuse_character(generation, text, at, length);
        HONE_TRY(hone_internal_generation_go_over(generation, symbol));
        at += bytes;
    }
    return HONE_OK;
}

hone_status hone_generation_read(hone_generation *generation, const char *text)
{
    if (generation == NULL || text == NULL)
        return hone_internal_fail_null(generation == NULL ? "a generation" : "a text");
    HONE_TRY((generation->tokenizer != NULL ? read_pieces : read_symbols)(generation, text, strlen(text)));
    return hone_internal_generation_look_back(generation);
}

const double *hone_generation_probabilities(const hone_generation *generation, int64_t *count)
{
    *count = generation->count;
    return generation->ready ? generation->probabilities : NULL;
}

/* ---- choosing ---- */

/* The likeliest first; of equals the one of the lower number. */
void hone_internal_generation_order(const double *probabilities, int64_t *order, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        order[i] = i;
    for (int64_t gap = count / 2; gap > 0; gap /= 2)
        for (int64_t i = gap; i < count; i++)
            for (int64_t j = i; j >= gap; j -= gap) {
                int64_t a = order[j - gap], b = order[j];
                bool good =
                    probabilities[a] > probabilities[b] || (probabilities[a] == probabilities[b] && a < b);
                if (good)
                    break;
                order[j - gap] = b;
                order[j] = a;
            }
}

/* p^(1 / temperature) of the symbols that may be chosen, in their order; gives their number. */
static int64_t weigh(hone_generation *generation, const hone_sampling_args *args, double *total)
{
    double sum = 0, kept = 0, largest = generation->probabilities[generation->order[0]];
    int64_t most =
        args->top_k != HONE_NONE_INTEGER && args->top_k < generation->count ? args->top_k : generation->count;
    for (int64_t i = 0; i < most; i++)
        sum += generation->chosen[i] =
            pow(generation->probabilities[generation->order[i]] / largest, 1 / args->temperature);
    int64_t count = 0;
    bool all = isnan(args->top_p);
    while (count < most && (all || count == 0 || kept < args->top_p * sum))
        kept += generation->chosen[count++];
    *total = kept;
    return count;
}

static int64_t choose(hone_generation *generation, const hone_sampling_args *args)
{
    double total;
    hone_internal_generation_order(generation->probabilities, generation->order, generation->count);
    if (args->temperature == 0)
        return generation->order[0];
    int64_t count = weigh(generation, args, &total);
    hone_random random =
        hone_internal_random((uint64_t)args->seed, hone_internal_random_stream("generate", 0, "symbol"), 0);
    double left = hone_internal_random_uniform(&random, generation->drawn++) * total;
    int64_t i = 0;
    while (i + 1 < count && (left -= generation->chosen[i]) >= 0)
        i++;
    return generation->order[i];
}

static const hone_sampling_args standard = {.base = {sizeof(hone_sampling_args), NULL},
                                            HONE_SAMPLING_FIELDS(HONE_FIELD_DEFAULT, hone_sampling_args)};

hone_status hone_generation_next(hone_generation *generation, const hone_sampling_args *args,
                                 const char **symbol)
{
    if (generation == NULL || symbol == NULL)
        return hone_internal_fail_null(generation == NULL ? "a generation" : "a place for the symbol");
    if (!generation->ready)
        return hone_fail(HONE_ERROR_STATE, "generate: there is no text yet to continue");
    int64_t chosen = choose(generation, args == NULL ? &standard : args);
    HONE_TRY(hone_internal_generation_go_over(generation, chosen));
    HONE_TRY(hone_internal_generation_look_back(generation));
    *symbol = text_of(generation, chosen);
    return HONE_OK;
}

/* ---- at once ---- */

static hone_status put(hone_text *text, const hone_generate_args *args, const char *part)
{
    hone_internal_text_append(text, part);
    if (args->output != NULL)
        args->output(args->output_context, part, strlen(part));
    return text->failed ? HONE_ERROR_MEMORY : HONE_OK;
}

/* The likeliest text that a beam search finds, all at once. */
static hone_status write_beams(hone_generation *generation, const hone_generate_args *args, hone_text *text)
{
    int64_t *symbols = hone_internal_beam_search(generation, args->beams, args->length);
    hone_status status = symbols == NULL ? hone_error_status() : HONE_OK;
    for (int64_t i = 0; i < args->length && status >= 0; i++)
        status = put(text, args, text_of(generation, symbols[i]));
    hone_internal_free(symbols);
    return status;
}

static hone_status write_text(hone_generation *generation, const hone_generate_args *args, hone_text *text)
{
    hone_sampling_args how = standard;
    how.temperature = args->temperature;
    how.top_k = args->top_k;
    how.top_p = args->top_p;
    how.seed = args->seed;
    if (args->prompt == NULL || args->prompt[0] == '\0')
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "generate: the prompt is empty; it needs at least one character");
    if (args->beams != HONE_NONE_INTEGER && (args->top_k != HONE_NONE_INTEGER || !isnan(args->top_p)))
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "generate: beams chooses nothing by chance; top_k and top_p do not go with it");
    HONE_TRY(hone_generation_read(generation, args->prompt));
    if (!generation->ready)
        return hone_fail(
            HONE_ERROR_ARGUMENT,
            "generate: the tokenizer leaves nothing of the prompt \"%.80s\"; it needs a character that is "
            "not a space",
            args->prompt);
    if (generation->stepper.model != NULL &&
        (int64_t)generation->read_count + args->length > hone_internal_stepper_most(&generation->stepper))
        HONE_TRY(hone_internal_stepper_tell_end(&generation->stepper));
    if (args->remark != NULL && generation->stepper.why != NULL)
        args->remark(args->output_context, generation->stepper.why, strlen(generation->stepper.why));
    HONE_TRY(put(text, args, args->prompt));
    if (args->beams != HONE_NONE_INTEGER)
        return write_beams(generation, args, text);
    for (int64_t i = 0; i < args->length; i++) {
        const char *symbol;
        HONE_TRY(hone_generation_next(generation, &how, &symbol));
        HONE_TRY(put(text, args, symbol));
    }
    return HONE_OK;
}

char *hone_generate_with(hone_model *model, const hone_generate_args *said)
{
    hone_generate_args args;
    hone_text text = {.data = NULL};
    if (hone_internal_args_read(&hone_internal_generate_verb, said, &args) < 0)
        return NULL;
    hone_generation *generation = hone_generation_begin(model);
    hone_status status = generation == NULL ? hone_error_status() : write_text(generation, &args, &text);
    hone_generation_free(generation);
    if (status >= 0)
        return text.data;
    hone_internal_text_free(&text);
    return NULL;
}
