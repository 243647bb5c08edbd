/* oracles.h: for tests: the oracles of a search run on every row at once. */
#ifndef ORACLES_H
#define ORACLES_H

#include "compiler/lower.h"

/** Both oracles, forward and inverse: a phase of -1, or of the angle, on the states with wanted[state], of all rows and
 *  values of the uniform register; everything else as before. */
void expect_oracles(qry_search *search, const uint8_t *wanted);

#endif
