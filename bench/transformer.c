/* Seconds a training step of two transformers on random ids, with Adam:
 *
 *   text  Keras's text classifier (examples/nlp/text_classification_with_transformer): 20,000 words, 200 of
 *         them in each text, embeddings of 32, a block of 2 heads, 2 classes; batches of 32
 *   gpt   a small GPT: 256 symbols, 128 of them in each sample, 4 blocks of 128 with 4 heads; batches of 32
 *
 *   bench_transformer text|gpt [BATCH [POLICY]] [--threads N] [--rounds N] [--serve]
 *
 * BATCH is 32 by default, POLICY a dtype policy, such as mixed_bfloat16. */
#include "common.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 20000, TEXT_STEPS = 200, SYMBOLS = BENCH_GPT_SYMBOLS, GPT_STEPS = BENCH_GPT_STEPS };

static hone_tensor *dropped(hone_tensor *x)
{
    return hone_apply(hone_dropout(0.1), x);
}

static hone_tensor *sum(hone_tensor *x, hone_tensor *y)
{
    return hone_apply(hone_add(), x, y);
}

static hone_model *text_classifier(void)
{
    hone_tensor *ids = hone_input_tensor(TEXT_STEPS);
    hone_tensor *x = hone_apply(hone_token_and_position_embedding(WORDS, TEXT_STEPS, 32), ids);
    hone_tensor *y = dropped(hone_apply(hone_multi_head_attention(2, 32), x, x));
    x = hone_apply(hone_layer_normalization(.epsilon = 1e-6), sum(x, y));
    y = hone_apply(hone_dense(32), hone_apply(hone_dense(32, .activation = "relu"), x));
    x = hone_apply(hone_layer_normalization(.epsilon = 1e-6), sum(x, dropped(y)));
    x = dropped(hone_apply(hone_global_average_pooling1d(), x));
    x = dropped(hone_apply(hone_dense(20, .activation = "relu"), x));
    return hone_functional((ids), (hone_apply(hone_dense(2, .activation = "softmax"), x)));
}

int main(int count, char **words)
{
    bench_options options = bench_begin(&count, words);
    bool text = count > 1 && strcmp(words[1], "text") == 0;
    int64_t batch = count > 2 ? atoll(words[2]) : 32;
    if (batch < 1 || count < 2 || (!text && strcmp(words[1], "gpt") != 0)) {
        fprintf(stderr, "expected text or gpt, and perhaps a batch and a dtype policy\n");
        return 2;
    }
    if (count > 3 && hone_set_dtype_policy(words[3]) < 0)
        bench_fail();
    /* The same in peers/transformer.py. */
    int64_t samples = batch * 8;
    hone_array *x = bench_ids(samples, text ? TEXT_STEPS : GPT_STEPS, text ? WORDS : SYMBOLS),
               *y = bench_ids(samples, text ? 1 : GPT_STEPS, text ? 2 : SYMBOLS);
    return bench_steps(&options, words[1],
                       bench_classifier(text ? text_classifier() : bench_gpt(), hone_adam()), x, y, batch);
}
