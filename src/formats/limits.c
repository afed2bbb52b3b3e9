/* What every reader of files enforces. */
#include "formats/formats.h"

const hone_limits hone_internal_limits = {
    .json_bytes = (size_t)64 << 20,
    .json_depth = 64,
    .text_bytes = (size_t)64 << 10,
    .zip_members = 10000,
    .tensor_bytes = (size_t)8 << 30,
};
