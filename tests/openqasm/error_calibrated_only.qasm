// expect: error 4:1 pulse_gate
OPENQASM 3.0;
defcal pulse_gate $0 { play; }
pulse_gate $0;
