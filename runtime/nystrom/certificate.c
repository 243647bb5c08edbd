/* certificate.c: what limits the part of the keys' kernel that the landmarks leave (docs/bounds.md, 16). Entries of it are
 * computed tile by tile, never kept. */
#include <math.h>
#include <string.h>

#include "runtime/nystrom/factor.h"

enum {
    TILE = 512,
    PREFIX_KEYS = 16384 /* causal rows: up to so many keys all entries are, else none */
};

struct work {
    qry_nystrom *nystrom;
    qry_certificate *to;
    qry_matrix u;     /* of the keys of a part: rows u_j */
    size_t first;     /* of that part */
    qry_matrix h;     /* keys x (1 + value_width): L_j (1, v_j) */
    qry_matrix left;  /* TILE x TILE */
    qry_matrix image; /* of the keys of a part: M H */
    double trace;     /* sum of L_j^2 M_jj */
};

static size_t width_of(const struct work *w) { return 1 + w->nystrom->value_width; }

static size_t tile_at(size_t first, size_t end) { return end - first < TILE ? end - first : TILE; }

/* ---- keys ---- */

static void weigh(struct work *w)
{
    qry_nystrom *nystrom = w->nystrom;
    qry_certificate *to = w->to;
    w->h = qry_matrix_new(nystrom->ctx, nystrom->keys, width_of(w));
    for (size_t j = 0; j < nystrom->keys; j++) {
        double *h = qry_matrix_row(w->h, j), weight = nystrom->weight[j];
        const double *v = qry_matrix_row(nystrom->head->v, j);
        h[0] = weight;
        qry_add_scaled(nystrom->value_width, weight, v, h + 1);
        to->weights += weight;
        to->values += weight * qry_norm(nystrom->value_width, v);
        nystrom->facts.key_trace += weight * weight;
    }
}

static double left_of(const struct work *w, size_t key)
{
    const double *u = qry_matrix_row(w->u, key - w->first);
    return fmax(1 - qry_dot(w->u.columns, u, u), 0);
}

/* The places of the keys of a part; the largest coefficient; what is left of the diagonal. */
static void place_part(struct work *w, size_t first, size_t count)
{
    const qry_nystrom *nystrom = w->nystrom;
    qry_matrix scratch = qry_matrix_new(nystrom->ctx, TILE, nystrom->landmarks);
    w->first = first;
    w->u = qry_matrix_new(nystrom->ctx, count, nystrom->landmarks);
    for (size_t i = 0; i < count; i += TILE) {
        qry_matrix tile = qry_matrix_rows(w->u, i, tile_at(i, count));
        qry_matrix part = qry_matrix_rows(scratch, 0, tile.rows);
        qry_nystrom_solve_keys(nystrom, first + i, tile);
        memcpy(part.at, tile.at, tile.rows * tile.columns * sizeof(double));
        qry_matrix_solve(nystrom->root, true, part);
        for (size_t j = 0; j < part.rows; j++) {
            double weight = nystrom->weight[first + i + j];
            w->to->slope = fmax(w->to->slope, 1 + qry_norm(part.columns, qry_matrix_row(part, j)));
            w->trace += weight * weight * left_of(w, first + i + j);
        }
        qry_check_interrupt(nystrom->ctx);
    }
    qry_matrix_free(nystrom->ctx, &scratch);
}

/* What is left of the kernel of keys a .. and b .. of the part. */
static qry_matrix tile_of(const struct work *w, size_t a, size_t rows, size_t b, size_t columns)
{
    const qry_kernel *kernel = w->nystrom->kernel;
    qry_matrix tile = {w->left.at, rows, columns};
    qry_kernel_block(kernel, NULL, kernel->queries + a, NULL, kernel->queries + b, true, tile);
    qry_matrix_multiply(-1, qry_matrix_rows(w->u, a - w->first, rows), false,
                        qry_matrix_rows(w->u, b - w->first, columns), true, 1, tile);
    qry_check_interrupt(w->nystrom->ctx);
    return tile;
}

/* ---- rows of the whole head ---- */

static void add_images(struct work *w, size_t count)
{
    size_t end = w->first + count;
    w->image = qry_matrix_new(w->nystrom->ctx, count, width_of(w));
    for (size_t a = w->first; a < end; a += TILE)
        for (size_t b = a; b < end; b += TILE) {
            size_t rows = tile_at(a, end), columns = tile_at(b, end);
            qry_matrix tile = tile_of(w, a, rows, b, columns);
            qry_matrix_multiply(1, tile, false, qry_matrix_rows(w->h, b, columns), false, 1,
                                qry_matrix_rows(w->image, a - w->first, rows));
            if (b > a)
                qry_matrix_multiply(1, tile, true, qry_matrix_rows(w->h, a, rows), false, 1,
                                    qry_matrix_rows(w->image, b - w->first, columns));
        }
}

/* What u.u_j of keys of such slopes may be wrong by. */
static double rounding_of(const struct work *w)
{
    double slope = w->to->slope;
    return qry_nystrom_rounding(w->nystrom, 2 * w->to->longest) * slope * slope;
}

/* What rounding may take from a part: h^T E h <= e (sum of |h_j|)^2 <= e (sum of L_j) (sum of h_j^2 / L_j) in every direction, where
 * no entry of E is above e. Where parts are put together with sizes of their own, it cannot be added afterwards. */
static void add_rounding(const struct work *w, size_t first, size_t count, qry_matrix part)
{
    double weights = 0, rounding = rounding_of(w);
    for (size_t j = first; j < first + count; j++)
        weights += w->nystrom->weight[j];
    for (size_t j = first; j < first + count; j++) {
        const double *h = qry_matrix_row(w->h, j);
        for (size_t c = 0; c < part.rows && h[0] > 0; c++)
            qry_add_scaled(part.columns, rounding * weights * h[c] / h[0], h, qry_matrix_row(part, c));
    }
}

/* The root of what a part leaves, values and weights in like units. */
static double size_of(const struct work *w, qry_matrix part)
{
    double size = part.at[0] * w->nystrom->value_radius * w->nystrom->value_radius;
    for (size_t c = 1; c < part.rows; c++)
        size += part.at[c * part.columns + c];
    return sqrt(fmax(size, 0));
}

/* |sum of parts|^2 <= (sum of sizes) (sum of |part|^2 / size), in every direction. */
static void add_parts(struct work *w, size_t each)
{
    qry_nystrom *nystrom = w->nystrom;
    size_t width = width_of(w), parts = (nystrom->keys + each - 1) / each;
    qry_matrix part = qry_matrix_new(nystrom->ctx, width, width);
    double sizes = 0;
    for (size_t first = 0; first < nystrom->keys; first += each) {
        size_t count = nystrom->keys - first < each ? nystrom->keys - first : each;
        place_part(w, first, count);
        add_images(w, count);
        qry_matrix_multiply(1, qry_matrix_rows(w->h, first, count), true, w->image, false, 0, part);
        if (parts > 1)
            add_rounding(w, first, count, part);
        double size = parts > 1 ? size_of(w, part) : 1;
        if (size > 0)
            qry_add_scaled(width * width, 1 / size, part.at, w->to->left.at);
        sizes += size;
        qry_matrix_free(nystrom->ctx, &w->u);
        if (first + each < nystrom->keys)
            qry_matrix_free(nystrom->ctx, &w->image);
    }
    for (size_t i = 0; i < width * width; i++)
        w->to->left.at[i] *= sizes;
    qry_matrix_free(nystrom->ctx, &part);
}

static double top_of_values(const struct work *w)
{
    qry_ctx *ctx = w->nystrom->ctx;
    size_t dv = w->nystrom->value_width;
    qry_matrix part = qry_matrix_new(ctx, dv, dv);
    double *direction = qry_alloc(ctx, dv, sizeof *direction);
    for (size_t c = 0; c < dv; c++)
        memcpy(qry_matrix_row(part, c), qry_matrix_row(w->to->left, c + 1) + 1, dv * sizeof(double));
    double top = fmax(qry_matrix_top_eigen(ctx, part, direction), 0);
    qry_free(ctx, direction);
    qry_matrix_free(ctx, &part);
    return top;
}

static double longest(const qry_nystrom *nystrom)
{
    double square = 0;
    for (size_t l = 0; l < nystrom->landmarks; l++)
        square = fmax(square, nystrom->square[l]);
    for (size_t j = 0; j < nystrom->keys; j++) {
        double length = qry_norm(nystrom->width, qry_matrix_row(nystrom->kernel->point, nystrom->kernel->queries + j));
        square = fmax(square, length * length);
    }
    return square;
}

static size_t keys_of_a_part(size_t keys, size_t entries)
{
    size_t each = entries / keys;
    return keys <= each ? keys : each > 1 ? each : 1;
}

/* ---- causal rows ---- */

static void add_to_packed(double *packed, size_t width, double times, const double *x, const double *y)
{
    for (size_t i = 0; i < width; i++)
        for (size_t j = 0; j <= i; j++)
            *packed++ += times * (x[i] * y[j] + x[j] * y[i]) / 2;
}

/* Limits after every key: row j of the kernel adds H^T M H = h f^T + f h^T + M_jj h h^T, f what it and the keys before make. */
static void add_every_key(struct work *w, qry_prefixes *p)
{
    size_t n = w->nystrom->keys, width = width_of(w), packed = width * (width + 1) / 2;
    w->image = qry_matrix_new(w->nystrom->ctx, n, width);
    for (size_t a = 0; a < n; a += TILE)
        for (size_t b = 0; b <= a; b += TILE) {
            size_t rows = tile_at(a, n), columns = tile_at(b, n);
            qry_matrix tile = tile_of(w, a, rows, b, columns);
            for (size_t i = 0; a == b && i < rows; i++)
                for (size_t j = i; j < columns; j++)
                    tile.at[i * columns + j] *= i == j ? 0.5 : 0;
            qry_matrix_multiply(1, tile, false, qry_matrix_rows(w->h, b, columns), false, 1,
                                qry_matrix_rows(w->image, a, rows));
        }
    for (size_t j = 0; j < n; j++) {
        double *left = qry_matrix_row(p->left, j);
        if (j > 0)
            memcpy(left, left - packed, packed * sizeof *left);
        add_to_packed(left, width, 2, qry_matrix_row(w->h, j), qry_matrix_row(w->image, j));
    }
    qry_matrix_free(w->nystrom->ctx, &w->image);
}

/* Limits after every block, each key by itself: |sum of a_j h_j|^2 <= (sum of a_j) (sum of a_j h_j^2), a_j^2 = M_jj. Those of a
 * later block are limits of an earlier one, too. */
static void add_every_block(struct work *w, qry_prefixes *p)
{
    size_t n = w->nystrom->keys, width = width_of(w), packed = width * (width + 1) / 2;
    double *sum = qry_alloc(w->nystrom->ctx, packed, sizeof *sum), sizes = 0;
    for (size_t first = 0, b = 0; first < n; first += p->step, b++) {
        size_t count = n - first < p->step ? n - first : p->step;
        place_part(w, first, count);
        double rounding = rounding_of(w);
        for (size_t j = first; j < first + count; j++) {
            const double *h = qry_matrix_row(w->h, j);
            double size = sqrt(left_of(w, j) + rounding), weight = w->nystrom->weight[j];
            sizes += size * weight;
            if (weight > 0)
                add_to_packed(sum, width, size / weight, h, h);
        }
        qry_add_scaled(packed, sizes, sum, qry_matrix_row(p->left, b));
        qry_matrix_free(w->nystrom->ctx, &w->u);
    }
    qry_free(w->nystrom->ctx, sum);
}

static void add_sums(struct work *w, qry_prefixes *p)
{
    double weights = 0, values = 0;
    for (size_t j = 0; j < w->nystrom->keys; j++) {
        const double *h = qry_matrix_row(w->h, j);
        p->weights[j / p->step] = weights += h[0];
        p->values[j / p->step] = values += qry_norm(w->nystrom->value_width, h + 1);
    }
}

static void make_prefixes(struct work *w)
{
    qry_nystrom *nystrom = w->nystrom;
    qry_prefixes *p = nystrom->prefixes;
    size_t width = width_of(w), packed = width * (width + 1) / 2, n = nystrom->keys;
    double bytes = 8.0 * (double)packed * (double)n;
    p->step = n <= PREFIX_KEYS && qry_memory_fits(bytes) ? 1 : QRY_PREFIX_BLOCK;
    size_t limits = (n + p->step - 1) / p->step;
    p->left = qry_matrix_new(nystrom->ctx, limits, packed);
    p->weights = qry_alloc(nystrom->ctx, limits, sizeof(double));
    p->values = qry_alloc(nystrom->ctx, limits, sizeof(double));
    add_sums(w, p);
    if (p->step == 1) {
        place_part(w, 0, n);
        add_every_key(w, p);
        qry_matrix_free(nystrom->ctx, &w->u);
    } else {
        add_every_block(w, p);
    }
}

/* ---- both ---- */

static const char *note_of(const qry_nystrom *nystrom, size_t each)
{
    if (nystrom->causal ? nystrom->prefixes->step == 1 : each >= nystrom->keys)
        return "classical: every entry of the keys' kernel";
    return nystrom->causal ? "classical: the diagonal of the keys' kernel"
                           : "classical: entries of the keys' kernel, of keys near each other in the order";
}

void qry_certificate_make(qry_nystrom *nystrom, bool with_image, size_t entries, qry_attend_stage *stage)
{
    qry_ctx *ctx = nystrom->ctx;
    struct work w = {.nystrom = nystrom, .to = &nystrom->certificate, .left = qry_matrix_new(ctx, TILE, TILE)};
    qry_certificate *to = w.to;
    to->slope = 1;
    to->left = qry_matrix_new(ctx, width_of(&w), width_of(&w));
    to->longest = longest(nystrom);
    weigh(&w);
    size_t each = keys_of_a_part(nystrom->keys, entries);
    if (nystrom->causal) {
        make_prefixes(&w);
    } else {
        add_parts(&w, each);
        to->top = top_of_values(&w);
        if (with_image && each >= nystrom->keys)
            nystrom->image = w.image;
        else
            qry_matrix_free(ctx, &w.image);
    }
    nystrom->facts.residual_trace = w.trace;
    stage->note = note_of(nystrom, each);
    stage->operations =
        (qry_u128)nystrom->keys * (nystrom->landmarks * nystrom->landmarks + (qry_u128)each * nystrom->landmarks);
    qry_matrix_free(ctx, &w.left);
    qry_matrix_free(ctx, &w.h);
}
