/* How each kernel is said in C: element-wise work and reductions from the expressions of the kernel lists,
 * movement as loops, the rest by the table of c_functions.c. */
#include "csource/words.h"
#include "csource/functions.h"
#include "kernels/movement.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct expression {
    hone_kernel_index kernel;
    const char *name, *text;
} expression;

static const expression unary[] = {
#define HONE_UNARY(name, needs, forward, derivative) {HONE_KERNEL_##name, #name, #forward},
#include "kernels/unary.def"
};
static const expression binary[] = {
#define HONE_BINARY(name, ...) {HONE_KERNEL_##name, #name, #__VA_ARGS__},
#include "kernels/binary.def"
};
typedef struct reduction {
    hone_kernel_index kernel;
    const char *name, *start, *step, *finish;
} reduction;
static const reduction reductions[] = {
#define HONE_REDUCTION(name, start, step, finish) {HONE_KERNEL_reduce_##name, #name, #start, #step, #finish},
#include "kernels/reduction.def"
};
enum {
    UNARY = sizeof unary / sizeof *unary,
    BINARY = sizeof binary / sizeof *binary,
    REDUCTIONS = sizeof reductions / sizeof *reductions
};

static const expression *find(const expression *table, int count, hone_kernel_index kernel)
{
    for (int i = 0; i < count; i++)
        if (table[i].kernel == kernel)
            return &table[i];
    return NULL;
}

static hone_status fail_step(const hone_c_step *step)
{
    return hone_fail(HONE_ERROR_UNSUPPORTED,
                     "the layer \"%s\" needs the operation \"%s\", which C source cannot say", step->scope,
                     hone_internal_kernel_name(step->kernel));
}

/* ---- operands ---- */

static void write_operand(hone_c_words *words, int slot)
{
    if (slot < 0) {
        hone_internal_text_append(&words->body, "NULL");
        return;
    }
    const hone_c_slot *slots = words->program->slots;
    while (slots[slot].into >= 0)
        slot = slots[slot].into;
    if (words->names[slot] != NULL)
        hone_internal_text_append(&words->body, words->names[slot]);
    else if (slots[slot].offset > 0)
        hone_internal_text_format(&words->body, "work + %" PRId64, slots[slot].offset);
    else
        hone_internal_text_append(&words->body, "work");
}

static void write_number(hone_c_words *words, double number)
{
    char text[40];
    hone_internal_c_number((float)number, text, sizeof text);
    hone_internal_text_append(&words->body, text);
}

static void begin_call(hone_c_words *words)
{
    hone_internal_text_format(&words->body, "    %s_", words->prefix);
    words->calls++;
}

/* ---- calls by a pattern ---- */

static void write_call(hone_c_words *words, const hone_c_step *step, const char *pattern)
{
    int64_t numbers[HONE_C_NUMBERS] = {0};
    if (step->kind == HONE_C_KERNEL)
        hone_internal_c_numbers(step->kernel, &step->args, numbers);
    else
        memcpy(numbers, step->args.size, sizeof step->args.size);
    begin_call(words);
    for (const char *at = pattern; *at != '\0';) {
        size_t plain = strcspn(at, "$&#%");
        hone_internal_text_append_n(&words->body, at, plain);
        at += plain;
        if (*at == '\0')
            break;
        char what = *at++;
        bool items = *at == 'n';
        int index = atoi(at);
        at += items ? 1 : strspn(at, "0123456789");
        if (what == '$')
            write_operand(words, step->slots[index]);
        else if (what == '#')
            hone_internal_text_format(&words->body, "%" PRId64, items ? step->items : numbers[index]);
        else if (what == '%')
            write_number(words, step->args.scalar[index]);
        else
            hone_internal_text_format(&words->body, "%s_scale", words->names[step->slots[index]]);
    }
    hone_internal_text_append(&words->body, ";\n");
}

static const hone_c_function *function_of(hone_kernel_index kernel)
{
    for (int i = 0; i < hone_internal_c_function_count; i++)
        if (hone_internal_c_functions[i].kernel == (int)kernel)
            return &hone_internal_c_functions[i];
    return NULL;
}

static void call_own(hone_c_words *words, const hone_c_step *step, int own)
{
    words->own[own] = true;
    write_call(words, step, hone_internal_c_own_functions[own].call);
}

/* ---- loops over a result in order, with strides of the operands ---- */

/* Axes of size 1 go, and neighbours that both operands walk as one become one. */
static hone_strides collapse(const hone_strides *strides)
{
    hone_strides less = {.offset = strides->offset};
    for (int axis = 0; axis < strides->rank; axis++) {
        if (strides->dims[axis] == 1)
            continue;
        int last = less.rank - 1;
        int64_t size = strides->dims[axis], a = strides->a[axis], b = strides->b[axis];
        if (last >= 0 && less.a[last] == a * size && less.b[last] == b * size) {
            less.dims[last] *= size;
            less.a[last] = a;
            less.b[last] = b;
            continue;
        }
        less.dims[less.rank] = size;
        less.a[less.rank] = a;
        less.b[less.rank++] = b;
    }
    return less;
}

/* `statements`: several stand within, in braces. */
static void begin_loops(hone_c_words *words, const hone_strides *walk, bool statements)
{
    hone_text *body = &words->body;
    if (walk->rank > 0)
        hone_internal_text_append(body, "        int32_t i0");
    for (int axis = 1; axis < walk->rank; axis++)
        hone_internal_text_format(body, ", i%d", axis);
    if (walk->rank > 0)
        hone_internal_text_append(body, ";\n");
    for (int axis = 0; axis < walk->rank; axis++)
        hone_internal_text_format(body, "        %*sfor (i%d = 0; i%d < %" PRId64 "; i%d++)%s\n", 4 * axis,
                                  "", axis, axis, walk->dims[axis], axis,
                                  axis + 1 == walk->rank && statements ? " {" : "");
    hone_internal_text_format(body, "        %*s%s", 4 * walk->rank, "",
                              walk->rank == 0 && statements ? "{\n            " : "");
    words->calls += 2;
}

/* "a[i0 * 3 + i1 + 5]" */
static void write_element(hone_text *body, const char *name, int64_t offset, const hone_strides *walk,
                          const int64_t *strides)
{
    bool begun = false;
    hone_internal_text_format(body, "%s[", name);
    for (int axis = 0; axis < walk->rank; axis++) {
        if (strides[axis] == 0)
            continue;
        const char *sign = strides[axis] < 0 ? (begun ? " - " : "-") : begun ? " + " : "";
        hone_internal_text_format(body, "%si%d", sign, axis);
        if (strides[axis] != 1 && strides[axis] != -1)
            hone_internal_text_format(body, " * %" PRId64,
                                      strides[axis] < 0 ? -strides[axis] : strides[axis]);
        begun = true;
    }
    if (!begun || offset != 0)
        hone_internal_text_format(body, "%s%" PRId64, begun ? " + " : "", offset);
    hone_internal_text_append(body, "]");
}

static void begin_block(hone_c_words *words, int result, int x, int y)
{
    hone_text *body = &words->body;
    hone_internal_text_append(body, "    {\n        float *to = ");
    write_operand(words, result);
    hone_internal_text_append(body, ";\n        const float *const a = ");
    write_operand(words, x);
    if (y >= 0) {
        hone_internal_text_append(body, ", *const b = ");
        write_operand(words, y);
    }
    hone_internal_text_append(body, ";\n");
}

static void write_walk(hone_c_words *words, const hone_c_step *step)
{
    hone_strides walk = collapse(step->args.family);
    begin_block(words, step->slots[0], step->slots[1], -1);
    begin_loops(words, &walk, false);
    hone_internal_text_append(&words->body, "*to++ = ");
    write_element(&words->body, "a", walk.offset, &walk, walk.a);
    hone_internal_text_append(&words->body, ";\n    }\n");
}

/* The outside first, then x into the inside. */
static void write_pad(hone_c_words *words, const hone_c_step *step)
{
    const hone_strides *pad = step->args.family;
    hone_strides walk = {.rank = pad->rank};
    int64_t stride = 1, begin = 0, from = 1;
    for (int axis = pad->rank - 1; axis >= 0; axis--) {
        walk.dims[axis] = pad->a[axis];
        walk.a[axis] = stride;
        walk.b[axis] = from;
        begin += pad->b[axis] * stride;
        stride *= pad->dims[axis];
        from *= pad->a[axis];
    }
    words->kernels[HONE_KERNEL_fill] = true;
    write_call(words, step, function_of(HONE_KERNEL_fill)->call);
    walk = collapse(&walk);
    begin_block(words, step->slots[0], step->slots[1], -1);
    begin_loops(words, &walk, false);
    write_element(&words->body, "to", begin, &walk, walk.a);
    hone_internal_text_append(&words->body, " = ");
    write_element(&words->body, "a", 0, &walk, walk.b);
    hone_internal_text_append(&words->body, ";\n    }\n");
}

static void write_concatenate(hone_c_words *words, const hone_c_step *step)
{
    const hone_concatenation *joined = step->args.family;
    int64_t begin = 0;
    for (int i = 0; i < joined->count; begin += joined->width[i], i++) {
        begin_call(words);
        hone_internal_text_append(&words->body, "op_copy_rows(");
        write_operand(words, step->slots[0]);
        if (begin > 0)
            hone_internal_text_format(&words->body, " + %" PRId64, begin);
        hone_internal_text_format(&words->body, ", %" PRId64 ", ", joined->total);
        write_operand(words, step->slots[1 + i]);
        hone_internal_text_format(&words->body, ", %" PRId64 ", %" PRId64 ");\n", joined->width[i],
                                  joined->rows);
    }
    words->kernels[HONE_KERNEL_concatenate] = true;
}

/* ---- formulas ---- */

/* Both operands lie as the result does. */
static bool is_flat(const hone_strides *strides)
{
    hone_strides walk = collapse(strides);
    return walk.offset == 0 && walk.rank <= 1 && walk.a[0] == walk.b[0] && walk.a[0] == (walk.rank == 1);
}

static bool write_broadcast(hone_c_words *words, const hone_c_step *step, const expression *formula)
{
    hone_strides walk = collapse(step->args.family);
    begin_block(words, step->slots[0], step->slots[1], step->slots[2]);
    begin_loops(words, &walk, true);
    hone_internal_text_append(&words->body, "const float x = ");
    write_element(&words->body, "a", walk.offset, &walk, walk.a);
    hone_internal_text_append(&words->body, ", y = ");
    write_element(&words->body, "b", 0, &walk, walk.b);
    int indent = walk.rank > 0 ? 4 * walk.rank : 4;
    hone_internal_text_format(&words->body, ";\n        %*s*to++ = (float)(", indent, "");
    bool known = hone_internal_c_formula(words, formula->text, &words->body);
    hone_internal_text_format(&words->body, ");\n        %*s}\n    }\n", indent - 4, "");
    return known;
}

static void call_unary(hone_c_words *words, const hone_c_step *step, const expression *formula)
{
    begin_call(words);
    hone_internal_text_format(&words->body, "op_%s(", formula->name);
    write_operand(words, step->slots[0]);
    hone_internal_text_append(&words->body, ", ");
    write_operand(words, step->slots[1]);
    hone_internal_text_format(&words->body, ", %" PRId64, step->items);
    for (int i = 0; i < 4; i++)
        if (hone_internal_c_formula_uses(formula->text, (char)('a' + i))) {
            hone_internal_text_append(&words->body, ", ");
            write_number(words, step->args.scalar[i]);
        }
    hone_internal_text_append(&words->body, ");\n");
}

static bool is_reduction(hone_kernel_index kernel)
{
    for (int i = 0; i < REDUCTIONS; i++)
        if (reductions[i].kernel == kernel)
            return true;
    return false;
}

/* The function of a formula, into `text`; false when a word of it is not known. */
static bool write_unary(hone_c_words *words, const expression *formula, hone_text *text)
{
    hone_internal_text_format(text, "static void %s_op_%s(float *result, const float *operand, int32_t count",
                              words->prefix, formula->name);
    for (char parameter = 'a'; parameter <= 'd'; parameter++)
        if (hone_internal_c_formula_uses(formula->text, parameter))
            hone_internal_text_format(text, ", float %c", parameter);
    hone_internal_text_append(text, ")\n{\n    int32_t i;\n    for (i = 0; i < count; i++) {\n"
                                    "        const float x = operand[i];\n        result[i] = (float)(");
    bool known = hone_internal_c_formula(words, formula->text, text);
    hone_internal_text_append(text, ");\n    }\n}\n\n");
    return known;
}

static bool write_binary(hone_c_words *words, const expression *formula, hone_text *text)
{
    hone_internal_text_format(
        text,
        "static void %s_op_%s(float *result, const float *first, const float *second, "
        "int32_t count)\n{\n    int32_t i;\n    for (i = 0; i < count; i++) {\n"
        "        const float x = first[i], y = second[i];\n        result[i] = (float)(",
        words->prefix, formula->name);
    bool known = hone_internal_c_formula(words, formula->text, text);
    hone_internal_text_append(text, ");\n    }\n}\n\n");
    return known;
}

static bool write_reduction(hone_c_words *words, const reduction *formula, hone_text *text)
{
    hone_internal_text_format(
        text,
        "static void %s_op_reduce_%s(float *result, const float *operand, int32_t outer, "
        "int32_t axis,\n    int32_t inner)\n{\n    int32_t o, i, j;\n",
        words->prefix, formula->name);
    if (hone_internal_c_formula_uses(formula->finish, 'n'))
        hone_internal_text_append(text, "    const float n = (float)axis;\n");
    hone_internal_text_append(text, "    for (o = 0; o < outer; o++, operand += axis * inner)\n"
                                    "        for (i = 0; i < inner; i++) {\n            float r = ");
    bool known = hone_internal_c_formula(words, formula->start, text);
    hone_internal_text_append(text, ";\n            for (j = 0; j < axis; j++) {\n"
                                    "                const float x = operand[i + j * inner];\n"
                                    "                r = ");
    known = hone_internal_c_formula(words, formula->step, text) && known;
    hone_internal_text_append(text, ";\n            }\n            *result++ = ");
    known = hone_internal_c_formula(words, formula->finish, text) && known;
    hone_internal_text_append(text, ";\n        }\n}\n\n");
    return known;
}

/* Notes the helpers of a formula, and that all its words are known. */
static hone_status check_formula(hone_c_words *words, const hone_c_step *step)
{
    hone_text text = {.data = NULL};
    const expression *one = find(unary, UNARY, step->kernel), *two = find(binary, BINARY, step->kernel);
    bool known =
        one != NULL ? write_unary(words, one, &text) : two != NULL && write_binary(words, two, &text);
    for (int i = 0; i < REDUCTIONS; i++)
        if (reductions[i].kernel == step->kernel)
            known = write_reduction(words, &reductions[i], &text);
    bool failed = text.failed;
    hone_internal_text_free(&text);
    return failed ? HONE_ERROR_MEMORY : known ? HONE_OK : fail_step(step);
}

/* ---- steps ---- */

static hone_status write_kernel(hone_c_words *words, const hone_c_step *step)
{
    const expression *one = find(unary, UNARY, step->kernel), *two = find(binary, BINARY, step->kernel);
    const hone_c_function *function = function_of(step->kernel);
    if (two != NULL && step->args.family != NULL && !is_flat(step->args.family))
        return write_broadcast(words, step, two) ? HONE_OK : fail_step(step);
    words->kernels[step->kernel] = true;
    if (one != NULL || two != NULL || is_reduction(step->kernel))
        HONE_TRY(check_formula(words, step));
    if (one != NULL) {
        call_unary(words, step, one);
    } else if (two != NULL || is_reduction(step->kernel)) {
        char call[100];
        snprintf(call, sizeof call, two != NULL ? "op_%s($0, $1, $2, #n)" : "op_%s($0, $1, #0, #1, #2)",
                 hone_internal_kernel_name(step->kernel));
        write_call(words, step, call);
    } else if (step->kernel == HONE_KERNEL_strided_copy) {
        write_walk(words, step);
    } else if (step->kernel == HONE_KERNEL_pad) {
        write_pad(words, step);
    } else if (step->kernel == HONE_KERNEL_concatenate) {
        write_concatenate(words, step);
    } else if (function != NULL) {
        write_call(words, step, function->call);
    } else {
        return fail_step(step);
    }
    return HONE_OK;
}

static bool has_bytes(const hone_c_words *words, int slot)
{
    return slot >= 0 && words->program->slots[slot].rows > 0;
}

hone_status hone_internal_c_words_step(hone_c_words *words, const hone_c_step *step)
{
    if (step->kind == HONE_C_DENSE)
        call_own(words, step, has_bytes(words, step->slots[2]) ? HONE_C_OWN_DENSE_INT8 : HONE_C_OWN_DENSE);
    else if (step->kind == HONE_C_SCALE)
        call_own(words, step, HONE_C_OWN_SCALE);
    else if (step->kernel == HONE_KERNEL_gather_rows && has_bytes(words, step->slots[1]))
        call_own(words, step, HONE_C_OWN_GATHER_INT8);
    else
        return write_kernel(words, step);
    return HONE_OK;
}

void hone_internal_c_words_functions(hone_c_words *words, hone_text *text)
{
    hone_internal_c_formula_functions(words, text);
    for (int i = 0; i < UNARY; i++)
        if (words->kernels[unary[i].kernel])
            write_unary(words, &unary[i], text), words->functions++;
    for (int i = 0; i < BINARY; i++)
        if (words->kernels[binary[i].kernel])
            write_binary(words, &binary[i], text), words->functions++;
    for (int i = 0; i < REDUCTIONS; i++)
        if (words->kernels[reductions[i].kernel])
            write_reduction(words, &reductions[i], text), words->functions++;
    for (int i = 0; i < hone_internal_c_function_count; i++)
        if (words->kernels[hone_internal_c_functions[i].kernel]) {
            hone_internal_c_with_prefix(words, hone_internal_c_functions[i].source, text);
            hone_internal_text_append(text, "\n");
            words->functions++;
        }
    for (int i = 0; i < hone_internal_c_own_function_count; i++)
        if (words->own[i]) {
            hone_internal_c_with_prefix(words, hone_internal_c_own_functions[i].source, text);
            hone_internal_text_append(text, "\n");
            words->functions++;
        }
}
