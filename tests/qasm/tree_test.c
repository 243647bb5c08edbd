/* tree_test.c: OpenQASM text to a tree and back. What is printed reads to the same tree; what the direct path reads is
 * what the grammar reads. */
#include "qasm/read/tree.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct tree_options plain = {0}, grammar_only = {.grammar_only = true};

static struct tree_program *read_with(fixture *f, const char *text, const struct tree_options *options)
{
    return qry_tree_read(f->ctx, f->arena, qry_source_from_text(f->ctx, "test.qasm", text, strlen(text)), options);
}

static struct tree_program *must_read(fixture *f, const char *text, const struct tree_options *options)
{
    struct tree_program *tree = read_with(f, text, options);
    if (!tree)
        fail_msg("%s\n%s", text, f->text);
    return tree;
}

static char *dump_of(const struct tree_program *tree)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    qry_tree_dump(tree, stream);
    fclose(stream);
    return text;
}

static char *print_of(fixture *f, const struct tree_program *tree)
{
    char path[] = "/tmp/quarry_tree_XXXXXX";
    close(mkstemp(path));
    qry_output *output = qry_output_open(f->ctx, path);
    assert_non_null(output);
    qry_tree_print(tree, output);
    assert_true(qry_output_commit(output));
    const qry_source *source = qry_source_read(f->ctx, path);
    remove(path);
    return strdup(source->text);
}

/* Prints the tree of a program, reads that, and compares. */
static void assert_prints_back(fixture *f, const char *text, const struct tree_options *options)
{
    struct tree_program *tree = must_read(f, text, options);
    char *printed = print_of(f, tree), *before = dump_of(tree);
    struct tree_program *again = must_read(f, printed, options);
    char *after = dump_of(again);
    if (strcmp(before, after) != 0)
        fail_msg("%s\nprinted:\n%s\nbefore:\n%s\nafter:\n%s", text, printed, before, after);
    free(printed);
    free(before);
    free(after);
    qry_tree_free(tree);
    qry_tree_free(again);
}

/* Every construct once. */
static const char *const constructs[] = {
    "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[3] q;\nqubit lone;\nbit[3] c;\nbit flag;\n",
    "OPENQASM 3.1;\nqubit q;\n@bind [2:3]\n@keep.this too\nqubit r;\n",
    "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[4];\ncreg c[4];\nopaque magic(a, b) x, y;\nh q;\ncx q[0], q[1];\n"
    "measure q -> c;\nif (c == 3) x q[2];\nbarrier q, q;\nreset q[0];\nU(0.1, pi/2, -pi) q[1];\nCX q[0], q[1];\n"
    "rz(2*pi^2 - 3^2^2) q[0];\n",
    "OPENQASM 2.0;\nqreg input[2];\ncreg bit[2];\nmeasure input -> bit;\n",
    "int a;\nint[8] b = -3;\nuint[128] m = 340282366920938463463374607431768211455;\nuint z = 0xFa_1F;\n"
    "uint y = 0o17;\nuint x = 0B1001_1001;\nfloat[32] f = .1e+3;\nfloat g = 1.;\nfloat h = 1_0.5e-3;\nbool t = true;\n"
    "angle[20] n = pi;\ncomplex[float[64]] k = 2 + 3.5im;\ncomplex w = 1 im;\nduration d = 10ns + 3 us - 2\xc2\xb5s;\n"
    "duration e = 1000dt;\nstretch s;\nbit[8] r = \"1001_0100\";\ncreg old[3];\nqreg older[2];\n",
    "const int[32] n = 4;\nconst float e = 2 ** -n ** 2;\ninput angle[32] theta;\noutput bit result;\n"
    "array[int[8], 2, 3] a = {{1, 2, 3}, {4, -5, 6}};\narray[float, n] b;\na[0, 1] = 3;\na[1] = a[0];\na[0:1][0:1] = "
    "b;\n",
    "uint x = 1;\nx += 2;\nx -= 2;\nx *= 2;\nx /= 2;\nx %= 2;\nx **= 2;\nx <<= 2;\nx >>= 2;\nx &= 2;\nx |= 2;\n"
    "x ^= 2;\nx ~= 2;\n",
    "x = a + b * c - d / e % f;\nx = (a + b) * (c - (d - e));\nx = -a ** b;\nx = (-a) ** b;\nx = a ** b ** c;\n"
    "x = (a ** b) ** c;\nx = !a && ~b || c;\nx = a | b ^ c & d;\nx = ((a | b) ^ c) & d;\nx = a == b != c;\n"
    "x = a << 1 >> 2;\nx = a < b == (c >= d);\nx = - -a;\nx = a - -b;\nx = (a + b)[0];\n",
    "let a = q[0:2] ++ q[{4, 6}];\nlet b = q[-1];\nlet d = q[::2];\nlet e = q[:3];\nlet f = q[1:];\nlet g = q[:];\n"
    "let h = q[{0, 3, 5, }];\nbit[4] c = a ++ b;\n",
    "x = int[8](y);\nx = bit[4](y)[0:2];\nx = f(a, b[0], \"01\", 10dt);\nx = sizeof(a, 0);\nx = pow(2, 3);\nx = "
    "arcsin(1);\n"
    "f(1);\nf();\na[1]+2|c*(sin(y)^!3.5*d[3]);\ndurationof({x $0; cx $0, $1;});\n",
    "gate g(a, b,) q, r, { U(a, b, -a / 2) q; ctrl @ gphase(b) r; gphase(0.5); gphase(-a); barrier q; }\n"
    "gate e() q { }\ngate n q { for int i in [0:3] { x q; } inv @ pow(2) @ x q; }\n",
    "ctrl @ x a, b;\nctrl(2) @ negctrl @ inv @ pow(-1/2) @ g(0.5) a, b, c, d;\nctrl @x a, b;\ng[10ns] q;\n"
    "g(0.1)[d] q[0], $3;\ngphase(pi);\ngphase(pi)[3ns];\n",
    "def f(int[8] a, qubit q, qubit[3] r, bit[2] b, creg c[2], qreg d[2], readonly array[int, 3] m, "
    "mutable array[int[8], #dim = 2] n) -> bit[4] { return measure r; }\ndef v() { return; }\ndef w(bit b,) -> int "
    "{ return b + 1; }\nextern e(int, float[32], creg[2], readonly array[int, #dim=1],) -> bit;\nextern o();\n"
    "b = f(1, q) ;\ndist(2) w, b;\n",
    "for int i in [0:3] x q[i];\nfor uint[8] i in {1, 4, 6} { reset q[i]; }\nfor int i in [5:-1:0] { }\n"
    "for bit b in c { break; }\nfor int i in a\n  f(i);\nwhile (a < 3) { a += 1; continue; }\nwhile (a) x q;\n",
    "if (a) x q;\nif (a) x q; else y q;\nif (a) { } else if (b) { x q; } else { end; }\nif (a) if (b) x q; else y q;\n"
    "if (a) { if (b) x q; } else y q;\n{ int i; { } }\n",
    "switch (i + 1) { case 0 { x q; } case 1, 2, { z q; } default { } }\nswitch (i) { }\n",
    "box { x q; }\nbox[100ns] { nop; nop q, r[0],; }\ndelay[2 * d] q, r;\ndelay[1us];\nbarrier;\nbarrier q, r[0:2];\n"
    "reset q;\nmeasure q;\nmeasure q[1:2] -> c[0:1];\nc = measure q;\nbit m = measure $0;\nend;\n",
    "pragma one two\n#pragma three\npragma\nx q;\n",
    "defcalgrammar 'openpulse';\ncal { any { thing } \xc2\xa3 }\ndefcal x $0 { play; }\n"
    "defcal rz(angle[20] t) q { a }\ndefcal rz(pi / 2, int[3] k) $1, $2 -> bit[2] { }\ndefcal measure $0 -> bit { }\n"
    "defcal reset $0 { }\nx $0;\n",
    "// @enter load K\nx q;\n// @enter inner\n@note\ny q;\n// @leave\n// @leave\nz q;\ngate g a {\n// @enter deep\n"
    "x a;\n// @leave\n}\n// @leave\n",
    "qubit \xce\xb8\xe4\xbd\x8d;\nqubit _a1;\nx \xce\xb8\xe4\xbd\x8d;\nrz(\xcf\x80) _a1; /* a comment\n of two lines "
    "*/ x _a1;\n",
};

static void test_constructs_print_back(void **state)
{
    for (size_t i = 0; i < sizeof constructs / sizeof *constructs; i++) {
        assert_prints_back(*state, constructs[i], &plain);
        assert_prints_back(*state, constructs[i], &grammar_only);
    }
}

/* ---- what is in a tree ---- */

static void test_depths(void **state)
{
    fixture *f = *state;
    struct {
        const char *open, *middle, *close;
        size_t count;
        bool reads;
    } cases[] = {
        {"(", "1", ")", 900, true},           {"(", "1", ")", 100000, false},    {"-", "1", "", 900, true},
        {"-", "1", "", 1100, false},          {"-", "1", "", 100000, false},     {"a+", "1", "", 900, true},
        {"a+", "1", "", 5000, false},         {"{", "", "}", 900, true},         {"{", "", "}", 1100, false},
        {"{", "", "}", 100000, false},        {"if(a)", "x q;", "", 900, true},  {"if(a)", "x q;", "", 1100, false},
        {"if(a)", "x q;", "", 100000, false}, {"f(", "1", ")", 900, true},       {"f(", "1", ")", 1100, false},
        {"a[", "1", "]", 1100, false},        {"int[", "8", "](a)", 1100, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = malloc(cases[i].count * (strlen(cases[i].open) + strlen(cases[i].close)) + 64), *at = text;
        bool statement = cases[i].open[0] == '{' || cases[i].open[0] == 'i';
        at += sprintf(at, "%s", statement && strcmp(cases[i].open, "int[") != 0 ? "" : "x = ");
        for (size_t k = 0; k < cases[i].count; k++)
            at = stpcpy(at, cases[i].open);
        at = stpcpy(at, cases[i].middle);
        for (size_t k = 0; k < cases[i].count; k++)
            at = stpcpy(at, cases[i].close);
        strcpy(at, statement && strcmp(cases[i].open, "int[") != 0 ? "" : ";");
        size_t errors = qry_error_count(f->ctx);
        bool reads = read_with(f, text, &plain) != NULL;
        if (reads != cases[i].reads || (qry_error_count(f->ctx) > errors) == reads)
            fail_msg("%zu times %s: %s\n%s", cases[i].count, cases[i].open, reads ? "read" : "refused", f->text);
        free(text);
        f->text[0] = 0;
    }
}

static void test_long_names(void **state)
{
    fixture *f = *state;
    for (size_t length = 1000; length <= 10000000; length *= 100) {
        char *text = malloc(length + 32);
        memset(text + sprintf(text, "qubit "), 'a', length);
        strcpy(text + 6 + length, ";\n");
        assert_int_equal(read_with(f, text, &plain) != NULL, length <= 1 << 20);
        free(text);
    }
}

static const struct tree_expr *value_of(fixture *f, const char *literal)
{
    char text[128];
    snprintf(text, sizeof text, "x = %s;", literal);
    return must_read(f, text, &plain)->first->value;
}

static void test_literals(void **state)
{
    static const struct {
        const char *text;
        uint64_t high, low;
    } integers[] = {{"0", 0, 0},
                    {"007", 0, 7},
                    {"1_000", 0, 1000},
                    {"0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", UINT64_MAX, UINT64_MAX},
                    {"340282366920938463463374607431768211455", UINT64_MAX, UINT64_MAX},
                    {"0b1_0000_0000", 0, 256},
                    {"0o777", 0, 511},
                    {"0Xe", 0, 14}};
    static const struct {
        const char *text;
        double value;
    } reals[] = {{"1.", 1}, {".5", 0.5}, {"1e3", 1000}, {"1_0.2_5E-1_0", 10.25e-10}, {"5.5e3", 5500}, {"0.1", 0.1}};
    fixture *f = *state;
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++) {
        const struct tree_expr *e = value_of(f, integers[i].text);
        assert_int_equal(e->kind, TREE_INTEGER);
        assert_true(e->natural == ((qry_u128)integers[i].high << 64 | integers[i].low) && !e->too_large);
    }
    assert_true(value_of(f, "340282366920938463463374607431768211456")->too_large);
    assert_true(value_of(f, "0x100000000000000000000000000000000")->too_large);
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
        const struct tree_expr *e = value_of(f, reals[i].text);
        assert_int_equal(e->kind, TREE_FLOAT);
        assert_true(e->real == reals[i].value);
    }
    assert_int_equal(value_of(f, "2.5 us")->op, TREE_US);
    assert_int_equal(value_of(f, "2\xce\xbcs")->op, TREE_US);
    assert_int_equal(value_of(f, "0x1F")->natural, 31);
    assert_true(value_of(f, "3\tim")->real == 3);
    assert_string_equal(value_of(f, "\"1001_0100\"")->text, "10010100");
}

/* The ^ of OpenQASM 2 is a power. */
static void test_power_of_version2(void **state)
{
    const struct tree_stmt *s = must_read(*state, "OPENQASM 2.0;\nrz(2*a^2) q;", &plain)->first;
    assert_int_equal(s->arguments->op, TREE_MULTIPLY);
    assert_int_equal(s->arguments->first->next->op, TREE_POWER);
    s = must_read(*state, "rz(2*a^2) q;", &plain)->first;
    assert_int_equal(s->arguments->op, TREE_BIT_XOR);
}

/* A word behind a number on the same line belongs to it only if it is a unit. */
static void test_word_behind_number(void **state)
{
    fixture *f = *state;
    const struct tree_stmt *loop = must_read(f, "for int i in 3 seconds(1);", &plain)->first;
    assert_int_equal(loop->value->kind, TREE_INTEGER);
    assert_string_equal(loop->body->value->name->text, "seconds");
}

static void test_marks(void **state)
{
    const struct tree_stmt *s = must_read(*state,
                                          "x q;\n// @enter a b\n// @enter c\ny q;\n//@leave\nif (a)\n  // @leave\n"
                                          "  z q;\n// @entered\nz q;\n",
                                          &plain)
                                    ->first->next;
    assert_string_equal(s->marks->name, "a b");
    assert_string_equal(s->marks->next->name, "c");
    assert_null(s->marks->next->next);
    s = s->next;
    assert_null(s->marks->name);
    assert_null(s->marks->next);
    assert_null(s->body->marks->name);
    assert_null(s->next->marks);
}

/* ---- includes ---- */

static void write_text(const char *folder, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
}

static void test_includes(void **state)
{
    fixture *f = *state;
    char folder[] = "/tmp/quarry_include_XXXXXX", path[256];
    assert_non_null(mkdtemp(folder));
    write_text(folder, "main.qasm", "include \"a.inc\";\nqubit[2] q;\nmine q[0];\n");
    write_text(folder, "a.inc", "OPENQASM 3;\ninclude 'b.inc';\ngate mine a { x a; }\n");
    write_text(folder, "b.inc", "include \"stdgates.inc\";\n");
    write_text(folder, "circle.qasm", "include \"circle2.inc\";\n");
    write_text(folder, "circle2.inc", "include \"./circle.qasm\";\n");
    write_text(folder, "absent.qasm", "include \"nothing.inc\";\nif (a) { include \"a.inc\"; }\n");
    snprintf(path, sizeof path, "%s/main.qasm", folder);
    struct tree_program *tree = qry_tree_read(f->ctx, f->arena, qry_source_read(f->ctx, path), &plain);
    assert_non_null(tree);
    assert_int_equal(tree->source_count, 4);
    const struct tree_stmt *gate = tree->first->body->next;
    assert_int_equal(tree->first->next->next->kind, TREE_STRETCH);
    assert_int_equal(tree->first->next->next->stretch->ops[0].a, gate->number);
    assert_int_equal(gate->body->kind, TREE_STRETCH);
    snprintf(path, sizeof path, "%s/circle.qasm", folder);
    assert_null(qry_tree_read(f->ctx, f->arena, qry_source_read(f->ctx, path), &plain));
    assert_non_null(strstr(f->text, "includes itself"));
    snprintf(path, sizeof path, "%s/absent.qasm", folder);
    assert_null(qry_tree_read(f->ctx, f->arena, qry_source_read(f->ctx, path), &plain));
    assert_non_null(strstr(f->text, "nothing.inc: No such file"));
    assert_non_null(strstr(f->text, "outside of all blocks"));
    assert_true(qry_qasm_parse(f->ctx, qry_source_from_text(f->ctx, "", "include \"no such file\";", 23)));
    static const char *const names[] = {"main.qasm", "a.inc", "b.inc", "circle.qasm", "circle2.inc", "absent.qasm"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        remove(path);
    }
    remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_constructs_print_back),
        TEST(test_depths),
        TEST(test_long_names),
        TEST(test_literals),
        TEST(test_power_of_version2),
        TEST(test_word_behind_number),
        TEST(test_marks),
        TEST(test_includes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
