/* factor.c: the landmarks' triangle, and the stages that make what rows need. */
#include "runtime/nystrom/factor.h"

#include <math.h>
#include <string.h>

/* A landmark of which the others leave less than this is left out: then entries of the factor's inverse stay moderate. What is
 * left of that point is certified as of any other. */
static const double repeated = 1e-10;

/* Twice the rounding error of one operation. */
static const double rounding_unit = 0x1p-52;

static const double usual_mean_epsilon = 0.1;

/* Of the keys' kernel, for the certificate: all of 16384 keys. */
static const size_t most_entries = (size_t)1 << 28;

/* A row takes the square of their number, the vector of means the three halves' power. */
static const double most_usual = 256;

/* ---- landmarks ---- */

static size_t landmarks_wanted(const qry_head *head, const qry_nystrom_options *o)
{
    size_t points = head->rows + head->keys;
    double usual = fmin(ceil(4 * sqrt((double)head->keys)), most_usual);
    size_t wanted = o->landmarks ? o->landmarks : o->lambda > 0 ? 0 : (size_t)usual;
    return wanted < points ? wanted : points;
}

static bool sample_landmarks(qry_nystrom *nystrom, const qry_stage_run *run, const qry_nystrom_options *o,
                             qry_landmarks *landmarks)
{
    size_t wanted = landmarks_wanted(nystrom->head, o);
    if (!qry_landmarks_sample(run, nystrom->kernel, wanted, o->lambda, landmarks))
        return false;
    nystrom->facts.lambda = landmarks->lambda;
    return true;
}

/* The landmarks in the order of the pivots, without those that the others leave nothing of. */
static void factor_landmarks(qry_nystrom *nystrom, const qry_landmarks *landmarks)
{
    qry_ctx *ctx = nystrom->ctx;
    size_t count = landmarks->count, d = nystrom->width;
    qry_matrix block = qry_matrix_new(ctx, count, count);
    uint32_t *order = qry_alloc(ctx, count, sizeof *order);
    qry_kernel_block(nystrom->kernel, landmarks->point, 0, landmarks->point, 0, true, block);
    size_t rank = nystrom->landmarks = qry_matrix_cholesky(ctx, block, repeated, order);
    nystrom->facts.landmarks = rank;
    nystrom->landmark = qry_matrix_new(ctx, rank, d);
    nystrom->square = qry_alloc(ctx, rank, sizeof(double));
    nystrom->root = qry_matrix_new(ctx, rank, rank);
    for (size_t i = 0; i < rank; i++) {
        double *landmark = qry_matrix_row(nystrom->landmark, i);
        memcpy(landmark, qry_matrix_row(nystrom->kernel->point, landmarks->point[order[i]]), d * sizeof(double));
        nystrom->square[i] = qry_dot(d, landmark, landmark);
        memcpy(qry_matrix_row(nystrom->root, i), qry_matrix_row(block, i), rank * sizeof(double));
    }
    qry_matrix_free(ctx, &block);
    qry_free(ctx, order);
}

/* ---- weights ---- */

/* The greatest of a key becomes 1: of the raw kernel, all of them may be far below that of a query. */
static void set_weights(qry_nystrom *nystrom)
{
    const qry_kernel *kernel = nystrom->kernel;
    const double *weight = kernel->weight + kernel->queries;
    double greatest = -INFINITY;
    for (size_t j = 0; j < kernel->keys; j++)
        greatest = fmax(greatest, weight[j]);
    nystrom->gain = kernel->gain - greatest;
    nystrom->weight = qry_alloc(nystrom->ctx, kernel->keys, sizeof(double));
    for (size_t j = 0; j < kernel->keys; j++)
        nystrom->weight[j] = exp(weight[j] - greatest);
}

void qry_nystrom_measure_keys(qry_nystrom *nystrom, const qry_head *head)
{
    nystrom->longest_key = head->longest_key;
    if (nystrom->kernel->raw) /* the mean was taken from them and is added again */
        nystrom->longest_key += 2 * qry_norm(head->width, head->key_mean);
}

/* ---- places ---- */

void qry_nystrom_solve_keys(const qry_nystrom *nystrom, size_t first, qry_matrix u)
{
    const qry_kernel *kernel = nystrom->kernel;
    for (size_t i = 0; i < u.rows; i++) {
        const double *y = qry_matrix_row(kernel->point, kernel->queries + first + i);
        qry_nystrom_near(nystrom, y, qry_matrix_row(u, i));
    }
    qry_matrix_solve(nystrom->root, false, u);
}

double qry_nystrom_near(const qry_nystrom *nystrom, const double *point, double *near)
{
    double square = qry_dot(nystrom->width, point, point);
    qry_matrix_apply(nystrom->landmark, false, point, near);
    for (size_t l = 0; l < nystrom->landmarks; l++) {
        const double *landmark = qry_matrix_row(nystrom->landmark, l);
        near[l] = exp(-qry_kernel_distance(nystrom->width, point, landmark, square + nystrom->square[l], near[l]) / 2);
    }
    return square;
}

double qry_nystrom_rounding(const qry_nystrom *nystrom, double squares)
{
    double rank = (double)nystrom->landmarks;
    return rounding_unit * rank * (rank + 1 + (double)(nystrom->width + 8) * (1 + squares));
}

/* ---- stages ---- */

qry_attend_stage *qry_stage_begin(qry_attend_stage *stages, size_t *count, const char *name, double *start)
{
    qry_attend_stage *stage = &stages[(*count)++];
    *stage = (qry_attend_stage){.name = name};
    *start = qry_seconds();
    return stage;
}

void qry_stage_end(qry_attend_stage *stage, double start) { stage->seconds = qry_seconds() - start; }

/* ---- the whole ---- */

static qry_nystrom *new_nystrom(const qry_head *head, const qry_attend_options *options, double failure)
{
    const qry_nystrom_options *o = &options->nystrom;
    qry_nystrom *nystrom = qry_alloc(head->ctx, 1, sizeof *nystrom);
    *nystrom = (qry_nystrom){.ctx = head->ctx, .head = head, .keys = head->keys, .failure = failure};
    nystrom->width = head->width;
    nystrom->value_width = head->value_width;
    nystrom->causal = options->causal;
    nystrom->value_radius = head->value_radius;
    nystrom->value_mean = qry_alloc(head->ctx, head->value_width, sizeof(double));
    memcpy(nystrom->value_mean, head->value_mean, head->value_width * sizeof(double));
    nystrom->facts.raw = o->raw;
    nystrom->facts.mean_epsilon = o->mean_epsilon > 0 ? o->mean_epsilon : usual_mean_epsilon;
    nystrom->kernel = qry_kernel_new(head, o->raw);
    set_weights(nystrom);
    qry_nystrom_measure_keys(nystrom, head);
    return nystrom;
}

/* Rows of the whole head need no key any more. */
static void forget_keys(qry_nystrom *nystrom)
{
    qry_kernel *kernel = nystrom->kernel;
    qry_matrix_free(nystrom->ctx, &kernel->point);
    qry_free(nystrom->ctx, kernel->weight);
    kernel->weight = NULL;
    qry_free(nystrom->ctx, nystrom->weight);
    nystrom->weight = NULL;
    nystrom->head = NULL;
}

/* How far a stage is, for whom the options name. */
struct teller {
    const qry_attend_options *options;
    const qry_stage_run *run;
};

static void tell(void *state, size_t done, size_t total)
{
    const struct teller *t = state;
    t->options->stage_progress(t->options->progress_state, t->run->stage->name, done, total);
}

static bool make(qry_nystrom *nystrom, const qry_attend_options *options, qry_arena *arena, qry_attend_stage *stages,
                 size_t *count)
{
    qry_stage_run run = {.ctx = nystrom->ctx,
                         .arena = arena,
                         .run = options->run,
                         .failure = nystrom->failure,
                         .probabilities = options->nystrom.probabilities};
    struct teller teller = {options, &run};
    qry_landmarks landmarks;
    double start;
    run.progress = options->stage_progress ? tell : NULL;
    run.progress_state = &teller;
    run.run.sim.threads = options->threads > 0 ? options->threads : 1;
    run.stage = qry_stage_begin(stages, count, "landmarks", &start);
    if (!sample_landmarks(nystrom, &run, &options->nystrom, &landmarks))
        return false;
    factor_landmarks(nystrom, &landmarks);
    qry_stage_end(run.stage, start);
    if (nystrom->causal ? !qry_prefixes_make(nystrom, &run, &options->nystrom, stages, count)
                        : !qry_sketch_make(nystrom, &run, &options->nystrom, stages, count))
        return false;
    run.stage = qry_stage_begin(stages, count, "certificate", &start);
    qry_certificate_make(nystrom, options->method == QRY_ATTEND_HYBRID, most_entries, run.stage);
    qry_stage_end(run.stage, start);
    return true;
}

qry_nystrom *qry_nystrom_new(const qry_head *head, const qry_attend_options *options, double failure,
                             qry_attend_stage *stages, size_t *count)
{
    qry_nystrom *nystrom = new_nystrom(head, options, failure);
    nystrom->arena = qry_arena_new(head->ctx);
    *count = 0;
    if (!make(nystrom, options, nystrom->arena, stages, count)) {
        qry_nystrom_free(nystrom);
        return NULL;
    }
    if (!nystrom->causal && options->method == QRY_ATTEND_NYSTROM)
        forget_keys(nystrom);
    return nystrom;
}

static void free_sketch(qry_ctx *ctx, qry_sketch *sketch)
{
    qry_matrix *matrices[] = {&sketch->values, &sketch->spread, &sketch->variance, &sketch->of_values};
    double *numbers[] = {sketch->mean, sketch->half, sketch->sample_mean, sketch->sample_value, sketch->value_cross};
    for (size_t i = 0; i < sizeof matrices / sizeof *matrices; i++)
        qry_matrix_free(ctx, matrices[i]);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        qry_free(ctx, numbers[i]);
}

void qry_nystrom_free(qry_nystrom *nystrom)
{
    if (!nystrom)
        return;
    qry_ctx *ctx = nystrom->ctx;
    qry_kernel_free(nystrom->kernel);
    free_sketch(ctx, &nystrom->sketch);
    qry_prefixes_free(ctx, nystrom->prefixes);
    qry_matrix *matrices[] = {&nystrom->landmark, &nystrom->root, &nystrom->certificate.left, &nystrom->image};
    double *numbers[] = {nystrom->square, nystrom->weight, nystrom->value_mean};
    for (size_t i = 0; i < sizeof matrices / sizeof *matrices; i++)
        qry_matrix_free(ctx, matrices[i]);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        qry_free(ctx, numbers[i]);
    if (nystrom->arena)
        qry_arena_free(nystrom->arena);
    qry_free(ctx, nystrom);
}

qry_nystrom_facts qry_nystrom_facts_of(const qry_nystrom *nystrom) { return nystrom->facts; }
