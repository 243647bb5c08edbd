/* state.h: what state.c and those who ask about states know of each other. Private to compiler/. */
#ifndef QRY_STATE_H
#define QRY_STATE_H

#include "compiler/lower.h"

/** Whether a number becomes the probability of a mark: means, sums, and `sample one` by amplification. */
bool qry_has_values(const qry_lowered *l);
/** Whether the oracle marks such a number now, and not rows. */
bool qry_is_value(const qry_lowered *l);
/** Whether rows of the domain may fail the predicate. */
bool qry_may_fail(const qry_lowered *l);
/** The expression of what has one. */
qry_formula *qry_by(const qry_lowered *l);
/** node as e^x times a number: the table of e^x, or NULL. *unit: what the table's mantissas count, in units of the node. */
const qry_formula *qry_exponential_in(const qry_formula *node, double *unit);
/** Whether that is known to be all of them. */
bool qry_never_matches(const qry_lowered *l);
/** Of the expression: the mantissa that summands count from. */
int64_t qry_base_of(const qry_lowered *l);
/** No summand of a row is greater, in mantissas; 0: there are none. */
uint64_t qry_greatest(const qry_lowered *l, qry_summand summand);
/** Of a uniform register: the fewest that have as many values. */
uint32_t qry_uniform_bits(const qry_lowered *l, qry_summand summand);
/** constant + factor * x - less as a node of `where`; factor is 1 or -1, less may be NULL. */
qry_formula *qry_add_difference(qry_lowered *l, int64_t constant, int64_t factor, qry_formula *x, qry_formula *less);
/** x >= 0. */
qry_formula *qry_add_not_negative(qry_lowered *l, qry_formula *x);
/** The root of `where` becomes the root and the condition. */
void qry_require(qry_lowered *l, qry_formula *condition);
/** Bits first .. first + bits - 1 of the uniform register. */
qry_formula *qry_add_uniform(qry_lowered *l, int first, int bits);
/** That the uniform register is below the summand. */
void qry_require_uniform(qry_lowered *l);

/* encode.c: */
/** Of a statement just kept: how its numbers become probabilities. False after a report. */
bool qry_choose_way(qry_lowered *l);
/** For the present summand, POSITIVE or NEGATIVE: registers and encoding; the root, or what turns the flags; the
 *  probability of a mark in a row that matches. */
void qry_place_value(qry_lowered *l);
void qry_require_value(qry_lowered *l);
/** What that depends on: a node of `where`; and what it is for a value of it. */
const qry_formula *qry_weighed_node(const qry_lowered *l);
long double qry_value_weight(const qry_lowered *l, int64_t value);
qry_measure qry_value_measure(const qry_lowered *l, qry_summand summand);

/* draws.c: */
/** A random number for every row: written to the table that holds them, or, for thresholds by a hash, the hash. */
void qry_draw(qry_lowered *l, qry_random *random);
/** Room for the numbers that the statement needs, drawn first from its own seed. False after a report. */
bool qry_prepare_chances(qry_lowered *l);
bool qry_prepare_race(qry_lowered *l);
/** `sample set`: r < p. */
void qry_require_chance(qry_lowered *l);
/** Races: exponent + variate. */
qry_formula *qry_add_race_key(qry_lowered *l);

#endif
