/* Items of maps by their keys. */
#include "base/memory.h"
#include "formats/formats.h"
#include "keras/graph.h"
#include "testing/test.h"

#include <string.h>

TEST(items_of_a_map_are_taken_by_sorted_keys)
{
    static const char text[] = "{\"b\": 1, \"a\": 2, \"c\": 3}";
    hone_config *map = hone_internal_json_parse(text, strlen(text), "test");
    size_t *order = hone_internal_sorted_items(map);
    assert_memory_equal(order, ((size_t[]){1, 0, 2}), 3 * sizeof *order);
    hone_internal_free(order);
    hone_internal_config_free(map);
    hone_config *list = hone_internal_json_parse("[3, 1, 2]", 9, "test");
    order = hone_internal_sorted_items(list);
    assert_memory_equal(order, ((size_t[]){0, 1, 2}), 3 * sizeof *order);
    hone_internal_free(order);
    hone_internal_config_free(list);
}
