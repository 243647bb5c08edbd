/* kernel.c: queries and keys as points of one positive kernel (docs/bounds.md, 15). */
#include "runtime/nystrom/nystrom.h"

#include <math.h>
#include <string.h>

/* |x|^2 + |y|^2 - 2 x.y loses digits where it is below this part of |x|^2 + |y|^2: then it is summed from differences. */
static const double cancelled = 1e-3;

/* Queries that differ by no more than this part of their length differ by rounding. */
static const double all_the_same = 1e-12;

/* The root of the mean of the squared lengths of the rows. */
static double mean_length(qry_matrix a)
{
    double sum = 0;
    for (size_t i = 0; i < a.rows; i++)
        sum = hypot(sum, qry_norm(a.columns, qry_matrix_row(a, i)));
    return sum / sqrt((double)a.rows);
}

/* ---- points ---- */

/* Queries less their mean, keys as in the head; returns what the queries are to be multiplied by, and the keys divided. Queries that
 * are all the same say nothing of it: then their own length does. */
static double balance(const qry_head *head, const qry_kernel *kernel)
{
    qry_matrix queries = qry_matrix_rows(kernel->point, 0, kernel->queries);
    double of_keys = mean_length(head->k), of_queries = mean_length(queries), own = mean_length(head->q);
    of_queries = of_queries > all_the_same * own ? of_queries : own;
    return of_keys > 0 && of_queries > 0 ? sqrt(of_keys) / sqrt(of_queries) : 1;
}

static void set_centre(qry_kernel *kernel, const qry_head *head)
{
    for (size_t i = 0; i < head->rows; i++)
        qry_add_scaled(head->width, 1 / (double)head->rows, qry_matrix_row(head->q, i), kernel->centre);
}

static void place_queries(qry_kernel *kernel, const qry_head *head)
{
    for (size_t i = 0; i < head->rows; i++)
        qry_kernel_place(kernel, qry_matrix_row(head->q, i), qry_matrix_row(kernel->point, i));
}

static void balanced_points(qry_kernel *kernel, const qry_head *head)
{
    set_centre(kernel, head);
    kernel->stretch = 1;
    place_queries(kernel, head);
    double stretch = balance(head, kernel), greatest = -INFINITY;
    kernel->stretch = stretch;
    place_queries(kernel, head);
    for (size_t j = 0; j < head->keys; j++) {
        const double *key = qry_matrix_row(head->k, j);
        double *point = qry_matrix_row(kernel->point, kernel->queries + j);
        qry_add_scaled(head->width, 1 / stretch, key, point);
        double *weight = &kernel->weight[kernel->queries + j];
        *weight = qry_dot(head->width, kernel->centre, key) + qry_dot(head->width, point, point) / 2;
        greatest = fmax(greatest, *weight);
    }
    for (size_t j = 0; j < head->keys; j++)
        kernel->weight[kernel->queries + j] -= greatest;
    kernel->gain = -greatest;
}

/* A negative scale goes to the queries. */
static void raw_points(qry_kernel *kernel, const qry_head *head)
{
    double stretch = sqrt(fabs(head->scale)), greatest = 0;
    kernel->stretch = 1 / stretch;
    place_queries(kernel, head);
    for (size_t j = 0; j < head->keys; j++) {
        double *point = qry_matrix_row(kernel->point, kernel->queries + j);
        qry_add_scaled(head->width, stretch, qry_matrix_row(head->k, j), point);
        qry_add_scaled(head->width, stretch, head->key_mean, point);
    }
    for (size_t i = 0; i < kernel->point.rows; i++) {
        const double *point = qry_matrix_row(kernel->point, i);
        kernel->weight[i] = qry_dot(head->width, point, point) / 2;
        greatest = fmax(greatest, kernel->weight[i]);
    }
    for (size_t i = 0; i < kernel->point.rows; i++)
        kernel->weight[i] -= greatest;
    kernel->gain = -greatest;
}

qry_kernel *qry_kernel_new(const qry_head *head, bool raw)
{
    qry_ctx *ctx = head->ctx;
    size_t points = head->rows + head->keys;
    qry_memory_require(ctx, 8.0 * (double)points * (double)(head->width + 1), "the points of the kernel");
    qry_kernel *kernel = qry_alloc(ctx, 1, sizeof *kernel);
    *kernel = (qry_kernel){.ctx = ctx, .queries = head->rows, .keys = head->keys, .width = head->width, .raw = raw};
    kernel->point = qry_matrix_new(ctx, points, head->width);
    kernel->weight = qry_alloc(ctx, points, sizeof(double));
    kernel->centre = qry_alloc(ctx, head->width, sizeof(double));
    if (raw)
        raw_points(kernel, head);
    else
        balanced_points(kernel, head);
    return kernel;
}

void qry_kernel_free(qry_kernel *kernel)
{
    if (!kernel)
        return;
    qry_matrix_free(kernel->ctx, &kernel->point);
    qry_free(kernel->ctx, kernel->weight);
    qry_free(kernel->ctx, kernel->centre);
    qry_free(kernel->ctx, kernel);
}

double qry_kernel_place(const qry_kernel *kernel, const double *query, double *point)
{
    for (size_t c = 0; c < kernel->width; c++)
        point[c] = kernel->stretch * (query[c] - kernel->centre[c]);
    return kernel->raw ? qry_dot(kernel->width, point, point) / 2 + kernel->gain : 0;
}

/* ---- entries ---- */

/* The points of one side of a block, one after the other. */
struct side {
    const uint32_t *list;
    size_t first;
    qry_matrix point;
    double *square; /* |x|^2 */
};

static size_t number_of(const struct side *side, size_t i) { return side->list ? side->list[i] : side->first + i; }

static struct side new_side(const qry_kernel *kernel, const uint32_t *list, size_t first, size_t count)
{
    struct side side = {.list = list, .first = first};
    size_t bytes = kernel->width * sizeof(double);
    if (list) {
        side.point = qry_matrix_new(kernel->ctx, count, kernel->width);
        for (size_t i = 0; i < count; i++)
            memcpy(qry_matrix_row(side.point, i), qry_matrix_row(kernel->point, list[i]), bytes);
    } else {
        side.point = qry_matrix_rows(kernel->point, first, count);
    }
    side.square = qry_alloc(kernel->ctx, count, sizeof(double));
    for (size_t i = 0; i < count; i++) {
        const double *x = qry_matrix_row(side.point, i);
        side.square[i] = qry_dot(kernel->width, x, x);
    }
    return side;
}

static void free_side(const qry_kernel *kernel, struct side *side)
{
    if (side->list)
        qry_matrix_free(kernel->ctx, &side->point);
    qry_free(kernel->ctx, side->square);
}

double qry_kernel_distance(size_t width, const double *x, const double *y, double squares, double product)
{
    double square = squares - 2 * product;
    if (square >= cancelled * squares)
        return square;
    square = 0;
    for (size_t c = 0; c < width; c++)
        square += (x[c] - y[c]) * (x[c] - y[c]);
    return square;
}

void qry_kernel_block(const qry_kernel *kernel, const uint32_t *a, size_t first_a, const uint32_t *b, size_t first_b,
                      bool plain, qry_matrix block)
{
    struct side left = new_side(kernel, a, first_a, block.rows), right = new_side(kernel, b, first_b, block.columns);
    qry_matrix_multiply(1, left.point, false, right.point, true, 0, block);
    for (size_t i = 0; i < block.rows; i++) {
        double *row = qry_matrix_row(block, i);
        const double *x = qry_matrix_row(left.point, i);
        double weight = plain ? 0 : kernel->weight[number_of(&left, i)];
        for (size_t j = 0; j < block.columns; j++) {
            double square = qry_kernel_distance(kernel->width, x, qry_matrix_row(right.point, j),
                                                left.square[i] + right.square[j], row[j]);
            double weights = plain ? 0 : weight + kernel->weight[number_of(&right, j)];
            row[j] = exp(weights - square / 2);
        }
    }
    free_side(kernel, &left);
    free_side(kernel, &right);
}
