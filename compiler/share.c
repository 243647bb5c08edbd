/* share.c: the end of the pass fold. Sums that differ only in their constant and in a common factor become one sum, so
 * that 1 <= S && S <= 5 computes S once:
 *
 *     c + g (f1 x + f2 y)   and   d + h (f1 x + f2 y)    become    T = f1 x + f2 y,  c + g T,  d + h T.
 *
 * A sum that stands alone is left as it is; what only a note mentions does not count. */
#include "compiler/fold.h"

#include <string.h>

struct group {
    const qry_formula *like; /* the first sum of the kind */
    int64_t divisor;         /* of its factors, with the sign of the first */
    uint32_t members;
    qry_formula *shared; /* T, once it is needed */
};

static int64_t common_divisor(const qry_formula *sum)
{
    uint64_t g = 0;
    for (uint32_t i = 0; i < sum->arg_count && g != 1; i++)
        g = qry_linear_divisor(g, sum->factor[i]);
    return sum->factor[0] < 0 ? -(int64_t)g : (int64_t)g;
}

static bool is_like(const struct group *group, const qry_formula *sum, int64_t divisor)
{
    const qry_formula *like = group->like;
    bool same =
        like->arg_count == sum->arg_count && memcmp(like->arg, sum->arg, sum->arg_count * sizeof *sum->arg) == 0;
    for (uint32_t i = 0; i < sum->arg_count && same; i++)
        same = like->factor[i] / group->divisor == sum->factor[i] / divisor;
    return same;
}

static size_t slot_of(const qry_formula *sum, int64_t divisor, size_t slots)
{
    uint64_t hash = sum->arg_count;
    for (uint32_t i = 0; i < sum->arg_count; i++) {
        hash = (hash ^ sum->arg[i]->number) * 0x9e3779b97f4a7c15u;
        hash = (hash ^ hash >> 29 ^ (uint64_t)(sum->factor[i] / divisor)) * 0x9e3779b97f4a7c15u;
    }
    return (hash ^ hash >> 31) & (slots - 1);
}

/* Puts every sum of at least two terms into a group; true when some group has more than one member. */
static bool find_groups(qry_arena *arena, const qry_formula_list *list, const bool *marked, struct group **group_of)
{
    size_t slots = 16;
    while (slots < 2 * list->count)
        slots *= 2;
    struct group **table = qry_arena_alloc(arena, slots, sizeof *table);
    bool found = false;
    for (size_t i = 0; i < list->count; i++) {
        const qry_formula *sum = list->node[i];
        if (!marked[i] || sum->kind != QRY_FORMULA_SUM || sum->arg_count < 2)
            continue;
        int64_t divisor = common_divisor(sum);
        size_t slot = slot_of(sum, divisor, slots);
        while (table[slot] && !is_like(table[slot], sum, divisor))
            slot = (slot + 1) & (slots - 1);
        if (!table[slot]) {
            table[slot] = QRY_NEW(arena, struct group);
            *table[slot] = (struct group){.like = sum, .divisor = divisor};
        }
        group_of[i] = table[slot];
        found |= ++table[slot]->members > 1;
    }
    return found;
}

/* c + g T in place of the sum. */
static qry_formula *member(struct formula_builder *builder, const qry_formula *sum, struct group *group,
                           qry_formula *const *now)
{
    int64_t divisor = common_divisor(sum);
    if (!group->shared) {
        struct formula_term *terms = qry_arena_alloc(builder->arena, sum->arg_count, sizeof *terms);
        for (uint32_t i = 0; i < sum->arg_count; i++)
            terms[i] = (struct formula_term){now[sum->arg[i]->number], sum->factor[i] / divisor};
        group->shared = qry_formula_sum(builder, sum->span, sum->fraction, 0, terms, sum->arg_count);
    }
    return qry_formula_sum(builder, sum->span, sum->fraction, sum->constant,
                           &(struct formula_term){group->shared, divisor}, 1);
}

void qry_fold_share(struct fold *fold)
{
    qry_formula_list old = *fold->builder.list;
    bool *marked = qry_arena_alloc(fold->arena, old.count, sizeof *marked);
    struct group **group_of = qry_arena_alloc(fold->arena, old.count, sizeof(struct group *));
    qry_formula_mark(&old, marked);
    if (!find_groups(fold->arena, &old, marked, group_of))
        return;
    qry_formula **now = qry_arena_alloc(fold->arena, old.count, sizeof(qry_formula *));
    qry_formula_begin(&fold->builder, fold->arena, fold->builder.list);
    for (size_t i = 0; i < old.count; i++) {
        bool shares = group_of[i] && group_of[i]->members > 1;
        now[i] = shares ? member(&fold->builder, old.node[i], group_of[i], now)
                        : qry_formula_again(&fold->builder, old.node[i], now);
        qry_must(now[i]); /* the numbers are those that fitted before, or divisors of them */
    }
    fold->builder.list->root = now[old.root->number];
    fold->builder.list->by = old.by ? now[old.by->number] : NULL;
    for (size_t i = 0; i < fold->notes->count; i++)
        fold->notes->note[i].node = now[fold->notes->note[i].node->number];
}
