/* schedule.c: how often searches use the oracle. They are run, with outcomes drawn from their exact distributions; the formula is
 * fitted to the means, and compared with one at more rows. */
#include "runtime/params/crossover.h"

#include <math.h>
#include <string.h>

enum { RUNS = 24, CHECKED_BITS = 14, CHECKED_FOUND = 16 };

static const int bits_of[] = {8, 10, 12}; /* of rows */
static const size_t found_of[] = {1, 4, 16, 64};
enum { SIZES = sizeof bits_of / sizeof *bits_of, NUMBERS = sizeof found_of / sizeof *found_of };

double qry_schedule_calls(const qry_schedule *schedule, double rows, double found)
{
    return schedule->of_found * sqrt(rows * found) + schedule->of_all * sqrt(rows);
}

/* A search for the true rows of a table. */
struct trial {
    qry_ctx *ctx;
    qry_program *program;
    qry_search *search;
    qry_searcher *searcher;
    int64_t *marks;
    size_t rows;
};

static void give_up_unless(qry_ctx *ctx, bool fine)
{
    if (!fine)
        qry_give_up(ctx);
}

static struct trial new_trial(qry_ctx *ctx, int bits, double failure, uint64_t seed)
{
    struct trial t = {.ctx = ctx, .rows = (size_t)1 << bits};
    qry_arena *arena = qry_arena_new(ctx);
    qry_run_options run = {.engine = QRY_ENGINE_ORACLE, .seed = seed};
    const char *text = qry_arena_printf(arena,
                                        "table X[%zu] : bool = npy(\"x.npy\");\n"
                                        "hits: search all j in X where X[j] { failure = %.12g };\n",
                                        t.rows, failure);
    t.marks = qry_alloc(ctx, t.rows, sizeof *t.marks);
    t.marks[0] = 1;
    t.program = qry_program_read(ctx, qry_source_from_text(ctx, "schedule.qry", text, strlen(text)));
    give_up_unless(ctx, t.program && qry_program_bind(t.program, "X", t.marks));
    t.search = qry_program_compile(t.program, NULL);
    give_up_unless(ctx, t.search);
    t.searcher = qry_searcher_new(ctx, t.search, &run, 0);
    qry_arena_free(arena);
    return t;
}

static void free_trial(struct trial *t)
{
    qry_searcher_free(t->searcher);
    qry_search_free(t->search);
    qry_program_free(t->program);
    qry_free(t->ctx, t->marks);
}

/* The mean over a few runs with other rows each. */
static double mean_calls(struct trial *t, size_t found, double failure, uint64_t seed)
{
    qry_random random;
    double calls = 0;
    qry_random_seed(&random, seed, found);
    for (uint64_t i = 0; i < RUNS; i++) {
        uint64_t row;
        qry_check_interrupt(t->ctx);
        memset(t->marks, 0, t->rows * sizeof *t->marks);
        for (size_t k = 0; k < found;) {
            int64_t *mark = &t->marks[qry_random_below(&random, t->rows)];
            k += *mark == 0;
            *mark = 1;
        }
        give_up_unless(t->ctx, qry_program_bind(t->program, "X", t->marks) && qry_search_refresh(t->search));
        qry_searcher_restart(t->searcher, found * RUNS + i);
        qry_searcher_begin(t->searcher, (double)found, failure);
        while (qry_searcher_find(t->searcher, &row))
            ;
        calls += (double)qry_searcher_ledger(t->searcher)->oracle_calls;
    }
    return calls / RUNS;
}

/* Least squares of relative deviations. */
static void fit(qry_schedule *schedule, const double calls[SIZES][NUMBERS])
{
    double aa = 0, ab = 0, bb = 0, a1 = 0, b1 = 0;
    for (size_t s = 0; s < SIZES; s++)
        for (size_t k = 0; k < NUMBERS; k++) {
            double rows = exp2(bits_of[s]), a = sqrt(rows * (double)found_of[k]) / calls[s][k],
                   b = sqrt(rows) / calls[s][k];
            aa += a * a, ab += a * b, bb += b * b, a1 += a, b1 += b;
        }
    double determinant = aa * bb - ab * ab;
    schedule->of_found = (a1 * bb - b1 * ab) / determinant;
    schedule->of_all = (b1 * aa - a1 * ab) / determinant;
    for (size_t s = 0; s < SIZES; s++)
        for (size_t k = 0; k < NUMBERS; k++) {
            double says = qry_schedule_calls(schedule, exp2(bits_of[s]), (double)found_of[k]);
            schedule->residual = fmax(schedule->residual, fabs(says / calls[s][k] - 1));
        }
}

qry_schedule qry_schedule_measure(qry_ctx *ctx, double failure, uint64_t seed)
{
    qry_schedule schedule = {.failure = failure, .checked_found = CHECKED_FOUND, .runs = RUNS};
    double calls[SIZES][NUMBERS];
    for (size_t s = 0; s < SIZES; s++) {
        struct trial trial = new_trial(ctx, bits_of[s], failure, seed);
        for (size_t k = 0; k < NUMBERS; k++)
            calls[s][k] = mean_calls(&trial, found_of[k], failure, seed);
        free_trial(&trial);
    }
    fit(&schedule, calls);
    struct trial trial = new_trial(ctx, CHECKED_BITS, failure, seed);
    schedule.checked_rows = trial.rows;
    schedule.checked = mean_calls(&trial, CHECKED_FOUND, failure, seed);
    schedule.checked_as = qry_schedule_calls(&schedule, (double)trial.rows, CHECKED_FOUND);
    free_trial(&trial);
    return schedule;
}
