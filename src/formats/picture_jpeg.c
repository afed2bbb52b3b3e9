/* JPEG by libjpeg, as TensorFlow reads it: accurate integer DCT, smooth upsampling; CMYK by products of its
 * inks with black. */
#include "base/limits.h"
#include "base/memory.h"
#include "formats/picture.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>
#include <setjmp.h>

enum { MOST_SCANS = HONE_LIMIT_JPEG_SCANS };

typedef struct decoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf back;
    char message[JMSG_LENGTH_MAX];
    bool ended_early;
    const char *label;
    hone_picture *picture;
    uint8_t *pixels, *inks;
    int64_t most_pixels;
} decoder;

static void fail(j_common_ptr jpeg)
{
    decoder *reading = jpeg->client_data;
    jpeg->err->format_message(jpeg, reading->message);
    longjmp(reading->back, 1);
}

static void note(j_common_ptr jpeg, int level)
{
    decoder *reading = jpeg->client_data;
    if (level < 0 && jpeg->err->msg_code == JWRN_JPEG_EOF)
        reading->ended_early = true;
}

static void be_silent(j_common_ptr jpeg)
{
    (void)jpeg;
}

/* A small file may ask for the whole picture to be gone over without end. */
static void watch(j_common_ptr jpeg)
{
    decoder *reading = jpeg->client_data;
    if (reading->jpeg.input_scan_number <= MOST_SCANS)
        return;
    snprintf(reading->message, sizeof reading->message, "more than %d scans", MOST_SCANS);
    longjmp(reading->back, 1);
}

static bool has_inks(const decoder *reading)
{
    return reading->jpeg.jpeg_color_space == JCS_CMYK || reading->jpeg.jpeg_color_space == JCS_YCCK;
}

/* Adobe's files hold inks turned around. */
static void from_inks(const decoder *reading, uint8_t *row)
{
    int channels = reading->picture->channels;
    for (int64_t x = 0; x < reading->picture->width; x++) {
        const uint8_t *inks = reading->inks + 4 * x;
        int color[3];
        for (int c = 0; c < 3; c++)
            color[c] = reading->jpeg.saw_Adobe_marker ? inks[3] * inks[c] / 255
                                                      : (255 - inks[3]) * (255 - inks[c]) / 255;
        if (channels == 1)
            row[x] = (uint8_t)((299 * color[0] + 587 * color[1] + 114 * color[2] + 500) / 1000);
        for (int c = 0; channels > 1 && c < 3; c++)
            row[channels * x + c] = (uint8_t)color[c];
    }
}

/* Three channels to four, from the end, in place. */
static void add_alpha(const decoder *reading, uint8_t *row)
{
    bool apart = !has_inks(reading); /* else they are at their places */
    for (int64_t x = reading->picture->width - 1; x >= 0; x--) {
        for (int c = 2; apart && c >= 0; c--)
            row[4 * x + c] = row[3 * x + c];
        row[4 * x + 3] = 255;
    }
}

static void read_rows(decoder *reading)
{
    hone_picture *picture = reading->picture;
    size_t bytes = (size_t)picture->width * (size_t)picture->channels;
    while (reading->jpeg.output_scanline < reading->jpeg.output_height) {
        uint8_t *row = reading->pixels + reading->jpeg.output_scanline * bytes;
        JSAMPROW target = reading->inks ? reading->inks : row;
        jpeg_read_scanlines(&reading->jpeg, &target, 1);
        if (reading->inks)
            from_inks(reading, row);
        if (picture->channels == 4)
            add_alpha(reading, row);
    }
}

static hone_status make_room(decoder *reading)
{
    hone_picture *picture = reading->picture;
    picture->width = reading->jpeg.output_width;
    picture->height = reading->jpeg.output_height;
    size_t pixels = (size_t)picture->width * (size_t)picture->height;
    reading->pixels = hone_internal_allocate(pixels * (size_t)picture->channels);
    reading->inks = has_inks(reading) ? hone_internal_allocate((size_t)picture->width * 4) : NULL;
    return reading->pixels && (reading->inks || !has_inks(reading)) ? HONE_OK : HONE_ERROR_MEMORY;
}

/* libjpeg jumps back to here. */
static hone_status decode(decoder *reading, const void *data, size_t bytes)
{
    struct jpeg_decompress_struct *jpeg = &reading->jpeg;
    if (setjmp(reading->back))
        return hone_fail(HONE_ERROR_FORMAT, "%s: the JPEG file is damaged: %s", reading->label,
                         reading->message);
    jpeg_create_decompress(jpeg);
    jpeg->progress = &reading->progress;
    jpeg_mem_src(jpeg, data, bytes);
    jpeg_read_header(jpeg, TRUE);
    HONE_TRY(hone_internal_picture_check(reading->label, jpeg->image_height, jpeg->image_width,
                                         reading->most_pixels));
    jpeg->out_color_space = has_inks(reading)                 ? JCS_CMYK
                            : reading->picture->channels == 1 ? JCS_GRAYSCALE
                                                              : JCS_RGB;
    jpeg->dct_method = JDCT_IFAST;
    jpeg->do_fancy_upsampling = TRUE;
    jpeg_start_decompress(jpeg);
    HONE_TRY(make_room(reading));
    read_rows(reading);
    jpeg_finish_decompress(jpeg);
    if (reading->ended_early)
        return hone_fail(HONE_ERROR_FORMAT, "%s: the JPEG file ends too soon", reading->label);
    return HONE_OK;
}

hone_status hone_internal_picture_jpeg(const void *data, size_t bytes, const char *label, int64_t most_pixels,
                                       hone_picture *picture)
{
    decoder *reading = hone_internal_allocate_zeroed(1, sizeof *reading);
    if (!reading)
        return HONE_ERROR_MEMORY;
    reading->label = label;
    reading->picture = picture;
    reading->most_pixels = most_pixels;
    reading->jpeg.err = jpeg_std_error(&reading->errors);
    reading->jpeg.client_data = reading;
    reading->errors.error_exit = fail;
    reading->errors.emit_message = note;
    reading->errors.output_message = be_silent;
    reading->progress.progress_monitor = watch;
    hone_status status = decode(reading, data, bytes);
    jpeg_destroy_decompress(&reading->jpeg);
    hone_internal_free(reading->inks);
    if (status < 0)
        hone_internal_free(reading->pixels);
    else
        picture->pixels = reading->pixels;
    hone_internal_free(reading);
    return status;
}
