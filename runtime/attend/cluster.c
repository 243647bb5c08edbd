/* cluster.c: k-means, so that scores vary little within a group. Distances come from one matrix product a block of
 * points, |c|^2 - 2 x.c, without the |x|^2 that all centres share; the few that are compared across points are computed
 * directly. */
#include "runtime/attend/attend.h"

#include <math.h>
#include <string.h>

enum {
    BLOCK = 512,         /* points a product */
    MAX_ROUNDS = 100,    /* of Lloyd's iteration; 10 to 40 are usual */
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
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (x[i] - y[i]) * (x[i] - y[i]);
    return sum;
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
        memcpy(centre, qry_matrix_row(c->points, draw(c, random)), d * sizeof *centre);
        for (size_t i = 0; i < n; i++) {
            double distance = squared_distance(d, qry_matrix_row(c->points, i), centre);
            if (g == 0 || distance < c->distance[i])
                c->distance[i] = distance;
        }
    }
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
        size_t count = n - from < BLOCK ? n - from : BLOCK;
        qry_matrix near = {product, count, groups};
        qry_matrix_multiply(-2, qry_matrix_rows(c->points, from, count), false, c->centres, true, 0, near);
        for (size_t i = 0; i < count; i++) {
            const double *row = qry_matrix_row(near, i);
            size_t best = 0;
            for (size_t g = 1; g < groups; g++)
                if (square[g] + row[g] < square[best] + row[best])
                    best = g;
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

size_t qry_cluster(qry_ctx *ctx, qry_matrix points, size_t groups, uint64_t seed, uint32_t *group_of)
{
    size_t n = points.rows;
    qry_must(n > 0 && groups > 0);
    groups = groups < n ? groups : n;
    struct clustering c = {.ctx = ctx, .points = points, .centres = qry_matrix_new(ctx, groups, points.columns)};
    c.group_of = qry_alloc(ctx, n, sizeof *c.group_of);
    c.distance = qry_alloc(ctx, n, sizeof *c.distance);
    c.size = qry_alloc(ctx, groups, sizeof *c.size);
    double *product = qry_alloc(ctx, (BLOCK + 1) * groups, sizeof *product);
    double work = (double)n * (double)groups * (double)points.columns, best = INFINITY;
    for (int start = 0; start < MAX_STARTS && (start == 0 || start * work < START_WORK); start++) {
        qry_random random;
        qry_random_seed(&random, seed, (uint64_t)start);
        seed_centres(&c, &random);
        iterate(&c, product);
        if (c.cost < best) {
            best = c.cost;
            memcpy(group_of, c.group_of, n * sizeof *group_of);
        }
    }
    size_t used = drop_empty(n, groups, group_of, c.size);
    qry_free(ctx, product);
    qry_free(ctx, c.size);
    qry_free(ctx, c.distance);
    qry_free(ctx, c.group_of);
    qry_matrix_free(ctx, &c.centres);
    return used;
}
