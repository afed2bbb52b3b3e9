/* Tests of folders by class: Keras's order and parts. Texts, sound and pictures test the rest. */
#include "readers/folders.h"
#include "testing/test.h"

#include <stdio.h>
#include <string.h>

static const char pictures[] = "tests/golden/images/pictures";

TEST(gives_the_order_of_keras)
{
    static const char *const subsets[] = {"training", "validation"};
    for (int i = 0; i < 2; i++) {
        char path[100], line[300];
        snprintf(path, sizeof path, "tests/golden/images/%s.txt", subsets[i]);
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        const hone_class_folder folder = {
            .path = pictures, .labels = "int", .validation_split = 0.3, .subset = subsets[i], .seed = 123};
        hone_file_list list = {.kind = &hone_internal_pictures};
        assert_int_equal(hone_internal_files_list(&folder, NULL, &list), HONE_OK);
        size_t count = 0;
        for (; fgets(line, sizeof line, file); count++) {
            line[strcspn(line, "\n")] = '\0';
            assert_true(count < list.count);
            assert_string_equal(list.files[count].path + sizeof pictures, line);
        }
        assert_int_equal(count, list.count);
        fclose(file);
        hone_internal_files_free(&list);
    }
}
