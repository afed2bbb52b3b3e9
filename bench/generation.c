/* Seconds a symbol that is written: the character model of recurrent.c, whose state goes from symbol to
 * symbol, and the small GPT of transformer.c over its window of 128.
 *
 *   bench_generation characters|gpt [--threads N] [--rounds N] [--serve] */
#include "common.h"
#include <stdio.h>
#include <string.h>

enum { LENGTH = 20000, WRITTEN = 200 };

/* A text of `symbols` different characters, each often. */
static hone_dataset *text_of(int symbols, int64_t window)
{
    char path[] = "/tmp/bench_generation.txt";
    FILE *file = fopen(path, "w");
    if (file == NULL)
        bench_fail();
    for (int i = 0; i < LENGTH; i++) {
        int character = 0x100 + i * 7 % symbols; /* two bytes in UTF-8 */
        fprintf(file, "%c%c", 0xC0 | character >> 6, 0x80 | (character & 0x3F));
    }
    fclose(file);
    hone_dataset *text = hone_dataset_from_characters(path, .window = window);
    remove(path);
    if (text == NULL)
        bench_fail();
    return text;
}

/* A bench_round. */
static double write_symbols(void *generation)
{
    double start = bench_seconds();
    for (int i = 0; i < WRITTEN; i++) {
        const char *symbol;
        if (hone_generation_next(generation, NULL, &symbol) < 0)
            return -1;
    }
    return (bench_seconds() - start) / WRITTEN;
}

int main(int count, char **words)
{
    bench_options options = bench_begin(&count, words);
    bool gpt = count > 1 && strcmp(words[1], "gpt") == 0;
    if (count < 2 || (!gpt && strcmp(words[1], "characters") != 0)) {
        fprintf(stderr, "expected characters or gpt\n");
        return 2;
    }
    hone_dataset *text =
        text_of(gpt ? BENCH_GPT_SYMBOLS : BENCH_SYMBOLS, gpt ? BENCH_GPT_STEPS : BENCH_SYMBOL_STEPS);
    hone_model *model = bench_classifier(gpt ? bench_gpt() : bench_characters(), hone_adam());
    if (hone_fit(model, text, .epochs = 1, .steps_per_epoch = 1, .batch_size = 8) == NULL)
        bench_fail();
    hone_generation *generation = hone_generation_begin(model);
    if (generation == NULL || hone_generation_read(generation, "\u0101\u0102\u0103") < 0)
        bench_fail();
    int status = bench_measure(&options, "generation", write_symbols, generation);
    hone_generation_free(generation);
    hone_model_free(model);
    hone_dataset_free(text);
    return status;
}
