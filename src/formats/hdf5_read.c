/* Datasets of HDF5 files into memory of the expected shape. What a dataset claims is compared with what is
 * expected before anything is read; nothing is allocated by what a file says. */
#include "formats/hdf5_file.h"

#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* How the numbers of a dataset are stored. */
typedef enum stored_as {
    STORED_OTHERWISE, /* in no way that is read */
    STORED_NUMBERS,   /* HDF5 converts them */
    STORED_BFLOAT16,  /* the upper halves of float32, as two bytes that mean nothing to HDF5 */
    STORED_BOOLEANS   /* a byte-sized enumeration, FALSE and TRUE */
} stored_as;

typedef struct stored_dataset {
    const hone_weights_file *file;
    char *path; /* whole, for messages */
    hid_t dataset, type, space, creation;
    stored_as as;
    hone_array shape; /* no data */
} stored_dataset;

static hone_status fail(const stored_dataset *stored, const char *what)
{
    return hone_fail(HONE_ERROR_FORMAT, "%s: %.300s %s", stored->file->label, stored->path, what);
}

static hone_status fail_hdf5(const stored_dataset *stored)
{
    return hone_internal_hdf5_fail(stored->file->label, stored->path, "cannot be read");
}

/* ---- types ---- */

/* IEEE half precision, as h5py makes it. */
static hid_t create_half(hid_t single)
{
    hid_t type = H5Tcopy(single);
    if (type >= 0 && (H5Tset_fields(type, 15, 10, 5, 0, 10) < 0 || H5Tset_size(type, 2) < 0 ||
                      H5Tset_ebias(type, 15) < 0)) {
        H5Tclose(type);
        return -1;
    }
    return type;
}

static bool is_half(hid_t type)
{
    const hid_t singles[] = {H5T_IEEE_F32LE, H5T_IEEE_F32BE};
    bool equal = false;
    for (size_t i = 0; i < 2 && !equal; i++) {
        hid_t half = create_half(singles[i]);
        equal = half >= 0 && H5Tequal(type, half) > 0;
        if (half >= 0)
            H5Tclose(half);
    }
    return equal;
}

/* Only the usual types: HDF5 could also describe floats of 17 bits. */
static stored_as classify(hid_t type, hone_dtype *read_as)
{
    const struct {
        hid_t type;
        hone_dtype read_as;
    } usual[] = {
        {H5T_IEEE_F32LE, HONE_FLOAT32}, {H5T_IEEE_F32BE, HONE_FLOAT32}, {H5T_IEEE_F64LE, HONE_FLOAT64},
        {H5T_IEEE_F64BE, HONE_FLOAT64}, {H5T_STD_U8LE, HONE_UINT8},     {H5T_STD_I8LE, HONE_INT8},
        {H5T_STD_U8BE, HONE_UINT8},     {H5T_STD_I8BE, HONE_INT8},      {H5T_STD_U16LE, HONE_UINT16},
        {H5T_STD_U16BE, HONE_UINT16},   {H5T_STD_I16LE, HONE_INT16},    {H5T_STD_I16BE, HONE_INT16},
        {H5T_STD_U32LE, HONE_UINT32},   {H5T_STD_U32BE, HONE_UINT32},   {H5T_STD_I32LE, HONE_INT32},
        {H5T_STD_I32BE, HONE_INT32},    {H5T_STD_U64LE, HONE_UINT64},   {H5T_STD_U64BE, HONE_UINT64},
        {H5T_STD_I64LE, HONE_INT64},    {H5T_STD_I64BE, HONE_INT64},
    };
    H5T_class_t class = H5Tget_class(type);
    size_t bytes = H5Tget_size(type);
    *read_as = HONE_FLOAT32;
    if (class == H5T_OPAQUE)
        return bytes == 2 ? STORED_BFLOAT16 : STORED_OTHERWISE;
    if (class == H5T_ENUM) {
        *read_as = HONE_BOOL;
        return bytes == 1 && H5Tget_nmembers(type) == 2 ? STORED_BOOLEANS : STORED_OTHERWISE;
    }
    if (class != H5T_INTEGER && class != H5T_FLOAT)
        return STORED_OTHERWISE;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        *read_as = usual[i].read_as;
        if (H5Tequal(type, usual[i].type) > 0)
            return STORED_NUMBERS;
    }
    *read_as = HONE_FLOAT32;
    return is_half(type) ? STORED_NUMBERS : STORED_OTHERWISE;
}

static hid_t memory_type(hone_dtype type)
{
    const hid_t types[HONE_DTYPE_COUNT] = {
        [HONE_FLOAT32] = H5T_NATIVE_FLOAT, [HONE_FLOAT64] = H5T_NATIVE_DOUBLE,
        [HONE_UINT8] = H5T_NATIVE_UINT8,   [HONE_INT8] = H5T_NATIVE_INT8,
        [HONE_UINT16] = H5T_NATIVE_UINT16, [HONE_INT16] = H5T_NATIVE_INT16,
        [HONE_UINT32] = H5T_NATIVE_UINT32, [HONE_INT32] = H5T_NATIVE_INT32,
        [HONE_UINT64] = H5T_NATIVE_UINT64, [HONE_INT64] = H5T_NATIVE_INT64,
        [HONE_BOOL] = H5T_NATIVE_UINT8,
    };
    return types[type];
}

/* ---- a dataset, opened and checked ---- */

static void close_dataset(stored_dataset *stored)
{
    if (stored->creation >= 0)
        H5Pclose(stored->creation);
    if (stored->space >= 0)
        H5Sclose(stored->space);
    if (stored->type >= 0)
        H5Tclose(stored->type);
    if (stored->dataset >= 0)
        H5Dclose(stored->dataset);
    hone_internal_free(stored->path);
}

static hone_status check_filters(const stored_dataset *stored)
{
    int count = H5Pget_nfilters(stored->creation);
    for (int i = 0; i < count; i++) {
        unsigned flags, config;
        size_t values = 0;
        H5Z_filter_t filter =
            H5Pget_filter2(stored->creation, (unsigned)i, &flags, &values, NULL, 0, NULL, &config);
        if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32) {
            return fail(stored,
                        "is compressed in a way that is not read (deflate, shuffle and fletcher32 are)");
        }
    }
    return count >= 0 ? HONE_OK : fail_hdf5(stored);
}

/* A chunk is read whole, so it may not be far larger than the data are. */
static hone_status check_chunks(const stored_dataset *stored, size_t data_bytes)
{
    hsize_t chunk[H5S_MAX_RANK];
    int rank = H5Pget_chunk(stored->creation, H5S_MAX_RANK, chunk);
    if (rank < 0)
        return fail_hdf5(stored);
    size_t bytes = H5Tget_size(stored->type), limit = (size_t)64 << 20;
    for (int i = 0; i < rank && i < H5S_MAX_RANK; i++) {
        if (!hone_internal_multiply_size(bytes, (size_t)chunk[i], &bytes))
            bytes = SIZE_MAX;
    }
    if (bytes > limit && bytes / 2 > data_bytes)
        return fail(stored, "is stored in pieces larger than itself");
    return HONE_OK;
}

static hone_status check_layout(const stored_dataset *stored, size_t data_bytes)
{
    H5D_layout_t layout = H5Pget_layout(stored->creation);
    if (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED) {
        return fail(stored, "is put together from other datasets, which are not read");
    }
    if (H5Pget_external_count(stored->creation) != 0)
        return fail(stored, "lies in another file, which is not read");
    HONE_TRY(check_filters(stored));
    if (layout == H5D_CHUNKED)
        HONE_TRY(check_chunks(stored, data_bytes));
    if (data_bytes == 0)
        return HONE_OK;
    hsize_t bytes = H5Dget_storage_size(stored->dataset);
    if (bytes == 0)
        return fail(stored, "has a shape but no data");
    if (bytes > stored->file->bytes || (layout != H5D_CHUNKED && bytes < data_bytes)) {
        return fail(stored, "claims more data than there are");
    }
    return HONE_OK;
}

/* The shape, into numbers that are believed only when they could be those of an array. */
static hone_status read_shape(stored_dataset *stored, size_t *data_bytes)
{
    H5S_class_t class = H5Sget_simple_extent_type(stored->space);
    if (class != H5S_SCALAR && class != H5S_SIMPLE)
        return fail(stored, "has no shape");
    int rank = H5Sget_simple_extent_ndims(stored->space);
    if (rank < 0)
        return fail_hdf5(stored);
    if (rank > HONE_MAX_RANK)
        return fail(stored, "has too many axes");
    hsize_t sizes[HONE_MAX_RANK] = {0};
    if (rank > 0 && H5Sget_simple_extent_dims(stored->space, sizes, NULL) != rank)
        return fail_hdf5(stored);
    stored->shape.rank = rank;
    *data_bytes = H5Tget_size(stored->type);
    for (int i = 0; i < rank; i++) {
        if (sizes[i] > INT32_MAX || !hone_internal_multiply_size(*data_bytes, (size_t)sizes[i], data_bytes)) {
            return fail(stored, "has too large a shape");
        }
        stored->shape.shape[i] = (int64_t)sizes[i];
    }
    return *data_bytes <= hone_internal_limits.tensor_bytes ? HONE_OK : fail(stored, "has too large a shape");
}

/* The name of the type that an opaque dataset tells in its attribute "dtype"; early files have none. */
static hone_status check_opaque(const stored_dataset *stored)
{
    if (stored->as != STORED_BFLOAT16 || H5Aexists(stored->dataset, "dtype") <= 0)
        return HONE_OK;
    hid_t attribute = H5Aopen(stored->dataset, "dtype", H5P_DEFAULT);
    hid_t type = attribute < 0 ? -1 : H5Aget_type(attribute);
    hid_t space = attribute < 0 ? -1 : H5Aget_space(attribute);
    bool same = false;
    if (type >= 0 && H5Tget_class(type) == H5T_STRING && space >= 0 &&
        H5Sget_simple_extent_npoints(space) == 1) {
        if (H5Tis_variable_str(type) > 0) {
            char *text = NULL;
            same = H5Aread(attribute, type, &text) >= 0 && text && strcmp(text, "bfloat16") == 0;
            if (text)
                H5free_memory(text);
        } else if (H5Tget_size(type) < 64) {
            char text[64] = "";
            same = H5Aread(attribute, type, text) >= 0 && strncmp(text, "bfloat16", 8) == 0;
        }
    }
    if (space >= 0)
        H5Sclose(space);
    if (type >= 0)
        H5Tclose(type);
    if (attribute >= 0)
        H5Aclose(attribute);
    return same ? HONE_OK : fail(stored, "holds bytes of an unknown type, expected bfloat16");
}

static hone_status examine_dataset(stored_dataset *stored)
{
    stored->type = H5Dget_type(stored->dataset);
    stored->space = H5Dget_space(stored->dataset);
    stored->creation = H5Dget_create_plist(stored->dataset);
    if (stored->type < 0 || stored->space < 0 || stored->creation < 0)
        return fail_hdf5(stored);
    stored->as = classify(stored->type, &stored->shape.type);
    if (stored->as == STORED_OTHERWISE)
        return fail(stored, "does not hold numbers of a usual type");
    HONE_TRY(check_opaque(stored));
    size_t data_bytes;
    HONE_TRY(read_shape(stored, &data_bytes));
    return check_layout(stored, data_bytes);
}

/* Opens `name` in the group `folder`. To be closed with close_dataset whatever is returned. */
static hone_status open_dataset(stored_dataset *stored, hone_weights_file *file, const char *folder,
                                const char *name)
{
    *stored = (stored_dataset){.file = file, .dataset = -1, .type = -1, .space = -1, .creation = -1};
    stored->path = hone_internal_format("%s%s%s", folder, folder[0] ? "/" : "", name);
    if (!stored->path)
        return HONE_ERROR_MEMORY;
    hid_t group;
    bool has = false;
    HONE_TRY(hone_internal_hdf5_open_group(file, folder, &group));
    hone_status status = HONE_OK;
    if (group >= 0)
        status = hone_internal_hdf5_has(file, group, stored->path, name, &has);
    if (status == HONE_OK && has)
        stored->dataset = H5Dopen2(group, name, H5P_DEFAULT);
    if (status == HONE_OK && !has)
        status = fail(stored, "is not there");
    else if (status == HONE_OK && stored->dataset < 0)
        status = hone_internal_hdf5_fail(file->label, stored->path, "is not an array");
    if (group >= 0)
        H5Gclose(group);
    return status == HONE_OK ? examine_dataset(stored) : status;
}

/* ---- reading ---- */

/* "(784, 300)" */
static void describe_shape(const hone_array *array, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "(");
    for (int i = 0; i < array->rank && used < size; i++) {
        used += (size_t)snprintf(text + used, size - used, "%s%" PRId64, i ? ", " : "", array->shape[i]);
    }
    if (used < size)
        snprintf(text + used, size - used, array->rank == 1 ? ",)" : ")");
}

static hone_status check_shape(const stored_dataset *stored, const hone_array *expected)
{
    bool same = stored->shape.rank == expected->rank;
    for (int i = 0; same && i < expected->rank; i++)
        same = stored->shape.shape[i] == expected->shape[i];
    if (same)
        return HONE_OK;
    char wanted[200], received[200];
    describe_shape(expected, wanted, sizeof wanted);
    describe_shape(&stored->shape, received, sizeof received);
    return hone_fail(HONE_ERROR_SHAPE, "%s: %.300s: expected the shape %s, received %s", stored->file->label,
                     stored->path, wanted, received);
}

/* bfloat16 is the upper half of a float32. */
static void widen_bfloat16(const unsigned char *bytes, int64_t count, float *numbers)
{
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits = (uint32_t)bytes[2 * i] << 16 | (uint32_t)bytes[2 * i + 1] << 24;
        memcpy(&numbers[i], &bits, sizeof bits);
    }
}

static hone_status read_bfloat16(const stored_dataset *stored, const hone_array *expected)
{
    if (expected->type != HONE_FLOAT32)
        return fail(stored, "holds bfloat16 numbers, expected whole ones");
    int64_t count = hone_array_count(expected);
    unsigned char *bytes = hone_internal_allocate((size_t)count * 2);
    if (!bytes)
        return HONE_ERROR_MEMORY;
    bool read = H5Dread(stored->dataset, stored->type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) >= 0;
    if (read)
        widen_bfloat16(bytes, count, expected->data);
    hone_internal_free(bytes);
    return read ? HONE_OK : fail_hdf5(stored);
}

static hone_status read_booleans(const stored_dataset *stored, const hone_array *expected)
{
    if (expected->type != HONE_BOOL)
        return fail(stored, "holds truth values, expected numbers");
    if (H5Dread(stored->dataset, stored->type, H5S_ALL, H5S_ALL, H5P_DEFAULT, expected->data) < 0)
        return fail_hdf5(stored);
    uint8_t *values = expected->data;
    for (int64_t i = 0, count = hone_array_count(expected); i < count; i++)
        values[i] = values[i] != 0;
    return HONE_OK;
}

static hone_status read_numbers(const stored_dataset *stored, const hone_array *expected)
{
    hid_t type = memory_type(expected->type);
    bool read = H5Dread(stored->dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, expected->data) >= 0;
    return read ? HONE_OK : fail_hdf5(stored);
}

static hone_status read_dataset(hone_weights_file *file, const char *folder, const char *name,
                                const hone_array *expected)
{
    hone_hdf5_guard guard;
    stored_dataset stored;
    HONE_TRY(hone_internal_hdf5_enter(&guard));
    hone_status status = open_dataset(&stored, file, folder, name);
    if (status == HONE_OK)
        status = check_shape(&stored, expected);
    if (status == HONE_OK && hone_array_count(expected) > 0) {
        if (stored.as == STORED_BFLOAT16)
            status = read_bfloat16(&stored, expected);
        else if (stored.as == STORED_BOOLEANS)
            status = read_booleans(&stored, expected);
        else
            status = read_numbers(&stored, expected);
    }
    close_dataset(&stored);
    hone_internal_hdf5_leave(&guard);
    return status;
}

hone_status hone_internal_weights_read(hone_weights_file *file, const char *path, int64_t index,
                                       const hone_array *expected)
{
    char name[24];
    snprintf(name, sizeof name, "%" PRId64, index);
    return read_dataset(file, path, name, expected);
}

hone_status hone_internal_weights_shape(hone_weights_file *file, const char *path, int64_t index,
                                        hone_array *shape)
{
    hone_hdf5_guard guard;
    stored_dataset stored;
    char name[24];
    snprintf(name, sizeof name, "%" PRId64, index);
    HONE_TRY(hone_internal_hdf5_enter(&guard));
    hone_status status = open_dataset(&stored, file, path, name);
    if (status == HONE_OK)
        *shape = stored.shape;
    close_dataset(&stored);
    hone_internal_hdf5_leave(&guard);
    return status;
}

hone_status hone_internal_weights_read_path(hone_weights_file *file, const char *path,
                                            const hone_array *expected)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    if (!name[0])
        return hone_fail(HONE_ERROR_ARGUMENT, "\"%s\" is no path of an array", path);
    char *folder = hone_internal_copy_text_n(path, slash ? (size_t)(slash - path) : 0);
    if (!folder)
        return HONE_ERROR_MEMORY;
    hone_status status = read_dataset(file, folder, name, expected);
    hone_internal_free(folder);
    return status;
}
