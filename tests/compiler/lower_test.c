/* lower_test.c: oracles of hand-made and random predicates against the plain meaning of every row: the phase is that of
 * the predicate and all else returns, by both architectures; and what a refresh leaves as it was. */
#include "tests/compiler/formulas.h"
#include "tests/compiler/oracles.h"

#include <math.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

/* NULL: all of the domain. */
static bool wanted(const formulas *f, uint64_t j, const uint8_t *alive)
{
    if (j < f->statement.low || j > f->statement.high)
        return false;
    if (f->statement.kind == QRY_SEARCH_ALL && alive && !alive[j - f->statement.low])
        return false;
    return f_value(f->list.root, j);
}

static void check_oracle(const formulas *f, qry_search *search, const uint8_t *alive)
{
    uint64_t states = UINT64_C(1) << search->address;
    uint8_t *marked = qry_alloc(f->ctx, states, 1);
    for (uint64_t j = 0; j < states; j++)
        marked[j] = wanted(f, j, alive);
    expect_oracles(search, marked);
    qry_free(f->ctx, marked);
    for (uint64_t j = f->statement.low; j <= f->statement.high; j++)
        assert_int_equal(qry_search_matches(search, j), f_value(f->list.root, j) != 0);
}

static void check_formula(formulas *f, qry_formula *root)
{
    f_root(f, root);
    qry_search *search = qry_search_new(&f->program, &f->statement);
    assert_non_null(search);
    check_oracle(f, search, NULL);
    qry_search_free(search);
}

static const char *const arches[] = {"select", "bucket_brigade"};

/* Every kind of node by itself, on tables of every sign, several lengths and domains. */
static void every_kind(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (int variant = 0; variant < 2 * 2 * 2 * 3; variant++) {
        formulas f;
        uint64_t rows = (uint64_t[]){8, 11, 1}[variant / 8];
        formulas_begin(&f, ctx, variant % 2 ? QRY_SEARCH_ALL : QRY_SEARCH_ONE, 0, rows - 1, arches[variant / 2 % 2]);
        const char *arch = arches[variant / 4 % 2];
        const qry_table *s = formulas_table(&f, "S", arch, rows, 2, (qry_type){true, false, 3, 1}, 1);
        const qry_table *u = formulas_table(&f, "u", arch, rows, 1, (qry_type){false, false, 3, 0}, 2);
        const qry_table *b = formulas_table(&f, "flag", arches[0], rows, 2, (qry_type){false, true, 1, 0}, 3);
        for (int64_t limit = -9; limit <= 9; limit += 3) {
            formulas_clear(&f);
            qry_formula *x = f_entry(&f, s, 0), *y = f_entry(&f, s, 1), *z = f_entry(&f, u, 0), *j = f_index(&f);
            qry_formula *p = f_entry(&f, b, 0), *q = f_entry(&f, b, 1);
            qry_formula *t = f_linear(&f, -limit, 1, x), *g = F(&f, GE0, t);
            qry_formula *xyz[] = {x, y, z, j};
            check_formula(&f, p);
            check_formula(&f, F(&f, NOT, p));
            check_formula(&f, g);
            check_formula(&f, F(&f, EQ0, t));
            check_formula(&f, F(&f, GE0, f_linear(&f, limit, -1, x)));
            check_formula(&f, F(&f, GE0, f_linear(&f, -limit, 1, j)));
            check_formula(&f, F(&f, EQ0, f_linear(&f, -limit, 1, j)));
            check_formula(&f, F(&f, GE0, f_sum(&f, -limit, 4, xyz, (int64_t[]){3, -5, 1, 2})));
            check_formula(&f, F(&f, EQ0, f_sum(&f, limit, 3, xyz, (int64_t[]){1, -1, 2})));
            check_formula(&f, F(&f, EQ0, f_sum(&f, 0, 2, xyz, (int64_t[]){1, -1})));
            check_formula(&f, F(&f, GE0, f_linear(&f, -limit, 1, F(&f, PRODUCT, x, y))));
            check_formula(&f, F(&f, GE0, f_linear(&f, -limit, 1, F(&f, PRODUCT, x, x))));
            check_formula(&f, F(&f, EQ0, f_linear(&f, limit, -3, F(&f, PRODUCT, y, z))));
            check_formula(&f, F(&f, GE0, f_linear(&f, limit, -1, F(&f, ABS, t))));
            check_formula(&f, F(&f, GE0, f_linear(&f, -limit, 1, F(&f, MAX, x, z))));
            check_formula(&f, F(&f, GE0, f_linear(&f, -limit, 1, F(&f, MIN, x, f_sum(&f, limit, 0, NULL, NULL)))));
            check_formula(&f, F(&f, GE0, f_linear(&f, -limit, 1, F(&f, CHOOSE, p, x, z))));
            check_formula(&f, F(&f, CHOOSE, p, g, F(&f, NOT, q)));
            check_formula(&f, F(&f, EQ0, f_linear(&f, -limit / 3, 1, f_floor(&f, x, 1))));
            check_formula(&f, F(&f, GE0, f_linear(&f, 0, 1, f_floor(&f, f_linear(&f, limit, 5, x), 2))));
            check_formula(&f, F(&f, AND, g, p, F(&f, AND, q, F(&f, GE0, z))));
            check_formula(&f, F(&f, OR, p, q, F(&f, EQ0, t)));
            check_formula(&f, F(&f, NOT, F(&f, AND, p, F(&f, OR, g, q), g)));
            check_formula(&f, F(&f, AND, p, F(&f, NOT, p)));
            check_formula(&f, F(&f, AND, p, p));
        }
        formulas_end(&f);
    }
    qry_ctx_free(ctx);
}

static void always_and_never(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (int variant = 0; variant < 2 * 2 * 2; variant++)
        for (uint64_t high = 0; high < 9; high++) {
            formulas f;
            formulas_begin(&f, ctx, variant % 2 ? QRY_SEARCH_ALL : QRY_SEARCH_ONE, high / 2, high,
                           arches[variant / 2 % 2]);
            const qry_table *t =
                formulas_table(&f, "T", arches[variant / 2 % 2], high + 1, 1, (qry_type){true, false, 3, 0}, high);
            check_formula(&f, f_truth(&f, variant / 4));
            check_formula(&f, F(&f, GE0, f_linear(&f, variant / 4 ? 10 : -10, 1, f_entry(&f, t, 0))));
            formulas_end(&f);
        }
    qry_ctx_free(ctx);
}

/* Domains a .. b, with and without tables. */
static void domains(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (int variant = 0; variant < 2 * 2 * 2; variant++)
        for (uint64_t low = 0; low < 10; low++)
            for (uint64_t high = low; high < 20; high += 1 + low % 3) {
                formulas f;
                formulas_begin(&f, ctx, variant % 2 ? QRY_SEARCH_ALL : QRY_SEARCH_ONE, low, high,
                               arches[variant / 2 % 2]);
                const char *arch = arches[variant / 4];
                const qry_table *t = formulas_table(&f, "T", arch, 20, 1, (qry_type){true, false, 4, 0}, low);
                qry_formula *x = f_entry(&f, t, 0), *j = f_index(&f);
                check_formula(&f, F(&f, GE0, f_linear(&f, 1, 1, x)));
                check_formula(&f, F(&f, GE0, f_sum(&f, -9, 2, (qry_formula *[]){x, j}, (int64_t[]){2, 1})));
                check_formula(&f, F(&f, GE0, f_linear(&f, -8, 1, j)));
                check_formula(&f, F(&f, EQ0, f_floor(&f, j, 2)));
                formulas_end(&f);
            }
    qry_ctx_free(ctx);
}

static void random_predicates(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 11, 0);
    for (int i = 0; i < 1500; i++) {
        formulas f;
        uint64_t rows = 1 + qry_random_below(&random, 20), low = qry_random_below(&random, rows);
        low = qry_random_below(&random, 2) ? 0 : low;
        formulas_begin(&f, ctx, qry_random_below(&random, 2) ? QRY_SEARCH_ALL : QRY_SEARCH_ONE, low, rows - 1,
                       arches[qry_random_below(&random, 2)]);
        static const char *const names[] = {"K", "flag", "alive"};
        uint64_t tables = 1 + qry_random_below(&random, 3);
        for (uint64_t t = 0; t < tables; t++) {
            qry_type type = {qry_random_below(&random, 2), false, 1 + (int)qry_random_below(&random, 4), 0};
            if (t == 1)
                type = (qry_type){false, true, 1, 0};
            uint64_t more = qry_random_below(&random, 4), length = rows + more > 2 ? rows + more - 2 : 1;
            formulas_table(&f, names[t], arches[qry_random_below(&random, 2)], length,
                           1 + (uint32_t)qry_random_below(&random, 3), type, qry_random_next(&random));
        }
        check_formula(&f, f_random(&f, &random, 4 + (int)qry_random_below(&random, 16)));
        formulas_end(&f);
    }
    qry_ctx_free(ctx);
}

/* So many different parts that the pool's table grows, and again the same. */
static void many_parts(void **state)
{
    (void)state;
    enum { PARTS = 150 };
    qry_ctx *ctx = qry_ctx_new();
    formulas f;
    formulas_begin(&f, ctx, QRY_SEARCH_ONE, 0, 15, "select");
    const qry_table *t = formulas_table(&f, "T", "select", 16, 1, (qry_type){true, false, 9, 0}, 8);
    qry_formula *x = f_entry(&f, t, 0), *all[PARTS];
    for (int i = 0; i < PARTS; i++)
        all[i] = F(&f, EQ0, f_linear(&f, i % 3 ? -i : -t->mantissas[i % 16], 1, x));
    f_root(&f, f_node(&f, QRY_FORMULA_OR, PARTS, all));
    qry_search *search = qry_search_new(&f.program, &f.statement);
    assert_non_null(search);
    check_oracle(&f, search, NULL);
    size_t definitions = qry_circuit_definitions(search->circuit);
    assert_true(definitions > PARTS / 2);
    assert_true(qry_lower(&f.statement, search));
    check_oracle(&f, search, NULL);
    assert_int_equal(qry_circuit_definitions(search->circuit), definitions);
    qry_search_free(search);
    formulas_end(&f);
    qry_ctx_free(ctx);
}

/* dot(q, K[j]) >= tau over columns 0 .. d-1. */
static qry_formula *dot(formulas *f, const qry_table *k, const int64_t *q, int64_t tau)
{
    qry_formula **args = qry_arena_alloc(f->arena, k->columns, sizeof *args);
    for (uint32_t c = 0; c < k->columns; c++)
        args[c] = f_entry(f, k, c);
    qry_formula *sum = f_sum(f, -tau, k->columns, args, q);
    return F(f, GE0, sum);
}

static void random_row(qry_random *random, int64_t *q, uint32_t count)
{
    for (uint32_t c = 0; c < count; c++)
        do
            q[c] = (int64_t)qry_random_below(random, 255) - 127;
        while (q[c] == 0);
}

/* The size of one attention row; carry-save on the bucket brigade, ripple on unary iteration. */
static void attention_sized(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 2, 0);
    for (int a = 0; a < 2; a++) {
        formulas f;
        formulas_begin(&f, ctx, QRY_SEARCH_ALL, 0, 511, arches[a]);
        const qry_table *k = formulas_table(&f, "K", arches[a], 512, 32, (qry_type){true, false, 8, 0}, 5);
        int64_t q[32];
        random_row(&random, q, 32);
        f_root(&f, dot(&f, k, q, 20000));
        qry_search *search = qry_search_new(&f.program, &f.statement);
        check_oracle(&f, search, NULL);
        uint32_t kept = qry_lowered_of(search)->score.kept;
        uint64_t matches = qry_search_count_matches(search);
        assert_in_range(matches, 1, 511);
        if (a == 0)
            assert_in_range(kept, 20, 60);
        else
            assert_in_range(kept, 500, 1000);
        qry_search_free(search);
        formulas_end(&f);
    }
    qry_ctx_free(ctx);
}

/* Version of the definition of that name; the name must be there once. */
static uint64_t version(qry_search *search, const char *name)
{
    uint64_t found = 0;
    for (uint32_t i = 0; i < qry_circuit_definitions(search->circuit); i++)
        if (strcmp(qry_circuit_definition(search->circuit, i)->name, name) == 0) {
            assert_int_equal(found, 0);
            found = qry_circuit_definition(search->circuit, i)->version;
        }
    assert_int_not_equal(found, 0);
    return found;
}

static void refresh_keeps_what_is_the_same(void **state)
{
    (void)state;
    static const char *const names[] = {"words K",   "load K",          "address in", "load alive", "words alive",
                                        "diffusion", "diffusion phase", "dot",        "compare"};
    qry_ctx *ctx = qry_ctx_new();
    formulas f;
    qry_random random;
    qry_random_seed(&random, 1, 0);
    formulas_begin(&f, ctx, QRY_SEARCH_ALL, 0, 15, "bucket_brigade");
    qry_table *k = formulas_table(&f, "K", "bucket_brigade", 16, 6, (qry_type){true, false, 4, 0}, 5);
    int64_t q[6];
    qry_search *search = NULL;
    uint64_t old[9] = {0};
    enum { TAU, QUERY, NOTHING, DATA, STEPS };
    int64_t tau = 3;
    random_row(&random, q, 6);
    for (int i = 0; i < 40; i++) {
        int step = i % STEPS;
        tau = step == TAU ? 3 + 10 * i : tau; /* another top bit now and then, but never out of reach */
        if (step == QUERY)
            random_row(&random, q, 6);
        if (step == DATA)
            formulas_fill(&f, k, (uint64_t)i + 9);
        formulas_clear(&f);
        f_root(&f, dot(&f, k, q, tau % 200));
        if (!search)
            search = qry_search_new(&f.program, &f.statement);
        else
            assert_true(qry_lower(&f.statement, search));
        check_oracle(&f, search, NULL);
        uint64_t now[9];
        for (int n = 0; n < 9; n++)
            now[n] = version(search, names[n]);
        for (int n = 1; i > 0 && n < 7; n++)
            assert_int_equal(now[n], old[n]);
        if (i > 0) {
            assert_int_equal(now[0] == old[0], step != DATA);
            assert_int_equal(now[7] == old[7], step != QUERY);
            if (step == NOTHING)
                assert_int_equal(now[8], old[8]);
        }
        memcpy(old, now, sizeof old);
    }
    qry_search_free(search);
    formulas_end(&f);
    qry_ctx_free(ctx);
}

/* The same search lowered again and again with unrelated predicates. */
static void refresh_to_anything(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 12, 0);
    FILE *nowhere = fopen("/dev/null", "w");
    assert_non_null(nowhere);
    for (int i = 0; i < 30; i++) {
        formulas f;
        formulas_begin(&f, ctx, i % 2 ? QRY_SEARCH_ALL : QRY_SEARCH_ONE, 0, 12, arches[i / 2 % 2]);
        formulas_table(&f, "K", arches[i / 4 % 2], 13, 2, (qry_type){true, false, 3, 0}, 1);
        formulas_table(&f, "T", arches[i / 8 % 2], 13, 2, (qry_type){false, false, 3, 0}, 2);
        qry_search *search = NULL;
        size_t definitions = 0;
        for (int k = 0; k < 40; k++) {
            formulas_clear(&f);
            if (k % 5 == 4) /* the domain, too */
                f.statement.high = 12 - qry_random_below(&random, 9);
            if (k % 7 == 6)
                formulas_fill(&f, &f.tables[k % 2], (uint64_t)k);
            f_root(&f, f_random(&f, &random, 10));
            if (!search)
                search = qry_search_new(&f.program, &f.statement);
            else
                assert_true(qry_lower(&f.statement, search));
            check_oracle(&f, search, NULL);
            qry_circuit_dump(search->circuit, nowhere); /* what is not called any more is sound all the same */
            if (k == 20)
                definitions = qry_circuit_definitions(search->circuit);
        }
        assert_true(qry_circuit_definitions(search->circuit) < 2 * definitions + 20); /* old parts are used again */
        qry_search_free(search);
        formulas_end(&f);
    }
    fclose(nowhere);
    qry_ctx_free(ctx);
}

static void alive_plane(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (int variant = 0; variant < 4; variant++) {
        formulas f;
        formulas_begin(&f, ctx, QRY_SEARCH_ALL, 3, 12, arches[variant % 2]);
        const qry_table *t = formulas_table(&f, "T", arches[variant / 2], 13, 1, (qry_type){true, false, 3, 0}, 4);
        f_root(&f, F(&f, GE0, f_entry(&f, t, 0)));
        qry_search *search = qry_search_new(&f.program, &f.statement);
        uint64_t words = version(search, "words T"), oracle = version(search, "oracle");
        for (uint64_t pattern = 0; pattern < 1 << 10; pattern += 37) {
            uint8_t alive[10];
            for (int i = 0; i < 10; i++)
                alive[i] = pattern >> i & 1;
            qry_search_set_alive(search, alive);
            uint64_t plane = version(search, "words alive");
            qry_search_set_alive(search, alive);
            assert_int_equal(version(search, "words alive"), plane);
            check_oracle(&f, search, alive);
            if (pattern % 2)
                assert_true(qry_lower(&f.statement, search)); /* a refresh keeps the plane */
            check_oracle(&f, search, alive);
        }
        assert_int_equal(version(search, "words T"), words);
        assert_int_equal(version(search, "oracle"), oracle);
        assert_string_equal(search->tables[search->table_count - 1], "alive");
        qry_search_free(search);
        formulas_end(&f);
    }
    qry_ctx_free(ctx);
}

/* Calls in an oracle, in order, with their direction; only what stands directly in it. */
struct trace {
    char text[1024];
    int depth;
};

static bool enter(void *state, const char *name, const qry_definition *callee, bool inverse)
{
    struct trace *t = state;
    if (t->depth++ == 0 && (callee || strcmp(name, "phase") == 0)) {
        strcat(t->text, inverse ? "-" : "+");
        strcat(t->text, name);
        strcat(t->text, " ");
    }
    return true;
}

static bool leave(void *state)
{
    ((struct trace *)state)->depth--;
    return true;
}

static void order_of_an_oracle(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    formulas f;
    formulas_begin(&f, ctx, QRY_SEARCH_ALL, 0, 7, "bucket_brigade");
    const qry_table *k = formulas_table(&f, "K", "bucket_brigade", 8, 1, (qry_type){true, false, 3, 0}, 1);
    const qry_table *t = formulas_table(&f, "T", "bucket_brigade", 8, 1, (qry_type){true, false, 3, 0}, 2);
    const qry_table *s = formulas_table(&f, "S", "select", 8, 1, (qry_type){true, false, 3, 0}, 3);
    qry_formula *args[] = {f_entry(&f, k, 0), f_entry(&f, t, 0), f_entry(&f, s, 0), f_index(&f)};
    f_root(&f, F(&f, GE0, f_sum(&f, -1, 4, args, (int64_t[]){1, 1, 1, 1})));
    qry_search *search = qry_search_new(&f.program, &f.statement);
    struct trace trace = {0};
    qry_visitor visitor = {.state = &trace, .enter = enter, .leave = leave};
    qry_walk(qry_lowered_of(search)->oracle[0], false, NULL, &visitor);
    assert_string_equal(trace.text,
                        "+copy address +load S +load K +load T +score +load alive +phase -load alive -score "
                        "-load T -load K -load S -copy address ");
    qry_search_free(search);
    formulas_end(&f);
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind),
        cmocka_unit_test(always_and_never),
        cmocka_unit_test(domains),
        cmocka_unit_test(random_predicates),
        cmocka_unit_test(attention_sized),
        cmocka_unit_test(many_parts),
        cmocka_unit_test(order_of_an_oracle),
        cmocka_unit_test(refresh_keeps_what_is_the_same),
        cmocka_unit_test(refresh_to_anything),
        cmocka_unit_test(alive_plane),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
