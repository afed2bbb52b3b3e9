/* The networks that hone_recipe_init begins with for pictures, series, sound and text. */
#include "data/dataset.h"
#include "recipe/parts.h"

/* Windows of a series, each column by its own mean and variance. */
void hone_internal_recipe_put_series(hone_text *text)
{
    hone_internal_text_append(text,
                              "  - normalization # mean 0, variance 1 of each column, by the training part\n"
                              "  - gru: 32\n");
}

/* Sound with one channel as a picture of its frequencies, by frames: [frames, bands]. */
void hone_internal_recipe_put_sound(hone_text *text, const hone_dataset *data)
{
    const hone_config *rate = hone_internal_config_get(hone_internal_dataset_schema(data), "sampling_rate");
    hone_internal_text_format(
        text,
        "  - reshape: [%lld]\n"
        "  - mel_spectrogram: {fft_length: 512, sequence_stride: 160, sampling_rate: %lld, "
        "num_mel_bins: 40}\n"
        "  - permute: [2, 1]\n"
        "  - normalization # mean 0, variance 1 of each band, by the training part\n",
        (long long)hone_dataset_input(data, 0)->shape[1], (long long)hone_internal_config_as_integer(rate));
    for (int filters = 32; filters <= 64; filters *= 2)
        hone_internal_text_format(
            text,
            "  - conv1d: {filters: %d, kernel_size: 3, padding: same, activation: relu}\n"
            "  - max_pooling1d\n",
            filters);
    hone_internal_text_append(text, "  - global_average_pooling1d\n  - dropout: 0.3\n");
}

/* The symbol after each of a window, or after its last: windows of any length, so that hone generate
 * continues any prompt. */
void hone_internal_recipe_put_text(hone_text *text, int64_t symbols, bool each)
{
    hone_internal_text_format(text,
                              "model:\n"
                              "  - input: [null] # windows of any length\n"
                              "  - embedding: {input_dim: %lld, output_dim: 64}\n"
                              "  - gru: %s\n"
                              "  - dense: {units: %lld, activation: softmax}\n",
                              (long long)symbols, each ? "{units: 192, return_sequences: true}" : "192",
                              (long long)symbols);
}

/* Whole texts by the weights of their words. */
void hone_internal_recipe_put_words(hone_text *text)
{
    hone_internal_text_append(
        text, "model:\n"
              "  - input: {shape: [], dtype: string}\n"
              "  - text_vectorization: {output_mode: tf_idf, max_tokens: 5000, pad_to_max_tokens: true} # "
              "the vocabulary of the training part\n"
              "  - dropout: 0.3\n"
              "  - dense: {units: 32, activation: relu}\n");
}

/* Blocks of convolution and pooling down to about 7 x 7. */
void hone_internal_recipe_put_images(hone_text *text, const hone_array *x)
{
    int64_t side = x->shape[1] < x->shape[2] ? x->shape[1] : x->shape[2], filters = 32;
    if (x->type == HONE_UINT8)
        hone_internal_text_append(text, "  - rescaling: {scale: 1/255} # bytes to numbers from 0 to 1\n");
    for (; side >= 8 && filters <= 256; side /= 2, filters *= 2)
        hone_internal_text_format(
            text,
            "  - conv2d: {filters: %lld, kernel_size: 3, padding: same, activation: relu}\n"
            "  - max_pooling2d\n",
            (long long)filters);
    hone_internal_text_append(text,
                              "  - flatten\n  - dense: {units: 128, activation: relu}\n  - dropout: 0.5\n");
}
