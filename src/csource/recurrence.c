/* Walks along time in C source. The functions of gates and outputs are written from the expressions of
 * kernels/unary.def, as functions of one number. */
#include "csource/fold.h"
#include "kernels/recurrence.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *expression;
    hone_kernel_index kernel;
} functions[] = {
#define HONE_UNARY(name, needs, forward, derivative) {#name, #forward, HONE_KERNEL_##name},
#include "kernels/unary.def"
};

/* Its row by the running table's function; -1: none. */
static int find_function(const hone_c_words *words, hone_kernel *forward)
{
    const hone_kernels *kernels = words->program->pass.plan->kernels;
    for (int i = 0; i < (int)(sizeof functions / sizeof *functions); i++)
        if (kernels->kernel[functions[i].kernel] == forward)
            return i;
    return -1;
}

/* static float net_fn_gate_elu_1(float x), with its parameters as numbers; the name goes into `name`. */
static hone_status define_function(hone_c_words *words, const hone_c_step *step,
                                   const hone_recurrence_function *function, char *name, size_t size)
{
    int row = find_function(words, function->forward), number = 1;
    if (row < 0)
        return hone_internal_c_fail_step(step);
    for (int i = 0; i < 4; i++)
        number += (int)(function->scalar[i] != 0) << i;
    snprintf(name, size, "fn_gate_%s_%d", functions[row].name, number);
    hone_text text = {.data = NULL};
    hone_internal_text_format(&text, "static float %s_%s(float x)\n{\n", words->prefix, name);
    for (char parameter = 'a'; parameter <= 'd'; parameter++) {
        char shown[40];
        if (!hone_internal_c_formula_uses(functions[row].expression, parameter))
            continue;
        hone_internal_c_number((float)function->scalar[parameter - 'a'], shown, sizeof shown);
        hone_internal_text_format(&text, "    const float %c = %s;\n", parameter, shown);
    }
    hone_internal_text_append(&text, "    return (float)(");
    bool known = hone_internal_c_formula(words, functions[row].expression, &text);
    hone_internal_text_append(&text, ");\n}\n\n");
    if (known)
        return hone_internal_c_define(words, name, &text);
    hone_internal_text_free(&text);
    return hone_internal_c_fail_step(step);
}

static hone_status write(hone_c_words *words, const hone_c_step *step)
{
    static const char *const names[] = {[HONE_RECURRENCE_SIMPLE] = "op_simple_rnn",
                                        [HONE_RECURRENCE_LSTM] = "op_lstm",
                                        [HONE_RECURRENCE_GRU] = "op_gru",
                                        [HONE_RECURRENCE_GRU_RESET_BEFORE] = "op_gru_reset_before"};
    const hone_recurrence *family = step->args.family;
    const bool lstm = family->kind == HONE_RECURRENCE_LSTM;
    char activation[64], gate[64] = "";
    if (step->slots[9] >= 0)
        return hone_internal_c_fail_step(step);
    HONE_TRY(define_function(words, step, &family->activation, activation, sizeof activation));
    if (family->kind != HONE_RECURRENCE_SIMPLE)
        HONE_TRY(define_function(words, step, &family->recurrent, gate, sizeof gate));
    hone_internal_c_use(words, names[family->kind]);
    hone_internal_c_begin_call(words);
    hone_internal_text_format(&words->body, "%s(", names[family->kind]);
    for (int i = 0; i <= 8; i++) {
        if ((i == 1 && family->kind == HONE_RECURRENCE_SIMPLE) || (i == 7 && !lstm) ||
            (i == 5 && family->kind != HONE_RECURRENCE_GRU))
            continue;
        hone_internal_c_operand(words, step->slots[i]);
        hone_internal_text_append(&words->body, ", ");
    }
    hone_internal_text_format(&words->body, "%" PRId64 ", %" PRId64 ", %s_%s", family->steps, family->units,
                              words->prefix, activation);
    if (gate[0] != '\0')
        hone_internal_text_format(&words->body, ", %s_%s", words->prefix, gate);
    hone_internal_text_append(&words->body, ");\n");
    return HONE_OK;
}

static int64_t multiply_adds(const hone_c_step *step)
{
    const hone_recurrence *family = step->args.family;
    return family->steps * family->gates * family->units * family->units;
}

static const hone_c_form forms[] = {
    {.kernel = HONE_KERNEL_recurrence, .write = write, .multiply_adds = multiply_adds},
};

/* What only the walk itself reads lies in work space for as long. */
static hone_status rewrite(hone_c_program *program)
{
    for (int s = 0; s < program->step_count; s++)
        if (program->steps[s].kernel == HONE_KERNEL_recurrence)
            hone_internal_c_keep_results(program, &program->steps[s]);
    return HONE_OK;
}

HONE_C_FAMILY(recurrence, forms, rewrite);
