/* reader.h: reads what the printer prints, knowing nothing of it but the rules of the portable profile. Whatever is not in
 * the profile, to the last blank, fails the test. */
#ifndef QRY_TESTS_QASM_READER_H
#define QRY_TESTS_QASM_READER_H

#include "support.h"

typedef struct reading {
    list all; /* the program written out: gates of the profile, measurements, what is entered and left */
    size_t registers, qubits, bits;
    size_t definitions, comments, lines;
    size_t widest; /* operands of a definition */
} reading;

reading read_portable(qry_ctx *ctx, const char *text, size_t length);

#endif
