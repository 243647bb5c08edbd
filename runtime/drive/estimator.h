/* estimator.h: the inside of an estimator. Private to runtime/drive/. */
#ifndef QRY_ESTIMATOR_H
#define QRY_ESTIMATOR_H

#include "runtime/drive/amplitude.h"
#include "runtime/drive/drive.h"

struct qry_estimator {
    qry_runs runs;
    bool has_summand; /* the search marks this one: */
    qry_summand summand;
    double probability;   /* ORACLE: of its mark; negative: not known yet */
    bool held;            /* the engine holds the last state of a circuit: */
    bool held_phase;      /* a phase estimation, or a round */
    uint64_t held_number; /* of so many bits, or iterations */
    qry_qubit *shown;     /* where it is measured; in that memory */
    qry_arena *held_arena;
};

/** What is marked from now on. */
void qry_estimator_use(qry_estimator *estimator, qry_summand summand);
/** The circuits as experiments on the summand that is marked. */
qry_experiment qry_estimator_experiment(qry_estimator *estimator);
/** To be called before anything is run for a caller: the search may have been refreshed. */
void qry_estimator_forget(qry_estimator *estimator);

#endif
