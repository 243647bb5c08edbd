/* heads.c: what rows of a head take, measured. */
#include "runtime/params/crossover.h"

#include <math.h>

static size_t sample_of(const qry_crossover_search *search, size_t queries)
{
    return queries < search->sample ? queries : search->sample;
}

static size_t sampled_row(size_t i, size_t count, size_t queries) { return i * queries / count; }

static void add_rows(const qry_attend_row *rows, size_t count, double padded, const qry_schedule *schedule,
                     qry_crossover_head *head)
{
    double says = 0,
           calls = 0; /* of the rows that searched: where all keys are wanted there is nothing to search for */
    for (size_t i = 0; i < count; i++) {
        head->found += (double)rows[i].hits / (double)count;
        head->calls += (double)rows[i].ledger.oracle_calls / (double)count;
        head->verified += (double)rows[i].ledger.score_evaluations / (double)count;
        if (rows[i].ledger.oracle_calls == 0)
            continue;
        calls += (double)rows[i].ledger.oracle_calls;
        says += qry_schedule_calls(schedule, padded, (double)rows[i].hits);
    }
    head->ratio = calls > 0 ? calls / says : 1;
}

bool qry_crossover_head_measure(qry_ctx *ctx, const qry_array *const arrays[3], const qry_crossover_search *search,
                                qry_crossover_head *head, qry_crossover_facts *facts)
{
    qry_attend_options options = {.method = search->method,
                                  .rest = QRY_ATTEND_REST_MOMENTS,
                                  .rule = search->rule,
                                  .scale = search->scale,
                                  .failure = search->schedule->failure,
                                  .run = {.engine = QRY_ENGINE_ORACLE, .seed = search->seed}};
    qry_attend *attend = qry_attend_new(ctx, arrays[0], arrays[1], arrays[2], &options);
    if (!attend)
        return false;
    const qry_attend_facts *f = qry_attend_facts_of(attend);
    size_t count = sample_of(search, f->queries);
    *head = (qry_crossover_head){.keys = f->keys, .rows = count};
    *facts = (qry_crossover_facts){.rule = f->rule, .bits = f->bits};
    facts->once = (double)f->operations / (double)f->keys;
    facts->each = (double)f->row_operations / sqrt((double)f->keys);
    qry_arena *arena = qry_arena_new(ctx);
    size_t *rows = qry_arena_alloc(arena, count, sizeof *rows);
    qry_attend_row *result = qry_arena_alloc(arena, count, sizeof *result);
    double *output = qry_arena_alloc(arena, count, f->value_width * sizeof *output);
    for (size_t i = 0; i < count; i++)
        rows[i] = sampled_row(i, count, f->queries);
    bool done = qry_attend_run(attend, arena, rows, count, result, output);
    if (done)
        add_rows(result, count, exp2(ceil(log2((double)f->keys))), search->schedule, head);
    qry_arena_free(arena);
    qry_attend_free(attend);
    return done;
}

/* ---- where few keys are found ---- */

/* below: how far under its row's highest a score is, of all sampled rows. The widest drop that takes in `wanted` of them. */
static double drop_for(const double *below, size_t count, double wanted, double widest)
{
    double low = 0, high = widest;
    for (int i = 0; i < 40; i++) {
        double middle = (low + high) / 2, taken = 0;
        for (size_t j = 0; j < count; j++)
            taken += below[j] <= middle;
        *(taken <= wanted ? &low : &high) = middle;
    }
    return low;
}

/* The drop within which half a part QRY_CROSS_FEW of the keys scores: searches find somewhat more, by integers. */
static double narrow_drop(const qry_head *head, size_t count, double widest)
{
    size_t keys = head->keys;
    qry_memory_require(head->ctx, 8.0 * (double)count * (double)keys, "the scores of the sampled rows");
    double *below = qry_alloc(head->ctx, count * keys, sizeof *below);
    for (size_t i = 0; i < count; i++) {
        double *scores = below + i * keys, top = -INFINITY;
        qry_matrix_apply(head->k, false, qry_matrix_row(head->q, sampled_row(i, count, head->rows)), scores);
        for (size_t j = 0; j < keys; j++)
            top = fmax(top, scores[j]);
        for (size_t j = 0; j < keys; j++)
            scores[j] = top - scores[j];
        qry_check_interrupt(head->ctx);
    }
    double drop = drop_for(below, count * keys, QRY_CROSS_FEW / 2 * (double)(count * keys), widest);
    qry_free(head->ctx, below);
    return drop;
}

bool qry_crossover_factor_measure(const qry_head *head, const qry_array *const arrays[3],
                                  const qry_crossover_search *search, const qry_crossover_head *measured,
                                  const qry_crossover_facts *facts, qry_crossover_factor *factor)
{
    qry_crossover_head narrow = *measured;
    qry_crossover_facts others;
    qry_crossover_search narrower = *search;
    factor->rule = facts->rule;
    narrower.rule = &factor->rule;
    double keys = (double)measured->keys;
    if (measured->found > QRY_CROSS_FEW * keys) {
        factor->rule.value = facts->rule.kind == QRY_RULE_TOP
                                 ? fmax(1, floor(QRY_CROSS_FEW / 2 * keys)) /* somewhat more are found */
                                 : narrow_drop(head, measured->rows, facts->rule.value);
        if (!qry_crossover_head_measure(head->ctx, arrays, &narrower, &narrow, &others))
            return false;
    }
    factor->share = narrow.found / keys;
    factor->ratio = factor->share > QRY_CROSS_FEW ? fmax(1, narrow.ratio) : narrow.ratio;
    return true;
}

/* ---- low-rank rows ---- */

qry_quantity qry_crossover_landmarks(const qry_head *head)
{
    double *room = qry_alloc(head->ctx, 3, head->rows * sizeof *room);
    qry_weights weights = {.top = room, .log_sum = room + head->rows, .log_squares = room + 2 * head->rows};
    qry_drops_measure(head, &weights, NULL, 0, NULL);
    qry_kernel *kernel = qry_kernel_new(head, false);
    qry_quantity dimension = qry_effective_dimension(kernel, qry_needed_log_lambda(kernel, &weights));
    qry_kernel_free(kernel);
    qry_free(head->ctx, room);
    return dimension;
}
