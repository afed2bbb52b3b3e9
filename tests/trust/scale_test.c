/* What a file names costs time in proportion to it, and a stack of no more than 128 KB (the default of
 * threads with musl), whatever the file: long chains, deep graphs, one layer called often, many keys. Times
 * are generous: what was quadratic took minutes. */
#define _GNU_SOURCE
#include "formats/formats.h"
#include "keras/keras.h"
#include "keras/unknown.h"
#include "testing/files.h"
#include "testing/test.h"
#include <hone/files.h>
#include <hone/layers.h>
#include <hone/model.h>
#include <hone/recipe.h>

#include "base/text.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { LAYERS = 10000, KEYS = 100000, SECONDS = 10 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* A text whose model is made on the small stack. */
typedef struct attempt {
    hone_text text;
    bool recipe;
    int layers, received; /* 0: refused */
    char message[256];
    double seconds;
} attempt;

static hone_model *read_text(const attempt *made, const hone_loading *loading)
{
    if (made->recipe) {
        hone_recipe *recipe = hone_recipe_parse(made->text.data, "r.yaml");
        hone_model *model = hone_recipe_model(recipe);
        hone_recipe_free(recipe);
        return model;
    }
    hone_config *config = hone_internal_json_parse(made->text.data, made->text.length, "config.json");
    hone_model *model = config == NULL ? NULL : hone_internal_model_from_config(config, loading);
    hone_internal_config_free(config);
    return model;
}

static void *run(void *context)
{
    attempt *made = context;
    hone_load_args args = {.base = {sizeof args, NULL}};
    const hone_loading loading = {.args = &args};
    double start = now();
    hone_model *model = read_text(made, &loading);
    made->seconds = now() - start;
    made->received = model == NULL ? 0 : hone_model_layer_count(model);
    snprintf(made->message, sizeof made->message, "%s", model == NULL ? hone_error_message() : "");
    hone_model_free(model);
    return NULL;
}

static void check(attempt *made)
{
    pthread_attr_t small;
    pthread_t thread;
    assert_int_equal(pthread_attr_init(&small), 0);
    assert_int_equal(pthread_attr_setstacksize(&small, 128 << 10), 0);
    assert_int_equal(pthread_create(&thread, &small, run, made), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    pthread_attr_destroy(&small);
    hone_internal_text_free(&made->text);
    print_message("%.2f s %s\n", made->seconds, made->message);
    if (made->layers != made->received || made->seconds > SECONDS)
        fail_msg("%d layers in %.1f s, not %d in less than %d s: %s", made->received, made->seconds,
                 made->layers, SECONDS, made->message);
}

#define INPUT "{\"class_name\": \"InputLayer\", \"config\": {\"name\": \"i\", \"batch_shape\": [null, 2]}"

TEST(reads_a_long_chain_of_a_file)
{
    attempt made = {.layers = LAYERS};
    hone_internal_text_append(
        &made.text, "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": [" INPUT "}");
    for (int i = 0; i < LAYERS; i++)
        hone_internal_text_format(&made.text,
                                  ", {\"class_name\": \"Flatten\", \"config\": {\"name\": \"f%d\"}}", i);
    hone_internal_text_append(&made.text, "]}}");
    check(&made);
}

TEST(reads_a_long_chain_of_a_recipe)
{
    attempt made = {.recipe = true, .layers = LAYERS};
    hone_internal_text_append(&made.text, "model:\n  - input: 2\n");
    for (int i = 0; i < LAYERS; i++)
        hone_internal_text_append(&made.text, "  - flatten\n");
    check(&made);
}

TEST(reads_a_deep_graph_of_a_recipe)
{
    attempt made = {.recipe = true, .layers = LAYERS + 1};
    hone_internal_text_append(&made.text, "model:\n  - input: {shape: [2], name: f0}\n");
    for (int i = 1; i <= LAYERS; i++)
        hone_internal_text_format(&made.text, "  - flatten: {name: f%d, inputs: f%d}\n", i, i - 1);
    hone_internal_text_format(&made.text, "outputs: [f%d]\n", LAYERS);
    check(&made);
}

static void append_call(hone_text *text, const char *from, int node)
{
    hone_internal_text_format(
        text,
        "{\"args\": [{\"class_name\": \"__keras_tensor__\", \"config\": {\"keras_history\": "
        "[\"%s\", %d, 0]}}], \"kwargs\": {}}",
        from, node);
}

TEST(reads_a_deep_graph_of_a_file)
{
    attempt made = {.layers = LAYERS + 1};
    char name[24], before[24] = "i";
    hone_internal_text_append(
        &made.text, "{\"class_name\": \"Functional\", \"config\": {\"name\": \"g\", \"layers\": [" INPUT
                    ", \"name\": \"i\", \"inbound_nodes\": []}");
    for (int i = 0; i < LAYERS; i++) {
        snprintf(name, sizeof name, "f%d", i);
        hone_internal_text_format(
            &made.text,
            ", {\"class_name\": \"Flatten\", \"name\": \"%s\", \"config\": {\"name\": \"%s\"}, \"inbound_nodes\": [",
            name, name);
        append_call(&made.text, before, 0);
        hone_internal_text_append(&made.text, "]}");
        memcpy(before, name, sizeof before);
    }
    hone_internal_text_format(
        &made.text, "], \"input_layers\": [\"i\", 0, 0], \"output_layers\": [\"%s\", 0, 0]}}", before);
    check(&made);
}

/* One layer, called on its own output again and again. */
TEST(reads_a_layer_called_often)
{
    attempt made = {.layers = 2};
    hone_internal_text_append(
        &made.text, "{\"class_name\": \"Functional\", \"config\": {\"name\": \"g\", \"layers\": [" INPUT
                    ", \"name\": \"i\", \"inbound_nodes\": []}, {\"class_name\": \"Flatten\", "
                    "\"name\": \"f\", \"config\": {\"name\": \"f\"}, \"inbound_nodes\": [");
    for (int i = 0; i < LAYERS; i++) {
        hone_internal_text_append(&made.text, i > 0 ? ", " : "");
        append_call(&made.text, i > 0 ? "f" : "i", i > 0 ? i - 1 : 0);
    }
    hone_internal_text_format(
        &made.text, "]}], \"input_layers\": [\"i\", 0, 0], \"output_layers\": [\"f\", %d, 0]}}", LAYERS - 1);
    check(&made);
}

TEST(looks_through_many_unknown_keys)
{
    attempt made = {.layers = 0};
    hone_internal_text_append(
        &made.text, "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": [" INPUT
                    "}, {\"class_name\": \"Flatten\", \"config\": {\"name\": \"f\"");
    for (int i = 0; i < KEYS; i++)
        hone_internal_text_format(&made.text, ", \"k%d\": false", i); /* says nothing: taken out one by one */
    hone_internal_text_append(&made.text, ", \"unheard_of\": 1}}]}}");
    check(&made);
    assert_true(made.received == 0);
}

/* A program may make such a model; a file with it would ask for as much as it likes, once there is a batch.
 */
TEST(refuses_a_file_whose_layer_asks_for_memory)
{
    const char *path = testing_path("large.keras");
    hone_model *model = hone_sequential(hone_input(2), hone_repeat_vector(1000000000));
    assert_int_equal(hone_save(model, path), HONE_OK);
    hone_model_free(model);
    assert_null(hone_load(path));
    assert_non_null(strstr(hone_error_message(), "large.keras: the layer \"repeat_vector\" produces more "
                                                 "than"));
}

AROUND_ALL(testing_folder_make, testing_folder_remove);
