/* linear.c: sums of nodes with whole coefficients, before they become nodes. */
#include "compiler/fold.h"

#include <string.h>

static struct linear copy(qry_arena *arena, const struct linear *a)
{
    struct linear c = *a;
    c.terms = qry_arena_alloc(arena, a->count, sizeof *c.terms);
    if (a->count)
        memcpy(c.terms, a->terms, a->count * sizeof *c.terms);
    return c;
}

struct linear qry_linear_of(qry_arena *arena, qry_formula *node)
{
    struct linear a = {.fraction = node->fraction};
    bool is_sum = node->kind == QRY_FORMULA_SUM;
    a.count = is_sum ? node->arg_count : 1;
    a.terms = qry_arena_alloc(arena, a.count, sizeof *a.terms);
    if (!is_sum) {
        a.terms[0] = (struct formula_term){node, 1};
        return a;
    }
    a.constant = node->constant;
    for (uint32_t i = 0; i < a.count; i++)
        a.terms[i] = (struct formula_term){node->arg[i], node->factor[i]};
    return a;
}

static bool times(int64_t *number, int64_t factor)
{
    return !QRY_MUL_OVERFLOWS(*number, factor, number) && qry_formula_fits(*number);
}

/* Multiplies all numbers of a; the terms are changed in place. */
static bool multiply(struct linear *a, int64_t factor)
{
    bool fits = times(&a->constant, factor);
    for (uint32_t i = 0; i < a->count && fits; i++)
        fits = times(&a->terms[i].factor, factor);
    return fits;
}

static bool vanishes(const struct linear *a) { return a->constant == 0 && a->count == 0; }

bool qry_linear_at(qry_arena *arena, const struct linear *a, int fraction, struct linear *result)
{
    int shift = fraction - a->fraction;
    qry_must(shift >= 0);
    *result = copy(arena, a);
    result->fraction = fraction;
    return vanishes(a) || (shift <= 62 && multiply(result, INT64_C(1) << shift));
}

bool qry_linear_add(qry_arena *arena, const struct linear *a, const struct linear *b, bool subtract,
                    struct linear *result)
{
    int fraction = a->fraction > b->fraction ? a->fraction : b->fraction;
    struct linear x, y;
    if (!qry_linear_at(arena, a, fraction, &x) || !qry_linear_at(arena, b, fraction, &y) ||
        (subtract && !multiply(&y, -1)))
        return false;
    result->fraction = fraction;
    result->count = x.count + y.count;
    result->terms = qry_arena_alloc(arena, result->count, sizeof *result->terms);
    if (x.count)
        memcpy(result->terms, x.terms, x.count * sizeof *x.terms);
    if (y.count)
        memcpy(result->terms + x.count, y.terms, y.count * sizeof *y.terms);
    result->constant = x.constant + y.constant; /* both fit */
    return qry_formula_fits(result->constant) && qry_formula_merge(result->terms, &result->count);
}

/* Terms pile up unsorted until there is no room; then they are merged, so that a long sum takes no more than a few
 * times the room of its result. */
static bool make_room(qry_arena *arena, struct linear_pile *pile, uint32_t more)
{
    struct linear *sum = &pile->sum;
    if (sum->count + more <= pile->room)
        return true;
    if (!qry_formula_merge(sum->terms, &sum->count))
        return false;
    if (sum->count + more <= pile->room / 2)
        return true;
    pile->room = 2 * (sum->count + more);
    struct formula_term *terms = qry_arena_alloc(arena, pile->room, sizeof *terms);
    if (sum->count)
        memcpy(terms, sum->terms, sum->count * sizeof *terms);
    sum->terms = terms;
    return true;
}

bool qry_linear_pile_up(qry_arena *arena, struct linear_pile *pile, const struct linear *a)
{
    struct linear *sum = &pile->sum, part = *a;
    int shift = a->fraction - sum->fraction;
    if (vanishes(sum))
        sum->fraction = a->fraction;
    else if (shift > 0) {
        if (shift > 62 || !multiply(sum, INT64_C(1) << shift))
            return false;
        sum->fraction = a->fraction;
    } else if (shift < 0 && !qry_linear_at(arena, a, sum->fraction, &part))
        return false;
    if (!make_room(arena, pile, part.count))
        return false;
    if (part.count)
        memcpy(sum->terms + sum->count, part.terms, part.count * sizeof *part.terms);
    sum->count += part.count;
    sum->constant += part.constant;
    return qry_formula_fits(sum->constant);
}

bool qry_linear_pile_total(struct linear_pile *pile) { return qry_formula_merge(pile->sum.terms, &pile->sum.count); }

bool qry_linear_scale(qry_arena *arena, const struct linear *a, int64_t factor, int fraction, struct linear *result)
{
    *result = copy(arena, a);
    result->fraction += fraction;
    if (factor == 0)
        *result = (struct linear){0};
    return multiply(result, factor);
}

uint64_t qry_linear_divisor(uint64_t a, int64_t number)
{
    uint64_t b = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static uint64_t common_divisor(const struct linear *a, uint64_t start)
{
    uint64_t g = start;
    for (uint32_t i = 0; i < a->count && g != 1; i++)
        g = qry_linear_divisor(g, a->terms[i].factor);
    return g;
}

static struct linear divided(qry_arena *arena, const struct linear *a, int64_t g)
{
    struct linear result = copy(arena, a);
    for (uint32_t i = 0; i < a->count; i++)
        result.terms[i].factor /= g;
    return result;
}

struct linear qry_linear_reduced(qry_arena *arena, const struct linear *a)
{
    uint64_t g = common_divisor(a, qry_linear_divisor(0, a->constant));
    if (g == 0)
        return (struct linear){0};
    int shift = 0;
    while ((g & 1) == 0 && shift < 62) {
        g >>= 1;
        shift++;
    }
    if (shift == 0)
        return *a;
    struct linear result = divided(arena, a, INT64_C(1) << shift);
    result.constant = a->constant / (INT64_C(1) << shift);
    result.fraction -= shift;
    return result;
}

/* With the sign of the first factor. */
static int64_t signed_divisor(const struct linear *a, uint64_t g)
{
    return a->terms[0].factor < 0 ? -(int64_t)g : (int64_t)g;
}

int64_t qry_linear_primitive(qry_arena *arena, const struct linear *a, struct linear *result, int *shift)
{
    int64_t g = signed_divisor(a, common_divisor(a, qry_linear_divisor(0, a->constant)));
    *result = divided(arena, a, g);
    result->constant = a->constant / g;
    result->fraction = a->terms[0].arg->fraction;
    *shift = a->fraction - result->fraction;
    return g;
}

qry_formula *qry_linear_node(struct formula_builder *builder, qry_span span, const struct linear *a)
{
    struct linear own = copy(builder->arena, a);
    return qry_formula_sum(builder, span, own.fraction, own.constant, own.terms, own.count);
}

static int64_t floor_division(int64_t a, int64_t b) /* b > 0 */ { return a / b - (a % b < 0); }

/* S + c >= 0 with S = g T, all factors of S divisible by g: T + floor(c/g) >= 0 for g > 0. For g < 0 let T be the
 * positive form, S = -|g| T: T <= floor(c/|g|), that is not T - floor(c/|g|) - 1 >= 0. Either way the node begins
 * with a positive factor, so that a >= b and b > a are a node and its negation. */
qry_formula *qry_linear_at_least(struct formula_builder *builder, qry_span span, const struct linear *a, int64_t bound)
{
    if (!qry_formula_fits(bound) || !qry_formula_fits(a->constant - bound))
        return NULL;
    int64_t constant = a->constant - bound;
    if (a->count == 0)
        return qry_formula_truth(builder, span, constant >= 0);
    int64_t g = signed_divisor(a, common_divisor(a, 0));
    struct linear t = divided(builder->arena, a, g);
    t.fraction = 0; /* the grid is gone: only the sign counts */
    int64_t limit = floor_division(constant, g < 0 ? -g : g);
    t.constant = g < 0 ? -1 - limit : limit;
    qry_formula *node = qry_linear_node(builder, span, &t);
    if (!node)
        return NULL;
    node = qry_formula_compare(builder, span, QRY_FORMULA_GE0, node);
    return g < 0 ? qry_formula_not(builder, span, node) : node;
}

qry_formula *qry_linear_is_zero(struct formula_builder *builder, qry_span span, const struct linear *a)
{
    if (a->count == 0)
        return qry_formula_truth(builder, span, a->constant == 0);
    int64_t g = signed_divisor(a, common_divisor(a, 0));
    if (a->constant % g != 0)
        return qry_formula_truth(builder, span, false);
    struct linear t = divided(builder->arena, a, g);
    t.constant = a->constant / g;
    t.fraction = 0;
    qry_formula *node = qry_linear_node(builder, span, &t);
    return node ? qry_formula_compare(builder, span, QRY_FORMULA_EQ0, node) : NULL;
}
