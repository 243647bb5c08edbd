/* support.h: random heads, and attention by the definition in long double, for the suites of runtime/attend. */
#ifndef QRY_TESTS_RUNTIME_SUPPORT_H
#define QRY_TESTS_RUNTIME_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "runtime/attend/attend.h"

qry_array *random_array(qry_ctx *ctx, size_t rows, size_t columns, double size, qry_random *random);

/** Q, K and V as a user has them: normal deviates, those of Q times `deviation`; three values a key. */
struct input {
    qry_array *q, *k, *v;
};
struct input random_input(qry_ctx *ctx, size_t rows, size_t keys, size_t width, double deviation, uint64_t seed);

/** A head whose scores have about the given standard deviation; the values are standard normal. */
qry_head *random_head(qry_ctx *ctx, size_t rows, size_t keys, size_t width, size_t value_width, double deviation,
                      uint64_t seed);
/** The bundled head. */
qry_head *real_head(qry_ctx *ctx);
/** For its rows: moments of the usual groups. All of it is the context's. */
qry_rest *real_rest(qry_ctx *ctx);

/** One row by plain loops; output has value_width numbers. Returns the normaliser relative to shift, which includes
 *  the row's offset. */
long double slow_row(const qry_head *head, size_t row, long double *output, long double shift);
long double slow_score(const qry_head *head, size_t row, size_t key);
/** |output - the exact row|. */
double slow_error(const qry_head *head, size_t row, const double *output);
/** Compares two doubles, for qsort. */
int rising_numbers(const void *a, const void *b);
/** All keys by falling score. */
void sort_keys(const qry_head *head, size_t row, uint32_t *order);

#endif
