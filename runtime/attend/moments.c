/* moments.c: what is computed once a head, so that a row needs the keys no more. Moments are about the means of their
 * groups: nothing cancels when a row's variance is taken from them. */
#include "runtime/attend/attend.h"

#include <math.h>
#include <string.h>

size_t qry_default_groups(size_t keys)
{
    size_t groups = (size_t)lround(sqrt(2 * (double)keys));
    return groups < 1 ? 1 : groups > keys ? keys : groups;
}

/* The queries in units of the longest: squares of large ones would overflow, those of small ones vanish. */
static qry_matrix scaled_queries(const qry_head *head)
{
    qry_matrix q = qry_matrix_new(head->ctx, head->rows, head->width);
    double longest = 0;
    for (size_t i = 0; i < head->rows; i++)
        longest = fmax(longest, qry_norm(head->width, qry_matrix_row(head->q, i)));
    for (size_t i = 0; i < head->rows * head->width && longest > 0; i++)
        q.at[i] = head->q.at[i] / longest;
    return q;
}

/* Keys in coordinates in which the square of a distance is the mean over the queries of the squared difference of their
 * scores, up to a factor: along the eigenvectors of Q^T Q / rows, times the roots of the eigenvalues. */
static qry_matrix score_coordinates(const qry_head *head)
{
    qry_ctx *ctx = head->ctx;
    size_t d = head->width;
    qry_matrix metric = qry_matrix_new(ctx, d, d), points = qry_matrix_new(ctx, head->keys, d);
    double *values = qry_alloc(ctx, d, sizeof *values);
    qry_matrix q = scaled_queries(head);
    qry_matrix_multiply(1 / (double)head->rows, q, true, q, false, 0, metric);
    qry_matrix_free(ctx, &q);
    qry_matrix_eigen(ctx, metric, values);
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            qry_matrix_row(metric, i)[j] *= sqrt(fmax(values[i], 0));
    qry_matrix_multiply(1, head->k, false, metric, true, 0, points);
    qry_free(ctx, values);
    qry_matrix_free(ctx, &metric);
    return points;
}

static void list_members(qry_moments *m)
{
    for (size_t j = 0; j < m->head->keys; j++)
        m->first[m->group_of[j] + 1]++;
    for (size_t c = 0; c < m->groups; c++)
        m->first[c + 1] += m->first[c];
    size_t *next = qry_alloc(m->head->ctx, m->groups, sizeof *next);
    memcpy(next, m->first, m->groups * sizeof *next);
    for (size_t j = 0; j < m->head->keys; j++)
        m->members[next[m->group_of[j]]++] = (uint32_t)j;
    qry_free(m->head->ctx, next);
    for (size_t c = 0; c < m->groups; c++)
        m->size[c] = m->first[c + 1] - m->first[c];
}

/* The members' rows of `all`, less their mean, which is left in mean. */
static qry_matrix centred_members(const qry_moments *m, size_t group, qry_matrix all, double *mean, double *room)
{
    size_t count = m->size[group];
    const uint32_t *member = m->members + m->first[group];
    qry_matrix part = {room, count, all.columns};
    for (size_t i = 0; i < count; i++)
        qry_add_scaled(all.columns, 1 / (double)count, qry_matrix_row(all, member[i]), mean);
    for (size_t i = 0; i < count; i++) {
        memcpy(qry_matrix_row(part, i), qry_matrix_row(all, member[i]), all.columns * sizeof(double));
        qry_add_scaled(all.columns, -1, mean, qry_matrix_row(part, i));
    }
    return part;
}

static void sum_group(qry_moments *m, size_t c, double *key_room, double *value_room)
{
    const qry_head *head = m->head;
    size_t d = head->width, dv = head->value_width;
    qry_matrix keys = centred_members(m, c, head->k, qry_matrix_row(m->key_mean, c), key_room);
    qry_matrix values = centred_members(m, c, head->v, qry_matrix_row(m->value_mean, c), value_room);
    qry_matrix spread = {qry_matrix_row(m->spread, c), dv, dv};
    qry_matrix_multiply(1, keys, true, keys, false, 0, qry_matrix_rows(m->scatter, c * d, d));
    qry_matrix_multiply(1, values, true, keys, false, 0, qry_matrix_rows(m->cross, c * dv, dv));
    qry_matrix_multiply(1, values, true, values, false, 0, spread);
    for (size_t i = 0; i < dv; i++)
        m->energy[c] += spread.at[i * dv + i];
    for (size_t i = 0; i < keys.rows; i++)
        m->radius[c] = fmax(m->radius[c], qry_norm(d, qry_matrix_row(keys, i)));
}

void qry_moments_make_room(qry_moments *m)
{
    size_t d = m->head->width, dv = m->head->value_width;
    qry_memory_require(m->ctx, 8.0 * (double)m->groups * (double)(d * d + d * dv + dv * dv), "the groups' moments");
    m->size = qry_alloc(m->ctx, m->groups, sizeof *m->size);
    m->key_mean = qry_matrix_new(m->ctx, m->groups, d);
    m->value_mean = qry_matrix_new(m->ctx, m->groups, dv);
    m->scatter = qry_matrix_new(m->ctx, m->groups * d, d);
    m->cross = qry_matrix_new(m->ctx, m->groups * dv, d);
    m->spread = qry_matrix_new(m->ctx, m->groups, dv * dv);
    m->energy = qry_alloc(m->ctx, m->groups, sizeof *m->energy);
    m->radius = qry_alloc(m->ctx, m->groups, sizeof *m->radius);
}

qry_moments *qry_moments_new(const qry_head *head, size_t groups, uint64_t seed)
{
    qry_ctx *ctx = head->ctx;
    size_t n = head->keys, d = head->width, dv = head->value_width;
    qry_moments *m = qry_alloc(ctx, 1, sizeof *m);
    m->ctx = ctx;
    m->head = head;
    m->keys = n;
    m->group_of = qry_alloc(ctx, n, sizeof *m->group_of);
    m->members = qry_alloc(ctx, n, sizeof *m->members);
    qry_matrix points = score_coordinates(head);
    m->groups = qry_cluster(ctx, points, groups ? groups : qry_default_groups(n), seed, m->group_of);
    qry_matrix_free(ctx, &points);
    m->first = qry_alloc(ctx, m->groups + 1, sizeof *m->first);
    qry_moments_make_room(m);
    list_members(m);
    size_t largest = 0;
    for (size_t c = 0; c < m->groups; c++)
        largest = m->size[c] > largest ? m->size[c] : largest;
    double *key_room = qry_alloc(ctx, largest, d * sizeof *key_room);
    double *value_room = qry_alloc(ctx, largest, dv * sizeof *value_room);
    for (size_t c = 0; c < m->groups; c++)
        sum_group(m, c, key_room, value_room);
    qry_free(ctx, key_room);
    qry_free(ctx, value_room);
    return m;
}

void qry_moments_free(qry_moments *moments)
{
    if (!moments)
        return;
    qry_ctx *ctx = moments->ctx;
    if (!moments->whole) {
        qry_free(ctx, moments->group_of);
        qry_free(ctx, moments->members);
        qry_free(ctx, moments->first);
    }
    qry_free(ctx, moments->reach);
    qry_free(ctx, moments->size);
    qry_matrix_free(ctx, &moments->key_mean);
    qry_matrix_free(ctx, &moments->value_mean);
    qry_matrix_free(ctx, &moments->scatter);
    qry_matrix_free(ctx, &moments->cross);
    qry_matrix_free(ctx, &moments->spread);
    qry_free(ctx, moments->energy);
    qry_free(ctx, moments->radius);
    qry_free(ctx, moments);
}
