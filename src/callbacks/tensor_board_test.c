/* tensor_board over a pretended training; in real ones: tests/integration/tensor_board_test.c. */
#include "testing/check_callback.h"
#include "testing/files.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum {
    SEES_ALL = SEES(TRAIN_BEGIN) | SEES(TRAIN_END) | SEES(EPOCH_BEGIN) | SEES(EPOCH_END) | SEES(BATCH_BEGIN) |
               SEES(TEST_END)
};

static const char *spec(const char *options)
{
    static char text[700];
    snprintf(text, sizeof text, "tensor_board(\"%s\"%s)", testing_path("logs"), options);
    return text;
}

TEST(keeps_what_callbacks_promise)
{
    check_callback(&(callback_example){.text = spec(""), .sees = SEES_ALL, .does = WATCHES});
    check_callback(&(callback_example){
        .text = spec(", write_graph=false, write_hparams=false"), .sees = SEES_ALL, .does = 0});
}

TEST(keeps_what_callbacks_promise_with_all_that_can_be_logged)
{
    check_callback(&(callback_example){
        .text =
            spec(", histogram_freq=1, write_images=true, write_grads=true, write_maps=true, update_freq=2"),
        .sees = SEES_ALL | SEES(BATCH_END),
        .does = WATCHES});
}

static size_t folders_after(const char *options)
{
    pretended_training training;
    const char *folder = testing_path("parts");
    hone_logs logs = {.count = 1, .names = {"loss"}, .values = {1}};
    char text[700];
    snprintf(text, sizeof text, "tensor_board(\"%s\"%s)", folder, options);
    pretend_begin(&training, 0.1, 1);
    hone_callback_list *list = pretend_list(hone_callback_from_text(text));
    pretend_event(&training, list, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    pretend_event(&training, list, HONE_EVENT_EPOCH_BEGIN, 0, NULL);
    pretend_event(&training, list, HONE_EVENT_EPOCH_END, 0, &logs);
    pretend_event(&training, list, HONE_EVENT_TRAIN_END, 0, &logs);
    hone_callback_list_free(list);
    pretend_end(&training);
    size_t entries = testing_entries(folder);
    testing_folder_empty(folder);
    return entries;
}

TEST(logs_are_made_when_the_first_thing_goes_into_them)
{
    assert_int_equal(folders_after(", write_hparams=false"), 1); /* train */
    assert_int_equal(folders_after(""), 2);                      /* and what the run was set up with */
}

TEST(refuses_what_is_not_logged)
{
    check_callback_refused("tensor_board(d, update_freq=0)", "update_freq");
    check_callback_refused("tensor_board(d, histogram_freq=-1)", "histogram_freq");
    check_callback_refused("tensor_board(d, profile_batch=2)", "profile");
    check_callback_refused("tensor_board(d, embeddings_freq=1)", "embeddings");
}
