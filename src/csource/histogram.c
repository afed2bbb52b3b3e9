/* Histograms in C source: operand 2 is work space for their counts. (Equalization of whole images acts in
 * training only.) */
#include "csource/fold.h"
#include "kernels/histogram.h"

#include <inttypes.h>

enum { LEVELS = 256 };

static hone_status write_tiles(hone_c_words *words, const hone_c_step *step)
{
    const hone_tile_grid *g = step->args.family;
    const int64_t numbers[] = {g->h, g->w, g->channels, g->rows, g->columns, g->tile_h, g->tile_w};
    hone_text *body = &words->body;
    hone_internal_text_append(body, "    {\n        static const int32_t grid[] = {");
    for (int i = 0; i < 7; i++)
        hone_internal_text_format(body, "%s%" PRId64, i > 0 ? ", " : "", numbers[i]);
    hone_internal_text_append(body, "};\n    ");
    hone_internal_c_call(words, step, "op_equalize_tiles($0, $1, $2, grid, #0, %1)");
    hone_internal_text_append(body, "    }\n");
    return HONE_OK;
}

/* scalar[1]: the limit of counts, in floats as the kernel has it; size[0]: samples */
static hone_status rewrite(hone_c_program *program)
{
    for (int s = 0; s < program->step_count; s++) {
        hone_c_step *step = &program->steps[s];
        const hone_tile_grid *g = step->args.family;
        if (step->kernel != HONE_KERNEL_equalize_tiles)
            continue;
        HONE_TRY(hone_internal_c_add_room(program, step, 2, g->rows * g->columns * LEVELS)); /* counts */
        step->args.size[0] = step->items / g->channels;
        step->args.scalar[1] =
            (float)(step->args.scalar[0] * (double)(float)(g->tile_h * g->tile_w) / LEVELS);
    }
    return HONE_OK;
}

static const hone_c_form forms[] = {
    {.kernel = HONE_KERNEL_equalize_tiles, .write = write_tiles},
};
HONE_C_FAMILY(histogram, forms, rewrite);
