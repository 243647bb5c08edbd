/* heads.c: what rows of a head take, measured. */
#include "runtime/params/crossover.h"

#include <math.h>

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

bool qry_crossover_head_measure(qry_ctx *ctx, const qry_array *q, const qry_array *k, const qry_array *v,
                                const qry_crossover_search *search, qry_crossover_head *head,
                                qry_crossover_facts *facts)
{
    qry_attend_options options = {.method = search->method,
                                  .rest = QRY_ATTEND_REST_MOMENTS,
                                  .rule = search->rule,
                                  .scale = search->scale,
                                  .failure = search->schedule->failure,
                                  .run = {.engine = QRY_ENGINE_ORACLE, .seed = search->seed}};
    qry_attend *attend = qry_attend_new(ctx, q, k, v, &options);
    if (!attend)
        return false;
    const qry_attend_facts *f = qry_attend_facts_of(attend);
    size_t count = f->queries < search->sample ? f->queries : search->sample;
    *head = (qry_crossover_head){.keys = f->keys, .rows = count};
    *facts = (qry_crossover_facts){.rule = f->rule, .bits = f->bits};
    facts->once = (double)f->operations / (double)f->keys;
    facts->each = (double)f->row_operations / sqrt((double)f->keys);
    qry_arena *arena = qry_arena_new(ctx);
    size_t *rows = qry_arena_alloc(arena, count, sizeof *rows);
    qry_attend_row *result = qry_arena_alloc(arena, count, sizeof *result);
    double *output = qry_arena_alloc(arena, count, f->value_width * sizeof *output);
    for (size_t i = 0; i < count; i++)
        rows[i] = i * f->queries / count;
    bool done = qry_attend_run(attend, arena, rows, count, result, output);
    if (done)
        add_rows(result, count, exp2(ceil(log2((double)f->keys))), search->schedule, head);
    qry_arena_free(arena);
    qry_attend_free(attend);
    return done;
}

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
