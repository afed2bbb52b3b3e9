/* A data source of one's own: batches that are made when they are wanted.
 *
 *   cc own_data.c $(pkg-config --cflags --libs hone) -lm -o own_data && ./own_data */
#include "own.h"
#include <math.h>

enum { ROWS = 32, STEPS = 20 };
/* Batches are made when they are wanted, from the numbers of epoch and step alone: read again they are the same. */
typedef struct source {
    float x[ROWS][2], y[ROWS][1];
} source;

static int next_batch(void *context, int64_t epoch, int64_t step, hone_batch *batch)
{
    static const int64_t of_x[] = {ROWS, 2}, of_y[] = {ROWS, 1};
    source *made = context;
    if (step == STEPS)
        return 0;
    for (int i = 0; i < ROWS; i++) {
        made->x[i][0] = (float)sin((double)(epoch * 7919 + step * 131 + i * 17));
        made->x[i][1] = (float)cos((double)(epoch * 7907 + step * 137 + i * 19));
        made->y[i][0] = 3 * made->x[i][0] - made->x[i][1];
    }
    batch->x[0] = hone_array_view(made->x, HONE_FLOAT32, 2, of_x);
    batch->y[0] = hone_array_view(made->y, HONE_FLOAT32, 2, of_y);
    return 1;
}

int main(void)
{
    static source made;
    hone_dataset *data = hone_dataset_from_callback(next_batch, &made, NULL);
    hone_check_data(data);
    hone_model *model = hone_sequential(hone_input(2), hone_dense(1));
    hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.05), .loss = "mse");
    own_train(model, data, 10, HONE_NO_CALLBACKS);
    return own_end(model, data);
}
