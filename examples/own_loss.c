/* A loss of one's own: the mean over the last axis of sqrt((y_pred - y_true)^2 + softness), near |y_pred - y_true| but smooth
 * at 0. Values have y_pred's shape without its last axis; reduction, weights and masks are the library's.
 *
 *   cc own_loss.c $(pkg-config --cflags --libs hone) -o own_loss && ./own_loss */
#include "own.h"

#define SOFT_FIELDS(F, A) \
    HONE_LOSS_FIELDS(F, A, "soft_absolute") \
    F(A, NUMBER, softness, 0.01, "how round the corner at 0 is", HONE_ABOVE(0))
HONE_ARGS_STRUCT(soft_args, SOFT_FIELDS);
HONE_FIELD_TABLE(soft_args, SOFT_FIELDS);

static hone_value values(hone_graph *graph, hone_value y_true, hone_value y_pred, const void *args)
{
    const soft_args *own = args;
    hone_value error = hone_op_subtract(graph, y_pred, y_true);
    hone_value square = hone_op_affine(graph, hone_op_square(graph, error), 1, own->softness);
    return hone_op_mean(graph, hone_op_sqrt(graph, square), -1);
}

static const hone_loss_type soft_type = {
    .type = {.name = "soft_absolute", .class_name = "SoftAbsolute", .summary = "sqrt(error^2 + softness).", HONE_TYPE_FIELDS(soft_args)},
    .values = values};

int main(void)
{
    const float truth[4][1] = {{0}, {1}, {2}, {3}}, guess[4][1] = {{0.5f}, {0.7f}, {2}, {-1}};
    const hone_array y_true = hone_array_view(truth, HONE_FLOAT32, 2, (int64_t[]){4, 1});
    const hone_array y_pred = hone_array_view(guess, HONE_FLOAT32, 2, (int64_t[]){4, 1});
    hone_register_loss(&soft_type);
    hone_check_loss("soft_absolute", &y_true, &y_pred); /* its gradient against differences */
    hone_dataset *data = own_data();
    hone_model *model = hone_sequential(hone_input(3), hone_dense(1));
    hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.05), .loss = "soft_absolute(softness=0.02)");
    own_train(model, data, 60, HONE_NO_CALLBACKS);
    return own_end(model, data);
}
