/* worker.c: what a thread needs to search the keys of its rows: the program, compiled once, and a searcher. A row changes
 * the constants q and threshold; the queries of the table K stay, with their plans. */
#include "runtime/attend/pipeline.h"

#include <string.h>

const char *const qry_attend_tables[QRY_ATTEND_TABLES] = {"K", "alive"};

qry_worker *qry_worker_new(qry_ctx *ctx, const qry_attend *attend, int engine_threads)
{
    const qry_head *head = attend->head;
    qry_worker *w = qry_alloc(ctx, 1, sizeof *w);
    *w = (qry_worker){.ctx = ctx, .attend = attend, .engine_threads = engine_threads};
    w->scores = qry_alloc(ctx, head->keys, sizeof *w->scores);
    w->exact = qry_alloc(ctx, head->value_width, sizeof *w->exact);
    if (!attend->codes)
        return w;
    w->rest = qry_rest_new(ctx, attend->moments);
    w->query.code = qry_alloc(ctx, head->width, sizeof *w->query.code);
    w->integers = qry_alloc(ctx, head->width, sizeof *w->integers);
    w->found = qry_alloc(ctx, head->keys, sizeof *w->found);
    w->score = qry_alloc(ctx, head->keys, sizeof *w->score);
    w->is_found = qry_alloc(ctx, head->keys, sizeof *w->is_found);
    return w;
}

/* ---- the search ---- */

static void bind_keys(const qry_worker *w)
{
    const qry_codes *codes = w->attend->codes;
    size_t count = codes->head->keys * codes->head->width;
    int64_t *integers = qry_alloc(w->ctx, count, sizeof *integers);
    for (size_t i = 0; i < count; i++)
        integers[i] = codes->code[i];
    if (!qry_program_bind(w->program, "K", integers))
        qry_give_up(w->ctx);
    qry_free(w->ctx, integers);
}

static void compile(qry_worker *w)
{
    qry_arena *arena = qry_arena_new(w->ctx);
    const char *text = qry_row_program(w->attend, "", "keys.npy", w->query.code, w->comparator, 0, arena);
    w->program = qry_program_read(w->ctx, qry_source_from_text(w->ctx, "attend.qry", text, strlen(text)));
    if (!w->program)
        qry_give_up(w->ctx);
    bind_keys(w);
    w->search = qry_program_compile(w->program, NULL);
    if (!w->search)
        qry_give_up(w->ctx);
    qry_arena_free(arena);
    qry_run_options run = w->attend->options.run;
    run.sim.threads = w->engine_threads;
    w->searcher = qry_searcher_new(w->ctx, w->search, &run, w->rest->row);
}

static void refresh(qry_worker *w)
{
    for (size_t c = 0; c < w->attend->facts.width; c++)
        w->integers[c] = w->query.code[c];
    if (!qry_program_bind(w->program, "q", w->integers) ||
        !qry_program_set_param(w->program, "threshold", (qry_rational){w->comparator, 1}) ||
        !qry_search_refresh(w->search))
        qry_give_up(w->ctx);
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
    memset(w->is_found, 0, w->attend->facts.keys);
    w->found_count = 0;
    w->begun = false;
    if (w->searcher)
        qry_searcher_restart(w->searcher, row);
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
    for (size_t key = 0; key < w->attend->facts.keys; key++)
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
        qry_searcher_begin(w->searcher, expected, w->attend->facts.failure);
    w->begun = true;
}

bool qry_worker_find(qry_worker *w, bool certified)
{
    uint64_t key;
    if (w->comparator <= w->low || w->comparator > w->high)
        return false;
    if (!(certified ? qry_searcher_find(w->searcher, &key) : qry_searcher_seek(w->searcher, &key)))
        return false;
    take(w, key);
    return true;
}
