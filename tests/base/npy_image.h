/* npy_image.h: .npy files built byte by byte. */
#ifndef QRY_TESTS_BASE_NPY_IMAGE_H
#define QRY_TESTS_BASE_NPY_IMAGE_H

#include "support.h"

struct image {
    unsigned char bytes[4096];
    size_t head, length; /* bytes before the items; all */
};

/** A file of a version with this dictionary and these items, padded as NumPy does. */
void build(struct image *image, int version, const char *dictionary, const void *items, size_t size);
/** Reads it from a file without a name: there are tens of thousands of them to read. */
qry_array *read_image(fixture *f, const struct image *image);
/** Both, version 1. */
qry_array *read_dictionary(fixture *f, const char *dictionary, const void *items, size_t size);

#endif
