/* The plan of a model as text. */
#include "base/memory.h"
#include "base/text.h"
#include "train/run.h"

#include <inttypes.h>
#include <string.h>

/* Shapes of arrays as a data set of one batch would have them; axes that are open get a size for the sake of
 * the plan. */
static hone_status plan_arrays(const hone_model *model, int64_t batch, hone_array *x, hone_array *y)
{
    for (int i = 0; i < model->fed_count; i++) {
        hone_shape shape = model->fed[i]->shape;
        x[i] = (hone_array){.type = HONE_FLOAT32, .rank = shape.rank};
        memcpy(x[i].shape, shape.size, sizeof shape.size);
        x[i].shape[0] = batch;
        for (int axis = 1; axis < shape.rank; axis++)
            if (shape.size[axis] == HONE_ANY)
                return hone_fail(HONE_ERROR_SHAPE,
                                 "the input \"%s\" has a variable size on axis %d: the plan depends on "
                                 "the data",
                                 hone_internal_model_fed_name(model, i), axis);
    }
    for (int i = 0, target = 0; i < model->output_count; i++) {
        const hone_loss *loss = hone_internal_model_loss(model, i);
        if (loss == NULL)
            continue;
        hone_shape shape = model->outputs[i]->shape;
        int rank = shape.rank - (loss->type->class_ids ? 1 : 0);
        y[target] = (hone_array){.type = HONE_FLOAT32, .rank = rank};
        memcpy(y[target].shape, shape.size, sizeof shape.size);
        for (int axis = 0; axis < rank; axis++)
            if (y[target].shape[axis] == HONE_ANY)
                y[target].shape[axis] = axis == 0 ? batch : 1;
        target++;
    }
    return HONE_OK;
}

static hone_pass *plan_batch(hone_model *model, int64_t batch, bool training)
{
    size_t inputs = (size_t)model->fed_count, outputs = (size_t)model->output_count;
    hone_array *arrays = hone_internal_allocate_zeroed(inputs + outputs, sizeof *arrays);
    hone_batch shapes = {.x_list = arrays, .y_list = arrays + inputs, .x_count = inputs, .y_count = outputs};
    hone_pass *pass = NULL;
    if (arrays != NULL && plan_arrays(model, batch, arrays, arrays + inputs) >= 0)
        pass = hone_internal_model_pass(model, training ? HONE_MODE_TRAIN : HONE_MODE_PREDICT, NULL, batch,
                                        false, &shapes);
    hone_internal_free(arrays);
    return pass;
}

char *hone_model_plan(hone_model *model, int64_t batch_size, bool training)
{
    hone_text text = {0};
    if (model == NULL)
        return hone_internal_fail_null("a model"), NULL;
    if (hone_internal_model_need_built(model, "plan") < 0)
        return NULL;
    training = training && model->compiled.ready;
    if (training && hone_internal_model_make_slots(model) < 0)
        return NULL;
    hone_pass *pass = plan_batch(model, batch_size, training);
    if (pass == NULL)
        return NULL;
    hone_internal_text_format(&text, "Plan of \"%s\" for a batch of %" PRId64 ", %s\n\n",
                              hone_model_name(model), batch_size, training ? "training" : "prediction");
    hone_internal_plan_print(pass->plan, &text);
    char bytes[32];
    hone_internal_bytes_to_text(hone_internal_variable_list_numbers(&model->weights, false) * sizeof(float),
                                bytes, sizeof bytes);
    hone_internal_text_format(&text, "Weights: %s", bytes);
    hone_internal_bytes_to_text(hone_internal_model_optimizer_numbers(model) * sizeof(float), bytes,
                                sizeof bytes);
    hone_internal_text_format(&text, "; optimizer: %s\n", bytes);
    return hone_internal_text_take(&text);
}
