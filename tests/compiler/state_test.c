/* state_test.c: what the circuits of estimates, extremes and samples mark, state by state, against the plain meaning of
 * their programs; and how probable a mark is after a round, by the engine. */
#include "tests/compiler/front.h"
#include "tests/compiler/oracles.h"
#include "tests/compiler/rows.h"

#include "base/faults.h"
#include "sim/sim.h"

#include <math.h>

static const char tables[] = "table T[%d] : int(3) = [2, -4, 1, 3, 0, -1, 2];\n"
                             "table U[%d] : uint(2) = [1, 2, 3, 0, 2, 3, 1];\n"
                             "table F[%d] : bool = [1, 0, 0, 1, 1, 0, 1];\n"
                             "table P[%d] : ufixed(1, 3) = [0.5, 0.125, 1, 0, 0.875, 0.25, 1];\n"
                             "qram %s;\n%s;\n";

static const char *const arches[] = {"select", "bucket_brigade"};

struct compiled {
    qry_ctx *ctx;
    qry_program *program;
    qry_search *search;
    char text[1024];
    struct diagnostics said;
};

/* The statement over the tables above; NULL search after errors. */
static void compile(struct compiled *c, const char *arch, bool keep_found, const char *statement)
{
    c->ctx = context_with(&c->said);
    snprintf(c->text, sizeof c->text, tables, 7, 7, 7, 7, arch, statement);
    c->program = program_of(c->ctx, c->text);
    if (!c->program)
        fail_msg("%s: %s", statement, c->said.text);
    c->search = qry_program_compile(c->program, &(qry_compile_options){.keep_found = keep_found});
}

static void finish(struct compiled *c)
{
    qry_search_free(c->search);
    qry_program_free(c->program);
    qry_ctx_free(c->ctx);
}

static void expect_marks(qry_search *search)
{
    qry_ctx *ctx = qry_circuit_ctx(search->circuit);
    uint64_t states = UINT64_C(1) << (search->address + search->uniform);
    uint8_t *wanted = qry_alloc(ctx, states, 1);
    for (uint64_t s = 0; s < states; s++)
        wanted[s] = qry_search_marks(search, s);
    expect_oracles(search, wanted);
    qry_free(ctx, wanted);
}

/* Probability that the mark is 1 after the program as it is. */
static double measured(qry_search *search, qry_sim *sim)
{
    double p[2];
    qry_sim_shot(sim, NULL, NULL);
    qry_sim_probabilities(sim, &search->mark, 1, p);
    if (fabs(p[0] + p[1] - 1) > 1e-12)
        fail_msg("addr %u uniform %u flags %u, %s %d rounds: probabilities %.15g + %.15g", search->address,
                 search->uniform, search->flags, search->name, (int)qry_search_rounds(search), p[0], p[1]);
    return p[1];
}

/* Rounds of 0 .. 5 iterations; every use of A, 2k + 1 in all, loads every table once. */
static void expect_rounds(qry_search *search)
{
    qry_ctx *ctx = qry_circuit_ctx(search->circuit);
    double theta = asin(sqrt(qry_search_probability(search)));
    qry_sim *sim = qry_sim_new(ctx, search->circuit, NULL);
    qry_arena *arena = qry_arena_new(ctx);
    for (uint64_t k = 0; k <= 5; k++) {
        qry_search_write_round(search, k);
        double angle = (2 * (double)k + 1) * theta, p = measured(search, sim);
        if (fabs(p - pow(sin(angle), 2)) >= 1e-12)
            fail_msg("%d iterations: %.15g, not %.15g", (int)k, p, pow(sin(angle), 2));
        const qry_count *count = qry_circuit_count(arena, qry_circuit_program(search->circuit));
        for (size_t t = 0; t < count->query_count; t++)
            assert_true(count->queries[t].loads == 2 * k + 1);
        assert_int_equal(count->query_count, search->table_count);
        assert_true(count->total.measurements == 1);
    }
    qry_arena_free(arena);
    qry_sim_free(sim);
}

static const char *const values[] = {
    "T[j]",
    "U[j]",
    "T[j] * U[j] - 3",
    "max(T[j], U[j])",
    "T[j] - 2 * U[j] + 3 * j",
    "exp(T[j] - 3)",
    "abs(T[j])",
    "if F[j] then T[j] else 1",
    "j - 3",
    "(T[j] >> 2) + 0.5",
    "5",
    "0",
    "T[j] * U[j] * U[j]",
    "-U[j]",
    "min(0, T[j])",
};
static const char *const conditions[] = {"", "where U[j] > 1", "where F[j] && T[j] >= 0",
                                         "where T[j] > 2 && U[j] == 3"};
static const char *const domains[] = {"T", "2..6", "0..3"};

/* Sums over the rows that match of ROWS, POSITIVE and NEGATIVE, in units of the number. */
static double exact_sum(qry_search *search, qry_summand summand)
{
    double base = qry_search_base(search), sum = 0;
    for (uint64_t j = search->low; j <= search->high; j++) {
        if (!qry_search_matches(search, j))
            continue;
        double v =
            summand == QRY_SUMMAND_ROWS ? 1 : (double)qry_search_key(search, j) * qry_search_grain(search) - base;
        sum += summand == QRY_SUMMAND_NEGATIVE ? fmax(-v, 0) : fmax(v, 0);
    }
    return sum;
}

static void check_summand(qry_search *search, qry_summand summand)
{
    qry_measure m = qry_search_measure(search, summand);
    double sum = exact_sum(search, summand), weights = 0;
    assert_true(qry_search_set_summand(search, summand));
    if (!search->flags)
        expect_marks(search);
    double p = qry_search_probability(search);
    assert_true(fabs(m.scale * p - sum) <= m.rounding);
    assert_true(!m.none || sum == 0);
    assert_true(!m.known || m.number == sum);
    assert_true(m.grain == 0 || fabs(remainder(m.scale * p, m.grain)) < 1e-15 * m.scale);
    for (uint64_t j = 0; j < UINT64_C(1) << search->address; j++)
        weights += qry_search_weight(search, j);
    assert_true(fabs(weights - ldexp(p, (int)search->address)) < 1e-12);
    expect_rounds(search);
}

static void summands(void **state)
{
    (void)state;
    for (size_t v = 0; v < sizeof values / sizeof *values; v++)
        for (int w = 0; w < 4 * 3 * 2; w++) {
            struct compiled c;
            char text[256];
            if (w / 4 % 3 && (v + (size_t)w) % 5) /* of the short domains some */
                continue;
            snprintf(text, sizeof text, "estimate sum of %s for j in %s %s { encoding = inequality }", values[v],
                     domains[w / 4 % 3], conditions[w % 4]);
            compile(&c, arches[w / 12], false, text);
            if (!c.search)
                fail_msg("%s: %s", text, c.said.text);
            for (qry_summand s = 0; s < QRY_SUMMANDS; s++)
                check_summand(c.search, s);
            assert_int_equal(c.search->has_where, w % 4 > 0);
            if (w % 4)
                assert_true(qry_search_base(c.search) == 0);
            assert_true(qry_search_set_summand(c.search, QRY_SUMMAND_NEGATIVE));
            assert_true(qry_search_refresh(c.search)); /* the summand stays */
            qry_measure m = qry_search_measure(c.search, QRY_SUMMAND_NEGATIVE);
            double sum = exact_sum(c.search, QRY_SUMMAND_NEGATIVE);
            assert_true(m.scale * qry_search_probability(c.search) == sum);
            finish(&c);
        }
}

/* Every bit of the code turns its flag by two rotations, there and back; or is a CX. */
static void expect_rotations(qry_search *search)
{
    const qry_lowered *l = qry_lowered_of(search);
    uint64_t count[QRY_GATES], turning = 0;
    for (int i = 0; l->coded && i < l->score.code.width; i++) /* a constant bit needs no control, or nothing */
        turning += l->encoder.turn[i] < acos(-1) && !qry_bit_is_constant(l->score.code.bits[i]);
    walked_count(l->oracle[0], count);
    assert_int_equal(count[QRY_GATE_ry], 4 * turning);
}

/* What allows for any rounding. */
#define LOOSE "absolute = 1, epsilon = 1000"

/* Numbers by flags, exponentials by every way there is. */
static void encodings(void **state)
{
    (void)state;
    static const struct {
        const char *value, *settings;
        enum qry_way way;
    } cases[] = {
        {"T[j]", "precision = 2, encoding = flags", QRY_WAY_ANGLE},
        {"U[j]", "precision = 2, encoding = flags", QRY_WAY_ANGLE},
        {"U[j]", "precision = 2", QRY_WAY_UNIFORM},
        {"T[j] * U[j] - 3", "precision = 2, encoding = flags", QRY_WAY_ANGLE},
        {"lookup(T, j)", "precision = 2, encoding = flags", QRY_WAY_ANGLE},
        {"(j >> 1) - 2", "precision = 2, encoding = flags", QRY_WAY_ANGLE},
        {"T[j] + 1000000000000", "precision = 2, encoding = flags", QRY_WAY_ANGLE},
        {"lookup(T, j + 1000 - 1000)", "precision = 2, encoding = flags", QRY_WAY_ANGLE},
        {"7", "precision = 2, encoding = flags", QRY_WAY_ANGLE},
        {"0", "precision = 2, encoding = flags", QRY_WAY_ANGLE},
        {"exp(T[j])", "precision = 2, encoding = flags", QRY_WAY_EXPONENT},
        {"3 * exp(T[j] >> 2)", "precision = 2, encoding = flags", QRY_WAY_EXPONENT},
        {"exp(-6 * U[j])", "precision = 2, encoding = flags", QRY_WAY_EXPONENT},
        {"exp(-30 * U[j]) * 4", "precision = 2, encoding = flags", QRY_WAY_EXPONENT},
        {"exp(2 * T[j] + U[j] - 9)", "precision = 2, encoding = flags", QRY_WAY_EXPONENT},
        {"exp((T[j] >> 2) - (U[j] >> 4))", "precision = 2", QRY_WAY_UNIFORM},
        {"exp((T[j] >> 2) - (U[j] >> 4))", LOOSE ", precision = 2", QRY_WAY_FACTORS},
        {"exp((T[j] >> 3) - (U[j] >> 5))", "precision = 2, encoding = inequality", QRY_WAY_UNIFORM},
        {"exp((T[j] >> 3) - (U[j] >> 5))", LOOSE ", precision = 2, encoding = inequality", QRY_WAY_FACTORS},
        {"exp((T[j] >> 3) - (U[j] >> 5)) << 1", LOOSE ", precision = 2, encoding = inequality", QRY_WAY_FACTORS},
        {"exp((T[j] >> 3) - (U[j] >> 5))", "precision = 2, encoding = flags", QRY_WAY_EXPONENT},
        {"exp(U[j] >> 1)", "precision = 2", QRY_WAY_UNIFORM},
        {"-exp(U[j] >> 1)", "precision = 2, encoding = flags", QRY_WAY_ANGLE},
        {"exp(U[j] >> 1) - exp(T[j])", "precision = 2", QRY_WAY_UNIFORM},
    };
    for (size_t v = 0; v < sizeof cases / sizeof *cases; v++)
        for (int w = 0; w < 4 * 2; w++) {
            struct compiled c;
            char text[256];
            snprintf(text, sizeof text, "estimate sum of %s for j in %s %s { %s }", cases[v].value, domains[w / 4],
                     conditions[w % 4], cases[v].settings);
            compile(&c, arches[v % 2], false, text);
            if (!c.search)
                fail_msg("%s: %s", text, c.said.text);
            enum qry_way way = qry_lowered_of(c.search)->encoder.way;
            if (way != cases[v].way)
                fail_msg("%s: way %d, %u + %u + %u", text, (int)way, c.search->address, c.search->uniform,
                         c.search->flags);
            bool flags = way == QRY_WAY_EXPONENT || way == QRY_WAY_ANGLE;
            assert_int_equal(c.search->encoding, flags ? QRY_ENCODING_FLAGS : QRY_ENCODING_INEQUALITY);
            for (qry_summand s = 0; s < QRY_SUMMANDS; s++) {
                check_summand(c.search, s);
                expect_rotations(c.search);
            }
            finish(&c);
        }
}

/* What rounds is taken unasked only where a goal surely allows eight times as much: then all rows match and e^x is large
 * enough, or the distance is said. Flags are taken when they are asked for. */
static void unasked(void **state)
{
    (void)state;
    static const struct {
        const char *rest, *settings;
        bool exact;
    } cases[] = {
        {"", "epsilon = 0.05", false},
        {"", "epsilon = 0.000001", true},
        {"where U[j] > 3", "epsilon = 1", true},
        {"where U[j] > 3", "epsilon = 5000, absolute = 1", false},
        {"", "epsilon = 0.001, absolute = 1, encoding = inequality", true},
        {"where U[j] > 3", "encoding = flags", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct compiled c;
        char text[256];
        snprintf(text, sizeof text, "estimate sum of exp((T[j] >> 2) - (U[j] >> 4)) for j in T %s { %s }",
                 cases[i].rest, cases[i].settings);
        compile(&c, arches[0], false, text);
        assert_non_null(c.search);
        qry_measure m = qry_search_measure(c.search, QRY_SUMMAND_POSITIVE);
        if ((m.rounding == 0) != cases[i].exact)
            fail_msg("%s: rounding %g", text, m.rounding);
        if (!cases[i].exact && c.search->absolute)
            assert_true(m.rounding <= c.search->epsilon / 8);
        finish(&c);
    }
}

/* A sum over rows none of which can match is none, whatever the encoding. */
static void never(void **state)
{
    (void)state;
    static const char *const settings[] = {"encoding = inequality", "encoding = flags"};
    for (int i = 0; i < 2; i++) {
        struct compiled c;
        char text[256];
        snprintf(text, sizeof text, "estimate sum of T[j] for j in T where U[j] < 0 { %s }", settings[i]);
        compile(&c, arches[0], false, text);
        assert_non_null(c.search);
        for (qry_summand s = 0; s < QRY_SUMMANDS; s++) {
            qry_measure m = qry_search_measure(c.search, s);
            assert_true(m.none && m.known && m.number == 0);
        }
        finish(&c);
    }
}

static void counts(void **state)
{
    (void)state;
    for (int w = 1; w < 4 * 3 * 2; w++) {
        struct compiled c;
        char text[256];
        snprintf(text, sizeof text, "count j in %s %s", domains[w / 4 % 3],
                 w % 4 ? conditions[w % 4] : "where U[j] >= 0");
        compile(&c, arches[w / 12], false, text);
        assert_non_null(c.search);
        assert_int_equal(c.search->encoding, QRY_ENCODING_NONE);
        check_summand(c.search, QRY_SUMMAND_ROWS);
        assert_true(qry_search_measure(c.search, QRY_SUMMAND_ROWS).scale * qry_search_probability(c.search) ==
                    (double)qry_search_count_matches(c.search));
        finish(&c);
    }
}

/* ---- phase estimation ---- */

/* Of a phase of `turn`, a fraction of a full turn, the probability to measure y with N values: the square of the Fejer
 * kernel. */
static double law(double turn, double y, double n)
{
    double x = acos(-1) * (turn - y / n), s = n * sin(x);
    return fabs(s) < 1e-13 ? 1 : pow(sin(n * x) / s, 2);
}

/* The uniform state is half of either eigenvector, of phases theta / pi and -theta / pi. */
static void check_canonical(qry_search *search, uint32_t bits)
{
    qry_ctx *ctx = qry_circuit_ctx(search->circuit);
    double theta = asin(sqrt(qry_search_probability(search))), n = ldexp(1, (int)bits), p[64], turn = theta / acos(-1);
    qry_search_write_canonical(search, bits);
    qry_arena *arena = qry_arena_new(ctx);
    const qry_readout *readout = qry_circuit_readout(arena, search->circuit);
    qry_sim *sim = qry_sim_new(ctx, search->circuit, NULL);
    qry_sim_shot(sim, NULL, NULL);
    qry_sim_probabilities(sim, readout->shown, bits, p);
    for (int y = 0; y < n; y++) {
        double wanted = (law(turn, y, n) + law(-turn, y, n)) / 2;
        if (fabs(p[y] - wanted) > 1e-10)
            fail_msg("%u bits: %d with probability %.12g, not %.12g", bits, y, p[y], wanted);
    }
    qry_sim_free(sim);
    qry_arena_free(arena);
}

static void canonical(void **state)
{
    (void)state;
    static const char *const statements[] = {
        "count j in T where U[j] > 1",          "count j in T where U[j] == 0",
        "count j in 0..3 where j < 1 || j > 2", "count j in T where T[j] > 3",
        "estimate sum of U[j] for j in 0..3",   "estimate mean of T[j] for j in T where F[j] || U[j] > 2",
        "count j in 0..3 where j >= 0",         "estimate sum of T[j] for j in T { encoding = inequality }",
    };
    for (int variant = 0; variant < 2 * 8; variant++) {
        struct compiled c;
        compile(&c, arches[variant % 2], false, statements[variant / 2]);
        assert_non_null(c.search);
        for (uint32_t bits = 1; bits <= 6; bits++)
            check_canonical(c.search, bits);
        expect_rounds(c.search); /* and back */
        finish(&c);
    }
}

/* ---- extremes ---- */

static void bars(void **state)
{
    (void)state;
    static const char *const keys[] = {"T[j]", "T[j] * U[j] - 3", "T[j] - 2 * U[j] + 3 * j", "max(T[j], U[j])", "3",
                                       "j"};
    for (size_t v = 0; v < sizeof keys / sizeof *keys; v++)
        for (int w = 0; w < 4 * 2 * 2; w++) {
            struct compiled c;
            char text[256];
            bool keep = w / 8, least = w / 4 % 2;
            snprintf(text, sizeof text, "search %s j in T by %s %s", least ? "min" : "max", keys[v], conditions[w % 4]);
            compile(&c, arches[v % 2], keep, text);
            assert_non_null(c.search);
            assert_int_equal(c.search->keeps_found, keep);
            uint8_t alive[7] = {1, 1, 0, 1, 1, 0, 1};
            if (keep)
                qry_search_set_alive(c.search, alive);
            const int64_t bars[] = {QRY_NO_BAR, INT64_MIN + 1, -20, -5, -1, 0, 1, 2, 3, 9, 30, INT64_MAX};
            for (size_t b = 0; b < sizeof bars / sizeof *bars; b++) {
                qry_search_set_bar(c.search, bars[b]);
                for (uint64_t j = 0; j < 8; j++) {
                    int64_t key = qry_search_key(c.search, j);
                    bool above = bars[b] == QRY_NO_BAR || (least ? key < bars[b] : key > bars[b]);
                    bool marked = qry_search_matches(c.search, j) && above && (!keep || alive[j]);
                    assert_int_equal(qry_search_marks(c.search, j), marked);
                }
                expect_marks(c.search);
            }
            finish(&c);
        }
}

/* A new bar leaves the long part of the key, and the loads, as they are. */
static void bars_keep_the_key(void **state)
{
    (void)state;
    struct compiled c;
    compile(&c, "bucket_brigade", false, "search max j in T by 3 * T[j] + 5 * U[j] + 8 * P[j]");
    uint64_t versions[64] = {0};
    qry_search_set_bar(c.search, 1);
    for (int bar = 2; bar < 8; bar++) {
        for (int after = 0; after < 2; after++) {
            int dots = 0, loads = 0;
            for (uint32_t i = 1; i < qry_circuit_definitions(c.search->circuit); i++) {
                const qry_definition *d = qry_circuit_definition(c.search->circuit, i);
                bool dot = strcmp(d->name, "dot") == 0, load = strncmp(d->name, "load ", 5) == 0;
                if (after && (dot || load) && d->version != versions[i])
                    fail_msg("%s was written again for bar %d", d->name, bar);
                versions[i] = d->version;
                dots += dot;
                loads += load;
            }
            assert_int_equal(dots, 1);
            assert_int_equal(loads, 3);
            if (!after)
                qry_search_set_bar(c.search, 4 * bar);
        }
    }
    finish(&c);
}

/* ---- samples ---- */

static const double chance[] = {0.5, 0.125, 1, 0, 0.875, 0.25, 1};

/* Thresholds as the formula's own bits say: hashed, the parity of j and a mask for each bit. */
static uint64_t threshold(const qry_lowered *l, uint64_t j)
{
    uint64_t r = (uint64_t)l->offset;
    for (int i = 0; i < 3; i++)
        r ^= (uint64_t)__builtin_parityll(j & l->masks[i]) << i;
    return r;
}

static void sets(void **state)
{
    (void)state;
    for (int variant = 0; variant < 4; variant++) {
        struct compiled c;
        compile(&c, arches[variant % 2], false,
                variant / 2 ? "sample set j in T with probability P[j] { method = stored }"
                            : "sample set j in T with probability P[j]");
        assert_non_null(c.search);
        assert_true(c.search->keeps_found && qry_search_grain(c.search) == 0.125);
        qry_lowered *l = qry_lowered_of(c.search);
        qry_random random;
        qry_random_seed(&random, 5, (uint64_t)variant);
        int in[7] = {0};
        enum { DRAWS = 400 };
        for (int draw = 0; draw < DRAWS; draw++) {
            for (uint64_t j = 0; j < 7; j++) {
                uint64_t r = variant / 2 ? (uint64_t)l->draws.mantissas[j] : threshold(l, j);
                bool in_set = (double)r < 8 * chance[j];
                in[j] += in_set;
                assert_int_equal(qry_search_matches(c.search, j), in_set);
                assert_int_equal(qry_search_marks(c.search, j), in_set);
                assert_int_equal(qry_search_key(c.search, j), 8 * chance[j]);
            }
            assert_false(qry_search_marks(c.search, 7));
            if (draw < 20)
                expect_marks(c.search);
            qry_search_draw(c.search, &random);
        }
        for (int j = 0; j < 7; j++) /* five standard deviations */
            assert_true(fabs(in[j] - DRAWS * chance[j]) <= 5 * sqrt(DRAWS * chance[j] * (1 - chance[j])));
        finish(&c);
    }
}

/* All hashes there are, of two rows at a time: every pair of thresholds equally often. */
static void hashes_are_pairwise_independent(void **state)
{
    (void)state;
    struct compiled c;
    compile(&c, "select", false, "sample set j in 0..3 with probability P[j] as ufixed(1, 3)");
    qry_lowered *l = qry_lowered_of(c.search);
    int together[4][4][8][8] = {0};
    for (int hash = 0; hash < 512; hash++) {
        for (int i = 0; i < 3; i++)
            l->masks[i] = (uint64_t)hash >> 2 * i & 3;
        l->offset = hash >> 6;
        for (uint64_t i = 0; i < 4; i++)
            for (uint64_t j = 0; j < 4; j++)
                together[i][j][threshold(l, i)][threshold(l, j)]++;
        if (hash % 37 == 0) {
            assert_true(qry_lower_again(l));
            for (uint64_t j = 0; j < 4; j++)
                assert_int_equal(qry_search_marks(c.search, j), (double)threshold(l, j) < 8 * chance[j]);
            expect_marks(c.search);
        }
    }
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++)
            for (int r = 0; i != j && r < 64; r++)
                assert_int_equal(together[i][j][r / 8][r % 8], 8);
    finish(&c);
}

static void sure_things(void **state)
{
    (void)state;
    static const char *const chances[] = {"1", "0", "if F[j] then 1 else 0", "if U[j] > 1 then 1 else 0.25"};
    for (int i = 0; i < 4; i++) {
        struct compiled c;
        char text[128];
        snprintf(text, sizeof text, "sample set j in T with probability %s", chances[i]);
        compile(&c, arches[i % 2], false, text);
        assert_non_null(c.search);
        qry_random random;
        qry_random_seed(&random, 1, 0);
        for (int draw = 0; draw < 20; draw++) {
            qry_search_draw(c.search, &random);
            expect_marks(c.search);
            for (uint64_t j = 0; j < 7; j++) {
                double p = (double)qry_search_key(c.search, j) * qry_search_grain(c.search);
                if (p == 0 || p == 1)
                    assert_int_equal(qry_search_marks(c.search, j), p == 1);
            }
        }
        finish(&c);
    }
}

static void one_by_amplification(void **state)
{
    (void)state;
    static const char *const chances[] = {"P[j]", "min(1, exp(T[j]))", "if F[j] then 0.5 else 0.25", "0", "1"};
    for (int i = 0; i < 5; i++) {
        struct compiled c;
        char text[128];
        snprintf(text, sizeof text, "sample one j in T with probability %s", chances[i]);
        compile(&c, i == 1 ? "select" : arches[i % 2], false, text);
        assert_non_null(c.search);
        qry_search *s = c.search;
        assert_int_equal(s->method, QRY_METHOD_AMPLIFICATION);
        expect_marks(s);
        double all = 0;
        for (uint64_t j = 0; j < 7; j++) { /* weights are as the probabilities */
            double p = (double)qry_search_key(s, j) * qry_search_grain(s);
            assert_true(qry_search_weight(s, j) * ldexp(qry_search_grain(s), (int)s->uniform) == p);
            all += qry_search_weight(s, j);
        }
        assert_true(qry_search_weight(s, 7) == 0);
        assert_true(fabs(qry_search_probability(s) - all / 8) < 1e-15);
        assert_int_equal(qry_circuit_bit_count(s->circuit), s->address + s->uniform);
        finish(&c);
    }
}

static void races(void **state)
{
    (void)state;
    struct compiled c;
    compile(&c, "bucket_brigade", false,
            "sample one j in T with probability 0.5 * exp((T[j] >> 1) - 2) { method = race }");
    assert_non_null(c.search);
    const double x[] = {1, -2, 0.5, 1.5, 0, -0.5, 1};
    enum { DRAWS = 4000 };
    qry_random random;
    qry_random_seed(&random, 3, 0);
    int best[7] = {0};
    double grain = qry_search_grain(c.search), sum = 0, squares = 0, all = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
        qry_search_draw(c.search, &random);
        uint64_t leader = 0;
        for (uint64_t j = 0; j < 7; j++) {
            double g = (double)qry_search_key(c.search, j) * grain - (x[j] - 2);
            sum += g;
            squares += g * g;
            if (qry_search_key(c.search, j) > qry_search_key(c.search, leader))
                leader = j;
        }
        best[leader]++;
        if (draw % 500)
            continue;
        qry_search_set_bar(c.search, qry_search_key(c.search, leader) - (draw % 1000 ? 1 : 0));
        expect_marks(c.search);
        assert_int_equal(qry_search_marks(c.search, leader), draw % 1000 != 0);
        qry_search_set_bar(c.search, QRY_NO_BAR);
        expect_marks(c.search);
    }
    double mean = sum / (7 * DRAWS), variance = squares / (7 * DRAWS) - mean * mean;
    assert_true(fabs(mean - 0.5772156649) < 5 * 1.2825 / sqrt(7 * DRAWS));
    assert_true(fabs(variance - 1.6449340668) < 0.1);
    for (int j = 0; j < 7; j++)
        all += exp(x[j]);
    for (int j = 0; j < 7; j++) {
        double p = exp(x[j]) / all;
        assert_true(fabs(best[j] - DRAWS * p) < 5 * sqrt(DRAWS * p * (1 - p)));
    }
    finish(&c);
    compile(&c, "select", false, "sample one j in T with probability P[j] { method = race }");
    assert_null(c.search);
    assert_non_null(strstr(c.said.text, "a race needs a probability that is an exponential"));
    finish(&c);
    compile(&c, "select", false, "sample one j in T with probability exp(min(0, T[j]) << 45) { method = race }");
    assert_null(c.search);
    assert_non_null(strstr(c.said.text, "the exponent's range is too wide for a race"));
    finish(&c);
}

/* Where all rows have the same odds, the variates alone decide. */
static void equal_race(void **state)
{
    (void)state;
    static const char *const odds[] = {"0.5", "exp(0 - 1)", "exp(lookup(C, 0) - 1)"};
    for (int i = 0; i < 3; i++) {
        struct compiled c;
        char text[256];
        snprintf(text, sizeof text,
                 "table C[2] : uint(2) = [1, 1];\nsample one j in T with probability %s { method = race }", odds[i]);
        compile(&c, "select", false, text);
        if (!c.search)
            fail_msg("%s: %s", text, c.said.text);
        int64_t least = INT64_MAX, most = INT64_MIN;
        for (uint64_t j = c.search->low; j <= c.search->high; j++) {
            int64_t key = qry_search_key(c.search, j);
            least = key < least ? key : least;
            most = key > most ? key : most;
        }
        assert_true(least >= -4 * (1 << 16) && most <= 38 * (1 << 16) && least < most);
        finish(&c);
    }
}

static void too_wide(void **state)
{
    (void)state;
    struct compiled c;
    compile(&c, "select", false, "estimate sum of (T[j] + 5) * (j + 1) * 123456789 * 98765431 for j in T where F[j]");
    assert_null(c.search);
    assert_non_null(strstr(c.said.text, "values of 60 bits over 2^3 rows: more than 62 together"));
    finish(&c);
}

/* ---- memory ---- */

static void quiet(void *nothing, const qry_diagnostic *diagnostic)
{
    (void)nothing;
    (void)diagnostic;
}

static void use(void *state)
{
    struct compiled *c = state;
    c->program = program_of(c->ctx, c->text);
    c->search = qry_program_compile(c->program, NULL);
    qry_search_set_summand(c->search, QRY_SUMMAND_NEGATIVE);
    qry_search_write_canonical(c->search, 2);
    qry_search_free(c->search);
    qry_program_free(c->program);
}

/* Failing at any allocation leaves nothing behind but the context. */
static void out_of_memory(void **state)
{
    (void)state;
    for (size_t n = 1;; n += 1 + n / 60) {
        struct compiled c = {.ctx = qry_ctx_new()};
        qry_ctx_on_diagnostic(c.ctx, quiet, NULL);
        snprintf(c.text, sizeof c.text, tables, 7, 7, 7, 7, "select",
                 "estimate sum of T[j] for j in T where F[j] { encoding = flags }");
        qry_memory_fail_at(c.ctx, n);
        bool done = qry_protect(c.ctx, use, &c);
        qry_memory_fail_at(c.ctx, 0);
        qry_ctx_free(c.ctx);
        if (done)
            break;
        assert_true(n < 100000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(summands),    cmocka_unit_test(encodings),
        cmocka_unit_test(unasked),     cmocka_unit_test(never),
        cmocka_unit_test(counts),      cmocka_unit_test(canonical),
        cmocka_unit_test(bars),        cmocka_unit_test(bars_keep_the_key),
        cmocka_unit_test(sets),        cmocka_unit_test(hashes_are_pairwise_independent),
        cmocka_unit_test(sure_things), cmocka_unit_test(one_by_amplification),
        cmocka_unit_test(races),       cmocka_unit_test(equal_race),
        cmocka_unit_test(too_wide),    cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
