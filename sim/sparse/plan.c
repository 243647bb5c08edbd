/* plan.c: lists of plane operations, from the one that is being written to the packed one that is run. */
#include "sim/sparse/sparse.h"

#include <string.h>

void plan_add(qry_ctx *ctx, struct plan_builder *b, enum plan_kind kind, uint32_t x, uint32_t y, uint32_t z, uint32_t e)
{
    if (QRY_UNLIKELY(4 * (b->count + 1) > b->room))
        QRY_GROW(ctx, b->operation, b->room, 4 * (b->count + 1));
    if (!b->run_count || b->run[b->run_count - 1].kind != kind || b->run[b->run_count - 1].count == UINT32_MAX) {
        QRY_GROW(ctx, b->run, b->run_room, b->run_count + 1);
        b->run[b->run_count++] = (struct plan_run){kind, 0};
    }
    b->run[b->run_count - 1].count++;
    uint32_t *operation = b->operation + 4 * b->count++;
    operation[0] = x;
    operation[1] = y;
    operation[2] = z;
    operation[3] = e;
}

void plan_take_last(struct plan_builder *b)
{
    b->count--;
    if (--b->run[b->run_count - 1].count == 0)
        b->run_count--;
}

void plan_finish(qry_ctx *ctx, struct plan_builder *b, struct plan *plan)
{
    uint32_t all = 0;
    for (size_t i = 0; i < 4 * b->count; i++)
        all |= b->operation[i];
    *plan = (struct plan){.wide = all > UINT16_MAX, .run_count = b->run_count, .operation_count = b->count};
    plan->runs = qry_alloc(ctx, b->run_count, sizeof *plan->runs);
    if (b->run_count)
        memcpy(plan->runs, b->run, b->run_count * sizeof *plan->runs);
    if (plan->wide) {
        plan->operations = qry_alloc(ctx, 4 * b->count, sizeof(uint32_t));
        memcpy(plan->operations, b->operation, 4 * b->count * sizeof(uint32_t));
    } else {
        uint16_t *narrow = plan->operations = qry_alloc(ctx, 4 * b->count, sizeof(uint16_t));
        for (size_t i = 0; i < 4 * b->count; i++)
            narrow[i] = (uint16_t)b->operation[i];
    }
    b->count = b->run_count = 0;
}

bool plan_has(const struct plan *plan, enum plan_kind kind)
{
    for (size_t r = 0; r < plan->run_count; r++)
        if (plan->runs[r].kind == kind)
            return true;
    return false;
}

void plan_free(qry_ctx *ctx, struct plan *plan)
{
    qry_free(ctx, plan->runs);
    qry_free(ctx, plan->operations);
    *plan = (struct plan){0};
}

void plan_builder_free(qry_ctx *ctx, struct plan_builder *b)
{
    qry_free(ctx, b->operation);
    qry_free(ctx, b->run);
    *b = (struct plan_builder){0};
}
