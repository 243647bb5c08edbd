/* schedule.c: puts the operations of a plan in an order with long runs of one kind. Operations that touch different
 * storages may change places, forwards and backwards; among those that could run next, equal kinds go together. */
#include "sim/sparse/sparse.h"

#include <string.h>

/* When a storage was last read and written, in layers: operations of one layer are independent of each other. */
struct last {
    uint32_t read, written;
};

/* Operands, as bits: which an operation reads, and which it changes in one direction or the other. The planes that
 * operations gather into (sign, strayed, dirty) are no operands: the order of exclusive ors does not matter. */
struct touch {
    uint8_t reads, changes;
};

static struct touch touch_of(enum plan_kind kind)
{
    switch (kind) {
    case PLAN_XOR:
        return (struct touch){2, 1};
    case PLAN_AND:
    case PLAN_AND_N:
    case PLAN_AND_NN:
        return (struct touch){2 | 4, 1};
    case PLAN_SWAP:
    case PLAN_SWAP_N:
    case PLAN_SPLIT:
    case PLAN_SPLIT_N:
    case PLAN_JOIN:
    case PLAN_JOIN_N:
        return (struct touch){4, 1 | 2};
    case PLAN_Z:
    case PLAN_X:
        return (struct touch){2 | 4 | 8, 1};
    case PLAN_XOR3:
    case PLAN_AND3:
    case PLAN_AND3_N:
    case PLAN_AND3_NN:
        return (struct touch){1 | 2, 4};
    default: /* CLEAR, GUARD, ASSERT */
        return (struct touch){0, 1};
    }
}

static uint32_t at(const struct plan *plan, size_t operation, int operand)
{
    size_t i = 4 * operation + (size_t)operand;
    return plan->wide ? ((const uint32_t *)plan->operations)[i] : ((const uint16_t *)plan->operations)[i];
}

/* The first layer after everything that the operation must come after; notes the operation there. */
static uint32_t find_layer(const struct plan *plan, size_t operation, struct touch t, struct last *last)
{
    uint32_t layer = 0;
    for (int k = 0; k < 4; k++) {
        uint32_t storage = at(plan, operation, k);
        if (storage < STORE_FIRST || !((t.reads | t.changes) >> k & 1))
            continue;
        const struct last *l = &last[storage];
        layer = l->written > layer ? l->written : layer;
        if (t.changes >> k & 1)
            layer = l->read > layer ? l->read : layer;
    }
    layer++;
    for (int k = 0; k < 4; k++) {
        uint32_t storage = at(plan, operation, k);
        if (storage < STORE_FIRST)
            continue;
        if (t.changes >> k & 1)
            last[storage].written = layer;
        else if (t.reads >> k & 1 && last[storage].read < layer)
            last[storage].read = layer;
    }
    return layer;
}

/* Layer and kind of every operation as one number; returns how many such numbers there can be. */
static size_t find_keys(const struct plan *plan, struct last *last, uint32_t *key)
{
    uint32_t layers = 0;
    size_t i = 0;
    for (size_t r = 0; r < plan->run_count; r++) {
        enum plan_kind kind = (enum plan_kind)plan->runs[r].kind;
        struct touch t = touch_of(kind);
        for (uint32_t n = 0; n < plan->runs[r].count; n++, i++) {
            uint32_t layer = find_layer(plan, i, t, last);
            layers = layer > layers ? layer : layers;
            /* Odd layers have the kinds in the opposite order: the last kind of one may go on in the next. */
            key[i] = layer * PLAN_KINDS + (layer & 1 ? PLAN_KINDS - 1 - kind : kind);
        }
    }
    return ((size_t)layers + 1) * PLAN_KINDS;
}

static enum plan_kind kind_of_key(uint32_t key)
{
    uint32_t kind = key % PLAN_KINDS;
    return (enum plan_kind)(key / PLAN_KINDS & 1 ? PLAN_KINDS - 1 - kind : kind);
}

static void write_runs(qry_ctx *ctx, struct plan *plan, const uint32_t *key, const uint32_t *order)
{
    size_t count = 0, room = plan->run_count;
    struct plan_run *runs = qry_alloc(ctx, room, sizeof *runs);
    for (size_t i = 0; i < plan->operation_count; i++) {
        enum plan_kind kind = kind_of_key(key[order[i]]);
        if (!count || runs[count - 1].kind != kind) {
            QRY_GROW(ctx, runs, room, count + 1);
            runs[count++] = (struct plan_run){kind, 0};
        }
        runs[count - 1].count++;
    }
    qry_free(ctx, plan->runs);
    plan->runs = runs;
    plan->run_count = count;
}

void plan_schedule(qry_ctx *ctx, struct plan *plan, uint32_t storages)
{
    size_t n = plan->operation_count, size = plan->wide ? 4 * sizeof(uint32_t) : 4 * sizeof(uint16_t);
    if (n < 2 || n > UINT32_MAX / PLAN_KINDS / 2)
        return;
    struct last *last = qry_alloc(ctx, storages, sizeof *last);
    uint32_t *key = qry_alloc(ctx, n, sizeof *key), *order = qry_alloc(ctx, n, sizeof *order);
    size_t keys = find_keys(plan, last, key);
    uint32_t *place = qry_alloc(ctx, keys + 1, sizeof *place);
    for (size_t i = 0; i < n; i++)
        place[key[i] + 1]++;
    for (size_t k = 0; k < keys; k++)
        place[k + 1] += place[k];
    for (size_t i = 0; i < n; i++)
        order[place[key[i]]++] = (uint32_t)i;
    char *operations = qry_alloc(ctx, n, size);
    for (size_t i = 0; i < n; i++)
        memcpy(operations + i * size, (const char *)plan->operations + order[i] * size, size);
    qry_free(ctx, plan->operations);
    plan->operations = operations;
    write_runs(ctx, plan, key, order);
    qry_free(ctx, place);
    qry_free(ctx, order);
    qry_free(ctx, key);
    qry_free(ctx, last);
}
