/* muon: m = momentum m + g; G = g + momentum m with nesterov, else m; X = G / norm(G), then ns_steps times
 * X = a X + (b A + c A A) X with A = X X^T, which brings the singular values near 1;
 * w -= rate rms_rate sqrt(longer side) X, or rate X without rms_rate. Vectors, embeddings and what is
 * excluded move by Adam. */
#include "base/text.h"
#include "optimizers/adam.h"

#ifndef _WIN32
#include <regex.h>
#endif

HONE_FIELD_TABLE(hone_muon_args, HONE_MUON_FIELDS);

#ifdef _WIN32
static int matches(const char *pattern, const char *path)
{
    (void)path;
    hone_fail(
        HONE_ERROR_UNSUPPORTED,
        "exclude_layers: \"%.100s\" needs the regular expressions of POSIX, which Windows does not have",
        pattern);
    return -1;
}
#else
/* What Python's classes of characters are in POSIX, within brackets and without. */
static const struct {
    char letter;
    const char *inside, *outside;
} character_classes[] = {{'d', "0-9", "[0-9]"},
                         {'D', NULL, "[^0-9]"},
                         {'w', "_[:alnum:]", "[_[:alnum:]]"},
                         {'W', NULL, "[^_[:alnum:]]"},
                         {'s', "[:space:]", "[[:space:]]"},
                         {'S', NULL, "[^[:space:]]"}};

/* What stands for "\\d"; NULL when it is not a class of characters, or none that brackets can hold. */
static const char *class_of(char letter, bool inside)
{
    for (size_t i = 0; i < sizeof character_classes / sizeof *character_classes; i++)
        if (character_classes[i].letter == letter)
            return inside ? character_classes[i].inside : character_classes[i].outside;
    return NULL;
}

/* A regular expression of Python's re as an extended one of POSIX. What POSIX lacks, as "(?:", it refuses. */
static void translate(const char *pattern, hone_text *posix)
{
    bool inside = false;
    for (const char *at = pattern; *at != '\0'; at++) {
        const char *characters = *at == '\\' ? class_of(at[1], inside) : NULL;
        if (characters != NULL) {
            hone_internal_text_append(posix, characters);
            at++;
            continue;
        }
        hone_internal_text_append_n(posix, at, 1);
        if (*at == '\\' && at[1] != '\0')
            hone_internal_text_append_n(posix, ++at, 1);
        else if (*at == '[' || *at == ']')
            inside = *at == '[';
    }
}

/* -1 and an error when a pattern is none. */
static int matches(const char *pattern, const char *path)
{
    hone_text posix = {0};
    regex_t compiled;
    translate(pattern, &posix);
    hone_internal_text_append(&posix, "");
    bool failed = posix.failed;
    int wrong = failed ? 0 : regcomp(&compiled, posix.data, REG_EXTENDED | REG_NOSUB);
    hone_internal_text_free(&posix);
    if (failed)
        return -1;
    if (wrong != 0) {
        hone_fail(HONE_ERROR_ARGUMENT, "exclude_layers: \"%.100s\" is not a valid regular expression",
                  pattern);
        return -1;
    }
    bool found = regexec(&compiled, path, 0, NULL, 0) == 0;
    regfree(&compiled);
    return found;
}
#endif

/* Whether "embedding" is in a path, in letters of any size. */
static bool names_embedding(const char *path)
{
    static const char word[] = "embedding";
    for (; *path != '\0'; path++) {
        size_t same = 0;
        while (word[same] != '\0' && (path[same] | 0x20) == word[same])
            same++;
        if (word[same] == '\0')
            return true;
    }
    return false;
}

/* 1, 0, or -1 with an error. */
static int moves_by_adam(const hone_muon_args *args, const hone_variable *variable)
{
    const char *path = variable->path != NULL ? variable->path : variable->name;
    if (variable->shape.rank != 2)
        return 1;
    int found = args->exclude_embeddings && names_embedding(path);
    for (size_t i = 0; i < args->exclude_layers_count && found == 0; i++)
        found = matches(args->exclude_layers_list[i], path);
    return found;
}

/* The presence of a velocity tells what moves by Adam. */
static hone_status build(hone_optimizer *optimizer)
{
    const hone_muon_args *args = hone_optimizer_args(optimizer);
    for (int i = 0; i < hone_optimizer_variable_count(optimizer); i++) {
        hone_variable *variable = hone_optimizer_variable(optimizer, i);
        int by_adam = moves_by_adam(args, variable);
        if (by_adam < 0 || hone_optimizer_add_slot(optimizer, i, "momentum", variable->shape, 0) == NULL)
            return hone_error_status();
        if (by_adam && hone_optimizer_add_slot(optimizer, i, "velocity", variable->shape, 0) == NULL)
            return hone_error_status();
    }
    return HONE_OK;
}

static double decay(const hone_optimizer *optimizer, int index)
{
    const hone_muon_args *args = hone_optimizer_args(optimizer);
    return hone_optimizer_slot(optimizer, index, 1) != NULL ? args->adam_weight_decay : args->weight_decay;
}

enum { RATE = 4 }; /* among the numbers, after Adam's */

static void numbers(const hone_optimizer *optimizer, int64_t t, double rate, double *numbers)
{
    const hone_muon_args *args = hone_optimizer_args(optimizer);
    hone_internal_adam_numbers(args->adam_beta_1, args->adam_beta_2, args->epsilon, t,
                               rate * args->adam_lr_ratio, numbers);
    numbers[RATE] = rate;
}

/* With G = U S V^T, near U V^T. The shorter side comes first, so that X X^T is small. */
static hone_value orthogonalize(const hone_muon_args *args, hone_graph *graph, hone_value g)
{
    bool tall = hone_value_size(graph, g, 0) > hone_value_size(graph, g, 1);
    static const int swapped[] = {1, 0};
    hone_value x = tall ? hone_op_transpose(graph, g, swapped) : g;
    hone_value norm = hone_op_sqrt(graph, hone_op_reduce(graph, "sum_squares", x, NULL, 0, false));
    x = hone_op_divide(graph, x, hone_op_affine(graph, norm, 1, 1e-7));
    for (int64_t i = 0; i < args->ns_steps; i++) {
        hone_value a = hone_op_matmul(graph, x, x, false, true);
        hone_value squared =
            hone_op_affine(graph, hone_op_matmul(graph, a, a, false, false), args->muon_c, 0);
        hone_value factor = hone_op_add(graph, hone_op_affine(graph, a, args->muon_b, 0), squared);
        hone_value higher = hone_op_matmul(graph, factor, x, false, false);
        x = hone_op_add(graph, hone_op_affine(graph, x, args->muon_a, 0), higher);
    }
    return tall ? hone_op_transpose(graph, x, swapped) : x;
}

static hone_status update_matrix(hone_optimizer *optimizer, hone_graph *graph, int index, hone_value gradient)
{
    const hone_muon_args *args = hone_optimizer_args(optimizer);
    hone_variable *variable = hone_optimizer_variable(optimizer, index),
                  *momentum = hone_optimizer_slot(optimizer, index, 0);
    hone_value old = hone_op_affine(graph, hone_graph_variable(graph, momentum), args->momentum, 0);
    hone_value m = hone_op_add(graph, old, gradient);
    hone_value g =
        args->nesterov ? hone_op_add(graph, gradient, hone_op_affine(graph, m, args->momentum, 0)) : m;
    int64_t rows = variable->shape.size[0], columns = variable->shape.size[1];
    double longer = (double)(rows > columns ? rows : columns);
    double scale = isnan(args->rms_rate) ? 1 : sqrt(longer) * args->rms_rate;
    hone_value x = hone_op_affine(graph, orthogonalize(args, graph, g), scale, 0);
    hone_value move = hone_op_multiply(graph, x, hone_optimizer_number(optimizer, graph, RATE));
    HONE_TRY(hone_op_assign(graph, momentum, m));
    return hone_op_assign(graph, variable,
                          hone_op_subtract(graph, hone_graph_variable(graph, variable), move));
}

static hone_status update(hone_optimizer *optimizer, hone_graph *graph, int index, hone_value gradient)
{
    if (hone_optimizer_slot(optimizer, index, 1) != NULL)
        return hone_optimizer_step(optimizer, graph, "adam", index, gradient);
    return update_matrix(optimizer, graph, index, gradient);
}

const hone_optimizer_type hone_internal_muon_optimizer = {
    .type = {.name = "muon",
             .class_name = "Muon",
             .since = 310,
             .module = "keras.optimizers",
             .summary = "Updates matrices by their orthogonalised momentum and all other weights by Adam.",
             HONE_TYPE_FIELDS(hone_muon_args)},
    .build = build,
    .numbers = numbers,
    .update = update,
    .decay = decay,
};
HONE_DEFINE_OPTIMIZER(muon)
