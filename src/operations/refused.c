/* Operations of keras.ops that a model file cannot have here, with the reason. */
#include "operations/refused.h"

#include <stddef.h>
#include <string.h>

static const char by_functions[] = "it takes functions of Python, which files do not hold";
static const char complex_numbers[] = "its numbers are complex; Hone has real ones";
static const char by_data[] = "the size of its result hangs on the numbers of its input";

static const struct {
    const char *class_name, *reason;
} refused[] = {
    {"AssociativeScan", by_functions},
    {"Cond", by_functions},
    {"ForiLoop", by_functions},
    {"JVP", by_functions},
    {"Map", by_functions},
    {"Scan", by_functions},
    {"Switch", by_functions},
    {"VectorizedMap", by_functions},
    {"WhileLoop", by_functions},
    {"Eig", complex_numbers},
    {"Polar", complex_numbers},
    {"ViewAsComplex", complex_numbers},
    {"ViewAsReal", complex_numbers},
    {"Arange", by_data},
    {"Bincount", by_data},
    {"Nonzero", by_data},
    {"Unique", by_data},
    {"CTCLoss", "the loss CTC of a model is read, the operation is not"},
    {"Ndim", "it is a number of Python"},
    {"Size", "it is a number of Python"},
    {"View", "the bits of numbers as another type are not kept"},
    {"CTCDecode", "the length of its result hangs on the numbers of its input"},
    {"ElasticTransform",
     "its random numbers are those of the backend; the layer RandomElasticTransform is read"},
};

const char *hone_internal_operation_reason(const char *class_name)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (strcmp(refused[i].class_name, class_name) == 0)
            return refused[i].reason;
    return NULL;
}
