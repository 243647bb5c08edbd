/* report.c: which points score high. With a known threshold the trees are gone through from their roots; where the threshold
 * follows from the scores, nodes are taken in the order of what their points may score at most, so that none is opened that
 * the last threshold would have left out. */
#include "runtime/halfspace/ball_tree.h"

#include <math.h>

qry_halfspace_hits *qry_halfspace_hits_new(qry_ctx *ctx)
{
    qry_halfspace_hits *hits = qry_alloc(ctx, 1, sizeof *hits);
    hits->ctx = ctx;
    return hits;
}

void qry_halfspace_hits_free(qry_halfspace_hits *hits)
{
    if (!hits)
        return;
    qry_free(hits->ctx, hits->hit);
    qry_free(hits->ctx, hits->queue);
    qry_free(hits->ctx, hits->kept);
    qry_free(hits->ctx, hits);
}

static void begin(qry_halfspace_hits *hits)
{
    hits->count = hits->queue_count = hits->kept_count = 0;
    hits->nodes = hits->scores = 0;
}

static void report(qry_halfspace_hits *hits, uint32_t id, double score)
{
    QRY_GROW(hits->ctx, hits->hit, hits->room, hits->count + 1);
    hits->hit[hits->count++] = (qry_halfspace_hit){id, score};
}

/* ---- all above a threshold ---- */

struct search {
    const qry_ball_tree *tree;
    qry_ball_query query;
    double threshold;
    qry_halfspace_hits *hits;
};

static void report_all(const struct search *s, const qry_ball_node *node)
{
    for (size_t i = node->first; i < node->first + node->count; i++) {
        const qry_ball_entry *e = &s->tree->entry[i];
        if (e->point && e->id < s->query.end)
            report(s->hits, e->id, NAN);
    }
}

static void report_entries(const struct search *s, const qry_ball_entry *entry, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!entry[i].point || entry[i].id >= s->query.end)
            continue;
        double score = qry_dot(s->query.width, s->query.direction, entry[i].point);
        s->hits->scores++;
        if (score >= s->threshold)
            report(s->hits, entry[i].id, score);
    }
}

static void report_node(const struct search *s, uint32_t number)
{
    const qry_ball_node *node = &s->tree->node[number];
    double low, high;
    if (node->live == 0 || node->least >= s->query.end)
        return;
    s->hits->nodes++;
    qry_ball_tree_limits(s->tree, number, &s->query, &low, &high);
    if (high < s->threshold)
        return;
    if (low >= s->threshold) {
        report_all(s, node);
    } else if (node->other) {
        report_node(s, number + 1);
        report_node(s, node->other);
    } else {
        report_entries(s, s->tree->entry + node->first, node->count);
    }
}

void qry_halfspace_query(const qry_halfspace *h, const double *direction, double threshold, size_t end,
                         qry_halfspace_hits *hits)
{
    struct search s = {.query = qry_ball_query_of(direction, h->width, end), .threshold = threshold, .hits = hits};
    begin(hits);
    report_entries(&s, h->buffer, h->buffered);
    for (size_t l = 0; l < h->levels; l++)
        if (h->level[l]) {
            s.tree = h->level[l];
            report_node(&s, 0);
        }
}

/* ---- heaps ---- */

/* Of the queue: a node and what its points may score at most. Of what is kept: a point and its score, negative. */
typedef struct qry_halfspace_item {
    double rank;
    uint32_t id, level;
} item;

/* Of two points of one score the one with the higher id leaves first. */
static bool comes_first(item a, item b) { return a.rank > b.rank || (a.rank == b.rank && a.id > b.id); }

static void push(item *heap, size_t count, item x)
{
    size_t i = count;
    for (; i > 0 && comes_first(x, heap[(i - 1) / 2]); i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = x;
}

/* Takes the first away; `count` are left. */
static item pop(item *heap, size_t count)
{
    item first = heap[0], x = heap[count];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < count; i = child) {
        if (child + 1 < count && comes_first(heap[child + 1], heap[child]))
            child++;
        if (!comes_first(heap[child], x))
            break;
        heap[i] = heap[child];
    }
    heap[i] = x;
    return first;
}

/* ---- a threshold that rises ---- */

struct climb {
    const qry_halfspace *h;
    qry_ball_query query;
    qry_halfspace_hits *hits;
    size_t most; /* points to keep; 0: those within the drop */
    double drop;
    double threshold; /* so far */
};

static void add_node(struct climb *c, size_t level, uint32_t number)
{
    qry_halfspace_hits *hits = c->hits;
    const qry_ball_node *node = &c->h->level[level]->node[number];
    double low, high;
    if (node->live == 0 || node->least >= c->query.end)
        return;
    hits->nodes++;
    qry_ball_tree_limits(c->h->level[level], number, &c->query, &low, &high);
    if (high < c->threshold)
        return;
    QRY_GROW(hits->ctx, hits->queue, hits->queue_room, hits->queue_count + 1);
    push(hits->queue, hits->queue_count++, (item){isnan(high) ? INFINITY : high, number, (uint32_t)level});
}

static void keep(struct climb *c, uint32_t id, double score)
{
    qry_halfspace_hits *hits = c->hits;
    if (score < c->threshold)
        return;
    if (!c->most) {
        report(hits, id, score);
        c->threshold = fmax(c->threshold, score - c->drop);
        return;
    }
    QRY_GROW(hits->ctx, hits->kept, hits->kept_room, hits->kept_count + 1);
    push(hits->kept, hits->kept_count++, (item){-score, id, 0});
    if (hits->kept_count > c->most) {
        hits->kept_count--;
        pop(hits->kept, hits->kept_count);
    }
    if (hits->kept_count == c->most)
        c->threshold = -hits->kept[0].rank;
}

static void keep_entries(struct climb *c, const qry_ball_entry *entry, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (entry[i].point && entry[i].id < c->query.end) {
            c->hits->scores++;
            keep(c, entry[i].id, qry_dot(c->query.width, c->query.direction, entry[i].point));
        }
}

static void climb(struct climb *c)
{
    const qry_halfspace *h = c->h;
    qry_halfspace_hits *hits = c->hits;
    begin(hits);
    keep_entries(c, h->buffer, h->buffered);
    for (size_t l = 0; l < h->levels; l++)
        if (h->level[l])
            add_node(c, l, 0);
    while (hits->queue_count > 0) {
        hits->queue_count--;
        item next = pop(hits->queue, hits->queue_count);
        if (next.rank < c->threshold)
            return;
        const qry_ball_tree *tree = h->level[next.level];
        const qry_ball_node *node = &tree->node[next.id];
        if (node->other) {
            add_node(c, next.level, next.id + 1);
            add_node(c, next.level, node->other);
        } else {
            keep_entries(c, tree->entry + node->first, node->count);
        }
    }
}

void qry_halfspace_within(const qry_halfspace *h, const double *direction, double drop, size_t end,
                          qry_halfspace_hits *hits)
{
    qry_must(drop >= 0);
    struct climb c = {.h = h,
                      .query = qry_ball_query_of(direction, h->width, end),
                      .hits = hits,
                      .drop = drop,
                      .threshold = -INFINITY};
    climb(&c);
    size_t count = 0;
    for (size_t i = 0; i < hits->count; i++)
        if (hits->hit[i].score >= c.threshold)
            hits->hit[count++] = hits->hit[i];
    hits->count = count;
}

void qry_halfspace_best(const qry_halfspace *h, const double *direction, size_t count, size_t end,
                        qry_halfspace_hits *hits)
{
    begin(hits);
    if (count == 0)
        return;
    struct climb c = {.h = h,
                      .query = qry_ball_query_of(direction, h->width, end),
                      .hits = hits,
                      .most = count,
                      .threshold = -INFINITY};
    climb(&c);
    for (size_t i = 0; i < hits->kept_count; i++)
        report(hits, 0, 0);
    while (hits->kept_count > 0) {
        item worst = pop(hits->kept, --hits->kept_count);
        hits->hit[hits->kept_count] = (qry_halfspace_hit){worst.id, -worst.rank};
    }
}
