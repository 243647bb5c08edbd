/* searches.h: small searches from text, for the suites of runtime/drive. */
#ifndef QRY_TESTS_RUNTIME_SEARCHES_H
#define QRY_TESTS_RUNTIME_SEARCHES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "runtime/runtime.h"

/** The first statement of a program; the program is freed with the context. */
qry_search *search_of(qry_ctx *ctx, const char *text);

/** A table T of `rows` flags of which `marked`, scattered, are 1; a search for them ("one" or "all") that looks them up
 *  in T by the given architecture. */
qry_search *flag_search(qry_ctx *ctx, const char *kind, const char *arch, uint64_t rows, uint64_t marked);

/** Whether so many failures in `runs` are to be expected, with a chance of one in a million, when each run fails with
 *  at most this probability. */
bool failures_are_plausible(int failures, int runs, double probability);

#endif
