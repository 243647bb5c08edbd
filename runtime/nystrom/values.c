/* values.c: rows of V by their leverage, tau_j = v_j^T (V^T V)^-1 v_j, by repeated halving.
 *
 * The rows are put into random order, once. A level is the first half of the one above; all rows of the lowest are
 * kept. The rows B that are kept of a level, each over the root of its probability, tell the leverages of the level
 * above to a constant factor (Cohen, Lee, Musco, Musco, Peng and Sidford 2015), of which the next are drawn; and those
 * of all rows at last. A direction that B has nothing of counts as if it had a trifle: a row that has any of it is then
 * sure to be taken, and there is none where V has none.
 *
 * Leverages are ||R v_j||^2. With few columns the oracle computes that; else it is computed here, and the probabilities
 * are loaded as a table. */
#include "runtime/nystrom/circuits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rows of a level below the last are taken with so many times their leverage. */
static const double oversampling = 4;

/* Of B^T B, what counts as nothing, in parts of its greatest eigenvalue or of the longest row's square: far above what
 * rounding leaves of a sum of squares, far below what a leverage may matter by; and what counts so in an oracle with few
 * bits. */
static const double trifle = 1e-9, trifle_of_oracle = 0x1p-12;

/* A factor beyond this makes 1 of whatever is told from 0. */
static const double greatest_factor = 0x1p20;

/* Rows of which the leverages' sum is judged where nobody computes all; rows at a time; rows of which no fewer are a
 * level. */
enum { PILOT = 256, BLOCK = 1024, LEAST_ROWS = 16 };

/* Of the oracle's numbers: fraction bits of rows over the longest, and of leverages; bits of the factor. */
enum { ROW_BITS = 16, SUM_BITS = 24, FACTOR_BITS = 20 };

/* Columns with which an oracle is small, and with which there is one. */
enum { SMALL_WIDTH = 4, MOST_WIDTH = 16 };

struct halving {
    const qry_stage_run *run;
    qry_matrix values;
    size_t wanted;
    double failure; /* of a draw */
    double longest; /* row */
    uint32_t *order;
    double *leverage; /* room for all */
    size_t done, total;
    qry_matrix square; /* B^T B */
    qry_matrix root;   /* R */
    bool coherent;     /* the oracle computes with it */
    double *every;     /* of all rows in the last level, if a table says it; of the arena */
    size_t by_oracle, by_table;
};

/* ---- what was kept, and leverages ---- */

static void keep(struct halving *h, uint32_t row, double probability)
{
    qry_matrix_add_square(h->square, 1 / probability, qry_matrix_row(h->values, row));
}

/* Few columns, and an oracle need not tell from nothing what has been told from it here. */
static bool is_coherent(const struct halving *h, const double *values)
{
    size_t d = h->values.columns;
    if (h->run->probabilities != QRY_PROBABILITIES_AUTO)
        return h->run->probabilities == QRY_PROBABILITIES_COHERENT;
    double most = fmax(values[d - 1], h->longest * h->longest);
    for (size_t i = 0; i < d; i++)
        if (values[i] > trifle * most && values[i] < trifle_of_oracle * most)
            return false;
    return d <= SMALL_WIDTH;
}

/* R from B^T B, no eigenvalue of which counts as less than a trifle. */
static void take_root(struct halving *h)
{
    qry_ctx *ctx = h->run->ctx;
    size_t d = h->values.columns;
    double *values = qry_alloc(ctx, d, sizeof *values);
    memcpy(h->root.at, h->square.at, d * d * sizeof(double));
    qry_matrix_eigen(ctx, h->root, values);
    h->coherent = is_coherent(h, values);
    double floor = (h->coherent ? trifle_of_oracle : trifle) * fmax(values[d - 1], h->longest * h->longest);
    for (size_t i = 0; i < d; i++) {
        double scale = 1 / sqrt(fmax(values[i], floor));
        for (size_t c = 0; c < d; c++)
            h->root.at[i * d + c] *= scale;
    }
    qry_free(ctx, values);
    h->run->stage->operations += (qry_u128)d * d * d;
}

/* No leverage is above 1. */
static void compute_leverages(struct halving *h, const uint32_t *rows, size_t count, double *leverage)
{
    qry_ctx *ctx = h->run->ctx;
    size_t d = h->values.columns;
    qry_matrix block = qry_matrix_new(ctx, BLOCK, d), product = qry_matrix_new(ctx, BLOCK, d);
    for (size_t i = 0; i < count; i += BLOCK) {
        size_t some = count - i < BLOCK ? count - i : BLOCK;
        for (size_t j = 0; j < some; j++)
            memcpy(qry_matrix_row(block, j), qry_matrix_row(h->values, rows[i + j]), d * sizeof(double));
        qry_matrix y = qry_matrix_rows(product, 0, some);
        qry_matrix_multiply(1, qry_matrix_rows(block, 0, some), false, h->root, true, 0, y);
        for (size_t j = 0; j < some; j++)
            leverage[i + j] = fmin(1, qry_dot(d, qry_matrix_row(y, j), qry_matrix_row(y, j)));
        qry_stage_progress(h->run, h->done + i, h->total);
    }
    qry_matrix_free(ctx, &block);
    qry_matrix_free(ctx, &product);
    h->run->stage->operations += (qry_u128)count * d * d;
}

/* ---- the oracle that computes them ---- */

static int64_t *mantissas(const double *x, size_t count, double unit, qry_arena *arena)
{
    int64_t *m = qry_arena_alloc(arena, count, sizeof *m);
    for (size_t i = 0; i < count; i++)
        m[i] = llrint(x[i] / unit);
    return m;
}

/* At least one: rounding may make 1 of less. */
static int bits_before_point(double most) { return most < 1 ? 1 : ilogb(most) + 1; }

static const char *program_text(const struct halving *h, size_t level, double factor, double expected, int root_bits)
{
    size_t d = h->values.columns;
    int factor_bits = bits_before_point(factor);
    return qry_arena_printf(
        h->run->arena,
        "%stable V[%zu][%zu] : fixed(2,%d) = npy(\"values.npy\");\n"
        "const r[%zu][%zu] : fixed(%d,%d) = npy(\"root.npy\");\n"
        "const factor : ufixed(%d,%d) = %.9f;\n"
        "rows: sample set j in V with probability\n"
        "    min(1, factor * (min(1, sum(square(clip(dot(r[m], V[j]), -1, 1) as fixed(2,%d)) for m in 0..%zu))\n"
        "        as ufixed(1,%d))) as ufixed(1,%d)\n"
        "    { expect = %.0f, failure = %.9g };\n",
        qry_stage_memory(level), level, d, ROW_BITS, d, d, root_bits, ROW_BITS, factor_bits, FACTOR_BITS - factor_bits,
        factor, ROW_BITS, d - 1, SUM_BITS, qry_stage_bits(level), fmin(fmax(expected, 1), (double)level), h->failure);
}

/* Rows are over the longest, and R times that. */
static qry_stage_program program_of(const struct halving *h, size_t level, double factor, double expected)
{
    qry_arena *arena = h->run->arena;
    size_t d = h->values.columns;
    double greatest = 0, *rows = qry_alloc(h->run->ctx, level * d, sizeof *rows);
    for (size_t i = 0; i < d * d; i++)
        greatest = fmax(greatest, fabs(h->root.at[i]) * h->longest);
    for (size_t i = 0; i < level; i++)
        memcpy(rows + i * d, qry_matrix_row(h->values, h->order[i]), d * sizeof *rows);
    qry_stage_program program = {
        .text = program_text(h, level, factor, expected, bits_before_point(greatest + 1) + 1),
        .table = {{"V", mantissas(rows, level * d, ldexp(h->longest, -ROW_BITS), arena), level * d},
                  {"r", mantissas(h->root.at, d * d, ldexp(1 / h->longest, -ROW_BITS), arena), 0}}};
    qry_free(h->run->ctx, rows);
    return program;
}

/* ---- one level ---- */

static double factor_of(const struct halving *h, size_t known, size_t level, bool last)
{
    double share = (double)known / (double)level;
    return fmin(last ? qry_stage_scale(h->leverage, known, (double)h->wanted * share) : oversampling, greatest_factor);
}

static qry_stage_set draw_from_table(struct halving *h, size_t level, bool last, uint64_t stream)
{
    compute_leverages(h, h->order, level, h->leverage);
    double factor = factor_of(h, level, level, last);
    int bits = qry_stage_bits(level);
    h->every = last ? qry_arena_alloc(h->run->arena, level, sizeof *h->every) : NULL;
    for (size_t i = 0; i < level; i++) {
        h->leverage[i] *= factor;
        if (last)
            h->every[h->order[i]] = qry_stage_round(h->leverage[i], bits);
    }
    h->by_table++;
    return qry_stage_sample(h->run, h->leverage, level, h->failure, stream);
}

/* The level's last rows are in no lower level, if it has enough of them. */
static qry_stage_set draw_by_oracle(struct halving *h, size_t level, bool last, uint64_t stream)
{
    size_t known = level < PILOT ? level : PILOT;
    double expected = 0;
    compute_leverages(h, h->order + (level - known), known, h->leverage);
    double factor = factor_of(h, known, level, last);
    for (size_t i = 0; i < known; i++)
        expected += fmin(1, factor * h->leverage[i]) * (double)level / (double)known;
    qry_stage_program program = program_of(h, level, factor, expected);
    h->by_oracle++;
    return qry_stage_draw(h->run, &program, stream);
}

static qry_stage_set draw_level(struct halving *h, size_t level, bool last, uint64_t number)
{
    uint64_t stream = qry_stage_stream(QRY_USE_VALUES, number);
    take_root(h);
    return h->coherent ? draw_by_oracle(h, level, last, stream) : draw_from_table(h, level, last, stream);
}

/* ---- all of them ---- */

static size_t size_of(const struct halving *h, int level)
{
    size_t size = h->values.rows;
    while (level-- > 0)
        size -= size / 2;
    return size;
}

static size_t lowest_level(const struct halving *h)
{
    double d = (double)h->values.columns;
    return (size_t)ceil(fmax(oversampling * d * fmax(log(d), 1), LEAST_ROWS));
}

struct taken {
    uint32_t row;
    double probability;
};

static int compare_rows(const void *a, const void *b)
{
    const struct taken *x = a, *y = b;
    return x->row < y->row ? -1 : x->row > y->row;
}

static void write_samples(const struct halving *h, const qry_stage_set *set, qry_value_samples *samples)
{
    qry_arena *arena = h->run->arena;
    struct taken *taken = qry_alloc(h->run->ctx, set->count, sizeof *taken);
    for (size_t i = 0; i < set->count; i++)
        taken[i] = (struct taken){h->order[set->row[i]], set->probability[i]};
    qsort(taken, set->count, sizeof *taken, compare_rows);
    *samples = (qry_value_samples){.row = qry_arena_alloc(arena, set->count + 1, sizeof *samples->row),
                                   .probability = qry_arena_alloc(arena, set->count + 1, sizeof(double)),
                                   .count = set->count,
                                   .every = h->coherent || set->stopped ? NULL : h->every};
    for (size_t i = 0; i < set->count; i++) {
        samples->row[i] = taken[i].row;
        samples->probability[i] = taken[i].probability;
    }
    qry_free(h->run->ctx, taken);
}

static void take_all(const struct halving *h, qry_value_samples *samples)
{
    size_t n = h->values.rows;
    *samples = (qry_value_samples){.row = qry_arena_alloc(h->run->arena, n, sizeof *samples->row),
                                   .probability = qry_arena_alloc(h->run->arena, n, sizeof(double)),
                                   .count = n};
    for (size_t j = 0; j < n; j++) {
        samples->row[j] = (uint32_t)j;
        samples->probability[j] = 1;
    }
    samples->every = samples->probability;
    h->run->stage->note = "all rows were taken: nothing was sampled";
}

/* Of a level from which nothing came, that below is as good. */
static void climb(struct halving *h, int levels, qry_value_samples *samples)
{
    for (size_t i = 0; i < size_of(h, levels); i++)
        keep(h, h->order[i], 1);
    for (int level = levels - 1; level > 0; level--) {
        qry_stage_set set = draw_level(h, size_of(h, level), false, (uint64_t)level);
        h->done += size_of(h, level);
        if (set.count)
            memset(h->square.at, 0, h->values.columns * h->values.columns * sizeof(double));
        for (size_t i = 0; i < set.count; i++)
            keep(h, h->order[set.row[i]], set.probability[i]);
    }
    qry_stage_set set = draw_level(h, h->values.rows, true, 0);
    write_samples(h, &set, samples);
    h->run->stage->note = qry_stage_note(h->by_oracle, h->by_table);
}

static void sample(struct halving *h, qry_value_samples *samples)
{
    qry_ctx *ctx = h->run->ctx;
    size_t n = h->values.rows, d = h->values.columns;
    int levels = 0;
    while (size_of(h, levels) > lowest_level(h))
        h->total += size_of(h, levels++);
    h->total = levels ? h->total : n;
    h->failure = h->run->failure / (levels ? levels : 1);
    h->order = qry_stage_permutation(h->run, n, 1);
    h->leverage = qry_alloc(ctx, n, sizeof *h->leverage);
    h->square = qry_matrix_new(ctx, d, d);
    h->root = qry_matrix_new(ctx, d, d);
    climb(h, levels, samples);
    qry_stage_progress(h->run, h->total, h->total);
    qry_matrix_free(ctx, &h->square);
    qry_matrix_free(ctx, &h->root);
    qry_free(ctx, h->leverage);
    qry_free(ctx, h->order);
}

bool qry_values_sample(const qry_stage_run *run, qry_matrix values, size_t wanted, qry_value_samples *samples)
{
    double start = qry_seconds();
    struct halving h = {.run = run, .values = values, .wanted = wanted};
    qry_must(wanted > 0);
    for (size_t j = 0; j < values.rows; j++)
        h.longest = fmax(h.longest, qry_norm(values.columns, qry_matrix_row(values, j)));
    if (run->probabilities == QRY_PROBABILITIES_COHERENT && values.columns > MOST_WIDTH) {
        qry_error(run->ctx,
                  "an oracle does not compute leverages of %zu columns of V; load their probabilities as a table",
                  values.columns);
        return false;
    }
    if (wanted >= values.rows)
        take_all(&h, samples);
    else if (h.longest > 0)
        sample(&h, samples);
    else
        *samples = (qry_value_samples){.every = qry_arena_alloc(run->arena, values.rows, sizeof *samples->every)};
    run->stage->seconds += qry_seconds() - start;
    return true;
}
