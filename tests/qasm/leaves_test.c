/* leaves_test.c: what the check leaves in a tree for those who run it: types, conversions, constants, symbols, slots. */
#include "qasm/program/value.h"

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

struct leaves {
    qry_ctx *ctx;
    qry_arena *arena;
    struct tree_program *tree;
    struct qasm_checked *checked;
};

static int begin(void **state)
{
    qry_ctx *ctx = qry_ctx_new();
    struct leaves *l = qry_alloc(ctx, 1, sizeof *l);
    *l = (struct leaves){.ctx = ctx, .arena = qry_arena_new(ctx)};
    *state = l;
    return 0;
}

static int end(void **state)
{
    struct leaves *l = *state;
    if (l->tree)
        qry_tree_free(l->tree);
    qry_ctx_free(l->ctx);
    return 0;
}

static void check(struct leaves *l, const char *text)
{
    const qry_source *source = qry_source_from_text(l->ctx, "test", text, strlen(text));
    l->tree = qry_tree_read(l->ctx, l->arena, source, &(struct tree_options){.grammar_only = true});
    assert_non_null(l->tree);
    l->checked = qasm_check(l->tree);
    assert_non_null(l->checked);
}

/* Statement number n, counted from 0, of those outside of all blocks. */
static struct tree_stmt *stmt(struct leaves *l, int n)
{
    struct tree_stmt *at = l->tree->first;
    while (n-- > 0)
        at = at->next;
    assert_non_null(at);
    return at;
}

static const char *text(struct leaves *l, const struct qasm_type *type)
{
    return type ? qasm_type_text(l->arena, type) : "as it is";
}

static const char *constant(struct leaves *l, const struct tree_expr *expr)
{
    return expr->constant ? qasm_value_text(l->arena, expr->constant) : "not known";
}

/* Operands become what the operator asks for; constants have been converted. */
static void test_conversions(void **state)
{
    struct leaves *l = *state;
    check(l, "uint[4] a; int[8] b; float x;\n"
             "x = a + b;\n" /* 3 */
             "a = a + 1;\n" /* 4 */
             "b = 2;\n"     /* 5 */
             "x = x * 3;\n" /* 6 */
             "if (a == 3 || b) a = 1;\n");
    struct tree_expr *sum = stmt(l, 3)->value;
    assert_string_equal(text(l, sum->type), "int[8]");
    assert_string_equal(text(l, sum->to), "float[64]");
    assert_string_equal(text(l, sum->first->to), "int[8]");
    assert_null(sum->first->next->to);
    sum = stmt(l, 4)->value;
    assert_null(sum->to);
    assert_null(sum->first->to);
    assert_string_equal(text(l, sum->first->next->to), "uint[4]");
    assert_string_equal(text(l, sum->first->next->constant->type), "uint[4]");
    assert_string_equal(text(l, stmt(l, 5)->value->constant->type), "int[8]");
    assert_string_equal(constant(l, stmt(l, 6)->value->first->next), "3");
    assert_int_equal(stmt(l, 6)->value->first->next->constant->type->kind, QASM_FLOAT);
    struct tree_expr *either = stmt(l, 7)->value;
    assert_int_equal(either->type->kind, QASM_BOOL);
    assert_null(either->first->to);
    assert_int_equal(either->first->next->to->kind, QASM_BOOL);
}

static void test_assignments(void **state)
{
    struct leaves *l = *state;
    check(l, "int[8] a; array[int[8], 2, 3] t;\n"
             "a += 2.5;\n"     /* 2 */
             "t[1][2] *= a;\n" /* 3 */
             "t[0:1][1] = {1, a};\n");
    struct tree_stmt *add = stmt(l, 2);
    assert_int_equal(add->op, TREE_OPERATORS);
    assert_int_equal(add->value->kind, TREE_BINARY);
    assert_string_equal(text(l, add->value->type), "float[64]");
    assert_string_equal(text(l, add->value->to), "int[8]");
    struct tree_stmt *multiply = stmt(l, 3);
    assert_int_equal(multiply->target->count, 3);
    assert_int_equal(multiply->target->first->kind, TREE_NAME);
    assert_string_equal(text(l, multiply->target->type), "int[8]");
    struct tree_stmt *list = stmt(l, 4);
    assert_string_equal(text(l, list->target->type), "array[int[8], 2]");
    assert_string_equal(text(l, list->value->type), "array[int[8], 2]");
    assert_string_equal(constant(l, list->value->first), "1");
}

static void test_constants(void **state)
{
    struct leaves *l = *state;
    check(l, "const int[8] n = 3;\n"
             "float f = n / 2 + 7 / 2;\n"
             "bit[4] c = \"0101\";\n"
             "uint u = popcount(\"1101\") << n;\n"
             "float g = arccos(3 / 5);\n"
             "bool b = c[n] == true;\n"
             "duration d = 2 * 50ns;\n"
             "int[4] s = int[4](15);\n");
    assert_string_equal(constant(l, stmt(l, 1)->value), "4.5");
    assert_string_equal(constant(l, stmt(l, 2)->value), "0101");
    assert_string_equal(constant(l, stmt(l, 3)->value), "24");
    assert_string_equal(constant(l, stmt(l, 4)->value), "0.9272952180016123");
    assert_string_equal(constant(l, stmt(l, 5)->value), "not known");
    assert_string_equal(constant(l, stmt(l, 6)->value), "1e-07s");
    assert_string_equal(constant(l, stmt(l, 7)->value), "-1");
}

static void test_symbols(void **state)
{
    struct leaves *l = *state;
    check(l, "qubit[3] q; qubit r; bit[2] c; input int[8] k; output bool o;\n"
             "const int n = 2;\n"
             "let a = q[0:1];\n"
             "{ int[8] inner; inner = k; }\n"
             "for int i in [0:n] { int[8] inner; inner = i; U(0, 0, 0) $4; }\n");
    struct qasm_checked *checked = l->checked;
    assert_int_equal(checked->qubits, 4);
    assert_int_equal(checked->physical, 5);
    assert_int_equal(checked->global_count, 7);
    struct tree_symbol **globals = checked->globals;
    assert_int_equal(globals[0]->kind, SYMBOL_QUBITS);
    assert_int_equal(globals[1]->first, 3);
    assert_int_equal(globals[1]->size, 1);
    assert_int_equal(globals[1]->type->width, 0);
    assert_int_equal(globals[3]->io, TREE_INPUT);
    assert_int_equal(globals[4]->io, TREE_OUTPUT);
    assert_int_equal(globals[5]->kind, SYMBOL_CONST);
    assert_int_equal(globals[6]->kind, SYMBOL_ALIAS);
    assert_true(globals[6]->refers);
    struct tree_stmt *block = stmt(l, 7);
    struct tree_symbol *first = block->body->symbol, *loop = stmt(l, 8)->symbol;
    assert_false(first->global);
    assert_ptr_equal(block->body->next->target->symbol, first);
    assert_ptr_equal(block->body->next->value->symbol, globals[3]);
    /* Variables, the alias, two called inner, and the loop's: all apart. */
    assert_int_equal(checked->slots, 7);
    assert_true(first->slot != loop->slot && first->slot < 7 && loop->slot < 7);
}

static void test_subroutines(void **state)
{
    struct leaves *l = *state;
    check(l, "qubit[2] q; int[8] n; array[int[8], 2] a;\n"
             "def pure(int[8] k) -> int[8] { int[8] m = k + 1; return m; }\n"                 /* 3 */
             "def acts(qubit r) { U(0, 0, 0) r; }\n"                                          /* 4 */
             "def acts_outside() { U(0, 0, 0) q[0]; }\n"                                      /* 5 */
             "def measures() -> bit { return measure q[0]; }\n"                               /* 6 */
             "def resets(qubit r) { reset r; }\n"                                             /* 7 */
             "def writes() { n = 2; }\n"                                                      /* 8 */
             "def fills(mutable array[int[8], 2] b) { b[0] = 1; }\n"                          /* 9 */
             "def reads(readonly array[int[8], #dim = 1] b) -> int[8] { return b[0] + n; }\n" /* 10 */
             "def calls() -> bit { writes(); return measures(); }\n"                          /* 11 */
             "def calls_apart(qubit r) { acts r; acts_outside(); }\n"
             "def barrier_only() { barrier q; }\n");
    static const struct {
        int stmt;
        bool quantum, writes, measures;
    } wanted[] = {{3, false, false, false}, {4, true, false, false},   {5, true, false, false},
                  {6, true, false, true},   {7, true, false, true},    {8, false, true, false},
                  {9, false, true, false},  {10, false, false, false}, {11, true, true, true},
                  {12, true, false, false}, {13, true, false, false}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        const struct tree_symbol *def = stmt(l, wanted[i].stmt)->symbol;
        if (def->quantum != wanted[i].quantum || def->writes != wanted[i].writes || def->measures != wanted[i].measures)
            fail_msg("%s: quantum %d, writes %d, measures %d", def->name->text, def->quantum, def->writes,
                     def->measures);
    }
    const struct tree_symbol *pure = stmt(l, 3)->symbol;
    assert_int_equal(pure->slots, 2);
    assert_int_equal(pure->parameters, 1);
    assert_int_equal(stmt(l, 3)->parameters->symbol->slot, 0);
    assert_true(stmt(l, 10)->parameters->symbol->refers);
    assert_true(stmt(l, 4)->parameters->symbol->refers);
    assert_int_equal(l->checked->slots, 2);
}

static void test_gates(void **state)
{
    struct leaves *l = *state;
    check(l, "include \"stdgates.inc\";\n"
             "qubit[3] q;\n"
             "gate own(a, b) r, s { rx(a + b) r; cx r, s; }\n"
             "own(1, 2) q[0], q[1];\n"
             "h q; U(0, 0, 0) q; CX q[0], q[1]; u3(0, 0, 0) q;\n"
             "opaque magic q;\n"
             "defcal shaped(a) $0 { }\n"
             "shaped(1, 2) $0;\n");
    struct tree_stmt *own = stmt(l, 2);
    assert_int_equal(own->symbol->parameters, 2);
    assert_int_equal(own->symbol->operands, 2);
    assert_ptr_equal(stmt(l, 3)->symbol, own->symbol);
    assert_ptr_equal(l->checked->gates[own->symbol->number], own->symbol);
    assert_ptr_equal(own->symbol->stmt, own);
    assert_int_equal(own->body->arguments->first->symbol->kind, SYMBOL_ANGLE);
    assert_int_equal(own->body->arguments->first->next->symbol->slot, 1);
    assert_int_equal(own->body->next->operands->next->symbol->slot, 1);
    const qry_gate wanted[] = {QRY_GATE_h, QRY_GATE_U, QRY_GATE_cx};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(stmt(l, 4 + i)->symbol->gate, wanted[i]);
        assert_null(stmt(l, 4 + i)->symbol->stmt);
    }
    assert_int_equal(stmt(l, 7)->symbol->gate, QRY_GATES);
    assert_non_null(stmt(l, 7)->symbol->stmt);
    assert_int_equal(stmt(l, 8)->symbol->stmt->kind, TREE_OPAQUE);
    assert_true(stmt(l, 10)->symbol->calibrated);
    assert_int_equal(l->checked->gate_count, l->tree->gate_count);
}

static void test_slices(void **state)
{
    struct leaves *l = *state;
    check(l, "qubit[4] q; bit[4] c; int[8] n = 1; array[int[8], 3, 4] t; angle[8] a;\n"
             "nop q[1], q[0:2], q[{0, 3}], q[n:3], q[::2], q[-1:-2:0];\n"
             "n = t[0][1]; nop; t[0:1] = t[1:2]; t[n] = t[0]; a[0:2] = c[1:3]; a[7] = c[n];\n");
    static const char *const widths[] = {"qubit", "qubit[3]", "qubit[2]", "a slice of qubits", "qubit[3]", "qubit[2]"};
    struct tree_expr *operand = stmt(l, 5)->operands;
    for (int i = 0; i < 6; i++, operand = operand->next)
        assert_string_equal(text(l, operand->type), widths[i]);
    assert_string_equal(text(l, stmt(l, 8)->value->type), "array[int[8], 2, 4]");
    assert_string_equal(text(l, stmt(l, 9)->value->type), "array[int[8], 4]");
    assert_string_equal(text(l, stmt(l, 10)->target->type), "bit[3]");
    assert_string_equal(text(l, stmt(l, 11)->target->type), "bit");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_conversions, begin, end),
        cmocka_unit_test_setup_teardown(test_assignments, begin, end),
        cmocka_unit_test_setup_teardown(test_constants, begin, end),
        cmocka_unit_test_setup_teardown(test_symbols, begin, end),
        cmocka_unit_test_setup_teardown(test_subroutines, begin, end),
        cmocka_unit_test_setup_teardown(test_gates, begin, end),
        cmocka_unit_test_setup_teardown(test_slices, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
