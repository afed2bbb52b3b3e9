/* Files to and from config trees and named arrays. Nothing here knows models: keras/read.c builds one from
 * a tree. */
#ifndef HONE_FORMATS_FORMATS_H
#define HONE_FORMATS_FORMATS_H

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "fields/config.h"
#include <hone/array.h>

/* JSON text to a tree, with lines and columns (0 throughout when a key came twice: the last one counts);
 * accepts NaN, Infinity, -Infinity, integers beyond 64 bits (numbers then), a UTF-8 mark; refuses UTF-16,
 * lone surrogates, U+0000. `label` names the source in messages ("model.keras: config.json"). */
hone_config *hone_internal_json_parse(const char *text, size_t length, const char *label);

/* Zip archives (written by libzip), read whole into memory and checked: unique names, no paths outside,
 * methods 0 and 8, no encryption, sizes believed only within limits, CRC verified. */
typedef struct hone_zip_reader hone_zip_reader;
hone_zip_reader *hone_internal_zip_open(const char *path);
/* The same from memory, which is taken over (also on failure); `label` names it in messages. */
hone_zip_reader *hone_internal_zip_open_memory(void *data, size_t bytes, const char *label);
/* An archive that stays in its file: its directory is read and checked, its members are streamed. */
hone_zip_reader *hone_internal_zip_open_file(const char *path);
size_t hone_internal_zip_count(const hone_zip_reader *zip);
const char *hone_internal_zip_name(const hone_zip_reader *zip, size_t index);
bool hone_internal_zip_has(const hone_zip_reader *zip, const char *name);
hone_status hone_internal_zip_read(hone_zip_reader *zip, const char *name, size_t limit, void **data,
                                   size_t *bytes);
void hone_internal_zip_close(hone_zip_reader *zip);
/* A member, taken piece by piece. The archive must stay open. */
typedef struct hone_zip_stream hone_zip_stream;
hone_zip_stream *hone_internal_zip_stream_open(hone_zip_reader *zip, const char *name);
uint64_t hone_internal_zip_stream_left(const hone_zip_stream *stream); /* bytes of the content to come */
/* Of a stored member: where in the archive its next byte stands, and true. */
bool hone_internal_zip_stream_place(const hone_zip_stream *stream, uint64_t *offset);
hone_status hone_internal_zip_stream_take(void *stream, void *data, size_t bytes);
/* Reads what is left and verifies size and checksum. */
hone_status hone_internal_zip_stream_finish(hone_zip_stream *stream);
void hone_internal_zip_stream_close(hone_zip_stream *stream); /* accepts NULL */
/* Writes members, stored, dated 1980-01-01, mode 0600, in order, through a hone_file_writer: the same bytes
 * for the same content. */
typedef struct hone_zip_member {
    const char *name;
    const void *data;
    size_t bytes;
} hone_zip_member;
hone_status hone_internal_zip_write(const char *path, const hone_zip_member *members, size_t count);

/* A store of named arrays: what an HDF5 weights file (and a safetensors file) holds. Paths as Keras writes
 * them: "layers/dense/vars" with arrays 0, 1, ... Groups without arrays are kept (Keras wants them). */
typedef struct hone_store hone_store;
hone_store *hone_internal_store_create(void);
void hone_internal_store_free(hone_store *store);
/* Adds a group with the text attribute "name"; then arrays to it, in order. The array's data are borrowed
 * until the store is freed or written, unless `copy`. */
hone_status hone_internal_store_add_group(hone_store *store, const char *path, const char *name);
hone_status hone_internal_store_add(hone_store *store, const char *path, const hone_array *array, bool copy);
/* The same under a name, a constant, in place of its number. */
hone_status hone_internal_store_add_named(hone_store *store, const char *path, const char *name,
                                          const hone_array *array);
/* To the bytes of an HDF5 file as h5py writes them (1.14, 9): superblock 0, contiguous, little-endian, no
 * times; reproducible. */
hone_status hone_internal_store_to_hdf5(const hone_store *store, void **data, size_t *bytes);

/* An HDF5 weights file opened for reading, from memory (taken over, also on failure) or a path. Read without
 * libhdf5, which damaged files crash: the form that h5py writes by default (superblock 0 or 1). Objects are
 * looked up by the expected path; hard links only; no external or virtual data; filters deflate, shuffle,
 * fletcher32 at most; a dataset without data is refused. */
typedef struct hone_weights_file hone_weights_file;
hone_weights_file *hone_internal_weights_open_memory(void *data, size_t bytes, const char *label);
hone_weights_file *hone_internal_weights_open(const char *path);
void hone_internal_weights_close(hone_weights_file *file);
/* No file of its size holds more bytes of weights than this, however they are packed. */
size_t hone_internal_weights_most_bytes(const hone_weights_file *file);
/* Weights in several files: NAME.weights.json, a map from groups to the files beside it that hold their
 * arrays. Names of files with folders are refused. The same functions read them. */
hone_weights_file *hone_internal_weights_open_shards(const char *path);
/* Puts a further part, taken over, after the others. */
void hone_internal_weights_add_part(hone_weights_file *file, hone_weights_file *part);
/* The Keras that wrote the file: 310 for 3.10; 0 when nothing tells. */
int hone_internal_weights_version(const hone_weights_file *file);
void hone_internal_weights_set_version(hone_weights_file *file, int version);
int hone_internal_keras_version(const char *text); /* "3.10.1": 310; 0 when it is not a version */
bool hone_internal_weights_has_group(hone_weights_file *file, const char *path);
/* How many arrays "0", "1", ... the group holds (0 when it is absent); below zero an error (other members
 * than these). */
int64_t hone_internal_weights_count(hone_weights_file *file, const char *path);
/* Array `index` of a group into memory of exactly the expected shape (float32, or int32 for counters; any
 * other type too); numbers are converted as by hone_array_convert, only truth values must be expected as
 * such. The message names file, path, expected and received shape. */
hone_status hone_internal_weights_read(hone_weights_file *file, const char *path, int64_t index,
                                       const hone_array *expected);
/* Its shape and type (data NULL), without reading. */
hone_status hone_internal_weights_shape(hone_weights_file *file, const char *path, int64_t index,
                                        hone_array *shape);
/* The "name" attribute of a group, or NULL when absent (hone_error_status() is HONE_OK then, here and below);
 * to be freed. */
char *hone_internal_weights_name(hone_weights_file *file, const char *path);
/* Legacy Keras 2 .h5: a text attribute of a group ("/" for the root), NULL when absent; and a list of texts
 * (weight_names), NULL-ended, one block to be freed with hone_internal_free. Datasets by full path. */
char *hone_internal_weights_attribute(hone_weights_file *file, const char *group, const char *attribute);
char **hone_internal_weights_attribute_list(hone_weights_file *file, const char *group, const char *attribute,
                                            size_t *count);
hone_status hone_internal_weights_read_path(hone_weights_file *file, const char *path,
                                            const hone_array *expected);

/* A member beside Keras's own: how the data of training were read. It is read into the config tree under the
 * key. */
#define HONE_DATA_MEMBER "hone/data.json"
#define HONE_DATA_KEY "hone_data"
/* The vocabularies among the members, a map from "layers/text_vectorization" and so on to a text, a line for
 * each term, under this key. */
#define HONE_VOCABULARIES_KEY "hone_vocabularies"

/* The .keras archive, or a folder with its parts: config.json as a tree (its envelope checked to be a map),
 * and its weights. */
hone_status hone_internal_keras_read(const char *path, hone_config **config, hone_weights_file **weights);
/* The same from memory, which is taken over; `weights` may be NULL in both when only the config is needed. */
hone_status hone_internal_keras_read_memory(void *data, size_t bytes, const char *label, hone_config **config,
                                            hone_weights_file **weights);
/* Writes metadata.json, config.json, model.weights.h5 (extra members, as hone's training state, after them).
 */
/* `version` names the release in metadata.json. */
hone_status hone_internal_keras_write(const char *path, const hone_config *config, const hone_store *store,
                                      int version, const hone_zip_member *extra, size_t extra_count);

/* A store as weights in several files of at most this many bytes of numbers: path is NAME.weights.json, the
 * others are NAME_00000.weights.h5, ... beside it. An array larger than that is an error. */
hone_status hone_internal_store_write_shards(const hone_store *store, const char *path, uint64_t bytes);
hone_status hone_internal_store_write(const hone_store *store, const char *path); /* one HDF5 file */

#endif
