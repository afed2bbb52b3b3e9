/* What the programs of this folder share: the choices on their command lines, rounds of measuring, synthetic
 * data, and the networks. Every program takes
 *
 *   --threads N    threads of the measured thing; 1 by default
 *   --rounds N     measures that often and prints each round's seconds and their median; 5 by default
 *   --serve        for run.py: warms up, prints a line, then measures once for each line on standard input
 *   --profile      where training steps are measured: also prints where their time goes, kernel by kernel
 *   --limits       where training steps are measured: prints each kernel's time beside what the machine
 * allows; with --profile each step's
 *
 * and prints lines of JSON. */
#ifndef BENCH_COMMON_H
#define BENCH_COMMON_H

#include <hone/hone.h>

typedef struct bench_options {
    int threads, rounds;
    bool serve, profile, limits;
} bench_options;

/* Takes these options out of the command line, leaves the rest, and sets Hone's threads. */
bench_options bench_begin(int *count, char **words);

/* Seconds of one measurement, in the workload's unit (a step, an epoch, a sample); below zero: failed, with
 * Hone's message. */
typedef double bench_round(void *context);
/* Warms up with one round, then measures as the options say. The program's exit status. */
int bench_measure(const bench_options *options, const char *name, bench_round *round, void *context);

double bench_seconds(void); /* of a clock that only goes forward */
double bench_peak_mb(void); /* of this process's resident memory */
/* Prints Hone's message and ends the program. */
void bench_fail(void);
/* Ends the program when there is not as much memory. Aligned to a cache line, filled with small numbers. */
float *bench_numbers(int64_t count);

/* Random arrays, the same at each run: floats of a normal-like spread, bytes of all values, integers below a
 * bound. Freed with hone_array_free. */
hone_array *bench_floats(int rank, const int64_t *shape);
hone_array *bench_bytes(int rank, const int64_t *shape);
hone_array *bench_integers(int64_t count, int32_t bound);
hone_array *bench_ids(int64_t rows, int64_t columns, int32_t bound); /* integers, [rows, columns] */

/* ---- networks, compiled ---- */

enum { BENCH_MOST_SIZES = 64 };
/* The numbers of "784-300-100-10" into `sizes`; how many, or 0 when it is none. */
int bench_sizes(const char *text, int64_t *sizes);
/* Layers from `sizes`: ReLU, and softmax at the end. */
hone_model *bench_dense(const int64_t *sizes, int count, const char *optimizer);
hone_model *bench_chapter(void); /* 784-300-BN-100-dropout-10, Adam */
hone_model *
bench_deep(void); /* 3,072 inputs, 20 times 100 with batch normalisation and swish, 10 classes, Nadam */
hone_model *bench_wide_deep(void); /* see wide_deep.c */
/* Compiled for classes, with accuracy; takes the model and the optimizer. NULL model: ends with the error. */
hone_model *bench_classifier(hone_model *model, hone_optimizer *optimizer);
hone_model *bench_convnet(void); /* see convnet.c */
enum { BENCH_SYMBOLS = 66, BENCH_SYMBOL_STEPS = 100, BENCH_GPT_SYMBOLS = 256, BENCH_GPT_STEPS = 128 };
/* Not compiled: the character model of recurrent.c, the small GPT of transformer.c. */
hone_model *bench_characters(void);
hone_model *bench_gpt(void);

/* ---- predicting ---- */

/* Seconds a call, for `calls` of them with a row of x (floats) each, from the first one on and again from
 * there; -1 with the library's message. */
double bench_one_by_one(hone_model *model, const hone_array *x, int64_t calls);

/* ---- training ---- */

typedef struct bench_training {
    hone_model *model;
    hone_dataset *data;
    int64_t batch, epochs; /* of each round; 0 epochs: as many as last a fifth of a second */
} bench_training;
/* A bench_round: seconds an epoch. */
double bench_epoch(void *training);
/* A bench_round: seconds a step. */
double bench_step(void *training);
/* Measures such rounds, or what the options ask for instead or besides. The status of the program. */
int bench_measure_training(const bench_options *options, const char *name, bench_round *round,
                           bench_training *training);
/* Prints a table of the kernels of a training step on one thread: microseconds, and what FLOP at the peak and
 * bytes at the bandwidth of each cache come to; then the meetings of the threads there are. `apart`: a row
 * for each step of the plan. */
void bench_limits(hone_model *model, hone_dataset *data, int64_t batch, bool apart);
/* Measures steps of a network on one input and one target; takes all three over. The status of the program.
 */
int bench_steps(const bench_options *options, const char *name, hone_model *model, hone_array *x,
                hone_array *y, int64_t batch);

#endif
