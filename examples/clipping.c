/* Gradient clipping: ten layers whose weights start too large, so that gradients explode and the loss is soon no number; and the same
 * network with gradients clipped by value, each by its norm, and all together by theirs. */
#include "common.h"
#include <stdio.h>

static const struct {
    const char *label, *spec;
} rules[] = {{"no clipping", "sgd(learning_rate=0.01)"},
             {"clipvalue=0.01", "sgd(learning_rate=0.01, clipvalue=0.01)"},
             {"clipnorm=1", "sgd(learning_rate=0.01, clipnorm=1)"},
             {"global_clipnorm=1", "sgd(learning_rate=0.01, global_clipnorm=1)"}};

static hone_model *make_model(const char *optimizer)
{
    hone_model *model = hone_sequential(hone_input(28, 28), hone_flatten());
    for (int layer = 0; layer < 10; layer++) /* He would be a deviation of 0.14 */
        hone_model_add(model, hone_dense(100, .activation = "relu", .kernel_initializer = "random_normal(stddev=0.25)"));
    hone_model_add(model, hone_dense(10, .activation = "softmax"));
    hone_compile(model, .optimizer = hone_optimizer_from_text(optimizer), .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"});
    return model;
}

/* The norm of all gradients together, before the first step. */
static bool print_norm(hone_model *model, const hone_batch *batch)
{
    hone_gradients *gradients = hone_gradients_compute(model, batch);
    double sum = 0, largest = 0;
    for (int i = 0; gradients && i < hone_gradients_count(gradients); i++) {
        hone_shape shape = hone_variable_shape(hone_gradients_variable(gradients, i));
        int64_t size = 1;
        for (int a = 0; a < shape.rank; a++) size *= shape.size[a];
        for (int64_t k = 0; k < size; k++) {
            double number = hone_gradients_data(gradients, i)[k];
            sum += number * number;
            largest = fmax(largest, fabs(number));
        }
    }
    if (gradients)
        printf("at the start: loss %.4g, norm of the gradients %.4g, largest element %.4g\n", hone_gradients_loss(gradients), sqrt(sum), largest);
    hone_gradients_free(gradients);
    return gradients != NULL;
}

int main(int count, char **words)
{
    example run;
    hone_batch batch;
    static example_comparison comparison;
    if (!example_begin(&run, count, words, 20000, 10)) return 2;
    bool good = example_batch(run.train, 0, 32, &batch);
    for (size_t i = 0; i < sizeof rules / sizeof *rules && good; i++) {
        hone_model *model = make_model(rules[i].spec);
        good = (i > 0 || print_norm(model, &batch)) &&
               example_compare(&comparison, rules[i].label,
                               hone_fit(model, run.train, .epochs = run.epochs, .validation_data = run.valid));
        hone_model_free(model);
    }
    good = good && example_draw_comparison(&comparison, example_path(&run, "04-clipping.png"), "Gradients clipped, and not");
    example_batch_free(&batch);
    return example_end(&run, !good);
}
