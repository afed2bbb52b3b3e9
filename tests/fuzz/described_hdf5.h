/* HDF5 files that a tree describes, through libhdf5, into memory: a group is
 *
 *   {"attributes": {"name": value, ...}, "groups": {"name": group, ...}, "datasets": {"name": dataset, ...}}
 *
 * An attribute is a text (of a fixed length), {"long": text} (of a variable one), {"json": tree}, an integer,
 * a number, or a list of these. A dataset is {"type": "f4", "shape": [2, 3], "of": bytes}; also "chunks": [1,
 * 3] and "filters": ["deflate", "shuffle", "fletcher32"]. What libhdf5 refuses to write is left out. */
#ifndef HONE_TESTS_FUZZ_DESCRIBED_HDF5_H
#define HONE_TESTS_FUZZ_DESCRIBED_HDF5_H

#include <hdf5.h>

static inline void put_attribute(hid_t at, const char *name, hid_t type, hid_t space, const void *data)
{
    hid_t attribute = H5Acreate2(at, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    if (attribute >= 0) {
        H5Awrite(attribute, type, data);
        H5Aclose(attribute);
    }
}

/* Texts in fields of the longest one's length, or of a variable length. */
static inline void put_texts(hid_t at, const char *name, const char *const *texts, size_t count,
                             bool variable, hid_t space)
{
    size_t longest = 1;
    hid_t type = H5Tcopy(H5T_C_S1);
    for (size_t i = 0; i < count; i++)
        longest = strlen(texts[i]) > longest ? strlen(texts[i]) : longest;
    H5Tset_size(type, variable ? H5T_VARIABLE : longest);
    char *fields = calloc(count + 1, longest + 1);
    for (size_t i = 0; fields != NULL && i < count; i++)
        memcpy(fields + i * longest, texts[i], strlen(texts[i]));
    put_attribute(at, name, type, space, variable ? (const void *)texts : fields);
    free(fields);
    H5Tclose(type);
}

static inline void put_value(hid_t at, const char *name, const hone_config *value)
{
    enum { MOST = 64 };
    bool list = hone_internal_config_is(value, HONE_CONFIG_LIST);
    size_t count = list ? hone_internal_config_count(value) : 1;
    const hone_config *first = list ? hone_internal_config_at(value, 0) : value;
    const hone_config *json = hone_internal_config_get(first, "json");
    char *text = json == NULL ? NULL : hone_internal_config_to_json(json, false);
    const char *variable = hone_internal_config_get_text(first, "long"), *texts[MOST];
    int64_t integers[MOST];
    double numbers[MOST];
    count = count < MOST ? count : MOST;
    for (size_t i = 0; i < count; i++) {
        const hone_config *item = list ? hone_internal_config_at(value, i) : value;
        const char *own = hone_internal_config_get_text(item, "long");
        texts[i] = text != NULL ? text : own != NULL ? own : hone_internal_config_as_text(item);
        integers[i] = hone_internal_config_as_integer(item);
        numbers[i] = hone_internal_config_as_number(item);
    }
    hid_t space = list ? H5Screate_simple(1, (hsize_t[]){count}, NULL) : H5Screate(H5S_SCALAR);
    if (hone_internal_config_is(first, HONE_CONFIG_INTEGER))
        put_attribute(at, name, H5T_NATIVE_INT64, space, integers);
    else if (hone_internal_config_is(first, HONE_CONFIG_NUMBER))
        put_attribute(at, name, H5T_NATIVE_DOUBLE, space, numbers);
    else
        put_texts(at, name, texts, count, variable != NULL || text != NULL, space);
    H5Sclose(space);
    hone_internal_free(text);
}

/* "f4", "f8", "i8", "u1", ">f4", "f2", and whatever else as texts of four bytes; a fresh type. */
static inline hid_t type_named(const char *name)
{
    static const struct {
        const char *name;
        hid_t *type;
    } types[] = {{"f4", &H5T_IEEE_F32LE_g}, {"f8", &H5T_IEEE_F64LE_g}, {"i1", &H5T_STD_I8LE_g},
                 {"i2", &H5T_STD_I16LE_g},  {"i4", &H5T_STD_I32LE_g},  {"i8", &H5T_STD_I64LE_g},
                 {"u1", &H5T_STD_U8LE_g},   {"u4", &H5T_STD_U32LE_g},  {">f4", &H5T_IEEE_F32BE_g},
                 {">i8", &H5T_STD_I64BE_g}, {"b2", &H5T_STD_B16LE_g}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, name) == 0)
            return H5Tcopy(*types[i].type);
    hid_t other = H5Tcopy(strcmp(name, "f2") == 0 ? H5T_IEEE_F32LE : H5T_C_S1);
    if (strcmp(name, "f2") == 0) {
        H5Tset_fields(other, 15, 10, 5, 0, 10);
        H5Tset_size(other, 2);
        H5Tset_ebias(other, 15);
    } else {
        H5Tset_size(other, 4);
    }
    return other;
}

static inline int put_shape(const hone_config *list, hsize_t *shape)
{
    size_t rank = hone_internal_config_count(list);
    rank = rank < H5S_MAX_RANK ? rank : H5S_MAX_RANK;
    for (size_t i = 0; i < rank; i++)
        shape[i] = (hsize_t)hone_internal_config_as_integer(hone_internal_config_at(list, i));
    return (int)rank;
}

/* How many bytes such an array has, or DESCRIBED_MOST when they are more. */
static inline size_t bytes_of_shape(const hsize_t *shape, int rank, size_t size)
{
    for (int i = 0; i < rank; i++)
        size = shape[i] > DESCRIBED_MOST / (size == 0 ? 1 : size) ? DESCRIBED_MOST : size * (size_t)shape[i];
    return size < DESCRIBED_MOST ? size : DESCRIBED_MOST;
}

static inline hid_t layout_of(const hone_config *dataset)
{
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    const hone_config *filters = hone_internal_config_get(dataset, "filters");
    hsize_t chunks[H5S_MAX_RANK];
    int rank = put_shape(hone_internal_config_get(dataset, "chunks"), chunks);
    if (rank > 0 && bytes_of_shape(chunks, rank, 8) < DESCRIBED_MOST)
        H5Pset_chunk(creation, rank, chunks);
    for (size_t i = 0; i < hone_internal_config_count(filters) && i < 8; i++) {
        const char *name = hone_internal_config_text_at(filters, i);
        if (strcmp(name, "deflate") == 0)
            H5Pset_deflate(creation, 1);
        else if (strcmp(name, "shuffle") == 0)
            H5Pset_shuffle(creation);
        else
            H5Pset_fletcher32(creation);
    }
    return creation;
}

static inline void put_dataset(const described *to, hid_t at, const char *name, const hone_config *dataset)
{
    hsize_t shape[H5S_MAX_RANK];
    int rank = put_shape(hone_internal_config_get(dataset, "shape"), shape);
    hid_t type = type_named(name_of(dataset, "type")), space = H5Screate_simple(rank, shape, NULL),
          creation = layout_of(dataset),
          made = space < 0 ? -1 : H5Dcreate2(at, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    if (made >= 0) {
        described content = content_of(to, dataset, "of");
        size_t bytes = bytes_of_shape(shape, rank, H5Tget_size(type)), missing = 0;
        if (bytes > content.size)
            missing = make_room(&content, bytes - content.size);
        memset(content.data + content.size, 0, missing);
        if (bytes < DESCRIBED_MOST)
            H5Dwrite(made, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, content.data);
        free(content.data);
        H5Dclose(made);
    }
    if (space >= 0)
        H5Sclose(space);
    H5Pclose(creation);
    H5Tclose(type);
}

static inline void put_group(const described *to, hid_t at, const hone_config *group, int depth)
{
    const hone_config *attributes = hone_internal_config_get(group, "attributes"),
                      *groups = hone_internal_config_get(group, "groups"),
                      *datasets = hone_internal_config_get(group, "datasets");
    for (size_t i = 0; i < hone_internal_config_count(attributes); i++)
        put_value(at, hone_internal_config_key(attributes, i), hone_internal_config_at(attributes, i));
    for (size_t i = 0; i < hone_internal_config_count(datasets); i++)
        put_dataset(to, at, hone_internal_config_key(datasets, i), hone_internal_config_at(datasets, i));
    for (size_t i = 0; i < hone_internal_config_count(groups) && depth < 16; i++) {
        hid_t inner =
            H5Gcreate2(at, hone_internal_config_key(groups, i), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        if (inner >= 0) {
            put_group(to, inner, hone_internal_config_at(groups, i), depth + 1);
            H5Gclose(inner);
        }
    }
}

static inline void put_hdf5(described *to, const hone_config *map, const char *key)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_core(access, 1 << 16, false);
    hid_t file = H5Fcreate("made", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    put_group(to, file, hone_internal_config_get(map, key), 0);
    H5Fflush(file, H5F_SCOPE_GLOBAL);
    ssize_t bytes = H5Fget_file_image(file, NULL, 0);
    if (bytes > 0 && make_room(to, (size_t)bytes) == (size_t)bytes) {
        H5Fget_file_image(file, to->data + to->size, (size_t)bytes);
        to->size += (size_t)bytes;
    }
    H5Fclose(file);
    H5Pclose(access);
}

#endif
