/* mark.c: remembers a state and goes back to it. In a world with axes the cells and the storages that they may refer to
 * are copied; a world without structure is made anew. */
#include "sim/sparse/engine.h"

#include "sim/sparse/graph.h"

#include <string.h>

struct marked_block {
    struct cell *cell;
    uint32_t cells;
    plane *storage;
    uint64_t *tag;
    uint32_t used; /* storages copied */
    size_t values; /* numbered: of the graph */
};

struct mark {
    struct world *world; /* NULL: one without structure */
    size_t rows;
    uint32_t inputs, block_count;
    struct marked_block *block;
    identity state;
    double *re, *im;
    bool complex;
};

void mark_free(struct sparse *sim)
{
    struct mark *m = sim->mark;
    if (!m)
        return;
    for (uint32_t b = 0; b < m->block_count; b++) {
        qry_free(sim->base.ctx, m->block[b].cell);
        qry_free(sim->base.ctx, m->block[b].storage);
        qry_free(sim->base.ctx, m->block[b].tag);
    }
    qry_free(sim->base.ctx, m->block);
    qry_free(sim->base.ctx, m->re);
    qry_free(sim->base.ctx, m->im);
    qry_free(sim->base.ctx, m);
    sim->mark = NULL;
}

/* What must be copied of a block's storages: numbered, values depend on the inputs alone, which never change. */
static uint32_t storages_of(const struct world *w, const struct block *block)
{
    if (block->graph)
        return w->axis ? 0 : STORE_FIRST + w->inputs; /* a world without structure has lower blocks only */
    return block->used;
}

static uint32_t cells_of(const struct world *w, uint32_t b) { return b < w->lower ? w->width : w->slot_count; }

static bool fits(const struct world *w)
{
    double bytes = 2.0 * sizeof(double) * (double)w->rows;
    for (uint32_t b = 0; b < w->block_count; b++)
        bytes += (double)cells_of(w, b) * sizeof(struct cell) +
                 (double)storages_of(w, &w->block[b]) * (sizeof(plane) + sizeof(uint64_t));
    return qry_memory_fits(bytes);
}

static void *copy_of(qry_ctx *ctx, const void *from, size_t count, size_t size)
{
    void *copy = qry_alloc_aligned(ctx, count, size);
    memcpy(copy, from, count * size);
    return copy;
}

static void copy_block(qry_ctx *ctx, const struct world *w, uint32_t b, struct marked_block *copy)
{
    const struct block *block = &w->block[b];
    copy->cells = cells_of(w, b);
    copy->cell = copy_of(ctx, block->cell, copy->cells, sizeof *copy->cell);
    copy->used = storages_of(w, block);
    copy->storage = copy_of(ctx, block->storage, copy->used, sizeof *copy->storage);
    if (block->tag)
        copy->tag = copy_of(ctx, block->tag, copy->used, sizeof *copy->tag);
    copy->values = block->graph ? graph_size(block->graph) : 0;
}

bool sparse_mark(qry_sim *base)
{
    struct sparse *sim = sparse_of(base);
    mark_free(sim);
    measure_settle(sim);
    if (!axes_settle(sim) && !sim->world->axis)
        rows_renew(sim);
    reflect_settle(sim);
    const struct world *w = sim->world;
    if (!fits(w))
        return false;
    struct mark *m = sim->mark = qry_alloc(base->ctx, 1, sizeof *m);
    m->world = w->axis ? sim->world : NULL;
    m->rows = w->rows;
    m->inputs = w->inputs;
    m->state = w->state;
    m->complex = sim->complex;
    m->re = copy_of(base->ctx, sim->re, w->rows, sizeof *m->re);
    m->im = copy_of(base->ctx, sim->im, w->rows, sizeof *m->im);
    m->block = qry_alloc(base->ctx, w->block_count, sizeof *m->block);
    m->block_count = w->block_count;
    for (uint32_t b = 0; b < w->block_count; b++)
        copy_block(base->ctx, w, b, &m->block[b]);
    return true;
}

/* The number of storages and values that a mark keeps in a block of a world: those after it may be taken back. */
void mark_keeps(const struct sparse *sim, const struct world *w, uint32_t b, uint64_t *used, uint64_t *values)
{
    const struct mark *m = sim->mark;
    if (!m || m->world != w)
        return;
    *used = m->block[b].used > *used ? m->block[b].used : *used;
    *values = m->block[b].values > *values ? m->block[b].values : *values;
}

static void restore_block(const struct marked_block *copy, struct block *block)
{
    memcpy(block->cell, copy->cell, copy->cells * sizeof *copy->cell); /* the others are 0 */
    memcpy(block->storage, copy->storage, copy->used * sizeof *copy->storage);
    if (block->tag) {
        memset(block->tag, 0, block->room * sizeof *block->tag);
        memcpy(block->tag, copy->tag, copy->used * sizeof *copy->tag);
    }
}

void sparse_rewind(qry_sim *base)
{
    struct sparse *sim = sparse_of(base);
    struct mark *m = sim->mark;
    sim->counted = sim->struck = false;
    sim->delayed = 0;
    for (struct world *w = sim->worlds; w; w = w->next)
        world_reset(w);
    transition_forget_program(sim, base->done);
    world_free(sim, sim->loose);
    sim->loose = NULL;
    if (m->world)
        sim->world = m->world;
    else
        sim->loose = sim->world = world_new(sim, NULL, 0, 0, m->rows, m->inputs);
    struct world *w = sim->world;
    for (uint32_t b = 0; b < m->block_count; b++)
        restore_block(&m->block[b], &w->block[b]);
    w->state = m->state;
    if (w == sim->loose)
        w->first = w->state;
    world_reserve_amplitudes(sim, m->rows);
    memcpy(sim->re, m->re, m->rows * sizeof *m->re);
    memcpy(sim->im, m->im, m->rows * sizeof *m->im);
    sim->complex = m->complex;
}
