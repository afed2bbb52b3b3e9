/* orthogonal: the Q of a normal matrix's QR, so that rows or columns (the fewer) are orthogonal and of
 * length gain. */
#include "base/memory.h"
#include "initializers/initializers.h"

#define ORTHOGONAL_FIELDS(F, A) \
    F(A, NUMBER, gain, 1.0, "factor of the orthogonal matrix") \
    F(A, INTEGER, seed, HONE_NONE_INTEGER, "random seed (default: from the model's seed)")
HONE_ARGS_STRUCT(orthogonal_args, ORTHOGONAL_FIELDS);
HONE_FIELD_TABLE(orthogonal_args, ORTHOGONAL_FIELDS);

static double dot(const double *a, const double *b, int64_t length)
{
    double sum = 0;
    for (int64_t i = 0; i < length; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Takes out of vector `index` its parts along those before it. */
static void project(double *vectors, int64_t length, int64_t index)
{
    double *vector = vectors + index * length;
    for (int64_t j = 0; j < index; j++) {
        const double *known = vectors + j * length;
        double share = dot(vector, known, length);
        for (int64_t i = 0; i < length; i++)
            vector[i] -= share * known[i];
    }
}

/* Gram and Schmidt's way, modified, and twice: "twice is enough" (Giraud and others 2005) for orthogonality
 * to rounding. It is the QR with a positive diagonal in R, which makes all orthogonal matrices equally
 * likely. */
static void orthonormalize(double *vectors, int64_t count, int64_t length)
{
    for (int64_t i = 0; i < count; i++) {
        project(vectors, length, i);
        project(vectors, length, i);
        double *vector = vectors + i * length, norm = sqrt(dot(vector, vector, length));
        for (int64_t k = 0; norm > 0 && k < length; k++)
            vector[k] /= norm;
    }
}

/* `vectors` are the columns of the weight as a matrix [rows, columns], or its rows when these are fewer. */
static void store(const hone_fill *fill, const double *vectors, int64_t rows, int64_t columns, double gain)
{
    for (int64_t row = 0; row < rows; row++)
        for (int64_t column = 0; column < columns; column++) {
            int64_t from = rows >= columns ? column * rows + row : row * columns + column;
            fill->data[row * columns + column] = (float)(gain * vectors[from]);
        }
}

static hone_status fill_orthogonal(const hone_fill *fill, const void *opaque)
{
    const orthogonal_args *args = opaque;
    if (fill->shape.rank < 2)
        return hone_fail(HONE_ERROR_SHAPE, "orthogonal: expected weights with at least 2 axes, received %d",
                         fill->shape.rank);
    int64_t columns = fill->shape.size[fill->shape.rank - 1], rows = columns > 0 ? fill->count / columns : 0;
    int64_t count = rows < columns ? rows : columns, length = rows < columns ? columns : rows;
    if (fill->count == 0)
        return HONE_OK;
    double *vectors = hone_internal_allocate(sizeof *vectors * (size_t)fill->count);
    if (vectors == NULL)
        return HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < fill->count; i++)
        vectors[i] = hone_fill_normal(fill, i);
    orthonormalize(vectors, count, length);
    store(fill, vectors, rows, columns, args->gain);
    hone_internal_free(vectors);
    return HONE_OK;
}

const hone_initializer_type hone_internal_orthogonal_initializer = {
    .type = {.name = "orthogonal",
             .class_name = "Orthogonal",
             .module = "keras.initializers",
             .aliases = "OrthogonalInitializer",
             .renamed = 307,
             .old_class = "OrthogonalInitializer",
             .summary = "A matrix with orthogonal rows or columns; for recurrent kernels (Saxe and others "
                        "2013).",
             HONE_TYPE_FIELDS(orthogonal_args)},
    .fill = fill_orthogonal,
};
