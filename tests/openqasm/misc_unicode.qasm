// Letters of any script in names.
// expect: always 11
OPENQASM 3.0;
include "stdgates.inc";
gate поворот(θ) кубит { rx(θ) кубит; }
qubit[2] 量子;
bit[2] résultat;
const float[64] φ_0 = π;
поворот(π) 量子[0];
поворот(τ / 2) 量子[1];
résultat = measure 量子;
