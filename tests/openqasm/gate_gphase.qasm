// A global phase is part of the state, inside of gates too.
// expect: state 0 = -1j
OPENQASM 3.0;
gate turn(a) q { gphase(a); }
qubit q;
gphase(pi);
turn(pi / 2) q;
