/* world.c: the sets of rows that the engine knows, and their blocks. */
#include "sim/sparse/engine.h"

#include "sim/sparse/graph.h"
#include "sim/sparse/in_place.h"

#include <omp.h>
#include <string.h>

/* ---- identities ---- */

/* The two words are made from the same numbers in two unlike ways. */
identity world_cell_identity(const struct world *w, uint32_t block, qry_qubit q, struct cell c)
{
    if (!c.v && !c.f)
        return (identity){0, 0};
    const uint64_t *tag = w->block[block].tag;
    uint64_t place = (uint64_t)block << 32 | q, cell = (uint64_t)c.v << 32 | c.f, v = 0, f = 0;
    literal frame = frame_of(c);
    if (tag) {
        v = is_data(c.v) ? tag[literal_id(c.v)] : 0;
        f = is_data(frame) ? tag[literal_id(frame)] : 0;
    }
    uint64_t a = scramble(scramble(scramble(scramble(place + 0x9e3779b97f4a7c15u) ^ cell) + v) ^ f);
    uint64_t b = scramble(scramble(scramble(scramble(f + 0xd1b54a32d192ed03u) + place) ^ v) + cell);
    return (identity){a, b};
}

void world_name_state(struct world *w)
{
    w->state = (identity){(uint64_t)(uintptr_t)w->rows, 0};
    for (uint32_t b = 0; b < w->block_count; b++)
        for (uint32_t i = 0; i < (b < w->lower ? w->width : w->slot_count); i++) {
            identity x = world_cell_identity(w, b, b < w->lower ? i : w->slot_qubit[i], w->block[b].cell[i]);
            w->state.a ^= x.a;
            w->state.b ^= x.b;
        }
}

void world_set_constant(struct world *w, qry_qubit q, struct cell constant)
{
    qry_must(!is_data(constant.v) && !is_data(constant.f) && !world_is_upper(w, q));
    for (uint32_t b = 0; b < w->lower; b++) {
        struct cell *cell = &w->block[b].cell[q];
        identity before = world_cell_identity(w, b, q, *cell), after = world_cell_identity(w, b, q, constant);
        w->state.a ^= before.a ^ after.a;
        w->state.b ^= before.b ^ after.b;
        *cell = constant;
    }
}

bool world_is_constant(const struct world *w, qry_qubit q)
{
    struct cell first = w->block[0].cell[q];
    if (is_data(first.v) || is_data(first.f))
        return false;
    for (uint32_t b = 1; b < w->lower; b++)
        if (w->block[b].cell[q].v != first.v || w->block[b].cell[q].f != first.f)
            return false;
    return true;
}

/* ---- making worlds ---- */

bool world_is_in_z_frame(const struct world *w, qry_qubit q)
{
    uint32_t first, count = world_blocks(w, q, &first);
    for (uint32_t b = first; b < first + count; b++)
        if (world_cell(w, b, q)->f)
            return false;
    return true;
}

int world_axis(const struct world *w, qry_qubit q)
{
    for (uint32_t i = 0; i < w->axis_count; i++)
        if (w->axis[i] == q)
            return (int)i;
    return -1;
}

literal world_input(const struct world *w, const struct block *block, uint32_t i)
{
    qry_must(i < w->inputs);
    return make_literal(block->graph ? i : STORE_FIRST + i, false);
}

/* Row number bits 0 .. 8 as planes; rows beyond the last repeat the ones before. */
static void fill_axis(plane *p, uint32_t axis)
{
    static const uint64_t in_word[6] = {0xaaaaaaaaaaaaaaaau, 0xccccccccccccccccu, 0xf0f0f0f0f0f0f0f0u,
                                        0xff00ff00ff00ff00u, 0xffff0000ffff0000u, 0xffffffff00000000u};
    for (uint32_t i = 0; i < PLANE_WORDS; i++)
        p->word[i] = axis < 6 ? in_word[axis] : i >> (axis - 6) & 1 ? UINT64_MAX : 0;
}

static void join_context(void *ctx) { qry_ctx_join(ctx); }

/* The cells of the axes as the world was made. */
static void set_axes(const struct world *w, uint32_t b)
{
    struct block *block = &w->block[b];
    for (uint32_t i = 0; i < w->axis_count; i++) {
        if (b >= w->lower && i < w->row_axes)
            continue;
        struct cell *c = world_cell(w, b, w->axis[i]);
        uint32_t number = b < w->lower ? b : b - w->lower;
        if (i >= w->row_axes && b < w->lower)
            c->f = CELL_IS_UPPER;
        else
            c->v = i < AXES_IN_BLOCK ? world_input(w, block, i) : number >> (i - AXES_IN_BLOCK) & 1;
    }
}

static void make_block(struct sparse *sim, struct world *w, uint32_t b)
{
    struct block *block = &w->block[b];
    uint32_t inputs = b < w->lower ? w->inputs : 0;
    bool shared = sim->options.threads > 1 && w->lower > 1;
    block->ctx = sim->base.ctx;
    if (shared && b >= w->lower)
        block->ctx = w->block[(b - w->lower) % w->lower].ctx;
    else if (shared) {
        block->ctx = qry_ctx_fork(sim->base.ctx);
        qry_defer(sim->base.ctx, join_context, block->ctx);
    }
    if (sim->numbered)
        block->graph = graph_new(block->ctx);
    block_reserve(block, STORE_FIRST + inputs + (b < w->lower ? 64 : 0));
    block->used = STORE_FIRST + inputs;
    memset(&block->storage[STORE_ONES], 0xff, sizeof(plane));
    if (b < w->lower)
        block->cell = qry_alloc(block->ctx, w->width, sizeof *block->cell);
    for (uint32_t i = 0; sim->numbered && i < inputs; i++)
        graph_input(block->graph, STORE_FIRST + i);
    block->inputs = sim->numbered ? inputs : 0;
    for (uint32_t i = 0; w->axis && i < inputs; i++)
        fill_axis(&block->storage[STORE_FIRST + i], i);
}

void world_give_slots(struct sparse *sim, struct world *w, const qry_qubit *qubits, size_t count)
{
    uint32_t before = w->slot_count;
    for (size_t i = 0; i < count; i++) {
        if (w->slot[qubits[i]])
            continue;
        QRY_GROW(sim->base.ctx, w->slot_qubit, w->slot_room, (size_t)w->slot_count + 1);
        w->slot_qubit[w->slot_count++] = qubits[i];
        w->slot[qubits[i]] = w->slot_count;
    }
    for (uint32_t b = w->lower; before < w->slot_count && b < w->block_count; b++)
        QRY_GROW(w->block[b].ctx, w->block[b].cell, w->block[b].cell_room, w->slot_count);
}

struct world *world_new(struct sparse *sim, const qry_qubit *axis, uint32_t axis_count, uint32_t row_axes, size_t rows,
                        uint32_t inputs)
{
    struct world *w = qry_alloc(sim->base.ctx, 1, sizeof *w);
    w->width = sim->width;
    w->rows = rows;
    w->parts = w->lower = w->block_count = (uint32_t)((rows + PLANE_ROWS - 1) / PLANE_ROWS);
    if (axis) {
        w->axis_count = axis_count;
        w->axis = qry_alloc(sim->base.ctx, axis_count + 1, sizeof *w->axis);
        memcpy(w->axis, axis, axis_count * sizeof *axis);
        w->row_axes = row_axes;
        inputs = row_axes < AXES_IN_BLOCK ? row_axes : AXES_IN_BLOCK;
        if (row_axes < axis_count) {
            w->lower = 1u << (row_axes - AXES_IN_BLOCK);
            w->block_count = w->lower + w->parts;
            w->slot = qry_alloc(sim->base.ctx, w->width, sizeof *w->slot);
        }
    }
    double cells = (double)w->width * sizeof(struct cell), planes = (double)(w->width + 64) * sizeof(plane);
    qry_memory_require(sim->base.ctx,
                       w->lower * (cells + (rows > PLANE_ROWS ? 0 : planes)) +
                           (double)(w->block_count - w->lower) * (sizeof(struct block) + 64 * sizeof(plane)),
                       "the state");
    w->inputs = inputs;
    w->block = qry_alloc(sim->base.ctx, w->block_count, sizeof *w->block);
    for (uint32_t b = 0; b < w->block_count; b++)
        make_block(sim, w, b);
    if (row_axes < axis_count)
        world_give_slots(sim, w, w->axis + row_axes, axis_count - row_axes);
    for (uint32_t b = 0; w->axis && b < w->block_count; b++)
        set_axes(w, b);
    world_name_state(w);
    w->first = w->state;
    return w;
}

static void free_block(struct sparse *sim, struct block *block, bool is_lower)
{
    graph_free(block->graph);
    qry_free(block->ctx, block->storage);
    qry_free(block->ctx, block->cell);
    qry_free(block->ctx, block->tag);
    qry_free(block->ctx, block->export_number);
    qry_free(block->ctx, block->export);
    qry_free(block->ctx, block->export_plane);
    qry_free(block->ctx, block->import);
    if (is_lower && block->ctx != sim->base.ctx) {
        qry_defer_cancel(sim->base.ctx, join_context, block->ctx);
        qry_ctx_join(block->ctx);
    }
}

void world_free(struct sparse *sim, struct world *w)
{
    if (!w)
        return;
    transition_free_all(sim, w);
    for (uint32_t b = w->block_count; b-- > 0;)
        free_block(sim, &w->block[b], b < w->lower);
    qry_free(sim->base.ctx, w->slot);
    qry_free(sim->base.ctx, w->slot_qubit);
    qry_free(sim->base.ctx, w->block);
    qry_free(sim->base.ctx, w->axis);
    qry_free(sim->base.ctx, w);
}

/* ---- changing them ---- */

void world_reset(struct world *w)
{
    if (same_identity(w->state, w->first))
        return;
    for (uint32_t b = 0; b < w->block_count; b++) {
        struct block *block = &w->block[b];
        memset(block->cell, 0, (b < w->lower ? w->width : w->slot_count) * sizeof *block->cell);
        set_axes(w, b);
        if (block->graph)
            continue;
        memset(block->tag, 0, block->used * sizeof *block->tag);
        for (uint32_t i = 0; b < w->lower && i < w->inputs; i++)
            fill_axis(&block->storage[STORE_FIRST + i], i);
    }
    w->state = w->first;
}

static void widen(struct sparse *sim, struct world *w, uint32_t width)
{
    if (w->slot) {
        w->slot = qry_resize(sim->base.ctx, w->slot, width, sizeof *w->slot);
        memset(w->slot + w->width, 0, (width - w->width) * sizeof *w->slot);
    }
    for (uint32_t b = 0; b < w->lower; b++) {
        struct block *block = &w->block[b];
        block->cell = qry_resize(block->ctx, block->cell, width, sizeof *block->cell);
        memset(block->cell + w->width, 0, (width - w->width) * sizeof *block->cell);
    }
    w->width = width;
}

void world_widen(struct sparse *sim)
{
    uint32_t width = qry_circuit_program(sim->base.circuit)->width;
    if (width <= sim->width)
        return;
    sim->width = width;
    for (struct world *w = sim->worlds; w; w = w->next)
        widen(sim, w, width);
}

void world_reserve_amplitudes(struct sparse *sim, size_t rows)
{
    size_t room = (rows + PLANE_ROWS - 1) / PLANE_ROWS * PLANE_ROWS;
    if (room <= sim->amplitude_room)
        return;
    qry_memory_require(sim->base.ctx, 2.0 * sizeof(double) * (double)room, "the amplitudes");
    double **part[2] = {&sim->re, &sim->im};
    for (int k = 0; k < 2; k++) {
        double *larger = qry_alloc_aligned(sim->base.ctx, room, sizeof *larger);
        if (sim->amplitude_room)
            memcpy(larger, *part[k], sim->amplitude_room * sizeof *larger);
        qry_free(sim->base.ctx, *part[k]);
        *part[k] = larger;
    }
    sim->amplitude_room = room;
}

void world_start(struct sparse *sim)
{
    world_free(sim, sim->loose);
    sim->loose = NULL;
    if (!sim->worlds)
        sim->worlds = world_new(sim, (const qry_qubit[]){0}, 0, 0, 1, 0);
    struct world *w = sim->worlds;
    while (w->axis_count)
        w = w->next;
    world_reset(w);
    sim->world = w;
    world_reserve_amplitudes(sim, 1);
    sim->re[0] = 1;
    sim->im[0] = 0;
    sim->complex = false;
    sim->delayed = 0;
}

/* ---- threads ---- */

void world_each_family(struct sparse *sim, void (*work)(void *), void *jobs, size_t size)
{
    struct world *w = sim->world;
    if (w->block[0].ctx == sim->base.ctx) {
        for (uint32_t b = 0; b < w->lower; b++)
            work((char *)jobs + b * size);
        return;
    }
    bool failed = false;
#pragma omp parallel for schedule(static) num_threads(sim->options.threads)
    for (uint32_t b = 0; b < w->lower; b++)
        if (!qry_protect(w->block[b].ctx, work, (char *)jobs + b * size)) {
#pragma omp atomic write
            failed = true;
        }
    if (failed) {
        qry_error(sim->base.ctx, "a worker thread gave up, most likely for lack of memory");
        qry_give_up(sim->base.ctx);
    }
}
