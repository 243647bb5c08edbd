/* answer_rest.c: the keys of a row that a search did not find, by the low-rank kernel. The found keys are landmarks of this row, too
 * (docs/bounds.md, 19): what the landmarks leave of the row is known at these keys, and what follows for the others is added. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "runtime/nystrom/row.h"

/* A found key of which landmarks and found keys before it leave less than this is none; it enters by itself. What rounding
 * does grows with one over its root (widen_rounding), and 10^3 times 2^-50 s d stays far below bounds that say something. */
static const double settled = 1e-6;

/* Terms of the row below e^this, 10^-13, are lost in the rounding of the low-rank kernel, whose entries are up to 1 and known to about
 * 2^-50 times s: the bound would say nothing, and the output be noise. */
static const double faintest = -30;

/* How much larger than the low-rank kernel says the rest is taken to be before the even spread begins: what
 * it sees is a part, and how likely a larger one is, nobody knows. A choice; no bound depends on it. */
static const double most_stretch = 2;

struct keys {
    qry_nystrom_place *place;
    const qry_rest *rest;
    const uint32_t *found;
    size_t count, taken; /* of `count` the first `taken` in `order` became landmarks */
    uint32_t *order;
    double *exact; /* A_j of a key, place's units */
    double *left;  /* what the landmarks leave of it, over L_j */
    qry_matrix u;
    qry_matrix root; /* triangle of what they leave of the found keys' kernel */
    double *part;    /* root^-1 left, of those taken */
};

static void new_keys(struct keys *k)
{
    qry_ctx *ctx = k->place->ctx;
    k->order = qry_alloc(ctx, k->count + 1, sizeof *k->order);
    double **all[] = {&k->exact, &k->left, &k->part};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        *all[i] = qry_alloc(ctx, k->count + 1, sizeof(double));
    k->u = qry_matrix_new(ctx, k->count, k->place->nystrom->landmarks);
    k->root = qry_matrix_new(ctx, k->count, k->count);
}

static void free_keys(struct keys *k)
{
    qry_ctx *ctx = k->place->ctx;
    void *all[] = {k->order, k->exact, k->left, k->part};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        qry_free(ctx, all[i]);
    qry_matrix_free(ctx, &k->u);
    qry_matrix_free(ctx, &k->root);
}

static double weight_of(const struct keys *k, size_t i) { return k->place->nystrom->weight[k->found[i]]; }
/* Else the row says nothing of the key's kernel: its weight is lost, or most of its digits are. */
static bool has_weight(const struct keys *k, size_t i) { return weight_of(k, i) >= DBL_MIN; }

static const double *value_of(const struct keys *k, size_t i)
{
    return qry_matrix_row(k->place->nystrom->head->v, k->found[i]);
}

/* Rows of the found keys, one after the other; what the landmarks leave of each with the query. */
static void measure(struct keys *k)
{
    const qry_nystrom *n = k->place->nystrom;
    double offset = n->head->offset[k->rest->row];
    for (size_t i = 0; i < k->count; i++) {
        double score = qry_head_score(n->head, k->rest->row, k->found[i]) + offset, weight = weight_of(k, i);
        qry_nystrom_solve_keys(n, k->found[i], qry_matrix_rows(k->u, i, 1));
        k->exact[i] = exp(fmin(score - k->place->shift, 0));
        double low_rank = qry_dot(n->landmarks, k->place->u, qry_matrix_row(k->u, i));
        k->left[i] = has_weight(k, i) ? k->exact[i] / weight - low_rank : 0;
    }
}

/* The kernel of the found keys less the landmarks' part, factored: those that are left become landmarks. */
static void take(struct keys *k)
{
    const qry_nystrom *n = k->place->nystrom;
    qry_ctx *ctx = k->place->ctx;
    for (size_t i = 0; i < k->count; i++)
        k->order[i] = (uint32_t)i;
    if (!n->image.at || k->count == 0)
        return;
    for (size_t i = 0; i < k->count; i++) {
        const double *x = qry_matrix_row(n->kernel->point, n->kernel->queries + k->found[i]);
        for (size_t j = 0; j <= i; j++) {
            const double *y = qry_matrix_row(n->kernel->point, n->kernel->queries + k->found[j]);
            double squares = qry_dot(n->width, x, x) + qry_dot(n->width, y, y), product = qry_dot(n->width, x, y);
            k->root.at[i * k->count + j] = exp(-qry_kernel_distance(n->width, x, y, squares, product) / 2);
        }
    }
    qry_matrix_multiply(-1, k->u, false, k->u, true, 1, k->root);
    for (size_t i = 0; i < k->count; i++)
        for (size_t j = 0; j < k->count && !has_weight(k, i); j++)
            k->root.at[i * k->count + j] = k->root.at[j * k->count + i] = 0;
    k->taken = qry_matrix_cholesky(ctx, k->root, settled, k->order);
}

/* The taken keys' coefficients, root^-T part, multiply the rounding of their rows; of another key they are at most those of a unit
 * vector, over the root of `settled`. */
static void widen_rounding(struct keys *k)
{
    qry_nystrom_place *p = k->place;
    if (k->taken == 0)
        return;
    double *coefficient = qry_alloc(p->ctx, k->taken, sizeof *coefficient), length;
    memcpy(coefficient, k->part, k->taken * sizeof *coefficient);
    qry_matrix root = {k->root.at, k->taken, k->taken};
    if (k->taken < k->count) { /* rows of the whole triangle are longer */
        root = qry_matrix_new(p->ctx, k->taken, k->taken);
        for (size_t i = 0; i < k->taken; i++)
            memcpy(qry_matrix_row(root, i), qry_matrix_row(k->root, i), k->taken * sizeof(double));
    }
    qry_matrix_solve(root, true, (qry_matrix){coefficient, 1, k->taken});
    length = qry_norm(k->taken, coefficient) * sqrt((double)k->taken);
    p->own += length * p->nystrom->certificate.slope;
    p->unit *= 1 + sqrt((double)k->taken / settled);
    if (k->taken < k->count)
        qry_matrix_free(p->ctx, &root);
    qry_free(p->ctx, coefficient);
}

/* Adds what follows from the taken keys: to the sums, the residual, and what limits the others. */
static void condition(struct keys *k)
{
    qry_nystrom_place *p = k->place;
    const qry_nystrom *n = p->nystrom;
    size_t width = n->value_width + 1;
    qry_matrix images = qry_matrix_new(p->ctx, k->taken, width);
    for (size_t i = 0; i < k->taken; i++) {
        const double *row = qry_matrix_row(k->root, i);
        double rest = k->left[k->order[i]];
        double *image = qry_matrix_row(images, i);
        memcpy(image, qry_matrix_row(n->image, k->found[k->order[i]]), width * sizeof *image);
        for (size_t j = 0; j < i; j++) {
            rest -= row[j] * k->part[j];
            qry_add_scaled(width, -row[j], qry_matrix_row(images, j), image);
        }
        for (size_t c = 0; c < width; c++)
            image[c] /= row[i];
        k->part[i] = rest / row[i];
        p->residual -= k->part[i] * k->part[i];
        p->total += k->part[i] * image[0];
        qry_add_scaled(n->value_width, k->part[i], image + 1, p->value);
    }
    p->residual = fmax(p->residual, 0);
    p->least_top = 0;
    widen_rounding(k);
    qry_matrix_multiply(-1, images, true, images, false, 1, p->left);
    qry_matrix_free(p->ctx, &images);
}

/* What is still missing of the found keys that were not taken enters as it is. Returns their sum; values in to. */
static double add_others(const struct keys *k, double *to)
{
    qry_nystrom_place *p = k->place;
    size_t dv = p->nystrom->value_width;
    double sum = 0;
    memset(to, 0, dv * sizeof *to);
    for (size_t i = k->taken; i < k->count; i++) {
        double known = qry_dot(k->taken, qry_matrix_row(k->root, i), k->part);
        double missing = (k->left[k->order[i]] - known) * weight_of(k, k->order[i]);
        sum += missing;
        qry_add_scaled(dv, missing, value_of(k, k->order[i]), to);
    }
    p->total += sum;
    qry_add_scaled(dv, 1, to, p->value);
    return sum;
}

/* How much the rest weighs, likely, in the rest's units; mean: what its values are on average. */
static double likely_rest(const qry_rest *rest, double *mean)
{
    const qry_moments *m = rest->moments;
    double total = 0, count = 0;
    memset(mean, 0, m->head->value_width * sizeof *mean);
    for (size_t c = 0; c < m->groups; c++) {
        const qry_rest_group *g = &rest->group[c];
        if (g->count == 0)
            continue;
        total += g->weight * g->law.size;
        qry_add_scaled(m->head->value_width, g->count, qry_matrix_row(rest->value_mean, c), mean);
        count += g->count;
    }
    for (size_t i = 0; count > 0 && i < m->head->value_width; i++)
        mean[i] /= count;
    return total;
}

/* y of the found keys as they are, and of the others as they are in place, stretched to what they weigh, but not by much; what is
 * then missing is spread evenly over them. Returns the normaliser. */
static double put_together(const struct keys *k, double scale, double *y)
{
    qry_nystrom_place *p = k->place;
    size_t dv = p->nystrom->value_width;
    double found = 0, *mean = p->direction;
    memset(y, 0, dv * sizeof *y);
    for (size_t i = 0; i < k->count; i++) {
        found += k->exact[i];
        qry_add_scaled(dv, k->exact[i], value_of(k, i), y);
    }
    double others = p->total - found, wanted = scale * likely_rest(k->rest, mean), total = found + wanted;
    double stretch = others > 0 ? fmin(wanted / others, most_stretch) : 0, missing = wanted - stretch * others;
    for (size_t c = 0; c < dv; c++)
        y[c] = (y[c] + stretch * (p->value[c] - y[c]) + missing * mean[c]) / total;
    qry_place_clamp(p, y);
    return total;
}

/* The keys that were not taken count here as the low-rank kernel has them: what is missing of them is a part of what is left. */
static void set_bound(struct keys *k, const double *y, double scale, double missing, qry_nystrom_answer *answer)
{
    qry_nystrom_place *p = k->place;
    size_t dv = p->nystrom->value_width;
    double found = 0, total = p->total - missing, *known = p->direction;
    for (size_t i = 0; i < k->count; i++)
        found += k->exact[i];
    double least = total - p->total_error - qry_place_left_total(p) - qry_place_rounding_total(p);
    least = fmax(least, (found + scale * k->rest->total_low) * (1 - k->rest->rounding));
    memcpy(known, p->value, dv * sizeof *known);
    qry_add_scaled(dv, -1, p->image, known);
    qry_add_scaled(dv, -total, y, known);
    double error = qry_norm(dv, known) + p->total_error * qry_norm(dv, y) + p->value_error + qry_place_rounding(p, y);
    error += least > 0 ? qry_place_left(p, y, 2 * p->nystrom->value_radius * least) : INFINITY;
    qry_place_set_bound(p, y, error, least, answer);
}

void qry_nystrom_answer_rest(qry_nystrom_place *p, const qry_rest *rest, const uint32_t *found, size_t count,
                             double *output, qry_nystrom_answer *answer)
{
    const qry_head *head = p->nystrom->head;
    struct keys k = {.place = p, .rest = rest, .found = found, .count = count};
    double offset = head->offset[rest->row], *y = p->centred;
    qry_place_query(p, qry_matrix_row(head->q, rest->row), offset, qry_head_keys_of(head, rest->row));
    double faint = rest->shift + offset - p->shift; /* log of the row's largest term */
    *answer = (qry_nystrom_answer){.shift = p->shift, .residual = p->residual};
    if (!(faint > faintest)) {
        answer->fallback = "the query is too far from all keys for the low-rank kernel";
        return;
    }
    new_keys(&k);
    measure(&k);
    take(&k);
    condition(&k);
    double missing = add_others(&k, p->image);
    answer->normaliser = put_together(&k, exp(faint), y);
    answer->residual = p->residual;
    set_bound(&k, y, exp(faint), missing, answer);
    for (size_t c = 0; c < head->value_width; c++)
        output[c] = head->value_mean[c] + y[c];
    free_keys(&k);
}
