/* drops.c: one pass over all scores. Keys are sorted into bands by how far they are below their row's maximum; what a drop keeps
 * is the bands up to it, and what it leaves the others. */
#include "runtime/params/params.h"

#include <math.h>

enum { BLOCK = 64 };

/* Of one row, the keys of a band. */
struct band {
    double count, weight;   /* weight: sum of e^(score - top) */
    double *plain, *scaled; /* sums of v and of weight v */
};

struct pass {
    const qry_head *head;
    struct band band[QRY_DROPS + 1];
    const qry_drop *drops;
    size_t drop_count;
    double error[QRY_DROPS], k[QRY_DROPS];
    size_t measured; /* rows whose output is not 0 */
    double *output, *difference;
};

static void fill_bands(struct pass *pass, const double *scores, double top)
{
    const qry_head *head = pass->head;
    for (size_t b = 0; b <= pass->drop_count; b++) {
        struct band *band = &pass->band[b];
        band->count = band->weight = 0;
        for (size_t c = 0; c < head->value_width; c++)
            band->plain[c] = band->scaled[c] = 0;
    }
    for (size_t j = 0; j < head->keys; j++) {
        size_t b = 0;
        while (b < pass->drop_count && top - scores[j] > pass->drops[b].drop)
            b++;
        struct band *band = &pass->band[b];
        double weight = exp(scores[j] - top);
        const double *value = qry_matrix_row(head->v, j);
        band->count++;
        band->weight += weight;
        for (size_t c = 0; c < head->value_width; c++) {
            band->plain[c] += value[c];
            band->scaled[c] += weight * value[c];
        }
    }
}

/* The bands behind one another: afterwards a band is all that is not above it. */
static void sum_bands(struct pass *pass)
{
    for (size_t b = pass->drop_count; b-- > 0;) {
        struct band *to = &pass->band[b];
        const struct band *from = &pass->band[b + 1];
        to->count += from->count;
        to->weight += from->weight;
        qry_add_scaled(pass->head->value_width, 1, from->plain, to->plain);
        qry_add_scaled(pass->head->value_width, 1, from->scaled, to->scaled);
    }
}

/* Centred values give the same differences: the constant's weights have the sum of those it stands in for. */
static void add_row(struct pass *pass)
{
    const qry_head *head = pass->head;
    size_t width = head->value_width;
    double sum = pass->band[0].weight;
    for (size_t c = 0; c < width; c++)
        pass->output[c] = head->value_mean[c] + pass->band[0].scaled[c] / sum;
    double length = qry_norm(width, pass->output);
    pass->measured += length > 0;
    for (size_t i = 0; i < pass->drop_count; i++) {
        const struct band *rest = &pass->band[i + 1];
        double each = rest->count > 0 ? rest->weight / rest->count : 0;
        for (size_t c = 0; c < width; c++)
            pass->difference[c] = (rest->scaled[c] - each * rest->plain[c]) / sum;
        pass->k[i] += (double)head->keys - rest->count;
        if (length > 0)
            pass->error[i] += qry_norm(width, pass->difference) / length;
    }
}

static void measure_row(struct pass *pass, const double *scores, size_t row, qry_weights *weights)
{
    double top = scores[0];
    for (size_t j = 1; j < pass->head->keys; j++)
        top = fmax(top, scores[j]);
    double squares = exp(2 * (scores[0] - top));
    for (size_t j = 1; j < pass->head->keys; j++)
        squares += exp(2 * (scores[j] - top));
    fill_bands(pass, scores, top);
    sum_bands(pass);
    double sum = pass->band[0].weight;
    weights->top[row] = top;
    weights->log_sum[row] = top + log(sum);
    weights->log_squares[row] = 2 * top + log(squares);
    add_row(pass);
}

void qry_drops_measure(const qry_head *head, qry_weights *weights, qry_drop *drops, size_t count,
                       const qry_params_watch *watch)
{
    qry_must(count <= QRY_DROPS);
    struct pass pass = {.head = head, .drops = drops, .drop_count = count};
    size_t width = head->value_width, rows = head->rows < BLOCK ? head->rows : BLOCK;
    qry_memory_require(head->ctx, 8.0 * (double)rows * (double)head->keys, "the scores of some rows");
    qry_matrix scores = qry_matrix_new(head->ctx, rows, head->keys);
    double *room = qry_alloc(head->ctx, 2 * (QRY_DROPS + 2), width * sizeof *room);
    for (size_t b = 0; b <= QRY_DROPS; b++) {
        pass.band[b].plain = room + 2 * b * width;
        pass.band[b].scaled = room + (2 * b + 1) * width;
    }
    pass.output = room + 2 * (QRY_DROPS + 1) * width;
    pass.difference = pass.output + width;
    weights->head = head;
    for (size_t first = 0; first < head->rows; first += rows) {
        qry_matrix block = qry_matrix_rows(scores, 0, head->rows - first < rows ? head->rows - first : rows);
        qry_check_interrupt(head->ctx);
        qry_params_tell(watch, "scores", first, head->rows);
        qry_weights_scores(head, first, block);
        for (size_t i = 0; i < block.rows; i++)
            measure_row(&pass, qry_matrix_row(block, i), first + i, weights);
    }
    for (size_t i = 0; i < count; i++) {
        drops[i].k = pass.k[i] / (double)head->rows;
        drops[i].error = pass.measured > 0 ? qry_quantity_of(pass.error[i] / (double)pass.measured)
                                           : qry_quantity_missing("every output is zero");
    }
    qry_free(head->ctx, room);
    qry_matrix_free(head->ctx, &scores);
}
