/* widths.c: the pass widths.
 *
 * Requires: formulas (fold). Leaves: low, high and width in every node; formulas without the parts that their intervals
 * decide; and only the nodes that the statement needs. Narrowings that cannot hold, and numbers of more than 62 bits,
 * are errors.
 *
 * Intervals go bottom-up, from the least and greatest value really in a table. Sound, not tight: two parts of an
 * expression are taken to be independent, except that like terms have been merged and a square is one. */
#include "compiler/fold.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of the integer M of a node. */
struct range {
    qry_i128 low, high;
    bool wide;    /* more than 62 bits, or made of a number that has */
    bool unknown; /* made of a wide number: low and high mean nothing */
};

struct widths {
    qry_program *program;
    const qry_statement *statement;
    qry_arena *arena;
    struct formula_builder builder;
    struct range *range; /* by number of the new node */
    size_t range_count, range_room;
    qry_span faulty;  /* the narrowing that was last complained about */
    uint64_t entries; /* of the tables of exp and lookup */
};

static bool fits(qry_i128 low, qry_i128 high)
{
    const qry_i128 end = (qry_i128)1 << QRY_MAX_WIDTH;
    return low < 0 ? low >= -end / 2 && high < end / 2 : high < end;
}

static int width_of(qry_i128 low, qry_i128 high)
{
    int width = 1;
    if (low < 0)
        while (low < -((qry_i128)1 << (width - 1)) || high >= (qry_i128)1 << (width - 1))
            width++;
    else
        while (high >= (qry_i128)1 << width)
            width++;
    return width;
}

static double real(qry_i128 mantissa, int fraction) { return ldexp((double)mantissa, -fraction); }

/* ---- intervals ---- */

/* Each term must fit by itself, so that a register can hold it. */
static struct range sum_range(const qry_formula *sum, const struct range *of)
{
    struct range r = {sum->constant, sum->constant, false, false};
    for (uint32_t i = 0; i < sum->arg_count; i++) {
        const struct range *arg = &of[sum->arg[i]->number];
        if (arg->wide)
            return (struct range){.wide = true, .unknown = true};
        qry_i128 a = arg->low * sum->factor[i], b = arg->high * sum->factor[i];
        if (!fits(a < b ? a : b, a < b ? b : a))
            return (struct range){.wide = true, .unknown = true};
        r.low += a < b ? a : b;
        r.high += a < b ? b : a;
    }
    r.wide = !fits(r.low, r.high);
    return r;
}

static struct range product_range(const struct range *a, const struct range *b, bool square)
{
    qry_i128 corner[] = {a->low * b->low, a->low * b->high, a->high * b->low, a->high * b->high};
    struct range r = {corner[0], corner[0], false, false};
    for (int i = 1; i < 4; i++) {
        r.low = corner[i] < r.low ? corner[i] : r.low;
        r.high = corner[i] > r.high ? corner[i] : r.high;
    }
    if (square && r.low < 0)
        r.low = 0;
    r.wide = !fits(r.low, r.high);
    return r;
}

static struct range abs_range(const struct range *a)
{
    qry_i128 low = a->low < 0 ? -a->low : a->low, high = a->high < 0 ? -a->high : a->high;
    struct range r = {low < high ? low : high, low > high ? low : high, false, false};
    if (a->low < 0 && a->high > 0)
        r.low = 0;
    r.wide = !fits(r.low, r.high);
    return r;
}

/* The least and the greatest of the values that the argument can ask for. */
static struct range lookup_range(const qry_formula *node, const struct range *a)
{
    int64_t last = node->first + node->value_count - 1;
    if (a->low < node->first || a->high > last)
        return (struct range){.wide = true, .unknown = true};
    const int64_t *value = &node->values[(int64_t)a->low - node->first];
    struct range r = {*value, *value, false, false};
    for (int64_t i = 1; i <= (int64_t)(a->high - a->low); i++) {
        r.low = value[i] < r.low ? value[i] : r.low;
        r.high = value[i] > r.high ? value[i] : r.high;
    }
    return r;
}

static struct range node_range(const struct widths *w, const qry_formula *node)
{
    const struct range *of = w->range;
    for (uint32_t i = 0; i < node->arg_count && node->kind != QRY_FORMULA_SUM && !node->is_bool; i++)
        if (of[node->arg[i]->number].wide)
            return (struct range){.wide = true, .unknown = true};
    const struct range *a = node->arg_count > 0 ? &of[node->arg[0]->number] : NULL;
    const struct range *b = node->arg_count > 1 ? &of[node->arg[1]->number] : NULL;
    switch (node->kind) {
    case QRY_FORMULA_TRUTH:
        return (struct range){node->constant, node->constant, false, false};
    case QRY_FORMULA_ENTRY:
        return (struct range){node->table->low, node->table->high, false, false};
    case QRY_FORMULA_INDEX:
        return (struct range){(qry_i128)w->statement->low, (qry_i128)w->statement->high, false, false};
    case QRY_FORMULA_SUM:
        return sum_range(node, of);
    case QRY_FORMULA_PRODUCT:
        return product_range(a, b, node->arg[0] == node->arg[1]);
    case QRY_FORMULA_ABS:
        return abs_range(a);
    case QRY_FORMULA_MIN:
        return (struct range){a->low < b->low ? a->low : b->low, a->high < b->high ? a->high : b->high, false, false};
    case QRY_FORMULA_MAX:
        return (struct range){a->low > b->low ? a->low : b->low, a->high > b->high ? a->high : b->high, false, false};
    case QRY_FORMULA_CHOOSE:
        if (node->is_bool)
            return (struct range){0, 1, false, false};
        a = &of[node->arg[2]->number];
        return (struct range){a->low < b->low ? a->low : b->low, a->high > b->high ? a->high : b->high, false, false};
    case QRY_FORMULA_FLOOR: {
        int drop = node->drop < 63 ? node->drop : 63;
        return (struct range){a->low >> drop, a->high >> drop, false, false};
    }
    case QRY_FORMULA_LOOKUP:
        return lookup_range(node, a);
    default:
        return (struct range){0, 1, false, false};
    }
}

/* ---- exp and lookup ---- */

/* Bits of the argument of exp; and entries of all tables, each of which is written as gates. */
enum { MOST_EXP_BITS = 16, MOST_ENTRIES = 1 << 20 };

/* NULL when one of them does not fit. */
static const int64_t *exponentials(const struct widths *w, const qry_formula *node, int fraction)
{
    int64_t *values = qry_arena_alloc(w->arena, node->value_count, sizeof *values);
    for (uint32_t i = 0; i < node->value_count; i++)
        if (!qry_exponential(node->first + i, fraction, node->fraction, &values[i]))
            return NULL;
    return values;
}

/* ---- the formula again, with intervals ---- */

/* What the intervals of its arguments make of a node; NULL if it stays. */
static qry_formula *decided(struct widths *w, const qry_formula *node, qry_formula *const *now)
{
    qry_formula *a = node->arg_count > 0 ? now[node->arg[0]->number] : NULL;
    qry_formula *b = node->arg_count > 1 ? now[node->arg[1]->number] : NULL;
    const struct range *x = a ? &w->range[a->number] : NULL, *y = b ? &w->range[b->number] : NULL;
    bool is_min = node->kind == QRY_FORMULA_MIN;
    switch (node->kind) {
    case QRY_FORMULA_MIN:
    case QRY_FORMULA_MAX:
        if (x->wide || y->wide)
            return NULL;
        if (x->high <= y->low)
            return is_min ? a : b;
        return y->high <= x->low ? is_min ? b : a : NULL;
    case QRY_FORMULA_ABS:
        if (x->wide || (x->low < 0 && x->high > 0))
            return NULL;
        if (x->low >= 0)
            return a;
        return qry_formula_sum(&w->builder, node->span, a->fraction, 0, &(struct formula_term){a, -1}, 1);
    case QRY_FORMULA_GE0:
        if (x->unknown || (x->low < 0 && x->high >= 0))
            return NULL;
        return qry_formula_truth(&w->builder, node->span, x->low >= 0);
    case QRY_FORMULA_EQ0:
        if (x->unknown || (x->low <= 0 && x->high >= 0))
            return NULL;
        return qry_formula_truth(&w->builder, node->span, false);
    default:
        return NULL;
    }
}

/* Ranges of the nodes that have come since the last call. */
static void catch_up(struct widths *w)
{
    const qry_formula_list *list = w->builder.list;
    if (list->count > w->range_room) {
        size_t room = list->count * 2;
        struct range *range = qry_arena_alloc(w->arena, room, sizeof *range);
        if (w->range_count)
            memcpy(range, w->range, w->range_count * sizeof *range);
        w->range = range;
        w->range_room = room;
    }
    for (; w->range_count < list->count; w->range_count++) {
        qry_formula *node = list->node[w->range_count];
        struct range r = node_range(w, node);
        w->range[w->range_count] = r;
        if (r.wide)
            continue;
        node->low = (int64_t)r.low;
        node->high = (int64_t)r.high;
        node->width = width_of(r.low, r.high);
    }
}

/* A node that can have but one value is that value. */
static qry_formula *collapsed(struct widths *w, qry_formula *node)
{
    const struct range *r = &w->range[node->number];
    if (r->wide || r->low != r->high)
        return node;
    if (node->is_bool)
        return qry_formula_truth(&w->builder, node->span, r->low != 0);
    return qry_formula_number(&w->builder, node->span, (int64_t)r->low, node->fraction);
}

static bool too_wide(const struct widths *w, qry_span span)
{
    qry_error_at(w->program->ctx, span, "narrow its parts with \"as\"", "the value needs more than %d bits",
                 QRY_MAX_WIDTH);
    return false;
}

/* A lookup whose table goes as far as its argument and no farther. Where that cannot be, one that is too wide. */
static qry_formula *lookup_again(struct widths *w, const qry_formula *node, qry_formula *a)
{
    const struct range *x = &w->range[a->number];
    qry_formula like = *node;
    bool reaches =
        node->is_exp ? a->width <= MOST_EXP_BITS : x->low >= node->first && x->high - node->first < node->value_count;
    if (x->wide || !reaches)
        return qry_formula_lookup(&w->builder, node, a);
    like.first = (int64_t)x->low;
    like.value_count = (uint32_t)(x->high - x->low + 1);
    if (w->entries + like.value_count > MOST_ENTRIES)
        like.values = NULL;
    else
        like.values = node->is_exp ? exponentials(w, &like, a->fraction) : node->values + (like.first - node->first);
    like.value_count = like.values ? like.value_count : 0;
    w->entries += like.value_count;
    return qry_formula_lookup(&w->builder, &like, a);
}

static bool rebuild(struct widths *w, const qry_formula_list *old, qry_formula **now)
{
    for (size_t i = 0; i < old->count; i++) {
        const qry_formula *node = old->node[i];
        now[i] = decided(w, node, now);
        if (!now[i] && node->kind == QRY_FORMULA_LOOKUP)
            now[i] = lookup_again(w, node, now[node->arg[0]->number]);
        else if (!now[i])
            now[i] = qry_formula_again(&w->builder, node, now);
        if (!now[i])
            return too_wide(w, node->span);
        catch_up(w);
        now[i] = collapsed(w, now[i]);
        catch_up(w);
    }
    return true;
}

/* What is wrong with a node that needs too many bits, and whose arguments do not. */
static bool complain(const struct widths *w, const qry_formula *node)
{
    const qry_formula *a = node->kind == QRY_FORMULA_LOOKUP ? node->arg[0] : NULL;
    qry_ctx *ctx = w->program->ctx;
    int64_t value;
    if (!a || w->range[a->number].wide)
        return too_wide(w, node->span);
    if (node->is_exp && a->width > MOST_EXP_BITS)
        qry_error_at(ctx, node->span, "\"as\" drops low bits; min, max and clip narrow what it can be",
                     "exp takes at most %d bits, and this has %d", MOST_EXP_BITS, a->width);
    else if (node->is_exp && !qry_exponential(a->high, a->fraction, node->fraction, &value))
        qry_error_at(ctx, node->span, "cut it off with min", "exp of up to %.10g needs more than %d bits",
                     real(a->high, a->fraction), QRY_MAX_WIDTH);
    else if (node->value_count)
        qry_error_at(ctx, node->span,
                     qry_arena_printf(w->arena, "cut it off with clip(..., 0, %" PRIu32 ")", node->value_count - 1),
                     "the index lies between %" PRId64 " and %" PRId64 ", but the entries go from 0 to %" PRIu32,
                     a->low, a->high, node->value_count - 1);
    else
        qry_error_at(ctx, node->span, "\"as\" drops low bits", "exp and lookup take more than %d values together",
                     MOST_ENTRIES);
    return false;
}

/* Only what the statement needs stays, numbered anew. */
static bool sweep(struct widths *w, qry_formula_list *list)
{
    bool *marked = qry_arena_alloc(w->arena, list->count, sizeof *marked), fine = true;
    qry_formula_mark(list, marked);
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        qry_formula *node = list->node[i];
        if (!marked[i])
            continue;
        if (w->range[i].wide && fine)
            fine = complain(w, node);
        node->number = (uint32_t)kept;
        list->node[kept++] = node;
    }
    list->count = kept;
    return fine;
}

/* ---- notes ---- */

qry_type qry_widths_type(const qry_formula *node)
{
    return (qry_type){node->low < 0, false, node->width - node->fraction, node->fraction};
}

static bool holds(qry_type type, const struct range *r, int fraction)
{
    int shift = type.fraction - fraction;
    if (shift < 0 || shift > QRY_MAX_WIDTH)
        return r->low == 0 && r->high == 0;
    qry_i128 unit = (qry_i128)1 << shift;
    return r->low * unit >= qry_type_min(type) && r->high * unit <= qry_type_max(type);
}

/* "as" is not followed by a second complaint when its result is an argument at once. */
static bool is_known(const struct widths *w, qry_span span)
{
    return w->faulty.source && w->faulty.offset == span.offset && w->faulty.length == span.length;
}

static const qry_formula *wide_argument(const struct widths *w, const qry_formula *node)
{
    for (uint32_t i = 0; i < node->arg_count; i++)
        if (w->range[node->arg[i]->number].wide)
            return node->arg[i];
    return NULL;
}

/* A node that needs too many bits: what is said is where it begins, if that is a lookup, else at `span`. */
static bool blame(struct widths *w, const qry_formula *node, qry_span span)
{
    for (const qry_formula *cause = node; cause; cause = wide_argument(w, cause))
        node = cause;
    bool is_lookup = node->kind == QRY_FORMULA_LOOKUP;
    span = is_lookup ? node->span : span;
    if (is_known(w, span))
        return false;
    w->faulty = span;
    return is_lookup ? complain(w, node) : too_wide(w, span);
}

static bool check_narrowing(struct widths *w, const struct fold_note *note)
{
    const struct range *r = &w->range[note->node->number];
    int fraction = note->node->fraction;
    if (!r->wide && holds(note->type, r, fraction))
        return true;
    if (is_known(w, note->span))
        return false;
    if (r->wide)
        return blame(w, note->node, note->span);
    w->faulty = note->span;
    const char *what = note->kind == NOTE_AS         ? "the value"
                       : note->kind == NOTE_ARGUMENT ? qry_arena_printf(w->arena, "the argument %s", note->what)
                                                     : qry_arena_printf(w->arena, "the result of %s", note->what);
    const char *hint = qry_arena_printf(w->arena, "%s would hold it; or cut it off with clip",
                                        qry_type_text(w->arena, qry_widths_type(note->node)));
    qry_error_at(w->program->ctx, note->span, hint, "%s lies between %.10g and %.10g, but %s goes from %.10g to %.10g",
                 what, real(r->low, fraction), real(r->high, fraction), qry_type_text(w->arena, note->type),
                 real(qry_type_min(note->type), note->type.fraction),
                 real(qry_type_max(note->type), note->type.fraction));
    return false;
}

/* A probability must be one whatever the data: its interval says so. */
static bool check_chance(struct widths *w, const struct fold_note *note)
{
    const struct range *r = &w->range[note->node->number];
    int fraction = note->node->fraction;
    bool below = r->low<0, above = r->high>(fraction > QRY_MAX_WIDTH ? INT64_MAX
                                            : fraction < 0           ? 0
                                                                     : (qry_i128)1 << fraction);
    if (r->wide)
        return blame(w, note->node, note->span);
    if (!below && !above)
        return true;
    const char *hint = below && above ? "cut it off: clip(..., 0, 1)"
                       : below        ? "cut it off: max(0, ...)"
                       : w->statement->kind == QRY_SAMPLE_ONE
                           ? "only proportions count: scale it down, x >> 1, exp(x - c)"
                           : "cut it off: min(1, ...)";
    const char *low = r->low == r->high ? "" : qry_arena_printf(w->arena, "between %.10g and ", real(r->low, fraction));
    qry_error_at(w->program->ctx, note->span, hint, "a probability lies between 0 and 1, and this is %s%.10g", low,
                 real(r->high, fraction));
    return false;
}

static bool check_rows(const struct widths *w, const struct fold_note *note)
{
    if (!qry_formula_is_truth(note->node, false))
        return true;
    qry_error_at(w->program->ctx, note->span, "--explain widths shows the values that its parts can have",
                 "no row can match, so that there is nothing to take the mean of");
    return false;
}

/* A comparison in the text, and what it became: 0, 1, or 2 if it depends on the row. */
struct verdict {
    qry_span span;
    int outcome;
};

static int by_span(const void *a, const void *b)
{
    const qry_span *x = &((const struct verdict *)a)->span, *y = &((const struct verdict *)b)->span;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return (x->length > y->length) - (x->length < y->length);
}

/* A comparison that is written out several times is worth a word only when all of them have one outcome. */
static void warn_of_verdicts(const struct widths *w, struct verdict *verdict, size_t count)
{
    qsort(verdict, count, sizeof *verdict, by_span);
    for (size_t i = 0, next; i < count; i = next) {
        int outcome = verdict[i].outcome;
        for (next = i; next < count && by_span(&verdict[next], &verdict[i]) == 0; next++)
            outcome = verdict[next].outcome == outcome ? outcome : 2;
        if (outcome != 2)
            qry_report(w->program->ctx,
                       &(qry_diagnostic){QRY_WARNING, verdict[i].span,
                                         outcome ? "this comparison is always true" : "this comparison is never true",
                                         "--explain widths shows the values that its sides can have"});
    }
}

static bool check_notes(struct widths *w, struct fold_notes *notes, qry_formula *const *now)
{
    struct verdict *verdict = qry_arena_alloc(w->arena, notes->count, sizeof *verdict);
    size_t verdicts = 0;
    bool fine = true;
    for (size_t i = 0; i < notes->count; i++) {
        struct fold_note *note = &notes->note[i];
        note->node = now[note->node->number];
        if (note->kind == NOTE_COMPARE) {
            bool known = note->node->kind == QRY_FORMULA_TRUTH;
            verdict[verdicts++] = (struct verdict){note->span, known ? (int)note->node->constant : 2};
        } else if (note->kind == NOTE_CHANCE)
            fine = check_chance(w, note) && fine;
        else if (note->kind == NOTE_ROWS)
            fine = check_rows(w, note) && fine;
        else if (note->kind != NOTE_EXPLAIN)
            fine = check_narrowing(w, note) && fine;
    }
    if (fine && !w->program->tree->again)
        warn_of_verdicts(w, verdict, verdicts);
    return fine;
}

static bool widths_of(qry_program *program, qry_statement *statement, struct fold_notes *notes)
{
    struct widths w = {.program = program, .statement = statement, .arena = program->work};
    qry_formula_list old = statement->where;
    qry_formula **now = qry_arena_alloc(w.arena, old.count, sizeof(qry_formula *));
    qry_formula_begin(&w.builder, w.arena, &statement->where);
    if (!rebuild(&w, &old, now))
        return false;
    statement->where.root = now[old.root->number];
    statement->where.by = old.by ? now[old.by->number] : NULL;
    return check_notes(&w, notes, now) && sweep(&w, &statement->where);
}

bool qry_pass_widths(qry_program *program)
{
    bool fine = true;
    for (size_t i = 0; i < program->statement_count; i++)
        fine = widths_of(program, &program->statements[i], &program->tree->notes[i]) && fine;
    return fine;
}
