/* condition.c: what a condition hangs on. A circuit can ask for single bits, and for several of them at once; so while a
 * program is elaborated, conditions are taken apart as far as `&&` and comparisons with constants go. */
#include "qasm/program/interpret.h"

static bool add_test(struct qasm_run *run, struct qasm_tests *tests, uint32_t bit, bool value)
{
    if (tests->count == tests->room) {
        uint32_t room = tests->room ? 2 * tests->room : 8;
        struct qasm_test *list = qry_arena_alloc(run->scratch, room, sizeof *list);
        for (uint32_t i = 0; i < tests->count; i++)
            list[i] = tests->list[i];
        tests->list = list;
        tests->room = room;
    }
    tests->list[tests->count++] = (struct qasm_test){bit, value};
    return true;
}

/* Whether a bit of the program is `value`: known, or a test more. */
static enum qasm_truth test_bit(struct qasm_run *run, qasm_bit bit, bool value, struct qasm_tests *tests)
{
    if (bit < 2)
        return (bit == 1) == value ? TRUTH_YES : TRUTH_NO;
    if (bit == QASM_UNKNOWN_BIT)
        return TRUTH_UNKNOWN;
    add_test(run, tests, bit - 2, value);
    return TRUTH_TESTS;
}

static enum qasm_truth both(enum qasm_truth a, enum qasm_truth b)
{
    if (a == TRUTH_FAILED || b == TRUTH_FAILED)
        return TRUTH_FAILED;
    if (a == TRUTH_NO || b == TRUTH_NO)
        return TRUTH_NO;
    if (a == TRUTH_UNKNOWN || b == TRUTH_UNKNOWN)
        return TRUTH_UNKNOWN;
    return a == TRUTH_TESTS || b == TRUTH_TESTS ? TRUTH_TESTS : TRUTH_YES;
}

/* The opposite, of what has been added to the tests behind the first `from`: only of a single one. */
static enum qasm_truth opposite(enum qasm_truth truth, struct qasm_tests *tests, uint32_t from)
{
    if (truth == TRUTH_YES || truth == TRUTH_NO)
        return truth == TRUTH_YES ? TRUTH_NO : TRUTH_YES;
    if (truth != TRUTH_TESTS)
        return truth;
    if (tests->count != from + 1)
        return TRUTH_UNKNOWN;
    tests->list[from].value = !tests->list[from].value;
    return TRUTH_TESTS;
}

/* ---- comparisons ---- */

/* An expression whose value is that of bits: a register or a bit, cast or not. */
static bool as_bits(struct qasm_run *run, const struct tree_expr *expr, const qasm_bit **bits, uint32_t *count,
                    const struct qasm_type **type, bool *failed)
{
    *type = expr->kind == TREE_CAST || !expr->to ? expr->type : expr->to;
    bool number = expr->type->kind == QASM_UINT || expr->type->kind == QASM_INT || expr->type->kind == QASM_BOOL;
    if (expr->kind == TREE_CAST && number && expr->first->type->kind == QASM_BIT)
        expr = expr->first;
    if (expr->type->kind != QASM_BIT || expr->constant)
        return false;
    struct qasm_value *value = QRY_NEW(run->scratch, struct qasm_value);
    if (!qasm_evaluate_as_it_is(run, expr, value)) {
        *failed = true;
        return false;
    }
    if (value->unknown)
        return false;
    *bits = value->type->width ? value->bits : &value->bit;
    *count = value->type->width ? value->type->width : 1;
    return true;
}

/* The bits of which a value of a type consists, when it has so many; false: it is none of these numbers. */
static bool wanted_bits(const struct qasm_value *value, const struct qasm_type *type, uint32_t count, qry_u128 *bits)
{
    struct qasm_value v = *value;
    qry_i128 whole;
    if (v.type->kind == QASM_BIT) {
        *bits = 0;
        uint32_t width = v.type->width ? v.type->width : 1;
        if (width > 128 || count > 128)
            return false;
        for (uint32_t i = 0; i < width; i++)
            *bits |= (qry_u128)(v.type->width ? v.bits[i] : v.bit) << i;
        return count >= 128 || *bits >> count == 0;
    }
    if (v.type->kind == QASM_BOOL)
        whole = v.truth;
    else
        whole = (qry_i128)v.natural;
    *bits = (qry_u128)whole;
    if (count >= 128)
        return true;
    bool negative = type->kind == QASM_INT && type->width == count;
    if (negative && whole < 0)
        return (qry_i128)(*bits << (128 - count)) >> (128 - count) == whole;
    return *bits >> count == 0 && (!negative || *bits >> (count - 1) == 0);
}

static bool is_whole(const struct qasm_type *type)
{
    return type->kind == QASM_INT || type->kind == QASM_UINT || type->kind == QASM_BOOL || type->kind == QASM_BIT;
}

enum qasm_truth qasm_condition_equal(struct qasm_run *run, const struct tree_expr *expr, const struct qasm_value *value,
                                     struct qasm_tests *tests)
{
    const qasm_bit *bits;
    const struct qasm_type *type;
    uint32_t count;
    bool failed = false;
    qry_u128 wanted;
    if (!as_bits(run, expr, &bits, &count, &type, &failed))
        return failed ? TRUTH_FAILED : TRUTH_UNKNOWN;
    if (type->kind == QASM_BOOL && count > 1)
        return TRUTH_UNKNOWN;
    if (count > 128)
        return TRUTH_UNKNOWN;
    if (!wanted_bits(value, type, count, &wanted))
        return TRUTH_NO;
    enum qasm_truth truth = TRUTH_YES;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t before = tests->count;
        truth = both(truth, test_bit(run, bits[i], wanted >> i & 1, tests));
        if (truth == TRUTH_NO) {
            tests->count = before;
            return truth;
        }
    }
    return truth;
}

/* ---- all together ---- */

static enum qasm_truth whole(struct qasm_run *run, const struct tree_expr *expr)
{
    struct qasm_value value;
    if (!qasm_evaluate_known(run, expr, &value))
        return TRUTH_FAILED;
    return value.unknown ? TRUTH_UNKNOWN : qasm_is_true(&value) ? TRUTH_YES : TRUTH_NO;
}

static bool is_bits(const struct tree_expr *expr)
{
    return !expr->constant &&
           (expr->type->kind == QASM_BIT || (expr->kind == TREE_CAST && expr->first->type->kind == QASM_BIT));
}

static enum qasm_truth compare(struct qasm_run *run, const struct tree_expr *expr, struct qasm_tests *tests)
{
    const struct tree_expr *a = expr->first, *b = a->next;
    uint32_t from = tests->count;
    struct qasm_value value;
    if (!is_bits(a)) {
        const struct tree_expr *swapped = a;
        a = b;
        b = swapped;
    }
    if (!is_bits(a) || !is_whole(b->type))
        return whole(run, expr);
    if (!qasm_evaluate_known(run, b, &value))
        return TRUTH_FAILED;
    if (value.unknown)
        return TRUTH_UNKNOWN;
    enum qasm_truth truth = qasm_condition_equal(run, a, &value, tests);
    return expr->op == TREE_EQUAL ? truth : opposite(truth, tests, from);
}

static bool measures(const struct tree_expr *expr)
{
    if (expr->constant)
        return false;
    switch (expr->kind) {
    case TREE_CALL:
        return expr->symbol->kind != SYMBOL_BUILTIN || (expr->first && measures(expr->first));
    case TREE_MEASURE:
        return true;
    case TREE_UNARY:
    case TREE_BINARY:
    case TREE_CAST:
    case TREE_INDEX:
    case TREE_RANGE:
    case TREE_SET:
    case TREE_LIST:
    case TREE_CONCAT:
        for (const struct tree_expr *child = expr->first; child; child = child->next)
            if (measures(child))
                return true;
        return false;
    default:
        return false;
    }
}

static enum qasm_truth take_apart(struct qasm_run *run, const struct tree_expr *expr, struct qasm_tests *tests)
{
    uint32_t from = tests->count;
    const struct tree_expr *a = expr->first;
    struct qasm_value value;
    if (expr->constant)
        return whole(run, expr);
    if (expr->kind == TREE_UNARY &&
        (expr->op == TREE_NOT || (expr->op == TREE_COMPLEMENT && !expr->type->width && expr->type->kind == QASM_BIT)))
        return opposite(take_apart(run, a, tests), tests, from);
    bool bits =
        expr->kind == TREE_BINARY && expr->op == TREE_BIT_AND && expr->type->kind == QASM_BIT && !expr->type->width;
    if (expr->kind == TREE_BINARY && (expr->op == TREE_AND || bits)) {
        enum qasm_truth first = take_apart(run, a, tests);
        return first == TRUTH_NO && !bits ? first : both(first, take_apart(run, a->next, tests));
    }
    if (expr->kind == TREE_BINARY && (expr->op == TREE_EQUAL || expr->op == TREE_UNEQUAL))
        return compare(run, expr, tests);
    if (expr->kind == TREE_CAST && expr->type->kind == QASM_BOOL && a->type->kind == QASM_BIT && !a->type->width)
        return take_apart(run, a, tests);
    if (expr->type->kind == QASM_BIT && !expr->type->width) {
        if (!qasm_evaluate_as_it_is(run, expr, &value))
            return TRUTH_FAILED;
        return value.unknown ? TRUTH_UNKNOWN : test_bit(run, value.bit, true, tests);
    }
    return whole(run, expr);
}

enum qasm_truth qasm_condition(struct qasm_run *run, const struct tree_expr *expr, struct qasm_tests *tests)
{
    *tests = (struct qasm_tests){0};
    bool twice = measures(expr); /* may be evaluated but once: what a circuit can ask for is its own value */
    if (run->machine || (twice && expr->type->kind != QASM_BIT))
        return whole(run, expr);
    if (!twice) {
        enum qasm_truth truth = whole(run, expr);
        if (truth != TRUTH_UNKNOWN)
            return truth;
    }
    return take_apart(run, expr, tests);
}
