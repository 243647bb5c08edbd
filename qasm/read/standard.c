/* standard.c: the includes that are built in: stdgates.inc as the specification of OpenQASM 3 has it, and qelib1.inc, the
 * library of OpenQASM 2. A gate that gates.def has too is that gate; its body here says what it is and is not run. The
 * gates of qelib1.inc are written without U, whose phase differs between the versions. CX is the controlled X of OpenQASM
 * 2, not the controlled U(pi, 0, pi) of the specification's text, which is i times X in OpenQASM 3. */
#include "qasm/read/parser.h"

#include <string.h>

static const char stdgates[] = "gate p(a) q { ctrl @ gphase(a) q; }\n"
                               "gate x q { U(pi, 0, pi) q; gphase(-pi/2); }\n"
                               "gate y q { U(pi, pi/2, pi/2) q; gphase(-pi/2); }\n"
                               "gate z q { p(pi) q; }\n"
                               "gate h q { U(pi/2, 0, pi) q; gphase(-pi/4); }\n"
                               "gate s q { pow(1/2) @ z q; }\n"
                               "gate sdg q { inv @ s q; }\n"
                               "gate t q { pow(1/4) @ z q; }\n"
                               "gate tdg q { inv @ t q; }\n"
                               "gate sx q { pow(1/2) @ x q; }\n"
                               "gate rx(a) q { U(a, -pi/2, pi/2) q; gphase(-a/2); }\n"
                               "gate ry(a) q { U(a, 0, 0) q; gphase(-a/2); }\n"
                               "gate rz(a) q { gphase(-a/2); U(0, 0, a) q; }\n"
                               "gate cx c, q { ctrl @ x c, q; }\n"
                               "gate cy c, q { ctrl @ y c, q; }\n"
                               "gate cz c, q { ctrl @ z c, q; }\n"
                               "gate cp(a) c, q { ctrl @ p(a) c, q; }\n"
                               "gate crx(a) c, q { ctrl @ rx(a) c, q; }\n"
                               "gate cry(a) c, q { ctrl @ ry(a) c, q; }\n"
                               "gate crz(a) c, q { ctrl @ rz(a) c, q; }\n"
                               "gate ch c, q { ctrl @ h c, q; }\n"
                               "gate swap a, b { cx a, b; cx b, a; cx a, b; }\n"
                               "gate ccx a, b, q { ctrl @ ctrl @ x a, b, q; }\n"
                               "gate cswap c, a, b { ctrl @ swap c, a, b; }\n"
                               "gate cu(a, b, c, d) k, q { p(d - a/2) k; ctrl @ U(a, b, c) k, q; }\n"
                               "gate CX c, q { ctrl @ x c, q; }\n"
                               "gate phase(a) q { U(0, 0, a) q; }\n"
                               "gate cphase(a) c, q { ctrl @ phase(a) c, q; }\n"
                               "gate id q { U(0, 0, 0) q; }\n"
                               "gate u1(a) q { U(0, 0, a) q; }\n"
                               "gate u2(b, c) q { gphase(-(b + c + pi/2)/2); U(pi/2, b, c) q; }\n"
                               "gate u3(a, b, c) q { gphase(-(a + b + c)/2); U(a, b, c) q; }\n";

/* rxx, rzz, cu1 and cu3 of the library are exact up to a phase of the whole; here they are the gates that Qiskit means by
 * these names, without it. */
static const char qelib1[] =
    "gate p(a) q { ctrl @ gphase(a) q; }\n"
    "gate rz(a) q { gphase(-a/2); p(a) q; }\n"
    "gate ry(a) q { sdg q; rx(a) q; s q; }\n"
    "gate u3(a, b, c) q { rz(c) q; ry(a) q; rz(b) q; }\n"
    "gate u2(b, c) q { u3(pi/2, b, c) q; }\n"
    "gate u1(a) q { p(a) q; }\n"
    "gate cx c, q { ctrl @ x c, q; }\n"
    "gate id q { }\n"
    "gate u0(n) q { }\n"
    "gate u(a, b, c) q { u3(a, b, c) q; }\n"
    "gate x q { h q; z q; h q; }\n"
    "gate y q { sdg q; x q; s q; }\n"
    "gate z q { p(pi) q; }\n"
    "gate h q { z q; ry(pi/2) q; }\n"
    "gate s q { p(pi/2) q; }\n"
    "gate sdg q { p(-pi/2) q; }\n"
    "gate t q { p(pi/4) q; }\n"
    "gate tdg q { p(-pi/4) q; }\n"
    "gate rx(a) q { h q; rz(a) q; h q; }\n"
    "gate sx q { h q; s q; h q; }\n"
    "gate sxdg q { h q; sdg q; h q; }\n"
    "gate cz c, q { ctrl @ z c, q; }\n"
    "gate cy c, q { ctrl @ y c, q; }\n"
    "gate swap a, b { cx a, b; cx b, a; cx a, b; }\n"
    "gate ch c, q { ctrl @ h c, q; }\n"
    "gate ccx a, b, q { ctrl @ ctrl @ x a, b, q; }\n"
    "gate cswap c, a, b { ctrl @ swap c, a, b; }\n"
    "gate crx(a) c, q { ctrl @ rx(a) c, q; }\n"
    "gate cry(a) c, q { ctrl @ ry(a) c, q; }\n"
    "gate crz(a) c, q { ctrl @ rz(a) c, q; }\n"
    "gate cp(a) c, q { ctrl @ p(a) c, q; }\n"
    "gate cu1(a) c, q { cp(a) c, q; }\n"
    "gate cu3(a, b, c) k, q { p((b + c)/2) k; crz(c) k, q; cry(a) k, q; crz(b) k, q; }\n"
    "gate csx c, q { h q; cp(pi/2) c, q; h q; }\n"
    "gate cu(a, b, c, d) k, q { p(d) k; cu3(a, b, c) k, q; }\n"
    "gate rzz(a) c, d { cx c, d; rz(a) d; cx c, d; }\n"
    "gate rxx(a) c, d { h c; h d; rzz(a) c, d; h c; h d; }\n"
    "gate rccx a, b, c { h c; t c; cx b, c; tdg c; cx a, c; t c; cx b, c; tdg c; h c; }\n"
    "gate rc3x a, b, c, d { h d; t d; cx c, d; tdg d; h d; cx a, d; t d; cx b, d; tdg d; cx a, d; t d; cx b, d; tdg d; "
    "h d; t d; cx c, d; tdg d; h d; }\n"
    "gate c3x a, b, c, d { ctrl(3) @ x a, b, c, d; }\n"
    "gate c3sqrtx a, b, c, d { ctrl(3) @ sx a, b, c, d; }\n"
    "gate c4x a, b, c, d, e { ctrl(4) @ x a, b, c, d, e; }\n";

const char *qry_standard_include(const char *path)
{
    if (strcmp(path, "stdgates.inc") == 0)
        return stdgates;
    return strcmp(path, "qelib1.inc") == 0 ? qelib1 : NULL;
}
