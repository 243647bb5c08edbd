/* branch.c: branches of which elaboration does not know whether they are taken. What they change in variables is kept
 * apart, so that both branches of a condition begin with the same values, and put together behind them. */
#include "qasm/program/interpret.h"

#include <string.h>

void qasm_branch_open(struct qasm_run *run, struct qasm_branch *branch)
{
    *branch = (struct qasm_branch){.scope = ++run->program->scopes, .from = run->position, .outer = run->branch};
    run->branch = branch;
}

void qasm_save(struct qasm_run *run, struct qasm_cell *cell)
{
    while (cell->of)
        cell = cell->of;
    struct qasm_branch *branch = run->branch;
    if (cell->scope == branch->scope)
        return;
    struct qasm_saved *saved = QRY_NEW(run->kept, struct qasm_saved);
    *saved = (struct qasm_saved){cell, qasm_copy(run->kept, &cell->value), cell->scope, branch->saved};
    branch->saved = saved;
    cell->scope = branch->scope;
}

/* Puts a value with the same memory back. */
static void put_back(struct qasm_value *to, const struct qasm_value *from)
{
    const struct qasm_type *type = from->type;
    if (type && type->kind == QASM_ARRAY && to->type == type)
        for (size_t i = 0, n = qasm_item_count(type); i < n; i++)
            put_back(&to->items[i], &from->items[i]);
    else if (type && type->kind == QASM_BIT && type->width && to->type == type)
        memcpy(to->bits, from->bits, type->width * sizeof *to->bits);
    else
        *to = *from;
}

struct qasm_saved *qasm_branch_close(struct qasm_run *run, struct qasm_branch *branch)
{
    struct qasm_saved *after = NULL;
    qry_must(run->branch == branch);
    branch->to = run->position;
    for (struct qasm_saved *s = branch->saved; s; s = s->next) {
        struct qasm_saved *a = QRY_NEW(run->kept, struct qasm_saved);
        *a = (struct qasm_saved){s->cell, qasm_copy(run->kept, &s->cell->value), 0, after};
        after = a;
        put_back(&s->cell->value, &s->before);
        s->cell->scope = s->scope;
    }
    run->branch = branch->outer;
    return after;
}

/* ---- putting together ---- */

struct sides {
    struct qasm_run *run;
    const struct qasm_branch *here, *there; /* there: NULL if there is no other branch */
};

/* Whether the circuit's bit behind a variable that says 2 + m in one branch and 0 in the other is 0 in the other. */
static bool is_zero_elsewhere(const struct sides *s, qasm_bit measured, const struct qasm_branch *here)
{
    const struct qasm_bit_state *state = qasm_bit_state(s->run, measured - 2);
    return state->first > here->from && state->last <= here->to;
}

static qasm_bit merge_bit(const struct sides *s, qasm_bit here, qasm_bit there)
{
    if (here == there)
        return here;
    if (here >= 2 && here != QASM_UNKNOWN_BIT && there == 0 && is_zero_elsewhere(s, here, s->here))
        return here;
    if (there >= 2 && there != QASM_UNKNOWN_BIT && here == 0 && s->there && is_zero_elsewhere(s, there, s->there))
        return there;
    return QASM_UNKNOWN_BIT;
}

static bool same_value(const struct qasm_value *a, const struct qasm_value *b)
{
    switch (a->type->kind) {
    case QASM_BOOL:
        return a->truth == b->truth;
    case QASM_FLOAT:
        return memcmp(&a->real, &b->real, sizeof a->real) == 0;
    case QASM_COMPLEX:
        return memcmp(&a->re, &b->re, sizeof a->re) == 0 && memcmp(&a->im, &b->im, sizeof a->im) == 0;
    case QASM_DURATION:
    case QASM_STRETCH:
        return a->seconds == b->seconds && a->dt == b->dt;
    default:
        return a->natural == b->natural;
    }
}

/* *to becomes what is known of it after either of two branches. */
static void merge(const struct sides *s, struct qasm_value *to, const struct qasm_value *here,
                  const struct qasm_value *there)
{
    const struct qasm_type *type = here->type;
    if (!type || !there->type || !to->type)
        return;
    if (type != there->type || type != to->type) /* declared in one of them only: nobody sees it after */
        return;
    if (type->kind == QASM_ARRAY)
        for (size_t i = 0, n = qasm_item_count(type); i < n; i++)
            merge(s, &to->items[i], &here->items[i], &there->items[i]);
    else if (type->kind == QASM_BIT && type->width)
        for (uint32_t i = 0; i < type->width; i++)
            to->bits[i] = merge_bit(s, here->bits[i], there->bits[i]);
    else if (type->kind == QASM_BIT)
        to->bit = merge_bit(s, here->bit, there->bit);
    else {
        *to = *here;
        to->unknown = here->unknown || there->unknown || !same_value(here, there);
    }
}

static const struct qasm_value *found(const struct qasm_saved *list, const struct qasm_cell *cell)
{
    for (; list; list = list->next)
        if (list->cell == cell)
            return &list->before;
    return NULL;
}

void qasm_branch_merge(struct qasm_run *run, const struct qasm_branch *taken, const struct qasm_saved *after,
                       const struct qasm_branch *other, const struct qasm_saved *after_other)
{
    struct sides sides = {run, taken, other};
    for (const struct qasm_saved *a = after; a; a = a->next) {
        const struct qasm_value *there = found(after_other, a->cell);
        qasm_touch(run, a->cell);
        struct qasm_value before = qasm_copy(run->kept, &a->cell->value);
        merge(&sides, &a->cell->value, &a->before, there ? there : &before);
    }
    for (const struct qasm_saved *a = after_other; a; a = a->next) {
        if (found(after, a->cell))
            continue;
        qasm_touch(run, a->cell);
        struct qasm_value before = qasm_copy(run->kept, &a->cell->value);
        merge(&sides, &a->cell->value, &before, &a->before);
    }
}
