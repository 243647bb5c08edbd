/* ball_tree.c: a static tree of balls. Points are halved at the median along the direction in which they spread most, which
 * makes smaller balls than the widest coordinate does. */
#include "runtime/halfspace/ball_tree.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROUNDS = 3,   /* of the power iteration for that direction */
    SAMPLE = 1024 /* about so many points are enough for it */
};

/* Far more than the rounding errors of a product, a length and what is made of them, relative to the lengths of their
 * factors (README.md). */
static double slack(size_t width) { return 0x1p-49 * (double)(width + 8); }

struct builder {
    qry_ball_tree *tree;
    size_t width;
    double *difference, *direction, *next; /* width numbers each */
};

/* ---- balls ---- */

static const double *away(const struct builder *b, const double *centre, size_t i)
{
    const double *point = b->tree->entry[i].point;
    for (size_t c = 0; c < b->width; c++)
        b->difference[c] = point[c] - centre[c];
    return b->difference;
}

/* Leaves the way to the point farthest from the centre in b->direction. */
static void measure(const struct builder *b, qry_ball_node *node, double *centre)
{
    const qry_ball_entry *entry = b->tree->entry;
    double farthest = 0;
    node->least = entry[node->first].id;
    memset(b->direction, 0, b->width * sizeof(double));
    for (size_t i = node->first; i < node->first + node->count; i++) {
        qry_add_scaled(b->width, 1 / (double)node->count, entry[i].point, centre);
        node->least = entry[i].id < node->least ? entry[i].id : node->least;
    }
    for (size_t i = node->first; i < node->first + node->count; i++) {
        double distance = qry_norm(b->width, away(b, centre, i));
        if (distance > farthest) {
            farthest = distance;
            memcpy(b->direction, b->difference, b->width * sizeof(double));
        }
    }
    node->radius = farthest * (1 + slack(b->width));
    node->size = (qry_norm(b->width, centre) + node->radius) * (1 + slack(b->width));
}

/* ---- halving ---- */

static bool scale_to_one(size_t n, double *x)
{
    double length = qry_norm(n, x);
    if (!(length > 0 && isfinite(length)))
        return false;
    for (size_t i = 0; i < n; i++)
        x[i] /= length;
    return true;
}

/* From the way to the farthest point towards the direction of largest spread. */
static void turn_direction(const struct builder *b, const qry_ball_node *node, const double *centre)
{
    bool turned = scale_to_one(b->width, b->direction);
    size_t step = 1 + node->count / SAMPLE;
    for (int round = 0; round < ROUNDS && turned; round++) {
        memset(b->next, 0, b->width * sizeof(double));
        for (size_t i = node->first; i < node->first + node->count; i += step) {
            const double *x = away(b, centre, i);
            qry_add_scaled(b->width, qry_dot(b->width, x, b->direction) / node->radius, x, b->next);
        }
        turned = scale_to_one(b->width, b->next);
        if (turned)
            memcpy(b->direction, b->next, b->width * sizeof(double));
    }
}

static int by_direction(const void *a, const void *b)
{
    const qry_ball_entry *x = a, *y = b;
    return x->along != y->along ? (x->along > y->along) - (x->along < y->along) : (x->id > y->id) - (x->id < y->id);
}

static uint32_t build(const struct builder *b, size_t first, size_t count)
{
    qry_ball_tree *tree = b->tree;
    uint32_t number = tree->node_count++;
    qry_ball_node *node = &tree->node[number];
    double *centre = qry_matrix_row(tree->centre, number);
    *node = (qry_ball_node){.first = first, .count = count, .live = count};
    measure(b, node, centre);
    if (count <= QRY_BALL_LEAF)
        return number;
    turn_direction(b, node, centre);
    for (size_t i = first; i < first + count; i++)
        tree->entry[i].along = qry_dot(b->width, away(b, centre, i), b->direction);
    qsort(tree->entry + first, count, sizeof *tree->entry, by_direction);
    build(b, first, count / 2);
    node->other = build(b, first + count / 2, count - count / 2);
    return number;
}

qry_ball_tree *qry_ball_tree_new(qry_ctx *ctx, size_t width, qry_ball_entry *entries, size_t count)
{
    qry_must(count > 0);
    qry_ball_tree *tree = qry_alloc(ctx, 1, sizeof *tree);
    *tree = (qry_ball_tree){.count = count, .live = count, .entry = entries};
    size_t leaves = 1; /* halves of more than LEAF points have at least LEAF / 2: */
    while (count > QRY_BALL_LEAF * leaves)
        leaves *= 2;
    tree->node = qry_alloc(ctx, 2 * leaves, sizeof *tree->node);
    tree->centre = qry_matrix_new(ctx, 2 * leaves, width);
    struct builder b = {tree, width, qry_alloc(ctx, width, sizeof(double)), qry_alloc(ctx, width, sizeof(double)),
                        qry_alloc(ctx, width, sizeof(double))};
    build(&b, 0, count);
    qry_free(ctx, b.difference);
    qry_free(ctx, b.direction);
    qry_free(ctx, b.next);
    return tree;
}

void qry_ball_tree_free(qry_ctx *ctx, qry_ball_tree *tree)
{
    if (!tree)
        return;
    qry_free(ctx, tree->entry);
    qry_free(ctx, tree->node);
    qry_matrix_free(ctx, &tree->centre);
    qry_free(ctx, tree);
}

void qry_ball_tree_remove(qry_ball_tree *tree, size_t place)
{
    uint32_t number = 0;
    qry_must(place < tree->count && tree->entry[place].point);
    tree->entry[place].point = NULL;
    tree->live--;
    for (;;) {
        qry_ball_node *node = &tree->node[number];
        node->live--;
        if (!node->other)
            return;
        number = place < tree->node[node->other].first ? number + 1 : node->other;
    }
}

/* ---- what a ball says of scores ---- */

qry_ball_query qry_ball_query_of(const double *direction, size_t width, size_t end)
{
    return (qry_ball_query){direction, width, end, qry_norm(width, direction) * (1 + slack(width))};
}

void qry_ball_tree_limits(const qry_ball_tree *tree, uint32_t node, const qry_ball_query *query, double *low,
                          double *high)
{
    const qry_ball_node *n = &tree->node[node];
    double score = qry_dot(query->width, query->direction, qry_matrix_row(tree->centre, node));
    double margin = query->length * (n->radius + slack(query->width) * n->size);
    margin += (double)(query->width + 8) * DBL_MIN; /* of products that vanish */
    *low = score - margin;
    *high = score + margin;
}
