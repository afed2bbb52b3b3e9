/* Template: a plain transposition, in blocks that keep to a few cache lines. Gives the function
 * `transpose`. */
static void transpose(int64_t rows, int64_t columns, const float *from, int64_t ld_from, float *to,
                      int64_t ld_to)
{
    enum { SIDE = 16 };
    for (int64_t row = 0; row < rows; row += SIDE) {
        int64_t row_end = row + SIDE < rows ? row + SIDE : rows;
        for (int64_t j = 0; j < columns; j++)
            for (int64_t i = row; i < row_end; i++)
                to[j * ld_to + i] = from[i * ld_from + j];
    }
}
