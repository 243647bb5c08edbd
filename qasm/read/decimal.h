/* decimal.h: decimal numbers to doubles, fast and exact. Private to qasm/. */
#ifndef QRY_DECIMAL_H
#define QRY_DECIMAL_H

#include "base/base.h"

/** The number that a text begins with: digits with at most one point, and an exponent; no sign. It must end where neither
 *  digit, letter, point nor underscore follows, and the text before a zero byte. Sets *value to the double nearest to it, as
 *  strtod does, and *whole to whether it is written without point and exponent. Returns what stands behind it, or NULL
 *  where no such number stands or it is too large. */
const char *qry_decimal(const char *text, double *value, bool *whole);

#endif
