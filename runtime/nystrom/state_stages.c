/* state_stages.c: what making a state took, in the state: of every stage a row of numbers, of times, of texts and of what was
 * read of each table. */
#include "runtime/nystrom/state.h"

#include "runtime/attend/pipeline.h"

#include <string.h>

/* A number of 128 bits is two. Eight bytes of a text are a number; of a stage there are its name, its note and its tables. */
enum { PLAIN = 10, WIDE = 3 + sizeof(qry_tally) / sizeof(qry_u128), COLUMNS = PLAIN + 2 * WIDE, TIMES = 3 };
enum { TABLES = 8, TEXTS = 2 + TABLES, LENGTH = 24 };

static void put_wide(qry_u128 number, uint64_t *to)
{
    to[0] = (uint64_t)number;
    to[1] = (uint64_t)(number >> 64);
}

static qry_u128 take_wide(const uint64_t *from) { return from[0] | (qry_u128)from[1] << 64; }

static void put_text(const char *text, uint64_t *to)
{
    size_t length = text ? strlen(text) : 0;
    qry_must(length < 8 * LENGTH);
    for (size_t i = 0; i < length; i++)
        to[i / 8] |= (uint64_t)(unsigned char)text[i] << i % 8 * 8;
}

/* NULL if there is none, or it has no end. */
static const char *take_text(qry_ctx *ctx, const uint64_t *from)
{
    if (from[0] % 256 == 0 || from[LENGTH - 1] >> 56 != 0)
        return NULL;
    char *text = qry_alloc(ctx, 8 * LENGTH, 1);
    for (size_t i = 0; i < 8 * LENGTH; i++)
        text[i] = (char)(from[i / 8] >> i % 8 * 8);
    return text;
}

/* Where the numbers of a stage are: operations, depth, depth in T, and everything of the tally are wide. */
struct places {
    uint64_t *plain[PLAIN - 1];
    qry_u128 *wide[3];
    double *time[TIMES];
};

static struct places places_of(qry_attend_stage *s)
{
    qry_ledger *l = &s->ledger;
    return (struct places){.plain = {&l->oracle_calls, &l->a_calls, &l->shots, &l->simulated, &l->rows, &l->axes,
                                     &l->score_evaluations, &l->classical_score_evaluations, &s->writes},
                           .wide = {&s->operations, &l->depth, &l->t_depth},
                           .time = {&s->seconds, &l->seconds, &l->planning_seconds}};
}

/* ---- one stage ---- */

static void put_stage(qry_attend_stage s, uint64_t *number, double *time, uint64_t *text, uint64_t *load)
{
    struct places p = places_of(&s);
    qry_u128 wide[WIDE];
    for (size_t i = 0; i < PLAIN - 1; i++)
        number[i] = *p.plain[i];
    number[PLAIN - 1] = s.ledger.qubits;
    for (size_t i = 0; i < 3; i++)
        wide[i] = *p.wide[i];
    memcpy(wide + 3, &s.ledger.tally, sizeof s.ledger.tally);
    for (size_t i = 0; i < WIDE; i++)
        put_wide(wide[i], number + PLAIN + 2 * i);
    for (size_t i = 0; i < TIMES; i++)
        time[i] = *p.time[i];
    qry_must(s.ledger.query_count <= TABLES);
    put_text(s.name, text);
    put_text(s.note, text + LENGTH);
    for (size_t k = 0; k < s.ledger.query_count; k++) {
        put_text(s.ledger.query[k].table, text + (2 + k) * LENGTH);
        put_wide(s.ledger.query[k].loads, load + 2 * k);
    }
}

static bool take_stage(const qry_state_reader *r, qry_attend_stage *s, const uint64_t *number, const double *time,
                       const uint64_t *text, const uint64_t *load)
{
    struct places p = places_of(s);
    qry_u128 wide[WIDE];
    for (size_t i = 0; i < PLAIN - 1; i++)
        *p.plain[i] = number[i];
    s->ledger.qubits = (uint32_t)number[PLAIN - 1];
    for (size_t i = 0; i < WIDE; i++)
        wide[i] = take_wide(number + PLAIN + 2 * i);
    for (size_t i = 0; i < 3; i++)
        *p.wide[i] = wide[i];
    memcpy(&s->ledger.tally, wide + 3, sizeof s->ledger.tally);
    for (size_t i = 0; i < TIMES; i++)
        *p.time[i] = time[i];
    s->name = take_text(r->ctx, text);
    s->note = take_text(r->ctx, text + LENGTH);
    s->ledger.query = qry_alloc(r->ctx, TABLES, sizeof *s->ledger.query);
    for (size_t k = 0; k < TABLES; k++) {
        const char *table = take_text(r->ctx, text + (2 + k) * LENGTH);
        if (table)
            s->ledger.query[s->ledger.query_count++] = (qry_ledger_query){table, take_wide(load + 2 * k)};
    }
    return s->name ? true : qry_state_wrong(r, "its stages have no names");
}

/* ---- all of them ---- */

void qry_state_put_stages(qry_state_writer *w, const qry_attend_facts *facts)
{
    size_t count = facts->stage_count;
    if (count == 0)
        return;
    uint64_t *number = qry_arena_alloc(w->arena, count, COLUMNS * sizeof *number);
    double *time = qry_arena_alloc(w->arena, count, TIMES * sizeof *time);
    uint64_t *text = qry_arena_alloc(w->arena, count, TEXTS * LENGTH * sizeof *text);
    uint64_t *load = qry_arena_alloc(w->arena, count, 2 * TABLES * sizeof *load);
    for (size_t i = 0; i < count; i++)
        put_stage(facts->stage[i], number + i * COLUMNS, time + i * TIMES, text + i * TEXTS * LENGTH,
                  load + i * 2 * TABLES);
    qry_state_put_naturals(w, "stage_numbers", 2, (const size_t[]){count, COLUMNS}, number);
    qry_state_put_reals(w, "stage_times", 2, (const size_t[]){count, TIMES}, time);
    qry_state_put_naturals(w, "stage_texts", 3, (const size_t[]){count, TEXTS, LENGTH}, text);
    qry_state_put_naturals(w, "stage_loads", 3, (const size_t[]){count, TABLES, 2}, load);
}

bool qry_state_take_stages(const qry_state_reader *r, qry_attend_facts *facts, size_t count)
{
    if (count > QRY_ATTEND_STAGES)
        return qry_state_wrong(r, "it has %zu stages, more than %d", count, QRY_ATTEND_STAGES);
    if (count == 0)
        return true;
    qry_arena *arena = qry_arena_new(r->ctx);
    uint64_t *number = qry_arena_alloc(arena, count, COLUMNS * sizeof *number);
    double *time = qry_arena_alloc(arena, count, TIMES * sizeof *time);
    uint64_t *text = qry_arena_alloc(arena, count, TEXTS * LENGTH * sizeof *text);
    uint64_t *load = qry_arena_alloc(arena, count, 2 * TABLES * sizeof *load);
    bool good = qry_state_take_naturals(r, "stage_numbers", 2, (const size_t[]){count, COLUMNS}, number) &&
                qry_state_take_reals(r, "stage_times", 2, (const size_t[]){count, TIMES}, time) &&
                qry_state_take_naturals(r, "stage_texts", 3, (const size_t[]){count, TEXTS, LENGTH}, text) &&
                qry_state_take_naturals(r, "stage_loads", 3, (const size_t[]){count, TABLES, 2}, load);
    for (size_t i = 0; i < count && good; i++) {
        good = take_stage(r, &facts->stage[i], number + i * COLUMNS, time + i * TIMES, text + i * TEXTS * LENGTH,
                          load + i * 2 * TABLES);
        facts->stage_count += good;
    }
    qry_arena_free(arena);
    return good;
}
