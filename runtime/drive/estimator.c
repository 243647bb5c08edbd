/* estimator.c: the circuits of an estimate as experiments. A circuit is simulated once, without its measurements; the shots
 * that are wanted of it are drawn from its last state, and each is charged as if it had been run. The engine that knows
 * the answer draws them from the probability that a scan found. */
#include "runtime/drive/estimator.h"

#include <math.h>

/* Iterations of a round in the middle of an estimate. */
enum { TYPICAL = 16 };

/* ---- life ---- */

qry_estimator *qry_estimator_new(qry_ctx *ctx, qry_search *search, const qry_run_options *options, uint64_t stream)
{
    qry_estimator *h = qry_alloc(ctx, 1, sizeof *h);
    qry_runs_init(&h->runs, ctx, search, options, TYPICAL);
    qry_estimator_restart(h, stream);
    return h;
}

void qry_estimator_free(qry_estimator *h)
{
    if (!h)
        return;
    qry_estimator_forget(h);
    qry_runs_free(&h->runs);
    qry_free(h->runs.ctx, h);
}

void qry_estimator_restart(qry_estimator *h, uint64_t stream)
{
    qry_runs_restart(&h->runs, stream);
    qry_estimator_forget(h);
}

const char *qry_estimator_mode(const qry_estimator *h) { return qry_runs_mode(&h->runs); }

const qry_ledger *qry_estimator_ledger(qry_estimator *h)
{
    if (h->runs.sim)
        h->runs.ledger.planning_seconds = qry_sim_planning_seconds(h->runs.sim) - h->runs.planned;
    return &h->runs.ledger;
}

static void let_go(qry_estimator *h)
{
    h->held = false;
    qry_arena_free(h->held_arena);
    h->held_arena = NULL;
}

void qry_estimator_forget(qry_estimator *h)
{
    h->has_summand = false;
    h->probability = -1;
    let_go(h);
}

/* ---- what is marked ---- */

void qry_estimator_use(qry_estimator *h, qry_summand summand)
{
    if (h->has_summand && h->summand == summand)
        return;
    qry_estimator_forget(h);
    if (!qry_search_set_summand(h->runs.search, summand))
        qry_give_up(h->runs.ctx);
    if (h->runs.sim)
        qry_require_state(h->runs.ctx, h->runs.search, 0);
    h->has_summand = true;
    h->summand = summand;
}

/* ---- one circuit ---- */

static void write_circuit(qry_estimator *h, bool phase, uint64_t number)
{
    if (h->held && h->held_phase == phase && h->held_number == number)
        return;
    let_go(h);
    if (phase)
        qry_search_write_canonical(h->runs.search, (uint32_t)number);
    else
        qry_search_write_round(h->runs.search, number);
}

static void charge(qry_estimator *h, uint64_t iterations, uint64_t shots)
{
    qry_cost_charge(&h->runs.costs, h->runs.arena, &h->runs.ledger, shots);
    qry_tally_add(&h->runs.ledger.tally, &qry_cost_of_program(&h->runs.costs)->whole, shots);
    h->runs.ledger.oracle_calls += iterations * shots;
    h->runs.ledger.a_calls += (2 * iterations + 1) * shots;
}

/* Runs the program up to its measurements, and keeps the state. */
static void simulate(qry_estimator *h, bool phase, uint64_t number)
{
    if (h->held)
        return;
    h->held_arena = qry_arena_new(h->runs.ctx);
    const qry_readout *readout = qry_circuit_readout(h->held_arena, h->runs.search->circuit);
    qry_must(readout->final);
    h->shown = readout->shown;
    qry_sim_shot(h->runs.sim, NULL, NULL);
    h->held = true;
    h->held_phase = phase;
    h->held_number = number;
    h->runs.ledger.simulated++;
    qry_ledger_note_state(&h->runs.ledger, qry_sim_peak_rows(h->runs.sim), qry_sim_peak_axes(h->runs.sim));
}

struct draws {
    uint32_t bits;
    uint64_t sum; /* of the values that were drawn */
};

static void add_draw(void *state, const uint8_t *values)
{
    struct draws *draws = state;
    for (uint32_t i = 0; i < draws->bits; i++)
        draws->sum += (uint64_t)values[i] << i;
}

static uint64_t draw(qry_estimator *h, uint32_t bits, uint64_t shots)
{
    struct draws draws = {.bits = bits};
    qry_sim_sample(h->runs.sim, h->shown, bits, &h->runs.random, shots, add_draw, &draws);
    return draws.sum;
}

/* ---- as experiments ---- */

static double angle_of(qry_estimator *h)
{
    if (h->probability < 0)
        h->probability = qry_search_probability(h->runs.search);
    return asin(sqrt(fmin(h->probability, 1)));
}

static uint64_t toss(void *state, uint64_t iterations, uint64_t shots, uint64_t *marked)
{
    qry_estimator *h = state;
    double start = qry_seconds();
    write_circuit(h, false, iterations);
    shots = qry_cost_allowed_shots(&h->runs.costs, &h->runs.ledger, h->runs.max_queries, shots);
    *marked = 0;
    if (shots > 0 && h->runs.engine == QRY_ENGINE_ORACLE) {
        *marked = qry_toss_draw(angle_of(h), iterations, shots, &h->runs.random);
    } else if (shots > 0) {
        simulate(h, false, iterations);
        *marked = draw(h, 1, shots);
    }
    if (shots > 0)
        charge(h, iterations, shots);
    h->runs.ledger.seconds += qry_seconds() - start;
    return shots;
}

static bool phase(void *state, uint32_t bits, uint64_t *y)
{
    qry_estimator *h = state;
    double start = qry_seconds();
    write_circuit(h, true, bits);
    if (h->runs.sim)
        qry_require_state(h->runs.ctx, h->runs.search, bits);
    bool allowed = qry_cost_allowed_shots(&h->runs.costs, &h->runs.ledger, h->runs.max_queries, 1) == 1;
    if (allowed && h->runs.engine == QRY_ENGINE_ORACLE) {
        *y = qry_phase_draw(angle_of(h), bits, &h->runs.random);
    } else if (allowed) {
        simulate(h, true, bits);
        *y = draw(h, bits, 1);
    }
    if (allowed)
        charge(h, (UINT64_C(1) << bits) - 1, 1);
    h->runs.ledger.seconds += qry_seconds() - start;
    return allowed;
}

qry_experiment qry_estimator_experiment(qry_estimator *h) { return (qry_experiment){h, toss, phase}; }
