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

#ifdef TRANSPOSE_SIDE
/* The same where `transpose_block` turns TRANSPOSE_SIDE x TRANSPOSE_SIDE numbers in registers. */
static void transpose_in_blocks(int64_t rows, int64_t columns, const float *from, int64_t ld_from, float *to,
                                int64_t ld_to)
{
    enum { SIDE = TRANSPOSE_SIDE };
    const int64_t whole_rows = rows / SIDE * SIDE, whole_columns = columns / SIDE * SIDE;
    for (int64_t i = 0; i < whole_rows; i += SIDE)
        for (int64_t j = 0; j < whole_columns; j += SIDE)
            transpose_block(from + i * ld_from + j, ld_from, to + j * ld_to + i, ld_to);
    transpose(whole_rows, columns - whole_columns, from + whole_columns, ld_from, to + whole_columns * ld_to,
              ld_to);
    transpose(rows - whole_rows, columns, from + whole_rows * ld_from, ld_from, to + whole_rows, ld_to);
}
#endif
