/* What a model keeps of the data that it was trained on: the names of their classes. */
#define _GNU_SOURCE /* mkdtemp */
#include "testing/files.h"
#include "testing/message.h"

#include <hone/hone.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(a_fit_teaches_the_names_of_classes)
{
    static const char csv[] = "a,b,kind\n1,2,cat\n3,4,dog\n5,6,cat\n";
    char source[300];
    snprintf(source, sizeof source, "%s#target=kind", testing_file("a.csv", csv, strlen(csv)));
    hone_dataset *data = hone_dataset_load(source, NULL, 1);
    if (data == NULL)
        fail_msg("%s", hone_error_message());
    hone_model *model = hone_sequential(hone_input(2), hone_dense(2));
    assert_int_equal(hone_compile(model, .loss = "sparse_categorical_crossentropy(from_logits=true)"),
                     HONE_OK);
    assert_int_equal(hone_model_class_count(model, 0), 0);
    assert_null(hone_model_class_name(model, 0, 0));
    if (hone_fit(model, data) == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_model_class_count(model, 0), 2);
    assert_string_equal(hone_model_class_name(model, 0, 1), "dog");
    assert_null(hone_model_class_name(model, 0, 2));
    assert_null(hone_model_class_name(model, 0, -1));
    assert_int_equal(hone_model_class_count(NULL, 0), 0);
    hone_model_free(model);
    hone_dataset_free(data);
    unlink(testing_path("a.csv"));
}
