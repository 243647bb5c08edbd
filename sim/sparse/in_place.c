/* in_place.c: see in_place.h. */
#include "sim/sparse/in_place.h"

#include <string.h>

/* What is known of a content. Numbers grow, so `within` is smaller. */
struct content {
    uint32_t within; /* it is 1 only where that one is; 0: nothing known */
    uint32_t cut;    /* it is 1 only where this one is 1 (side 1) or 0 (side 0); 0: nothing known */
    uint8_t side;
    bool is_half; /* exactly the part of `within` on that side; of two halves, the one on side 0 comes first */
    bool is_one;  /* it is 1 everywhere */
};

struct in_place {
    struct block *block;
    struct plan_builder builder;
    struct content *content;
    size_t content_count, content_room;
    uint32_t *holds; /* by storage: its content; 0: not looked at yet */
    size_t holds_room;
    /* Storages that no cell uses: since before the leaf, and since a step of it. */
    uint32_t *idle, *freed;
    size_t idle_count, freed_count, freed_room;
};

/* ---- storages ---- */

void block_reserve(struct block *b, uint32_t storages)
{
    if (storages <= b->room)
        return;
    uint32_t room = b->room ? b->room : 16;
    while (room < storages)
        room *= 2;
    plane *larger = qry_alloc_aligned(b->ctx, room, sizeof *larger);
    if (b->room)
        memcpy(larger, b->storage, b->room * sizeof *larger);
    qry_free(b->ctx, b->storage);
    b->storage = larger;
    if (!b->graph) {
        b->tag = qry_resize(b->ctx, b->tag, room, sizeof *b->tag);
        memset(b->tag + b->room, 0, (room - b->room) * sizeof *b->tag);
    }
    b->room = room;
}

static void find_idle(struct in_place *p, uint32_t cells)
{
    struct block *b = p->block;
    uint8_t *used = qry_alloc(b->ctx, b->used, 1);
    for (uint32_t i = 0; i < cells; i++) {
        literal v = b->cell[i].v, f = frame_of(b->cell[i]);
        if (is_data(v))
            used[literal_id(v)] = 1;
        if (is_data(f))
            used[literal_id(f)] = 1;
    }
    p->idle = qry_alloc(b->ctx, b->used, sizeof *p->idle);
    for (uint32_t s = b->used; s-- > STORE_FIRST;)
        if (!used[s])
            p->idle[p->idle_count++] = s;
    qry_free(b->ctx, used);
}

struct in_place *in_place_new(struct block *block, uint32_t cells)
{
    struct in_place *p = qry_alloc(block->ctx, 1, sizeof *p);
    p->block = block;
    find_idle(p, cells);
    QRY_GROW(block->ctx, p->content, p->content_room, 1);
    p->content_count = 1; /* 0: unknown */
    return p;
}

void in_place_free(struct in_place *p)
{
    qry_ctx *ctx = p->block->ctx;
    plan_builder_free(ctx, &p->builder);
    qry_free(ctx, p->content);
    qry_free(ctx, p->holds);
    qry_free(ctx, p->idle);
    qry_free(ctx, p->freed);
    qry_free(ctx, p);
}

struct plan_builder *in_place_builder(struct in_place *p) { return &p->builder; }

static uint32_t take_untouched(struct in_place *p)
{
    if (p->idle_count)
        return p->idle[--p->idle_count];
    block_reserve(p->block, p->block->used + 1);
    return p->block->used++;
}

static uint32_t take(struct in_place *p) { return p->freed_count ? p->freed[--p->freed_count] : take_untouched(p); }

static void give_back(struct in_place *p, uint32_t storage)
{
    QRY_GROW(p->block->ctx, p->freed, p->freed_room, p->freed_count + 1);
    p->freed[p->freed_count++] = storage;
}

/* ---- contents ---- */

static uint32_t new_content(struct in_place *p, struct content content)
{
    QRY_GROW(p->block->ctx, p->content, p->content_room, p->content_count + 1);
    p->content[p->content_count] = content;
    return (uint32_t)p->content_count++;
}

static uint32_t *place_of(struct in_place *p, uint32_t storage)
{
    QRY_GROW(p->block->ctx, p->holds, p->holds_room, storage + 1);
    return &p->holds[storage];
}

static void set_content(struct in_place *p, uint32_t storage, uint32_t content) { *place_of(p, storage) = content; }

static void forget(struct in_place *p, uint32_t storage)
{
    set_content(p, storage, new_content(p, (struct content){0}));
}

static uint32_t content_of(struct in_place *p, uint32_t storage)
{
    if (!*place_of(p, storage))
        forget(p, storage);
    return *place_of(p, storage);
}

/* -1: 1 only where the router is 0; 1: only where it is 1; 0: not known. *half: the ancestor that says so. */
static int side_of(const struct in_place *p, uint32_t content, uint32_t router, bool inverted, uint32_t *half)
{
    for (; content; content = p->content[content].within)
        if (p->content[content].cut == router) {
            *half = content;
            return (p->content[content].side != inverted) ? 1 : -1;
        }
    return 0;
}

/* ---- operations ---- */

static void emit(struct in_place *p, enum plan_kind kind, uint32_t a, uint32_t b, uint32_t c, uint32_t e)
{
    plan_add(p->block->ctx, &p->builder, kind, a, b, c, e);
}

/* A constant becomes data: zeros, inverted for 1. */
static literal as_data(struct in_place *p, literal x)
{
    if (is_data(x))
        return x;
    uint32_t storage = take(p);
    emit(p, PLAN_CLEAR, storage, 0, 0, 0);
    forget(p, storage);
    return make_literal(storage, x);
}

/* Data without inversion. */
static literal as_plain(struct in_place *p, literal x)
{
    bool one = x == 1;
    x = as_data(p, x);
    if (is_inverted(x)) {
        emit(p, PLAN_XOR, literal_id(x), STORE_ONES, 0, 0);
        set_content(p, literal_id(x), new_content(p, (struct content){.is_one = one}));
    }
    return x & ~1u;
}

literal in_place_xor(struct in_place *p, literal t, literal x)
{
    if (!is_data(x))
        return t ^ x;
    t = as_data(p, t);
    emit(p, PLAN_XOR, literal_id(t), literal_id(x), 0, 0);
    forget(p, literal_id(t));
    return t ^ is_inverted(x);
}

/* t ^= x & y for data x, y. */
static void emit_product(struct in_place *p, uint32_t t, literal x, literal y)
{
    literal plain = is_inverted(x) ? y : x, other = is_inverted(x) ? x : y;
    enum plan_kind kind = is_inverted(plain) ? PLAN_AND_NN : is_inverted(other) ? PLAN_AND_N : PLAN_AND;
    emit(p, kind, t, literal_id(plain), literal_id(other), 0);
}

literal in_place_add_product(struct in_place *p, literal t, literal x, literal y)
{
    if (!x || !y)
        return t;
    if (!is_data(x) || !is_data(y))
        return in_place_xor(p, t, is_data(x) ? x : y);
    t = as_data(p, t);
    emit_product(p, literal_id(t), x, y);
    forget(p, literal_id(t));
    return t;
}

literal in_place_add_sign(struct in_place *p, literal sign, literal x, literal y)
{
    if (!x || !y)
        return sign;
    literal one = is_data(x) ? x : y, other = is_data(x) ? y : x;
    if (!is_data(one))
        return sign ^ 1;
    if (!is_data(other)) {
        emit(p, PLAN_XOR, STORE_SIGN, literal_id(one), 0, 0);
        return sign ^ is_inverted(one);
    }
    emit_product(p, STORE_SIGN, x, y);
    return sign;
}

/* The plane whole, plain data, where r is 1 moves to a storage of its own; returns that. */
static literal split(struct in_place *p, literal r, literal whole)
{
    uint32_t from = literal_id(whole), to = take(p), router = literal_id(r), inside = content_of(p, from);
    emit(p, is_inverted(r) ? PLAN_SPLIT_N : PLAN_SPLIT, from, to, router, 0);
    uint32_t cut = content_of(p, router);
    bool low_stays = !is_inverted(r); /* the half on side 0 comes first */
    uint32_t low = new_content(p, (struct content){.within = inside, .cut = cut, .side = 0, .is_half = true});
    uint32_t high = new_content(p, (struct content){.within = inside, .cut = cut, .side = 1, .is_half = true});
    set_content(p, from, low_stays ? low : high);
    set_content(p, to, low_stays ? high : low);
    return make_literal(to, false);
}

/* What two disjoint contents are together. */
static struct content joined(const struct in_place *p, uint32_t a, uint32_t b, uint32_t half_a, uint32_t half_b)
{
    const struct content *c = p->content;
    uint32_t whole = c[half_a].within == c[half_b].within ? c[half_a].within : 0;
    bool exact = whole && a == half_a && b == half_b && c[a].is_half && c[b].is_half;
    return exact ? c[whole] : (struct content){.within = whole};
}

/* Joins b, which has nothing in common with a, into a: where r is 1, all of it comes from b. */
static literal join(struct in_place *p, literal r, literal a, literal b, uint32_t half_a, uint32_t half_b)
{
    uint32_t to = literal_id(a), from = literal_id(b), content_a = content_of(p, to), content_b = content_of(p, from);
    emit(p, is_inverted(r) ? PLAN_JOIN_N : PLAN_JOIN, to, from, literal_id(r), 0);
    struct content sum = joined(p, content_a, content_b, half_a, half_b);
    set_content(p, to, new_content(p, sum));
    give_back(p, from);
    if (!sum.is_one)
        return a;
    emit(p, PLAN_XOR, to, STORE_ONES, 0, 0);
    emit(p, PLAN_ASSERT, to, 0, 0, 0);
    give_back(p, to);
    return 1;
}

/* One of *x and *y is zero: the other is split, unless it is known to lie on one side. */
static void exchange_with_zero(struct in_place *p, literal r, literal *x, literal *y)
{
    literal *from = *x ? x : y, *to = *x ? y : x;
    *from = as_plain(p, *from);
    uint32_t half;
    int side = side_of(p, content_of(p, literal_id(*from)), content_of(p, literal_id(r)), is_inverted(r), &half);
    if (side < 0)
        return;
    if (side > 0) {
        *to = *from;
        *from = 0;
    } else
        *to = split(p, r, *from);
}

void in_place_exchange(struct in_place *p, literal r, literal *x, literal *y)
{
    literal a = *x, b = *y;
    if (!is_data(a) && a == b)
        return;
    if (!a || !b) {
        exchange_with_zero(p, r, x, y);
        return;
    }
    bool both_inverted = is_data(a) && is_data(b) && is_inverted(a) && is_inverted(b);
    if (!both_inverted) {
        a = as_plain(p, a);
        b = as_plain(p, b);
        uint32_t router = content_of(p, literal_id(r)), half_a = 0, half_b = 0;
        int i = side_of(p, content_of(p, literal_id(a)), router, is_inverted(r), &half_a);
        int j = side_of(p, content_of(p, literal_id(b)), router, is_inverted(r), &half_b);
        if (i * j == -1) {
            *x = i < 0 ? join(p, r, a, b, half_a, half_b) : 0;
            *y = i < 0 ? 0 : join(p, r, b, a, half_b, half_a);
            return;
        }
    }
    emit(p, is_inverted(r) ? PLAN_SWAP_N : PLAN_SWAP, literal_id(a), literal_id(b), literal_id(r), 0);
    forget(p, literal_id(a));
    forget(p, literal_id(b));
    *x = a;
    *y = b;
}

/* v = f & x for a v that was 0; x is data or 1. */
static literal masked_copy(struct in_place *p, literal f, literal x)
{
    uint32_t to = take(p);
    if (is_data(x))
        emit(p, is_inverted(x) ? PLAN_AND3_N : PLAN_AND3, literal_id(f), literal_id(x), to, 0);
    else
        emit(p, PLAN_XOR3, literal_id(f), STORE_ZERO, to, 0);
    set_content(p, to, new_content(p, (struct content){.within = content_of(p, literal_id(f))}));
    return make_literal(to, false);
}

/* Z and CZ on one port are a leaf of a query: one masked copy. True when the operation before could be changed. */
static bool merge_leaf(struct in_place *p, uint32_t v, uint32_t f, literal x)
{
    struct plan_builder *b = &p->builder;
    if (!b->count)
        return false;
    uint32_t *last = b->operation + 4 * (b->count - 1), kind = b->run[b->run_count - 1].kind;
    if (last[2] != v || last[0] != f)
        return false;
    bool was_copy = kind == PLAN_XOR3 && last[1] == STORE_ZERO;
    if (was_copy && is_data(x)) { /* f ^ (f & x) */
        plan_take_last(b);
        emit(p, is_inverted(x) ? PLAN_AND3 : PLAN_AND3_N, f, literal_id(x), v, 0);
        return true;
    }
    if ((kind == PLAN_AND3 || kind == PLAN_AND3_N) && x == 1) { /* (f & x) ^ f */
        uint32_t where = last[1];
        plan_take_last(b);
        emit(p, kind == PLAN_AND3 ? PLAN_AND3_N : PLAN_AND3, f, where, v, 0);
        return true;
    }
    return false;
}

void in_place_pauli(struct in_place *p, struct cell *c, literal x, bool z)
{
    c->f = as_plain(p, c->f);
    if (z && !c->v) {
        c->v = masked_copy(p, c->f, x);
        return;
    }
    c->v = as_plain(p, c->v);
    uint32_t v = literal_id(c->v), f = literal_id(c->f);
    if (z && merge_leaf(p, v, f, x))
        return;
    uint32_t inside = content_of(p, v), frame = content_of(p, f);
    bool stays_inside = z && p->content[inside].within == frame;
    uint32_t where = is_data(x) ? literal_id(x) : STORE_ZERO;
    bool inverted = is_data(x) ? is_inverted(x) : x;
    emit(p, z ? PLAN_Z : PLAN_X, v, f, where, inverted ? STORE_ONES : STORE_ZERO);
    set_content(p, v, new_content(p, (struct content){.within = stays_inside ? frame : 0}));
}

/* product = x & y. */
static void emit_and(struct in_place *p, literal x, literal y, literal product)
{
    literal plain = is_inverted(x) ? y : x, other = is_inverted(x) ? x : y;
    enum plan_kind kind = is_inverted(plain) ? PLAN_AND3_NN : is_inverted(other) ? PLAN_AND3_N : PLAN_AND3;
    emit(p, kind, literal_id(plain), literal_id(other), literal_id(product), 0);
    forget(p, literal_id(product));
}

literal in_place_product(struct in_place *p, literal x, literal y)
{
    if (!is_data(x) || !is_data(y))
        return x == 1 ? y : y == 1 ? x : 0;
    uint32_t to = take(p);
    emit_and(p, x, y, make_literal(to, false));
    return make_literal(to, false);
}

void in_place_end_product(struct in_place *p, literal x, literal y, literal product)
{
    if (!is_data(x) || !is_data(y))
        return;
    emit_and(p, x, y, product); /* for the plan backwards */
    give_back(p, literal_id(product));
}

literal in_place_copy(struct in_place *p, literal x)
{
    if (!is_data(x))
        return x;
    uint32_t to = take_untouched(p);
    emit(p, PLAN_XOR3, literal_id(x), is_inverted(x) ? STORE_ONES : STORE_ZERO, to, 0);
    return make_literal(to, false);
}

literal in_place_import(struct in_place *p) { return make_literal(take_untouched(p), false); }

void in_place_expect_zero(struct in_place *p, literal x, enum plan_kind kind)
{
    if (!x)
        return;
    if (!is_data(x)) {
        emit(p, kind, STORE_ONES, 0, 0, 0);
        return;
    }
    x = as_plain(p, x);
    emit(p, kind, literal_id(x), 0, 0, 0);
    give_back(p, literal_id(x));
}
