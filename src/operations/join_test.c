/* Joining and taking apart. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"concatenate", {"concatenate(1)", TWO}},
    {"stack", {"stack(-1)", TWO}},
    {"hstack", {"hstack", TWO}},
    {"dstack", {"dstack", TWO}},
    {"dstack of rows", {"dstack", .inputs = {S(2, 4), S(2, 4)}, .operation = true}},
    {"append", {"append(1)", TWO}},
    {"hsplit", {"hsplit(\"2\")", X}},
    {"dsplit", {"dsplit(\"[1]\")", X}},
    {"array_split", {"array_split(\"3\", 1)", X}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"unequal parts", "split(\"3\", 1)", NULL, "an axis of size 4 has no 3 equal parts"},
    {"empty parts", "split(\"[2, 2]\", 1)", NULL, "part 1 of an axis of size 4 would be empty"},
    {"more parts than places", "array_split(\"5\", 1)", NULL, "an axis of size 4 has no 5 parts"},
    {"parts of the batch", "split(\"2\", 0)", NULL, "cannot be taken apart"},
    {"a number of rows that is not", "unstack(3, 1)", NULL, "num is 3, but the axis has size 4"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
