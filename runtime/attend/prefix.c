/* prefix.c: the moments of the first keys alone, for rows that attend to no others (docs/bounds.md, 14). A key changes its
 * group's means, and the sums about them by a product of what it differs from the mean before (Welford 1962): nothing
 * cancels. */
#include "runtime/attend/attend.h"

#include <math.h>
#include <string.h>

enum { STRETCH = 1024 /* keys between two looks at an interrupt */ };

qry_moments *qry_moments_prefix(qry_ctx *ctx, const qry_moments *whole)
{
    qry_must(!whole->whole);
    qry_moments *m = qry_alloc(ctx, 1, sizeof *m);
    *m = (qry_moments){.ctx = ctx,
                       .head = whole->head,
                       .whole = whole,
                       .groups = whole->groups,
                       .group_of = whole->group_of,
                       .members = whole->members,
                       .first = whole->first};
    qry_moments_make_room(m);
    m->reach = qry_alloc(ctx, m->groups, sizeof *m->reach);
    return m;
}

static void start_over(qry_moments *m)
{
    size_t d = m->head->width, dv = m->head->value_width, groups = m->groups;
    m->keys = 0;
    memset(m->size, 0, groups * sizeof *m->size);
    memset(m->key_mean.at, 0, groups * d * sizeof(double));
    memset(m->value_mean.at, 0, groups * dv * sizeof(double));
    memset(m->scatter.at, 0, groups * d * d * sizeof(double));
    memset(m->cross.at, 0, groups * dv * d * sizeof(double));
    memset(m->spread.at, 0, groups * dv * dv * sizeof(double));
    memset(m->energy, 0, groups * sizeof *m->energy);
    memset(m->radius, 0, groups * sizeof *m->radius);
    memset(m->reach, 0, groups * sizeof *m->reach);
}

/* a += t x y^T */
static void add_product(qry_matrix a, double t, const double *x, const double *y)
{
    for (size_t i = 0; i < a.rows; i++)
        qry_add_scaled(a.columns, t * x[i], y, qry_matrix_row(a, i));
}

/* a - b */
static void subtract(size_t n, const double *a, const double *b, double *difference)
{
    for (size_t i = 0; i < n; i++)
        difference[i] = a[i] - b[i];
}

/* The radius is taken by way of a point that stays where it is, so that no other key of the group need be looked at. */
static void widen(qry_moments *m, size_t c, const double *key, double *difference)
{
    size_t d = m->head->width;
    const double *anchor = qry_matrix_row(m->whole->key_mean, c);
    subtract(d, key, anchor, difference);
    m->reach[c] = fmax(m->reach[c], qry_norm(d, difference));
    subtract(d, qry_matrix_row(m->key_mean, c), anchor, difference);
    m->radius[c] = m->size[c] > 1 ? m->reach[c] + qry_norm(d, difference) : 0;
}

/* key_room, value_room: numbers for one difference each. */
static void add_key(qry_moments *m, size_t key, double *key_room, double *value_room)
{
    const qry_head *head = m->head;
    size_t d = head->width, dv = head->value_width, c = m->group_of[key];
    const double *k = qry_matrix_row(head->k, key), *v = qry_matrix_row(head->v, key);
    double *key_mean = qry_matrix_row(m->key_mean, c), *value_mean = qry_matrix_row(m->value_mean, c);
    double count = (double)++m->size[c], part = (count - 1) / count;
    subtract(d, k, key_mean, key_room);
    subtract(dv, v, value_mean, value_room);
    add_product(qry_matrix_rows(m->scatter, c * d, d), part, key_room, key_room);
    add_product(qry_matrix_rows(m->cross, c * dv, dv), part, value_room, key_room);
    add_product((qry_matrix){qry_matrix_row(m->spread, c), dv, dv}, part, value_room, value_room);
    m->energy[c] += part * qry_dot(dv, value_room, value_room);
    qry_add_scaled(d, 1 / count, key_room, key_mean);
    qry_add_scaled(dv, 1 / count, value_room, value_mean);
    widen(m, c, k, key_room);
}

void qry_moments_extend(qry_moments *m, size_t keys)
{
    qry_must(m->whole && keys <= m->head->keys);
    if (keys < m->keys)
        start_over(m);
    double *key_room = qry_alloc(m->ctx, m->head->width, sizeof *key_room);
    double *value_room = qry_alloc(m->ctx, m->head->value_width, sizeof *value_room);
    for (; m->keys < keys; m->keys++) {
        if (m->keys % STRETCH == 0)
            qry_check_interrupt(m->ctx);
        add_key(m, m->keys, key_room, value_room);
    }
    qry_free(m->ctx, key_room);
    qry_free(m->ctx, value_room);
}
