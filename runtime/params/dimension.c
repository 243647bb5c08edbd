/* dimension.c: the effective dimension of the kernel on queries and keys.
 *
 * K = W G W with W = e^weight, and G Gaussian, 1 on the diagonal. tr K (K + lambda)^-1 = tr (1 - lambda W^-2 (G + lambda W^-2)^-1),
 * and G + T, T = lambda W^-2, is scaled to a diagonal of 1: M_ij = G_ij / sqrt((1 + t_i)(1 + t_j)). Then s = sum of
 * 1 - t_i / (1 + t_i) (M^-1)_ii, in which nothing is larger than it should be, however different the weights are. */
#include "runtime/params/params.h"

#include <math.h>

/* Beyond, rounding shows in the fourth digit of s. */
static const double worst_condition = 1e11;

static void scale(const qry_kernel *kernel, double log_lambda, qry_matrix m, double *root)
{
    for (size_t i = 0; i < m.rows; i++)
        root[i] = 1 / sqrt(1 + exp(log_lambda - 2 * kernel->weight[i]));
    for (size_t i = 0; i < m.rows; i++) {
        double *row = qry_matrix_row(m, i);
        for (size_t j = 0; j < i; j++)
            row[j] *= root[i] * root[j];
        row[i] = 1;
    }
}

qry_quantity qry_effective_dimension(const qry_kernel *kernel, double log_lambda)
{
    qry_ctx *ctx = kernel->ctx;
    size_t points = kernel->point.rows;
    double sum = 0, condition;
    if (points > QRY_PARAMS_MAX_SIDE)
        return qry_quantity_missing("so many queries and keys would take too long");
    qry_memory_require(ctx, 8.0 * (double)points * (double)points, "the effective dimension");
    qry_matrix m = qry_matrix_new(ctx, points, points);
    double *room = qry_alloc(ctx, points, sizeof *room);
    qry_kernel_block(kernel, NULL, 0, NULL, 0, true, m);
    scale(kernel, log_lambda, m, room);
    bool known = qry_matrix_inverse_diagonal(ctx, m, room, &condition) && condition <= worst_condition;
    for (size_t i = 0; known && i < points; i++)
        sum += 1 - room[i] / (1 + exp(2 * kernel->weight[i] - log_lambda));
    qry_free(ctx, room);
    qry_matrix_free(ctx, &m);
    return known ? qry_quantity_of(sum) : qry_quantity_missing("double precision does not resolve it");
}

double qry_needed_log_lambda(const qry_kernel *kernel, const qry_weights *weights)
{
    const qry_head *head = weights->head;
    double least = INFINITY;
    for (size_t i = 0; i < kernel->queries; i++) {
        const double *x = qry_matrix_row(kernel->point, i);
        double sum =
            weights->log_sum[i] - (kernel->raw ? 0 : head->offset[i]); /* of the scores that the kernel is of */
        least = fmin(least, sum - qry_dot(kernel->width, x, x) / 2 + kernel->weight[i] + kernel->gain);
    }
    return log(0.1) + least - log((double)kernel->keys) / 2;
}
