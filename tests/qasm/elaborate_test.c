/* elaborate_test.c: what programs are when they are written out: circuits to the letter, what is exact and what is not, and
 * why; where bits end. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

static qry_qasm *read_text(fixture *f, const char *text)
{
    char *whole = qry_arena_printf(f->arena, "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n%s", text);
    qry_qasm *program = qry_qasm_read(f->ctx, qry_source_from_text(f->ctx, "test", whole, strlen(whole)));
    if (!program)
        fail_msg("%s\n%s", f->text, text);
    return program;
}

/* ---- to the letter ---- */

static const struct {
    const char *text, *dump;
} circuits[] = {
    {"qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; c = measure q; if (c[0]) x q[1];",
     "definition 0 \"program\", version 1, angles 0\n"
     "  data q: 2 from 0\n"
     "  h 0\n  cx 0 1\n  measure 0 to bit 0\n  measure 1 to bit 1\n  if bit 0 is 1\n    x 1\n  end\n"},
    /* parameters are slots; what else is computed from them gets slots of its own, equal ones once */
    {"gate g(a, b) q { U(a/2 + b, 0, a) q; rz(2*a) q; rz(a/2 + b) q; }\n"
     "gate k(a) x, y { g(a, 1) x; inv @ g(a*a, 0.5) y; ctrl @ g(a, a) x, y; }\n"
     "qubit[2] q; k(2) q[0], q[1];",
     "definition 0 \"program\", version 1, angles 0\n"
     "  data q: 2 from 0\n"
     "  call 2 \"k\" (2) (2) (4) (2.5) (3) 0 1\n"
     "definition 1 \"g\", version 2, angles 3\n"
     "  data q: 1 from 0\n"
     "  U (1 * angle 2) (0) (1 * angle 0) 0\n"
     "  rz (2 * angle 0) 0\n"
     "  rz (1 * angle 2) 0\n"
     "definition 2 \"k\", version 3, angles 5\n"
     "  data x_2: 1 from 0\n"
     "  data y_2: 1 from 1\n"
     "  call 1 \"g\" (1 * angle 0) (1) (1 * angle 1) 0\n"
     "  call inverse of 1 \"g\" (1 * angle 2) (0.5) (1 * angle 3) 1\n"
     "  call 3 \"ctrl @ g\" (1 * angle 0) (1 * angle 0) (1 * angle 4) 0 1\n"
     "definition 3 \"ctrl @ g\", version 4, angles 3\n"
     "  data ctrl_2: 1 from 0\n"
     "  data q: 1 from 1\n"
     "  controlled U (1 * angle 2) (0) (1 * angle 0) if 0 1\n"
     "  crz (2 * angle 0) 0 1\n"
     "  crz (1 * angle 2) 0 1\n"},
    {"qubit[3] q; pow(3) @ t q[0]; inv @ pow(2) @ sx q[1]; pow(0) @ x q[0]; pow(0.5) @ z q[0];\n"
     "negctrl @ ctrl @ x q[0], q[1], q[2]; ctrl @ gphase(0.5) q[0]; ctrl(2) @ gphase(0.5) q[0], q[1];",
     "definition 0 \"program\", version 1, angles 0\n"
     "  data q: 3 from 0\n"
     "  repeat 3\n    t 0\n  end\n"
     "  repeat 2\n    sxdg 1\n  end\n"
     "  U (0) (0) (1.5707963267948966) 0\n"
     "  controlled x not 0 if 1 2\n"
     "  p (0.5) 0\n"
     "  cp (0.5) 0 1\n"},
    /* functions are those of other expressions */
    {"gate g(a) q { rx(mod(a, 3)) q; ry(a % 3) q; rz(asin(a / 4)) q; p(float[32](a) + 0) q; }\n"
     "qubit q; g(-4) q; rx(mod(-4.0, 3.0)) q; rz(asin(-1)) q;",
     "definition 0 \"program\", version 1, angles 0\n"
     "  data q: 1 from 0\n"
     "  call 1 \"g\" (-4) (-1) (-1) (-1.5707963267948966) (-4) 0\n"
     "  rx (-1) 0\n  rz (-1.5707963267948966) 0\n"
     "definition 1 \"g\", version 2, angles 5\n"
     "  data q: 1 from 0\n"
     "  rx (1 * angle 1) 0\n  ry (1 * angle 2) 0\n  rz (1 * angle 3) 0\n  p (1 * angle 4) 0\n"},
    /* loops that are repeats, and loops that are not */
    {"qubit[3] q; for int i in [1:1000000000] { h q[0]; for int j in [0:1] { cx q[j], q[j + 1]; } }\n"
     "for int i in {2, 0} { h q[i]; } for int i in [4:-2:1] rz(i) q[0]; for int i in [1:0] { x q[0]; }",
     "definition 0 \"program\", version 1, angles 0\n"
     "  data q: 3 from 0\n"
     "  repeat 1000000000\n    h 0\n    cx 0 1\n    cx 1 2\n  end\n"
     "  h 2\n  h 0\n  rz (4) 0\n  rz (2) 0\n"},
    /* a def of gates is a definition, once for the same numbers; another one a section */
    {"qubit[3] q; bit r;\n"
     "def turn(float a, qubit t) { for int i in [1:2] { rx(a * i) t; } }\n"
     "def parity(qubit[2] p, qubit a) -> bit { cx p[0], a; cx p[1], a; return measure a; }\n"
     "turn(0.5, q[0]); turn(0.5, q[1]); turn(0.25, q[2]); r = parity(q[0:1], q[2]); if (!r) { x q[0]; }",
     "definition 0 \"program\", version 1, angles 0\n"
     "  data q: 3 from 0\n"
     "  call 1 \"turn\" 0\n  call 1 \"turn\" 1\n  call 2 \"turn\" 2\n"
     "  section \"parity\"\n    cx 0 2\n    cx 1 2\n    measure 2 to bit 1\n  end\n"
     "  if bit 1 is 0\n    x 0\n  end\n"
     "definition 1 \"turn\", version 2, angles 0\n"
     "  data t_2: 1 from 0\n  rx (0.5) 0\n  rx (1) 0\n"
     "definition 2 \"turn\", version 3, angles 0\n"
     "  data t_2: 1 from 0\n  rx (0.25) 0\n  rx (0.5) 0\n"},
    {"qubit[2] q; qubit r;\n"
     "// @enter alpha\nh q;\n// @enter beta\nreset q; barrier q[1], r; barrier;\n// @leave\n// @leave\n"
     "let a = r ++ q[1]; cx a[0], a[1]; cx q, r; gphase(0.5); x $0;",
     "definition 0 \"program\", version 1, angles 0\n"
     "  data q: 2 from 0\n  data r: 1 from 2\n  data physical: 1 from 3\n"
     "  section \"alpha\"\n    h 0\n    h 1\n"
     "    section \"beta\"\n      reset 0\n      reset 1\n      barrier 1 2\n      barrier all\n    end\n  end\n"
     "  cx 2 1\n  cx 0 2\n  cx 1 2\n  gphase (0.5)\n  x 3\n"},
    {"qubit[3] q; bit[3] c; c = measure q; if (c[0]) x q[1]; else y q[1]; if (c == 5) z q[0];\n"
     "switch (uint[3](c)) { case 1 { h q[0]; } case 6 { h q[1]; } }",
     "definition 0 \"program\", version 1, angles 0\n"
     "  data q: 3 from 0\n"
     "  measure 0 to bit 0\n  measure 1 to bit 1\n  measure 2 to bit 2\n"
     "  if bit 0 is 1\n    x 1\n  end\n  if bit 0 is 0\n    y 1\n  end\n"
     "  if bit 0 is 1\n    if bit 1 is 0\n      if bit 2 is 1\n        z 0\n      end\n    end\n  end\n"
     "  if bit 0 is 1\n    if bit 1 is 0\n      if bit 2 is 0\n        h 0\n      end\n    end\n  end\n"
     "  if bit 0 is 0\n    if bit 1 is 1\n      if bit 2 is 1\n        h 1\n      end\n    end\n  end\n"},
};

static char *dumped(fixture *f, const qry_circuit *circuit)
{
    char *text, *kept;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    qry_circuit_dump(circuit, stream);
    fclose(stream);
    kept = qry_arena_text(f->arena, text, length);
    free(text);
    return kept;
}

static void test_circuits(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < sizeof circuits / sizeof *circuits; i++) {
        qry_qasm *program = read_text(f, circuits[i].text);
        const qry_elaboration *e = qry_qasm_elaborate(program);
        assert_true(e && e->exact);
        assert_string_equal(dumped(f, e->circuit), circuits[i].dump);
        assert_ptr_equal(qry_qasm_elaborate(program), e);
    }
}

/* ---- where bits end ---- */

#define START "qubit[3] q; bit[3] c; bit s; int n = 0; "

/* places: of c[0], c[1], c[2] and s: h at home, k another bit of the circuit, 0 or 1; NULL: not exact, for this reason. */
static const struct {
    const char *text, *places, *why;
} ends[] = {
    {START "c = measure q; s = measure q[0];", "hhhh", NULL},
    {START "c[1] = measure q[0]; c[2] = 1;", "0h10", NULL},
    {START "c[0] = measure q[0]; c[0] = 1; c[0] = measure q[1];", "h000", NULL},
    /* a copy keeps its bit; what is measured next goes elsewhere */
    {START "c[0] = measure q[0]; s = c[0]; c[0] = measure q[1];", "k00k", NULL},
    {START "c = measure q; c[0:1] = c[1:2];", "kkh0", NULL},
    /* in a branch: still the bit, which is 0 where it is not measured */
    {START "c[0] = measure q[0]; if (c[0]) { c[1] = measure q[1]; }", "hh00", NULL},
    {START "c = measure q; if (c[0]) { c[1] = measure q[1]; }", "hhh0", NULL},
    {START "c = measure q; if (c[0]) { c[1] = measure q[1]; } else { c[1] = measure q[2]; }", "hhh0", NULL},
    {START "c[0] = measure q[0]; if (c[0]) { bit t = measure q[1]; c[1] = t; }", "hk00", NULL},
    /* through an alias */
    {START "let a = c[1:2]; c = measure q; if (c[0]) { a[1] = measure q[1]; }", "hhh0", NULL},
    {START "let a = c[1:2]; c = measure q; if (c[0]) { a[1] = 1; a = \"00\"; }", NULL, "register ends"},
    {START "let a = c[1:2]; c = measure q; if (c[0]) { n = 1; a[n] = 0; a[int[1](c[0])] = 1; }", NULL, "register ends"},
    {START "let a = c[0] ++ s; a = measure q[0:1]; if (a == 3) { x q[2]; }", "h00h", NULL},
    /* known whichever way */
    {START "c[0] = measure q[0]; if (c[0]) { n = 3; } else { n = 3; } if (n == 3) { c[2] = 1; }", "h010", NULL},
    {START "c[0] = measure q[0]; if (c[0] && n == 1) { x q[1]; s = 1; }", "h000", NULL},
    {START "c[0] = measure q[0]; if (c[0]) { n = 1; }", "h000", NULL},
    {START "bit t = measure q[0]; if (t) { end; }", NULL, "goes on"},
    {START "c[0] = measure q[0]; if (c[0]) { s = 1; }", NULL, "register ends"},
    {START "c[0] = measure q[0]; if (c[0]) { n = 1; } x q[n];", NULL, "which qubit"},
    {START "c[0] = measure q[0]; if (c[0]) { n = 1; } rz(n) q[0];", NULL, "angle"},
    {START "c[0] = measure q[0]; if (c[0]) { n = 1; } if (n == 1) { x q[0]; }", NULL, "condition"},
    {START "c[0] = measure q[0]; while (c[0]) { c[0] = measure q[0]; }", NULL, "loop"},
    {START "c = measure q; for int i in [0:int[3](c)] { x q[0]; }", NULL, "loop"},
    {START "c = measure q; c[int[3](c)] = 1;", NULL, "register ends"},
    {START "c = measure q; if (c == 3) { x q[0]; } else { h q[0]; }", NULL, "several bits"},
    {START "c = measure q; if (c[0]) { c[0] = measure q[1]; } else { x q[2]; }", NULL, "measured again"},
    {START "c = measure q; switch (uint[3](c)) { case 1 { c[1] = measure q[1]; } case 3 { x q[0]; } }", NULL, "case"},
    {START "c = measure q; switch (uint[3](c)) { case 1 { x q[1]; } default { x q[0]; } }", NULL, "default"},
    {START "s = measure q[0]; if (s) { c[1] = measure q[1]; } else { c[1] = measure q[1]; c[1] = 0; }", NULL,
     "register ends"},
    {START "s = measure q[0]; for int i in [0:2] { if (s) { break; } x q[i]; }", NULL, "goes on"},
    {START "def f(bit b) -> int { if (b) { return 1; } return 0; } s = measure q[0]; x q[f(s)];", NULL, "goes on"},
    {START "s = measure q[0]; array[int, 2] a; a[0] = 1; if (s) { a[1] = 1; } x q[a[1]];", NULL, "which qubit"},
    {START "s = measure q[0]; array[int, 2] a; if (s) { a[1] = 1; } x q[a[0]];", "000h", NULL},
    {START "while (n < 100000000) { n += 1; }", NULL, "too long"},
};

static void check_places(fixture *f, qry_qasm *program, const qry_elaboration *e, const char *text, const char *places)
{
    size_t count;
    uint32_t home = 0;
    const qry_variable *variables = qry_qasm_variables(program, &count);
    const char *wanted = places;
    for (size_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < variables[i].bits; k++, home++, wanted++) {
            uint32_t place = e->place[i][k];
            char found = place == QRY_BIT_0 ? '0' : place == QRY_BIT_1 ? '1' : place == home ? 'h' : 'k';
            if (found != *wanted)
                fail_msg("%s: bit %u of %s is %c\n%s", text, k, variables[i].name, found, dumped(f, e->circuit));
        }
    assert_int_equal(*wanted, 0);
}

static void test_ends(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        qry_qasm *program = read_text(f, ends[i].text);
        const qry_elaboration *e = qry_qasm_elaborate(program);
        assert_non_null(e);
        if (e->exact != !ends[i].why || (ends[i].why && !strstr(e->why_text, ends[i].why)))
            fail_msg("%s: exact %d, %s", ends[i].text, e->exact, e->exact ? "" : e->why_text);
        if (e->exact)
            check_places(f, program, e, ends[i].text, ends[i].places);
    }
}

/* ---- what is inexact is still good for looking at ---- */

static void test_branches_once(void **state)
{
    fixture *f = *state;
    qry_qasm *program = read_text(f, "qubit[2] q; bit b; int n = 2;\n"
                                     "while (n > 1) { x q[0]; b = measure q[0]; if (b) { n = 0; } }\n"
                                     "if (n == 0) { h q[1]; } else { z q[1]; } delay[10ns] q[0];");
    const qry_elaboration *e = qry_qasm_elaborate(program);
    assert_true(e && !e->exact && e->timed);
    assert_string_equal(dumped(f, e->circuit),
                        "definition 0 \"program\", version 1, angles 0\n  data q: 2 from 0\n"
                        "  x 0\n  measure 0 to bit 0\n  x 0\n  measure 0 to bit 0\n  h 1\n  z 1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_circuits), TEST(test_ends), TEST(test_branches_once)};
    return cmocka_run_group_tests_name("elaborate", tests, NULL, NULL);
}
