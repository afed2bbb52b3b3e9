/* An MPI program, as a simulation is, that trains one network with all its processes, or with a word two,
 * each with every second process: mpirun -n 4 ./example halves.
 * Compile: mpicc example.c $(pkg-config --cflags --libs hone) -lm */
#include <hone/hone.h>
#include <hone/mpi.h>
#include <math.h>
#include <stdio.h>

enum { ROWS = 4096, INPUTS = 4 };
static float x[ROWS][INPUTS], y[ROWS];

/* What the simulation would give: here a function of four numbers. */
static void simulate(void)
{
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < INPUTS; j++)
            x[i][j] = sinf((float)(i * (j + 3)));
        y[i] = x[i][0] * x[i][1] + tanhf(x[i][2] - x[i][3]);
    }
}

static hone_model *make_model(void)
{
    hone_model *model =
        hone_sequential(hone_input(INPUTS), hone_dense(64, .activation = "relu"), hone_dense(1));
    hone_model_set_seed(model, 1); /* all begin with the same weights */
    return hone_compile(model, .optimizer = hone_adam(), .loss = "mse") < 0 ? NULL : model;
}

static int train(MPI_Comm comm)
{
    hone_group *group = hone_group_from_mpi(comm);
    hone_model *model = group == NULL ? NULL : make_model();
    hone_array inputs = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){ROWS, INPUTS}),
               targets = hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){ROWS});
    hone_dataset *data = hone_dataset_from_arrays(.x = {inputs}, .y = {targets});
    const hone_history *history = NULL;
    if (model != NULL && data != NULL && hone_distribute(model, group) >= 0)
        history = hone_fit(model, data, .epochs = 5, .batch_size = 512, .shards = 8);
    if (history == NULL)
        fprintf(stderr, "%s\n", hone_error_message());
    else if (hone_group_rank(group) == 0)
        printf("%d processes: loss %.17g\n", hone_group_ranks(group), hone_history_last(history, "loss"));
    hone_dataset_free(data);
    hone_model_free(model);
    hone_group_free(group);
    return history == NULL;
}

int main(int count, char **words)
{
    int level, rank, halves = count > 1;
    MPI_Comm comm;
    MPI_Init_thread(&count, &words, MPI_THREAD_FUNNELED, &level);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_split(MPI_COMM_WORLD, halves ? rank % 2 : 0, rank, &comm);
    simulate();
    const int failed = train(comm);
    return MPI_Comm_free(&comm) != MPI_SUCCESS || MPI_Finalize() != MPI_SUCCESS || failed;
}
