/* Keyword arguments: how `hone_dense(300, .activation = "relu")` works, in one place.
 *
 * The arguments of each layer, optimizer, loss, ... are one list, an X-macro of rows
 *
 *     F(A, KIND, name, default, "help", attributes...)
 *
 * from which the argument struct (HONE_ARGS_STRUCT), the defaults of a call (HONE_ARGS_CALL) and the field
 * table for copying, checking, saving, loading, the command line and help (HONE_FIELD_TABLE, in
 * hone/fields.h) are made, so they always agree. An explicit 0 or false counts; "none" is HONE_NONE for
 * numbers, HONE_NONE_INTEGER for integers and NULL for text. KIND is one of the kinds below; attributes are
 * designated initialisers of a hone_field.
 *
 * From C++, or from another language, take the defaults with hone_args_default("dense", &args, sizeof args),
 * set the members, and call hone_dense_with(&args). */
#ifndef HONE_ARGS_H
#define HONE_ARGS_H

#include <hone/error.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    HONE_MAX_RANK = 8,     /* axes of a tensor, including the batch */
    HONE_MAX_NUMBERS = 32, /* numbers that a list in braces can hold; other lists have any length */
    HONE_MAX_TEXTS = 16    /* strings that a list in braces can hold */
};

#define HONE_NONE ((double)NAN)     /* no number given */
#define HONE_NONE_INTEGER INT64_MIN /* no integer given; ends a list of integers */
#define HONE_ANY ((int64_t)-1)      /* a variable size, such as that of the batch */

/* No list given. */
#define HONE_NO_INTEGERS \
    { \
        INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN \
    }
#define HONE_NO_NUMBERS \
    { \
        HONE_NONE \
    }
#define HONE_NO_TEXTS \
    { \
        NULL \
    }

/* The start of every argument struct. Structs grow only at their end, and are read by the size that the
 * caller was compiled with: members that an older caller lacks have their defaults. */
typedef struct hone_args {
    size_t size;      /* bytes of the whole struct, as compiled by the caller */
    const char *site; /* "train.c:12", for messages; may be NULL */
} hone_args;

/* Receives `length` bytes of UTF-8, without a final 0. */
typedef void hone_sink(void *context, const char *text, size_t length);

/* Called with the progress of a file; stops the transfer when it returns a value other than 0. */
typedef int hone_fetch_function(void *context, const char *file, int64_t received, int64_t bytes);

typedef struct hone_layer hone_layer;
typedef struct hone_layer_list hone_layer_list;
typedef struct hone_schedule hone_schedule;
typedef struct hone_tensor hone_tensor; /* a node of a network: the output of an applied layer */
typedef struct hone_optimizer hone_optimizer;
typedef struct hone_callback_list hone_callback_list;
typedef struct hone_dataset hone_dataset;
typedef struct hone_model hone_model;
typedef struct hone_history hone_history;

/* The value of a pointer keyword that is left out, because NULL means an earlier failure. */
extern char hone_nothing[];
#define HONE_NO_LAYER ((hone_layer *)(void *)hone_nothing)
#define HONE_NO_LAYERS ((hone_layer_list *)(void *)hone_nothing)
#define HONE_NO_SCHEDULE ((hone_schedule *)(void *)hone_nothing)
#define HONE_NO_TENSOR ((hone_tensor *)(void *)hone_nothing)
#define HONE_NO_TENSORS ((hone_tensor *const *)(void *)hone_nothing)
#define HONE_NO_OPTIMIZER ((hone_optimizer *)(void *)hone_nothing)
#define HONE_NO_CALLBACKS ((hone_callback_list *)(void *)hone_nothing)
#define HONE_NO_DATASET ((hone_dataset *)(void *)hone_nothing)
#define HONE_NO_MODEL ((hone_model *)(void *)hone_nothing)
#define HONE_NO_HISTORY ((const hone_history *)(void *)hone_nothing)

/* Kinds of field and their C types. */
#define HONE_DECLARE_BOOLEAN(name) bool name;
#define HONE_DECLARE_INTEGER(name) int64_t name;
#define HONE_DECLARE_NUMBER(name) double name;
#define HONE_DECLARE_TEXT(name) const char *name;
#define HONE_DECLARE_ACTIVATION(name) const char *name;  /* spec strings: "leaky_relu(negative_slope=0.1)" */
#define HONE_DECLARE_INITIALIZER(name) const char *name; /* "he_normal" */
#define HONE_DECLARE_REGULARIZER(name) const char *name; /* "l2(0.01)" */
#define HONE_DECLARE_CONSTRAINT(name) const char *name;  /* "max_norm(2)" */
/* Lists. In braces, `.mean = {0.5, 0.25}`: C fills the rest with zeros, so zeros at the end do not count
 * (except in the first item); HONE_NONE or HONE_NONE_INTEGER ends a list anywhere. HONE_NUMBERS(mean, 1, 0)
 * in place of
 * `.mean = ...` is a list of exactly these items, however many, and `.mean_list = means, .mean_count = 100`
 * one that the program counts. The copy of its arguments that a layer, an optimizer, ... keeps has mean_list
 * and mean_count set. Sizes and axes (INTEGERS) have only braces, because a tensor has no more axes. */
#define HONE_DECLARE_INTEGERS(name) int64_t name[HONE_MAX_RANK];
/* One number for all axes or one for each: see hone_field.items. */
#define HONE_DECLARE_SIZES(name) int64_t name[HONE_MAX_RANK];
#define HONE_DECLARE_NUMBERS(name) \
    double name[HONE_MAX_NUMBERS]; \
    const double *name##_list; \
    size_t name##_count;
#define HONE_DECLARE_IDS(name) /* numbers of classes and the like */ \
    int64_t name[HONE_MAX_NUMBERS]; \
    const int64_t *name##_list; \
    size_t name##_count;
#define HONE_DECLARE_TEXTS(name) \
    const char *name[HONE_MAX_TEXTS]; \
    const char *const *name##_list; \
    size_t name##_count;
#define HONE_NUMBERS(name, ...) HONE_LIST(name, const double, __VA_ARGS__)
#define HONE_IDS(name, ...) HONE_LIST(name, const int64_t, __VA_ARGS__)
#define HONE_TEXTS(name, ...) HONE_LIST(name, const char *const, __VA_ARGS__)
#define HONE_LIST(name, type, ...) \
    .name##_list = (type[]){__VA_ARGS__}, .name##_count = sizeof((type[]){__VA_ARGS__}) / sizeof(type)
#define HONE_DECLARE_LAYER(name) hone_layer *name;       /* taken over */
#define HONE_DECLARE_LAYERS(name) hone_layer_list *name; /* taken over */
#define HONE_DECLARE_SCHEDULE(name) hone_schedule *name; /* taken over */
/* In the arguments of calls: borrowed nodes; lists end with hone_tensors_end, and HONE_NO_TENSOR is a node
 * left out.
 */
#define HONE_DECLARE_TENSOR(name) hone_tensor *name;
#define HONE_DECLARE_TENSORS(name) hone_tensor *const *name;
#define HONE_DECLARE_OPTIMIZER(name) hone_optimizer *name;     /* taken over */
#define HONE_DECLARE_CALLBACKS(name) hone_callback_list *name; /* taken over */
/* Borrowed until the function that receives them returns. */
#define HONE_DECLARE_DATASET(name) hone_dataset *name;
#define HONE_DECLARE_MODEL(name) hone_model *name;
#define HONE_DECLARE_HISTORY(name) const hone_history *name;
#define HONE_DECLARE_SINK(name) hone_sink *name;               /* NULL: nowhere */
#define HONE_DECLARE_PROGRESS(name) hone_fetch_function *name; /* NULL: no calls */
#define HONE_DECLARE_POINTER(name) void *name;                 /* argument for a function of the caller */
#define HONE_DECLARE_TEXT_LIST(name) const char *const *name;  /* NULL-ended; NULL: none */
#define HONE_DECLARE_CLASS_WEIGHTS(name) HONE_DECLARE_NUMBERS(name) /* by class; 1 unless given */

#define HONE_FIELD_DECLARE(A, kind, name, standard, ...) HONE_DECLARE_##kind(name)
#define HONE_FIELD_DEFAULT(A, kind, name, standard, ...) .name = standard,
/* F##_ROOM(A) in a list: space for future fields in the middle of a struct. Fields that use it must have 0,
 * false or NULL as their default, because older programs have that there. */
#define HONE_FIELD_DECLARE_ROOM(A) void *layer_room[8];
#define HONE_FIELD_DEFAULT_ROOM(A) .layer_room = {NULL},

/* HONE_ARGS_STRUCT(hone_dense_args, HONE_DENSE_FIELDS); */
#define HONE_ARGS_STRUCT(type, FIELDS) \
    typedef struct type { \
        hone_args base; \
        FIELDS(HONE_FIELD_DECLARE, type) \
    } type

#define HONE_TEXT_OF_(x) #x
#define HONE_TEXT_OF(x) HONE_TEXT_OF_(x)
#define HONE_SITE __FILE__ ":" HONE_TEXT_OF(__LINE__)

/* A call with the struct's address: the defaults first, then the caller's arguments; the last value
 * wins. The pragmas suppress the compiler's warning about that. */
#ifndef __cplusplus
#if defined(__clang__)
#define HONE_WITH_OVERRIDES(call) \
    __extension__({ \
        _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Winitializer-overrides\"") \
            _Pragma("clang diagnostic ignored \"-Wmissing-field-initializers\"") \
                _Pragma("clang diagnostic ignored \"-Wmissing-braces\"") call; \
        _Pragma("clang diagnostic pop") \
    })
#elif defined(__GNUC__)
#define HONE_WITH_OVERRIDES(call) \
    __extension__({ \
        _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Woverride-init\"") \
            _Pragma("GCC diagnostic ignored \"-Wmissing-braces\"") call; \
        _Pragma("GCC diagnostic pop") \
    })
#else
#define HONE_WITH_OVERRIDES(call) call
#endif
#endif

#ifndef __cplusplus
#define HONE_ARGS_CALL(create, type, FIELDS, ...) \
    HONE_WITH_OVERRIDES( \
        create(&(type){.base = {sizeof(type), HONE_SITE}, FIELDS(HONE_FIELD_DEFAULT, type) __VA_ARGS__}))
#endif

/* The same for a function with other arguments first: hone_fit(model, data, .epochs = 3) is
 * HONE_FIT(model, data, .epochs = 3, .base = ...), which hands HONE_ARGS(...) to hone_fit_with. */
#ifndef __cplusplus
#define HONE_BASE(type) .base = {sizeof(type), HONE_SITE}
#define HONE_ARGS(type, FIELDS, ...) \
    &(type) \
    { \
        FIELDS(HONE_FIELD_DEFAULT, type) __VA_ARGS__ \
    }
#endif

/* Fills `args` (of `size` bytes, and never more) with the defaults of a function, layer, optimizer, ...:
 * "fit", "dense", "adam". A program that was compiled against an older, shorter struct gets the members it
 * knows; the others have their defaults in the library. Errors: HONE_ERROR_NAME; HONE_ERROR_ARGUMENT when
 * `size` is larger than this library's struct. */
hone_status hone_args_default(const char *name, void *args, size_t size);

#ifdef __cplusplus
}
#endif
#endif
