/* causal.c: rows that attend to the keys up to their own, by every method. */
#include "base/faults.h"
#include "runtime/attend/pipeline.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* So rare that a test never meets it. */
static const double never = 1e-9;

enum { VALUES = 3 };

static bool is_near(double a, double b, double distance) { return fabs(a - b) <= distance; }

/* The head of the first keys alone: what attends to them all is the definition of a causal row. */
static qry_head first_keys(const qry_head *head, size_t keys)
{
    qry_head first = *head;
    first.keys = keys;
    first.causal = false;
    return first;
}

static qry_attend *attend_of(qry_ctx *ctx, const struct input *in, qry_attend_options options)
{
    options.causal = true;
    qry_attend *attend = qry_attend_new(ctx, in->q, in->k, in->v, &options);
    assert_non_null(attend);
    return attend;
}

static struct input real_input(qry_ctx *ctx)
{
    static const char *const names[] = {"q", "k", "v"};
    qry_array *array[3];
    for (int i = 0; i < 3; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/examples/attend/l2h10-512/%s.npy", QUARRY_SOURCE_DIR, names[i]);
        array[i] = qry_npy_read(ctx, path, (qry_span){0});
        assert_non_null(array[i]);
    }
    return (struct input){array[0], array[1], array[2]};
}

/* ---- moments of the first keys ---- */

static void check_group(const qry_moments *m, size_t c)
{
    const qry_head *head = m->head;
    size_t d = head->width, dv = head->value_width, count = m->size[c];
    const uint32_t *member = m->members + m->first[c];
    double distance = 0, energy = 0;
    for (size_t i = 0; i < count; i++) {
        double square = 0;
        for (size_t a = 0; a < d; a++) {
            double x = qry_matrix_row(head->k, member[i])[a] - qry_matrix_row(m->key_mean, c)[a];
            square += x * x;
        }
        distance = fmax(distance, sqrt(square));
    }
    assert_true(m->radius[c] >= distance * (1 - 1e-12));
    for (size_t a = 0; a < d + dv; a++)
        for (size_t b = 0; b < d + dv; b++) {
            double sum = 0, mean[2] = {0};
            for (int pass = 0; pass < 2; pass++)
                for (size_t i = 0; i < count; i++) {
                    const double *k = qry_matrix_row(head->k, member[i]), *v = qry_matrix_row(head->v, member[i]);
                    double x = a < d ? k[a] : v[a - d], y = b < d ? k[b] : v[b - d];
                    if (pass == 0) {
                        mean[0] += x / (double)count;
                        mean[1] += y / (double)count;
                    } else {
                        sum += (x - mean[0]) * (y - mean[1]);
                    }
                }
            double kept = a < d    ? qry_matrix_row(m->key_mean, c)[a]
                          : a < dv ? qry_matrix_row(m->value_mean, c)[a - d]
                                   : mean[0];
            assert_true(is_near(kept, mean[0], 1e-12));
            if (b < d)
                kept = a < d ? m->scatter.at[(c * d + a) * d + b] : m->cross.at[(c * dv + a - d) * d + b];
            else if (a >= d)
                kept = qry_matrix_row(m->spread, c)[(a - d) * dv + b - d];
            else
                continue;
            assert_true(is_near(kept, sum, 1e-10));
            energy += a >= d && a == b ? sum : 0;
        }
    assert_true(is_near(m->energy[c], energy, 1e-10));
}

static void check_prefix(const qry_moments *m, const qry_moments *whole)
{
    size_t count = 0;
    for (size_t c = 0; c < m->groups; c++) {
        size_t size = 0;
        for (size_t j = 0; j < m->keys; j++)
            size += whole->group_of[j] == c;
        assert_int_equal(m->size[c], size);
        for (size_t i = 0; i < size; i++)
            assert_true(m->members[m->first[c] + i] < m->keys);
        check_group(m, c);
        count += size;
    }
    assert_int_equal(count, m->keys);
}

static void assert_same_sums(const qry_moments *a, const qry_moments *b)
{
    const qry_matrix x[] = {a->key_mean, a->value_mean, a->scatter, a->cross, a->spread};
    const qry_matrix y[] = {b->key_mean, b->value_mean, b->scatter, b->cross, b->spread};
    for (int i = 0; i < 5; i++)
        assert_memory_equal(x[i].at, y[i].at, x[i].rows * x[i].columns * sizeof(double));
    assert_memory_equal(a->energy, b->energy, a->groups * sizeof(double));
    assert_memory_equal(a->radius, b->radius, a->groups * sizeof(double));
    assert_memory_equal(a->size, b->size, a->groups * sizeof *a->size);
}

/* What is summed does not depend on what was asked before. */
static void first_keys_have_moments(void **state)
{
    enum { KEYS = 40 };
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_head *head = random_head(ctx, 3, KEYS, 4, VALUES, 1, 5);
    qry_moments *whole = qry_moments_new(head, 6, 1);
    qry_moments *risen = qry_moments_prefix(ctx, whole), *jumps = qry_moments_prefix(ctx, whole);
    qry_random random;
    qry_random_seed(&random, 1, 1);
    for (size_t keys = 0; keys <= KEYS; keys++) {
        qry_moments_extend(risen, keys);
        check_prefix(risen, whole);
        qry_moments_extend(jumps, qry_random_below(&random, KEYS + 1));
        qry_moments_extend(jumps, keys);
        assert_same_sums(risen, jumps);
    }
    qry_moments_free(risen);
    qry_moments_free(jumps);
    qry_ctx_free(ctx);
}

/* ---- rows against the definition ---- */

static int64_t rounded_score(const qry_worker *w, size_t key)
{
    int64_t sum = 0;
    for (size_t c = 0; c < w->attend->facts.width; c++)
        sum += (int64_t)w->query.code[c] * w->attend->codes->code[key * w->attend->facts.width + c];
    return sum;
}

/* What was found is what the row attends to, and all that the rule asks for. */
static void check_found(const qry_worker *w, const qry_attend_row *row)
{
    const qry_head *head = w->attend->head;
    size_t keys = row->row + 1;
    const qry_rule rule = w->attend->facts.rule;
    bool found[1024] = {false};
    double best = -INFINITY;
    for (size_t i = 0; i < row->hits; i++) {
        assert_true(row->found[i] < keys && !found[row->found[i]]);
        found[row->found[i]] = true;
    }
    for (size_t j = 0; j < keys; j++) {
        double score = qry_head_score(head, row->row, j) + head->offset[row->row];
        best = fmax(best, score);
        assert_true(found[j] || (rule.kind == QRY_RULE_TOP ? score <= row->tau : score < row->tau) || w->attend->codes);
        assert_true(!w->attend->codes || found[j] || rounded_score(w, j) < row->comparator);
    }
    if (rule.kind == QRY_RULE_TOP)
        assert_true((double)row->hits >= fmin(rule.value, (double)keys));
    if (rule.kind == QRY_RULE_DROP)
        assert_true(is_near(row->tau, best - rule.value, 1e-9));
    assert_false(row->missed);
}

static void check_row(const qry_worker *w, const qry_attend_row *row, const double *output)
{
    qry_head first = first_keys(w->attend->head, row->row + 1);
    double error = slow_error(&first, row->row, output);
    bool exact = w->attend->options.method == QRY_ATTEND_EXACT;
    assert_int_equal(row->ledger.classical_score_evaluations, row->row + 1);
    assert_true(is_near(row->error, error, 1e-12 + 1e-9 * error));
    if (exact) {
        assert_true(error < 1e-12);
        assert_int_equal(row->hits, row->row + 1);
        assert_int_equal(row->ledger.score_evaluations, row->row + 1);
        return;
    }
    assert_true(isnan(row->bound) || error <= row->bound);
    assert_true(is_near(row->normaliser, row->normaliser_exact, 0.9 * row->normaliser_exact));
    check_found(w, row);
    if (row->row == 0) { /* one key */
        bool fixed = w->attend->facts.rule.kind == QRY_RULE_TAU;
        assert_true(error < 1e-12 && row->bound < 1e-9);
        assert_true(fixed || (row->hits == 1 && row->ledger.oracle_calls == 0));
    }
}

static void compute_all(const qry_attend *attend)
{
    qry_worker *w = qry_worker_new(attend->ctx, attend, 1);
    uint32_t found[1024];
    double output[VALUES];
    for (size_t i = 0; i < attend->facts.queries; i++) {
        qry_ledger_query queries[QRY_ATTEND_TABLES];
        qry_attend_row row = {.row = i, .found = found, .ledger = {.query = queries}};
        qry_row_compute(w, &row, output);
        check_row(w, &row, output);
    }
    qry_worker_free(w);
}

static const qry_attend_method methods[] = {QRY_ATTEND_SPARSE, QRY_ATTEND_HYBRID, QRY_ATTEND_HALFSPACE,
                                            QRY_ATTEND_EXACT};
enum { METHODS = sizeof methods / sizeof *methods };

/* Every row of small heads, by circuits; of the largest by one rule. */
static void rows_are_those_of_the_first_keys(void **state)
{
    static const qry_rule rules[] = {
        {QRY_RULE_DROP, 2}, {QRY_RULE_TOP, 5}, {QRY_RULE_TAU, 0.5}, {QRY_RULE_DROP, 0}, {QRY_RULE_TOP, 1e9}};
    static const size_t keys[] = {1, 2, 7, 20, 64};
    (void)state;
    for (size_t n = 0; n < sizeof keys / sizeof *keys; n++)
        for (int m = 0; m < METHODS; m++)
            for (size_t r = 0; r < (keys[n] < 64 ? sizeof rules / sizeof *rules : 1); r++) {
                qry_ctx *ctx = qry_ctx_new();
                struct input in = random_input(ctx, keys[n], keys[n], 3, 2, 10 * n + r);
                compute_all(attend_of(
                    ctx, &in,
                    (qry_attend_options){
                        .method = methods[m], .rule = &rules[r], .failure = never, .bits = {5, 4}, .check = true}));
                qry_ctx_free(ctx);
            }
}

/* Keys that repeat, and all of them equal: groups that have no key yet, or keys without a spread. */
static void keys_may_repeat(void **state)
{
    (void)state;
    for (size_t period = 1; period <= 3; period += 2)
        for (int m = 0; m < METHODS; m++) {
            qry_ctx *ctx = qry_ctx_new();
            struct input in = random_input(ctx, 30, 30, 3, 1, period);
            for (size_t i = 0; i < in.k->count; i++)
                in.k->item.real[i] = in.k->item.real[i % (3 * period)];
            compute_all(attend_of(
                ctx, &in,
                (qry_attend_options){
                    .method = methods[m], .failure = never, .check = true, .run = {.engine = QRY_ENGINE_ORACLE}}));
            qry_ctx_free(ctx);
        }
}

/* Two clouds of keys far apart, in one group: beside the distance the variance of what is left is lost in rounding, and keys
 * are summed again, but none that the row does not attend to. */
static void clouds_may_be_far_apart(void **state)
{
    enum { KEYS = 60, WIDTH = 4 };
    size_t rescored = 0;
    (void)state;
    for (double distance = 1e3; distance < 1e8; distance *= 100) {
        qry_ctx *ctx = qry_ctx_new();
        struct input in = random_input(ctx, KEYS, KEYS, WIDTH, 1, 5);
        for (size_t i = 0; i < in.k->count; i++)
            in.k->item.real[i] += i / WIDTH % 2 ? distance : -distance;
        qry_attend *attend =
            attend_of(ctx, &in, (qry_attend_options){.method = QRY_ATTEND_HALFSPACE, .groups = 1, .check = true});
        qry_worker *w = qry_worker_new(ctx, attend, 1);
        for (size_t i = 0; i < KEYS; i++) {
            qry_ledger_query queries[QRY_ATTEND_TABLES];
            qry_attend_row row = {.row = i, .ledger = {.query = queries}};
            double output[VALUES];
            qry_row_compute(w, &row, output);
            qry_head first = first_keys(attend->head, i + 1);
            assert_true(isnan(row.bound) || slow_error(&first, i, output) <= row.bound);
            assert_true(!row.missed && w->rest->rescored <= i + 1);
            rescored += w->rest->rescored;
        }
        qry_ctx_free(ctx);
    }
    assert_true(rescored > 0);
}

/* ---- the bundled head ---- */

struct rows {
    qry_attend_row *row;
    double *output;
};

static struct rows compute(qry_attend *attend, qry_arena *arena, size_t first, size_t step, size_t count)
{
    size_t *rows = qry_arena_alloc(arena, count, sizeof *rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = first + i * step;
    struct rows r = {qry_arena_alloc(arena, count, sizeof *r.row),
                     qry_arena_alloc(arena, count, attend->facts.value_width * sizeof *r.output)};
    assert_true(qry_attend_run(attend, arena, rows, count, r.row, r.output));
    return r;
}

static bool same_number(double a, double b) { return memcmp(&a, &b, sizeof a) == 0; }

static void assert_same(const qry_attend_row *x, const qry_attend_row *y)
{
    assert_int_equal(x->row, y->row);
    assert_int_equal(x->hits, y->hits);
    assert_true(same_number(x->tau, y->tau) && same_number(x->bound, y->bound));
    assert_int_equal(x->ledger.oracle_calls, y->ledger.oracle_calls);
    assert_int_equal(x->ledger.score_evaluations, y->ledger.score_evaluations);
    assert_int_equal(x->ledger.qubits, y->ledger.qubits);
    assert_true(x->ledger.depth == y->ledger.depth);
    assert_memory_equal(&x->ledger.tally, &y->ledger.tally, sizeof x->ledger.tally);
}

/* No error is above its bound; and threads, and which rows are asked for in what order, change nothing. */
static void every_row_of_a_real_head(void **state)
{
    static const double median_error[] = {0.02, 0.058, 0.02, 1e-12}; /* relative */
    enum { KEYS = 512, STEP = 73 /* the last row is one of them */ };
    (void)state;
    for (int m = 0; m < METHODS; m++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_arena *arena = qry_arena_new(ctx);
        struct input in = real_input(ctx);
        qry_attend_options options = {
            .method = methods[m], .check = true, .run = {.engine = QRY_ENGINE_ORACLE, .seed = 3}};
        struct rows all = compute(attend_of(ctx, &in, options), arena, 0, 1, KEYS);
        qry_attend_summary s = qry_attend_summarise(arena, all.row, KEYS);
        assert_int_equal(s.over_bound, 0);
        assert_int_equal(s.without_bound, methods[m] == QRY_ATTEND_EXACT ? KEYS : 0);
        assert_true(s.relative_error.median < median_error[m]);
        options.threads = 4;
        qry_attend *again = attend_of(ctx, &in, options);
        size_t size = again->facts.value_width * sizeof(double);
        struct rows four = compute(again, arena, 0, STEP, KEYS / STEP + 1);
        for (size_t i = KEYS / STEP + 1; i-- > 0;) {
            struct rows one = compute(again, arena, i * STEP, 1, 1);
            assert_same(&all.row[i * STEP], one.row);
            assert_same(&all.row[i * STEP], &four.row[i]);
            assert_memory_equal(one.output, all.output + i * STEP * again->facts.value_width, size);
            assert_memory_equal(one.output, four.output + i * again->facts.value_width, size);
        }
        qry_ctx_free(ctx);
    }
}

/* An estimate adds up the keys that were not found, of those that the row attends to. */
static void estimates_leave_out_later_keys(void **state)
{
    enum { ROWS = 8 };
    (void)state;
    for (int method = QRY_ATTEND_SPARSE; method <= QRY_ATTEND_HYBRID; method++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_arena *arena = qry_arena_new(ctx);
        struct input in = real_input(ctx);
        qry_attend *attend = attend_of(ctx, &in,
                                       (qry_attend_options){.method = (qry_attend_method)method,
                                                            .check = true,
                                                            .automatic = true,
                                                            .keep_found = true,
                                                            .failure = 1e-6,
                                                            .run = {.engine = QRY_ENGINE_ORACLE, .seed = 3}});
        struct rows r = compute(attend, arena, 11, 62, ROWS);
        size_t measured = 0;
        for (size_t i = 0; i < ROWS; i++) {
            const qry_attend_row *row = &r.row[i];
            assert_true(row->error <= row->bound);
            if (!(row->rest_normaliser.epsilon > 0))
                continue;
            measured++;
            double sum = 0, shift = row->shift - attend->head->offset[row->row];
            bool found[512] = {false};
            for (size_t k = 0; k < row->hits; k++)
                found[row->found[k]] = true;
            for (size_t j = 0; j <= row->row; j++)
                sum += found[j] ? 0 : exp(qry_head_score(attend->head, row->row, j) - shift);
            assert_true(row->rest_normaliser.low <= sum * (1 + 1e-9) && sum <= row->rest_normaliser.high * (1 + 1e-9));
        }
        assert_true(measured > ROWS / 4);
        qry_ctx_free(ctx);
    }
}

static void a_target_is_reached(void **state)
{
    enum { ROWS = 8 };
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    struct input in = real_input(ctx);
    qry_rule rule = {QRY_RULE_TARGET, 0.1};
    struct rows r = compute(
        attend_of(ctx, &in,
                  (qry_attend_options){
                      .method = QRY_ATTEND_HYBRID, .rule = &rule, .check = true, .run = {.engine = QRY_ENGINE_ORACLE}}),
        arena, 0, 70, ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        double length = qry_norm(32, r.output + 32 * i);
        assert_true(r.row[i].error <= r.row[i].bound && r.row[i].bound <= 0.1 * length * (1 + 1e-9) + 1e-12);
        assert_true(r.row[i].hits <= r.row[i].row + 1);
    }
    qry_ctx_free(ctx);
}

/* ---- programs ---- */

/* The program of a row finds what was looked for, and its circuit is the one that ran. */
static void a_row_is_a_program(void **state)
{
    enum { KEYS = 40 };
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    struct input in = random_input(ctx, KEYS, KEYS, 3, 2, 8);
    const qry_rule rule = {QRY_RULE_TOP, 3};
    qry_attend_options options = {.method = QRY_ATTEND_HYBRID, .rule = &rule, .failure = never, .bits = {5, 5}};
    qry_attend *attend = attend_of(ctx, &in, options);
    qry_worker *w = qry_worker_new(ctx, attend, 1);
    uint32_t found[KEYS];
    double output[VALUES];
    assert_true(qry_attend_write_keys(attend, "causal_keys.npy"));
    for (size_t i = 0; i < KEYS; i++) {
        qry_ledger_query queries[QRY_ATTEND_TABLES];
        qry_attend_row row = {.row = i, .found = found, .ledger = {.query = queries}};
        qry_row_compute(w, &row, output);
        if (row.ledger.oracle_calls == 0)
            continue;
        const char *text = qry_attend_program(attend, &row, "causal_keys.npy", arena);
        assert_non_null(strstr(text, i + 1 < KEYS ? "where j <= last && dot(q, K[j]) >= threshold"
                                                  : "where dot(q, K[j]) >= threshold"));
        qry_program *program = qry_program_read(ctx, qry_source_from_text(ctx, "row.qry", text, strlen(text)));
        qry_search *search = program ? qry_program_compile(program, NULL) : NULL;
        assert_non_null(search);
        for (size_t j = 0; j < KEYS; j++) {
            bool matches = j <= i && rounded_score(w, j) >= row.comparator;
            assert_true(qry_search_matches(search, j) == matches && qry_search_matches(w->search, j) == matches);
        }
        qry_tally ours, compiled; /* of a round of one iteration */
        qry_search_write_round(w->search, 1);
        qry_search_write_round(search, 1);
        qry_definition_tally(qry_circuit_program(w->search->circuit), &ours);
        qry_definition_tally(qry_circuit_program(search->circuit), &compiled);
        assert_memory_equal(&ours.gate[QRY_GATE_cswap], &compiled.gate[QRY_GATE_cswap], sizeof(qry_u128));
        assert_memory_equal(&ours.gate[QRY_GATE_ccx], &compiled.gate[QRY_GATE_ccx], sizeof(qry_u128));
    }
    remove("causal_keys.npy");
    qry_attend *other = qry_attend_new(ctx, in.q, in.k, in.v, &options);
    qry_attend_row row = {.row = 5};
    assert_null(strstr(qry_attend_program(other, &row, "k.npy", arena), "last"));
    qry_ctx_free(ctx);
}

/* ---- the tree and the search ---- */

/* The tree reports, of the keys that the search finds, those whose exact score is high enough, and there are no others. */
static void the_tree_finds_what_the_search_finds(void **state)
{
    static const qry_rule rules[] = {{QRY_RULE_TAU, 0.5}, {QRY_RULE_DROP, 2}, {QRY_RULE_TOP, 6}};
    enum { KEYS = 120 };
    (void)state;
    for (int causal = 0; causal < 2; causal++)
        for (size_t r = 0; r < sizeof rules / sizeof *rules; r++) {
            qry_ctx *ctx = qry_ctx_new();
            struct input in = random_input(ctx, KEYS, KEYS, 4, 2, 30 + r);
            qry_attend_options options = {.rule = &rules[r],
                                          .causal = causal,
                                          .failure = never,
                                          .bits = {12, 12},
                                          .run = {.engine = QRY_ENGINE_ORACLE}};
            qry_attend *by_search = qry_attend_new(ctx, in.q, in.k, in.v, &options);
            options.method = QRY_ATTEND_HALFSPACE;
            qry_attend *by_tree = qry_attend_new(ctx, in.q, in.k, in.v, &options);
            qry_worker *search = qry_worker_new(ctx, by_search, 1), *tree = qry_worker_new(ctx, by_tree, 1);
            for (size_t i = 0; i < KEYS; i++) {
                qry_ledger_query queries[QRY_ATTEND_TABLES];
                qry_attend_row a = {.row = i, .ledger = {.query = queries}}, b = a;
                uint32_t found[KEYS];
                double output[VALUES];
                b.found = found;
                qry_row_compute(search, &a, output);
                qry_row_compute(tree, &b, output);
                bool reported[KEYS] = {false};
                for (size_t k = 0; k < b.hits; k++)
                    reported[found[k]] = true;
                for (size_t j = 0; j < (causal ? i + 1 : KEYS); j++) {
                    double score = qry_head_score(by_tree->head, i, j) + by_tree->head->offset[i];
                    assert_true(!reported[j] || search->is_found[j]);
                    assert_true(reported[j] == (score >= b.tau));
                }
                if (rules[r].kind != QRY_RULE_TOP)
                    assert_true(is_near(a.tau, b.tau, 1e-9));
                assert_int_equal(b.ledger.oracle_calls, 0);
                assert_true(b.ledger.score_evaluations >= b.hits);
            }
            assert_string_equal(by_tree->facts.mode, "none");
            assert_int_equal(by_tree->facts.stage_count, 2);
            assert_string_equal(by_tree->facts.stage[1].name, "tree");
            qry_ctx_free(ctx);
        }
}

/* ---- lost memory ---- */

static void count_errors(void *state, const qry_diagnostic *diagnostic)
{
    if (diagnostic->severity == QRY_ERROR)
        ++*(int *)state;
}

struct attempt {
    qry_ctx *ctx;
    qry_attend_method method;
    size_t fail_at;
    bool done;
};

static void attempt(void *state)
{
    enum { KEYS = 24 };
    struct attempt *a = state;
    qry_arena *arena = qry_arena_new(a->ctx);
    struct input in = random_input(a->ctx, KEYS, KEYS, 2, 1, 1);
    qry_attend_options options = {
        .method = a->method, .causal = true, .threads = 2, .run = {.engine = QRY_ENGINE_ORACLE}};
    qry_memory_fail_at(a->ctx, a->fail_at);
    qry_attend *attend = qry_attend_new(a->ctx, in.q, in.k, in.v, &options);
    qry_attend_row row[2];
    double output[2 * VALUES];
    a->done = attend && qry_attend_run(attend, arena, (size_t[]){KEYS - 1, 4}, 2, row, output);
    qry_memory_fail_at(a->ctx, 0);
}

static void lost_memory_ends_it_in_order(void **state)
{
    static const qry_attend_method lossy[] = {QRY_ATTEND_SPARSE, QRY_ATTEND_HALFSPACE};
    (void)state;
    for (int m = 0; m < 2; m++) {
        bool done = false;
        int lost = 0;
        for (size_t n = 1; !done; n += 1 + n / 20, lost++) {
            struct attempt a = {.ctx = qry_ctx_new(), .method = lossy[m], .fail_at = n};
            int errors = 0;
            qry_ctx_on_diagnostic(a.ctx, count_errors, &errors);
            done = qry_protect(a.ctx, attempt, &a) && a.done;
            assert_int_equal(errors, done ? 0 : 1);
            qry_ctx_free(a.ctx);
        }
        assert_true(lost > 30);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(first_keys_have_moments),
                                       cmocka_unit_test(rows_are_those_of_the_first_keys),
                                       cmocka_unit_test(keys_may_repeat),
                                       cmocka_unit_test(clouds_may_be_far_apart),
                                       cmocka_unit_test(every_row_of_a_real_head),
                                       cmocka_unit_test(estimates_leave_out_later_keys),
                                       cmocka_unit_test(a_target_is_reached),
                                       cmocka_unit_test(a_row_is_a_program),
                                       cmocka_unit_test(the_tree_finds_what_the_search_finds),
                                       cmocka_unit_test(lost_memory_ends_it_in_order)};
    qry_linalg_threads(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
