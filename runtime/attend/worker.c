/* worker.c: what a thread needs to search the keys of its rows: the program, compiled once, and a searcher. A row changes
 * the constants q and threshold; the queries of the table K stay, with their plans. */
#include "runtime/attend/pipeline.h"

#include <string.h>

const char *const qry_attend_tables[QRY_ATTEND_TABLES] = {"K", "alive", "rest", "group"};

qry_worker *qry_worker_new(qry_ctx *ctx, const qry_attend *attend, int engine_threads)
{
    const qry_head *head = attend->head;
    qry_worker *w = qry_alloc(ctx, 1, sizeof *w);
    *w = (qry_worker){.ctx = ctx, .attend = attend, .engine_threads = engine_threads};
    if (!attend->facts.loaded) /* then there are neither keys to score nor room for as many numbers as they were */
        w->scores = qry_alloc(ctx, head->keys, sizeof *w->scores);
    w->exact = qry_alloc(ctx, head->value_width, sizeof *w->exact);
    if (attend->nystrom)
        w->place = qry_nystrom_place_new(ctx, attend->nystrom);
    if (!attend->moments)
        return w;
    w->rest = qry_rest_new(ctx, attend->moments);
    w->found = qry_alloc(ctx, head->keys, sizeof *w->found);
    w->score = qry_alloc(ctx, head->keys, sizeof *w->score);
    if (attend->tree)
        w->hits = qry_halfspace_hits_new(ctx);
    if (!attend->codes)
        return w;
    w->query.code = qry_alloc(ctx, head->width, sizeof *w->query.code);
    w->integers = qry_alloc(ctx, head->width, sizeof *w->integers);
    w->is_found = qry_alloc(ctx, head->keys, sizeof *w->is_found);
    for (int s = 0; s < QRY_SUMS; s++)
        qry_cells_init(&w->meter[s].cells, ctx, attend->moments, (qry_rest_sum)s);
    return w;
}

void qry_worker_free(qry_worker *w)
{
    qry_searcher_free(w->searcher);
    qry_search_free(w->search);
    qry_program_free(w->program);
    for (int s = 0; s < QRY_SUMS; s++)
        qry_meter_free(&w->meter[s], w->ctx);
    qry_nystrom_place_free(w->place);
    qry_rest_free(w->rest);
    qry_halfspace_hits_free(w->hits);
    void *all[] = {w->query.code, w->integers, w->found, w->score, w->is_found, w->scores, w->exact};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        qry_free(w->ctx, all[i]);
    qry_free(w->ctx, w);
}

/* ---- the search ---- */

void qry_worker_bind_keys(const qry_worker *w, qry_program *program)
{
    const qry_codes *codes = w->attend->codes;
    size_t count = codes->head->keys * codes->head->width;
    int64_t *integers = qry_alloc(w->ctx, count, sizeof *integers);
    for (size_t i = 0; i < count; i++)
        integers[i] = codes->code[i];
    if (!qry_program_bind(program, "K", integers))
        qry_give_up(w->ctx);
    qry_free(w->ctx, integers);
}

static void refresh(qry_worker *w)
{
    bool limited = w->attend->facts.causal;
    if (!qry_program_bind(w->program, "q", qry_worker_query(w)) ||
        !qry_program_set_param(w->program, "threshold", (qry_rational){w->comparator, 1}) ||
        (limited && !qry_program_set_param(w->program, "last", (qry_rational){(int64_t)w->keys - 1, 1})) ||
        !qry_search_refresh(w->search))
        qry_give_up(w->ctx);
}

/* The text for the last row has no limit, and other rows need one: the row before lends its own. One key never comes here:
 * it is known what it scores. */
static void compile(qry_worker *w)
{
    bool is_last = w->attend->facts.causal && w->keys == w->attend->facts.keys;
    size_t last = w->keys - (is_last ? 2 : 1);
    qry_arena *arena = qry_arena_new(w->ctx);
    const char *text = qry_row_program(w->attend, "", "keys.npy", w->query.code, w->comparator, last, 0, arena);
    w->program = qry_program_read(w->ctx, qry_source_from_text(w->ctx, "attend.qry", text, strlen(text)));
    if (!w->program)
        qry_give_up(w->ctx);
    qry_worker_bind_keys(w, w->program);
    qry_run_options run = qry_worker_run(w);
    w->search =
        qry_program_compile(w->program, &(qry_compile_options){.count_memory = run.engine == QRY_ENGINE_ORACLE});
    if (!w->search)
        qry_give_up(w->ctx);
    qry_arena_free(arena);
    if (is_last)
        refresh(w);
    w->searcher = qry_searcher_new(w->ctx, w->search, &run, w->rest->row);
}

qry_run_options qry_worker_run(const qry_worker *w)
{
    qry_run_options run = w->attend->options.run;
    run.sim.threads = w->engine_threads;
    return run;
}

const int64_t *qry_worker_query(qry_worker *w)
{
    for (size_t c = 0; c < w->attend->facts.width; c++)
        w->integers[c] = w->query.code[c];
    return w->integers;
}

/* ---- rows ---- */

static void find_range(qry_worker *w)
{
    const qry_codes *codes = w->attend->codes;
    w->low = w->high = 0;
    for (size_t c = 0; c < w->attend->facts.width; c++) {
        int64_t x = (int64_t)w->query.code[c] * codes->least[c], y = (int64_t)w->query.code[c] * codes->most[c];
        w->low += x < y ? x : y;
        w->high += x < y ? y : x;
    }
}

void qry_worker_take_row(qry_worker *w, size_t row)
{
    qry_rest_of_row(w->rest, row);
    w->scored = w->rest->rescored;
    qry_codes_query(w->attend->codes, row, w->attend->facts.bits.query, &w->query);
    find_range(w);
    w->keys = qry_head_keys_of(w->attend->head, row);
    memset(w->is_found, 0, w->keys);
    memset(w->is_found + w->keys, 1, w->attend->facts.keys - w->keys);
    w->found_count = 0;
    w->begun = false;
    if (w->searcher)
        qry_searcher_restart(w->searcher, row);
    for (int s = 0; s < QRY_SUMS; s++)
        w->meter[s].used = false;
}

static void take(qry_worker *w, size_t key)
{
    size_t i = w->found_count++;
    w->found[i] = (uint32_t)key;
    w->score[i] = qry_head_score(w->attend->head, w->rest->row, key);
    w->scored++;
    w->is_found[key] = 1;
}

static void take_all(qry_worker *w)
{
    for (size_t key = 0; key < w->keys; key++)
        if (!w->is_found[key])
            take(w, key);
}

void qry_worker_aim(qry_worker *w, int64_t comparator, double expected)
{
    w->comparator = comparator;
    if (comparator <= w->low)
        take_all(w);
    if (comparator <= w->low || comparator > w->high)
        return;
    if (w->searcher)
        refresh(w);
    else
        compile(w);
    if (w->begun)
        qry_searcher_retarget(w->searcher, expected);
    else
        qry_searcher_begin(w->searcher, expected, qry_search_failure(w->attend));
    w->begun = true;
}

bool qry_worker_find(qry_worker *w, bool certified)
{
    uint64_t key;
    if (w->comparator <= w->low || w->comparator > w->high || w->found_count == w->keys)
        return false;
    if (!(certified ? qry_searcher_find(w->searcher, &key) : qry_searcher_seek(w->searcher, &key)))
        return false;
    take(w, key);
    return true;
}
