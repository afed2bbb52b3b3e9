/* Sums over parts of the rows in AVX-512. */
#include "kernels/x86/channels_avx512.h"

/* statement with `vectors` a constant: as many as a block of so many channels has. */
#define WITH_VECTORS_OF(channels, statement) \
    do { \
        if ((channels) <= LANES) { \
            enum { vectors = 1 }; \
            statement; \
        } else if ((channels) <= 2 * LANES) { \
            enum { vectors = 2 }; \
            statement; \
        } else { \
            enum { vectors = VECTORS }; \
            statement; \
        } \
    } while (0)

INLINE void find_moments(const channel_block *block, int vectors, const float *x, float *moments)
{
    sums mean[VECTORS], squares[VECTORS];
    __m512 centre[VECTORS];
    find_means(block, vectors, x, mean);
    EACH_VECTOR centre[j] = to_float(mean[j]);
    find_squares(block, vectors, x, centre, squares);
    EACH_VECTOR
    {
        store(block, j, moments, centre[j]);
        store(block, j, moments + block->channels, to_float(squares[j]));
    }
}

INLINE void find_part_slopes(const channel_block *block, int vectors, const float *x, const float *dy,
                             const float *means, float *slopes)
{
    sums sum[VECTORS], product[VECTORS];
    __m512 mean[VECTORS];
    EACH_VECTOR mean[j] = load(block, j, means);
    find_slopes(block, vectors, x, dy, mean, sum, product);
    EACH_VECTOR
    {
        store(block, j, slopes, to_float(sum[j]));
        store(block, j, slopes + block->channels, to_float(product[j]));
    }
}

/* Channels first ... of part `part`. */
static channel_block block_of_part(const hone_kernel_args *args, int64_t part, int64_t first)
{
    const int64_t left = args->size[0] - part * args->size[2];
    return block_at(left < args->size[2] ? left : args->size[2], args->size[1], first, args->size[1]);
}

static void batch_moments(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const int64_t channels = args->size[1];
    (void)scratch;
    for (int64_t part = begin; part < end; part++) {
        const float *x = (const float *)args->data[1] + part * args->size[2] * channels;
        float *moments = (float *)args->data[0] + 2 * part * channels;
        for (int64_t first = 0; first < channels; first += LANES * VECTORS) {
            const channel_block block = block_of_part(args, part, first);
            WITH_VECTORS_OF(channels - first, find_moments(&block, vectors, x, moments));
        }
    }
}

static void batch_slopes(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const int64_t channels = args->size[1];
    (void)scratch;
    for (int64_t part = begin; part < end; part++) {
        const int64_t start = part * args->size[2] * channels;
        const float *x = (const float *)args->data[1] + start, *dy = (const float *)args->data[2] + start;
        float *slopes = (float *)args->data[0] + 2 * part * channels;
        for (int64_t first = 0; first < channels; first += LANES * VECTORS) {
            const channel_block block = block_of_part(args, part, first);
            WITH_VECTORS_OF(channels - first,
                            find_part_slopes(&block, vectors, x, dy, args->data[3], slopes));
        }
    }
}

void hone_internal_moments_overlay_avx512(hone_kernels *table)
{
    table->kernel[HONE_KERNEL_batch_moments] = batch_moments;
    table->kernel[HONE_KERNEL_batch_slopes] = batch_slopes;
}
