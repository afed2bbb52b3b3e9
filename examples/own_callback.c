/* A callback of one's own: it stops when the loss has been low for some epochs, and a checkpoint keeps how many it has
 * counted.
 *
 *   cc own_callback.c $(pkg-config --cflags --libs hone) -o own_callback && ./own_callback */
#include "own.h"

#define ENOUGH_FIELDS(F, A) \
    F(A, NUMBER, loss, 0.01, "the loss that is low enough", HONE_ABOVE(0)) \
    F(A, INTEGER, epochs, 2, "for so many epochs one after the other", HONE_AT_LEAST(1))
HONE_ARGS_STRUCT(enough_args, ENOUGH_FIELDS);
HONE_FIELD_TABLE(enough_args, ENOUGH_FIELDS);

static hone_status epoch_end(hone_callback *callback, hone_trainer *trainer, int64_t epoch, hone_logs *logs)
{
    const enough_args *args = hone_callback_args(callback);
    int64_t *low = hone_callback_state(callback);
    double loss;
    (void)epoch;
    *low = hone_logs_get(logs, "loss", &loss) && loss < args->loss ? *low + 1 : 0;
    if (*low == args->epochs)
        hone_trainer_stop(trainer, "enough");
    return HONE_OK;
}

static hone_status save(const hone_callback *callback, hone_logs *numbers)
{
    return hone_logs_set(numbers, "low", (double)*(int64_t *)hone_callback_state(callback));
}

static hone_status restore(hone_callback *callback, const hone_logs *numbers)
{
    double low = 0;
    hone_logs_get(numbers, "low", &low);
    *(int64_t *)hone_callback_state(callback) = (int64_t)low;
    return HONE_OK;
}

static const hone_callback_type enough_type = {
    .type = {.name = "enough", .class_name = "Enough", .summary = "Stops when the loss stays low.", HONE_TYPE_FIELDS(enough_args)},
    .state_bytes = sizeof(int64_t),
    .epoch_end = epoch_end,
    .save = save,
    .restore = restore};

int main(void)
{
    hone_register_callback(&enough_type);
    hone_check_callback("enough(loss=1, epochs=3)"); /* trained again, and continued from a checkpoint */
    hone_dataset *data = own_data();
    hone_model *model = hone_sequential(hone_input(3), hone_dense(1));
    hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.05), .loss = "mse");
    own_train(model, data, 200, hone_callbacks(hone_callback_from_text("enough(loss=0.01)")));
    return own_end(model, data);
}
