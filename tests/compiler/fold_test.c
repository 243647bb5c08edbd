/* fold_test.c: the passes fold and widths against the plain meaning of the language. Random predicates and numbers over
 * random tables are compiled; for every row the formulas must say what a direct walk over the syntax tree says in exact
 * rationals, before and after widths, and every node must lie in its interval. */
#include "compiler/ast.h"
#include "compiler/program.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- exact rationals of 128 bits, for the direct walk ---- */

struct ratio {
    qry_i128 num, den;
};

static qry_i128 magnitude(qry_i128 a) { return a < 0 ? -a : a; }

static struct ratio ratio(qry_i128 num, qry_i128 den)
{
    qry_i128 a = magnitude(num), b = den;
    while (b) {
        qry_i128 rest = a % b;
        a = b;
        b = rest;
    }
    a = a ? a : 1;
    return (struct ratio){num / a, den / a};
}

static struct ratio plus(struct ratio a, struct ratio b) { return ratio(a.num * b.den + b.num * a.den, a.den * b.den); }
static struct ratio times(struct ratio a, struct ratio b) { return ratio(a.num * b.num, a.den * b.den); }
static struct ratio negative(struct ratio a) { return (struct ratio){-a.num, a.den}; }

static struct ratio power_of_two(struct ratio a, int64_t by)
{
    for (; by > 0; by--)
        a = ratio(a.num * 2, a.den);
    for (; by < 0; by++)
        a = ratio(a.num, a.den * 2);
    return a;
}

static qry_i128 floor_of(struct ratio a) { return a.num / a.den - (a.num % a.den < 0); }

static int order(struct ratio a, struct ratio b)
{
    qry_i128 difference = plus(a, negative(b)).num;
    return (difference > 0) - (difference < 0);
}

/* ---- the direct walk ---- */

struct walk {
    uint64_t j;
    struct ratio frame[8]; /* arguments and counters */
};

static struct ratio value(struct walk *w, const struct ast_expr *e);
static bool is_true(struct walk *w, const struct ast_expr *e) { return value(w, e).num != 0; }
static struct ratio truth(bool b) { return (struct ratio){b, 1}; }

static struct ratio entry(const qry_table *table, uint64_t row, uint64_t column)
{
    return power_of_two((struct ratio){table->mantissas[row * table->columns + column], 1}, -table->type.fraction);
}

/* Entry c of a row: of K[j], or of a const. */
static struct ratio row_entry(struct walk *w, const struct ast_expr *e, uint64_t c)
{
    if (e->kind == AST_NAME)
        return entry(e->name->item->data, c, 0);
    return entry(e->first->name->item->data, (uint64_t)floor_of(value(w, e->first->next)), c);
}

static struct ratio name(struct walk *w, const struct ast_expr *e)
{
    const struct ast_item *item = e->name->item;
    if (e->meaning == AST_MEANS_BOUND)
        return (struct ratio){(qry_i128)w->j, 1};
    if (e->meaning != AST_MEANS_ITEM)
        return w->frame[e->slot];
    return item->kind == AST_PARAM ? (struct ratio){item->value.num, item->value.den} : entry(item->data, 0, 0);
}

static struct ratio call(struct walk *w, const struct ast_expr *e)
{
    const struct ast_expr *a = e->first, *b = a->next;
    struct ratio x = {0, 1}, y;
    switch ((enum ast_builtin)e->builtin) {
    case AST_DOT:
        for (uint64_t c = 0; c < a->columns; c++)
            x = plus(x, times(row_entry(w, a, c), row_entry(w, b, c)));
        return x;
    case AST_SUM:
        for (uint64_t c = 0; c < a->columns; c++)
            x = plus(x, row_entry(w, a, c));
        return x;
    case AST_SQUARE:
        return times(value(w, a), value(w, a));
    case AST_ABS:
        x = value(w, a);
        return x.num < 0 ? negative(x) : x;
    case AST_MAX:
    case AST_MIN:
        x = value(w, a);
        for (; b; b = b->next) {
            y = value(w, b);
            x = (order(y, x) < 0) == (e->builtin == AST_MIN) ? y : x;
        }
        return x;
    case AST_CLIP:
        x = value(w, a);
        y = value(w, b);
        x = order(x, y) < 0 ? y : x;
        y = value(w, b->next);
        return order(x, y) > 0 ? y : x;
    case AST_LOOKUP:
        return entry(a->name->item->data, (uint64_t)floor_of(value(w, b)), 0);
    default:
        fail_msg("a call of %s", qry_ast_builtin_word((enum ast_builtin)e->builtin));
        return x;
    }
}

static struct ratio apply(struct walk *w, const struct ast_expr *e)
{
    struct walk inner = {.j = w->j};
    uint32_t i = 0;
    for (const struct ast_expr *x = e->first; x; x = x->next)
        inner.frame[i++] = value(w, x);
    return value(&inner, e->name->item->expr);
}

static struct ratio series(struct walk *w, const struct ast_expr *e)
{
    struct ratio sum = {0, 1};
    qry_i128 from = floor_of(value(w, e->first->next)), to = floor_of(value(w, e->first->next->next));
    for (qry_i128 i = from; i <= to; i++) {
        w->frame[e->slot] = (struct ratio){i, 1};
        sum = plus(sum, value(w, e->first));
    }
    return sum;
}

static bool compare(struct walk *w, const struct ast_expr *e)
{
    int o = order(value(w, e->first), value(w, e->first->next));
    switch ((enum ast_kind)e->kind) {
    case AST_EQUAL:
        return o == 0;
    case AST_UNEQUAL:
        return o != 0;
    case AST_LESS:
        return o < 0;
    case AST_LESS_EQUAL:
        return o <= 0;
    case AST_GREATER:
        return o > 0;
    default:
        return o >= 0;
    }
}

static struct ratio value(struct walk *w, const struct ast_expr *e)
{
    const struct ast_expr *a = e->kind == AST_NUMBER ? NULL : e->first, *b = a ? a->next : NULL;
    switch ((enum ast_kind)e->kind) {
    case AST_NUMBER:
        return (struct ratio){e->number.num, e->number.den};
    case AST_NAME:
        return name(w, e);
    case AST_INDEX:
        return row_entry(w, e, b->next ? (uint64_t)floor_of(value(w, b->next)) : 0);
    case AST_CALL:
        return call(w, e);
    case AST_APPLY:
        return apply(w, e);
    case AST_SERIES:
        return series(w, e);
    case AST_IF:
        return value(w, is_true(w, a) ? b : b->next);
    case AST_AS: {
        int f = e->type->type.fraction;
        return power_of_two((struct ratio){floor_of(power_of_two(value(w, a), f)), 1}, -f);
    }
    case AST_NEGATE:
        return negative(value(w, a));
    case AST_NOT:
        return truth(!is_true(w, a));
    case AST_ADD:
        return plus(value(w, a), value(w, b));
    case AST_SUBTRACT:
        return plus(value(w, a), negative(value(w, b)));
    case AST_MULTIPLY:
        return times(value(w, a), value(w, b));
    case AST_SHIFT_LEFT:
    case AST_SHIFT_RIGHT: {
        int64_t by = (int64_t)floor_of(value(w, b));
        return power_of_two(value(w, a), e->kind == AST_SHIFT_LEFT ? by : -by);
    }
    case AST_AND:
        return truth(is_true(w, a) && is_true(w, b));
    case AST_OR:
        return truth(is_true(w, a) || is_true(w, b));
    default:
        return truth(compare(w, e));
    }
}

/* ---- random programs ---- */

enum { ROWS = 7, COLUMNS = 3 };

struct text {
    qry_random *random;
    char bytes[1 << 16];
    size_t length;
    bool in_function, in_sum;
};

static void put(struct text *t, const char *format, ...) QRY_PRINTF(2, 3);
static void put(struct text *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    t->length += (size_t)vsnprintf(t->bytes + t->length, sizeof t->bytes - t->length, format, list);
    va_end(list);
    assert_true(t->length < sizeof t->bytes);
}

static unsigned below(struct text *t, unsigned bound) { return (unsigned)qry_random_below(t->random, bound); }

static void put_decimal(struct text *t, int quarters)
{
    put(t, "%s%d.%02d", quarters < 0 ? "-" : "", abs(quarters) / 4, abs(quarters) % 4 * 25);
}

static void put_number(struct text *t, int depth);
static void put_truth(struct text *t, int depth);

static void put_leaf(struct text *t)
{
    switch (below(t, t->in_function ? 6 : 10)) {
    case 0:
        put(t, "(");
        put_decimal(t, (int)below(t, 41) - 20);
        put(t, ")");
        break;
    case 1:
        put(t, "%u", below(t, 8));
        break;
    case 2:
        put(t, "p");
        break;
    case 3:
        put(t, "c");
        break;
    case 4:
        put(t, "q[%s]", t->in_sum ? "i" : (const char *[]){"0", "1", "2"}[below(t, 3)]);
        break;
    case 5:
        put(t, t->in_function ? "x" : "T[2]");
        break;
    case 6:
        put(t, "T[j]");
        break;
    case 7:
        put(t, "K[j][%s]", t->in_sum ? "i" : (const char *[]){"0", "1", "2"}[below(t, 3)]);
        break;
    case 8:
        put(t, "j");
        break;
    default:
        put(t, "%s",
            (const char *[]){"dot(q, K[j])", "sum(K[j])", "dot(K[j], K[j])", "sum(q)", "dot(K[1], K[j])"}[below(t, 5)]);
    }
}

/* before first between second after */
static void put_two(struct text *t, int depth, const char *before, const char *between, const char *after)
{
    put(t, "%s", before);
    put_number(t, depth - 1);
    put(t, "%s", between);
    put_number(t, depth - 1);
    put(t, "%s", after);
}

static void put_one(struct text *t, int depth, const char *before, const char *after)
{
    put(t, "%s", before);
    put_number(t, depth - 1);
    put(t, "%s", after);
}

static void put_choice(struct text *t, int depth)
{
    put(t, "(if ");
    put_truth(t, depth - 1);
    put_two(t, depth, " then ", " else ", ")");
}

static void put_sum(struct text *t, int depth)
{
    bool outer = t->in_sum;
    t->in_sum = true;
    put_one(t, depth - 1, "sum(", outer ? " + i for k in 1..2)" : " + i for i in 0..2)");
    t->in_sum = outer;
}

static void put_number(struct text *t, int depth)
{
    if (depth <= 0) {
        put_leaf(t);
        return;
    }
    switch (below(t, 18)) {
    case 0:
    case 1:
        put_two(t, depth, "(", " + ", ")");
        break;
    case 2:
    case 3:
        put_two(t, depth, "(", " - ", ")");
        break;
    case 4:
    case 5:
        put_two(t, depth, "", " * ", "");
        break;
    case 6:
        put_one(t, depth, "-(", ")");
        break;
    case 7:
        put_one(t, depth, "abs(", ")");
        break;
    case 8:
        put_two(t, depth, below(t, 2) ? "min(" : "max(", ", ", ")");
        break;
    case 9:
        put_one(t, depth, "clip(", ", -1.5, 6)");
        break;
    case 10:
        put_one(t, depth, "square(", ")");
        break;
    case 11:
        put_one(t, depth, "(", below(t, 2) ? " << 2)" : " >> 1)");
        break;
    case 12:
        put_choice(t, depth);
        break;
    case 13:
        put_one(t, depth, "((", below(t, 2) ? ") as fixed(20,0))" : ") as fixed(24,-1))");
        break;
    case 14:
        if (t->in_function)
            put_leaf(t);
        else
            put_one(t, depth, "f((", ") as fixed(12,2))");
        break;
    case 15:
        put_sum(t, depth);
        break;
    case 16:
        put_one(t, depth, "lookup(q, clip((", ") as fixed(20,0), 0, 2))");
        break;
    default:
        put_leaf(t);
    }
}

static void put_truth(struct text *t, int depth)
{
    static const char *const comparisons[] = {" < ", " <= ", " > ", " >= ", " == ", " != "};
    unsigned kind = depth > 0 ? below(t, 10) : 9;
    if (kind < 3) {
        put(t, "(");
        put_truth(t, depth - 1);
        put(t, "%s", (const char *[]){" && ", " || ", " == "}[kind]);
        put_truth(t, depth - 1);
        put(t, ")");
    } else if (kind == 3) {
        put(t, "!");
        put_truth(t, depth - 1);
    } else if (kind == 4 && !t->in_function)
        put(t, "B[j]");
    else if (kind == 5) /* a number that is no binary fraction */
        put_one(t, depth, "(", below(t, 2) ? " >= 1.7)" : " < 0.1)");
    else if (kind == 6)
        put_one(t, depth, "lookup(B, min(max((", ") as int(20), 0), 6))");
    else
        put_two(t, depth > 0 ? depth : 1, "(", comparisons[below(t, 6)], ")");
}

static void put_list(struct text *t, unsigned count)
{
    put(t, "[");
    for (unsigned i = 0; i < count; i++) {
        put(t, "%s", i ? ", " : "");
        put_decimal(t, (int)below(t, 64) - 32);
    }
    put(t, "]");
}

static void put_program(struct text *t)
{
    put(t, "table T[%d] : fixed(4,2) = ", ROWS);
    put_list(t, ROWS);
    put(t, ";\ntable K[%d][%d] : fixed(5,%u) = [", ROWS, COLUMNS, below(t, 4));
    for (int i = 0; i < ROWS; i++) {
        put(t, "%s", i ? ", " : "");
        put_list(t, COLUMNS);
    }
    put(t, "];\ntable B[%d] : bool = [1, 0, 0, 1, 1, 0, 1];\nconst q[%d] : fixed(4,2) = ", ROWS, COLUMNS);
    put_list(t, COLUMNS);
    put(t, ";\nconst c : fixed(4,2) = ");
    put_decimal(t, (int)below(t, 32) - 16);
    put(t, ";\nparam p = ");
    put_decimal(t, (int)below(t, 32) - 16);
    put(t, ";\nfn f(x : fixed(12,2)) = ");
    t->in_function = true;
    put_number(t, 2);
    t->in_function = false;
    put(t, ";\nhits: search max j in T by ");
    put_number(t, 3);
    put(t, " where ");
    put_truth(t, 4);
    put(t, ";\n");
}

/* ---- the comparison ---- */

struct tally {
    unsigned compiled, refused, rows, true_rows;
};

/* What a statement says of every row. */
struct rows {
    bool matches[ROWS];
    struct ratio by[ROWS];
};

static void evaluate(const qry_program *program, struct rows *got)
{
    const qry_formula_list *where = &program->statements[0].where;
    int64_t *scratch = calloc(where->count, sizeof *scratch);
    for (uint64_t j = 0; j < ROWS; j++) {
        got->matches[j] = qry_formula_evaluate(where, where->root, j, 0, scratch) != 0;
        int64_t mantissa = qry_formula_evaluate(where, where->by, j, 0, scratch);
        got->by[j] = power_of_two((struct ratio){mantissa, 1}, -where->by->fraction);
    }
    free(scratch);
}

static void check_intervals(const qry_program *program, const char *text)
{
    const qry_formula_list *where = &program->statements[0].where;
    int64_t *scratch = calloc(where->count, sizeof *scratch);
    for (uint64_t j = 0; j < ROWS; j++) {
        qry_formula_evaluate(where, where->node[where->count - 1], j, 0, scratch);
        for (size_t i = 0; i < where->count; i++) {
            const qry_formula *node = where->node[i];
            int magnitude_bits = node->width - (node->low < 0);
            int64_t most = (INT64_C(1) << magnitude_bits) - 1, least = node->low < 0 ? -most - 1 : 0;
            if (scratch[i] < node->low || scratch[i] > node->high || node->high > most || node->low < least)
                fail_msg("node %zu is %" PRId64 " in row %" PRIu64 " of\n%s", i, scratch[i], j, text);
        }
    }
    free(scratch);
}

static void compare_rows(const struct ast_item *item, const char *text, const struct rows *after_fold,
                         const struct rows *after_widths, struct tally *tally)
{
    for (uint64_t j = 0; j < ROWS; j++) {
        struct walk w = {.j = j};
        bool wanted = is_true(&w, item->expr);
        struct ratio by = value(&w, item->by);
        if (wanted != after_fold->matches[j] || wanted != after_widths->matches[j])
            fail_msg("row %" PRIu64 " should be %d; it is %d after fold, %d after widths in\n%s", j, wanted,
                     after_fold->matches[j], after_widths->matches[j], text);
        if (order(by, after_fold->by[j]) != 0 || order(by, after_widths->by[j]) != 0)
            fail_msg("the number of row %" PRIu64 " is wrong after %s in\n%s", j,
                     order(by, after_fold->by[j]) != 0 ? "fold" : "widths", text);
        tally->rows++;
        tally->true_rows += wanted;
    }
}

static void nothing(void *state, const qry_diagnostic *d) { (void)state, (void)d; }

/* Arguments stand before what uses them, and nothing is there twice. */
static void check_order(const qry_formula_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        assert_int_equal(list->node[i]->number, i);
        for (uint32_t k = 0; k < list->node[i]->arg_count; k++)
            assert_true(list->node[i]->arg[k]->number < i);
        if (list->node[i]->kind == QRY_FORMULA_SUM)
            for (uint32_t k = 0; k < list->node[i]->arg_count; k++)
                assert_true(list->node[i]->factor[k] != 0);
    }
}

static void try_program(qry_random *random, struct tally *tally)
{
    struct text t = {.random = random};
    put_program(&t);
    qry_ctx *ctx = qry_ctx_new();
    qry_ctx_on_diagnostic(ctx, nothing, NULL);
    qry_program *program = qry_program_read(ctx, qry_source_from_text(ctx, "random", t.bytes, t.length));
    if (!program)
        fail_msg("does not parse:\n%s", t.bytes);
    const struct ast_item *item = program->tree->last;
    struct rows after_fold, after_widths;
    bool fine = false;
    if (qry_pass_check(program) && qry_pass_load(program) && qry_pass_fold(program)) {
        evaluate(program, &after_fold);
        fine = qry_pass_widths(program); /* from here on it is certain that no number was too wide */
    }
    if (fine) {
        evaluate(program, &after_widths);
        compare_rows(item, t.bytes, &after_fold, &after_widths, tally);
        check_intervals(program, t.bytes);
        check_order(&program->statements[0].where);
    }
    *(fine ? &tally->compiled : &tally->refused) += 1;
    qry_program_free(program);
    qry_ctx_free(ctx);
}

static void test_random_predicates(void **state)
{
    (void)state;
    enum { PROGRAMS = 4000 };
    struct tally tally = {0};
    qry_random random;
    qry_random_seed(&random, 20240611, 0);
    for (int i = 0; i < PROGRAMS; i++)
        try_program(&random, &tally);
    print_message("%u programs compared, %u refused; %u of %u rows match\n", tally.compiled, tally.refused,
                  tally.true_rows, tally.rows);
    assert_true(tally.compiled > PROGRAMS / 2);
    assert_true(tally.true_rows > tally.rows / 5 && tally.true_rows < tally.rows * 4 / 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_predicates)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
