/* PNG by libpng, transformed as TensorFlow's decoder does: palettes to colours, 16 bits cut to 8, alpha left
 * out when it is not wanted, grey = 0.299 red + 0.587 green + 0.114 blue. */
#include "base/limits.h"
#include "base/memory.h"
#include "formats/picture.h"
#include <png.h>
#include <setjmp.h>
#include <string.h>

enum { CHUNK_BYTES = HONE_LIMIT_PNG_CHUNK, CHUNKS = HONE_LIMIT_PNG_CHUNKS, MOST_DEFLATED = 1032 };

typedef struct decoder {
    png_structp png;
    png_infop info;
    const unsigned char *next;
    size_t left;
    const char *label;
    char message[120];
    uint8_t *pixels;
    hone_picture *picture;
    int64_t most_pixels;
    size_t bytes;
} decoder;

static void fail(png_structp png, png_const_charp message)
{
    decoder *reading = png_get_error_ptr(png);
    strncpy(reading->message, message, sizeof reading->message - 1);
    png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp message)
{
    (void)png, (void)message;
}

static png_voidp allocate(png_structp png, png_alloc_size_t bytes)
{
    (void)png;
    return hone_internal_allocate(bytes);
}

static void release(png_structp png, png_voidp block)
{
    (void)png;
    hone_internal_free(block);
}

static void take(png_structp png, png_bytep data, size_t length)
{
    decoder *reading = png_get_io_ptr(png);
    if (length > reading->left)
        png_error(png, "the file ends too soon");
    memcpy(data, reading->next, length);
    reading->next += length;
    reading->left -= length;
}

/* Before memory is asked for. Deflate makes at most 1032 bytes of one. */
static hone_status check_header(const decoder *reading)
{
    png_uint_32 width = png_get_image_width(reading->png, reading->info),
                height = png_get_image_height(reading->png, reading->info);
    HONE_TRY(hone_internal_picture_check(reading->label, height, width, reading->most_pixels));
    uint64_t raw = (uint64_t)height * (png_get_rowbytes(reading->png, reading->info) + 1);
    if (raw / MOST_DEFLATED <= reading->bytes)
        return HONE_OK;
    return hone_fail(HONE_ERROR_FORMAT, "%s: the file is too short for a picture of %lld x %lld",
                     reading->label, (long long)height, (long long)width);
}

static void choose_alpha(decoder *reading, int depth, int type)
{
    bool transparent = png_get_valid(reading->png, reading->info, PNG_INFO_tRNS) != 0;
    bool alpha = (type & PNG_COLOR_MASK_ALPHA) != 0;
    if (reading->picture->channels % 2 == 1) {
        if (alpha || transparent)
            png_set_strip_alpha(reading->png);
    } else if (!alpha && transparent) {
        png_set_tRNS_to_alpha(reading->png);
    } else if (!alpha) {
        png_set_add_alpha(reading->png, depth > 8 ? 0xffff : 0xff, PNG_FILLER_AFTER);
    }
}

static void choose_transformations(decoder *reading)
{
    png_structp png = reading->png;
    int depth = png_get_bit_depth(png, reading->info), type = png_get_color_type(png, reading->info);
    bool grey = !(type & PNG_COLOR_MASK_COLOR), wanted_grey = reading->picture->channels < 3;
    choose_alpha(reading, depth, type);
    if (depth > 8)
        png_set_strip_16(png);
    png_set_packing(png);
    if (type == PNG_COLOR_TYPE_PALETTE)
        png_set_palette_to_rgb(png);
    if (grey && depth < 8)
        png_set_expand_gray_1_2_4_to_8(png);
    if (wanted_grey && !grey)
        png_set_rgb_to_gray(png, 1, 0.299, 0.587);
    if (!wanted_grey && grey)
        png_set_gray_to_rgb(png);
}

static hone_status read_pixels(decoder *reading)
{
    hone_picture *picture = reading->picture;
    png_structp png = reading->png;
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, reading->info);
    picture->height = png_get_image_height(png, reading->info);
    picture->width = png_get_image_width(png, reading->info);
    size_t row = (size_t)picture->width * (size_t)picture->channels;
    if (png_get_rowbytes(png, reading->info) != row)
        return hone_fail(HONE_ERROR_FORMAT, "%s: a PNG with unsupported channels", reading->label);
    reading->pixels = hone_internal_allocate((size_t)picture->height * row);
    if (!reading->pixels)
        return HONE_ERROR_MEMORY;
    for (int pass = 0; pass < passes; pass++)
        for (int64_t y = 0; y < picture->height; y++)
            png_read_row(png, reading->pixels + (size_t)y * row, NULL);
    png_read_end(png, NULL);
    return HONE_OK;
}

/* libpng jumps back to here. */
static hone_status decode(decoder *reading)
{
    if (setjmp(png_jmpbuf(reading->png)))
        return hone_fail(HONE_ERROR_FORMAT, "%s: the PNG file is damaged: %s", reading->label,
                         reading->message);
    png_set_user_limits(reading->png, 0x7fffffff, 0x7fffffff); /* check_header says which are too large */
    png_set_chunk_malloc_max(reading->png, CHUNK_BYTES);
    png_set_chunk_cache_max(reading->png, CHUNKS);
    png_set_read_fn(reading->png, reading, take);
    png_read_info(reading->png, reading->info);
    HONE_TRY(check_header(reading));
    choose_transformations(reading);
    return read_pixels(reading);
}

hone_status hone_internal_picture_png(const void *data, size_t bytes, const char *label, int64_t most_pixels,
                                      hone_picture *picture)
{
    decoder reading = {.next = data,
                       .left = bytes,
                       .bytes = bytes,
                       .label = label,
                       .picture = picture,
                       .most_pixels = most_pixels};
    reading.png =
        png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &reading, fail, ignore, NULL, allocate, release);
    reading.info = reading.png ? png_create_info_struct(reading.png) : NULL;
    hone_status status =
        reading.info ? decode(&reading) : hone_internal_fail_memory(bytes, "reading a PNG file");
    png_destroy_read_struct(&reading.png, &reading.info, NULL);
    if (status < 0)
        hone_internal_free(reading.pixels);
    else
        picture->pixels = reading.pixels;
    return status;
}
