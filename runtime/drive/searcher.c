/* searcher.c: finds rows of a search. Rounds of as many iterations as promise most (belief.c) are run, measured and
 * verified, until it is likely that nothing is left. Then the fixed-point search either finds another row after all or
 * says that there is none, and is wrong with no more than the probability that it was allowed.
 *
 * That probability is a share of `failure`: nine tenths for the first certificate since the beginning, and a tenth over
 * i (i - 1) for the i-th. An answer "none" can only be wrong where a certificate was given although a row was left, each
 * with no more than its share, and the shares add up to `failure`: so all answers together are right with probability
 * at least 1 - failure, whatever the odds were thought to be. */
#include "runtime/drive/drive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the first certificate leaves of the failure probability to all the others together. */
static const double for_others = 0.1;

/* A certificate is due when nothing is left with these odds, */
static const double due = 0.75;

/* and in any case after this times sqrt(states) iterations in vain. */
static const double patience = 3;

/* ---- life ---- */

static uint64_t rows_of(const qry_search *search) { return search->high - search->low + 1; }

/* Qubits of a state: of its row and of its value of the uniform register. */
static uint32_t state_bits(const qry_search *search) { return search->address + search->uniform; }

static double states_of(const qry_search *search) { return ldexp(1, (int)state_bits(search)); }

qry_searcher *qry_searcher_new(qry_ctx *ctx, qry_search *search, const qry_run_options *options, uint64_t stream)
{
    qry_searcher *h = qry_alloc(ctx, 1, sizeof *h);
    qry_runs_init(&h->runs, ctx, search, options, (uint64_t)sqrt(states_of(search)));
    if (search->keeps_found)
        h->alive = qry_alloc(ctx, rows_of(search), 1);
    qry_belief_init(&h->belief, ctx, state_bits(search), search->kind == QRY_SAMPLE_ONE);
    if (h->runs.engine == QRY_ENGINE_ORACLE)
        qry_scan_init(&h->scan, ctx, search);
    qry_searcher_restart(h, stream);
    return h;
}

void qry_searcher_free(qry_searcher *h)
{
    if (!h)
        return;
    qry_ctx *ctx = h->runs.ctx;
    qry_runs_free(&h->runs);
    qry_scan_free(&h->scan);
    qry_belief_free(&h->belief);
    qry_free(ctx, h->bits);
    qry_free(ctx, h->alive);
    qry_free(ctx, h);
}

void qry_searcher_restart(qry_searcher *h, uint64_t stream)
{
    qry_runs_restart(&h->runs, stream);
    h->stopped = false;
    if (h->runs.sim)
        h->executed = *qry_sim_executed(h->runs.sim);
}

const char *qry_searcher_mode(const qry_searcher *h) { return qry_runs_mode(&h->runs); }

double qry_searcher_left(const qry_searcher *h) { return qry_belief_mean(&h->belief); }

bool qry_searcher_stopped(const qry_searcher *h) { return h->stopped; }

/* ---- the bill ---- */

static void charge(qry_searcher *h, uint64_t iterations)
{
    h->runs.ledger.oracle_calls += iterations;
    qry_cost_charge(&h->runs.costs, h->runs.arena, &h->runs.ledger, 1);
    if (h->runs.engine == QRY_ENGINE_ORACLE)
        qry_tally_add(&h->runs.ledger.tally, &qry_cost_of_program(&h->runs.costs)->whole, 1);
}

const qry_ledger *qry_searcher_ledger(qry_searcher *h)
{
    if (h->runs.sim) {
        const qry_tally *executed = qry_sim_executed(h->runs.sim);
        for (int g = 0; g < QRY_GATES; g++)
            h->runs.ledger.tally.gate[g] = executed->gate[g] - h->executed.gate[g];
        h->runs.ledger.tally.measurements = executed->measurements - h->executed.measurements;
        h->runs.ledger.planning_seconds = qry_sim_planning_seconds(h->runs.sim) - h->runs.planned;
    }
    return &h->runs.ledger;
}

/* ---- one circuit, run and measured ---- */

static uint64_t measured_state(qry_searcher *h)
{
    size_t bits = qry_circuit_bit_count(h->runs.search->circuit);
    QRY_GROW(h->runs.ctx, h->bits, h->bit_room, bits);
    qry_sim_shot(h->runs.sim, &h->runs.random, h->bits);
    uint64_t state = 0;
    for (uint32_t i = 0; i < state_bits(h->runs.search); i++)
        state |= (uint64_t)h->bits[i] << i;
    return state;
}

/* Marked, and not found before; rows without a uniform register are states. */
static bool is_wanted(const qry_searcher *h, uint64_t state)
{
    uint64_t row = state & ((UINT64_C(1) << h->runs.search->address) - 1);
    return qry_search_marks(h->runs.search, state) && (!h->alive || h->alive[row - h->runs.search->low]);
}

/* Runs the program, which has so many iterations and ends in a wanted row with that probability; only the engine that
 * knows the answer asks for it. Whether what was measured is wanted. */
static bool run(qry_searcher *h, uint64_t iterations, double probability, uint64_t *row)
{
    bool wanted;
    h->stopped = h->stopped || qry_cost_allowed_shots(&h->runs.costs, &h->runs.ledger, h->runs.max_queries, 1) == 0;
    if (h->stopped)
        return false;
    qry_check_interrupt(h->runs.ctx);
    if (h->runs.engine == QRY_ENGINE_ORACLE) {
        wanted = qry_scan_draw(&h->scan, probability, &h->runs.random, row);
    } else {
        uint64_t state = measured_state(h);
        *row = state & ((UINT64_C(1) << h->runs.search->address) - 1);
        wanted = is_wanted(h, state);
    }
    charge(h, iterations);
    h->runs.ledger.score_evaluations++;
    return wanted;
}

static double marked_fraction(const qry_searcher *h)
{
    return h->runs.engine == QRY_ENGINE_ORACLE ? qry_scan_fraction(&h->scan) : 0;
}

static bool run_round(qry_searcher *h, uint64_t *row)
{
    uint64_t iterations = qry_belief_choose(&h->belief);
    double theta = asin(sqrt(marked_fraction(h)));
    qry_search_write_round(h->runs.search, iterations);
    bool found = run(h, iterations, pow(sin((2 * (double)iterations + 1) * theta), 2), row);
    if (h->stopped)
        return false;
    qry_belief_learn(&h->belief, found);
    h->in_vain = found ? 0 : h->in_vain + (double)iterations;
    return found;
}

/* Of the i-th certificate. */
static double share_of(double failure, double i)
{
    return failure * (i > 1 ? for_others / (i * (i - 1)) : 1 - for_others);
}

static size_t write_certificate(qry_search *search, double failure)
{
    size_t count;
    double *alpha, *beta;
    qry_arena *arena = qry_arena_new(qry_circuit_ctx(search->circuit));
    qry_fixed_point_angles(arena, failure, ldexp(1, -(int)state_bits(search)), &count, &alpha, &beta);
    qry_search_write_fixed_point(search, count, alpha, beta);
    qry_arena_free(arena);
    return count;
}

size_t qry_search_write_certificate(qry_search *search, double failure)
{
    return write_certificate(search, share_of(failure, 1));
}

static bool run_certificate(qry_searcher *h, uint64_t *row)
{
    double failure = share_of(h->failure, ++h->certificates);
    size_t count = write_certificate(h->runs.search, failure);
    bool found = run(h, count, qry_fixed_point_success(failure, count, marked_fraction(h)), row);
    if (found)
        qry_belief_take(&h->belief);
    h->in_vain = 0;
    return found;
}

/* ---- finding ---- */

static void look_for_all(qry_searcher *h)
{
    if (!h->alive)
        return;
    memset(h->alive, 1, rows_of(h->runs.search));
    qry_search_set_alive(h->runs.search, h->alive);
}

static void take_out(qry_searcher *h, uint64_t row)
{
    h->alive[row - h->runs.search->low] = 0;
    qry_search_set_alive(h->runs.search, h->alive);
    if (h->runs.engine == QRY_ENGINE_ORACLE)
        qry_scan_take(&h->scan, row);
}

void qry_searcher_begin(qry_searcher *h, double expected, double failure)
{
    qry_must(failure > 0 && failure < 1);
    if (h->runs.sim)
        qry_require_state(h->runs.ctx, h->runs.search, 0);
    h->failure = failure;
    h->certificates = 0;
    h->runs.ledger.classical_score_evaluations += rows_of(h->runs.search);
    look_for_all(h);
    qry_searcher_retarget(h, expected);
}

void qry_searcher_remark(qry_searcher *h)
{
    h->in_vain = 0;
    if (h->runs.engine == QRY_ENGINE_ORACLE)
        qry_scan_read(&h->scan, h->runs.search, h->alive);
}

void qry_searcher_retarget(qry_searcher *h, double expected)
{
    qry_belief_expect(&h->belief, expected);
    qry_searcher_remark(h);
}

static bool is_worth_a_round(const qry_searcher *h)
{
    return qry_belief_empty(&h->belief) <= due && h->in_vain <= patience * sqrt(states_of(h->runs.search));
}

static bool seek(qry_searcher *h, uint64_t *row)
{
    while (!h->stopped && is_worth_a_round(h))
        if (run_round(h, row))
            return true;
    return false;
}

static bool finish(qry_searcher *h, bool found, const uint64_t *row, double start)
{
    if (found && h->alive)
        take_out(h, *row);
    h->runs.ledger.seconds += qry_seconds() - start;
    return found;
}

bool qry_searcher_seek(qry_searcher *h, uint64_t *row)
{
    double start = qry_seconds();
    bool found = seek(h, row);
    return finish(h, found, row, start);
}

bool qry_searcher_find(qry_searcher *h, uint64_t *row)
{
    double start = qry_seconds();
    bool found = seek(h, row) || run_certificate(h, row);
    return finish(h, found, row, start);
}

/* ---- a whole statement ---- */

static int compare_rows(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

qry_found qry_searcher_run(qry_searcher *h, qry_arena *arena)
{
    qry_search *search = h->runs.search;
    uint64_t row, *rows = NULL;
    size_t count = 0, room = 0;
    if (search->kind == QRY_SAMPLE_SET)
        qry_search_draw(search, &h->runs.random);
    qry_searcher_begin(h, search->expect ? (double)search->expect : -1, search->failure);
    while (qry_searcher_find(h, &row)) {
        QRY_GROW(h->runs.ctx, rows, room, count + 1);
        rows[count++] = row;
        if (search->kind == QRY_SEARCH_ONE)
            break;
    }
    qry_found found = {qry_arena_alloc(arena, count + 1, sizeof *found.row), count};
    if (count)
        memcpy(found.row, rows, count * sizeof *rows);
    qry_free(h->runs.ctx, rows);
    qsort(found.row, count, sizeof *found.row, compare_rows);
    return found;
}
