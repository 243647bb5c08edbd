/* graph.c: see graph.h. */
#include "sim/sparse/graph.h"

#include <string.h>

enum value_kind { VALUE_INPUT, VALUE_XOR, VALUE_AND };

struct value {
    uint8_t kind;
    uint8_t ia, ib;   /* of a join: its parts are a ^ ia and b ^ ib */
    literal a, b;     /* of an XOR: uninverted, a < b */
    literal joiner;   /* the part of a lies under ~joiner, that of b under joiner; 0: not a join */
    literal within;   /* both parts lie within it; 0: not known */
    uint32_t segment; /* that made it */
    uint32_t storage; /* where it is: of an input, of a kept value, while planning of every value; 0: nowhere */
    uint32_t last;    /* while planning: 1 + the place in the order of the last value that uses it */
};

struct graph {
    qry_ctx *ctx;
    struct value *value;
    size_t count, room;
    uint32_t *hash; /* value number + 1, or 0; open addressing */
    size_t mask;
    uint32_t segment;
    uint32_t *spare; /* storages of inputs and kept values that were forgotten */
    size_t spare_count, spare_room;
    uint32_t scratch; /* first storage for what does not stay */
    struct {          /* while planning */
        uint32_t *stack, *order, *free;
        size_t stack_room, order_room, order_count, free_room, free_count;
        uint32_t next; /* scratch storage never used so far */
    } plan;
};

struct graph *graph_new(qry_ctx *ctx)
{
    struct graph *g = qry_alloc(ctx, 1, sizeof *g);
    g->ctx = ctx;
    return g;
}

void graph_free(struct graph *g)
{
    if (!g)
        return;
    qry_free(g->ctx, g->value);
    qry_free(g->ctx, g->hash);
    qry_free(g->ctx, g->spare);
    qry_free(g->ctx, g->plan.stack);
    qry_free(g->ctx, g->plan.order);
    qry_free(g->ctx, g->plan.free);
    qry_free(g->ctx, g);
}

size_t graph_size(const struct graph *g) { return g->count; }
void graph_begin_segment(struct graph *g) { g->segment++; }

static struct value *value_of(const struct graph *g, literal x) { return &g->value[literal_id(x)]; }

/* ---- storages ---- */

/* Scratch moves up by half of what is used, so that plans must seldom be made anew. */
uint32_t graph_storage(struct graph *g, uint32_t *used)
{
    if (g->spare_count)
        return g->spare[--g->spare_count];
    if (*used >= g->scratch)
        g->scratch = *used + *used / 2 + 1;
    return (*used)++;
}

uint32_t graph_place(const struct graph *g, literal x) { return value_of(g, x)->storage; }
size_t graph_spare(const struct graph *g) { return g->spare_count; }
uint32_t graph_scratch(const struct graph *g) { return g->scratch; }

/* ---- numbering ---- */

/* The same for (b, a): products and sums commute, though a value keeps the order in which it was made. */
static size_t slot_of(const struct graph *g, uint32_t kind, literal a, literal b)
{
    uint64_t low = a < b ? a : b, high = a < b ? b : a;
    uint64_t h = (low + (high << 32)) * 0x9e3779b97f4a7c15u + kind;
    return (h ^ h >> 29) * 0xbf58476d1ce4e5b9u >> 20 & g->mask;
}

static void enter(struct graph *g, size_t number)
{
    const struct value *v = &g->value[number];
    size_t slot = slot_of(g, v->kind, v->a, v->b);
    while (g->hash[slot])
        slot = (slot + 1) & g->mask;
    g->hash[slot] = (uint32_t)number + 1;
}

static void make_room(struct graph *g)
{
    QRY_GROW(g->ctx, g->value, g->room, g->count + 1);
    qry_must(g->count < UINT32_MAX / 8);
    if (2 * (g->count + 1) <= g->mask)
        return;
    size_t size = g->mask ? 2 * (g->mask + 1) : 64;
    qry_free(g->ctx, g->hash);
    g->hash = NULL;
    g->hash = qry_alloc(g->ctx, size, sizeof *g->hash);
    g->mask = size - 1;
    for (size_t i = 0; i < g->count; i++)
        if (g->value[i].kind != VALUE_INPUT)
            enter(g, i);
}

static literal number(struct graph *g, uint32_t kind, literal a, literal b)
{
    if (QRY_UNLIKELY(g->count == g->room || 2 * (g->count + 1) > g->mask))
        make_room(g);
    size_t slot = slot_of(g, kind, a, b);
    for (; g->hash[slot]; slot = (slot + 1) & g->mask) {
        const struct value *v = &g->value[g->hash[slot] - 1];
        if (v->kind == kind && ((v->a == a && v->b == b) || (v->a == b && v->b == a)))
            return make_literal(g->hash[slot] - 1, false);
    }
    g->hash[slot] = (uint32_t)g->count + 1;
    g->value[g->count] = (struct value){.kind = kind, .a = a, .b = b, .segment = g->segment};
    return make_literal((uint32_t)g->count++, false);
}

literal graph_input(struct graph *g, uint32_t storage)
{
    make_room(g);
    g->value[g->count] = (struct value){.kind = VALUE_INPUT, .segment = g->segment, .storage = storage};
    return make_literal((uint32_t)g->count++, false);
}

/* Values leave the table in the opposite order of their coming, so linear probing stays sound. */
void graph_forget(struct graph *g, size_t size)
{
    while (g->count > size) {
        const struct value *v = &g->value[--g->count];
        if (v->storage) {
            QRY_GROW(g->ctx, g->spare, g->spare_room, g->spare_count + 1);
            g->spare[g->spare_count++] = v->storage;
        }
        if (v->kind == VALUE_INPUT)
            continue;
        size_t slot = slot_of(g, v->kind, v->a, v->b);
        while (g->hash[slot] != g->count + 1)
            slot = (slot + 1) & g->mask;
        g->hash[slot] = 0;
    }
}

/* ---- algebra ---- */

/* Whether a lies under l (1) or under ~l (-1) for every content, or it is not known (0). *cut: what the part of it
 * under l, or ~l, was cut from: 1 if nothing is known. */
static int implies(const struct graph *g, literal a, literal l, literal *cut)
{
    for (;;) {
        if ((a | 1) == (l | 1)) {
            *cut = 1;
            return a == l ? 1 : -1;
        }
        if (!is_data(a))
            return 0;
        const struct value *v = value_of(g, a);
        if (is_inverted(a) != (v->ia ^ v->ib))
            return 0;
        if (v->kind == VALUE_AND) {
            if ((v->b | 1) == (l | 1)) {
                *cut = v->a;
                return v->b == l ? 1 : -1;
            }
            a = v->a;
        } else if (v->within)
            a = v->within;
        else
            return 0;
    }
}

static bool lies_within(const struct graph *g, literal a, literal whole)
{
    literal cut;
    return implies(g, a, whole, &cut) > 0;
}

literal graph_and(struct graph *g, literal a, literal b)
{
    literal cut;
    if (!a || !b)
        return 0;
    if (a == 1)
        return b;
    if (b == 1)
        return a;
    int i = implies(g, a, b, &cut);
    if (i)
        return i > 0 ? a : 0;
    i = implies(g, b, a, &cut);
    if (i)
        return i > 0 ? b : 0;
    const struct value *v = value_of(g, a);
    if (v->joiner && (v->joiner | 1) == (b | 1) && is_inverted(a) == (v->ia ^ v->ib)) /* a join falls apart again */
        return v->joiner == b ? v->b ^ v->ib : v->a ^ v->ia;
    return number(g, VALUE_AND, a, b);
}

/* x ^ y where y is x & r or ~x & r, which is x & ~r or ~(~x & ~r); 0 if it is not of that kind. */
static literal absorb(struct graph *g, literal x, literal y)
{
    const struct value *v = value_of(g, y);
    if (v->kind != VALUE_AND || ((v->a | 1) != (x | 1) && (v->b | 1) != (x | 1)))
        return 0;
    literal same = (v->a | 1) == (x | 1) ? v->a : v->b, other = same == v->a ? v->b : v->a;
    return graph_and(g, same, other ^ 1) ^ (same != x);
}

literal graph_xor(struct graph *g, literal a, literal b)
{
    if (!is_data(a) || !is_data(b))
        return a ^ b;
    literal inverted = (a ^ b) & 1;
    a &= ~1u;
    b &= ~1u;
    if (a == b)
        return inverted;
    if (a > b) {
        literal t = a;
        a = b;
        b = t;
    }
    const struct value *x = value_of(g, a), *y = value_of(g, b);
    if (x->kind == VALUE_XOR) {
        if (x->b == b)
            return x->a ^ inverted;
        if (x->a == b)
            return x->b ^ inverted;
    }
    if (y->kind == VALUE_XOR) {
        if (y->b == a)
            return y->a ^ inverted;
        if (y->a == a)
            return y->b ^ inverted;
    }
    literal absorbed = absorb(g, a, b);
    if (!absorbed)
        absorbed = absorb(g, b, a);
    if (absorbed)
        return absorbed ^ inverted;
    return number(g, VALUE_XOR, a, b) ^ inverted;
}

/* a lies under ~r and b under r: their sum, with what is known of it. cut_a, cut_b: what they were cut from. */
static literal join(struct graph *g, literal r, literal a, literal b, literal cut_a, literal cut_b)
{
    literal whole = cut_a; /* a plane within which both lie */
    if (whole == 1 || (cut_b != 1 && !lies_within(g, b, whole)))
        whole = lies_within(g, a, cut_b) ? cut_b : 1;
    else if (whole != cut_b && !lies_within(g, b, whole))
        whole = 1;
    literal sum = graph_xor(g, a, b);
    if (graph_and(g, whole, r ^ 1) == a && graph_and(g, whole, r) == b)
        return whole;
    if (!is_data(sum) || value_of(g, sum)->kind != VALUE_XOR)
        return sum;
    bool swapped = (a | 1) > (b | 1); /* graph_xor has the smaller first */
    if (swapped) {
        literal t = a;
        a = b;
        b = t;
    }
    struct value *v = value_of(g, sum);
    if (v->a == (a & ~1u) && v->b == (b & ~1u)) {
        v->joiner = r ^ swapped;
        v->within = whole == 1 ? 0 : whole;
        v->ia = a & 1;
        v->ib = b & 1;
    }
    return sum;
}

void graph_exchange(struct graph *g, literal r, literal *x, literal *y)
{
    literal a = *x, b = *y, cut_a = 0, cut_b = 0;
    if (a == b)
        return;
    if (!a || !b) {
        literal p = a | b; /* the one that is not zero */
        *x = graph_and(g, p, a ? r ^ 1 : r);
        *y = graph_and(g, p, a ? r : r ^ 1);
        return;
    }
    int i = implies(g, a, r, &cut_a), j = implies(g, b, r, &cut_b);
    if (i * j == -1) { /* disjoint: they join, and the other side is zero */
        literal sum = i < 0 ? join(g, r, a, b, cut_a, cut_b) : join(g, r, b, a, cut_b, cut_a);
        *x = i < 0 ? sum : 0;
        *y = i < 0 ? 0 : sum;
        return;
    }
    literal d = graph_and(g, graph_xor(g, a, b), r);
    *x = graph_xor(g, a, d);
    *y = graph_xor(g, b, d);
}

/* ---- planning the computation ---- */

/* What `last` says before the lifetimes are known: in the order as scratch, or in it and worth keeping. */
enum { SEEN = UINT32_MAX, KEEP = UINT32_MAX - 1, TO_THE_END = UINT32_MAX - 2 };

/* Marks the argument u of something made in `segment`; true when it must be visited first. */
static bool visit(struct value *u, bool keep, uint32_t segment)
{
    if (u->storage)
        return false;
    bool fresh = !u->last;
    if (keep && u->segment < segment)
        u->last = KEEP;
    else if (fresh)
        u->last = SEEN;
    return fresh;
}

static void push(struct graph *g, size_t depth, uint32_t number)
{
    QRY_GROW(g->ctx, g->plan.stack, g->plan.stack_room, depth + 1);
    g->plan.stack[depth] = number;
}

/* Puts what a wanted literal needs into the order, arguments first. */
static void collect(struct graph *g, literal wanted, bool keep)
{
    if (!is_data(wanted) || !visit(value_of(g, wanted), keep, g->segment))
        return;
    size_t depth = 0;
    push(g, depth++, literal_id(wanted));
    while (depth) {
        const struct value *v = &g->value[g->plan.stack[depth - 1]];
        if (visit(value_of(g, v->a), keep, v->segment))
            push(g, depth++, literal_id(v->a));
        else if (visit(value_of(g, v->b), keep, v->segment))
            push(g, depth++, literal_id(v->b));
        else {
            QRY_GROW(g->ctx, g->plan.order, g->plan.order_room, g->plan.order_count + 1);
            g->plan.order[g->plan.order_count++] = g->plan.stack[--depth];
        }
    }
}

/* Gives kept values their storages, and every other value the place of its last use. */
static void find_lifetimes(struct graph *g, const literal *wanted, size_t count, uint32_t *used)
{
    for (size_t i = 0; i < g->plan.order_count; i++) {
        struct value *v = &g->value[g->plan.order[i]];
        if (v->last == KEEP)
            v->storage = graph_storage(g, used);
    }
    for (size_t i = 0; i < count; i++)
        if (is_data(wanted[i]) && value_of(g, wanted[i])->last == SEEN)
            value_of(g, wanted[i])->last = TO_THE_END;
    for (size_t i = g->plan.order_count; i-- > 0;) {
        const struct value *v = &g->value[g->plan.order[i]];
        struct value *argument[2] = {value_of(g, v->a), value_of(g, v->b)};
        for (int k = 0; k < 2; k++)
            if (argument[k]->last == SEEN)
                argument[k]->last = (uint32_t)i + 1;
    }
}

static uint32_t scratch_storage(struct graph *g)
{
    return g->plan.free_count ? g->plan.free[--g->plan.free_count] : g->plan.next++;
}

static void compute(struct graph *g, size_t place, struct plan_builder *builder)
{
    struct value *v = &g->value[g->plan.order[place]];
    struct value *a = value_of(g, v->a), *b = value_of(g, v->b);
    bool first_inverted = is_inverted(v->a), second_inverted = is_inverted(v->b);
    uint32_t from_a = a->storage, from_b = b->storage;
    if (a->last == place + 1)
        g->plan.free[g->plan.free_count++] = from_a;
    if (b->last == place + 1 && b != a)
        g->plan.free[g->plan.free_count++] = from_b;
    if (!v->storage)
        v->storage = scratch_storage(g);
    if (v->kind == VALUE_XOR)
        plan_add(g->ctx, builder, PLAN_XOR3, from_a, from_b, v->storage, 0);
    else if (first_inverted && second_inverted)
        plan_add(g->ctx, builder, PLAN_AND3_NN, from_a, from_b, v->storage, 0);
    else if (first_inverted)
        plan_add(g->ctx, builder, PLAN_AND3_N, from_b, from_a, v->storage, 0);
    else
        plan_add(g->ctx, builder, second_inverted ? PLAN_AND3_N : PLAN_AND3, from_a, from_b, v->storage, 0);
}

static uint32_t place_result(struct graph *g, literal wanted, struct plan_builder *builder)
{
    if (!is_data(wanted))
        return wanted ? STORE_ONES : STORE_ZERO;
    uint32_t storage = value_of(g, wanted)->storage;
    if (!is_inverted(wanted))
        return storage;
    uint32_t inverted = scratch_storage(g);
    plan_add(g->ctx, builder, PLAN_XOR3, storage, STORE_ONES, inverted, 0);
    return inverted;
}

uint32_t graph_plan(struct graph *g, const literal *wanted, size_t count, bool keep, uint32_t *used,
                    struct plan_builder *builder, uint32_t *result)
{
    g->plan.order_count = g->plan.free_count = 0;
    g->segment++; /* so that wanted values of earlier segments are kept themselves */
    for (size_t i = 0; i < count; i++)
        collect(g, wanted[i], keep);
    QRY_GROW(g->ctx, g->plan.free, g->plan.free_room, g->plan.order_count + 1);
    find_lifetimes(g, wanted, count, used);
    if (g->scratch < *used)
        g->scratch = *used;
    g->plan.next = g->scratch;
    for (size_t i = 0; i < g->plan.order_count; i++)
        compute(g, i, builder);
    for (size_t i = 0; i < count; i++)
        result[i] = place_result(g, wanted[i], builder);
    for (size_t i = 0; i < g->plan.order_count; i++) {
        struct value *v = &g->value[g->plan.order[i]];
        if (v->last != KEEP)
            v->storage = 0;
        v->last = 0;
    }
    return g->plan.next;
}
