/* standard_test.c: the includes that are built in. What a gate does is what its text says, phase included; and gates of
 * qelib1.inc that are put together from others are what they are said to be. */
#include "qasm/read/parser.h"
#include "sim/sim.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The state that a program leaves behind, phase included. */
static const double *state_of(fixture *f, const char *text, uint32_t *width)
{
    qry_qasm *program = qry_qasm_read(f->ctx, qry_source_from_text(f->ctx, "standard.qasm", text, strlen(text)));
    const qry_elaboration *e = program ? qry_qasm_elaborate(program) : NULL;
    if (!e)
        fail_msg("%s\n%s", text, f->text);
    *width = qry_circuit_program(e->circuit)->width;
    return qry_reference_state(f->arena, e->circuit);
}

/* A gate beside a body in a program that brings any state and a control, which makes phases count. */
static void assert_gate_is(fixture *f, const char *include, const char *name, const char *parameters,
                           const char *qubits, const char *body)
{
    static const char *const angles[] = {"(0.3)", "(0.3, -0.8)", "(0.3, -0.8, 1.1)", "(0.3, -0.8, 1.1, 0.5)"};
    int angle_count = 0, qubit_count = 1;
    for (const char *c = parameters; *c; c++)
        angle_count += *c == ',' || *c == '(';
    for (const char *c = qubits; *c; c++)
        qubit_count += *c == ',';
    const double *states[2];
    uint32_t width = 0;
    for (int own = 0; own < 2; own++) {
        char text[4096], *at = text;
        at += sprintf(at, "include \"%s\";\ngate own%s %s { %s }\nqubit[%d] q;\nqubit k;\nh k;\n", include, parameters,
                      qubits, body, qubit_count);
        for (int i = 0; i < qubit_count; i++)
            at +=
                sprintf(at, "ry(%.1f) q[%d];\nrz(%.1f) q[%d];\ncx k, q[%d];\n", 0.4 + 0.3 * i, i, 0.7 - 0.4 * i, i, i);
        at += sprintf(at, "ctrl @ %s%s k", own ? "own" : name, angle_count ? angles[angle_count - 1] : "");
        for (int i = 0; i < qubit_count; i++)
            at += sprintf(at, ", q[%d]", i);
        strcpy(at, ";\n");
        states[own] = state_of(f, text, &width);
    }
    for (size_t i = 0; i < (size_t)2 << width; i++)
        if (fabs(states[0][i] - states[1][i]) > 1e-12)
            fail_msg("%s of %s is not { %s }", name, include, body);
}

/* Every gate beside its own text. */
static void test_texts(void **state)
{
    static const char *const includes[] = {"stdgates.inc", "qelib1.inc"};
    size_t gates = 0;
    for (size_t k = 0; k < 2; k++) {
        char *text = strdup(qry_standard_include(includes[k])), *rest = text, *line;
        while ((line = strsep(&rest, "\n")) && *line) {
            char name[16], parameters[32] = "", qubits[32], *body = strchr(line, '{');
            char *end = strrchr(line, '}');
            assert_true(body && end);
            *body++ = *end = 0;
            assert_true(sscanf(line, "gate %15[a-zA-Z0-9]%31[^)])%31[^{]", name, parameters, qubits) == 3 ||
                        sscanf(line, "gate %15[a-zA-Z0-9] %31[^{]", name, qubits) == 2);
            if (parameters[0] == '(')
                strcat(parameters, ")");
            else
                parameters[0] = 0;
            assert_gate_is(*state, includes[k], name, parameters, qubits, body);
            gates++;
        }
        free(text);
    }
    assert_int_equal(gates, 32 + 42);
}

/* By other ways to say the same: U of OpenQASM 3, controls, and what products of rotations commute to. */
static void test_meanings(void **state)
{
    static const struct {
        const char *include, *name, *parameters, *qubits, *body;
    } gates[] = {
        {"qelib1.inc", "u3", "(a, b, c)", "q", "gphase(-(a + b + c)/2); U(a, b, c) q;"},
        {"qelib1.inc", "u", "(a, b, c)", "q", "gphase(-(a + b + c)/2); U(a, b, c) q;"},
        {"qelib1.inc", "u2", "(b, c)", "q", "gphase(-(pi/2 + b + c)/2); U(pi/2, b, c) q;"},
        {"qelib1.inc", "u1", "(a)", "q", "U(0, 0, a) q;"},
        {"qelib1.inc", "cu1", "(a)", "k, q", "ctrl @ U(0, 0, a) k, q;"},
        {"qelib1.inc", "cu3", "(a, b, c)", "k, q", "ctrl @ gphase(-a/2) k; ctrl @ U(a, b, c) k, q;"},
        {"qelib1.inc", "cu", "(a, b, c, d)", "k, q", "ctrl @ gphase(d - a/2) k; ctrl @ U(a, b, c) k, q;"},
        {"stdgates.inc", "cu", "(a, b, c, d)", "k, q", "ctrl @ gphase(d - a/2) k; ctrl @ U(a, b, c) k, q;"},
        {"qelib1.inc", "sx", "", "q", "gphase(pi/4); rx(pi/2) q;"},
        {"qelib1.inc", "sxdg", "", "q", "inv @ sx q;"},
        {"qelib1.inc", "csx", "", "k, q", "ctrl @ pow(1/2.) @ x k, q;"},
        {"qelib1.inc", "rxx", "(a)", "c, d", "cx c, d; rx(a) c; cx c, d;"},
        {"qelib1.inc", "rzz", "(a)", "c, d", "gphase(-a/2); p(a) c; p(a) d; cp(-2*a) c, d;"},
        {"qelib1.inc", "rccx", "", "a, b, c", "ctrl @ negctrl @ z a, b, c; ctrl(2) @ y a, b, c;"},
        {"qelib1.inc", "c3x", "", "a, b, c, d", "ctrl @ ccx a, b, c, d;"},
        {"qelib1.inc", "c3sqrtx", "", "a, b, c, d", "h d; ctrl(3) @ p(pi/2) a, b, c, d; h d;"},
        {"qelib1.inc", "c4x", "", "a, b, c, d, e", "ctrl(2) @ ccx a, b, c, d, e;"},
        {"qelib1.inc", "u0", "(a)", "q", ""},
    };
    for (size_t i = 0; i < sizeof gates / sizeof *gates; i++)
        assert_gate_is(*state, gates[i].include, gates[i].name, gates[i].parameters, gates[i].qubits, gates[i].body);
}

/* rc3x is c3x up to phases: it takes every basis state where that does. */
static void test_relative_phases(void **state)
{
    for (unsigned basis = 0; basis < 16; basis++) {
        char text[1024], *at = text + sprintf(text, "include \"qelib1.inc\";\nqubit[4] q;\n");
        for (int i = 0; i < 4; i++)
            if (basis >> i & 1)
                at += sprintf(at, "x q[%d];\n", i);
        strcpy(at, "rc3x q[0], q[1], q[2], q[3];\n");
        uint32_t width;
        const double *amplitudes = state_of(*state, text, &width);
        unsigned wanted = (basis & 7) == 7 ? basis ^ 8 : basis;
        assert_true(fabs(hypot(amplitudes[2 * wanted], amplitudes[2 * wanted + 1]) - 1) < 1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_texts),
        TEST(test_meanings),
        TEST(test_relative_phases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
