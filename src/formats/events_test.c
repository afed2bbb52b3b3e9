/* Event files: checksums, records, what is in them, failures. (TensorBoard itself reads them in
 * tests/interop.) */
#include "formats/events.h"
#include "base/file.h"
#include "formats/tensorboard.pb-c.h"
#include "testing/files.h"
#include "testing/test.h"

#include <math.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

/* The only file of the folder, whole. */
static char *read_log(const char *folder, size_t *bytes)
{
    DIR *opened = opendir(folder);
    void *data = NULL;
    for (struct dirent *entry; opened && (entry = readdir(opened));) {
        char path[1024];
        if (entry->d_name[0] == '.')
            continue;
        assert_non_null(strstr(entry->d_name, "events.out.tfevents."));
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        assert_int_equal(hone_internal_file_read(path, 1 << 24, &data, bytes), HONE_OK);
    }
    closedir(opened);
    assert_non_null(data);
    return data;
}

static Hone__Tensorboard__Event *event_at(const char *data, int index)
{
    uint64_t length;
    for (;; index--) {
        memcpy(&length, data, 8);
        if (index == 0)
            break;
        data += 12 + length + 4;
    }
    Hone__Tensorboard__Event *event =
        hone__tensorboard__event__unpack(NULL, (size_t)length, (const uint8_t *)data + 12);
    assert_non_null(event);
    return event;
}

TEST(what_is_written_is_read)
{
    const float numbers[] = {0, 1, 2, 3, NAN, INFINITY}, same[] = {7, 7};
    size_t bytes;
    hone_event_log *log = hone_internal_event_log_open(testing_path("a/b"));
    assert_non_null(log);
    assert_int_equal(hone_internal_event_log_scalar(log, "epoch_loss", 0.5, 3), HONE_OK);
    assert_int_equal(hone_internal_event_log_histogram(log, "w", numbers, 6, 0), HONE_OK);
    assert_int_equal(hone_internal_event_log_histogram(log, "w", same, 2, 0), HONE_OK);
    assert_int_equal(hone_internal_event_log_histogram(log, "w", numbers + 4, 2, 0), HONE_OK);
    assert_int_equal(hone_internal_event_log_close(log), HONE_OK);
    char *data = read_log(testing_path("a/b"), &bytes);
    assert_int_equal(hone_internal_event_records(data, bytes), 5);

    Hone__Tensorboard__Event *event = event_at(data, 0);
    assert_string_equal(event->file_version, "brain.Event:2");
    hone__tensorboard__event__free_unpacked(event, NULL);
    event = event_at(data, 1);
    assert_int_equal(event->step, 3);
    assert_string_equal(event->summary->value[0]->tag, "epoch_loss");
    assert_string_equal(event->summary->value[0]->metadata->plugin_data->plugin_name, "scalars");
    assert_true(event->summary->value[0]->tensor->float_val[0] == 0.5f);
    hone__tensorboard__event__free_unpacked(event, NULL);

    /* 0, 1, 2, 3 in 30 bins of 0.1: the first, 10th, 20th (or its neighbour by rounding) and last. */
    event = event_at(data, 2);
    const Hone__Tensorboard__Tensor *bins = event->summary->value[0]->tensor;
    assert_int_equal(bins->n_double_val, 90);
    double count = 0;
    for (size_t i = 2; i < 90; i += 3)
        count += bins->double_val[i];
    assert_true(count == 4 && bins->double_val[2] == 1 && bins->double_val[89] == 1);
    assert_true(bins->double_val[0] == 0 && bins->double_val[88] == 3);
    hone__tensorboard__event__free_unpacked(event, NULL);
    event = event_at(data, 3);
    bins = event->summary->value[0]->tensor;
    assert_true(bins->double_val[0] == 7 && bins->double_val[1] == 7 && bins->double_val[89] == 2);
    hone__tensorboard__event__free_unpacked(event, NULL);
    event = event_at(data, 4);
    bins = event->summary->value[0]->tensor;
    for (size_t i = 0; i < 90; i++)
        assert_true(bins->double_val[i] == 0);
    hone__tensorboard__event__free_unpacked(event, NULL);
    hone_internal_free(data);
}

TEST(survives_damage)
{
    size_t bytes;
    hone_event_log *log = hone_internal_event_log_open(testing_path("damaged"));
    for (int i = 0; i < 3; i++)
        assert_int_equal(hone_internal_event_log_scalar(log, "x", i, i), HONE_OK);
    assert_int_equal(hone_internal_event_log_close(log), HONE_OK);
    char *data = read_log(testing_path("damaged"), &bytes);
    assert_int_equal(hone_internal_event_records(data, bytes), 4);
    for (size_t shorter = 1; shorter < 20; shorter++)
        assert_int_equal(hone_internal_event_records(data, bytes - shorter), 3);
    for (size_t i = 0; i < bytes; i++) {
        data[i] ^= 4;
        assert_true(hone_internal_event_records(data, bytes) < 0);
        data[i] ^= 4;
    }
    hone_internal_free(data);
}

TEST(failures_are_told)
{
    assert_null(hone_internal_event_log_open("/proc/none/logs"));
    assert_int_equal(hone_error_status(), HONE_ERROR_FILE);
    hone_config *map = hone_internal_config_map();
    assert_int_equal(hone_internal_config_set(map, "rate", hone_internal_config_number(0.1)), HONE_OK);
    assert_int_equal(hone_internal_config_set(map, "name", hone_internal_config_text("adam")), HONE_OK);
    assert_int_equal(hone_internal_config_set(map, "none", hone_internal_config_null()), HONE_OK);
    int64_t blocks = hone_internal_blocks_in_use();
    bool good = false;
    for (int64_t allowed = 0; !good; allowed++) {
        hone_internal_fail_allocations_after(allowed);
        hone_event_log *log = hone_internal_event_log_open(testing_path("failing"));
        hone_text graph = {0};
        int64_t size = -1;
        hone_event_node node = {"a", "Dense", NULL, 0, &size, 1};
        good = log != NULL && hone_internal_event_log_hyperparameters(log, map) >= 0 &&
               hone_internal_event_log_end(log, true) >= 0 &&
               hone_internal_event_log_keras_graph(log, "{}") >= 0 &&
               hone_internal_event_graph_add(&graph, &node) >= 0 &&
               hone_internal_event_log_graph(log, &graph) >= 0 &&
               hone_internal_event_log_images(log, "i", 1, 1, &(hone_event_image){"x", 1}, 1, 0) >= 0;
        hone_internal_text_free(&graph);
        good = hone_internal_event_log_close(log) >= 0 && good;
        hone_internal_fail_allocations_after(-1);
        assert_true(allowed < 1000);
    }
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
    hone_internal_config_free(map);
}
