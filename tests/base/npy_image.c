/* npy_image.c: see npy_image.h. */
#include "npy_image.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void build(struct image *image, int version, const char *dictionary, const void *items, size_t size)
{
    size_t prefix = version == 1 ? 10 : 12;
    size_t text = strlen(dictionary), padded = (prefix + text + 1 + 63) / 64 * 64 - prefix;
    memcpy(image->bytes, "\x93NUMPY", 6);
    image->bytes[6] = (unsigned char)version;
    image->bytes[7] = 0;
    for (size_t i = 8; i < prefix; i++)
        image->bytes[i] = (unsigned char)(padded >> 8 * (i - 8));
    memset(image->bytes + prefix, ' ', padded);
    memcpy(image->bytes + prefix, dictionary, text);
    image->bytes[prefix + padded - 1] = '\n';
    image->head = prefix + padded;
    image->length = image->head + size;
    assert_true(image->length <= sizeof image->bytes);
    if (size)
        memcpy(image->bytes + image->head, items, size);
}

qry_array *read_image(fixture *f, const struct image *image)
{
    int file = memfd_create("image.npy", MFD_CLOEXEC);
    assert_true(file >= 0);
    assert_int_equal(write(file, image->bytes, image->length), image->length);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    qry_array *array = qry_npy_read(f->ctx, path, (qry_span){0});
    close(file);
    return array;
}

qry_array *read_dictionary(fixture *f, const char *dictionary, const void *items, size_t size)
{
    struct image image;
    build(&image, 1, dictionary, items, size);
    return read_image(f, &image);
}
