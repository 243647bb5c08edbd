/* run_test.c: programs run step by step on an engine whose measurements come from a list: what is asked of it when, values,
 * errors and their places, programs run again. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

/* An engine that only looks at the measurements among the operations appended, and gives them the bits of a list. */
struct script {
    qry_circuit *circuit;
    const char *list; /* of '0' and '1'; at its end it begins anew */
    size_t at, done, flushes, measured;
    uint8_t bits[512];
};

static void flush(void *state)
{
    struct script *s = state;
    const qry_definition *d = qry_circuit_program(s->circuit);
    s->flushes++;
    assert_int_equal(d->open, 0);
    assert_true(s->done < d->op_count);
    for (; s->done < d->op_count; s->done++) {
        const qry_op *op = &d->ops[s->done];
        assert_true(op->kind != QRY_OP_SECTION && op->kind != QRY_OP_IF);
        if (op->kind != QRY_OP_MEASURE)
            continue;
        if (!s->list[s->at])
            s->at = 0;
        s->bits[op->b] = (uint8_t)(s->list[s->at++] - '0');
        s->measured++;
    }
}

static qry_qasm *read_text(fixture *f, const char *text)
{
    char *whole = qry_arena_printf(f->arena, "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n%s", text);
    qry_qasm *program = qry_qasm_read(f->ctx, qry_source_from_text(f->ctx, "test", whole, strlen(whole)));
    if (!program)
        fail_msg("%s\n%s", f->text, text);
    return program;
}

static bool run(qry_qasm *program, struct script *s, const char *list, size_t ready, uint64_t max_steps)
{
    if (!s->circuit)
        s->circuit = qry_qasm_circuit(program);
    *s = (struct script){.circuit = s->circuit, .list = list};
    assert_true(qry_circuit_bit_count(s->circuit) <= sizeof s->bits);
    qry_definition_truncate(qry_circuit_program(s->circuit), ready);
    qry_machine machine = {s, s->circuit, s->bits, flush, max_steps, ready};
    return qry_qasm_run(program, &machine);
}

/* "name=value ...", bits highest first. */
static const char *results(fixture *f, const qry_qasm *program)
{
    size_t count;
    const qry_variable *v = qry_qasm_variables(program, &count);
    char *text = "";
    for (size_t i = 0; i < count; i++) {
        uint8_t bits[256];
        char word[257] = "";
        if (v[i].bits)
            qry_qasm_bits(program, i, bits);
        for (uint32_t k = 0; k < v[i].bits; k++)
            word[v[i].bits - 1 - k] = (char)('0' + bits[k]);
        text = qry_arena_printf(f->arena, "%s%s%s=%s", text, *text ? " " : "", v[i].name,
                                v[i].bits ? word : qry_qasm_value(program, i, f->arena));
    }
    return text;
}

/* ---- values ---- */

static const struct {
    const char *text, *list, *results;
} runs[] = {
    {"qubit[3] q; bit[3] c; c = measure q;", "110", "c=011"},
    {"qubit q; bit c; output int tries; tries = 0;\n"
     "while (true) { tries += 1; reset q; h q; c = measure q; if (c) { break; } }",
     "0001", "c=1 tries=4"},
    {"qubit q; bit[4] c; angle[4] correction = 0; output angle[4] found;\n"
     "for int i in [0:3] { reset q; p(correction) q; c[i] = measure q; correction[i] = c[i]; }\n"
     "found = correction;",
     "1011", NULL},
    {"qubit q; output int n; n = 0; def twice(qubit x, int m) -> int { bit b = measure x; if (b) { return 2 * m; } "
     "return m; }\n for int i in [1:4] { n += twice(q, i); }",
     "0101", "n=16"},
    {"qubit q; output uint[8] n; array[bit[2], 3] a; for int i in [0:2] { a[i][1] = measure q; a[i][0] = measure q; }\n"
     "n = uint[2](a[0]) + 4 * uint[2](a[1]) + 16 * uint[2](a[2]);",
     "011011", "n=57"},
    {"qubit q; output int n; n = 0; switch (n) { case 1, 2 { n = 10; } default { n = 20; } }\n"
     "switch (n) { case 1, 20 { n += 1; } default { n = 0; } }",
     "0", "n=21"},
    {"qubit q; output int n; def fill(mutable array[int[32], #dim = 1] a, int v) { for uint i in [0:sizeof(a) - 1] { "
     "a[i] = v; } }\n"
     "array[int[32], 4] m; fill(m, 3); fill(m[1:2], 5); fill(m[0:3:3], 7);\n"
     "n = 0; for int v in m { n = 10 * n + v; }",
     "0", "n=7557"},
    {"qubit q; output int n; n = 1; def stop(qubit x) { bit b = measure x; if (b) { end; } }\n"
     "stop(q); n = 2; stop(q); n = 3;",
     "01", "n=2"},
    {"qubit q; bit[2] c; let last = c[1]; last = measure q; let both = c[1] ++ c[0]; both = \"10\"; c[1] |= c[0];", "1",
     "c=11"},
    {"qubit q; bit c; output bool b; bit d = measure q; c = measure q; b = bool(c) && !bool(d);", "01",
     "c=1 b=true d=0"},
    {"input int[8] a; input float x; output float y; y = a * x;", "0", "a=-3 x=0.5 y=-1.5"},
    /* aliases of arrays and of bits of numbers are views */
    {"output int n; array[int[32], 2, 3] a = {{1, 2, 3}, {4, 5, 6}}; let b = a[1]; let e = b[0:2:2]; e[1] = 9; b[1] = "
     "7;\n"
     "n = 100 * a[1][1] + 10 * a[1][2] + e[0] + sizeof(e);",
     "0", "n=796"},
    {"def f(mutable array[int[32], 3] m) { let l = m[1:2]; l[0] += 8; } array[int[32], 3] a = {1, 2, 3};\n"
     "output int n; let b = a; f(a); f(b); n = a[1];",
     "0", "n=18"},
    {"output int[8] n; n = 5; let b = n[1:2]; b[0] = 1; output bit c; c = n[0:3][2];", "0", "n=7 c=1"},
    /* more hidden bits than there are, while aliases stand */
    {"qubit q; array[bit[2], 2] a; let all = a; let e = a[1]; output bit[2] o;\n"
     "for int i in [0:600] { all[1][0] = measure q; bit s = measure q; e[1] = s; } o = a[1];",
     "1", "o=11"},
    /* what is measured into something else than bits */
    {"qubit[2] q; output uint[2] n; output bool t; output int[8] m; m = 0; n = measure q; t = measure q[0];\n"
     "m[2] = measure q[1]; uint[1] u = measure q[0]; m[0] = u;",
     "1", "n=3 t=true m=5"},
    /* ranges at the ends of what there is */
    {"output int n; n = 0; for int[64] i in [-9223372036854775807 - 1:9223372036854775807] { n += 1; if (n == 5) { "
     "break; } }",
     "0", "n=5"},
    {"output uint[128] n; n = 0; for uint[128] i in [2 ** 100:2 ** 100 + 2] { n += i - 2 ** 100; }", "0", "n=3"},
    {"output int n; n = 0; for int[64] i in [9223372036854775807:-9223372036854775807:-9223372036854775807] { n += 1; "
     "}",
     "0", "n=3"},
    {"qubit[4] q; bit[4] c; int n = 2; c[0:n] = measure q[1:n + 1]; output uint[4] x; x = 0; x[1] = measure q[0];",
     "101", "c=0101 x=2"},
    /* operands that measure, and a hundred times more hidden bits than the circuit has */
    {"qubit q; def look(qubit x) -> bit { bit m = measure x; return m; }\n"
     "output int n; n = 0; bit[4] c;\n"
     "for int i in [0:999] { bit[4] t; for int k in [0:3] { t[k] = look(q); } c = t; n += int[4](c) & 3; }",
     "1000", "n=1000 c=0001"},
    {"qubit[300] q; def ones(qubit[300] x) -> int { bit[300] m = measure x; return popcount(m); } output int n; n = "
     "ones(q);",
     "10", "n=150"},
};

static void test_runs(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        qry_qasm *program = read_text(f, runs[i].text);
        if (strstr(runs[i].text, "input int")) {
            assert_true(qry_qasm_set_input(program, "a", "-3"));
            assert_true(qry_qasm_set_input(program, "x", "0.5"));
        }
        struct script script = {.circuit = NULL};
        for (int again = 0; again < 2; again++) {
            if (!run(program, &script, runs[i].list, 0, 100000))
                fail_msg("%s\n%s", runs[i].text, f->text);
            if (runs[i].results && strcmp(results(f, program), runs[i].results) != 0)
                fail_msg("%s\n%s, wanted %s", runs[i].text, results(f, program), runs[i].results);
        }
        qry_qasm_free(program);
    }
}

/* ---- when the engine is asked ---- */

static void test_flushes(void **state)
{
    fixture *f = *state;
    qry_qasm *program = read_text(f, "qubit[2] q; bit[2] c; bit d; int n = 0;\n"
                                     "h q; c = measure q; d = c[0]; h q;\n" /* nobody has asked */
                                     "if (d) { x q[0]; } if (c[1]) { n += 1; }\n"
                                     "for int i in [0:9] { x q[n]; } c[0] = measure q[0];\n"
                                     "if (n == 7) { z q[0]; }");
    struct script script = {.circuit = NULL};
    assert_true(run(program, &script, "11", 0, 1000));
    assert_int_equal(script.flushes, 2); /* for the condition, and for the register at the end */
    assert_string_equal(results(f, program), "c=11 d=1");
    assert_int_equal(qry_circuit_program(script.circuit)->op_count, 6 + 1 + 3 + 1);
    /* the same with what comes before the first question in the circuit */
    qry_op *ops = qry_circuit_program(script.circuit)->ops;
    assert_int_equal(ops[2].kind, QRY_OP_MEASURE);
    assert_true(run(program, &script, "01", 6, 1000));
    assert_int_equal(script.flushes, 2);
    assert_int_equal(script.measured, 3);
    assert_string_equal(results(f, program), "c=10 d=0");
    assert_int_equal(qry_circuit_program(script.circuit)->op_count, 6 + 3 + 1);
}

/* Definitions are made once, also for gates that only some runs come to. */
static void test_definitions_stay(void **state)
{
    fixture *f = *state;
    qry_qasm *program = read_text(f, "gate g(a) q { rx(a) q; h q; } gate k q { g(1) q; }\nqubit q; bit b;\n"
                                     "def turn(float a, qubit x) { rx(a) x; }\n"
                                     "k q; b = measure q; if (b) { ctrl @ g(2) q, $0; turn(0.5, q); }");
    struct script script = {.circuit = NULL};
    assert_true(run(program, &script, "0", 0, 1000));
    assert_int_equal(qry_circuit_definitions(script.circuit), 3);
    for (int i = 0; i < 3; i++) {
        assert_true(run(program, &script, "1", 0, 1000));
        assert_int_equal(qry_circuit_definitions(script.circuit), 5);
    }
}

/* ---- errors ---- */

static const struct {
    const char *text, *list, *message;
} errors[] = {
    {"int i = 0; int j; j = 4 / i;", "0", "3:23 division by zero"},
    {"int i = 5; array[int, 3] a; a[i] = 1;", "0", "3:31 index 5 is outside of 0 .. 2"},
    {"qubit[2] q; int i = 2; x q[i];", "0", "3:28 index 2 is outside of 0 .. 1"},
    {"qubit[2] q; int i = 1; cx q[i], q[1];", "0", "3:24 a qubit is given twice to 'cx'"},
    {"qubit q; bit b; b = measure q; int n = 3; while (b) { n = 3; }", "1", "3:43 the program has not ended after"},
    {"extern f(int) -> int; int a = 1; a = f(a);", "0", "3:38 extern 'f' has no body here"},
    {"input int a; int b = a;", "0", "3:11 input 'a' has no value"},
    {"gate g a, b { cx a, b; h a; } qubit[2] q; pow(0.5) @ g q[0], q[1];", "0", "3:43 pow(0.5) of 'g'"},
    {"qubit q; float x = 0.0; rz(1 / x) q;", "0", "3:28 division by zero"},
    {"gate g(a) q { rx(1 / a) q; } qubit q; g(0) q;", "0", "3:39 an angle is no number here"},
    {"gate g(a) q { rx(exp(a)) q; } qubit q; g(1000) q;", "0", "3:40 an angle is no number here"},
    {"gate g(a) q { rx(sqrt(a)) q; } qubit q; g(-1) q;", "0", "3:41 an angle is no number here"},
    {"gate g(a) q { rx(arcsin(a)) q; } qubit q; g(2) q;", "0", "3:43 an angle is no number here"},
    {"gate g(a) q { rx(a * 1e308) q; } qubit q; float x = 1e10; g(x) q;", "0", "3:59 an angle is no number here"},
    {"gate g(a) q { rx(a * 1e200) q; } gate k(a) q { x q; g(a * 1e100) q; } qubit q; float x = 1e10; k(x) q;", "0",
     "3:96 an angle is no number here"},
    {"array[int, 3] a; let b = a ++ a;", "0", "3:26 an alias of several arrays"},
    {"gate g(a) q { rz(1/a) q; } gate k(a) q { g(2*a) q; } qubit q; k(0) q;", "0", "3:63 an angle is no number"},
    {"gate g(a) q { rz(a/0.0) q; } qubit q; g(0) q;", "0", "3:15 an angle is no number"},
    {"qubit[4] q; bit[4] c; int n = 2; c[0:n] = measure q[0:n - 1];", "0", "3:43 2 bits, where 3 are wanted"},
    {"qubit q; int c = 0; ctrl(1) @ x q, $0; for int i in [0:c:3] { x q; }", "0", "3:56 a range whose step is 0"},
};

static void note(void *text, const qry_diagnostic *d)
{
    size_t line, column;
    qry_source_position(d->span.source, d->span.offset, &line, &column);
    snprintf(text, 256, "%zu:%zu %s", line, column, d->message);
}

static void test_errors(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        qry_qasm *program = read_text(f, errors[i].text);
        struct script script = {.circuit = NULL};
        char text[256] = "";
        qry_ctx_on_diagnostic(f->ctx, note, text);
        assert_false(run(program, &script, errors[i].list, 0, 1000));
        if (strncmp(text, errors[i].message, strlen(errors[i].message)) != 0)
            fail_msg("%s\n%s, wanted %s", errors[i].text, text, errors[i].message);
        qry_qasm_free(program);
    }
}

/* Loops cost no memory, whatever is in them. */
static void test_memory(void **state)
{
    fixture *f = *state;
    qry_qasm *program =
        read_text(f, "qubit q; bit b; output int n; n = 0; bit[8] r = \"00000001\"; array[int, 4] a;\n"
                     "def two(int k, bit[8] s) -> bit[8] { return s << 1; }\n"
                     "while (n < 200000) { n += 1; r = two(n, r) | \"00000001\"; a[1] = n; bit t = r[2]; }");
    struct script script = {.circuit = NULL};
    assert_true(run(program, &script, "0", 0, 10000000));
    size_t before = qry_memory_peak(f->ctx);
    assert_string_equal(results(f, program), "b=0 n=200000 r=11111111");
    assert_true(before < 4 << 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_runs), TEST(test_flushes), TEST(test_definitions_stay),
                                       TEST(test_errors), TEST(test_memory)};
    return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
