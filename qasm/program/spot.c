/* spot.c: what a name with indices stands for: a variable, some bits of a register, bits of a number, items of an array.
 * Read by load, written by store. */
#include "qasm/program/interpret.h"

#include <string.h>

/* ---- places along a dimension ---- */

static bool outside(struct qasm_run *run, struct tree_place place, int64_t index, uint32_t size,
                    struct qasm_places *places)
{
    places->unknown = true;
    if (!size)
        return qasm_fail(run, place, NULL, "index %lld of something without items", (long long)index);
    return qasm_fail(run, place, NULL, "index %lld is outside of 0 .. %u", (long long)index, size - 1);
}

static bool integer_or(struct qasm_run *run, const struct tree_expr *expr, int missing, qry_i128 *number, bool *unknown)
{
    *number = missing;
    return expr->kind == TREE_NONE || qasm_evaluate_wide(run, expr, number, unknown);
}

bool qasm_range_of(struct qasm_run *run, const struct tree_expr *range, uint32_t size, struct qasm_steps *steps,
                   bool *unknown)
{
    const struct tree_expr *start = range->first, *step = start->next, *stop = step->next;
    qry_i128 from, by, to;
    if (!integer_or(run, step, 1, &by, unknown) || !integer_or(run, start, by < 0 ? -1 : 0, &from, unknown) ||
        !integer_or(run, stop, by < 0 ? 0 : -1, &to, unknown))
        return false;
    if (by == 0 && !*unknown) {
        *unknown = true;
        return qasm_fail(run, step->place, NULL, "a range whose step is 0 has no end");
    }
    if (*unknown)
        return true;
    if (size) {
        from += from < 0 ? size : 0;
        to += to < 0 ? size : 0;
    }
    *steps = (struct qasm_steps){.start = from, .step = by};
    if (by > 0 ? from > to : from < to)
        return true;
    qry_u128 distance = by > 0 ? (qry_u128)to - (qry_u128)from : (qry_u128)from - (qry_u128)to;
    qry_u128 rounds = distance / (by > 0 ? (qry_u128)by : -(qry_u128)by);
    steps->count = rounds + (rounds != ~(qry_u128)0);
    return true;
}

static bool range_places(struct qasm_run *run, const struct tree_expr *range, uint32_t size, struct qasm_places *places)
{
    struct qasm_steps steps = {0};
    if (!qasm_range_of(run, range, size, &steps, &places->unknown))
        return false;
    if (places->unknown)
        return true;
    qry_i128 last = qasm_at_step(&steps, steps.count ? steps.count - 1 : 0);
    if (steps.count && (steps.start < 0 || steps.start >= size))
        return outside(run, range->place, (int64_t)steps.start, size, places);
    if (steps.count && (last < 0 || last >= size))
        return outside(run, range->place, (int64_t)last, size, places);
    places->count = (uint32_t)steps.count;
    uint32_t *list = qry_arena_alloc(run->scratch, (size_t)places->count + 1, sizeof *list);
    for (uint32_t i = 0; i < places->count; i++)
        list[i] = (uint32_t)qasm_at_step(&steps, i);
    places->list = list;
    return true;
}

static bool place_of(struct qasm_run *run, const struct tree_expr *index, uint32_t size, struct qasm_places *places,
                     uint32_t *result)
{
    int64_t number;
    bool unknown = false;
    if (!qasm_evaluate_integer(run, index, &number, &unknown))
        return false;
    places->unknown |= unknown;
    if (unknown)
        return true;
    int64_t at = number < 0 ? number + (int64_t)size : number;
    if (at < 0 || at >= (int64_t)size)
        return outside(run, index->place, number, size, places);
    *result = (uint32_t)at;
    return true;
}

bool qasm_places_of(struct qasm_run *run, const struct tree_expr *index, uint32_t size, struct qasm_places *places)
{
    *places = (struct qasm_places){0};
    if (index->kind == TREE_RANGE)
        return range_places(run, index, size, places);
    if (index->kind == TREE_SET) {
        uint32_t *list = qry_arena_alloc(run->scratch, index->count + 1, sizeof *list);
        for (const struct tree_expr *item = index->first; item; item = item->next)
            if (!place_of(run, item, size, places, &list[places->count++]))
                return false;
        places->list = list;
        return true;
    }
    places->count = 1;
    places->one = true;
    return place_of(run, index, size, places, &places->first);
}

/* ---- one pair of brackets ---- */

static uint32_t place_at(const struct qasm_places *places, uint32_t i)
{
    return places->list ? places->list[i] : places->first;
}

static void set_type(struct qasm_run *run, struct qasm_spot *spot, const struct qasm_type *like, uint32_t width)
{
    struct qasm_type *type = QRY_NEW(run->scratch, struct qasm_type);
    *type = (struct qasm_type){.kind = like->kind, .width = width};
    spot->type = type;
}

const struct qasm_ref *qasm_spot_refs(const struct qasm_spot *spot) { return spot->refs ? spot->refs : &spot->one; }

/* The bits of a register, from its value or from the references gathered so far. */
static struct qasm_ref ref_at(const struct qasm_spot *spot, uint32_t i)
{
    if (spot->kind == SPOT_BITS)
        return qasm_spot_refs(spot)[i];
    bool whole = spot->value == &spot->cell->value && spot->cell->home != QASM_NO_HOME;
    return (struct qasm_ref){&spot->value->bits[i], whole ? spot->cell->home + i : QASM_NO_HOME, spot->cell};
}

static void index_bits(struct qasm_run *run, struct qasm_spot *spot, const struct qasm_places *places)
{
    if (!places->list) {
        struct qasm_ref one = ref_at(spot, places->first);
        spot->one = one;
        spot->refs = NULL;
    } else {
        struct qasm_ref *refs = qry_arena_alloc(run->scratch, places->count + 1, sizeof *refs);
        for (uint32_t i = 0; i < places->count; i++)
            refs[i] = ref_at(spot, places->list[i]);
        spot->refs = refs;
    }
    set_type(run, spot, spot->type, places->list ? places->count : 0);
    spot->kind = SPOT_BITS;
    spot->count = places->count;
}

/* Bits of a number, or of those of its bits that have been picked so far. */
static void index_parts(struct qasm_run *run, struct qasm_spot *spot, const struct qasm_places *places)
{
    uint32_t *list = qry_arena_alloc(run->scratch, places->count + 1, sizeof *list);
    for (uint32_t i = 0; i < places->count; i++)
        list[i] = spot->kind == SPOT_PARTS ? spot->places[place_at(places, i)] : place_at(places, i);
    spot->kind = SPOT_PARTS;
    spot->places = list;
    spot->count = places->count;
    struct qasm_type *type = QRY_NEW(run->scratch, struct qasm_type);
    *type = (struct qasm_type){.kind = QASM_BIT, .width = places->list ? places->count : 0};
    spot->type = type;
}

/* How many places there are to index. */
static uint32_t size_of(const struct qasm_spot *spot)
{
    return spot->type->kind == QASM_ARRAY ? spot->type->shape[0] : spot->type->width;
}

/* Indices of one pair of brackets along the dimensions of an array. */
static void index_items(struct qasm_run *run, struct qasm_spot *spot, const struct qasm_places *places, uint32_t count)
{
    const struct qasm_type *type = spot->type;
    struct qasm_type *left = QRY_NEW(run->scratch, struct qasm_type);
    *left = (struct qasm_type){.kind = QASM_ARRAY, .base = type->base};
    uint32_t items = 1, inner = (uint32_t)qasm_item_count(type);
    uint32_t *offsets = QRY_NEW(run->scratch, uint32_t);
    for (uint32_t d = 0; d < type->dims; d++) {
        struct qasm_places all = {.count = type->shape[d]};
        const struct qasm_places *p = d < count ? &places[d] : &all;
        inner = type->shape[d] ? inner / type->shape[d] : 0;
        uint32_t *more = qry_arena_alloc(run->scratch, (size_t)items * p->count + 1, sizeof *more);
        for (uint32_t i = 0; i < items; i++)
            for (uint32_t k = 0; k < p->count; k++)
                more[i * p->count + k] = offsets[i] + (d < count ? place_at(p, k) : k) * inner;
        offsets = more;
        items *= p->count;
        if (d >= count || !p->one)
            left->shape[left->dims++] = p->count;
    }
    if (spot->kind == SPOT_ITEMS)
        for (uint32_t i = 0; i < items; i++)
            offsets[i] = spot->places[offsets[i]];
    struct qasm_value *base = spot->kind == SPOT_ITEMS ? spot->value : spot->value->items;
    if (!left->dims) {
        spot->kind = SPOT_VALUE;
        spot->value = &base[offsets[0]];
        spot->type = type->base;
        return;
    }
    spot->kind = SPOT_ITEMS;
    spot->value = base;
    spot->places = offsets;
    spot->count = items;
    spot->type = left;
}

/* The type of what has no known place; a slice of unknown size is as large as it can be. */
static const struct qasm_type *unknown_type(const struct tree_expr *expr, const struct qasm_type *whole)
{
    const struct qasm_type *type = expr->type;
    bool unsized = type->width == QASM_UNSIZED || (type->kind == QASM_ARRAY && qasm_item_count(type) == 0);
    return unsized ? whole : type;
}

static bool brackets(struct qasm_run *run, const struct tree_expr *expr, struct qasm_spot *spot)
{
    const struct tree_expr *index = expr->first->next;
    while (index) {
        struct qasm_places places[QASM_MAX_DIMS];
        uint32_t dims = spot->type->kind == QASM_ARRAY ? spot->type->dims : 1, count = 0;
        const struct qasm_type *type = spot->type;
        for (; index && count < dims; index = index->next, count++) {
            uint32_t size = type->kind == QASM_ARRAY ? type->shape[count] : size_of(spot);
            if (!qasm_places_of(run, index, size, &places[count]))
                return false;
            if (places[count].unknown)
                spot->kind = SPOT_UNKNOWN;
        }
        if (spot->kind == SPOT_UNKNOWN) {
            spot->type = unknown_type(expr, type);
            return true;
        }
        if (type->kind == QASM_ARRAY)
            index_items(run, spot, places, count);
        else if (type->kind == QASM_BIT && spot->kind != SPOT_PARTS)
            index_bits(run, spot, places);
        else
            index_parts(run, spot, places);
    }
    return true;
}

static bool base_of(struct qasm_run *run, const struct tree_expr *expr, struct qasm_spot *spot)
{
    if (expr->kind == TREE_NAME && !expr->constant) {
        struct qasm_cell *cell = qasm_cell_of(run, expr->symbol);
        *spot = (struct qasm_spot){.kind = SPOT_VALUE, .cell = cell, .value = &cell->value, .type = cell->value.type};
        if (cell->view)
            *spot = cell->view->spot;
        if (cell->refs) {
            spot->kind = SPOT_BITS;
            spot->refs = cell->refs;
            spot->count = spot->type->width ? spot->type->width : 1;
        }
        return true;
    }
    struct qasm_cell *cell = QRY_NEW(run->scratch, struct qasm_cell);
    if (!(expr->constant ? qasm_evaluate : qasm_evaluate_as_it_is)(run, expr, &cell->value))
        return false;
    cell->home = QASM_NO_HOME;
    *spot = (struct qasm_spot){.kind = SPOT_VALUE, .cell = cell, .value = &cell->value, .type = cell->value.type};
    if (cell->value.unknown)
        spot->kind = SPOT_UNKNOWN;
    return true;
}

bool qasm_spot_of(struct qasm_run *run, const struct tree_expr *expr, struct qasm_spot *spot)
{
    if (expr->kind != TREE_INDEX)
        return base_of(run, expr, spot);
    if (!qasm_spot_of(run, expr->first, spot))
        return false;
    if (spot->kind == SPOT_UNKNOWN) {
        spot->type = unknown_type(expr, spot->type);
        return true;
    }
    return brackets(run, expr, spot);
}

/* ---- reading and writing ---- */

void qasm_unknown(struct qasm_run *run, const struct qasm_type *type, struct qasm_value *value)
{
    *value = qasm_value_zero(run->scratch, type);
    qasm_forget(value);
}

static void load_bits(struct qasm_run *run, const struct qasm_spot *spot, struct qasm_value *value)
{
    const struct qasm_ref *refs = qasm_spot_refs(spot);
    if (!spot->type->width) {
        value->bit = *refs[0].bit;
        return;
    }
    value->bits = qry_arena_alloc(run->scratch, spot->count + 1, sizeof *value->bits);
    for (uint32_t i = 0; i < spot->count; i++)
        value->bits[i] = *refs[i].bit;
}

static void load_parts(struct qasm_run *run, const struct qasm_spot *spot, struct qasm_value *value)
{
    if (spot->value->unknown) {
        qasm_unknown(run, spot->type, value);
        return;
    }
    qry_u128 natural = spot->value->natural;
    if (!spot->type->width) {
        value->bit = (qasm_bit)(natural >> spot->places[0] & 1);
        return;
    }
    value->bits = qry_arena_alloc(run->scratch, spot->count + 1, sizeof *value->bits);
    for (uint32_t i = 0; i < spot->count; i++)
        value->bits[i] = (qasm_bit)(natural >> spot->places[i] & 1);
}

void qasm_spot_load(struct qasm_run *run, const struct qasm_spot *spot, struct qasm_value *value)
{
    *value = (struct qasm_value){.type = spot->type};
    switch (spot->kind) {
    case SPOT_UNKNOWN:
        qasm_unknown(run, spot->type, value);
        return;
    case SPOT_VALUE:
        *value = *spot->value;
        return;
    case SPOT_BITS:
        load_bits(run, spot, value);
        return;
    case SPOT_PARTS:
        load_parts(run, spot, value);
        return;
    case SPOT_ITEMS:
        value->items = qry_arena_alloc(run->scratch, spot->count + 1, sizeof *value->items);
        for (uint32_t i = 0; i < spot->count; i++)
            value->items[i] = spot->value[spot->places[i]];
        return;
    }
}

static bool store_parts(struct qasm_run *run, const struct qasm_spot *spot, const struct qasm_value *value)
{
    struct qasm_value known = *value;
    qasm_know(run, &known);
    if (known.unknown) {
        spot->value->unknown = true;
        return true;
    }
    qry_u128 natural = spot->value->natural;
    for (uint32_t i = 0; i < spot->count; i++) {
        qry_u128 mask = (qry_u128)1 << spot->places[i];
        natural = (known.type->width ? known.bits[i] : known.bit) ? natural | mask : natural & ~mask;
    }
    uint32_t width = spot->value->type->width;
    if (spot->value->type->kind == QASM_INT && width < 128) {
        natural <<= 128 - width;
        natural = (qry_u128)((qry_i128)natural >> (128 - width));
    }
    spot->value->natural = natural;
    return true;
}

bool qasm_spot_store(struct qasm_run *run, const struct qasm_spot *spot, const struct qasm_value *value)
{
    if (spot->kind != SPOT_BITS && !spot->cell->refs)
        qasm_touch(run, spot->cell);
    switch (spot->kind) {
    case SPOT_UNKNOWN:
        for (uint32_t i = 0; spot->cell->refs && i < spot->cell->value.type->width; i++) {
            qasm_touch(run, spot->cell->refs[i].cell);
            *spot->cell->refs[i].bit = QASM_UNKNOWN_BIT;
        }
        if (!spot->cell->refs)
            qasm_forget(&spot->cell->value);
        return true;
    case SPOT_VALUE:
        qasm_put(run, spot, spot->value, value);
        return true;
    case SPOT_BITS:
        for (uint32_t i = 0; i < spot->count; i++) {
            const struct qasm_ref *ref = &qasm_spot_refs(spot)[i];
            qasm_touch(run, ref->cell);
            qasm_store_bit(run, ref,
                           value->unknown       ? QASM_UNKNOWN_BIT
                           : value->type->width ? value->bits[i]
                                                : value->bit);
        }
        return true;
    case SPOT_PARTS:
        return store_parts(run, spot, value);
    case SPOT_ITEMS:
        for (uint32_t i = 0; i < spot->count; i++)
            qasm_put(run, spot, &spot->value[spot->places[i]], &value->items[i]);
        return true;
    }
    return true;
}

bool qasm_assign(struct qasm_run *run, const struct qasm_spot *spot, struct tree_place place,
                 const struct qasm_value *value)
{
    struct qasm_value converted;
    return qasm_convert_at(run, place, value, spot->type, &converted) && qasm_spot_store(run, spot, &converted);
}
