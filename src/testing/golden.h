/* For tests: golden files (tests/golden/README.md), and running recorded graphs with every kind of kernel
 * table. What fails fails the cmocka test with a message; nothing here returns an error. */
#ifndef HONE_TESTING_GOLDEN_H
#define HONE_TESTING_GOLDEN_H

#include "fields/config.h"
#include "graph/graph.h"
#include "plan/plan.h"
#include "testing/test.h"

/* ---- files ---- */

/* tests/golden/<family>/<name>.json; freed with hone_internal_config_free. */
hone_config *golden_open(const char *family, const char *name);
/* The names of a family's files without ".json", sorted, ended by NULL; freed with golden_list_free. */
char **golden_list(const char *family);
void golden_list_free(char **names);

/* The file of a tokenizer (of tests/golden/tokenizers), to be freed by free; the same, written to path. */
unsigned char *golden_tokenizer_bytes(const hone_config *file, size_t *count);
void golden_tokenizer_write(const char *name, const char *path);

/* Its "cases", and parts of one: NULL when absent (or null). */
const hone_config *golden_cases(const hone_config *file);
const hone_config *golden_get(const hone_config *map, const char *key);
const char *golden_title(const hone_config *file,
                         const hone_config *example); /* "losses/huber: small delta", until the next call */
double golden_tolerance(const hone_config *example);  /* 1e-5 unless it says otherwise */
bool golden_flag(const hone_config *map, const char *key);
/* {"class_name": "Huber", "config": arguments} for functions that read envelopes; to be freed. `module`
 * NULL: none. */
hone_config *golden_envelope(const char *module, const char *class_name, const hone_config *arguments);

/* A tensor of a file; `values` is freed with golden_tensor_free. */
typedef struct golden_tensor {
    hone_shape shape;
    int64_t count;
    double *values;
} golden_tensor;
golden_tensor golden_read(const hone_config *tensor);
golden_tensor golden_filled(hone_shape shape, double number);
golden_tensor golden_of(hone_shape shape, const double *values);
void golden_tensor_free(golden_tensor *tensor);

/* ---- running ---- */

/* The tables that results are checked with: "ref", "ref_double" and the best of this machine; ended by
 * NULL. */
extern const char *const golden_tables[];

/* A graph with its inputs, then a plan; results are read as doubles. */
enum { GOLDEN_INPUTS = 64 };
typedef struct golden_run {
    hone_graph *graph;
    const hone_kernels *kernels;
    hone_plan *plan;
    hone_value inputs[GOLDEN_INPUTS];
    golden_tensor data[GOLDEN_INPUTS]; /* copies */
    int input_count;
} golden_run;
/* `table` NULL: the best of this machine. */
golden_run golden_begin(const char *table, bool training);
hone_value golden_input(golden_run *run, const hone_config *tensor);
hone_value golden_input_of(golden_run *run, const golden_tensor *tensor);
hone_value golden_filled_input(golden_run *run, hone_shape shape, double number);
/* A variable "w" with its memory, filled. */
hone_variable *golden_variable(hone_shape shape, double number);
/* Records the gradients of a scalar; each that is there is kept. */
void golden_differentiate(golden_run *run, hone_value loss, const hone_value *wanted, int count,
                          hone_value *gradients);
void golden_keep(golden_run *run, hone_value value);
/* Makes the plan at the first call; feeds the inputs and runs (again). Nothing may be recorded afterwards. */
void golden_execute(golden_run *run);
/* The same with every phase run by a team (NULL: alone); a plan that is made now is made for `threads`. */
void golden_execute_by(golden_run *run, hone_team *team, int threads);
/* A kept value after the run, as a new tensor; golden_number: the one number of a scalar. */
golden_tensor golden_result(const golden_run *run, hone_value value);
double golden_number(const golden_run *run, hone_value value);
void golden_end(golden_run *run);

/* ---- comparing ---- */

/* The largest difference within tolerance * (the largest size of what is expected, at least 1e-3), and
 * equal NaNs and infinities. */
void golden_check(const char *title, const char *what, const golden_tensor *expected,
                  const golden_tensor *received, double tolerance);
/* The same with a tensor of a file and a kept value; shapes must agree. */
void golden_check_value(const char *title, const char *what, const hone_config *expected,
                        const golden_run *run, hone_value received, double tolerance);

/* Equal but for the order of keys, `dtype`, and 0 against 0.0. */
void golden_check_config(const char *title, const hone_config *expected, const hone_config *received);

/* Records a scalar from the inputs. */
typedef hone_value golden_function(hone_graph *graph, const hone_value *inputs, int count, void *context);
/* The gradients of `record` in each input that is `wanted` (NULL: all) against central differences in
 * ref_double, on at most 64 elements of each. 1e-6 is a usual tolerance (relative to the largest gradient
 * of the input, at least 1e-3). */
void golden_check_differences(const char *title, golden_function *record, void *context,
                              const golden_tensor *inputs, int count, const bool *wanted, bool training,
                              double tolerance);

#endif
