/* lines_test.c: the direct path reads what the grammar reads. Random programs of gate lines, spelt in many ways, some of them
 * wrong, are read both ways, and their gates compared one by one. */
#include "qasm/read/decimal.h"
#include "qasm/read/tree.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* ---- the gates of a tree as text, a line each ---- */

struct writer {
    FILE *stream;
    const struct tree_stmt *within; /* the gate whose body it is */
    const struct tree_stmt *registers[8];
    uint32_t first[8], register_count, qubits;
    const struct tree_stmt *gates[256];
    size_t by_grammar, direct; /* gates */
};

static int place_of(const struct tree_parameter *list, const struct tree_name *name)
{
    int place = 0;
    for (; list; list = list->next, place++)
        if (list->name == name)
            return place;
    return -1;
}

/* The value of an angle, in doubles, as the parts stand; *formal: the parameter that it is a multiple of. */
static double value_of(const struct writer *w, const struct tree_expr *e, int *formal)
{
    int a = -1, b = -1;
    switch (e->kind) {
    case TREE_INTEGER:
        return (double)e->natural;
    case TREE_FLOAT:
        return e->real;
    case TREE_NAME:
        *formal = w->within ? place_of(w->within->parameters, e->name) : -1;
        return *formal >= 0 ? 1 : strcmp(e->name->text, "tau") == 0 ? 2 * M_PI : M_PI;
    case TREE_UNARY:
        return e->first->kind == TREE_INTEGER && !e->first->natural ? 0 : -value_of(w, e->first, formal);
    default:
        break;
    }
    double x = value_of(w, e->first, &a), y = value_of(w, e->first->next, &b);
    *formal = a >= 0 ? a : b;
    if (e->op == TREE_ADD)
        return x + y;
    return e->op == TREE_DIVIDE ? x / y : x * y;
}

static uint32_t qubit_of(const struct writer *w, const struct tree_expr *e)
{
    const struct tree_expr *base = e->kind == TREE_INDEX ? e->first : e;
    if (w->within)
        return (uint32_t)place_of(w->within->qubits, base->name);
    for (uint32_t i = 0; i < w->register_count; i++)
        if (w->registers[i]->name == base->name)
            return w->first[i] + (e->kind == TREE_INDEX ? (uint32_t)base->next->natural : 0);
    fail_msg("no register %s", base->name->text);
    return 0;
}

static void write_apply(struct writer *w, const struct tree_stmt *s)
{
    fprintf(w->stream, "%s", s->name->text);
    for (const struct tree_expr *e = s->arguments; e; e = e->next) {
        int formal = -1;
        double value = value_of(w, e, &formal);
        fprintf(w->stream, " %a:%d", value, formal);
    }
    for (const struct tree_expr *e = s->operands; e; e = e->next)
        fprintf(w->stream, " %u", qubit_of(w, e));
    putc('\n', w->stream);
    w->by_grammar++;
}

static uint32_t length_of(const struct tree_parameter *list)
{
    uint32_t length = 0;
    for (; list; list = list->next)
        length++;
    return length;
}

static void write_stretch(struct writer *w, const struct tree_stretch *s)
{
    for (size_t i = 0; i < s->op_count; i++) {
        const qry_op *op = &s->ops[i];
        bool call = op->kind == QRY_OP_CALL;
        const struct tree_stmt *gate = call ? w->gates[op->a] : NULL;
        const qry_qubit lone[] = {op->a, op->b, op->c}, *qubits = call ? s->operands + op->b + 1 : lone;
        uint32_t angles = call ? length_of(gate->parameters) : qry_gate_table[op->kind].angles;
        uint32_t count = call ? qubits[-1] : qry_gate_table[op->kind].qubits;
        fprintf(w->stream, "%s", call ? gate->name->text : qry_gate_table[op->kind].name);
        for (uint32_t k = 0; k < angles; k++)
            fprintf(w->stream, " %a:%d", s->angles[op->c + k].factor, s->angles[op->c + k].formal);
        for (uint32_t k = 0; k < count; k++)
            fprintf(w->stream, " %u", qubits[k]);
        putc('\n', w->stream);
        w->direct++;
    }
}

static void write_gates(struct writer *w, const struct tree_stmt *first)
{
    for (const struct tree_stmt *s = first; s; s = s->next) {
        for (const struct tree_mark *m = s->marks; m; m = m->next)
            fprintf(w->stream, "// %s\n", m->name ? m->name : "");
        if (s->kind == TREE_APPLY)
            write_apply(w, s);
        else if (s->kind == TREE_STRETCH)
            write_stretch(w, s->stretch);
        else if (s->kind == TREE_INCLUDE)
            for (const struct tree_stmt *inner = s->body; inner; inner = inner->next)
                w->gates[inner->number] = inner;
        else if (s->kind == TREE_QUBITS) {
            w->registers[w->register_count] = s;
            w->first[w->register_count++] = w->qubits;
            w->qubits += s->size ? (uint32_t)s->size->natural : 1;
        } else if (s->kind == TREE_GATE) {
            w->gates[s->number] = w->within = s;
            fprintf(w->stream, "gate %s\n", s->name->text);
            write_gates(w, s->body);
            fprintf(w->stream, "end\n");
            w->within = NULL;
        } else {
            fprintf(w->stream, "statement %d\n", s->kind);
            write_gates(w, s->body);
        }
    }
}

/* The gates of a program, or NULL where it cannot be read. */
static char *gates_of(fixture *f, const char *text, bool grammar_only, struct writer *w)
{
    struct tree_options options = {.grammar_only = grammar_only};
    const qry_source *source = qry_source_from_text(f->ctx, "test.qasm", text, strlen(text));
    struct tree_program *tree = qry_tree_read(f->ctx, f->arena, source, &options);
    char *gates = NULL;
    size_t size;
    *w = (struct writer){.qubits = 0};
    if (!tree)
        return NULL;
    assert_int_equal(tree->direct && grammar_only, 0);
    w->stream = open_memstream(&gates, &size);
    write_gates(w, tree->first);
    fclose(w->stream);
    qry_tree_free(tree);
    return gates;
}

static struct writer assert_same(fixture *f, const char *text)
{
    struct writer direct, grammar;
    char *a = gates_of(f, text, false, &direct), *b = gates_of(f, text, true, &grammar);
    if (!a != !b || (a && strcmp(a, b) != 0))
        fail_msg("%s\ndirectly:\n%s\nby the grammar:\n%s", text, a ? a : f->text, b ? b : f->text);
    free(a);
    free(b);
    return direct;
}

/* ---- which lines are read directly ---- */

#define HEAD                                                                                                           \
    "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[4] q;\nqubit lone;\nqubit[2] r;\n"                                \
    "gate mine(a, b) x, y { rx(a) x; }\ngate five v, w, x, y, z { h v; }\n"

#define OLD_HEAD "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[3];\ncreg c[3];\nh q[0];\n"

static void test_taken_lines(void **state)
{
    static const char *const lines[] = {
        "h q[0];",
        "  cx\tq [ 0 ] , r[1] ;",
        "x lone;",
        "ccx q[0], q[1], lone;",
        "rz(-0.5) q[3];",
        "rx(pi/2) q[0];",
        "rx( - pi / 2 ) q[0];",
        "rx(3*pi/4) q[0];",
        "rx(pi*0.25) q[0];",
        "rx(.5e-3) q[0];",
        "rx(0) q[0];",
        "rx(-0) q[0];",
        "rx(7) q[0];",
        "rx(1.570796326794896619231) q[0];",
        "rx(tau) q[0];",
        "rx(\xcf\x80/8) q[0];",
        "mine(0.1, 0.2) q[0], r[1];",
        "five q[0], q[1], q[2], q[3], lone;",
        "u3(0.1, 0.2, 0.3) q[0];",
        "cswap q[0], // between\n q[1], q[2];",
        "u2(pi, -pi/4) lone;",
        "cu(0.1, 0.2, 0.3, 0.4) q[0], q[1];",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char text[1024];
        snprintf(text, sizeof text, "%sx q[0];\n%s", HEAD, lines[i]);
        struct writer w = assert_same(*state, text);
        bool comment = strstr(lines[i], "//") != NULL;
        if (w.by_grammar != (comment ? 1 : 0) || w.direct != (comment ? 3 : 4))
            fail_msg("%s: %zu directly, %zu by the grammar", lines[i], w.direct, w.by_grammar);
    }
}

/* Right or wrong, these are the grammar's and the check's. */
static void test_left_lines(void **state)
{
    static const char *const lines[] = {
        "h q;",
        "h q[4];",
        "h q[-1];",
        "h q[0x1];",
        "h q[0:1];",
        "cx q[1], q[1];",
        "cx q[1];",
        "cx q[1], q[2],;",
        "h;",
        "h lone[0];",
        "h unknown;",
        "unknown q[0];",
        "rz q[0];",
        "rz() q[0];",
        "rz(0.1, 0.2) q[0];",
        "h(0.1) q[0];",
        "rz(1/2) q[0];",
        "rz(2*3) q[0];",
        "rz(1_0) q[0];",
        "rz(pi + 1) q[0];",
        "rz(pi/0) q[0];",
        "rz(pi**2) q[0];",
        "rz(sin(1)) q[0];",
        "rz(1e999999) q[0];",
        "rz(2im) q[0];",
        "ctrl @ x q[0], q[1];",
        "inv @ x q[0];",
        "h[10ns] q[0];",
        "CX q[0], q[1];",
        "h $0;",
        "hq[0];",
        "h q[0]",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        fixture *f = *state;
        char text[1024];
        snprintf(text, sizeof text, "%sx q[0];\n%s\nx q[1];\n", HEAD, lines[i]);
        struct tree_options options = {0};
        const qry_source *source = qry_source_from_text(f->ctx, "test.qasm", text, strlen(text));
        struct tree_program *tree = qry_tree_read(f->ctx, f->arena, source, &options);
        if (!tree)
            continue; /* a mistake of the syntax: reported */
        size_t direct = 0, others = 0;
        for (const struct tree_stmt *s = tree->first; s; s = s->next) {
            direct += s->kind == TREE_STRETCH ? s->stretch->op_count : 0;
            others += s->kind == TREE_APPLY || s->kind == TREE_EXPRESSION;
        }
        if (direct != 2 || others != 1)
            fail_msg("%s: %zu directly, %zu by the grammar", lines[i], direct, others);
        qry_tree_free(tree);
    }
}

/* What a name means changes; what stands in other statements is theirs. */
static void test_places(void **state)
{
    static const char *const programs[] = {
        HEAD "for uint i in {0, 1} h q[0];\nh q[1];\nh q[2];\n",
        HEAD "for uint i in [0:1] h q[0];\nh q[1];\n",
        HEAD "if (true) h q[0];\nh q[1];\n",
        HEAD "if (true) h q[0]; else h q[2];\nh q[1];\n",
        HEAD "if (true) { h q[0]; x q[1]; }\nh q[1];\n",
        HEAD "box { h q[0]; }\nh q[1];\ndef f(qubit q) { h q; x q; }\nh q[0];\n",
        HEAD
        "gate a(q) h, x { rz(q) h; rz(q/2) x; rz(-q/4) x; rz(0.3*q) h; rz(q*0.3) h; }\na(0.1) q[0], q[1];\nh q[0];\n",
        HEAD "gate p q { h q; x q; }\nrz(0.1) q[0];\np q[0];\ngate z2 a { p a; }\nz2 q[1];\n",
        HEAD "gate b x, y, z, { h x; cx x, y; }\nb q[0], q[1], q[2];\n",
        HEAD "gate c(pi) a { rz(pi) a; }\nc(pi) q[0];\n",
        HEAD "// @enter one\nh q[0];\nx q[0];\n// @leave\nh q[1];\n// @enter two\n\n// comment\nx q[0];\n// @leave\n",
        HEAD "gate s2 a {\n// @enter in\nh a;\nx a;\n// @leave\ny a;\n// @leave\n}\ns2 q[0];\n",
        HEAD "h q[0]; /* two */ h q[1];\n@note\nh q[2];\npragma x\nh q[3];\ncal { h q; }\nh q[0];\n",
        HEAD "let both = q[{0, 1}];\nh q[0];\nbit[2] c = {0, 1};\nh q[1];\n",
        OLD_HEAD
        "u1(pi/2) q[1];\nrzz(0.1) q[0],q[1];\ngate mine(t) a { u3(t,t/2,-t) a; }\nmine(0.5) q[2];\nU(0,0,0) q[0];\n"
        "h q[1];\n",
    };
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        assert_true(assert_same(*state, programs[i]).direct > 0);
}

/* In its own body the name of a gate is the grammar's, whatever an include or the program meant by it before. */
static void test_own_name(void **state)
{
    static const struct {
        const char *text;
        size_t direct, by_grammar;
    } programs[] = {
        {HEAD "gate h a { h a; }\n", 2, 1},
        {HEAD "gate fresh a { fresh a; x a; }\nx q[0];\n", 4, 1},
        {HEAD "gate h a { x a; }\nh q[0];\n", 4, 0},
        {HEAD "gate h h { x h; }\nh q[0];\n", 4, 0},
        {HEAD "gate h(h) a { rx(h) a; }\nh(0.1) q[0];\n", 4, 0},
    };
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        struct writer w = assert_same(*state, programs[i].text);
        if (w.direct != programs[i].direct || w.by_grammar != programs[i].by_grammar)
            fail_msg("%s: %zu directly, %zu by the grammar", programs[i].text, w.direct, w.by_grammar);
    }
}

/* Memory for the operands of a call, not for the qubits before them. */
static void test_high_qubits(void **state)
{
    struct rusage before, after;
    char text[1024],
        *at = text + sprintf(text, "qubit[1000000000] q;\ngate g a, b, c, d, e, f, g, h, i { U(0, 0, 0) a; }");
    for (int i = 0; i < 2; i++) {
        at += sprintf(at, "\ng ");
        for (int k = 0; k < 9; k++)
            at += sprintf(at, "q[%d]%s", 999999999 - 8 * (k * (i == 0 || k < 8)), k < 8 ? ", " : ";");
    }
    getrusage(RUSAGE_SELF, &before);
    struct writer w = assert_same(*state, text);
    getrusage(RUSAGE_SELF, &after);
    assert_int_equal(w.direct, 2);
    assert_int_equal(w.by_grammar, 1); /* the last has q[999999999] twice */
    assert_true(after.ru_maxrss - before.ru_maxrss < 100 << 10);
}

/* ---- random programs ---- */

struct spelling {
    qry_random random;
    char text[1 << 15], *at;
};

static uint64_t below(struct spelling *s, uint64_t bound) { return qry_random_below(&s->random, bound); }

static const char *one_of(struct spelling *s, const char *const *words, size_t count) { return words[below(s, count)]; }

static void put(struct spelling *s, const char *format, ...) QRY_PRINTF(2, 3);
static void put(struct spelling *s, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    s->at += vsnprintf(s->at, sizeof s->text - (size_t)(s->at - s->text), format, list);
    va_end(list);
    assert_true(s->at < s->text + sizeof s->text - 1);
}

static void blank(struct spelling *s)
{
    static const char *const blanks[] = {"", "", "", " ", "  ", "\t"};
    put(s, "%s", one_of(s, blanks, 6));
}

static void angle(struct spelling *s, bool within)
{
    static const char *const numbers[] = {
        "0.5", "1.0", "2", "3.25e-2", ".125", "1.", "0.1", "0.0", "12345678901234567890.5"};
    for (uint64_t parts = 1 + below(s, 3), i = 0; i < parts; i++) {
        if (i)
            put(s, "%s", below(s, 2) ? "*" : "/");
        blank(s);
        put(s, "%s", below(s, 4) ? "" : "-");
        uint64_t kind = below(s, 4);
        if (kind == 0)
            put(s, "%.*g", 1 + (int)below(s, 18), (qry_random_unit(&s->random) - 0.5) * 8 + 5);
        else if (kind == 1)
            put(s, "%s", one_of(s, numbers, 9));
        else
            put(s, "%s", within && kind == 3 ? (below(s, 2) ? "a" : "b") : "pi");
        blank(s);
    }
}

static void operand(struct spelling *s, bool within)
{
    static const char *const formals[] = {"x", "y", "z"};
    if (within)
        put(s, "%s", one_of(s, formals, 3));
    else if (below(s, 4) == 0)
        put(s, "lone");
    else {
        put(s, "%s", below(s, 2) ? "q" : "r");
        blank(s);
        put(s, "[%d]", (int)below(s, 2));
    }
    blank(s);
}

static void random_line(struct spelling *s, bool within)
{
    static const struct {
        const char *name;
        int angles, qubits;
    } gates[] = {{"h", 0, 1},  {"cx", 0, 2}, {"rz", 1, 1},   {"swap", 0, 2}, {"ccx", 0, 3},
                 {"cp", 1, 2}, {"u3", 3, 1}, {"mine", 2, 2}, {"sdg", 0, 1},  {"p", 1, 1}};
    uint64_t k = below(s, sizeof gates / sizeof *gates);
    blank(s);
    put(s, "%s", gates[k].name);
    if (gates[k].angles) {
        blank(s);
        put(s, "(");
        for (int i = 0; i < gates[k].angles; i++) {
            put(s, "%s", i ? "," : "");
            angle(s, within);
        }
        put(s, ")");
    }
    put(s, " ");
    for (int i = 0; i < gates[k].qubits; i++) {
        put(s, "%s", i ? "," : "");
        blank(s);
        operand(s, within);
    }
    put(s, ";%s", below(s, 8) ? "\n" : below(s, 2) ? " // note\n\n" : "");
}

static void test_random_lines(void **state)
{
    fixture *f = *state;
    size_t direct = 0, by_grammar = 0;
    for (uint64_t seed = 0; seed < 2000; seed++) {
        struct spelling s = {.at = s.text};
        qry_random_seed(&s.random, seed, 5);
        put(&s, "%s", HEAD);
        for (int block = 0; block < 3; block++) {
            if (block % 2)
                put(&s, "gate g%d(a, b) x, y, z {\n", block);
            for (uint64_t lines = below(&s, 12); lines; lines--)
                random_line(&s, block % 2);
            put(&s, "%s", block % 2 ? "}\n" : "");
        }
        struct writer w = assert_same(f, s.text);
        direct += w.direct;
        by_grammar += w.by_grammar;
    }
    assert_true(direct > by_grammar && by_grammar > 1000); /* both were at work */
}

/* A stretch has an end; the next one follows. */
static void test_long_programs(void **state)
{
    fixture *f = *state;
    enum { LINES = 200000 };
    char *text = malloc(LINES * 16 + 256), *at = text + sprintf(text, "%s", HEAD);
    for (int i = 0; i < LINES; i++)
        at += sprintf(at, "cx q[%d],q[%d];\n", i % 3, 3);
    struct tree_options options = {0};
    const qry_source *source = qry_source_from_text(f->ctx, "test.qasm", text, (size_t)(at - text));
    struct tree_program *tree = qry_tree_read(f->ctx, f->arena, source, &options);
    assert_non_null(tree);
    size_t count = 0, stretches = 0;
    for (const struct tree_stmt *s = tree->first; s; s = s->next)
        if (s->kind == TREE_STRETCH) {
            for (size_t i = 0; i < s->stretch->op_count; i++, count++)
                assert_int_equal(s->stretch->ops[i].a, count % 3);
            stretches++;
        }
    assert_int_equal(count, LINES);
    assert_true(stretches < 10);
    qry_tree_free(tree);
    free(text);
}

/* ---- numbers ---- */

static void test_decimals(void **state)
{
    (void)state;
    qry_random random;
    qry_random_seed(&random, 3, 0);
    for (int i = 0; i < 1000000; i++) {
        char text[80];
        double x = ldexp(qry_random_unit(&random), (int)qry_random_below(&random, 80) - 60), value;
        int digits = (int)qry_random_below(&random, 22);
        if (i % 3 == 0)
            sprintf(text, "%.*f;", digits, x * 1e6);
        else if (i % 3 == 1)
            sprintf(text, "%.*g;", digits + 1, x);
        else
            sprintf(text, "%lu.%lue%d;", (unsigned long)qry_random_below(&random, 1000000000),
                    (unsigned long)qry_random_below(&random, 10000000000), (int)qry_random_below(&random, 50) - 30);
        bool whole;
        char *end;
        double wanted = strtod(text, &end);
        if (qry_decimal(text, &value, &whole) != end || value != wanted)
            fail_msg("%s %.17g, not %.17g", text, value, wanted);
        assert_int_equal(whole, !strpbrk(text, ".e"));
    }
}

static void test_halfway_decimals(void **state)
{
    (void)state;
    static const char *const texts[] = {"9007199254740993;",
                                        "9007199254740993.0;",
                                        "900719925474099.3;",
                                        "18014398509481986;",
                                        "1801439850948198.6;",
                                        "4503599627370497.5;",
                                        "4503599627370496.5;",
                                        "0.1;",
                                        "1e22;",
                                        "1e23;",
                                        "123456789012345678e-27;",
                                        "0;",
                                        "0.0;",
                                        "0e5;",
                                        "9999999999999999999;",
                                        "9999999999999999999e-27;",
                                        "1e-22;",
                                        "1e-27;",
                                        "1e-28;",
                                        "1e308;",
                                        "4.9e-324;"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double value;
        bool whole;
        char *end;
        double wanted = strtod(texts[i], &end);
        assert_ptr_equal(qry_decimal(texts[i], &value, &whole), end);
        assert_true(value == wanted);
    }
    static const char *const wrong[] = {".;",  "e5;",  "1_0;",     "1.2.3;", "1x;",
                                        "1e;", "1e+;", "1e99999;", "1e999;", "1\xc2\xb5s;"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        double value;
        bool whole;
        assert_null(qry_decimal(wrong[i], &value, &whole));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_taken_lines),   TEST(test_left_lines), TEST(test_places),
        TEST(test_random_lines),  TEST(test_own_name),   TEST(test_high_qubits),
        TEST(test_long_programs), TEST(test_decimals),   TEST(test_halfway_decimals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
