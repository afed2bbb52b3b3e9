/* Filling steps: operands and the tiles of element-wise work. */
#include "plan/step.h"

#include <string.h>

enum { ELEMENTWISE_GRAIN = 4096 }; /* elements of a tile: 16 KiB of floats, a fraction of the first cache */

void hone_internal_step_operands(hone_step *step, const hone_node *node)
{
    int next = 0;
    for (int i = 0; i < node->output_count; i++) {
        step->written |= 1u << next;
        step->operands[next++] = node->outputs[i];
    }
    for (int i = 0; i < node->input_count && next < HONE_STEP_OPERANDS; i++)
        step->operands[next++] = node->inputs[i];
    while (next < HONE_STEP_OPERANDS)
        step->operands[next++] = HONE_NO_VALUE;
}

void hone_internal_step_elementwise(hone_step *step, hone_kernel_index kernel, int64_t count)
{
    step->kernel = kernel;
    step->items = count;
    step->grain = ELEMENTWISE_GRAIN;
}

void *hone_internal_step_family(hone_step *step, size_t bytes)
{
    void *family = hone_internal_arena_allocate(step->arena, bytes);
    step->args.family = step->family = family;
    return family;
}

void hone_internal_step_tiles(hone_step *step, hone_kernel_index kernel, void *family)
{
    hone_tiles tiles = step->kernels->tiling[kernel](family);
    step->kernel = kernel;
    step->items = tiles.count;
    step->grain = 1;
    step->scratch = tiles.scratch;
}

void hone_internal_step_tile_anew(hone_step *step)
{
    hone_internal_step_tiles(step, step->kernel, step->family);
}
