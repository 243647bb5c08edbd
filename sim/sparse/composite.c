/* composite.c: the net effect of a transition that is a list of others. */
#include "sim/sparse/leaf.h"

#include "sim/sparse/graph.h"

#include <string.h>

/* Which of `count` things have been met in this block; the place of each in a list. */
struct met {
    uint64_t *mark;
    size_t room;
};

struct book {
    qry_ctx *ctx;
    struct met cells, storages;
    uint64_t page;
};

struct book *book_new(qry_ctx *ctx)
{
    struct book *book = qry_alloc(ctx, 1, sizeof *book);
    book->ctx = ctx;
    return book;
}

void book_free(struct book *book)
{
    if (!book)
        return;
    qry_free(book->ctx, book->cells.mark);
    qry_free(book->ctx, book->storages.mark);
    qry_free(book->ctx, book);
}

/* True the first time. */
static bool meet(struct book *book, struct met *met, size_t index)
{
    QRY_GROW(book->ctx, met->mark, met->room, index + 1);
    bool first = met->mark[index] != book->page;
    met->mark[index] = book->page;
    return first;
}

static void net_changes(struct sparse *sim, struct transition *t, uint32_t b)
{
    struct block *block = &sim->world->block[b];
    struct effect *net = &t->effect[b];
    sim->book->page++;
    for (size_t i = 0; i < t->child_count; i++) {
        const struct effect *e = &t->child[i].transition->effect[b];
        bool backwards = t->child[i].backwards;
        if (b >= t->child[i].transition->block_count)
            continue;
        for (size_t k = 0; k < e->change_count; k++) {
            const struct change *c = &e->change[k];
            if (!meet(sim->book, &sim->book->cells, c->qubit))
                continue;
            struct change first = {c->qubit, backwards ? c->after : c->before, *world_cell(sim->world, b, c->qubit)};
            if (first.before.v == first.after.v && first.before.f == first.after.f)
                continue;
            QRY_GROW(block->ctx, net->change, net->change_room, net->change_count + 1);
            net->change[net->change_count++] = first;
        }
        for (size_t k = 0; k < e->tagged_count; k++) {
            const struct tag_change *c = &e->tagged[k];
            if (!meet(sim->book, &sim->book->storages, c->storage))
                continue;
            struct tag_change first = {c->storage, backwards ? c->after : c->before, block->tag[c->storage]};
            if (first.before == first.after)
                continue;
            QRY_GROW(block->ctx, net->tagged, net->tagged_room, net->tagged_count + 1);
            net->tagged[net->tagged_count++] = first;
        }
    }
}

static void append(qry_ctx *ctx, struct literals *to, const struct literals *from)
{
    if (!from->count)
        return;
    QRY_GROW(ctx, to->item, to->room, to->count + from->count);
    memcpy(to->item + to->count, from->item, from->count * sizeof *from->item);
    to->count += from->count;
}

/* The angle of a child's phase, in the direction in which the composite runs it. */
static qry_angle angle_in(const struct child *child, qry_angle angle)
{
    if (child->angle)
        angle = angle_by(angle, child->angle);
    angle.factor = child->backwards ? -angle.factor : angle.factor;
    return angle;
}

static void net_values(const struct block *block, struct transition *t, uint32_t b)
{
    struct effect *net = &t->effect[b];
    for (size_t i = 0; i < t->child_count; i++) {
        const struct effect *e = &t->child[i].transition->effect[b];
        if (b >= t->child[i].transition->block_count)
            continue;
        net->sign = graph_xor(block->graph, net->sign, e->sign);
        append(block->ctx, &net->guards, &e->guards);
        append(block->ctx, &net->asserts, &e->asserts);
        QRY_GROW(block->ctx, net->phase, net->phase_room, net->phase_count + e->phase_count);
        for (size_t k = 0; k < e->phase_count; k++) {
            struct phase phase = e->phase[k];
            phase.angle = angle_in(&t->child[i], phase.angle);
            net->phase[net->phase_count++] = phase;
        }
    }
}

void composite_finish(struct sparse *sim, struct transition *t)
{
    struct world *w = sim->world;
    t->block_count = w->lower;
    for (size_t i = 0; i < t->child_count; i++) {
        t->one_way |= t->child[i].transition->one_way;
        if (t->child[i].transition->block_count > w->lower)
            t->block_count = w->block_count;
    }
    t->effect = qry_alloc(sim->base.ctx, t->block_count, sizeof *t->effect);
    for (uint32_t b = 0; b < t->block_count; b++) {
        net_changes(sim, t, b);
        if (w->block[b].graph) {
            net_values(&w->block[b], t, b);
            t->acts |= effect_acts(&t->effect[b]);
        }
    }
    transition_account(w, t);
}
