/* parts.c: turns stretches of arithmetic into definitions. Operands come in groups: address, words, results of earlier
 * parts, what this part leaves, what it needs for a while. Two parts with the same gates and groups are one definition,
 * called twice; a part that was there before the refresh keeps its definition and version. */
#include "compiler/lower.h"

#include <stdlib.h>
#include <string.h>

enum group { ADDRESS, UNIFORM, WORD, ARGUMENT, RESULT, SCRATCH, GROUPS };

static const struct {
    const char *name;
    qry_role role;
} group_kinds[GROUPS] = {[ADDRESS] = {"addr", QRY_ROLE_ADDRESS}, [UNIFORM] = {"uniform", QRY_ROLE_DATA},
                         [WORD] = {"word", QRY_ROLE_WORD},       [ARGUMENT] = {"arg", QRY_ROLE_DATA},
                         [RESULT] = {"result", QRY_ROLE_DATA},   [SCRATCH] = {"work", QRY_ROLE_WORK}};

void qry_begin_part(qry_lowered *l) { qry_arith_begin_part(&l->arith); }

static enum group group_of(const qry_lowered *l, qry_qubit qubit)
{
    const qry_arith *a = &l->arith;
    if (qubit < l->search.address)
        return ADDRESS;
    if (qubit < l->state)
        return UNIFORM;
    if (qubit < a->first_work)
        return WORD;
    struct qry_work_note note = a->taken[qubit - a->first_work];
    qry_must(note.part == a->parts || note.live);
    return note.part < a->parts ? ARGUMENT : note.live ? RESULT : SCRATCH;
}

static int by_number(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

/* The qubits of the part, group by group, each with its group in the high 32 bits. */
static uint64_t *find_operands(qry_lowered *l, size_t *count)
{
    const qry_arith *a = &l->arith;
    size_t qubits = (size_t)a->first_work + a->work;
    QRY_GROW(l->ctx, l->place, l->place_room, qubits);
    while (l->place_count < qubits)
        l->place[l->place_count++] = 0;
    uint64_t *operands = qry_arena_alloc(l->arena, 3 * a->op_count, sizeof *operands);
    *count = 0;
    for (size_t i = 0; i < a->op_count; i++) {
        const qry_qubit of_op[3] = {a->ops[i].a, a->ops[i].b, a->ops[i].c};
        for (int k = 0; k < qry_gate_table[a->ops[i].kind].qubits; k++)
            if (!l->place[of_op[k]]) {
                l->place[of_op[k]] = 1;
                operands[(*count)++] = (uint64_t)group_of(l, of_op[k]) << 32 | of_op[k];
            }
    }
    qsort(operands, *count, sizeof *operands, by_number);
    for (size_t i = 0; i < *count; i++)
        l->place[(uint32_t)operands[i]] = (uint32_t)i + 1;
    return operands;
}

static void draft_part(const qry_lowered *l, const uint64_t *operands, size_t count)
{
    qry_definition *d = l->draft[0];
    const qry_arith *a = &l->arith;
    for (size_t i = 0; i < count;) {
        size_t first = i;
        while (i < count && operands[i] >> 32 == operands[first] >> 32)
            i++;
        qry_definition_group(d, group_kinds[operands[first] >> 32].name, (uint32_t)(i - first),
                             group_kinds[operands[first] >> 32].role);
    }
    for (size_t i = 0; i < a->op_count; i++) {
        const qry_op *op = &a->ops[i];
        qry_qubit q[3] = {op->a, op->b, op->c};
        for (int k = 0; k < qry_gate_table[op->kind].qubits; k++)
            q[k] = l->place[q[k]] - 1;
        qry_add(d, (qry_gate)op->kind, q[0], q[1], q[2]);
    }
}

static uint64_t hash(const qry_definition *d)
{
    uint64_t h = d->width;
    for (size_t i = 0; i < d->op_count; i++) {
        uint64_t words[2];
        memcpy(words, &d->ops[i], sizeof words);
        h = (h ^ words[0]) * 0x9e3779b97f4a7c15u;
        h = (h ^ h >> 29 ^ words[1]) * 0xbf58476d1ce4e5b9u;
    }
    return h ^ h >> 32;
}

/* ---- the pool ---- */

static uint32_t *name_list(struct qry_part_pool *pool, const char *name)
{
    size_t i = 0;
    while (i < pool->name_count && strcmp(pool->names[i].name, name) != 0)
        i++;
    if (i == pool->name_count) {
        qry_must(i < sizeof pool->names / sizeof *pool->names);
        pool->names[pool->name_count++].name = name;
        pool->names[i].idle = 0;
    }
    return &pool->names[i].idle;
}

static bool holds(const struct qry_part *part, uint64_t h, const char *name, const qry_definition *draft)
{
    return part->hash == h && strcmp(part->definition->name, name) == 0 &&
           qry_definition_equal(part->definition, draft);
}

/* The slot of the part that holds what the draft holds, or an empty one; draft NULL: an empty one. Parts that have been
 * overwritten since their slot was filled hold something else. */
static uint32_t *find_slot(const struct qry_part_pool *pool, uint64_t h, const char *name, const qry_definition *draft)
{
    size_t i = h & (pool->slot_count - 1);
    while (pool->slots[i] && !(draft && holds(&pool->parts[pool->slots[i] - 1], h, name, draft)))
        i = (i + 1) & (pool->slot_count - 1);
    return &pool->slots[i];
}

/* All parts into a table at least four times as large, for as many again. */
static void fill_slots(qry_lowered *l)
{
    struct qry_part_pool *pool = &l->pool;
    size_t wanted = 64;
    while (wanted < 4 * pool->count)
        wanted *= 2;
    pool->slots = qry_resize(l->ctx, pool->slots, wanted, sizeof *pool->slots);
    pool->slot_count = wanted;
    memset(pool->slots, 0, wanted * sizeof *pool->slots);
    for (size_t i = 0; i < pool->count; i++)
        *find_slot(pool, pool->parts[i].hash, NULL, NULL) = (uint32_t)i + 1;
    pool->slots_used = pool->count;
}

void qry_begin_parts(qry_lowered *l)
{
    struct qry_part_pool *pool = &l->pool;
    fill_slots(l);
    for (size_t i = 0; i < pool->name_count; i++)
        pool->names[i].idle = 0;
    for (size_t i = 0; i < pool->count; i++) {
        struct qry_part *p = &pool->parts[i];
        uint32_t *list = name_list(pool, p->definition->name);
        if (p->lowering + 1 < l->lowering) {
            p->idle = *list;
            *list = (uint32_t)i + 1;
        }
    }
}

/* A part to be overwritten: the one that had this place in the last lowering, or one that this did not use; else a new
 * one. Its number. */
static size_t choose_part(qry_lowered *l, const char *name)
{
    struct qry_part_pool *pool = &l->pool;
    uint32_t there = l->call_count < pool->at_count ? pool->at[l->call_count] : 0;
    if (there && pool->parts[there - 1].lowering < l->lowering &&
        strcmp(pool->parts[there - 1].definition->name, name) == 0)
        return there - 1;
    uint32_t *list = name_list(pool, name);
    while (*list) {
        uint32_t idle = *list;
        *list = pool->parts[idle - 1].idle;
        if (pool->parts[idle - 1].lowering < l->lowering)
            return idle - 1;
    }
    QRY_GROW(l->ctx, pool->parts, pool->room, pool->count + 1);
    pool->parts[pool->count] = (struct qry_part){.definition = qry_circuit_define(l->search.circuit, name, 0)};
    return pool->count++;
}

/* The part that holds what the draft holds; the draft is empty afterwards. */
static const qry_definition *settle_part(qry_lowered *l, const char *name)
{
    struct qry_part_pool *pool = &l->pool;
    uint64_t h = hash(l->draft[0]);
    uint32_t *slot = find_slot(pool, h, name, l->draft[0]);
    if (!*slot) {
        *slot = (uint32_t)choose_part(l, name) + 1;
        pool->parts[*slot - 1].hash = h;
        pool->slots_used++;
    }
    struct qry_part *part = &pool->parts[*slot - 1];
    qry_lowered_settle(l, l->draft[0], &part->definition, name);
    part->lowering = l->lowering;
    QRY_GROW(l->ctx, pool->at, pool->at_room, l->call_count + 1);
    pool->at[l->call_count] = *slot;
    pool->at_count = pool->at_count > l->call_count ? pool->at_count : l->call_count + 1;
    if (2 * pool->slots_used > pool->slot_count)
        fill_slots(l);
    return part->definition;
}

void qry_end_part(qry_lowered *l, const char *name)
{
    if (l->arith.op_count == 0)
        return;
    size_t count;
    uint64_t *operands = find_operands(l, &count);
    draft_part(l, operands, count);
    const qry_definition *definition = settle_part(l, name);
    QRY_GROW(l->ctx, l->calls, l->call_room, l->call_count + 1);
    struct qry_part_call *call = &l->calls[l->call_count++];
    *call = (struct qry_part_call){definition, qry_arena_alloc(l->arena, count, sizeof *call->operands)};
    for (size_t i = 0; i < count; i++) {
        call->operands[i] = (uint32_t)operands[i];
        l->place[call->operands[i]] = 0;
        l->score.reads_address |= call->operands[i] < l->search.address;
        l->score.reads_uniform |= call->operands[i] >= l->search.address && call->operands[i] < l->state;
    }
}

/* Work qubits that hold something at the end come first. */
static void place_work(qry_lowered *l)
{
    const qry_arith *a = &l->arith;
    l->score.place = qry_arena_alloc(l->arena, a->work + (size_t)1, sizeof *l->score.place);
    l->score.kept = 0;
    for (uint32_t k = 0; k < a->work; k++)
        if (a->taken[k].live)
            l->score.place[k] = l->score.kept++;
    l->score.work = l->score.kept;
    for (uint32_t k = 0; k < a->work; k++)
        if (!a->taken[k].live)
            l->score.place[k] = l->score.work++;
}

/* The operands of the definition before its results: of the state what it reads, and the words. */
static void draft_operands(const qry_lowered *l, qry_definition *d)
{
    if (l->score.reads_address)
        qry_definition_group(d, "addr", l->search.address, QRY_ROLE_ADDRESS);
    if (l->score.reads_uniform)
        qry_definition_group(d, "uniform", l->search.uniform, QRY_ROLE_DATA);
    if (l->arith.first_work > l->state)
        qry_definition_group(d, "word", l->arith.first_work - l->state, QRY_ROLE_WORD);
    if (l->score.kept)
        qry_definition_group(d, "result", l->score.kept, QRY_ROLE_DATA);
    if (l->score.work > l->score.kept)
        qry_definition_group(d, "work", l->score.work - l->score.kept, QRY_ROLE_WORK);
}

/* A qubit as the arithmetic numbers it among these operands. */
static qry_qubit operand(const qry_lowered *l, qry_qubit q)
{
    uint32_t address = l->score.reads_address ? l->search.address : 0, unread = l->search.address - address;
    if (q < l->state)
        return q - unread;
    unread = l->state - address - (l->score.reads_uniform ? l->search.uniform : 0);
    if (q < l->arith.first_work)
        return q - unread;
    return l->arith.first_work + l->score.place[q - l->arith.first_work] - unread;
}

bool qry_write_score_definition(qry_lowered *l)
{
    place_work(l);
    if (l->call_count == 0)
        return false;
    qry_definition *d = l->draft[0];
    draft_operands(l, d);
    for (size_t i = 0; i < l->call_count; i++) {
        struct qry_part_call *call = &l->calls[i];
        for (uint32_t k = 0; k < call->definition->width; k++)
            call->operands[k] = operand(l, call->operands[k]);
        qry_add_call(d, call->definition, false, call->operands, NULL);
    }
    qry_lowered_settle(l, l->draft[0], &l->score.definition, "score");
    return true;
}
