/* The core on another machine: trains a network on three threads from arrays and from a CSV file, saves its
 * weights, loads them into another one, predicts the same, replaces a file that is there, and refuses a file
 * that is none. Public headers alone. Ends with "core program: held". Arguments: none; writes into the folder
 * it stands in. */
#include <hone/hone.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 256, FEATURES = 2, UNITS = 16 };

static float inputs[ROWS][FEATURES], targets[ROWS][1];

/* Whether a point is within a ring. */
static void make_data(void)
{
    unsigned seed = 1;
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < FEATURES; j++) {
            seed = seed * 1664525u + 1013904223u;
            inputs[i][j] = (float)(seed >> 8) / (1 << 23) - 1;
        }
        targets[i][0] = hypotf(inputs[i][0], inputs[i][1]) < 0.7f;
    }
}

static hone_model *network(void)
{
    hone_model *model = hone_sequential(hone_input(FEATURES), hone_dense(UNITS, .activation = "tanh"),
                                        hone_dense(1, .activation = "sigmoid"));
    hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.05), .loss = "binary_crossentropy",
                 .metrics = {"accuracy"});
    return model;
}

static int fail(const char *what)
{
    printf("%s: %s\n", what, hone_error_message());
    return 1;
}

/* The largest difference of what two models predict; -1 on failure. */
static double difference(hone_model *one, hone_model *other, hone_dataset *data)
{
    hone_array *a = NULL, *b = NULL;
    double largest = -1;
    if (hone_predict(one, data, &a) >= 0 && hone_predict(other, data, &b) >= 0) {
        largest = 0;
        for (int64_t i = 0; i < ROWS; i++)
            largest = fmax(largest, fabs(hone_array_number(a, i) - hone_array_number(b, i)));
    }
    hone_array_free(a);
    hone_array_free(b);
    return largest;
}

static int write_table(const char *path)
{
    char text[ROWS * 40] = "a,b,y\n";
    for (int i = 0; i < ROWS; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%.9g,%.9g,%d\n", (double)inputs[i][0],
                 (double)inputs[i][1], (int)targets[i][0]);
    return hone_write_file(path, text, strlen(text)) < 0;
}

int main(void)
{
    make_data();
    if (hone_set_threads(3) < 0)
        return fail("threads");
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(inputs, HONE_FLOAT32, 2, (int64_t[]){ROWS, FEATURES})},
                                 .y = {hone_array_view(targets, HONE_FLOAT32, 2, (int64_t[]){ROWS, 1})});
    hone_model *model = network(), *other = network();
    if (data == NULL || model == NULL || other == NULL)
        return fail("making");
    const hone_history *history = hone_fit(model, data, .epochs = 60, .batch_size = 32, .verbose = 0);
    if (history == NULL)
        return fail("training");
    for (int i = 0; i < 2; i++) /* the second time it replaces a file */
        if (hone_save(model, "core-program.safetensors") < 0)
            return fail("saving");
    if (hone_load_weights(other, "core-program.safetensors") < 0)
        return fail("loading");
    const double largest = difference(model, other, data);
    if (largest != 0) {
        printf("predictions differ by %g\n", largest);
        return 1;
    }
    if (write_table("core-program.csv"))
        return fail("writing a table");
    hone_dataset *table = hone_dataset_load("core-program.csv#target=y", NULL, 1);
    hone_logs logs = {0};
    if (table == NULL || hone_evaluate(other, table, &logs) < 0)
        return fail("evaluating a table");
    double accuracy = 0;
    if (!hone_logs_get(&logs, "accuracy", &accuracy) || accuracy < 0.9) {
        printf("accuracy %g, expected at least 0.9\n", accuracy);
        return 1;
    }
    if (hone_load_weights(other, "core-program.csv") >= 0 ||
        hone_load_weights(other, "nowhere.safetensors") >= 0) {
        printf("a file was loaded that holds no weights\n");
        return 1;
    }
    printf("refused: %s\n", hone_error_message());
    hone_logs_free(&logs);
    hone_dataset_free(table);
    hone_dataset_free(data);
    hone_model_free(model);
    hone_model_free(other);
    remove("core-program.safetensors");
    remove("core-program.csv");
    printf("accuracy %.3f\ncore program: held\n", accuracy);
    return 0;
}
