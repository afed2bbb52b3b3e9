/* HDF5 files read from memory without libhdf5, which damaged files can make crash or hang (measured
 * on 1.10.8: one in five hundred of files with a few bytes changed at random). This reads the form that h5py,
 * and so Keras, writes unless told otherwise: superblock 0 or 1, object headers 1, groups of symbol tables
 * (and those of links where a name is not ASCII), chunks in B-trees. Every address and size is checked
 * against the bytes that are there, every walk ends.
 *
 * Names of structures and fields are those of the "HDF5 File Format Specification". */
#ifndef HONE_FORMATS_HDF5_FILE_H
#define HONE_FORMATS_HDF5_FILE_H

#include "base/text.h"
#include "formats/bytes.h"
#include "formats/formats.h"
#include "formats/hdf5_messages.h"

enum { HONE_HDF5_MAX_RANK = 32 };

/* Objects are known by the address of their header, which is never 0. */
struct hone_weights_file {
    char *label;
    unsigned char *image;
    size_t bytes;
    uint64_t root;
    int version;                    /* of the Keras that wrote it, 310 for 3.10; 0: not known */
    struct hone_weights_file *next; /* the next part of weights in several files */
};

hone_status hone_internal_hdf5_fail(const hone_weights_file *file, const char *path, const char *what);

/* `length` bytes at an address; a failed span when they are not all in the file. */
hone_span hone_internal_hdf5_at(const hone_weights_file *file, uint64_t address, uint64_t length);

/* ---- object headers ---- */

typedef struct hone_hdf5_message {
    unsigned type;
    bool shared; /* its content stands elsewhere */
    hone_span body;
} hone_hdf5_message;

/* Goes through the messages of an object's header. */
typedef struct hone_hdf5_header {
    const hone_weights_file *file;
    hone_span block;
    hone_span later[64]; /* continuation blocks */
    int first, last;
    size_t budget; /* bytes of blocks that may still be entered: circles end */
    bool damaged;
} hone_hdf5_header;

void hone_internal_hdf5_header_start(hone_hdf5_header *header, const hone_weights_file *file,
                                     uint64_t object);
/* False at the end and on damage. */
bool hone_internal_hdf5_header_next(hone_hdf5_header *header, hone_hdf5_message *message);

/* ---- groups ---- */

/* A link of a group in the newer form; object 0: not a hard one. The name is not ended by 0. */
typedef struct hone_hdf5_link {
    const char *name;
    size_t length;
    uint64_t object;
} hone_hdf5_link;
/* False: no more are wanted. */
typedef bool hone_hdf5_link_function(void *context, const hone_hdf5_link *link);
/* Goes through the links of a group in the newer form (hdf5_links.c); false when it is damaged. */
bool hone_internal_hdf5_links(const hone_weights_file *file, uint64_t group, hone_hdf5_link_function *visit,
                              void *context);

/* The object at a path of hard links ("" and "/" name the root); 0 when a part is missing, which is not a
 * failure. */
hone_status hone_internal_hdf5_find(const hone_weights_file *file, const char *path, uint64_t *object);

/* The part that has the object; the last one when none has. */
const hone_weights_file *hone_internal_hdf5_file_of(const hone_weights_file *file, const char *path);

/* ---- types and shapes ---- */

typedef enum hone_hdf5_form {
    HONE_HDF5_OTHER,        /* not read */
    HONE_HDF5_NUMBERS,      /* of `numbers`, but for the byte order */
    HONE_HDF5_FLOAT16,      /* IEEE half precision */
    HONE_HDF5_BFLOAT16,     /* the upper halves of float32, as opaque bytes */
    HONE_HDF5_BOOLEANS,     /* bytes of an enumeration of two */
    HONE_HDF5_TEXT,         /* `size` bytes each */
    HONE_HDF5_VARIABLE_TEXT /* in the global heap */
} hone_hdf5_form;

typedef struct hone_hdf5_type {
    hone_hdf5_form form;
    size_t size; /* bytes of an element in the file */
    bool big_endian;
    bool padded;        /* text, by spaces */
    hone_dtype numbers; /* what its numbers become */
} hone_hdf5_type;

typedef struct hone_hdf5_space {
    bool none; /* no elements and no shape */
    int rank;
    uint64_t sizes[HONE_HDF5_MAX_RANK];
} hone_hdf5_space;

/* False when damaged. */
bool hone_internal_hdf5_parse_type(hone_span span, hone_hdf5_type *type);
bool hone_internal_hdf5_parse_space(hone_span span, hone_hdf5_space *space);

/* ---- chunks ---- */

enum { HONE_HDF5_MAX_FILTERS = 8 };

typedef struct hone_hdf5_chunks {
    uint64_t tree; /* address of the root of the B-tree */
    int rank;
    uint64_t sizes[HONE_MAX_RANK]; /* of the dataset */
    uint64_t chunk[HONE_MAX_RANK]; /* of a chunk */
    size_t element;                /* bytes */
    int filter_count;
    unsigned filters[HONE_HDF5_MAX_FILTERS]; /* in the order of writing */
} hone_hdf5_chunks;

/* The whole dataset, in the file's types, into `content`. `path` is for messages. */
hone_status hone_internal_hdf5_read_chunks(const hone_weights_file *file, const hone_hdf5_chunks *chunks,
                                           const char *path, unsigned char *content);

/* ---- attributes ---- */

/* Appends the texts of an object's attribute, each ended by 0, and adds to `count`; `has` tells whether it is
 * there. */
hone_status hone_internal_hdf5_attribute(const hone_weights_file *file, uint64_t object, const char *name,
                                         hone_text *texts, size_t *count, bool *has);

#endif
