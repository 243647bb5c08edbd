/* weights.c: the matrix A = e^score by blocks, never whole, and its spectral norm. */
#include "runtime/params/params.h"

#include <math.h>

enum { BLOCK = 256 };

void qry_weights_scores(const qry_head *head, size_t first, qry_matrix scores)
{
    qry_matrix_multiply(1, qry_matrix_rows(head->q, first, scores.rows), false, head->k, true, 0, scores);
    for (size_t i = 0; i < scores.rows; i++) {
        double *row = qry_matrix_row(scores, i);
        for (size_t j = 0; j < scores.columns; j++)
            row[j] += head->offset[first + i];
    }
}

/* Adds B^T B to the sum, or B B^T, B a block of rows or of columns of A. */
static void add_block(const qry_head *head, const double *shift, size_t first, size_t count, bool of_rows, double *room,
                      qry_matrix sum)
{
    qry_matrix block = {room, of_rows ? count : head->rows, of_rows ? head->keys : count};
    qry_matrix q = of_rows ? qry_matrix_rows(head->q, first, count) : head->q;
    qry_matrix k = of_rows ? head->k : qry_matrix_rows(head->k, first, count);
    qry_matrix_multiply(1, q, false, k, true, 0, block);
    for (size_t i = 0; i < block.rows; i++) {
        size_t row = of_rows ? first + i : i;
        double *at = qry_matrix_row(block, i), off = head->offset[row] - shift[row];
        for (size_t j = 0; j < block.columns; j++)
            at[j] = exp(at[j] + off);
    }
    qry_matrix_multiply(1, block, of_rows, block, !of_rows, 1, sum);
}

qry_quantity qry_weights_log_norm(const qry_head *head, const double *shift, const char *label,
                                  const qry_params_watch *watch)
{
    bool of_rows = head->keys <= head->rows;
    size_t side = of_rows ? head->keys : head->rows, other = of_rows ? head->rows : head->keys;
    if (side > QRY_PARAMS_MAX_SIDE)
        return qry_quantity_missing("the spectral norm of so many rows and keys would take too long");
    size_t width = other < BLOCK ? other : BLOCK;
    qry_memory_require(head->ctx, 8.0 * (double)side * (2 * (double)side + (double)width), "the spectral norm");
    qry_matrix sum = qry_matrix_new(head->ctx, side, side);
    double *room = qry_alloc(head->ctx, side, width * sizeof *room);
    for (size_t first = 0; first < other; first += width) {
        qry_check_interrupt(head->ctx);
        qry_params_tell(watch, label, first, other);
        add_block(head, shift, first, other - first < width ? other - first : width, of_rows, room, sum);
    }
    qry_params_tell(watch, label, other, other);
    double *vector = room; /* spent as well */
    double top = qry_matrix_top_eigen(head->ctx, sum, vector);
    qry_free(head->ctx, room);
    qry_matrix_free(head->ctx, &sum);
    return qry_quantity_of(log(top) / 2);
}
