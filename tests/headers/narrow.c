/* Run by narrow_test.sh where a size_t has 32 bits: an NPY file names sizes whose product, cut to those bits,
 * is small or nothing. Each must be refused, with a sentence about sizes. */
#include <hone/array.h>
#include <hone/error.h>
#include <stdio.h>
#include <string.h>

static int refused(const char *shape)
{
    static const char path[] = "narrow.npy";
    char header[129];
    memset(header, ' ', sizeof header);
    memcpy(header, "\x93NUMPY\x01\x00v\x00", 10);
    int length = snprintf(header + 10, sizeof header - 10,
                          "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }", shape);
    header[10 + length] = ' ';
    header[127] = '\n';
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(header, 1, 128, file) != 128 || fclose(file) != 0)
        return 0;
    hone_array *array = hone_array_load(path);
    printf("(%s): %s\n", shape, array ? "ACCEPTED" : hone_error_message());
    int right = !array && strstr(hone_error_message(), "too large") != NULL;
    hone_array_free(array);
    remove(path);
    return right;
}

int main(void)
{
    int right = refused("4611686018427387904, 4");
    right &= sizeof(size_t) > 4 || refused("65536, 65536");
    right &= sizeof(size_t) > 4 || refused("3, 4294967296");
    return right ? 0 : 1;
}
