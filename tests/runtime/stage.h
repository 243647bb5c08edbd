/* stage.h: a stage of its own for the circuits of runtime/nystrom, and what its ledger must have. */
#ifndef QRY_TESTS_RUNTIME_STAGE_H
#define QRY_TESTS_RUNTIME_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "runtime/nystrom/circuits.h"

/** Takes its context with it when it is freed. */
struct stage {
    qry_ctx *ctx;
    qry_attend_stage ledger;
    qry_stage_run run; /* charges `ledger` */
};

struct stage *stage_new(qry_engine engine, uint64_t seed, double failure);
void stage_free(struct stage *stage);

/** Reads of a table that were charged. */
uint64_t stage_loads(const struct stage *stage, const char *table);

/** Counts calls of a stage's progress and checks that they go on. */
struct steps {
    size_t calls, done, total;
};
void stage_count_steps(void *steps, size_t done, size_t total);

/** Whether a sum of independent numbers that is expected to be `mean`, of this variance, each at most `each` from its own mean,
 *  comes out as `sum` with a chance of more than one in a million: Bernstein's inequality. */
bool sum_is_plausible(double sum, double mean, double variance, double each);

#endif
