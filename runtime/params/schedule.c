/* schedule.c: how often searches use the oracle. They are run, with outcomes drawn from their exact distributions; the formula is
 * fitted to the means, and compared with one at more rows. */
#include "runtime/params/crossover.h"

#include <math.h>
#include <string.h>

enum { MOST_RUNS = 32, LEAST_RUNS = 8, CHECKED_BITS = 13, CHECKED_FOUND = 64, TERMS = 3 };

/* Numbers of rows, as bits, and of those that are true; more than a 64th of all is another regime. */
static const int bits_of[] = {8, 10, 12};
static const size_t found_of[] = {1, 4, 16, 64};
enum { SIZES = sizeof bits_of / sizeof *bits_of, NUMBERS = sizeof found_of / sizeof *found_of };
static bool is_few(int bits, size_t found) { return found <= (size_t)1 << (bits - 6); }

static void terms(double rows, double found, double term[TERMS])
{
    term[0] = sqrt(rows * found);
    term[1] = sqrt(rows) * log(fmax(1, found));
    term[2] = sqrt(rows);
}

double qry_schedule_calls(const qry_schedule *schedule, double rows, double found)
{
    double term[TERMS];
    terms(rows, found, term);
    return schedule->of_found * term[0] + schedule->of_log * term[1] + schedule->of_all * term[2];
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

/* The mean over a few runs, the fewer the more is found: then they differ less. Which rows are true makes no difference to how many
 * uses it takes. */
static double mean_calls(struct trial *t, size_t found, double failure)
{
    size_t runs = 16 * MOST_RUNS / found;
    double calls = 0;
    uint64_t row;
    runs = runs > MOST_RUNS ? MOST_RUNS : runs < LEAST_RUNS ? LEAST_RUNS : runs;
    for (size_t i = 0; i < t->rows; i++)
        t->marks[i] = i < found;
    give_up_unless(t->ctx, qry_program_bind(t->program, "X", t->marks) && qry_search_refresh(t->search));
    for (uint64_t i = 0; i < runs; i++) {
        qry_check_interrupt(t->ctx);
        qry_searcher_restart(t->searcher, found * MOST_RUNS + i);
        qry_searcher_begin(t->searcher, (double)found, failure);
        while (qry_searcher_find(t->searcher, &row))
            ;
        calls += (double)qry_searcher_ledger(t->searcher)->oracle_calls;
    }
    return calls / (double)runs;
}

/* Gauss's elimination; the matrix is positive. */
static void solve(double a[TERMS][TERMS + 1], double x[TERMS])
{
    for (int p = 0; p < TERMS; p++)
        for (int i = p + 1; i < TERMS; i++)
            for (int j = TERMS; j >= p; j--)
                a[i][j] -= a[i][p] / a[p][p] * a[p][j];
    for (int i = TERMS - 1; i >= 0; i--) {
        x[i] = a[i][TERMS];
        for (int j = i + 1; j < TERMS; j++)
            x[i] -= a[i][j] * x[j];
        x[i] /= a[i][i];
    }
}

/* Least squares of relative deviations. */
static void fit(qry_schedule *schedule, double calls[SIZES][NUMBERS])
{
    double normal[TERMS][TERMS + 1] = {{0}}, term[TERMS], x[TERMS];
    for (size_t s = 0; s < SIZES; s++)
        for (size_t k = 0; k < NUMBERS && is_few(bits_of[s], found_of[k]); k++) {
            terms(exp2(bits_of[s]), (double)found_of[k], term);
            for (int i = 0; i < TERMS; i++) {
                for (int j = 0; j < TERMS; j++)
                    normal[i][j] += term[i] * term[j] / (calls[s][k] * calls[s][k]);
                normal[i][TERMS] += term[i] / calls[s][k];
            }
        }
    solve(normal, x);
    schedule->of_found = x[0];
    schedule->of_log = x[1];
    schedule->of_all = x[2];
    for (size_t s = 0; s < SIZES; s++)
        for (size_t k = 0; k < NUMBERS && is_few(bits_of[s], found_of[k]); k++) {
            double says = qry_schedule_calls(schedule, exp2(bits_of[s]), (double)found_of[k]);
            schedule->residual = fmax(schedule->residual, fabs(says / calls[s][k] - 1));
        }
}

qry_schedule qry_schedule_measure(qry_ctx *ctx, double failure, uint64_t seed)
{
    qry_schedule schedule = {.failure = failure, .checked_found = CHECKED_FOUND};
    double calls[SIZES][NUMBERS];
    for (size_t s = 0; s < SIZES; s++) {
        struct trial trial = new_trial(ctx, bits_of[s], failure, seed);
        for (size_t k = 0; k < NUMBERS && is_few(bits_of[s], found_of[k]); k++)
            calls[s][k] = mean_calls(&trial, found_of[k], failure);
        free_trial(&trial);
    }
    fit(&schedule, calls);
    struct trial trial = new_trial(ctx, CHECKED_BITS, failure, seed);
    schedule.checked_rows = trial.rows;
    schedule.checked = mean_calls(&trial, CHECKED_FOUND, failure);
    schedule.checked_as = qry_schedule_calls(&schedule, (double)trial.rows, CHECKED_FOUND);
    free_trial(&trial);
    return schedule;
}
