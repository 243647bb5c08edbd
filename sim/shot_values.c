/* shot_values.c: what the outputs of a program were, and how often. */
#include "sim/shots.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a. */
static uint64_t hash_of(const char *text)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return h ^ h >> 32;
}

static size_t slot_of(const struct shots_values *values, const char *text)
{
    size_t at = hash_of(text) & (values->slots - 1);
    while (values->slot[at] && strcmp(values->value[values->slot[at] - 1].text, text) != 0)
        at = (at + 1) & (values->slots - 1);
    return at;
}

/* Room for one more: at most half of the table is used. */
static void widen(qry_ctx *ctx, struct shots_values *values)
{
    enum { FIRST_SLOTS = 16 };
    if (2 * (values->count + 1) <= values->slots)
        return;
    qry_free(ctx, values->slot);
    values->slots = values->slots ? 2 * values->slots : FIRST_SLOTS;
    values->slot = qry_alloc(ctx, values->slots, sizeof *values->slot);
    for (size_t i = 0; i < values->count; i++)
        values->slot[slot_of(values, values->value[i].text)] = (uint32_t)i + 1;
}

static void add_value(qry_shots *shots, struct shots_values *values, const char *text, uint64_t times)
{
    widen(shots->ctx, values);
    size_t at = slot_of(values, text);
    if (!values->slot[at]) {
        QRY_GROW(shots->ctx, values->value, values->room, values->count + 1);
        values->value[values->count] = (qry_shots_value){.text = qry_arena_text(shots->arena, text, strlen(text))};
        values->slot[at] = (uint32_t)++values->count;
    }
    values->value[values->slot[at] - 1].shots += times;
}

/* An output with a value of its own; those that are registers are found in the outcomes. */
static bool has_value(const qry_variable *variable) { return variable->output && !qry_is_register(variable); }

void shots_take_values(qry_shots *shots)
{
    for (size_t v = 0; v < shots->variable_count; v++)
        if (has_value(&shots->variable[v])) {
            qry_arena *arena = qry_arena_new(shots->ctx);
            add_value(shots, &shots->values[v], qry_qasm_value(shots->program, v, arena), 1);
            qry_arena_free(arena);
        }
}

/* From the outcomes: the bits of a register, the highest first. `first`: its bit 0 among those of an outcome. */
static void add_register(qry_shots *shots, size_t v, uint32_t first)
{
    uint32_t bits = shots->variable[v].bits;
    char *text = qry_alloc(shots->ctx, (size_t)bits + 1, 1);
    qry_outcomes_sort(shots->outcomes, false);
    for (size_t i = 0; i < qry_outcomes_count(shots->outcomes); i++) {
        double times;
        const uint64_t *word = qry_outcomes_at(shots->outcomes, i, &times);
        for (uint32_t b = 0; b < bits; b++) {
            uint32_t at = first + bits - 1 - b;
            text[b] = word[at / 64] >> at % 64 & 1 ? '1' : '0';
        }
        add_value(shots, &shots->values[v], text, (uint64_t)times);
    }
    qry_free(shots->ctx, text);
}

void shots_finish_values(qry_shots *shots)
{
    uint32_t first = 0;
    for (size_t v = 0; v < shots->variable_count; v++) {
        const qry_variable *variable = &shots->variable[v];
        if (has_value(variable) && shots->way != QRY_SHOTS_LIVE)
            add_value(shots, &shots->values[v], shots->elaboration->value[v], shots->done);
        if (variable->output && qry_is_register(variable))
            add_register(shots, v, first);
        first += qry_is_register(variable) ? variable->bits : 0;
    }
}

static int compare_values(const void *a, const void *b)
{
    const qry_shots_value *x = a, *y = b;
    if (x->shots != y->shots)
        return x->shots < y->shots ? 1 : -1;
    return strcmp(x->text, y->text);
}

const qry_shots_value *qry_shots_values(qry_shots *shots, size_t variable, size_t *count)
{
    struct shots_values *values = &shots->values[variable];
    qsort(values->value, values->count, sizeof *values->value, compare_values);
    qry_free(shots->ctx, values->slot); /* whose numbers do not hold any more */
    values->slot = NULL;
    values->slots = 0;
    *count = values->count;
    return values->value;
}

void shots_free_values(qry_shots *shots)
{
    for (size_t v = 0; v < shots->variable_count; v++) {
        qry_free(shots->ctx, shots->values[v].value);
        qry_free(shots->ctx, shots->values[v].slot);
    }
}
