/* widths.c: how many bits the circuit's integers should have.
 *
 * Rounding makes the search uncertain about scores near its threshold, so what is not found may score up to the rounding
 * error above it; that widens the bound. How much error a row can bear is foreseen from the moments: the rest is what
 * it is expected to be at the first threshold, and its ceiling is raised until the bound has grown by the slack. */
#include "runtime/attend/attend.h"

#include <math.h>

enum {
    SAMPLE = 16,    /* rows, evenly spaced */
    HALVINGS = 10,  /* of the interval in which a tolerance is searched */
    USUAL_BITS = 8, /* where no sampled row has a bound */
};

struct tolerance {
    size_t row;
    double error; /* of a score, that the row can bear */
};

static double expected_bound(qry_rest *rest, double ceiling, double *output)
{
    qry_rest_set_ceiling(rest, ceiling);
    qry_answer_output(rest, QRY_REST_MOMENTS, output);
    return qry_bound_output(rest, output);
}

/* The error that makes the row's bound `slack` times what it is without; 0 if it has none. The bound grows with it. */
static double tolerated_error(qry_rest *rest, size_t row, qry_rule rule, double slack, double *output)
{
    qry_rest_of_row(rest, row);
    double tau = qry_rule_threshold(rule, rest);
    qry_rest_expect(rest, tau);
    double exact = expected_bound(rest, tau, output);
    if (!isfinite(exact) || exact <= 0)
        return 0;
    double low = 0, high = slack; /* an error of x alone makes terms of the rest at most e^x times as large */
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;
        if (expected_bound(rest, tau + middle, output) <= slack * exact)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Gates that a column costs, up to a common factor: words come through the tree of the QRAM bit by bit, and are
 * multiplied by a constant of which a third of the digits are not zero. */
static double cost(const qry_head *head, qry_widths bits)
{
    double tree = exp2(ceil(log2((double)head->keys)));
    return bits.key * tree + bits.query / 3.0 * (bits.key + bits.query);
}

static bool every_row_bears(const qry_codes *codes, int query_bits, const struct tolerance *tolerance, size_t count,
                            int32_t *code)
{
    for (size_t i = 0; i < count; i++) {
        qry_query_code query = {.code = code};
        qry_codes_query(codes, tolerance[i].row, query_bits, &query);
        if (query.error > tolerance[i].error)
            return false;
    }
    return true;
}

static qry_widths cheapest(const qry_head *head, const struct tolerance *tolerance, size_t count)
{
    qry_widths best = {USUAL_BITS, USUAL_BITS};
    double least = INFINITY;
    int32_t *code = qry_alloc(head->ctx, head->width, sizeof *code);
    for (int key = QRY_CODE_MIN_BITS; key <= QRY_CODE_MAX_BITS; key++) {
        if (cost(head, (qry_widths){QRY_CODE_MIN_BITS, key}) >= least)
            break;
        qry_codes *codes = qry_codes_new(head, key);
        for (int query = QRY_CODE_MIN_BITS; query <= QRY_CODE_MAX_BITS; query++) {
            qry_widths bits = {query, key};
            if (cost(head, bits) < least && every_row_bears(codes, query, tolerance, count, code)) {
                best = bits;
                least = cost(head, bits);
            }
        }
        qry_codes_free(codes);
    }
    qry_free(head->ctx, code);
    return best;
}

qry_widths qry_widths_choose(const qry_moments *moments, qry_rule rule, double slack, double most)
{
    const qry_head *head = moments->head;
    qry_rest *rest = qry_rest_new(head->ctx, moments);
    double *output = qry_alloc(head->ctx, head->value_width, sizeof *output);
    struct tolerance tolerance[SAMPLE];
    size_t rows = head->rows < SAMPLE ? head->rows : SAMPLE, count = 0;
    for (size_t i = 0; i < rows; i++) {
        size_t row = (2 * i + 1) * head->rows / (2 * rows);
        double error = fmin(tolerated_error(rest, row, rule, slack, output), most);
        tolerance[count] = (struct tolerance){row, error};
        if (tolerance[count].error > 0)
            count++;
    }
    qry_free(head->ctx, output);
    qry_rest_free(rest);
    return count > 0 ? cheapest(head, tolerance, count) : (qry_widths){USUAL_BITS, USUAL_BITS};
}
