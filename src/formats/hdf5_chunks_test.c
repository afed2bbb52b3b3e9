/* Datasets of HDF5 files that are stored in chunks, through filters. */
#include "testing/hdf5_files.h"

/* Chunks that do not divide the shape, through filters in several orders, some of them left out for single
 * chunks. */
static void make_chunked(const char *path, unsigned filters)
{
    static double numbers[37 * 53];
    for (int i = 0; i < 37 * 53; i++)
        numbers[i] = i * 0.5;
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(creation, 2, (hsize_t[]){8, 16});
    for (; filters > 0; filters /= 10) {
        if (filters % 10 == 1)
            H5Pset_deflate(creation, 6);
        if (filters % 10 == 2)
            H5Pset_shuffle(creation);
        if (filters % 10 == 3)
            H5Pset_fletcher32(creation);
    }
    make_dataset(path, H5T_IEEE_F64BE, 2, (hsize_t[]){37, 53}, creation, H5T_NATIVE_DOUBLE, numbers);
    H5Pclose(creation);
}

static hone_status read_chunked(hone_weights_file *file, const char *path, double numbers[37 * 53])
{
    hone_array to = view(numbers, HONE_FLOAT64, 2, 37, 53);
    return hone_internal_weights_read_path(file, path, &to);
}

/* The digits of a name are the filters, the first one last. */
static const char *const CHUNKED[] = {"0", "1", "2", "3", "12", "312", "13", "31", "132", "2133"};

TEST(reads_chunks_of_every_kind)
{
    enum { COUNT = sizeof CHUNKED / sizeof *CHUNKED };
    begin_file();
    for (int i = 0; i < COUNT; i++)
        make_chunked(CHUNKED[i], (unsigned)atoi(CHUNKED[i]));
    void *data;
    size_t bytes;
    end_file(&data, &bytes);
    hone_weights_file *file = open_copy(data, bytes);
    for (int i = 0; i < COUNT; i++) {
        double numbers[37 * 53] = {0};
        if (read_chunked(file, CHUNKED[i], numbers) != HONE_OK)
            fail_msg("%s", hone_error_message());
        for (int j = 0; j < 37 * 53; j++)
            if (numbers[j] != j * 0.5)
                fail_msg("%s: number %d is %g", CHUNKED[i], j, numbers[j]);
    }
    hone_internal_weights_close(file);

    int64_t blocks = hone_internal_blocks_in_use();
    uint64_t random = 1;
    for (int round = 0; round < 500; round++) {
        file = open_copy(data, bytes);
        for (int i = 0; i < 200; i++) {
            uint64_t at = 96 + next_random(&random) % (bytes - 96);
            file->image[at] = (unsigned char)next_random(&random);
        }
        double numbers[37 * 53];
        for (int i = 0; i < COUNT; i++)
            read_chunked(file, CHUNKED[i], numbers);
        hone_internal_weights_close(file);
    }
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
    hone_internal_free(data);
}

/* A filter that HDF5 knows and this library does not want. */
static void make_filtered(const char *path)
{
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(creation, 1, (hsize_t[]){2});
    H5Pset_nbit(creation);
    make_dataset(path, H5T_IEEE_F32LE, 1, (hsize_t[]){2}, creation, H5T_NATIVE_FLOAT, BIAS);
    H5Pclose(creation);
}

/* Terabytes of zeros that nobody has stored. */
static void make_endless(const char *path, hsize_t rows)
{
    hid_t chunked = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(chunked, 2, (hsize_t[]){1, 1 << 20});
    make_dataset(path, H5T_IEEE_F32LE, 2, (hsize_t[]){rows, 1 << 20}, chunked, 0, NULL);
    H5Pclose(chunked);
}

static void make_bomb(const char *path)
{
    make_endless(path, 1 << 20);
}

static void make_sparse(const char *path)
{
    make_endless(path, 1 << 10);
}

/* Two numbers in a compressed chunk of eight million. */
static void make_pieces(const char *path)
{
    hid_t pieces = H5Pcreate(H5P_DATASET_CREATE);
    hid_t space = H5Screate_simple(1, (hsize_t[]){2}, (hsize_t[]){H5S_UNLIMITED});
    H5Pset_chunk(pieces, 1, (hsize_t[]){1 << 23});
    H5Pset_deflate(pieces, 9);
    hid_t dataset = H5Dcreate2(making, path, H5T_IEEE_F32LE, space, H5P_DEFAULT, pieces, H5P_DEFAULT);
    assert_true(H5Dwrite(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, BIAS) >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
    H5Pclose(pieces);
}

static const hdf5_lie lies[] = {
    {"an unwanted filter", "filtered", make_filtered, "compressed in a way"},
    {"terabytes in chunks that are not there", "bomb", make_bomb, "too large a shape"},
    {"a shape without chunks", "sparse", make_sparse, "has a shape but no"},
    {"a chunk larger than the array", "pieces", make_pieces, "pieces larger than itself"},
};

TEST_EACH(refuses_an_array, lies)
{
    check_lie(row);
}
