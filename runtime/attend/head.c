/* head.c: a head is checked, scaled and centred; and the row by the definition, which everything else is held to. */
#include "runtime/attend/attend.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* Squares of entries up to here can be added without overflow. */
static const double largest_entry = 1e140;

static bool check_matrix(qry_ctx *ctx, const qry_array *a, const char *name)
{
    if (a->dims != 2) {
        qry_error(ctx, "%s has %d dimension%s; it must have two", name, a->dims, a->dims == 1 ? "" : "s");
        return false;
    }
    if (a->shape[0] == 0 || a->shape[1] == 0) {
        qry_error(ctx, "%s is empty (%zu x %zu)", name, a->shape[0], a->shape[1]);
        return false;
    }
    if (a->shape[1] > QRY_HEAD_MAX_WIDTH) {
        qry_error(ctx, "%s has %zu columns; at most %d can be handled", name, a->shape[1], QRY_HEAD_MAX_WIDTH);
        return false;
    }
    if (a->count > INT_MAX) {
        qry_error(ctx, "%s has %zu entries; at most %d can be handled", name, a->count, INT_MAX);
        return false;
    }
    for (size_t i = 0; i < a->count; i++)
        if (!(fabs(qry_array_get(a, i)) <= largest_entry)) {
            qry_error(ctx, "%s has the entry %g in row %zu; beyond %g %s", name, qry_array_get(a, i), i / a->shape[1],
                      largest_entry, *name == 'V' ? "sums of values overflow; scale V" : "scores overflow");
            return false;
        }
    return true;
}

static bool check_shapes(qry_ctx *ctx, const qry_array *q, const qry_array *k, const qry_array *v)
{
    if (!check_matrix(ctx, q, "Q") || !check_matrix(ctx, k, "K") || !check_matrix(ctx, v, "V"))
        return false;
    if (q->shape[1] != k->shape[1]) {
        qry_error(ctx, "Q has %zu columns but K has %zu", q->shape[1], k->shape[1]);
        return false;
    }
    if (k->shape[0] != v->shape[0]) {
        qry_error(ctx, "K has %zu rows but V has %zu", k->shape[0], v->shape[0]);
        return false;
    }
    return true;
}

static qry_matrix copy(qry_ctx *ctx, const qry_array *a, double scale)
{
    qry_matrix m = qry_matrix_new(ctx, a->shape[0], a->shape[1]);
    for (size_t i = 0; i < a->count; i++)
        m.at[i] = scale * qry_array_get(a, i);
    return m;
}

/* Takes the mean from every row and leaves it in mean. */
static void centre(qry_matrix a, double *mean)
{
    for (size_t i = 0; i < a.rows; i++)
        qry_add_scaled(a.columns, 1 / (double)a.rows, qry_matrix_row(a, i), mean);
    for (size_t i = 0; i < a.rows; i++)
        qry_add_scaled(a.columns, -1, mean, qry_matrix_row(a, i));
}

static void uncentre(qry_matrix a, double *mean)
{
    for (size_t i = 0; i < a.rows; i++)
        qry_add_scaled(a.columns, 1, mean, qry_matrix_row(a, i));
    for (size_t j = 0; j < a.columns; j++)
        mean[j] = 0;
}

static double longest_row(qry_matrix a)
{
    double longest = 0;
    for (size_t i = 0; i < a.rows; i++)
        longest = fmax(longest, qry_norm(a.columns, qry_matrix_row(a, i)));
    return longest;
}

qry_head *qry_head_new(qry_ctx *ctx, const qry_array *q, const qry_array *k, const qry_array *v, double scale,
                       bool centred)
{
    if (!check_shapes(ctx, q, k, v))
        return NULL;
    qry_memory_require(ctx, 8.0 * ((double)q->count + (double)k->count + (double)v->count), "the head");
    qry_head *head = qry_alloc(ctx, 1, sizeof *head);
    *head = (qry_head){.ctx = ctx, .rows = q->shape[0], .keys = k->shape[0]};
    head->width = k->shape[1];
    head->value_width = v->shape[1];
    head->scale = scale != 0 ? scale : 1 / sqrt((double)head->width);
    head->q = copy(ctx, q, head->scale);
    head->k = copy(ctx, k, 1);
    head->v = copy(ctx, v, 1);
    head->key_mean = qry_alloc(ctx, head->width, sizeof(double));
    head->value_mean = qry_alloc(ctx, head->value_width, sizeof(double));
    head->offset = qry_alloc(ctx, head->rows, sizeof(double));
    centre(head->v, head->value_mean);
    head->value_radius = longest_row(head->v);
    if (centred) {
        centre(head->k, head->key_mean);
        qry_matrix_apply(head->q, false, head->key_mean, head->offset);
    } else {
        uncentre(head->v, head->value_mean);
    }
    head->longest_key = longest_row(head->k);
    head->longest_value = longest_row(head->v);
    double largest_score = longest_row(head->q) * head->longest_key;
    if (!(largest_score <= largest_entry)) {
        qry_error(ctx, "scores may reach %g; beyond %g they overflow", largest_score, largest_entry);
        qry_head_free(head);
        return NULL;
    }
    return head;
}

static double *copy_numbers(qry_ctx *ctx, const double *from, size_t count)
{
    double *to = qry_alloc(ctx, count, sizeof *to);
    memcpy(to, from, count * sizeof *to);
    return to;
}

qry_head *qry_head_of_queries(qry_ctx *ctx, const qry_array *q, double scale, const qry_head *others)
{
    if (!check_matrix(ctx, q, "Q"))
        return NULL;
    if (q->shape[1] != others->width) {
        qry_error(ctx, "Q has %zu columns but the keys had %zu", q->shape[1], others->width);
        return NULL;
    }
    qry_memory_require(ctx, 8.0 * (double)q->count, "the queries");
    qry_head *head = qry_alloc(ctx, 1, sizeof *head);
    *head = *others;
    head->ctx = ctx;
    head->rows = q->shape[0];
    head->scale = scale;
    head->q = copy(ctx, q, scale);
    head->k = head->v = (qry_matrix){0};
    head->key_mean = copy_numbers(ctx, others->key_mean, head->width);
    head->value_mean = copy_numbers(ctx, others->value_mean, head->value_width);
    head->offset = qry_alloc(ctx, head->rows, sizeof(double));
    qry_matrix_apply(head->q, false, head->key_mean, head->offset);
    double largest_score = longest_row(head->q) * fmax(head->longest_key, qry_norm(head->width, head->key_mean));
    if (largest_score <= largest_entry)
        return head;
    qry_error(ctx, "scores may reach %g; beyond %g they overflow", largest_score, largest_entry);
    qry_head_free(head);
    return NULL;
}

void qry_head_free(qry_head *head)
{
    if (!head)
        return;
    qry_ctx *ctx = head->ctx;
    qry_matrix_free(ctx, &head->q);
    qry_matrix_free(ctx, &head->k);
    qry_matrix_free(ctx, &head->v);
    qry_free(ctx, head->key_mean);
    qry_free(ctx, head->value_mean);
    qry_free(ctx, head->offset);
    qry_free(ctx, head);
}

double qry_head_score(const qry_head *head, size_t row, size_t key)
{
    return qry_dot(head->width, qry_matrix_row(head->q, row), qry_matrix_row(head->k, key));
}

size_t qry_head_keys_of(const qry_head *head, size_t row)
{
    qry_must(row < head->rows);
    return head->causal ? row + 1 : head->keys;
}

void qry_head_exact(const qry_head *head, size_t row, double *scores, double *output, double *normaliser, double *shift)
{
    size_t keys = qry_head_keys_of(head, row);
    qry_matrix_apply(qry_matrix_rows(head->k, 0, keys), false, qry_matrix_row(head->q, row), scores);
    double top = scores[0], sum = 0;
    for (size_t j = 1; j < keys; j++)
        top = fmax(top, scores[j]);
    for (size_t i = 0; i < head->value_width; i++)
        output[i] = 0;
    for (size_t j = 0; j < keys; j++) {
        scores[j] -= top;
        double weight = exp(scores[j]);
        sum += weight;
        qry_add_scaled(head->value_width, weight, qry_matrix_row(head->v, j), output);
    }
    for (size_t i = 0; i < head->value_width; i++)
        output[i] = head->value_mean[i] + output[i] / sum;
    *normaliser = sum;
    *shift = top + head->offset[row];
}
