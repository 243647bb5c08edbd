/* search_test.c: what a compiled search writes into its program: rounds and fixed-point searches against the theory of
 * amplitudes, parts, diffusions against their matrix. */
#include "base/faults.h"
#include "compiler/lower.h"
#include "tests/aborts.h"
#include "tests/compiler/dense.h"
#include "tests/compiler/formulas.h"
#include "tests/compiler/rows.h"

#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const arches[] = {"select", "bucket_brigade"};

/* Rows 0 .. count-1 of which the first `marked` in some order match. */
static qry_search *flags(formulas *f, qry_ctx *ctx, qry_search_kind kind, const char *arch, uint64_t count,
                         uint64_t marked)
{
    formulas_begin(f, ctx, kind, 0, count - 1, arch);
    qry_table *t = formulas_table(f, "T", arch, count, 1, (qry_type){false, true, 1, 0}, 1);
    for (uint64_t j = 0; j < count; j++)
        t->mantissas[j * 5 % count] = j < marked;
    f_root(f, f_entry(f, t, 0));
    return qry_search_new(&f->program, &f->statement);
}

/* |amplitude| of matching rows together. */
static double success(qry_search *search)
{
    const qry_definition *program = qry_circuit_program(search->circuit);
    qry_ctx *ctx = qry_circuit_ctx(search->circuit);
    double complex *state = dense_run(ctx, program, 0, NULL);
    double p = 0, all = 0;
    for (uint64_t j = 0; j < UINT64_C(1) << search->address; j++) {
        double pj = dense_probability(state, program->width, search->first, search->address, j);
        all += pj;
        p += qry_search_matches(search, j) ? pj : 0;
    }
    assert_true(fabs(all - 1) < 1e-12);
    /* nothing but the address is left in superposition */
    double clean = 0;
    for (uint64_t j = 0; j < UINT64_C(1) << search->address; j++)
        clean += pow(cabs(state[j << search->first]), 2);
    assert_true(fabs(clean - 1) < 1e-12);
    qry_free(ctx, state);
    return p;
}

static void rounds(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (int variant = 0; variant < 4; variant++)
        for (uint64_t count = 1; count <= (variant / 2 ? 4 : 14); count += 1 + count / 4)
            for (uint64_t marked = 0; marked <= count; marked += 1 + marked) {
                formulas f;
                qry_search *search =
                    flags(&f, ctx, variant % 2 ? QRY_SEARCH_ALL : QRY_SEARCH_ONE, arches[variant / 2], count, marked);
                assert_int_equal(qry_search_count_matches(search), marked);
                double theta = asin(sqrt((double)marked / ldexp(1, (int)search->address)));
                for (uint64_t iterations = 0; iterations < 4; iterations++) {
                    qry_search_write_round(search, iterations);
                    double expected = pow(sin((2 * (double)iterations + 1) * theta), 2);
                    assert_true(fabs(success(search) - expected) < 1e-12);
                }
                qry_search_free(search);
                formulas_end(&f);
            }
    qry_ctx_free(ctx);
}

/* Yoder, Low and Chuang: L = 2l + 1 queries, and the angles of their equation 11; success in closed form. */
static void fixed_point(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    const double delta = 0.1;
    for (uint64_t marked = 1; marked <= 8; marked++)
        for (size_t l = 1; l <= 4; l++) {
            formulas f;
            qry_search *search = flags(&f, ctx, marked % 2 ? QRY_SEARCH_ALL : QRY_SEARCH_ONE, "select", 8, marked);
            double alpha[4], beta[4], length = 2 * (double)l + 1, c = cosh(acosh(1 / delta) / length);
            for (size_t j = 0; j < l; j++) {
                double x = tan(4 * acos(0) * (double)(j + 1) / length) * sqrt(1 - 1 / (c * c));
                alpha[j] = 2 * atan2(1, x);
            }
            for (size_t j = 0; j < l; j++)
                beta[j] = -alpha[l - 1 - j];
            qry_search_write_fixed_point(search, l, alpha, beta);
            double x = c * sqrt(1 - (double)marked / 8), t = x > 1 ? cosh(length * acosh(x)) : cos(length * acos(x));
            assert_true(fabs(success(search) - (1 - delta * delta * t * t)) < 1e-12);
            qry_search_write_round(search, 0); /* and back */
            assert_true(fabs(success(search) - (double)marked / 8) < 1e-12);
            qry_search_free(search);
            formulas_end(&f);
        }
    qry_ctx_free(ctx);
}

/* I - (1 - e^ia)|s><s| on the address, work qubits returned. */
static void diffusions(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (uint64_t count = 1; count <= 40; count *= 2) {
        formulas f;
        qry_search *search = flags(&f, ctx, QRY_SEARCH_ONE, "select", count, 1);
        uint64_t n = UINT64_C(1) << search->address;
        for (int angles = 0; angles < 2; angles++) {
            const double angle = angles ? 0.3 : acos(-1);
            const qry_definition *d = qry_lowered_of(search)->diffusion[angles];
            for (uint64_t column = 0; column < n; column++) {
                double complex *image = dense_run(ctx, d, column, &angle);
                for (uint64_t i = 0; i < UINT64_C(1) << d->width; i++) {
                    double complex expected = i < n ? (i == column) - (1 - cexp(I * angle)) / (double)n : 0;
                    assert_true(cabs(image[i] - expected) < 1e-12);
                }
                qry_free(ctx, image);
            }
        }
        qry_search_free(search);
        formulas_end(&f);
    }
    qry_ctx_free(ctx);
}

/* Iterations: as said, else the best for `expect` rows, else for one. */
static void default_rounds(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (uint64_t expect = 0; expect < 20; expect++) {
        formulas f;
        formulas_begin(&f, ctx, QRY_SEARCH_ONE, 0, 15, "select");
        f_root(&f, F(&f, EQ0, f_linear(&f, -3, 1, f_index(&f))));
        f.statement.expect = expect;
        qry_search *search = qry_search_new(&f.program, &f.statement);
        double theta = asin(sqrt(fmin(1, (double)(expect ? expect : 1) / 16))), best = -1;
        uint64_t wanted = 0, count[QRY_GATES], once[QRY_GATES], calls;
        for (uint64_t k = 0; pow(sin((2 * (double)k + 1) * theta), 2) > best + 1e-12; k++) {
            best = pow(sin((2 * (double)k + 1) * theta), 2);
            wanted = k;
        }
        walked_count(qry_circuit_program(search->circuit), count);
        walked_count(qry_lowered_of(search)->diffusion[0], once);
        calls = (count[QRY_GATE_h] - 4) / once[QRY_GATE_h];
        assert_int_equal(calls, wanted);
        qry_search_free(search);
        f.statement.iterations = expect + 1;
        search = qry_search_new(&f.program, &f.statement);
        walked_count(qry_circuit_program(search->circuit), count);
        assert_int_equal(count[QRY_GATE_h], 4 + (expect + 1) * once[QRY_GATE_h]);
        qry_search_free(search);
        formulas_end(&f);
    }
    qry_ctx_free(ctx);
}

/* The ledger of a round: what an oracle asks of each table, as often as it is called. */
static void queries(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    for (uint64_t iterations = 0; iterations < 4; iterations++) {
        formulas f;
        formulas_begin(&f, ctx, QRY_SEARCH_ALL, 0, 15, "bucket_brigade");
        const qry_table *k = formulas_table(&f, "K", "bucket_brigade", 16, 2, (qry_type){true, false, 3, 0}, 1);
        const qry_table *t = formulas_table(&f, "T", "bucket_brigade", 16, 1, (qry_type){true, false, 5, 0}, 2);
        const qry_table *s = formulas_table(&f, "S", "select", 16, 1, (qry_type){true, false, 2, 0}, 3);
        qry_formula *x[] = {f_entry(&f, k, 0), f_entry(&f, k, 1), f_entry(&f, t, 0), f_entry(&f, s, 0)};
        f_root(&f, F(&f, GE0, f_sum(&f, -2, 4, x, (int64_t[]){1, 3, -1, 1})));
        qry_search *search = qry_search_new(&f.program, &f.statement);
        qry_search_write_round(search, iterations);
        const qry_count *count = qry_circuit_count(arena, qry_circuit_program(search->circuit));
        static const struct {
            const char *table;
            uint32_t word;
            bool brings;
        } expected[] = {{"K", 6, true}, {"T", 5, false}, {"S", 2, false}, {"alive", 1, false}};
        size_t seen = 0;
        for (size_t i = 0; i < count->query_count; i++)
            for (int e = 0; e < 4; e++)
                if (strcmp(count->queries[i].part->table, expected[e].table) == 0) {
                    assert_int_equal(count->queries[i].part->address, 4);
                    assert_int_equal(count->queries[i].part->word, expected[e].word);
                    assert_int_equal(count->queries[i].loads, 2 * iterations);
                    assert_int_equal(count->queries[i].address_halves, expected[e].brings ? 2 * iterations : 0);
                    seen++;
                }
        assert_int_equal(seen, 4);
        uint64_t cswaps = 2 * iterations * (16 - 1 - 4 + 2 * 12 * (8 - 1));
        assert_int_equal(count->total.gate[QRY_GATE_cswap], cswaps);
        assert_int_equal(count->total.measurements, 4);
        qry_search_free(search);
        formulas_end(&f);
    }
    qry_arena_free(arena);
    qry_ctx_free(ctx);
}

/* Only the count of the repeated block changes between rounds. */
static void rounds_keep_the_version(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    formulas f;
    qry_search *search = flags(&f, ctx, QRY_SEARCH_ALL, "bucket_brigade", 8, 2);
    const qry_definition *program = qry_circuit_program(search->circuit);
    uint64_t version = program->version;
    for (uint64_t iterations = 0; iterations < 5; iterations++) {
        qry_search_write_round(search, iterations);
        assert_int_equal(program->version, version);
    }
    uint8_t alive[8] = {1};
    qry_search_set_alive(search, alive);
    qry_search_write_round(search, 3);
    assert_int_equal(program->version, version);
    assert_true(qry_lower(&f.statement, search));
    assert_int_equal(program->version, version);
    assert_string_equal(program->groups[0].name, "addr");
    assert_int_equal(program->groups[0].role, QRY_ROLE_ADDRESS);
    assert_string_equal(program->groups[program->group_count - 1].name, "work");
    assert_int_equal(program->groups[program->group_count - 1].role, QRY_ROLE_WORK);
    qry_search_free(search);
    formulas_end(&f);
    qry_ctx_free(ctx);
}

static void remember(void *state, const qry_diagnostic *diagnostic) { snprintf(state, 256, "%s", diagnostic->message); }

static void parts(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    char message[256] = "";
    qry_ctx_on_diagnostic(ctx, remember, message);
    for (int a = 0; a < 2; a++) {
        formulas f;
        qry_search *search = flags(&f, ctx, QRY_SEARCH_ALL, arches[a], 4, 3);
        const qry_definition *program = qry_circuit_program(search->circuit);
        const qry_table *t = &f.tables[0];
        uint64_t whole[QRY_GATES], part[QRY_GATES];
        assert_true(qry_search_write_part(search, "load:T", 0, false));
        for (uint64_t j = 0; j < 4; j++) {
            rows *r = rows_new(ctx, program->width, 1);
            rows_set(r, 0, 2, 0, j);
            rows_run(r, program, false, NULL);
            assert_int_equal(rows_get(r, 0, 3, 0), j | (uint64_t)t->mantissas[j] << 2);
            rows_free(r);
        }
        assert_true(qry_search_write_part(search, "load:alive", 0, false));
        assert_int_equal(qry_circuit_bit_count(search->circuit), 2);
        assert_true(qry_search_write_part(search, "load:T", 0, true));
        assert_int_equal(qry_circuit_bit_count(search->circuit), 3);
        double complex *amplitudes = dense_run(ctx, program, 0, NULL);
        for (uint64_t j = 0; j < 8; j++) {
            double expected = (uint64_t)t->mantissas[j % 4] == j / 4 ? 0.25 : 0;
            assert_true(fabs(dense_probability(amplitudes, program->width, 0, 3, j) - expected) < 1e-12);
        }
        qry_free(ctx, amplitudes);
        assert_true(qry_search_write_part(search, "oracle", 0, false));
        walked_count(program, whole);
        walked_count(qry_lowered_of(search)->oracle[0], part);
        assert_memory_equal(whole, part, sizeof whole);
        assert_true(qry_search_write_part(search, "diffusion", 0, false));
        walked_count(program, whole);
        walked_count(qry_lowered_of(search)->diffusion[0], part);
        assert_memory_equal(whole, part, sizeof whole);
        assert_int_equal(program->width, 2);
        assert_true(qry_search_write_part(search, "round", 2, false));
        assert_true(fabs(success(search) - pow(sin(5 * asin(sqrt(0.75))), 2)) < 1e-12);
        assert_false(qry_search_write_part(search, "load:U", 0, false));
        assert_non_null(strstr(message, "load:U"));
        assert_false(qry_search_write_part(search, "sandwich", 0, false));
        qry_search_free(search);
        formulas_end(&f);
    }
    qry_ctx_free(ctx);
}

static void diffusion_part(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    formulas f;
    qry_search *search = flags(&f, ctx, QRY_SEARCH_ONE, "select", 16, 1);
    const qry_definition *program = qry_circuit_program(search->circuit);
    assert_true(qry_search_write_part(search, "diffusion", 0, false));
    assert_int_equal(program->width, 6);
    uint64_t whole[QRY_GATES], part[QRY_GATES];
    walked_count(program, whole);
    walked_count(qry_lowered_of(search)->diffusion[0], part);
    assert_memory_equal(whole, part, sizeof whole);
    assert_int_equal(whole[QRY_GATE_ccx], 4);
    qry_search_free(search);
    formulas_end(&f);
    qry_search_free(NULL);
    qry_ctx_free(ctx);
}

static void too_large_is_refused(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    char message[256] = "";
    qry_ctx_on_diagnostic(ctx, remember, message);
    formulas f;
    formulas_begin(&f, ctx, QRY_SEARCH_ALL, 0, UINT64_C(1) << 40, "bucket_brigade");
    f_root(&f, F(&f, GE0, f_linear(&f, -3, 1, f_index(&f))));
    assert_null(qry_search_new(&f.program, &f.statement));
    assert_non_null(strstr(message, "too large"));
    f.statement.kind = QRY_SEARCH_ONE; /* needs no plane and no tree */
    qry_search *search = qry_search_new(&f.program, &f.statement);
    assert_int_equal(search->address, 41);
    assert_true(qry_search_matches(search, 5) && !qry_search_matches(search, 2));
    qry_search_free(search);
    message[0] = 0; /* a tree for as many rows would not fit, even if the table has few */
    f.statement.high = UINT64_C(1) << 26;
    const qry_table *t = formulas_table(&f, "T", "bucket_brigade", 4, 1, (qry_type){true, false, 62, 0}, 1);
    formulas_clear(&f);
    f_root(&f, F(&f, GE0, f_entry(&f, t, 0)));
    assert_null(qry_search_new(&f.program, &f.statement));
    assert_non_null(strstr(message, "too large"));
    formulas_end(&f);
    qry_ctx_free(ctx);
}

/* Failing at any allocation leaves a search that can be freed, and the context without a leak. */
struct attempt {
    formulas *f;
    qry_search *search;
};

static void compile(void *state)
{
    struct attempt *a = state;
    a->search = qry_search_new(&a->f->program, &a->f->statement);
}

static void quiet(void *state, const qry_diagnostic *diagnostic)
{
    (void)state;
    (void)diagnostic;
}

static void out_of_memory(void **state)
{
    (void)state;
    for (size_t n = 1;; n++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_ctx_on_diagnostic(ctx, quiet, NULL);
        formulas f;
        formulas_begin(&f, ctx, QRY_SEARCH_ALL, 0, 5, "bucket_brigade");
        const qry_table *t = formulas_table(&f, "T", "bucket_brigade", 6, 2, (qry_type){true, false, 3, 0}, 1);
        qry_formula *x[] = {f_entry(&f, t, 0), f_entry(&f, t, 1)};
        f_root(&f, F(&f, GE0, f_sum(&f, -4, 2, x, (int64_t[]){3, -5})));
        struct attempt attempt = {&f, NULL};
        qry_memory_fail_at(ctx, n);
        bool done = qry_protect(ctx, compile, &attempt);
        qry_memory_fail_at(ctx, 0);
        qry_ctx_free(ctx);
        if (done)
            break;
        assert_true(n < 100000);
    }
}

static void ask_with_nothing_marked(void *nothing)
{
    (void)nothing;
    qry_search_best_iterations(10, 0);
}

/* Where nothing is marked there is no best number of iterations: who asks has forgotten to look. */
static void nothing_marked(void **state)
{
    (void)state;
    assert_true(aborts(ask_with_nothing_marked, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds),         cmocka_unit_test(fixed_point),    cmocka_unit_test(diffusions),
        cmocka_unit_test(default_rounds), cmocka_unit_test(queries),        cmocka_unit_test(rounds_keep_the_version),
        cmocka_unit_test(parts),          cmocka_unit_test(diffusion_part), cmocka_unit_test(too_large_is_refused),
        cmocka_unit_test(out_of_memory),  cmocka_unit_test(nothing_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
