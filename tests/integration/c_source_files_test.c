/* What files of C source promise: the same bytes, strict compilers, no work space but the caller's, and what
 * is refused. */
#include "c_source_models.h"

#include "base/file.h"
#include "base/memory.h"

#include <hone/export.h>
#include <stdlib.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static hone_status export_as(hone_model *model, const char *name, const char *weights, const char *prefix)
{
    char path[400];
    path_of(name, path, sizeof path);
    return hone_export_c(model, path, NULL, .weights = weights, .prefix = prefix);
}

static void *read_file(const char *name, size_t *bytes)
{
    void *data;
    assert_true(hone_internal_file_read(testing_path(name), 1u << 24, &data, bytes) >= 0);
    return data;
}

TEST(the_same_model_gives_the_same_source)
{
    size_t bytes[2];
    hone_model *model = normalized();
    scatter_weights(model);
    assert_true(export_as(model, "same", "float32", "m") >= 0);
    void *first = read_file("same.c", &bytes[0]);
    assert_true(export_as(model, "same", "float32", "m") >= 0);
    void *second = read_file("same.c", &bytes[1]);
    assert_int_equal(bytes[0], bytes[1]);
    assert_memory_equal(first, second, bytes[0]);
    assert_null(strstr(first, "op_scale")); /* all normalisation went into dense layers */
    hone_internal_free(first);
    hone_internal_free(second);
    hone_model_free(model);
}

/* C++ reads the header; without static work space the caller's serves; constants go where they are told. */
TEST(the_source_says_what_it_uses)
{
    hone_model *model = two_towers();
    char command[900];
    scatter_weights(model);
    assert_true(export_as(model, "uses", "int8", NULL) >= 0);
    snprintf(command, sizeof command,
             "cd %s && cc -std=c99 -Wall -Wextra -pedantic -Wconversion -Wshadow -Wdouble-promotion -Werror "
             "-DUSES_NO_STATIC_WORK '-DUSES_CONST=static const __attribute__((aligned(16)))' -c uses.c && "
             "test -z \"$(nm -S uses.o | grep -i ' [bd] ')\"",
             testing_folder);
    assert_int_equal(system(command), 0);
    if (system("c++ --version > /dev/null 2>&1") == 0) {
        snprintf(
            command, sizeof command,
            "cd %s && echo '#include \"uses.h\"' > u.cpp && c++ -std=c++11 -Wall -Wextra -pedantic -Werror "
            "-c u.cpp",
            testing_folder);
        assert_int_equal(system(command), 0);
    }
    hone_model_free(model);
}

static void check_refused(hone_model *model, const char *part)
{
    assert_non_null(model);
    assert_true(export_as(model, "refused", "float32", NULL) < 0);
    if (strstr(hone_error_message(), part) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", hone_error_message(), part);
    assert_int_not_equal(access(testing_path("refused.c"), F_OK), 0);
    assert_int_not_equal(access(testing_path("refused.h"), F_OK), 0);
    hone_model_free(model);
}

TEST(refuses_what_c_cannot_do)
{
    hone_model *model = hone_sequential(hone_input(3), hone_dense(2));
    assert_int_equal(export_as(model, "x", "int4", NULL), HONE_ERROR_ARGUMENT);
    assert_int_equal(export_as(model, "x", "int8", "a b"), HONE_ERROR_ARGUMENT);
    assert_int_equal(export_as(model, "x", "int8", "_a"), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_export_c(model, "model.txt", NULL), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_export_c(model, testing_path("quote\".c"), NULL), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_export_c(model, testing_path("x.c"), NULL, .samples = 0), HONE_ERROR_ARGUMENT);
    assert_true(hone_export_c(model, "/nowhere/x.c", NULL) < 0);
    hone_internal_variable_data(model->weights.items[0])[0] = NAN;
    assert_true(export_as(model, "x", "float32", NULL) >= 0);
    assert_int_equal(export_as(model, "x", "int8", NULL), HONE_ERROR_UNSUPPORTED);
    hone_model_free(model);
    check_refused(hone_sequential(hone_dense(2)), "shape of its input");
    check_refused(hone_sequential(hone_input(HONE_ANY, 3), hone_dense(2)),
                  "every size except the batch size");
}

TEST(survives_failing_allocations)
{
    hone_model *model = normalized();
    scatter_weights(model);
    assert_true(export_as(model, "short", "int8", NULL) >= 0);
    int64_t before = hone_internal_blocks_in_use();
    hone_internal_fail_allocations_after(-1);
    assert_true(export_as(model, "short", "int8", NULL) >= 0);
    int64_t asked = hone_internal_fail_allocations_after(-1);
    for (int64_t n = 0; n < asked; n++) {
        hone_internal_fail_allocations_after(n);
        hone_status status = export_as(model, "short", "int8", NULL);
        hone_internal_fail_allocations_after(-1);
        if (status >= 0 && n < asked - 2) /* the last two are for syncing folders, which may fail */
            fail_msg("export went on without allocation %d of %d", (int)n, (int)asked);
    }
    assert_int_equal(hone_internal_blocks_in_use(), before);
    hone_model_free(model);
}
