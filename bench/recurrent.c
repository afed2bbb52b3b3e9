/* Seconds a training step of two recurrent networks on random ids, with Adam, and of a step along time of one
 * sample:
 *
 *   imdb        Keras's classifier of reviews (examples/nlp/bidirectional_lstm_imdb): 20,000 words, 200 of
 * them in each, embeddings of 128, two bidirectional LSTM of 64, one sigmoid; batches of 32 characters  a
 * character model: 66 symbols, 100 of them in each sample, embeddings of 256, GRU of 512, the next symbol
 * after each; batches of 64 stream      seconds a call that takes one step of 64 numbers through a stateful
 * LSTM of 64
 *
 *   bench_recurrent imdb|characters|stream [POLICY] [--threads N] [--rounds N] [--serve]
 *
 * POLICY is a dtype policy, such as mixed_bfloat16. */
#include "common.h"
#include <stdio.h>
#include <string.h>

enum {
    WORDS = 20000,
    WORD_STEPS = 200,
    TEXTS = 32,
    SYMBOLS = BENCH_SYMBOLS,
    SYMBOL_STEPS = BENCH_SYMBOL_STEPS,
    LINES = 64
};
enum { BATCHES = 8, UNITS = 64, CALLS = 20000 }; /* the same in peers/recurrent.py */

static int imdb(const bench_options *options)
{
    hone_model *model =
        hone_sequential(hone_input(WORD_STEPS), hone_embedding(WORDS, 128),
                        hone_bidirectional(hone_lstm(64, .return_sequences = true)),
                        hone_bidirectional(hone_lstm(64)), hone_dense(1, .activation = "sigmoid"));
    if (hone_compile(model, .optimizer = hone_adam(), .loss = "binary_crossentropy",
                     .metrics = {"accuracy"}) < 0)
        bench_fail();
    hone_array *x = bench_ids(TEXTS * BATCHES, WORD_STEPS, WORDS), *y = bench_ids(TEXTS * BATCHES, 1, 2);
    return bench_steps(options, "imdb", model, x, y, TEXTS);
}

static int characters(const bench_options *options)
{
    hone_array *x = bench_ids(LINES * BATCHES, SYMBOL_STEPS, SYMBOLS),
               *y = bench_ids(LINES * BATCHES, SYMBOL_STEPS, SYMBOLS);
    return bench_steps(options, "characters", bench_classifier(bench_characters(), hone_adam()), x, y, LINES);
}

typedef struct stream {
    hone_model *model;
    float step[UNITS];
} stream;

/* A bench_round. */
static double streamed(void *context)
{
    stream *run = context;
    hone_batch batch = {.x = {hone_array_view(run->step, HONE_FLOAT32, 3, (int64_t[]){1, 1, UNITS})}};
    double start = bench_seconds();
    for (int i = 0; i < CALLS; i++) {
        hone_array *answer;
        run->step[i % UNITS] = (float)(i % 7) * 0.1f;
        if (hone_predict_on_batch(run->model, &batch, false, &answer) < 0)
            return -1;
        hone_array_free(answer);
    }
    return (bench_seconds() - start) / CALLS;
}

static int streaming(const bench_options *options)
{
    stream run = {.model = hone_sequential(hone_input(1, UNITS, .batch_shape = {1, 1, UNITS}),
                                           hone_lstm(UNITS, .stateful = true))};
    if (run.model == NULL)
        bench_fail();
    int status = bench_measure(options, "stream", streamed, &run);
    hone_model_free(run.model);
    return status;
}

int main(int count, char **words)
{
    static const struct {
        const char *name;
        int (*run)(const bench_options *options);
    } networks[] = {{"imdb", imdb}, {"characters", characters}, {"stream", streaming}};
    bench_options options = bench_begin(&count, words);
    if (count > 2 && hone_set_dtype_policy(words[2]) < 0)
        bench_fail();
    for (size_t i = 0; count > 1 && i < sizeof networks / sizeof *networks; i++)
        if (strcmp(words[1], networks[i].name) == 0)
            return networks[i].run(&options);
    fprintf(stderr, "expected imdb, characters or stream, and perhaps a dtype policy\n");
    return 2;
}
