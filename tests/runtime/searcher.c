/* searcher.c: searchers against the set of rows that match: none missing, none wrong, and the bill. */
#include "searches.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const qry_run_options oracle = {.engine = QRY_ENGINE_ORACLE, .seed = 1};
static const qry_run_options gates = {.engine = QRY_ENGINE_SPARSE, .seed = 1};

/* All rows that match, and no other, in order. */
static bool is_complete(qry_search *search, qry_found found)
{
    for (size_t i = 0; i < found.count; i++) {
        assert_true(qry_search_matches(search, found.row[i]));
        assert_true(i == 0 || found.row[i - 1] < found.row[i]);
    }
    return found.count == qry_search_count_matches(search);
}

/* How many of `runs` runs, each with its own stream, do not find all rows. */
static int incomplete_runs(qry_ctx *ctx, qry_search *search, const qry_run_options *options, double expected, int runs)
{
    int incomplete = 0;
    for (int run = 0; run < runs; run++) {
        qry_arena *arena = qry_arena_new(ctx);
        qry_searcher *h = qry_searcher_new(ctx, search, options, (uint64_t)run);
        search->expect = expected < 0 ? 0 : (uint64_t)expected;
        incomplete += !is_complete(search, qry_searcher_run(h, arena));
        qry_searcher_free(h);
        qry_arena_free(arena);
    }
    return incomplete;
}

/* The promise of `search all`, whatever was expected. */
static void completeness(void **state)
{
    (void)state;
    enum { RUNS = 10000 };
    static const struct {
        uint64_t rows, marked;
        double expected;
    } cases[] = {{48, 1, -1}, {64, 3, -1}, {64, 3, 20}, {100, 30, 1}, {16, 16, -1}};
    static const double failures[] = {1e-2, 1e-3};
    qry_ctx *ctx = qry_ctx_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        qry_search *search = flag_search(ctx, "all", "bucket_brigade", cases[i].rows, cases[i].marked);
        for (int f = 0; f < 2; f++) {
            search->failure = failures[f];
            int incomplete = incomplete_runs(ctx, search, &oracle, cases[i].expected, RUNS / 2);
            assert_true(failures_are_plausible(incomplete, RUNS / 2, failures[f]));
        }
        qry_search_free(search);
    }
    qry_ctx_free(ctx);
}

/* With certificates that may fail often, some do: the test above could fail. */
static void certificates_are_needed(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_search *search = flag_search(ctx, "all", "bucket_brigade", 60, 6);
    search->failure = 0.9;
    int incomplete = incomplete_runs(ctx, search, &oracle, 1, 1000);
    assert_true(incomplete > 20 && failures_are_plausible(incomplete, 1000, 0.9));
    qry_search_free(search);
    qry_ctx_free(ctx);
}

/* Iterations of a certificate that may fail with this probability. */
static uint64_t iterations_for(qry_ctx *ctx, const qry_search *search, double failure)
{
    size_t count;
    double *alpha, *beta;
    qry_arena *arena = qry_arena_new(ctx);
    qry_fixed_point_angles(arena, failure, ldexp(1, -(int)search->address), &count, &alpha, &beta);
    qry_arena_free(arena);
    return count;
}

/* The least failure probability with which so many iterations can find one row (equation 1 of fixed_point.c). */
static double promise_of(const qry_search *search, uint64_t iterations)
{
    double length = 2 * (double)iterations + 1;
    return pow(cosh(length * atanh(sqrt(ldexp(1, -(int)search->address)))), -2);
}

/* Iterations of the certificate alone: whatever is worth a round has been run before. */
static uint64_t next_certificate(qry_searcher *h)
{
    uint64_t row;
    assert_false(qry_searcher_seek(h, &row));
    const qry_ledger *l = qry_searcher_ledger(h);
    uint64_t before = l->oracle_calls, shots = l->shots;
    assert_false(qry_searcher_find(h, &row));
    assert_int_equal(qry_searcher_ledger(h)->shots, shots + 1);
    return qry_searcher_ledger(h)->oracle_calls - before;
}

/* The shares of the proof in docs/search.md, across targets and answers, and again from the beginning. */
static void shares(void **state)
{
    (void)state;
    enum { CERTIFICATES = 24 };
    static const double failures[] = {0.3, 1e-3};
    qry_ctx *ctx = qry_ctx_new();
    for (int kind = 0; kind < 2; kind++) {
        qry_search *search = flag_search(ctx, kind ? "all" : "one", "select", 1000, 0);
        qry_searcher *h = qry_searcher_new(ctx, search, &oracle, 0);
        for (int f = 0; f < 2; f++) {
            double allowed = 0, promised = 0;
            qry_searcher_begin(h, -1, failures[f]);
            for (int i = 1; i <= CERTIFICATES; i++) {
                double share = failures[f] * (i == 1 ? 0.9 : 0.1 / (i * (i - 1.0)));
                uint64_t iterations = next_certificate(h);
                assert_int_equal(iterations, iterations_for(ctx, search, share));
                allowed += share;
                promised += promise_of(search, iterations);
                if (i % 3 == 0)
                    qry_searcher_retarget(h, i % 2 ? -1 : 3);
            }
            assert_true(allowed <= failures[f] && promised <= failures[f]);
        }
        qry_searcher_free(h);
        qry_search_free(search);
    }
    qry_ctx_free(ctx);
}

/* The worst for the promise: certificate after certificate with one row left, which each misses about as often as it
 * may. One in two runs fails; were a share given twice, nearly all would. */
static void many_certificates(void **state)
{
    (void)state;
    enum { RUNS = 200, CERTIFICATES = 12 };
    static const double failure = 0.5;
    qry_ctx *ctx = qry_ctx_new();
    qry_search *search = flag_search(ctx, "one", "select", 1000, 1);
    qry_searcher *h = qry_searcher_new(ctx, search, &oracle, 0);
    int wrong = 0;
    for (uint64_t run = 0; run < RUNS; run++) {
        bool right = true;
        uint64_t row;
        qry_searcher_restart(h, run);
        qry_searcher_begin(h, 0, failure);
        for (int i = 1; i <= CERTIFICATES; i++) {
            right = qry_searcher_find(h, &row) && right;
            assert_int_equal(qry_searcher_ledger(h)->shots, i); /* no rounds: nothing was thought to be left */
            qry_searcher_retarget(h, 0);
        }
        wrong += !right;
    }
    assert_true(wrong > RUNS / 4 && failures_are_plausible(wrong, RUNS, failure));
    qry_searcher_free(h);
    qry_search_free(search);
    qry_ctx_free(ctx);
}

static void completeness_by_gates(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (int f = 0; f < 2; f++) {
        qry_search *search = flag_search(ctx, "all", "bucket_brigade", 20, 3);
        search->failure = f ? 1e-3 : 1e-2;
        int incomplete = incomplete_runs(ctx, search, &gates, -1, 100);
        assert_true(failures_are_plausible(incomplete, 100, search->failure));
        qry_search_free(search);
    }
    qry_ctx_free(ctx);
}

static void search_one(void **state)
{
    (void)state;
    static const uint64_t marked[] = {0, 1, 5, 48, 64};
    qry_ctx *ctx = qry_ctx_new();
    for (size_t i = 0; i < sizeof marked / sizeof *marked; i++) {
        qry_search *search = flag_search(ctx, "one", "select", 64, marked[i]);
        int missed = 0, runs = 0;
        for (int engine = 0; engine < 2; engine++)
            for (int run = 0; run < (engine ? 50 : 1000); run++, runs++) {
                qry_arena *arena = qry_arena_new(ctx);
                qry_searcher *h = qry_searcher_new(ctx, search, engine ? &gates : &oracle, (uint64_t)run);
                qry_found found = qry_searcher_run(h, arena);
                assert_true(found.count <= 1 && (!found.count || qry_search_matches(search, found.row[0])));
                missed += found.count == 0;
                if (marked[i] >= 48) /* the first draws do */
                    assert_true(qry_searcher_ledger(h)->oracle_calls < 40);
                qry_searcher_free(h);
                qry_arena_free(arena);
            }
        assert_true(marked[i] ? failures_are_plausible(missed, runs, search->failure) : missed == runs);
        qry_search_free(search);
    }
    qry_ctx_free(ctx);
}

/* Lengths from 1 on, on both engines, every number of matching rows: 10^-9 leaves nothing to chance. */
static void small_tables(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (uint64_t rows = 1; rows <= 9; rows++)
        for (uint64_t marked = 0; marked <= rows; marked++)
            for (int arch = 0; arch < 2; arch++) {
                qry_search *search = flag_search(ctx, "all", arch ? "select" : "bucket_brigade", rows, marked);
                search->failure = 1e-9;
                assert_int_equal(incomplete_runs(ctx, search, &oracle, -1, 3), 0);
                assert_int_equal(incomplete_runs(ctx, search, &gates, -1, 1), 0);
                qry_search_free(search);
            }
    qry_ctx_free(ctx);
}

/* A domain that does not begin at 0. */
static void domains(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_search *search = search_of(ctx, "search all j in 5..21 where (j << 1) > 19 && j != 12 { failure = 1e-9 };\n");
    assert_int_equal(incomplete_runs(ctx, search, &oracle, -1, 5), 0);
    assert_int_equal(incomplete_runs(ctx, search, &gates, 3, 5), 0);
    qry_ctx_free(ctx);
}

/* The engine that knows the answer spends shots and iterations as the other does, and finds rows as evenly. */
static void engines_agree(void **state)
{
    (void)state;
    enum { ROWS = 64, MARKED = 5, RUNS = 600 };
    qry_ctx *ctx = qry_ctx_new();
    qry_search *search = flag_search(ctx, "all", "bucket_brigade", ROWS, MARKED);
    double sum[2][2] = {{0}}, squares[2][2] = {{0}};
    int first[2][ROWS] = {{0}};
    for (int engine = 0; engine < 2; engine++)
        for (int run = 0; run < RUNS; run++) {
            qry_searcher *h = qry_searcher_new(ctx, search, engine ? &gates : &oracle, (uint64_t)run);
            uint64_t row;
            qry_searcher_begin(h, -1, 1e-3);
            for (int found = 0; qry_searcher_find(h, &row); found++)
                if (found == 0)
                    first[engine][row]++;
            const qry_ledger *l = qry_searcher_ledger(h);
            double x[2] = {(double)l->shots, (double)l->oracle_calls};
            for (int k = 0; k < 2; k++) {
                sum[engine][k] += x[k] / RUNS;
                squares[engine][k] += x[k] * x[k] / RUNS;
            }
            assert_int_equal(l->query_count, 2);
            for (size_t i = 0; i < l->query_count; i++)
                assert_true(l->query[i].loads == 2 * l->oracle_calls);
            assert_int_equal(l->score_evaluations, l->shots);
            assert_int_equal(l->classical_score_evaluations, ROWS);
            qry_searcher_free(h);
        }
    for (int k = 0; k < 2; k++) {
        double variance = 0;
        for (int engine = 0; engine < 2; engine++)
            variance += (squares[engine][k] - sum[engine][k] * sum[engine][k]) / RUNS;
        assert_true(fabs(sum[0][k] - sum[1][k]) < 5 * sqrt(variance));
    }
    for (int engine = 0; engine < 2; engine++) {
        double chi = 0;
        for (uint64_t j = 0; j < ROWS; j++)
            if (qry_search_matches(search, j))
                chi += pow(first[engine][j] - RUNS / (double)MARKED, 2) / (RUNS / (double)MARKED);
            else
                assert_int_equal(first[engine][j], 0);
        assert_true(chi < 33); /* 4 degrees of freedom, one in a million */
    }
    qry_search_free(search);
    qry_ctx_free(ctx);
}

/* All that a run leaves, as text. */
static void describe(qry_ctx *ctx, qry_search *search, const qry_run_options *options, uint64_t stream, char *text,
                     size_t room)
{
    qry_arena *arena = qry_arena_new(ctx);
    qry_searcher *h = qry_searcher_new(ctx, search, options, stream);
    uint64_t row;
    size_t length = 0;
    qry_searcher_begin(h, 4, 1e-3);
    while (qry_searcher_find(h, &row))
        length += (size_t)snprintf(text + length, room - length, "%llu ", (unsigned long long)row);
    const qry_ledger *l = qry_searcher_ledger(h);
    snprintf(text + length, room - length, "%llu %llu %.17g %.17g %u", (unsigned long long)l->oracle_calls,
             (unsigned long long)l->shots, (double)qry_tally_gates(&l->tally), (double)l->depth, l->qubits);
    qry_searcher_free(h);
    qry_arena_free(arena);
}

static void seeds_repeat(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_search *search = flag_search(ctx, "all", "bucket_brigade", 30, 8);
    for (int engine = 0; engine < 2; engine++) {
        char text[4][512];
        qry_run_options options = engine ? gates : oracle;
        describe(ctx, search, &options, 7, text[0], sizeof text[0]);
        describe(ctx, search, &options, 7, text[1], sizeof text[1]);
        describe(ctx, search, &options, 8, text[2], sizeof text[2]);
        options.seed++;
        describe(ctx, search, &options, 7, text[3], sizeof text[3]);
        assert_string_equal(text[0], text[1]);
        assert_string_not_equal(text[0], text[2]);
        assert_string_not_equal(text[0], text[3]);
    }
    qry_search_free(search);
    qry_ctx_free(ctx);
}

/* The bill of rounds: preparation and measurement for every shot, an oracle and a diffusion for every call. */
static void bill(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (int engine = 0; engine < 2; engine++) {
        qry_search *search = flag_search(ctx, "one", "bucket_brigade", 64, 2);
        qry_tally part[2], expected = {.resets = 0}; /* a round without iterations, and with one */
        for (uint64_t k = 0; k < 2; k++) {
            qry_search_write_round(search, k);
            qry_definition_tally(qry_circuit_program(search->circuit), &part[k]);
        }
        qry_searcher *h = qry_searcher_new(ctx, search, engine ? &gates : &oracle, 3);
        uint64_t row;
        for (int run = 0; run < 20; run++) {
            qry_searcher_begin(h, 2, 1e-3);
            assert_true(qry_searcher_find(h, &row));
        }
        const qry_ledger *l = qry_searcher_ledger(h);
        for (int g = 0; g < QRY_GATES; g++)
            part[1].gate[g] -= part[0].gate[g];
        part[1].measurements = 0;
        qry_tally_add(&expected, &part[0], l->shots);
        qry_tally_add(&expected, &part[1], l->oracle_calls);
        assert_memory_equal(&expected, &l->tally, sizeof expected);
        assert_int_equal(l->tally.measurements, 6 * l->shots);
        assert_int_equal(l->classical_score_evaluations, 20 * 64);
        assert_true(l->depth > l->oracle_calls && l->t_depth > 0 && l->seconds > 0);
        assert_int_equal(l->qubits, qry_circuit_program(search->circuit)->width);
        assert_string_equal(qry_searcher_mode(h), engine ? "replay" : "oracle");
        qry_searcher_free(h);
        qry_search_free(search);
    }
    qry_ctx_free(ctx);
}

/* Another threshold, in the middle: what was found stays out, what is new is found. The program narrows and widens. */
static void moving_thresholds(void **state)
{
    (void)state;
    static const char text[] = "table K[24][2] : int(5) = npy(\"none\");\nparam t = 0;\n"
                               "search all j in K where 3 * K[j][0] - 2 * K[j][1] >= t;\n";
    static const int64_t thresholds[] = {30, 12, 40, 1, 0, -100};
    qry_ctx *ctx = qry_ctx_new();
    for (int engine = 0; engine < 2; engine++) {
        qry_program *program = qry_program_read(ctx, qry_source_from_text(ctx, "t.qry", text, strlen(text)));
        int64_t data[48];
        for (int i = 0; i < 48; i++)
            data[i] = i * 19 % 32 - 16;
        qry_program_bind(program, "K", data);
        qry_search *search = qry_program_compile(program, NULL);
        qry_searcher *h = qry_searcher_new(ctx, search, engine ? &gates : &oracle, 0);
        uint8_t found[24] = {0};
        for (size_t i = 0; i < sizeof thresholds / sizeof *thresholds; i++) {
            uint64_t row;
            qry_program_set_param(program, "t", (qry_rational){thresholds[i], 1});
            assert_true(qry_search_refresh(search));
            if (i == 0)
                qry_searcher_begin(h, -1, 1e-9);
            else
                qry_searcher_retarget(h, qry_searcher_left(h) + 3);
            while (qry_searcher_find(h, &row)) {
                assert_false(found[row]);
                found[row] = 1;
            }
            for (uint64_t j = 0; j < 24; j++)
                assert_true(found[j] || !qry_search_matches(search, j));
        }
        qry_searcher_free(h);
        qry_search_free(search);
        qry_program_free(program);
    }
    qry_ctx_free(ctx);
}

/* Depths that 128 bits cannot hold stay at the greatest number. */
static void depths_do_not_wrap(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_search *search = flag_search(ctx, "one", "select", 16, 1);
    qry_searcher *h = qry_searcher_new(ctx, search, &oracle, 0);
    uint64_t row;
    qry_searcher_begin(h, 1, 1e-3);
    qry_ledger *l = (qry_ledger *)qry_searcher_ledger(h); /* the searcher's own, as if it had run long */
    l->depth = l->t_depth = ~(qry_u128)0 - 1;
    qry_searcher_find(h, &row);
    assert_true(l->oracle_calls > 0 && l->depth == ~(qry_u128)0 && l->t_depth == ~(qry_u128)0);
    qry_ctx_free(ctx);
}

static void count_pulse(void *state) { ++*(int *)state; }

/* Scanning all rows can be interrupted: 2^16 of them are no less than 8 checks. */
static void scans_can_be_interrupted(void **state)
{
    (void)state;
    int pulses = 0;
    qry_ctx *ctx = qry_ctx_new();
    qry_search *search = search_of(ctx, "search one j in 0..65535 where j * j == 1000002;\n");
    qry_ctx_on_pulse(ctx, count_pulse, &pulses);
    qry_searcher *h = qry_searcher_new(ctx, search, &oracle, 0);
    pulses = 0;
    qry_searcher_begin(h, -1, 1e-3);
    assert_in_range(pulses, 8, 1000);
    pulses = 0;
    qry_searcher_retarget(h, -1);
    assert_in_range(pulses, 8, 1000);
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(completeness),
        cmocka_unit_test(certificates_are_needed),
        cmocka_unit_test(search_one),
        cmocka_unit_test(completeness_by_gates),
        cmocka_unit_test(small_tables),
        cmocka_unit_test(domains),
        cmocka_unit_test(engines_agree),
        cmocka_unit_test(seeds_repeat),
        cmocka_unit_test(bill),
        cmocka_unit_test(moving_thresholds),
        cmocka_unit_test(shares),
        cmocka_unit_test(many_certificates),
        cmocka_unit_test(scans_can_be_interrupted),
        cmocka_unit_test(depths_do_not_wrap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
