/* cluster.c: k-means, so that scores vary little within a group. Distances come from one matrix product a block of
 * points, |c|^2 - 2 x.c, without the |x|^2 that all centres share; the few that are compared across points are computed
 * directly. */
#include "runtime/attend/attend.h"

#include <math.h>
#include <string.h>

enum {
    BLOCK = 512,         /* points a product */
    LANES = 8,           /* centres that are compared side by side */
    MAX_ROUNDS = 100,    /* of Lloyd's iteration; 10 to 40 are usual */
    SAMPLED = 64,        /* points a group that the centres are found from, where there are more */
    MAX_STARTS = 8,      /* the best of several seedings is kept, while they are cheap: */
    START_WORK = 1 << 28 /* multiplications that seedings and first rounds may cost together */
};

/* Iteration ends when a round lowers the cost by less than this fraction. */
static const double least_gain = 1e-5;

struct clustering {
    qry_ctx *ctx;
    qry_matrix points, centres;
    uint32_t *group_of;
    double *distance; /* of a point to its centre, squared */
    size_t *size;
    double cost; /* sum of the distances */
};

static double squared_distance(size_t n, const double *x, const double *y)
{
    double sum[4] = {0}; /* side by side */
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t k = 0; k < 4; k++)
            sum[k] += (x[i + k] - y[i + k]) * (x[i + k] - y[i + k]);
    for (; i < n; i++)
        sum[0] += (x[i] - y[i]) * (x[i] - y[i]);
    return sum[0] + sum[1] + sum[2] + sum[3];
}

/* A point drawn with probability proportional to its distance; any point if all are zero. */
static size_t draw(const struct clustering *c, qry_random *random)
{
    size_t n = c->points.rows;
    double total = 0;
    for (size_t i = 0; i < n; i++)
        total += c->distance[i];
    double target = qry_random_unit(random) * total;
    for (size_t i = 0; i < n; i++) {
        target -= c->distance[i];
        if (target < 0)
            return i;
    }
    return qry_random_below(random, n);
}

static void seed_centres(struct clustering *c, qry_random *random)
{
    size_t n = c->points.rows, d = c->points.columns;
    for (size_t i = 0; i < n; i++)
        c->distance[i] = 0;
    for (size_t g = 0; g < c->centres.rows; g++) {
        double *centre = qry_matrix_row(c->centres, g);
        qry_check_interrupt(c->ctx);
        memcpy(centre, qry_matrix_row(c->points, draw(c, random)), d * sizeof *centre);
        for (size_t i = 0; i < n; i++) {
            double distance = squared_distance(d, qry_matrix_row(c->points, i), centre);
            if (g == 0 || distance < c->distance[i])
                c->distance[i] = distance;
        }
    }
}

/* The place of the least of square[g] + row[g], the first of several. */
static size_t least_of(size_t groups, const double *square, const double *row)
{
    double least[LANES], which[LANES]; /* numbers of one size: compilers then use vectors */
    size_t g = 0, best = 0;
    for (size_t k = 0; k < LANES; k++) {
        least[k] = INFINITY;
        which[k] = 0;
    }
    for (; g + LANES <= groups; g += LANES)
        for (size_t k = 0; k < LANES; k++) {
            double distance = square[g + k] + row[g + k];
            which[k] = distance < least[k] ? (double)(g + k) : which[k];
            least[k] = distance < least[k] ? distance : least[k];
        }
    for (size_t k = 1; k < LANES; k++)
        if (least[k] < least[best] || (least[k] == least[best] && which[k] < which[best]))
            best = k;
    double smallest = least[best];
    best = (size_t)which[best];
    for (; g < groups; g++)
        if (square[g] + row[g] < smallest) {
            smallest = square[g] + row[g];
            best = g;
        }
    return best;
}

/* Every point to its nearest centre, ties to the lowest. product: room for (BLOCK + 1) x centres numbers. */
static void assign(struct clustering *c, double *product)
{
    size_t n = c->points.rows, d = c->points.columns, groups = c->centres.rows;
    double *square = product + BLOCK * groups;
    for (size_t g = 0; g < groups; g++)
        square[g] = qry_dot(d, qry_matrix_row(c->centres, g), qry_matrix_row(c->centres, g));
    c->cost = 0;
    for (size_t from = 0; from < n; from += BLOCK) {
        qry_check_interrupt(c->ctx);
        size_t count = n - from < BLOCK ? n - from : BLOCK;
        qry_matrix near = {product, count, groups};
        qry_matrix_multiply(-2, qry_matrix_rows(c->points, from, count), false, c->centres, true, 0, near);
        for (size_t i = 0; i < count; i++) {
            size_t best = least_of(groups, square, qry_matrix_row(near, i));
            c->group_of[from + i] = (uint32_t)best;
            c->distance[from + i] =
                squared_distance(d, qry_matrix_row(c->points, from + i), qry_matrix_row(c->centres, best));
            c->cost += c->distance[from + i];
        }
    }
}

/* A group that has lost its points keeps its centre, and may get some again. */
static void move_centres(struct clustering *c)
{
    size_t n = c->points.rows, d = c->points.columns, groups = c->centres.rows;
    memset(c->size, 0, groups * sizeof *c->size);
    for (size_t i = 0; i < n; i++)
        c->size[c->group_of[i]]++;
    for (size_t g = 0; g < groups; g++)
        if (c->size[g])
            memset(qry_matrix_row(c->centres, g), 0, d * sizeof(double));
    for (size_t i = 0; i < n; i++) {
        uint32_t g = c->group_of[i];
        qry_add_scaled(d, 1 / (double)c->size[g], qry_matrix_row(c->points, i), qry_matrix_row(c->centres, g));
    }
}

static void iterate(struct clustering *c, double *product)
{
    assign(c, product);
    for (int round = 0; round < MAX_ROUNDS; round++) {
        double before = c->cost;
        qry_check_interrupt(c->ctx);
        move_centres(c);
        assign(c, product);
        if (!(before - c->cost > least_gain * before))
            return;
    }
}

/* Numbers the groups that have points 0, 1, ... in the order of their first points. */
static size_t drop_empty(size_t n, size_t groups, uint32_t *group_of, size_t *number)
{
    size_t used = 0;
    for (size_t g = 0; g < groups; g++)
        number[g] = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        uint32_t g = group_of[i];
        if (number[g] == SIZE_MAX)
            number[g] = used++;
        group_of[i] = (uint32_t)number[g];
    }
    return used;
}

/* A point of every stretch of the list, stretches as long as each other. */
static qry_matrix draw_sample(qry_ctx *ctx, qry_matrix points, size_t count, uint64_t seed)
{
    qry_matrix sample = qry_matrix_new(ctx, count, points.columns);
    qry_random random;
    qry_random_seed(&random, seed, MAX_STARTS); /* a stream that no seeding has */
    for (size_t i = 0; i < count; i++) {
        size_t from = (size_t)((qry_u128)i * points.rows / count);
        size_t end = (size_t)((qry_u128)(i + 1) * points.rows / count);
        size_t drawn = from + (size_t)qry_random_below(&random, end - from);
        memcpy(qry_matrix_row(sample, i), qry_matrix_row(points, drawn), points.columns * sizeof(double));
    }
    return sample;
}

static struct clustering begin(qry_ctx *ctx, qry_matrix points, size_t groups, uint32_t *group_of)
{
    struct clustering c = {.ctx = ctx, .points = points, .group_of = group_of};
    c.centres = qry_matrix_new(ctx, groups, points.columns);
    c.distance = qry_alloc(ctx, points.rows, sizeof *c.distance);
    c.size = qry_alloc(ctx, groups, sizeof *c.size);
    return c;
}

static void end(struct clustering *c)
{
    qry_free(c->ctx, c->size);
    qry_free(c->ctx, c->distance);
    qry_matrix_free(c->ctx, &c->centres);
}

/* The best centres of several starts. */
static void find_centres(qry_ctx *ctx, qry_matrix points, uint64_t seed, qry_matrix centres, double *product)
{
    size_t bytes = centres.rows * centres.columns * sizeof(double);
    uint32_t *group_of = qry_alloc(ctx, points.rows, sizeof *group_of);
    struct clustering c = begin(ctx, points, centres.rows, group_of);
    double work = (double)points.rows * (double)centres.rows * (double)points.columns, best = INFINITY;
    for (int start = 0; start < MAX_STARTS && (start == 0 || start * work < START_WORK); start++) {
        qry_random random;
        qry_random_seed(&random, seed, (uint64_t)start);
        seed_centres(&c, &random);
        iterate(&c, product);
        if (start == 0 || c.cost < best) {
            best = c.cost;
            memcpy(centres.at, c.centres.at, bytes);
        }
    }
    end(&c);
    qry_free(ctx, group_of);
}

size_t qry_cluster(qry_ctx *ctx, qry_matrix points, size_t groups, uint64_t seed, uint32_t *group_of)
{
    size_t n = points.rows;
    qry_must(n > 0 && groups > 0);
    groups = groups < n ? groups : n;
    bool sampled = n / SAMPLED > groups;
    double *product = qry_alloc(ctx, (BLOCK + 1) * groups, sizeof *product);
    struct clustering c = begin(ctx, points, groups, group_of);
    qry_matrix sample = sampled ? draw_sample(ctx, points, SAMPLED * groups, seed) : points;
    find_centres(ctx, sample, seed, c.centres, product);
    assign(&c, product);
    if (sampled) {
        move_centres(&c);
        assign(&c, product);
        qry_matrix_free(ctx, &sample);
    }
    size_t used = drop_empty(n, groups, group_of, c.size);
    end(&c);
    qry_free(ctx, product);
    return used;
}
