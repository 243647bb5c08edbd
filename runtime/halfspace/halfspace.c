/* halfspace.c: points that come and go, in static trees of doubling size. */
#include "runtime/halfspace/ball_tree.h"

#include <string.h>

struct place {
    bool is_there;
    int32_t level; /* -1: in the buffer */
    size_t at;     /* in the buffer, or among the tree's entries */
};

enum { BUFFER = -1 };

qry_halfspace *qry_halfspace_new(qry_ctx *ctx, size_t width)
{
    qry_must(width > 0);
    qry_halfspace *h = qry_alloc(ctx, 1, sizeof *h);
    h->ctx = ctx;
    h->width = width;
    return h;
}

void qry_halfspace_free(qry_halfspace *h)
{
    if (!h)
        return;
    for (size_t l = 0; l < h->levels; l++)
        qry_ball_tree_free(h->ctx, h->level[l]);
    qry_free(h->ctx, h->level);
    qry_free(h->ctx, h->place);
    qry_free(h->ctx, h);
}

size_t qry_halfspace_count(const qry_halfspace *h) { return h->live + h->buffered; }

/* ---- merging ---- */

static size_t room_of(size_t level) { return (size_t)QRY_BALL_LEAF << level; }

/* Moves what is left of a tree behind the entries that are there. */
static size_t drain(qry_halfspace *h, size_t level, qry_ball_entry *to)
{
    qry_ball_tree *tree = h->level[level];
    size_t count = 0;
    if (!tree)
        return 0;
    for (size_t i = 0; i < tree->count; i++)
        if (tree->entry[i].point)
            to[count++] = tree->entry[i];
    h->stored -= tree->count;
    h->live -= count;
    h->level[level] = NULL;
    qry_ball_tree_free(h->ctx, tree);
    return count;
}

static void make_levels(qry_halfspace *h, size_t count)
{
    QRY_GROW(h->ctx, h->level, h->level_room, count);
    while (h->levels < count)
        h->level[h->levels++] = NULL;
}

static void set_tree(qry_halfspace *h, size_t level, qry_ball_entry *entries, size_t count)
{
    if (count == 0) {
        qry_free(h->ctx, entries);
        return;
    }
    make_levels(h, level + 1);
    qry_ball_tree *tree = h->level[level] = qry_ball_tree_new(h->ctx, h->width, entries, count);
    h->stored += count;
    h->live += count;
    for (size_t i = 0; i < count; i++)
        h->place[tree->entry[i].id] = (struct place){true, (int32_t)level, i};
}

/* The buffer and the trees below the first level that is free become one there. */
static void merge(qry_halfspace *h)
{
    size_t level = 0, most = h->buffered;
    for (; level < h->levels && h->level[level]; level++)
        most += h->level[level]->live;
    qry_ball_entry *entries = qry_alloc(h->ctx, most, sizeof *entries);
    memcpy(entries, h->buffer, h->buffered * sizeof *entries);
    size_t count = h->buffered;
    for (size_t l = 0; l < level; l++)
        count += drain(h, l, entries + count);
    h->buffered = 0;
    set_tree(h, level, entries, count);
}

/* One tree of all points, and of more_count others. */
static void rebuild(qry_halfspace *h, const qry_ball_entry *more, size_t more_count)
{
    size_t count = h->buffered + more_count, level = 0;
    qry_ball_entry *entries = qry_alloc(h->ctx, qry_halfspace_count(h) + more_count, sizeof *entries);
    memcpy(entries, h->buffer, h->buffered * sizeof *entries);
    if (more_count)
        memcpy(entries + h->buffered, more, more_count * sizeof *entries);
    for (size_t l = 0; l < h->levels; l++)
        count += drain(h, l, entries + count);
    h->buffered = 0;
    while (room_of(level) < count)
        level++;
    set_tree(h, level, entries, count);
}

/* ---- points come and go ---- */

static void claim(qry_halfspace *h, uint32_t id)
{
    size_t had = h->place_room;
    QRY_GROW(h->ctx, h->place, h->place_room, (size_t)id + 1);
    if (h->place_room > had)
        memset(h->place + had, 0, (h->place_room - had) * sizeof *h->place);
    qry_must(!h->place[id].is_there);
}

void qry_halfspace_insert(qry_halfspace *h, uint32_t id, const double *point)
{
    claim(h, id);
    h->place[id] = (struct place){true, BUFFER, h->buffered};
    h->buffer[h->buffered++] = (qry_ball_entry){.point = point, .id = id};
    if (h->buffered == QRY_BALL_LEAF)
        merge(h);
}

void qry_halfspace_insert_rows(qry_halfspace *h, uint32_t first, qry_matrix points)
{
    qry_must(points.columns == h->width && points.rows <= UINT32_MAX - first);
    qry_ball_entry *more = qry_alloc(h->ctx, points.rows, sizeof *more);
    for (size_t i = 0; i < points.rows; i++) {
        more[i] = (qry_ball_entry){.point = qry_matrix_row(points, i), .id = first + (uint32_t)i};
        claim(h, more[i].id);
    }
    rebuild(h, more, points.rows);
    qry_free(h->ctx, more);
}

bool qry_halfspace_remove(qry_halfspace *h, uint32_t id)
{
    if (id >= h->place_room || !h->place[id].is_there)
        return false;
    struct place *place = &h->place[id];
    place->is_there = false;
    if (place->level == BUFFER) {
        qry_ball_entry last = h->buffer[--h->buffered];
        h->buffer[place->at] = last;
        if (last.id != id)
            h->place[last.id].at = place->at;
        return true;
    }
    qry_ball_tree_remove(h->level[place->level], place->at);
    h->live--;
    if (2 * h->live <= h->stored)
        rebuild(h, NULL, 0);
    return true;
}
