/* landmarks.c: a few of the points, by their ridge leverage, level by level.
 *
 * The points are put into random order. A level is the first half of the one above; of the lowest, about as many points as there are
 * to be landmarks, all are taken. From there upwards the sample of a level tells the leverages of the level above, of
 * which the next sample is drawn (Musco and Musco 2017, Algorithms 2 and 3, with the constants of their program): with
 * probability ln(s) times the leverage, and the ridge that leaves s / (4 ln s) times itself of the sample's kernel beyond its
 * s / (4 ln s) greatest eigenvalues. The sample of the top level has probabilities in proportion to the leverages, such that
 * about s points come; they are the landmarks. With a given ridge, that stays, and the logarithm is of the leverages' sum.
 *
 * A level is drawn by a circuit each. Leverages are arithmetic, which its oracle does itself where that is small; else they are
 * computed here, and loaded as a table. */
#include "runtime/nystrom/leverage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The kernel is at most 1: what is left of a sample that has no more points than eigenvalues are counted. */
static const double ridge_of_few = 1e-5;

/* No ridge is smaller than this part of the sample's greatest eigenvalue, so that it is no rounding. */
static const double least_ridge = 1e-12;

/* How often a level is drawn that comes out empty. */
enum { MOST_TRIES = 8 };

/* Points of which the leverages' sum is judged where nobody computes all; points at a time; the lowest level with a given ridge. */
enum { PILOT = 256, BLOCK = 1024, LEAST_POINTS = 32 };

struct recursion {
    const qry_stage_run *run;
    const qry_kernel *kernel;
    size_t points, wanted; /* wanted 0: as lambda says */
    double failure;        /* of a draw */
    uint32_t *order;
    double *leverage; /* room for all */
    size_t done, total;
    size_t by_oracle, by_table; /* levels */
    size_t empty;               /* levels from which nothing came */
    qry_ridge ridge;
};

/* ---- leverages ---- */

static void free_ridge(qry_ctx *ctx, qry_ridge *ridge)
{
    qry_free(ctx, ridge->point);
    qry_free(ctx, ridge->probability);
    qry_matrix_free(ctx, &ridge->root);
}

/* What the sample's weighted kernel has beyond its greatest eigenvalues. */
static double choose_ridge(const struct recursion *r, qry_matrix block)
{
    qry_ctx *ctx = r->run->ctx;
    size_t count = block.rows, kept = (size_t)ceil((double)r->wanted / (4 * fmax(log((double)r->wanted), 1)));
    double *values = qry_alloc(ctx, count, sizeof *values), tail = 0;
    qry_matrix weighted = qry_matrix_new(ctx, count, count);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j <= i; j++)
            weighted.at[i * count + j] =
                block.at[i * count + j] / sqrt(r->ridge.probability[i] * r->ridge.probability[j]);
    qry_matrix_eigen(ctx, weighted, values);
    for (size_t i = 0; i + kept < count; i++)
        tail += fmax(values[i], 0);
    double ridge = kept < count ? tail / (double)kept : ridge_of_few;
    ridge = fmax(ridge, least_ridge * values[count - 1]);
    qry_matrix_free(ctx, &weighted);
    qry_free(ctx, values);
    return ridge > 0 ? ridge : ridge_of_few;
}

static void reorder(const struct recursion *r, qry_ridge *ridge, const uint32_t *order, size_t count)
{
    uint32_t *point = qry_alloc(r->run->ctx, count, sizeof *point);
    double *probability = qry_alloc(r->run->ctx, count, sizeof *probability);
    for (size_t i = 0; i < count; i++) {
        point[i] = ridge->point[order[i]];
        probability[i] = ridge->probability[order[i]];
    }
    qry_free(r->run->ctx, ridge->point);
    qry_free(r->run->ctx, ridge->probability);
    ridge->point = point;
    ridge->probability = probability;
    ridge->count = count;
}

/* Another sample, which the recursion owns from now on, has been put in: its ridge and triangle. */
static void prepare_ridge(struct recursion *r, double lambda)
{
    qry_ctx *ctx = r->run->ctx;
    qry_ridge *ridge = &r->ridge;
    size_t count = ridge->count;
    qry_memory_require(ctx, 3 * 8.0 * (double)count * (double)count,
                       "the kernel of a sample; fewer landmarks, or a greater lambda, need less");
    uint32_t *order = qry_alloc(ctx, count, sizeof *order);
    qry_matrix block = qry_matrix_new(ctx, count, count);
    qry_kernel_block(r->kernel, ridge->point, 0, ridge->point, 0, false, block);
    ridge->lambda = r->wanted ? choose_ridge(r, block) : lambda;
    for (size_t i = 0; i < count; i++)
        block.at[i * count + i] += ridge->lambda * ridge->probability[i];
    size_t rank = qry_matrix_cholesky(ctx, block, 0, order);
    reorder(r, ridge, order, rank);
    ridge->root = qry_matrix_new(ctx, rank, rank);
    for (size_t i = 0; i < rank; i++)
        memcpy(qry_matrix_row(ridge->root, i), qry_matrix_row(block, i), rank * sizeof(double));
    qry_matrix_free(ctx, &block);
    qry_free(ctx, order);
    r->run->stage->operations += (qry_u128)count * count * (count + r->kernel->width);
}

void qry_ridge_leverages(const qry_ridge *ridge, const uint32_t *a, size_t count, double *leverage)
{
    qry_ctx *ctx = ridge->kernel->ctx;
    qry_matrix block = qry_matrix_new(ctx, count, ridge->count);
    qry_kernel_block(ridge->kernel, a, 0, ridge->point, 0, false, block);
    qry_matrix_solve(ridge->root, false, block);
    for (size_t i = 0; i < count; i++) {
        const double *x = qry_matrix_row(block, i);
        double left = exp(2 * ridge->kernel->weight[a[i]]) - qry_dot(ridge->count, x, x);
        leverage[i] = fmax(left, 0) / ridge->lambda;
    }
    qry_matrix_free(ctx, &block);
}

static void compute_leverages(struct recursion *r, const uint32_t *a, size_t count, double *leverage)
{
    for (size_t i = 0; i < count; i += BLOCK) {
        size_t some = count - i < BLOCK ? count - i : BLOCK;
        qry_ridge_leverages(&r->ridge, a + i, some, leverage + i);
        qry_stage_progress(r->run, r->done + i < r->total ? r->done + i : r->total, r->total);
    }
    r->run->stage->operations += (qry_u128)count * r->ridge.count * (r->ridge.count + r->kernel->width);
}

/* ---- one level ---- */

/* What leverages are multiplied by; they are of `known` of the level's points, taken at random. */
static double factor_of(const struct recursion *r, const double *leverage, size_t known, size_t level, bool top)
{
    double share = (double)known / (double)level, sum = 0;
    for (size_t i = 0; i < known; i++)
        sum += leverage[i] / share;
    if (!r->wanted)
        return fmax(log(sum), 1);
    double wanted = (double)r->wanted;
    if (!top)
        return fmax(log(wanted), 1);
    return qry_stage_scale(leverage, known, (wanted + sqrt(wanted)) * share);
}

static double chance(double factor, double leverage) { return leverage > 0 ? fmin(1, factor * leverage) : 0; }

static qry_stage_set draw_from_table(struct recursion *r, size_t level, bool top, uint64_t stream)
{
    compute_leverages(r, r->order, level, r->leverage);
    double factor = factor_of(r, r->leverage, level, level, top);
    double *p = qry_alloc(r->run->ctx, level, sizeof *p);
    for (size_t i = 0; i < level; i++)
        p[i] = chance(factor, r->leverage[i]);
    qry_stage_set set = qry_stage_sample(r->run, p, level, r->failure, stream);
    qry_free(r->run->ctx, p);
    return set;
}

/* The level's last points are in no lower level, if it has enough of them: nothing of them is known yet. */
static qry_stage_set draw_by_oracle(struct recursion *r, size_t level, bool top, uint64_t stream)
{
    size_t known = level < PILOT ? level : PILOT;
    double expected = 0;
    compute_leverages(r, r->order + (level - known), known, r->leverage);
    double factor = factor_of(r, r->leverage, known, level, top);
    for (size_t i = 0; i < known; i++)
        expected += chance(factor, r->leverage[i]) * (double)level / (double)known;
    qry_leverage_program program =
        qry_leverage_program_of(&r->ridge, r->order, level, factor, expected, r->failure, r->run->arena);
    return qry_stage_draw(r->run, &program.program, stream);
}

static bool is_coherent(const struct recursion *r)
{
    if (r->run->probabilities == QRY_PROBABILITIES_AUTO)
        return qry_leverage_program_is_small(&r->ridge);
    return r->run->probabilities == QRY_PROBABILITIES_COHERENT;
}

static qry_stage_set draw_level(struct recursion *r, size_t level, bool top, uint64_t number)
{
    qry_stage_set set = {0};
    bool coherent = is_coherent(r);
    for (uint64_t attempt = 0; set.count == 0 && attempt < MOST_TRIES; attempt++) {
        uint64_t stream = qry_stage_stream(QRY_USE_LANDMARKS, number * MOST_TRIES + attempt);
        set = coherent ? draw_by_oracle(r, level, top, stream) : draw_from_table(r, level, top, stream);
    }
    *(coherent ? &r->by_oracle : &r->by_table) += 1;
    r->empty += set.count == 0;
    return set;
}

/* ---- samples ---- */

static void start_with(struct recursion *r, size_t count, double lambda)
{
    r->ridge = (qry_ridge){.kernel = r->kernel, .count = count};
    r->ridge.point = qry_alloc(r->run->ctx, count, sizeof *r->ridge.point);
    r->ridge.probability = qry_alloc(r->run->ctx, count, sizeof *r->ridge.probability);
    for (size_t i = 0; i < count; i++) {
        r->ridge.point[i] = r->order[i];
        r->ridge.probability[i] = 1;
    }
    prepare_ridge(r, lambda);
}

/* Of a level from which nothing came, the sample below is as good. */
static void go_on_with(struct recursion *r, const qry_stage_set *set, double lambda)
{
    if (set->count == 0)
        return;
    free_ridge(r->run->ctx, &r->ridge);
    r->ridge = (qry_ridge){.kernel = r->kernel, .count = set->count};
    r->ridge.point = qry_alloc(r->run->ctx, set->count, sizeof *r->ridge.point);
    r->ridge.probability = qry_alloc(r->run->ctx, set->count, sizeof *r->ridge.probability);
    for (size_t i = 0; i < set->count; i++) {
        r->ridge.point[i] = r->order[set->row[i]];
        r->ridge.probability[i] = set->probability[i];
    }
    prepare_ridge(r, lambda);
}

/* ---- landmarks ---- */

struct ranked {
    uint32_t point;
    double leverage;
};

static int compare_ranks(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->leverage != y->leverage)
        return x->leverage < y->leverage ? 1 : -1;
    return x->point < y->point ? -1 : x->point > y->point;
}

static int compare_points(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* The points of highest leverage, no more than are wanted; of an empty set the sample itself, which leaves nothing. */
static void take(struct recursion *r, const qry_stage_set *set, qry_landmarks *landmarks)
{
    size_t count = set->count ? set->count : r->ridge.count;
    uint32_t *point = qry_arena_alloc(r->run->arena, count, sizeof *point);
    double *leverage = qry_alloc(r->run->ctx, count, sizeof *leverage);
    struct ranked *ranked = qry_alloc(r->run->ctx, count, sizeof *ranked);
    for (size_t i = 0; i < count; i++)
        point[i] = set->count ? r->order[set->row[i]] : r->ridge.point[i];
    compute_leverages(r, point, count, leverage);
    for (size_t i = 0; i < count; i++)
        ranked[i] = (struct ranked){point[i], leverage[i]};
    qsort(ranked, count, sizeof *ranked, compare_ranks);
    for (size_t i = 0; i < count; i++)
        point[i] = ranked[i].point;
    count = r->wanted && r->wanted < count ? r->wanted : count;
    qsort(point, count, sizeof *point, compare_points);
    *landmarks = (qry_landmarks){.point = point, .count = count, .lambda = r->ridge.lambda};
    qry_free(r->run->ctx, leverage);
    qry_free(r->run->ctx, ranked);
}

static void take_all(const struct recursion *r, qry_landmarks *landmarks)
{
    *landmarks = (qry_landmarks){.point = qry_arena_alloc(r->run->arena, r->points, sizeof *landmarks->point),
                                 .count = r->points};
    for (size_t i = 0; i < r->points; i++)
        landmarks->point[i] = (uint32_t)i;
    r->run->stage->note = "all points are landmarks: nothing was sampled";
}

/* ---- all levels ---- */

static size_t size_of(const struct recursion *r, int level)
{
    size_t size = r->points;
    while (level-- > 0)
        size -= size / 2;
    return size;
}

static bool check_coherent(const struct recursion *r)
{
    bool possible = r->run->probabilities != QRY_PROBABILITIES_COHERENT || qry_leverage_program_exists(&r->ridge);
    if (!possible)
        qry_error(r->run->ctx,
                  "an oracle does not compute leverages by a sample of %zu points with %zu coordinates; load them as a "
                  "table, or take fewer landmarks",
                  r->ridge.count, r->kernel->width);
    return possible;
}

static const char *note_of(const struct recursion *r)
{
    const char *note = qry_stage_note(r->by_oracle, r->by_table);
    if (r->empty == 0)
        return note;
    return qry_arena_printf(r->run->arena, "%s; in %zu of %zu levels nothing came in %d draws: the sample below stays",
                            note, r->empty, r->by_oracle + r->by_table, MOST_TRIES);
}

static bool climb(struct recursion *r, int levels, double lambda, qry_landmarks *landmarks)
{
    start_with(r, size_of(r, levels), lambda);
    for (int level = levels > 0 ? levels - 1 : 0; level >= 0; level--) {
        size_t size = size_of(r, level);
        if (!check_coherent(r))
            return false;
        qry_stage_set set = draw_level(r, size, level == 0, (uint64_t)level);
        r->done += size;
        if (level == 0)
            take(r, &set, landmarks);
        else
            go_on_with(r, &set, lambda);
    }
    r->run->stage->note = note_of(r);
    return true;
}

bool qry_landmarks_sample(const qry_stage_run *run, const qry_kernel *kernel, size_t wanted, double lambda,
                          qry_landmarks *landmarks)
{
    double start = qry_seconds();
    bool sampled = true;
    int levels = 0;
    struct recursion r = {.run = run, .kernel = kernel, .points = kernel->queries + kernel->keys, .wanted = wanted};
    qry_must(wanted > 0 || lambda > 0);
    if (wanted >= r.points) {
        take_all(&r, landmarks);
        return true;
    }
    while (size_of(&r, levels) > (wanted ? wanted : LEAST_POINTS))
        r.total += size_of(&r, levels++);
    r.failure = run->failure / ((levels ? levels : 1) * MOST_TRIES);
    r.order = qry_stage_permutation(run, r.points, 0);
    r.leverage = qry_alloc(run->ctx, r.points, sizeof *r.leverage);
    sampled = climb(&r, levels, lambda, landmarks);
    qry_stage_progress(run, r.total, r.total);
    free_ridge(run->ctx, &r.ridge);
    qry_free(run->ctx, r.order);
    qry_free(run->ctx, r.leverage);
    run->stage->seconds += qry_seconds() - start;
    return sampled;
}
