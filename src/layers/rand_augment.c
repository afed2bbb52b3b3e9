/* rand_augment: transformations drawn for each batch, one after another. aug_mix: y = m x + (1 - m) sum_i w_i
 * chain_i(x), w ~ Dirichlet(a), m ~ Beta(a, a). All of them are recorded and one is chosen, so that a plan
 * serves every draw; each use draws its own numbers. */
#include "layers/images.h"
#include "ops/random.h"

#include <math.h>

typedef struct strength {
    hone_range factor, values;
    const char *interpolation;
} strength;

typedef hone_value transformation(hone_graph *graph, hone_value x, const strength *s);

#define SAMPLING(s) (&(hone_sampling){(s)->interpolation, "reflect", 0})

static hone_value shear(hone_graph *graph, hone_value x, const strength *s)
{
    return hone_internal_image_shear(graph, x, s->factor, s->factor, SAMPLING(s));
}
static hone_value translate(hone_graph *graph, hone_value x, const strength *s)
{
    return hone_internal_image_translate(graph, x, s->factor, s->factor, SAMPLING(s));
}
static hone_value rotate(hone_graph *graph, hone_value x, const strength *s)
{
    return hone_internal_image_rotate(graph, x, s->factor, SAMPLING(s));
}
static hone_value posterize(hone_graph *graph, hone_value x, const strength *s)
{
    const double bits = floor(8 * s->factor.high);
    return hone_internal_image_posterize(graph, x, (hone_range){1, bits < 1 ? 1 : bits}, s->values);
}
static hone_value solarize(hone_graph *graph, hone_value x, const strength *s)
{
    return hone_internal_image_solarize(graph, x, s->factor, s->factor, s->values);
}
static hone_value stretch(hone_graph *graph, hone_value x, const strength *s)
{
    return hone_internal_image_auto_contrast(graph, x, s->values);
}
static hone_value equalize(hone_graph *graph, hone_value x, const strength *s)
{
    return hone_internal_image_equalize(graph, x, s->values, 256);
}
static hone_value brighten(hone_graph *graph, hone_value x, const strength *s)
{
    return hone_internal_image_brighten(graph, x, s->factor, s->values);
}
static hone_value degenerate(hone_graph *graph, hone_value x, const strength *s)
{
    return hone_internal_image_degenerate(graph, x, s->factor, s->values);
}
static hone_value contrast(hone_graph *graph, hone_value x, const strength *s)
{
    return hone_internal_image_contrast(graph, x, s->factor, s->values);
}
static hone_value sharpen(hone_graph *graph, hone_value x, const strength *s)
{
    return hone_internal_image_sharpen(graph, x, s->factor, s->values);
}

static transformation *const transformations[] = {shear,      translate, rotate,   posterize,
                                                  solarize,   stretch,   equalize, brighten,
                                                  degenerate, contrast,  sharpen};
enum { ALL = sizeof transformations / sizeof *transformations, WITHOUT_COLOURS = 7 };

/* One of the first `count`, or for the last of `draws` equal chances none. */
static hone_value one_of(hone_graph *graph, hone_value x, const strength *s, int count, int draws)
{
    const hone_value draw = hone_op_random_uniform(graph, HONE_SHAPE(1, 1, 1, 1), 0, draws, "choice"),
                     chosen = hone_op_unary(graph, "floor", draw, (hone_parameters){0});
    hone_value y = x;
    for (int i = 0; i < count; i++) {
        const hone_value is = hone_op_unary(graph, "equal_scalar", chosen, (hone_parameters){.a = i});
        y = hone_op_select(graph, is, transformations[i](graph, x, s), y);
    }
    return y;
}

static hone_value augment(hone_graph *graph, hone_value x, const hone_rand_augment_args *args)
{
    const strength s = {hone_internal_image_ends(&args->factor), hone_internal_image_ends(&args->value_range),
                        args->interpolation};
    for (int64_t i = 0; x >= 0 && i < args->num_ops; i++)
        x = one_of(graph, x, &s, ALL, ALL);
    return x;
}

static hone_value mix(hone_graph *graph, hone_value x, const hone_aug_mix_args *args)
{
    const strength s = {hone_internal_image_ends(&args->factor), hone_internal_image_ends(&args->value_range),
                        args->interpolation};
    const int count = args->all_ops ? ALL : WITHOUT_COLOURS;
    const hone_value alpha = hone_graph_filled(graph, HONE_SHAPE(1), args->alpha);
    const hone_value shares = hone_op_softmax(
        graph, hone_internal_op_random_log_gamma(graph, HONE_SHAPE(1, args->num_chains), alpha, "shares"), 1);
    hone_value sum = HONE_NO_VALUE;
    for (int64_t chain = 0; x >= 0 && chain < args->num_chains; chain++) {
        hone_value y = x;
        for (int64_t i = 0; i < args->chain_depth; i++)
            y = one_of(graph, y, &s, count, count + 1);
        const hone_value share =
            hone_op_reshape(graph, hone_op_slice(graph, shares, 1, chain, chain + 1), HONE_SHAPE(1, 1, 1, 1));
        y = hone_op_multiply(graph, y, share);
        sum = chain == 0 ? y : hone_op_add(graph, sum, y);
    }
    const hone_value kept = hone_internal_image_beta(graph, HONE_SHAPE(1, 1, 1, 1), alpha);
    const hone_value y =
        hone_op_add(graph, sum, hone_op_multiply(graph, kept, hone_op_subtract(graph, x, sum)));
    return hone_op_clip(graph, y, s.values.low, s.values.high);
}

HONE_IMAGE_LAYER(rand_augment, "RandAugment", HONE_RAND_AUGMENT_FIELDS, augment, 1,
                 "Transforms images by operations drawn for each batch during training.")
HONE_IMAGE_LAYER(aug_mix, "AugMix", HONE_AUG_MIX_FIELDS, mix, 1,
                 "Mixes images with chains of transformations of them during training.")
