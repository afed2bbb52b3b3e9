/* A store's arrays as the bytes of an HDF5 file, built in memory, as h5py lays it out: superblock 0,
 * old-style groups, contiguous little-endian datasets, no times. The same store gives the same bytes. */
#include "formats/hdf5_guard.h"
#include "formats/store.h"

#include "base/memory.h"

#include <stdio.h>
#include <string.h>

/* Types by hone_dtype: X(name, in the file, in memory). Truth values are an enumeration, see create_boolean.
 */
#define STORED_TYPES(X) \
    X(FLOAT32, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT) \
    X(FLOAT64, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE) \
    X(UINT8, H5T_STD_U8LE, H5T_NATIVE_UINT8) \
    X(INT8, H5T_STD_I8LE, H5T_NATIVE_INT8) \
    X(UINT16, H5T_STD_U16LE, H5T_NATIVE_UINT16) \
    X(INT16, H5T_STD_I16LE, H5T_NATIVE_INT16) \
    X(UINT32, H5T_STD_U32LE, H5T_NATIVE_UINT32) \
    X(INT32, H5T_STD_I32LE, H5T_NATIVE_INT32) \
    X(UINT64, H5T_STD_U64LE, H5T_NATIVE_UINT64) \
    X(INT64, H5T_STD_I64LE, H5T_NATIVE_INT64) \
    X(BOOL, writing->boolean, writing->boolean)

/* What the writing of one file holds of HDF5's; ids below zero are not open. */
typedef struct hdf5_writing {
    hid_t access, creation, group_creation, dataset_creation, link_creation, text, boolean, file;
    const char *path; /* what is being written, for messages */
} hdf5_writing;

static hone_status fail(const hdf5_writing *writing)
{
    char reason[100];
    hone_internal_hdf5_reason(reason, sizeof reason);
    return hone_fail(HONE_ERROR_FORMAT, "%.300s cannot be written into an HDF5 file: %s", writing->path,
                     reason);
}

/* h5py's truth values: an enumeration of one byte, FALSE and TRUE. */
static hid_t create_boolean(void)
{
    const signed char no = 0, yes = 1;
    hid_t type = H5Tenum_create(H5T_STD_I8LE);
    if (type >= 0 && (H5Tenum_insert(type, "FALSE", &no) < 0 || H5Tenum_insert(type, "TRUE", &yes) < 0)) {
        H5Tclose(type);
        return -1;
    }
    return type;
}

/* The file grows by this much at a time: at once to its whole size, as far as that is known. */
static size_t size_increment(const hone_store *store)
{
    size_t bytes = 1 << 16;
    for (size_t i = 0; i < store->count; i++) {
        bytes += 4096;
        for (size_t j = 0; j < store->groups[i].count; j++) {
            bytes += 512 + hone_internal_store_bytes(&store->groups[i].arrays[j].array);
        }
    }
    return bytes;
}

static hid_t create_untimed(hid_t class)
{
    hid_t properties = H5Pcreate(class);
    if (properties >= 0)
        H5Pset_obj_track_times(properties, false);
    return properties;
}

static hone_status begin(hdf5_writing *writing, const hone_store *store)
{
    writing->path = "the file";
    writing->access = H5Pcreate(H5P_FILE_ACCESS);
    writing->creation = create_untimed(H5P_FILE_CREATE);
    writing->group_creation = create_untimed(H5P_GROUP_CREATE);
    writing->dataset_creation = create_untimed(H5P_DATASET_CREATE);
    writing->link_creation = H5Pcreate(H5P_LINK_CREATE);
    writing->text = H5Tcopy(H5T_C_S1);
    writing->boolean = create_boolean();
    bool fine =
        writing->access >= 0 && writing->creation >= 0 && writing->group_creation >= 0 &&
        writing->dataset_creation >= 0 && writing->link_creation >= 0 && writing->text >= 0 &&
        writing->boolean >= 0 && H5Pset_fapl_core(writing->access, size_increment(store), false) >= 0 &&
        H5Pset_create_intermediate_group(writing->link_creation, 1) >= 0 &&
        H5Tset_size(writing->text, H5T_VARIABLE) >= 0 && H5Tset_cset(writing->text, H5T_CSET_UTF8) >= 0;
    if (!fine)
        return fail(writing);
    char name[40];
    hone_internal_hdf5_unique_name(name, sizeof name);
    writing->file = H5Fcreate(name, H5F_ACC_TRUNC, writing->creation, writing->access);
    return writing->file >= 0 ? HONE_OK : fail(writing);
}

static void end(hdf5_writing *writing)
{
    if (writing->file >= 0)
        H5Fclose(writing->file);
    const hid_t types[] = {writing->text, writing->boolean};
    const hid_t properties[] = {writing->access, writing->creation, writing->group_creation,
                                writing->dataset_creation, writing->link_creation};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (types[i] >= 0)
            H5Tclose(types[i]);
    }
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
        if (properties[i] >= 0)
            H5Pclose(properties[i]);
    }
}

static hone_status write_name(const hdf5_writing *writing, hid_t group, const char *name)
{
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attribute =
        space < 0 ? -1 : H5Acreate2(group, "name", writing->text, space, H5P_DEFAULT, H5P_DEFAULT);
    bool written = attribute >= 0 && H5Awrite(attribute, writing->text, &name) >= 0;
    hone_status status = written ? HONE_OK : fail(writing);
    if (attribute >= 0)
        H5Aclose(attribute);
    if (space >= 0)
        H5Sclose(space);
    return status;
}

static hid_t create_space(const hone_array *array)
{
    if (array->rank == 0)
        return H5Screate(H5S_SCALAR);
    hsize_t shape[HONE_MAX_RANK];
    for (int i = 0; i < array->rank; i++)
        shape[i] = (hsize_t)array->shape[i];
    return H5Screate_simple(array->rank, shape, NULL);
}

static hone_status write_array(const hdf5_writing *writing, hid_t group, const hone_store_array *item)
{
    const hone_array *array = &item->array;
#define STORED_TYPE(name, stored, memory) [HONE_##name] = {stored, memory},
    const hid_t types[HONE_DTYPE_COUNT][2] = {STORED_TYPES(STORED_TYPE)};
#undef STORED_TYPE
    char number[24];
    snprintf(number, sizeof number, "%zu", item->number);
    const char *name = item->name != NULL ? item->name : number;
    hid_t space = create_space(array);
    hid_t dataset = space < 0 ? -1
                              : H5Dcreate2(group, name, types[array->type][0], space, H5P_DEFAULT,
                                           writing->dataset_creation, H5P_DEFAULT);
    bool written =
        dataset >= 0 && (hone_array_count(array) == 0 || H5Dwrite(dataset, types[array->type][1], H5S_ALL,
                                                                  H5S_ALL, H5P_DEFAULT, array->data) >= 0);
    hone_status status = written ? HONE_OK : fail(writing);
    if (dataset >= 0)
        H5Dclose(dataset);
    if (space >= 0)
        H5Sclose(space);
    return status;
}

static hone_status write_group(hdf5_writing *writing, const hone_store_group *group)
{
    writing->path = group->path;
    hid_t id =
        H5Gcreate2(writing->file, group->path, writing->link_creation, writing->group_creation, H5P_DEFAULT);
    if (id < 0)
        return fail(writing);
    hone_status status = group->name ? write_name(writing, id, group->name) : HONE_OK;
    for (size_t i = 0; i < group->count && status == HONE_OK; i++)
        status = write_array(writing, id, &group->arrays[i]);
    H5Gclose(id);
    return status;
}

static hone_status take_image(hdf5_writing *writing, void **data, size_t *bytes)
{
    writing->path = "the file";
    ssize_t size =
        H5Fflush(writing->file, H5F_SCOPE_GLOBAL) < 0 ? -1 : H5Fget_file_image(writing->file, NULL, 0);
    if (size < 0)
        return fail(writing);
    void *image = hone_internal_allocate((size_t)size);
    if (!image)
        return HONE_ERROR_MEMORY;
    if (H5Fget_file_image(writing->file, image, (size_t)size) != size) {
        hone_internal_free(image);
        return fail(writing);
    }
    *data = image;
    *bytes = (size_t)size;
    return HONE_OK;
}

hone_status hone_internal_store_to_hdf5(const hone_store *store, void **data, size_t *bytes)
{
    *data = NULL;
    *bytes = 0;
    hone_hdf5_guard guard;
    HONE_TRY(hone_internal_hdf5_enter(&guard));
    hdf5_writing writing = {.file = -1};
    hone_status status = begin(&writing, store);
    for (size_t i = 0; i < store->count && status == HONE_OK; i++)
        status = write_group(&writing, &store->groups[i]);
    if (status == HONE_OK)
        status = take_image(&writing, data, bytes);
    end(&writing);
    hone_internal_hdf5_leave(&guard);
    return status;
}
