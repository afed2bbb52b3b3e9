/* Seconds a symbol that is written: the character model of recurrent.c, whose state goes from symbol to
 * symbol, and the small GPT of transformer.c, within its window of 128 (keys and values are kept) and beyond
 * it (full: it goes over the last 128 for each).
 *
 * With the word `prompt` behind it: seconds a symbol of a prompt that is read.
 *
 *   bench_generation characters|gpt|full [prompt] [--threads N] [--rounds N] [--serve] */
#include "common.h"
#include <stdio.h>
#include <string.h>

enum { LENGTH = 20000, WRITTEN = 120 }; /* with the prompt less than a window */

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

static const char *const prompt = "\u0101\u0102\u0103";

static void begin_text(hone_generation *generation)
{
    if (hone_generation_reset(generation) < 0 || hone_generation_read(generation, prompt) < 0)
        bench_fail();
}

/* A text that is read whole. */
static double read_prompt(void *generation)
{
    char text[2 * WRITTEN + 1] = "";
    for (int i = 0; i < WRITTEN; i++)
        strcat(text, i % 2 == 0 ? "\u0101" : "\u0107");
    if (hone_generation_reset(generation) < 0)
        return -1;
    double start = bench_seconds();
    return hone_generation_read(generation, text) < 0 ? -1 : (bench_seconds() - start) / WRITTEN;
}

/* Rounds: a new text for each, or one that goes on. */
static double write_on(void *generation)
{
    double start = bench_seconds();
    for (int i = 0; i < WRITTEN; i++) {
        const char *symbol;
        if (hone_generation_next(generation, NULL, &symbol) < 0)
            return -1;
    }
    return (bench_seconds() - start) / WRITTEN;
}

static double write_anew(void *generation)
{
    begin_text(generation);
    return write_on(generation);
}

int main(int count, char **words)
{
    bench_options options = bench_begin(&count, words);
    bool full = count > 1 && strcmp(words[1], "full") == 0,
         gpt = full || (count > 1 && strcmp(words[1], "gpt") == 0);
    if (count < 2 || (!gpt && strcmp(words[1], "characters") != 0)) {
        fprintf(stderr, "expected characters, gpt or full\n");
        return 2;
    }
    hone_dataset *text =
        text_of(gpt ? BENCH_GPT_SYMBOLS : BENCH_SYMBOLS, gpt ? BENCH_GPT_STEPS : BENCH_SYMBOL_STEPS);
    hone_model *model = bench_classifier(gpt ? bench_gpt() : bench_characters(), hone_adam());
    if (hone_fit(model, text, .epochs = 1, .steps_per_epoch = 1, .batch_size = 8) == NULL)
        bench_fail();
    hone_generation *generation = hone_generation_begin(model);
    if (generation == NULL)
        bench_fail();
    begin_text(generation);
    if (full && write_on(generation) < 0) /* up to the end of the window */
        bench_fail();
    const bool prompts = count > 2 && strcmp(words[2], "prompt") == 0;
    int status = bench_measure(&options, "generation",
                               prompts ? read_prompt
                               : full  ? write_on
                                       : write_anew,
                               generation);
    hone_generation_free(generation);
    hone_model_free(model);
    hone_dataset_free(text);
    return status;
}
