/* hone_recipe_init: a recipe for data that nothing is known of but the data: a start that trains at once,
 * with a comment where there is something to choose. Tables are profiled first, which says how they are to be
 * read. */
#include "base/memory.h"
#include "base/plural.h"
#include "base/text.h"
#include "data/dataset.h"
#include "readers/format.h"
#include "readers/schema.h"
#include "recipe/parts.h"

#include <hone/data_files.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

extern const hone_data_format hone_internal_csv_format;

/* What the recipe is made of. */
typedef struct start {
    const char *source;
    char *data; /* the DATA form with what the profile adds */
    hone_dataset *dataset;
    hone_text comments; /* of the data */
    const hone_array *x;
    int64_t samples, classes; /* classes: 0 for numbers to predict */
    int64_t outputs;          /* numbers to predict, or yes-or-no targets */
    bool bytes, embed;        /* embed: categories are inputs of their own */
    bool windows, sound;      /* of a series; files of one channel */
    bool text, each;          /* windows of a text; each: what comes after every step, not only the last */
} start;

static hone_status read_form(start *of)
{
    char *path;
    hone_config *options;
    HONE_TRY(hone_internal_source_split(of->source, &path, &options));
    const hone_data_format *format = path == NULL ? NULL : hone_internal_format_of(path, options);
    hone_status status = HONE_OK;
    if (path != NULL && format == NULL)
        status = hone_error_status();
    else if (format == &hone_internal_csv_format)
        status = hone_internal_recipe_table(of->source, path, options, &of->data, &of->comments);
    of->embed = format == &hone_internal_csv_format && hone_internal_recipe_says_embed(options);
    if (status >= 0 && of->data == NULL && (of->data = hone_internal_copy_text(of->source)) == NULL)
        status = HONE_ERROR_MEMORY;
    hone_internal_free(path);
    hone_internal_config_free(options);
    return status;
}

/* ---- what is to be learned ---- */

enum { MOST_CLASSES = 1000 };

/* Class numbers by their values: 0, 1, ... of bytes and integers. */
static hone_status count_classes(start *of)
{
    float *labels = hone_internal_allocate((size_t)of->samples * sizeof *labels);
    hone_status status =
        labels == NULL ? HONE_ERROR_MEMORY : hone_internal_dataset_labels(of->dataset, 0, labels);
    float high = 0;
    bool whole = status >= 0;
    for (int64_t i = 0; i < of->samples && whole; i++) {
        whole = labels[i] >= 0 && labels[i] < MOST_CLASSES && labels[i] == floorf(labels[i]);
        high = labels[i] > high ? labels[i] : high;
    }
    hone_internal_free(labels);
    if (whole && (int64_t)high + 1 <= of->samples / 5 + 1)
        of->classes = (int64_t)high + 1;
    return status;
}

static hone_status look_at_target(start *of)
{
    const hone_array *y = hone_dataset_target(of->dataset, 0);
    if (y == NULL || hone_dataset_target_count(of->dataset) != 1 ||
        (hone_dataset_input_count(of->dataset) != 1 && !of->embed))
        return hone_fail(
            HONE_ERROR_UNSUPPORTED,
            "%s: expected data with one input and one target, not %d and %d; write a recipe by hand: "
            "hone help recipe",
            of->source, hone_dataset_input_count(of->dataset), hone_dataset_target_count(of->dataset));
    of->outputs = hone_array_count(y) / y->shape[0];
    if (of->text) {
        of->classes = hone_dataset_class_count(of->dataset, 0);
        of->each = of->outputs > 1 || of->x->shape[1] == 1;
        return HONE_OK;
    }
    of->classes = of->outputs == 1 ? hone_dataset_class_count(of->dataset, 0) : 0;
    if (of->outputs == 1 && of->classes == 0 && (y->type != HONE_FLOAT32 || of->x->rank > 2))
        return count_classes(of);
    return HONE_OK;
}

/* ---- the recipe ---- */

static void put_output(hone_text *text, const start *of)
{
    if (of->classes > 2)
        hone_internal_text_format(text, "  - dense: {units: %lld, activation: softmax}\n",
                                  (long long)of->classes);
    else if (of->classes > 0)
        hone_internal_text_append(text, "  - dense: {units: 1, activation: sigmoid}\n");
    else
        hone_internal_text_format(text,
                                  "  - dense: %lld\n"
                                  "  - normalization: {invert: true} # back to the units of the target\n",
                                  (long long)of->outputs);
}

static void put_hidden(hone_text *text, const start *of, int64_t width)
{
    const int64_t units = of->samples < 2000 ? 64 : 128;
    hone_internal_text_format(text, "  - dense: {units: %lld, activation: relu}\n", (long long)units);
    if (of->samples >= 2000 || width > 256)
        hone_internal_text_format(text, "  - dropout: 0.2\n  - dense: {units: %lld, activation: relu}\n",
                                  (long long)units / 2);
}

/* Each category as a point that is learned, joined with the numbers. */
static hone_status put_embeddings(hone_text *text, const start *of)
{
    hone_config *scaled = hone_internal_config_map();
    int64_t width = 0;
    if (scaled == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_text_append(text, "model:\n");
    const hone_status status = hone_internal_recipe_put_columns(text, of->dataset, scaled, &width);
    hone_internal_config_free(scaled);
    put_hidden(text, of, width);
    put_output(text, of);
    return status;
}

static void put_network(hone_text *text, const start *of)
{
    if (of->text) {
        hone_internal_recipe_put_text(text, of->classes, of->each);
        return;
    }
    if (of->x->type == HONE_TEXT) {
        hone_internal_recipe_put_words(text);
        put_output(text, of);
        return;
    }
    const int64_t width = hone_array_count(of->x) / of->x->shape[0];
    hone_internal_text_append(text, "model:\n  - input: [");
    for (int axis = 1; axis < of->x->rank; axis++)
        hone_internal_text_format(text, "%s%lld", axis > 1 ? ", " : "", (long long)of->x->shape[axis]);
    hone_internal_text_append(text, "]\n");
    if (of->x->rank == 4)
        hone_internal_recipe_put_images(text, of->x);
    else if (of->windows)
        hone_internal_recipe_put_series(text);
    else if (of->sound)
        hone_internal_recipe_put_sound(text, of->dataset);
    else {
        if (of->x->rank == 3 && of->bytes)
            hone_internal_text_append(text, "  - rescaling: {scale: 1/255} # bytes to numbers from 0 to 1\n");
        if (of->x->rank > 2)
            hone_internal_text_append(text, "  - flatten\n");
        if (of->x->rank != 3 || !of->bytes)
            hone_internal_text_append(text, "  - normalization # mean 0, variance 1, by the training part\n");
        put_hidden(text, of, width);
    }
    put_output(text, of);
}

static void put_training(hone_text *text, const start *of)
{
    const bool classes = of->classes > 0, words = of->x->type == HONE_TEXT,
               in_order = of->windows || of->text || words;
    const int epochs = of->samples < 5000 ? 300 : of->samples < 50000 ? 100 : 30;
    hone_internal_text_format(text, "compile: {optimizer: adam, loss: %s, metrics: [%s]}\n",
                              of->classes > 2 || of->text ? "sparse_categorical_crossentropy"
                              : classes                   ? "binary_crossentropy"
                                                          : "mse",
                              classes ? "accuracy" : "mae, r2_score");
    hone_internal_text_append(text, "data:\n");
    hone_internal_text_append(text, of->comments.data != NULL ? of->comments.data : "");
    hone_internal_text_append(text, "  train: '");
    for (const char *letter = of->data; *letter != '\0'; letter++)
        hone_internal_text_append_n(text, *letter == '\'' ? "''" : letter, *letter == '\'' ? 2 : 1);
    hone_internal_text_format(text,
                              "'\n"
                              "  validation: {share: 0.15%s} # %s\n"
                              "fit:\n"
                              "  epochs: %d # at most: early stopping ends sooner\n"
                              "  batch_size: %d\n"
                              "  callbacks: [\"early_stopping(patience=%d, restore_best_weights=true)\"]\n",
                              in_order  ? ", shuffle: false"
                              : classes ? ", stratify: true"
                                        : "",
                              of->windows ? "the last ones, in the order of time"
                              : of->text  ? "the end of the text"
                              : words     ? "the last ones: let the samples be in no order"
                                          : "random samples; seed: 1 chooses others",
                              epochs, of->samples < 50000 ? 32 : 128, epochs >= 300 ? 30 : 10);
}

static char *write_recipe(const start *of)
{
    hone_text text = {0};
    hone_internal_text_format(&text, "# Made by hone init for %s: %lld sample%s, ", of->source,
                              (long long)of->samples, hone_internal_plural(of->samples));
    if (of->text)
        hone_internal_text_format(&text, "the next of %lld symbols to predict.\n", (long long)of->classes);
    else if (of->classes > 0)
        hone_internal_text_format(&text, "%lld class%s to tell apart.\n", (long long)of->classes,
                                  hone_internal_number_word(of->classes, "", "es"));
    else
        hone_internal_text_format(&text, "%lld number%s to predict.\n", (long long)of->outputs,
                                  hone_internal_plural(of->outputs));
    hone_status status = HONE_OK;
    if (of->embed && hone_internal_recipe_embeds(of->dataset))
        status = put_embeddings(&text, of);
    else
        put_network(&text, of);
    put_training(&text, of);
    if (status >= 0)
        return hone_internal_text_take(&text);
    hone_internal_text_free(&text);
    return NULL;
}

char *hone_recipe_init(const char *source)
{
    start of = {.source = source};
    if (source == NULL)
        return hone_internal_fail_null("a data source"), NULL;
    hone_status status = read_form(&of);
    of.dataset = status < 0 ? NULL : hone_dataset_load(of.data, NULL, 0);
    char *recipe = NULL;
    if (of.dataset != NULL) {
        of.x = hone_dataset_input(of.dataset, 0);
        of.samples = hone_dataset_count(of.dataset);
        of.bytes = of.x->type == HONE_UINT8;
        const hone_config *schema = hone_internal_dataset_schema(of.dataset);
        of.text = hone_internal_schema_of(schema, "characters") != NULL;
        of.windows = !of.text && hone_internal_config_present(hone_internal_config_get(schema, "window"));
        of.sound =
            hone_internal_schema_of(schema, "audio") != NULL && of.x->shape[2] == 1 && of.x->shape[1] > 512;
        if (look_at_target(&of) >= 0)
            recipe = write_recipe(&of);
    }
    hone_dataset_free(of.dataset);
    hone_internal_text_free(&of.comments);
    hone_internal_free(of.data);
    return recipe;
}
