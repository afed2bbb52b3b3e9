/* An initializer of one's own: a share of the weights is 0, the others are normal. What it draws by hone_fill_normal and
 * hone_fill_uniform follows from the model's seed.
 *
 *   cc own_initializer.c $(pkg-config --cflags --libs hone) -o own_initializer && ./own_initializer */
#include "own.h"

#define SPARSE_FIELDS(F, A) \
    F(A, NUMBER, share, 0.5, "the share that is 0", HONE_BETWEEN(0, 1)) \
    F(A, NUMBER, stddev, 0.1, "the deviation of the others", HONE_ABOVE(0))
HONE_ARGS_STRUCT(sparse_args, SPARSE_FIELDS);
HONE_FIELD_TABLE(sparse_args, SPARSE_FIELDS);

static hone_status fill(const hone_fill *fill, const void *args)
{
    const sparse_args *own = args;
    for (int64_t i = 0; i < fill->count; i++) {
        bool zero = hone_fill_uniform(fill, fill->count + i) < own->share; /* numbers of its own, not those below */
        fill->data[i] = zero ? 0 : (float)(own->stddev * hone_fill_normal(fill, i));
    }
    return HONE_OK;
}

static const hone_initializer_type sparse_type = {
    .type = {.name = "sparse_normal", .class_name = "SparseNormal", .summary = "Normal numbers, some of them 0.", HONE_TYPE_FIELDS(sparse_args)},
    .fill = fill};

int main(void)
{
    hone_register_initializer(&sparse_type);
    hone_check_initializer("sparse_normal(share=0.3)", HONE_SHAPE(20, 10));
    hone_dataset *data = own_data();
    hone_model *model = hone_sequential(hone_input(3), hone_dense(8, .kernel_initializer = "sparse_normal(share=0.3)"), hone_dense(1));
    hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.05), .loss = "mse");
    own_train(model, data, 30, HONE_NO_CALLBACKS);
    return own_end(model, data);
}
