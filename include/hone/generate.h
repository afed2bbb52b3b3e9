/* Writing text with a model that foretells the next symbol: a character model that was trained on a text file
 * (hone help data) has its vocabulary with it. Recurrent layers keep their states from symbol to
 * symbol, causal attention its keys and values, so that a symbol costs one step; other models go over the
 * last symbols again, and so do those that attend when the text has grown longer than their window. */
#ifndef HONE_GENERATE_H
#define HONE_GENERATE_H

#include <hone/model.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HONE_GENERATE_FIELDS(F, A) \
    F(A, TEXT, prompt, "", "text to continue, of at least one character") \
    F(A, INTEGER, length, 200, "number of symbols to write", HONE_BETWEEN(0, 16777216)) \
    HONE_SAMPLING_FIELDS(F, A) \
    F(A, SINK, output, NULL, "function that receives the text as it comes", HONE_PROGRAM_ONLY) \
    F(A, POINTER, output_context, NULL, "first argument of output and remark", HONE_PROGRAM_ONLY) \
    F(A, SINK, remark, NULL, "function that is told why each symbol costs a run over the text so far", \
      HONE_PROGRAM_ONLY) \
    F(A, INTEGER, beams, HONE_NONE_INTEGER, \
      "search for the likeliest text with N texts at a time, in place of drawing symbols", \
      HONE_BETWEEN(1, 1024))
/* How a symbol is chosen. */
#define HONE_SAMPLING_FIELDS(F, A) \
    F(A, NUMBER, temperature, 1, \
      "divides the logarithms of the probabilities: below 1 surer, above 1 bolder; 0: the likeliest symbol", \
      HONE_AT_LEAST(0)) \
    F(A, INTEGER, top_k, HONE_NONE_INTEGER, "choose among the N likeliest symbols (default: all)", \
      HONE_AT_LEAST(1)) \
    F(A, NUMBER, top_p, HONE_NONE, \
      "choose among the likeliest symbols that have this probability together (default: all)", \
      .bounded = true, .lowest = 0, .highest = 1, .open_below = true) \
    F(A, INTEGER, seed, 0, "random seed", HONE_AT_LEAST(0))
HONE_ARGS_STRUCT(hone_generate_args, HONE_GENERATE_FIELDS);
HONE_ARGS_STRUCT(hone_sampling_args, HONE_SAMPLING_FIELDS);

/* The prompt and what comes after it, to be freed with hone_free: hone_generate(model, .prompt = "In the ").
 * HONE_ERROR_DATA when the prompt has a character that the model does not know. */
char *hone_generate_with(hone_model *model, const hone_generate_args *args);
#ifndef __cplusplus
#define hone_generate(...) HONE_GENERATE(__VA_ARGS__, HONE_BASE(hone_generate_args))
#define HONE_GENERATE(model_, ...) \
    HONE_WITH_OVERRIDES( \
        hone_generate_with(model_, HONE_ARGS(hone_generate_args, HONE_GENERATE_FIELDS, __VA_ARGS__)))
#endif

/* The same step by step: a text that grows. It has the weights that the model had when it began. */
typedef struct hone_generation hone_generation;
hone_generation *hone_generation_begin(hone_model *model);
void hone_generation_free(hone_generation *generation); /* accepts NULL */
/* Goes over a text, which may be given in parts. */
hone_status hone_generation_read(hone_generation *generation, const char *text);
/* The probabilities of the symbols that may come next, borrowed until the next call; NULL before the first
 * text. */
const double *hone_generation_probabilities(const hone_generation *generation, int64_t *count);
/* Chooses a symbol and goes over it; its text is borrowed from the generation. `args` NULL: the defaults. */
hone_status hone_generation_next(hone_generation *generation, const hone_sampling_args *args,
                                 const char **symbol);
/* Why each symbol costs a run over the text so far, or over the last ones of a text that has grown longer
 * than the network's window or its learned positions; NULL: it costs one step. */
const char *hone_generation_remark(const hone_generation *generation);
/* Forgets the text: the states are 0 again. */
hone_status hone_generation_reset(hone_generation *generation);

#ifdef __cplusplus
}
#endif
#endif
