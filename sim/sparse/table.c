/* table.c: the transitions that are known in a world: found by their keys, kept, dropped when they are stale or too
 * many. */
#include "sim/sparse/table.h"

#include "sim/sparse/graph.h"
#include "sim/sparse/leaf.h"
#include "sim/sparse/lift.h"

#include <string.h>

/* A circuit that never comes back to a state that it was in leaves plans that are of no use. */
enum { MANY_TRANSITIONS = 1 << 14, PLANS_BETWEEN_QUESTIONS = 1 << 28 };

/* ---- the table ---- */

static uint64_t key_hash(const struct key *k)
{
    uint64_t h = k->from.a ^ k->version;
    h = (h ^ ((uint64_t)k->binding << 32 | k->definition)) * 0x9e3779b97f4a7c15u;
    h = (h ^ h >> 32 ^ ((uint64_t)k->begin << 32 | k->end)) * 0xbf58476d1ce4e5b9u;
    return h ^ h >> 31 ^ (uint64_t)(k->inverse + 2 * (int)k->manner) * 0x94d049bb133111ebu;
}

static bool same_key(const struct key *a, const struct key *b)
{
    return same_identity(a->from, b->from) && a->version == b->version && a->definition == b->definition &&
           a->binding == b->binding && a->begin == b->begin && a->end == b->end && a->inverse == b->inverse &&
           a->manner == b->manner;
}

static void link_in(struct world *w, struct transition *t)
{
    struct transition **head = &w->forward[key_hash(&t->key) & (w->table_size - 1)];
    t->next = *head;
    *head = t;
    if (t->reverse.version) {
        head = &w->reverse[key_hash(&t->reverse) & (w->table_size - 1)];
        t->reverse_next = *head;
        *head = t;
    }
}

static void resize_table(struct sparse *sim, struct world *w, size_t size)
{
    struct transition **forward = qry_alloc(sim->base.ctx, size, sizeof *forward);
    struct transition **reverse = qry_alloc(sim->base.ctx, size, sizeof *reverse);
    struct transition **old = w->forward;
    size_t old_size = w->table_size;
    qry_free(sim->base.ctx, w->reverse);
    w->forward = forward;
    w->reverse = reverse;
    w->table_size = size;
    for (size_t i = 0; i < old_size; i++)
        for (struct transition *t = old[i], *next; t; t = next) {
            next = t->next;
            link_in(w, t);
        }
    qry_free(sim->base.ctx, old);
}

static void insert(struct sparse *sim, struct world *w, struct transition *t)
{
    if (w->transitions >= w->table_size)
        resize_table(sim, w, w->table_size ? 2 * w->table_size : 64);
    w->transitions++;
    link_in(w, t);
}

struct child table_find(const struct world *w, const struct key *key)
{
    if (!w->table_size)
        return (struct child){0};
    size_t slot = key_hash(key) & (w->table_size - 1);
    for (struct transition *t = w->forward[slot]; t; t = t->next)
        if (same_key(&t->key, key))
            return (struct child){.transition = t};
    for (struct transition *t = w->reverse[slot]; t; t = t->reverse_next)
        if (same_key(&t->reverse, key))
            return (struct child){.transition = t, .backwards = true};
    return (struct child){0};
}

/* ---- freeing ---- */

static void free_transition(struct sparse *sim, struct world *w, struct transition *t);

void table_free_child(struct sparse *sim, struct world *w, struct child *child)
{
    if (child->is_part)
        free_transition(sim, w, child->transition);
    qry_free(sim->base.ctx, child->angle);
}

static void free_transition(struct sparse *sim, struct world *w, struct transition *t)
{
    for (size_t i = 0; i < t->child_count; i++)
        table_free_child(sim, w, &t->child[i]);
    w->planned -= t->size;
    for (uint32_t b = 0; t->effect && b < t->block_count; b++)
        effect_free(w->block[b].ctx, &t->effect[b]);
    qry_free(sim->base.ctx, t->effect);
    qry_free(sim->base.ctx, t->child);
    qry_free(sim->base.ctx, t->needs);
    qry_free(sim->base.ctx, t->replay);
    qry_free(sim->base.ctx, t->used_after);
    qry_free(sim->base.ctx, t->values_after);
    qry_free(sim->base.ctx, t);
}

void transition_free_all(struct sparse *sim, struct world *w)
{
    for (size_t i = 0; i < w->table_size; i++)
        for (struct transition *t = w->forward[i], *next; t; t = next) {
            next = t->next;
            free_transition(sim, w, t);
        }
    qry_free(sim->base.ctx, w->forward);
    qry_free(sim->base.ctx, w->reverse);
    w->forward = w->reverse = NULL;
    w->table_size = w->transitions = 0;
}

/* ---- keeping ---- */

void transition_account(struct world *w, struct transition *t)
{
    w->planned -= t->size;
    t->size = sizeof *t + t->child_room * sizeof *t->child + t->replay_planes * w->parts * sizeof(plane);
    for (uint32_t b = 0; b < t->block_count; b++)
        t->size += effect_size(&t->effect[b]);
    w->planned += t->size;
}

/* Bytes of planes that the graph of a block keeps. */
static size_t kept_in(const struct block *block)
{
    return block->graph ? (block->used - graph_spare(block->graph)) * sizeof(plane) : 0;
}

static void note_memory(struct sparse *sim, struct transition *t)
{
    struct world *w = sim->world;
    t->noted = t->block_count > w->lower ? t->block_count : w->lower;
    t->used_after = qry_alloc(sim->base.ctx, t->noted, sizeof *t->used_after);
    t->values_after = qry_alloc(sim->base.ctx, t->noted, sizeof *t->values_after);
    size_t kept = 0;
    for (uint32_t b = 0; b < t->noted; b++) {
        t->used_after[b] = w->block[b].used;
        t->values_after[b] = w->block[b].graph ? graph_size(w->block[b].graph) : 0;
        kept += kept_in(&w->block[b]);
        if (w->block[b].graph)
            graph_begin_segment(w->block[b].graph);
    }
    if (kept > w->kept) /* it may be that of the lower blocks alone */
        w->kept = kept;
}

void table_keep(struct sparse *sim, struct transition *t)
{
    note_memory(sim, t);
    insert(sim, sim->world, t);
}

/* ---- what was found out in a state ---- */

struct transition *transition_note(struct sparse *sim, enum note note, qry_qubit q)
{
    struct key key = {.from = sim->world->state, .version = 1, .definition = FIRST_NOTE + note, .begin = q};
    struct transition *t = table_find(sim->world, &key).transition;
    if (!t) {
        t = qry_alloc(sim->base.ctx, 1, sizeof *t);
        t->key = key;
        table_keep(sim, t);
    }
    return t;
}

/* ---- sweeping ---- */

static bool is_stale(const struct sparse *sim, const struct transition *t)
{
    return t->key.definition >= FIRST_NOTE ||
           t->key.version !=
               stretch_knowledge(sim, qry_circuit_definition(sim->base.circuit, t->key.definition))->version;
}

/* Takes all transitions out of the table: a list. */
static struct transition *take_out(struct world *w)
{
    struct transition *all = NULL;
    for (size_t i = 0; i < w->table_size; i++) {
        for (struct transition *t = w->forward[i], *next; t; t = next) {
            next = t->next;
            t->next = all;
            all = t;
        }
        w->forward[i] = w->reverse[i] = NULL;
    }
    w->transitions = 0;
    return all;
}

/* Memory that was in use when the last of these was made, or is the mark's. */
static void roll_back(const struct sparse *sim, struct world *w, const struct transition *kept)
{
    w->kept = 0;
    for (uint32_t b = 0; b < w->block_count; b++) {
        uint64_t used = STORE_FIRST + (b < w->lower ? w->inputs : 0), values = w->block[b].inputs;
        for (const struct transition *t = kept; t; t = t->next) {
            if (b >= t->noted)
                continue;
            used = t->used_after[b] > used ? t->used_after[b] : used;
            values = t->values_after[b] > values ? t->values_after[b] : values;
        }
        mark_keeps(sim, w, b, &used, &values);
        if (w->block[b].graph) {
            graph_forget(w->block[b].graph, values);
            lift_forget(w, b, values);
            w->kept += kept_in(&w->block[b]);
        } else
            w->block[b].used = (uint32_t)used;
    }
}

/* Frees the transitions of a world of which is_gone says so; clean: and the memory that only they had used, which no
 * cell may refer to then. */
static void sweep_world(struct sparse *sim, struct world *w,
                        bool (*is_gone)(const struct sparse *sim, const struct transition *t), bool clean)
{
    struct transition *kept = NULL;
    for (struct transition *t = take_out(w), *next; t; t = next) {
        next = t->next;
        if (is_gone(sim, t))
            free_transition(sim, w, t);
        else {
            t->next = kept;
            kept = t;
        }
    }
    if (clean)
        roll_back(sim, w, kept);
    for (struct transition *t = kept, *next; t; t = next) {
        next = t->next;
        sim->binding[t->key.binding].used = true;
        insert(sim, w, t);
    }
}

static bool is_any(const struct sparse *sim, const struct transition *t)
{
    (void)sim, (void)t;
    return true;
}

/* Whether there is memory for as many plans again. The system is asked now and then. */
static bool is_too_large(struct world *w)
{
    size_t bytes = w->planned + w->kept;
    if (bytes <= w->planned_ok + PLANS_BETWEEN_QUESTIONS)
        return false;
    if (!qry_memory_fits((double)bytes))
        return true;
    w->planned_ok = bytes;
    return false;
}

void transition_forget_if_many(struct sparse *sim)
{
    struct world *w = sim->world;
    if (w->transitions < MANY_TRANSITIONS && !is_too_large(w))
        return;
    bool settled = axes_settle(sim);
    if (sim->world != w) /* which is gone, or where nothing is now */
        return;
    w->planned_ok = 0;
    sweep_world(sim, w, is_any, settled);
}

/* Of operations of the program that may be others now. */
static bool is_forgotten(const struct sparse *sim, const struct transition *t)
{
    return t->key.definition >= FIRST_NOTE || (t->key.definition == 0 && t->key.end > sim->kept_done);
}

void transition_forget_program(struct sparse *sim, size_t done)
{
    sim->kept_done = done;
    for (struct world *w = sim->worlds; w; w = w->next)
        sweep_world(sim, w, w->transitions < MANY_TRANSITIONS ? is_forgotten : is_any, true);
}

void transition_sweep(struct sparse *sim)
{
    for (size_t i = 0; i < sim->binding_count; i++)
        sim->binding[i].used = false;
    for (struct world *w = sim->worlds; w; w = w->next) {
        world_reset(w);
        sweep_world(sim, w, is_stale, true);
    }
    stretch_sweep_bindings(sim);
}
