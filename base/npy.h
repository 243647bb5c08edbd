/* npy.h: the parts of the .npy reader and writer. Private to npy*.c and npz.c.
 *
 * A .npy file is a magic word, a version, the length of a header, the header, and the items without any space between
 * them. The header is a Python dictionary: {'descr': '<f4', 'fortran_order': False, 'shape': (512, 32), }. */
#ifndef QRY_NPY_H
#define QRY_NPY_H

#include "base_internal.h"

/* A type of items on disk (npy_items.c). */
typedef struct npy_type {
    const char *name; /* as descr has it after the byte order */
    size_t size;
    qry_array_kind kind;
    /* Widens count items to 64 bits; swap: their bytes are in the other order than this machine's. False when an item
     * is none: not finite, or a bool that is neither 0 nor 1; it is stored all the same. */
    bool (*widen)(const unsigned char *bytes, size_t count, bool swap, void *items);
} npy_type;

/* The type of that name, or NULL. */
const npy_type *qry_npy_type_find(const char *name, size_t length);

/* What the dictionary says. Texts point into it. */
typedef struct npy_header {
    const npy_type *type;
    bool swap, fortran;
    int dims;
    size_t shape[QRY_ARRAY_MAX_DIMS];
    size_t count; /* items */
} npy_header;

/* Reads the dictionary (npy_header.c); false after a report. */
bool qry_npy_header_parse(qry_input *input, const char *text, size_t length, npy_header *header);

/* Reads a whole .npy file (npy.c). NULL after a report. */
qry_array *qry_npy_read_input(qry_input *input);
/* What stands before items of 64 bits, of an array in C order; returns its length. */
enum { QRY_NPY_HEAD = 256 };
size_t qry_npy_head(qry_array_kind kind, int dims, const size_t *shape, char head[QRY_NPY_HEAD]);

/* Whether this machine has the low byte of a number first. */
static inline bool npy_little_endian(void) { return *(const unsigned char *)&(const uint16_t){1} == 1; }

#endif
