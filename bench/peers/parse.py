#!/usr/bin/env python3
"""Times one reader of OpenQASM on one file, and prints a line of JSON; compare.py calls it, with the environment's Python.

    parse.py TOOL FILE RUNS

Measured is the way from the text, in memory already, to the reader's own circuit."""
import importlib.metadata
import json
import pathlib
import sys
import time


def qiskit():
    """Its reader of OpenQASM 2 is written in Rust; that of OpenQASM 3 is not fast enough to be asked."""
    from qiskit import qasm2
    return qasm2.loads, len


def mqt():
    from mqt.core.ir import QuantumComputation
    return QuantumComputation.from_qasm_str, lambda circuit: circuit.num_ops


TOOLS = {"qiskit": ("qiskit", qiskit), "mqt": ("mqt-core", mqt)}


def main():
    tool, path, runs = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
    package, make = TOOLS[tool]
    load, count = make()
    text = path.read_text()
    seconds = []
    for _ in range(runs):
        begin = time.perf_counter()
        circuit = load(text)
        seconds.append(time.perf_counter() - begin)
        gates = count(circuit)
        del circuit
    print(json.dumps({"tool": tool, "version": importlib.metadata.version(package), "file": path.name, "gates": gates,
                      "seconds": seconds}))


if __name__ == "__main__":
    main()
