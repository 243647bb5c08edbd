/* halfspace.c: reports of half-spaces are those of a plain scan, whatever came and went before. */
#include "runtime/halfspace/halfspace.h"
#include "base/faults.h"
#include "support.h"

#include <math.h>
#include <string.h>

enum { MOST = 400 /* points of a scenario */ };

enum kind { NORMAL, LATTICE, EQUAL, HUGE_NUMBERS, TINY_NUMBERS, LINE, KINDS };

/* Points and which of them are there. */
struct model {
    qry_matrix point;
    bool is_there[MOST];
    qry_halfspace *h;
    qry_halfspace_hits *hits;
    double *direction;
    uint64_t sure; /* points that were reported without a score */
    uint64_t spared;
};

static double entry_of(enum kind kind, size_t row, qry_random *random)
{
    switch (kind) {
    case LATTICE: /* many points and many scores are equal */
        return (double)qry_random_below(random, 3) - 1;
    case EQUAL:
        return 0.7;
    case HUGE_NUMBERS:
        return 1e150 * qry_random_normal(random);
    case TINY_NUMBERS: /* products vanish */
        return (qry_random_below(random, 2) ? 1e-310 : 1e-200) * qry_random_normal(random);
    case LINE:
        return (double)(row % 100) + 1e-3 * qry_random_normal(random);
    default:
        return 2 + qry_random_normal(random);
    }
}

static struct model new_model(qry_ctx *ctx, size_t width, enum kind kind, qry_random *random)
{
    struct model m = {.point = qry_matrix_new(ctx, MOST, width), .direction = qry_alloc(ctx, width, sizeof(double))};
    m.h = qry_halfspace_new(ctx, width);
    m.hits = qry_halfspace_hits_new(ctx);
    for (size_t i = 0; i < MOST; i++)
        for (size_t c = 0; c < width; c++)
            qry_matrix_row(m.point, i)[c] = entry_of(kind, i, random);
    return m;
}

static double score_of(const struct model *m, size_t i)
{
    return qry_dot(m->point.columns, m->direction, qry_matrix_row(m->point, i));
}

/* Those that are reported, each once, are those of the scan; scores that were computed are theirs. */
static void check_hits(struct model *m, double threshold, size_t end)
{
    bool reported[MOST] = {false};
    for (size_t i = 0; i < m->hits->count; i++) {
        qry_halfspace_hit hit = m->hits->hit[i];
        assert_true(hit.id < MOST && !reported[hit.id]);
        reported[hit.id] = true;
        assert_true(isnan(hit.score) || hit.score == score_of(m, hit.id));
        m->sure += isnan(hit.score);
    }
    size_t count = 0;
    for (size_t i = 0; i < MOST; i++) {
        count += m->is_there[i];
        assert_true(reported[i] == (m->is_there[i] && i < end && score_of(m, i) >= threshold));
    }
    assert_int_equal(qry_halfspace_count(m->h), count);
    assert_true(m->hits->scores <= count);
    m->spared += count - m->hits->scores;
}

static double highest(const struct model *m, size_t end)
{
    double best = -INFINITY;
    for (size_t i = 0; i < MOST && i < end; i++)
        if (m->is_there[i])
            best = fmax(best, score_of(m, i));
    return best;
}

/* The best ones in order: each is the best of those that come after it. */
static void check_best(struct model *m, size_t wanted, size_t end)
{
    bool left[MOST];
    memcpy(left, m->is_there, sizeof left);
    for (size_t i = 0; i <= wanted; i++) {
        size_t best = MOST;
        for (size_t j = 0; j < MOST && j < end; j++)
            if (left[j] && (best == MOST || score_of(m, j) > score_of(m, best)))
                best = j;
        if (best == MOST || i == wanted) {
            assert_int_equal(m->hits->count, i);
            return;
        }
        assert_int_equal(m->hits->hit[i].id, best);
        assert_true(m->hits->hit[i].score == score_of(m, best));
        left[best] = false;
    }
}

static void ask(struct model *m, enum kind kind, qry_random *random)
{
    for (size_t c = 0; c < m->point.columns; c++)
        m->direction[c] = kind == LATTICE ? (double)qry_random_below(random, 5) - 2 : qry_random_normal(random);
    double spread = 2 * qry_norm(m->point.columns, m->direction) * (kind == HUGE_NUMBERS ? 1e150 : 1);
    double thresholds[] = {score_of(m, qry_random_below(random, MOST)), spread * qry_random_normal(random), 0,
                           spread * 40, -spread * 40};
    size_t end = qry_random_below(random, 2) ? SIZE_MAX : qry_random_below(random, MOST + 1);
    for (size_t i = 0; i < sizeof thresholds / sizeof *thresholds; i++) {
        qry_halfspace_query(m->h, m->direction, thresholds[i], end, m->hits);
        check_hits(m, thresholds[i], end);
    }
    double drop = qry_random_below(random, 3) ? spread * qry_random_unit(random) : 0;
    qry_halfspace_within(m->h, m->direction, drop, end, m->hits);
    check_hits(m, highest(m, end) - drop, end);
    size_t wanted = qry_random_below(random, 4) ? qry_random_below(random, 20) : MOST;
    qry_halfspace_best(m->h, m->direction, wanted, end, m->hits);
    check_best(m, wanted, end);
}

/* Times of growth and of decline alternate, down to nothing. */
static void live(struct model *m, enum kind kind, int steps, qry_random *random)
{
    for (int step = 0; step < steps; step++) {
        uint32_t id = (uint32_t)qry_random_below(random, MOST);
        bool grow = qry_random_below(random, 8) < (step / 600 % 2 ? 1 : 7);
        if (grow && !m->is_there[id])
            qry_halfspace_insert(m->h, id, qry_matrix_row(m->point, id));
        if (!grow)
            assert_true(qry_halfspace_remove(m->h, id) == m->is_there[id]);
        m->is_there[id] = grow;
        if (step % 20 == 0)
            ask(m, kind, random);
    }
}

static void reports_are_those_of_a_scan(void **state)
{
    static const size_t widths[] = {1, 2, 3, 7, 8, 16, 33, 64};
    (void)state;
    for (int kind = 0; kind < KINDS; kind++)
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
            qry_ctx *ctx = qry_ctx_new();
            qry_random random;
            qry_random_seed(&random, (uint64_t)kind, widths[w]);
            struct model m = new_model(ctx, widths[w], (enum kind)kind, &random);
            live(&m, (enum kind)kind, 2400, &random);
            assert_true(m.spared > 0 && m.sure > 0);
            qry_ctx_free(ctx);
        }
}

/* Whole matrices, on top of what is there, and then one by one. */
static void rows_go_in_at_once(void **state)
{
    (void)state;
    for (size_t count = 0; count <= 120; count += 24) {
        qry_ctx *ctx = qry_ctx_new();
        qry_random random;
        qry_random_seed(&random, count, 1);
        struct model m = new_model(ctx, 4, NORMAL, &random);
        for (uint32_t id = 300; id < 300 + count / 2; id++) {
            qry_halfspace_insert(m.h, id, qry_matrix_row(m.point, id));
            m.is_there[id] = true;
        }
        qry_halfspace_insert_rows(m.h, 7, qry_matrix_rows(m.point, 7, count));
        for (size_t id = 7; id < 7 + count; id++)
            m.is_there[id] = true;
        ask(&m, NORMAL, &random);
        live(&m, NORMAL, 200, &random);
        qry_ctx_free(ctx);
    }
}

static void nothing_is_reported_of_nothing(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_halfspace *h = qry_halfspace_new(ctx, 2);
    qry_halfspace_hits *hits = qry_halfspace_hits_new(ctx);
    const double direction[] = {1, 2};
    qry_halfspace_query(h, direction, -INFINITY, SIZE_MAX, hits);
    assert_int_equal(hits->count, 0);
    qry_halfspace_within(h, direction, 1, SIZE_MAX, hits);
    assert_int_equal(hits->count, 0);
    qry_halfspace_best(h, direction, 3, SIZE_MAX, hits);
    assert_int_equal(hits->count, 0);
    assert_false(qry_halfspace_remove(h, 0));
    assert_false(qry_halfspace_remove(h, UINT32_MAX));
    qry_ctx_free(ctx);
}

/* In a plane few nodes are opened, points that were removed cost nothing, and a report of all computes nothing of them. */
static void reports_cost_little(void **state)
{
    enum { POINTS = 4096, LEFT = 20 };
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 5, 5);
    qry_matrix point = qry_matrix_new(ctx, POINTS, 2);
    for (size_t i = 0; i < point.rows * 2; i++)
        point.at[i] = qry_random_normal(&random);
    qry_halfspace *h = qry_halfspace_new(ctx, 2);
    qry_halfspace_hits *hits = qry_halfspace_hits_new(ctx);
    qry_halfspace_insert_rows(h, 0, point);
    const double direction[] = {0.6, -0.8};
    qry_halfspace_best(h, direction, 8, SIZE_MAX, hits);
    assert_true(hits->scores < POINTS / 20 && hits->nodes < POINTS / 20);
    double eighth = hits->hit[7].score;
    qry_halfspace_query(h, direction, eighth, SIZE_MAX, hits);
    assert_int_equal(hits->count, 8);
    assert_true(hits->scores < POINTS / 20 && hits->nodes < POINTS / 20);
    qry_halfspace_query(h, direction, -100, SIZE_MAX, hits);
    assert_int_equal(hits->count, POINTS);
    assert_int_equal(hits->nodes, 1);
    assert_int_equal(hits->scores, 0);
    qry_halfspace_query(h, direction, 100, SIZE_MAX, hits);
    assert_int_equal(hits->nodes, 1);
    for (uint32_t id = LEFT; id < POINTS; id++)
        assert_true(qry_halfspace_remove(h, id));
    qry_halfspace_query(h, direction, 0, SIZE_MAX, hits);
    assert_true(hits->scores <= LEFT && hits->nodes <= 4 * LEFT);
    qry_ctx_free(ctx);
}

/* The trees of points that came one by one are as deep as those of all at once: so many nodes as there are leaves and
 * halves. */
static void one_by_one_is_not_dearer(void **state)
{
    enum { POINTS = 1000 };
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 6, 5);
    struct model m = new_model(ctx, 3, NORMAL, &random);
    qry_matrix point = qry_matrix_new(ctx, POINTS, 3);
    for (size_t i = 0; i < point.rows * 3; i++)
        point.at[i] = qry_random_normal(&random);
    for (uint32_t id = 0; id < POINTS; id++)
        qry_halfspace_insert(m.h, id, qry_matrix_row(point, id));
    uint64_t cost[2], all = 0;
    qry_halfspace *h = qry_halfspace_new(ctx, 3);
    qry_halfspace_insert_rows(h, 0, point);
    for (int i = 0; i < 2; i++) {
        qry_halfspace_best(i ? h : m.h, (const double[]){1, -1, 2}, 5, SIZE_MAX, m.hits);
        cost[i] = m.hits->nodes + m.hits->scores;
        all += cost[i];
    }
    assert_true(cost[0] < 3 * cost[1] && all < POINTS);
    qry_ctx_free(ctx);
}

static void count_errors(void *state, const qry_diagnostic *diagnostic)
{
    if (diagnostic->severity == QRY_ERROR)
        ++*(int *)state;
}

struct attempt {
    qry_ctx *ctx;
    size_t fail_at;
};

static void attempt(void *state)
{
    struct attempt *a = state;
    qry_random random;
    qry_random_seed(&random, 3, 3);
    struct model m = new_model(a->ctx, 3, NORMAL, &random);
    qry_memory_fail_at(a->ctx, a->fail_at);
    live(&m, NORMAL, 900, &random);
    qry_memory_fail_at(a->ctx, 0);
    qry_halfspace_free(m.h);
    qry_halfspace_hits_free(m.hits);
}

static void lost_memory_ends_it_in_order(void **state)
{
    bool done = false;
    int lost = 0;
    (void)state;
    for (size_t n = 1; !done; n += 1 + n / 10, lost++) {
        struct attempt a = {.ctx = qry_ctx_new(), .fail_at = n};
        int errors = 0;
        qry_ctx_on_diagnostic(a.ctx, count_errors, &errors);
        done = qry_protect(a.ctx, attempt, &a);
        assert_int_equal(errors, done ? 0 : 1);
        qry_ctx_free(a.ctx);
    }
    assert_true(lost > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_are_those_of_a_scan),    cmocka_unit_test(rows_go_in_at_once),
        cmocka_unit_test(nothing_is_reported_of_nothing), cmocka_unit_test(reports_cost_little),
        cmocka_unit_test(one_by_one_is_not_dearer),       cmocka_unit_test(lost_memory_ends_it_in_order)};
    qry_linalg_threads(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
