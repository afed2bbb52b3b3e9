/* The words of C source: for each kernel a function of the source, and how a step calls it. */
#ifndef HONE_CSOURCE_WORDS_H
#define HONE_CSOURCE_WORDS_H

#include "base/text.h"
#include "csource/program.h"

/* What the steps of a source use: functions are written once. */
enum { HONE_C_WORDS_MOST = 64, HONE_C_FORMULAS_MOST = 16 };
typedef struct hone_c_words {
    const hone_c_program *program;
    const char *prefix;
    const char *const *names; /* of each slot: an array, a parameter; NULL for work space */
    hone_text body;           /* the calls */
    bool kernels[HONE_KERNEL_COUNT];
    bool own[HONE_C_WORDS_MOST]; /* functions that are no kernel's */
    bool formulas[HONE_C_FORMULAS_MOST];
    int functions, calls;
} hone_c_words;

/* Writes the call of a step into the body, and notes its functions. An error names the layer. */
hone_status hone_internal_c_words_step(hone_c_words *words, const hone_c_step *step);
/* The functions that the body calls. */
void hone_internal_c_words_functions(hone_c_words *words, hone_text *text);

/* A float that reads back as itself: "0.1f", "-INFINITY". At least 32 bytes. */
void hone_internal_c_number(float number, char *buffer, size_t size);

/* Inside: c_formula.c. An expression of a kernel list as float source; false when it holds an unknown word.
 */
bool hone_internal_c_formula(hone_c_words *words, const char *expression, hone_text *text);
bool hone_internal_c_formula_uses(const char *expression, char parameter);
void hone_internal_c_formula_functions(const hone_c_words *words, hone_text *text);
/* The text with the prefix for each '@'. */
void hone_internal_c_with_prefix(const hone_c_words *words, const char *source, hone_text *text);

#endif
