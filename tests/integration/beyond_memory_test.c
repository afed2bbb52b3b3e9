/* A set of files larger than memory, trained on in blocks: each row is seen once an epoch, and memory stays
 * flat. The files are sparse, so that they need no disk: 100 GB in make test-full, 64 MB otherwise. */
#include "testing/files.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <sys/resource.h>
#include <sys/wait.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

/* Rows of a file, numbers of a row; blocks and windows of the shuffle, in rows. */
typedef struct scale {
    int files, rows, width, block, window, epochs;
} scale;

enum { ALLOWED = 24 << 10, FLOAT_BYTES = 4 }; /* kilobytes beside two batches that are made ahead */

static scale chosen(void)
{
    return getenv("HONE_TEST_FULL") != NULL ? (scale){48, 8192, 65536, 64, 1024, 1}
                                            : (scale){4, 256, 16384, 16, 64, 2};
}

/* An array (rows, width), or (rows) for a width of 0, of zeros that are not on the disk. */
static FILE *write_header(const char *name, const char *type, int rows, int width, size_t size)
{
    char header[129], shape[40];
    FILE *file = fopen(testing_path(name), "wb");
    assert_non_null(file);
    snprintf(shape, sizeof shape, width > 0 ? "(%d, %d)" : "(%d,)", rows, width);
    const int length = snprintf(header + 10, sizeof header - 10,
                                "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", type, shape);
    memset(header + 10 + length, ' ', (size_t)(117 - length));
    memcpy(header, "\x93NUMPY\1\0\x76\0", 10);
    header[127] = '\n';
    assert_int_equal(fwrite(header, 1, 128, file), 128);
    assert_int_equal(
        ftruncate(fileno(file), (off_t)(128 + (size_t)rows * (size_t)(width > 0 ? width : 1) * size)), 0);
    return file;
}

/* The targets are the numbers of the rows; the first input of each file is that of its first row. */
static void write_set(scale s)
{
    char name[32];
    for (int f = 0; f < s.files; f++) {
        const float first = (float)(f * s.rows);
        snprintf(name, sizeof name, "x-%d.npy", f);
        FILE *file = write_header(name, "<f4", s.rows, s.width, sizeof(float));
        assert_int_equal(fwrite(&first, sizeof first, 1, file), 1);
        assert_int_equal(fclose(file), 0);
        snprintf(name, sizeof name, "y-%d.npy", f);
        file = write_header(name, "<i4", s.rows, 0, sizeof(int32_t));
        for (int32_t i = 0; i < s.rows; i++) {
            const int32_t row = f * s.rows + i;
            assert_int_equal(fwrite(&row, sizeof row, 1, file), 1);
        }
        assert_int_equal(fclose(file), 0);
    }
}

/* How often each row was seen, and whether an input was another row's. */
typedef struct tally {
    uint8_t *seen;
    int rows;
    bool mixed_up;
} tally;

static hone_status count_row(void *context, hone_sample *sample)
{
    tally *of = context;
    const float row = *(float *)sample->y[0].data, first = *(float *)sample->x[0].data;
    of->seen[(size_t)row]++;
    of->mixed_up |= first != ((int)row % of->rows == 0 ? row : 0);
    *(float *)sample->y[0].data = 0;
    *(float *)sample->x[0].data = 0;
    return HONE_OK;
}

static long peak_kilobytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static hone_dataset *open_set(scale s, tally *of)
{
    char source[300];
    snprintf(source, sizeof source, "%s/x-*.npy,%s/y-*.npy", testing_folder, testing_folder);
    hone_dataset *data = hone_dataset_from_files(source, .memory_limit = 8 << 20);
    return hone_dataset_shuffle_blocks(hone_dataset_map(data, count_row, of, NULL), s.block, s.window,
                                       HONE_NONE_INTEGER);
}

/* What training adds to the peak of resident memory, in kilobytes; -1: it failed, -2: a row was not seen once
 * an epoch, -3: inputs of another row. */
static long train(scale s)
{
    const size_t rows = (size_t)s.files * (size_t)s.rows;
    tally of = {.seen = calloc(rows, 1), .rows = s.rows};
    hone_model *model = hone_sequential(hone_input(s.width), hone_dense(1));
    hone_dataset *data = of.seen == NULL ? NULL : open_set(s, &of), *little = hone_dataset_slice(data, 0, 64);
    if (hone_compile(model, .optimizer = hone_sgd(.learning_rate = 0), .loss = "mse") < 0 ||
        hone_fit(model, little, .epochs = 1, .batch_size = 16) == NULL)
        return -1;
    memset(of.seen, 0, rows);
    const long before = peak_kilobytes();
    if (hone_fit(model, data, .epochs = s.epochs, .batch_size = 16) == NULL)
        return -1;
    const long grown = peak_kilobytes() - before;
    for (size_t i = 0; i < rows; i++)
        if (of.seen[i] != s.epochs)
            return -2;
    hone_dataset_free(little);
    hone_dataset_free(data);
    hone_model_free(model);
    free(of.seen);
    return of.mixed_up ? -3 : grown;
}

TEST(each_row_once_an_epoch_in_flat_memory)
{
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
    skip(); /* the sanitizers' own memory */
#endif
    const scale s = chosen();
    int ends[2], status;
    long grown = -1;
    write_set(s);
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        grown = train(s);
        if (grown == -1)
            fprintf(stderr, "%s\n", hone_error_message());
        _exit(write(ends[1], &grown, sizeof grown) == sizeof grown ? 0 : 1);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &grown, sizeof grown), sizeof grown);
    waitpid(child, &status, 0);
    close(ends[0]);
    print_message("peak grown by %ld kB for %.1f GB of samples\n", grown,
                  (double)s.files * s.rows * s.width * FLOAT_BYTES / 1e9);
    assert_true(grown >= 0);
    assert_true(grown < ALLOWED);
}
