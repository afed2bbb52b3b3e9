/* Folders of WAV files by class, and single ones: lengths, rates, channels, and what a model's training says
 * of them. */
#include "data/dataset.h"
#include "testing/files.h"
#include "testing/message.h"
#include "testing/test.h"
#include <hone/data_files.h>
#include <hone/hone.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const char *place(const char *name)
{
    static char path[400];
    snprintf(path, sizeof path, "%s/%s", testing_folder, name);
    return path;
}

static void put(FILE *file, uint32_t number, int bytes)
{
    for (int i = 0; i < bytes; i++)
        fputc((int)(number >> 8 * i & 255), file);
}

/* Sample t of channel c is (t + 1) 2^-10, and half of that in channel 1. */
static void write_wav(const char *name, int frames, int channels, int rate)
{
    FILE *file = fopen(place(name), "wb");
    assert_non_null(file);
    fputs("RIFF", file);
    put(file, (uint32_t)(36 + 2 * frames * channels), 4);
    fputs("WAVEfmt ", file);
    put(file, 16, 4);
    put(file, 1, 2);
    put(file, (uint32_t)channels, 2);
    put(file, (uint32_t)rate, 4);
    put(file, (uint32_t)(2 * rate * channels), 4);
    put(file, (uint32_t)(2 * channels), 2);
    put(file, 16, 2);
    fputs("data", file);
    put(file, (uint32_t)(2 * frames * channels), 4);
    for (int t = 0; t < frames; t++)
        for (int c = 0; c < channels; c++)
            put(file, (uint32_t)((t + 1) * 32 / (c + 1)), 2);
    fclose(file);
}

static void make_words(void)
{
    mkdir(place("words"), 0700);
    mkdir(place("words/no"), 0700);
    mkdir(place("words/yes"), 0700);
    write_wav("words/no/a.wav", 3, 1, 8000);
    write_wav("words/no/b.WAV", 5, 1, 8000);
    write_wav("words/yes/c.wav", 2, 1, 8000);
}

static double sample(const hone_dataset *data, int64_t row, int64_t t)
{
    const hone_array *x = hone_dataset_input(data, 0);
    return hone_array_number(x, (row * x->shape[1] + t) * x->shape[2]);
}

TEST(reads_a_folder_by_class)
{
    make_words();
    hone_dataset *data = hone_dataset_load(place("words"), NULL, 0);
    if (data == NULL)
        fail_msg("%s", hone_error_message());
    const hone_array *x = hone_dataset_input(data, 0);
    assert_int_equal(x->rank, 3);
    assert_int_equal(x->shape[0], 3);
    assert_int_equal(x->shape[1], 5); /* the longest */
    assert_int_equal(x->shape[2], 1);
    assert_true(sample(data, 0, 2) == 3.0 / 1024);
    assert_true(sample(data, 0, 3) == 0);
    assert_true(sample(data, 1, 4) == 5.0 / 1024);
    assert_float_equal(hone_array_number(hone_dataset_target(data, 0), 2), 1, 0);
    assert_string_equal(hone_dataset_class_name(data, 0, 1), "yes");
    assert_non_null(strstr(hone_dataset_sample_name(data, 1), "words/no/b.WAV"));

    hone_dataset *one = hone_dataset_from_audio_like(data, place("words/yes/c.wav"));
    assert_int_equal(hone_dataset_input(one, 0)->shape[1], 5); /* as in training */
    assert_int_equal(hone_dataset_target_count(one), 0);
    hone_dataset_free(one);
    hone_dataset_free(data);
}

TEST(cuts_and_scales)
{
    make_words();
    char source[500];
    snprintf(source, sizeof source, "%s#length=2,labels=binary,scale=2", place("words"));
    hone_dataset *data = hone_dataset_load(source, NULL, 0);
    assert_int_equal(hone_dataset_input(data, 0)->shape[1], 2);
    const hone_batch *batch;
    hone_iterator *batches = hone_dataset_iterate(data, 8, 0, 0);
    assert_int_equal(hone_iterator_next(batches, &batch), 1);
    assert_true(((const float *)batch->x[0].data)[1] == (float)(4.0 / 1024));
    hone_iterator_free(batches);
    hone_dataset_free(data);
}

TEST(channels_agree_or_are_averaged)
{
    mkdir(place("mixed"), 0700);
    mkdir(place("mixed/a"), 0700);
    write_wav("mixed/a/1.wav", 2, 1, 8000);
    write_wav("mixed/a/2.wav", 2, 2, 8000);
    assert_null(hone_dataset_from_audio(place("mixed")));
    assert_message_has("2.wav has 2 channels; expected 1; channels=1 takes the mean");
    hone_dataset *data = hone_dataset_from_audio(place("mixed"), .channels = 1);
    assert_true(sample(data, 1, 1) == 0.75 * 2.0 / 1024);
    hone_dataset_free(data);
}

TEST(one_long_sound_does_not_make_all_rows_long)
{
    enum { OTHERS = 300 };
    char name[32];
    mkdir(place("long"), 0700);
    mkdir(place("long/a"), 0700);
    write_wav("long/a/long.wav", 60000, 1, 8000);
    for (int i = 0; i < OTHERS; i++) {
        snprintf(name, sizeof name, "long/a/%d.wav", i);
        write_wav(name, 1, 1, 8000);
    }
    assert_null(hone_dataset_from_audio(place("long"), .labels = "none"));
    assert_message_has(
        "301 rows, each of 60000 numbers as the longest, would hold 60300 values, fewer than one in "
        "256; length=N cuts longer ones");
    hone_dataset *data = hone_dataset_from_audio(place("long"), .labels = "none", .length = 2);
    assert_non_null(data);
    hone_dataset_free(data);
}

TEST(rates_agree)
{
    mkdir(place("rates"), 0700);
    mkdir(place("rates/a"), 0700);
    write_wav("rates/a/1.wav", 2, 1, 8000);
    write_wav("rates/a/2.wav", 2, 1, 16000);
    assert_null(hone_dataset_from_audio(place("rates")));
    assert_message_has("2.wav has 16000 samples per second; expected 8000, as in the first file");
    assert_null(hone_dataset_from_audio(place("rates"), .sampling_rate = 44100));
    assert_message_has("expected 44100, as sampling_rate says; sounds are not resampled");
}

TEST(says_what_is_no_sound)
{
    const char text[] = "RIFF not at all";
    assert_null(hone_dataset_load(testing_file("x.wav", text, sizeof text), NULL, 0));
    assert_message_has("expected a WAV file, which begins with RIFF and WAVE");
    mkdir(place("empty"), 0700);
    assert_null(hone_dataset_from_audio(place("empty")));
    assert_message_has("no sounds; expected a folder for each class with .wav files");
}

TEST(survives_failing_allocations)
{
    make_words();
    const int64_t before = hone_internal_blocks_in_use();
    bool done = false;
    for (int64_t allowed = 0; !done && allowed < 500; allowed++) {
        hone_internal_fail_allocations_after(allowed);
        hone_dataset *data = hone_dataset_from_audio(place("words"));
        hone_internal_fail_allocations_after(-1);
        done = data != NULL;
        hone_dataset_free(data);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_true(done);
}
