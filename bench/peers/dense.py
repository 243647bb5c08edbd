#!/usr/bin/env python3
"""Times one simulator on one circuit, and prints a line of JSON; compare.py calls it, with the environment's Python.

    dense.py TOOL CIRCUIT THREADS RUNS [INDICES]

TOOL is a name of TOOLS, CIRCUIT qft-24, random-24 or so. Measured is the simulation: making the state, fusing gates and
applying them; the circuit stands ready in the simulator's own form beforehand, since reading is another matter (parse.py).
Where the simulator lets none of that be called alone, it is asked for a single amplitude. INDICES are the basis states whose
amplitudes are printed as well: a number, qubit i its bit i, or `all`."""
import json
import os
import sys

TOOL, CIRCUIT, THREADS, RUNS = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
os.environ["OMP_NUM_THREADS"] = str(THREADS)  # read when the simulators are loaded
import importlib.metadata
import time

import numpy

import circuits


def once(action):
    begin = time.perf_counter()
    result = action()
    return time.perf_counter() - begin, result


class Lightning:
    """PennyLane's state vector, with the operations of a tape: neither devices nor transforms in between."""
    package = "pennylane-lightning"

    def __init__(self, gates, qubits, single=False):
        import pennylane
        from pennylane_lightning.lightning_qubit._state_vector import LightningStateVector
        make = {"h": pennylane.Hadamard, "cx": pennylane.CNOT, "cp": pennylane.ControlledPhaseShift, "rx": pennylane.RX,
                "ry": pennylane.RY}
        self.operations = [make[gate[0]](*[x for x in gate[1:] if isinstance(x, float)],
                                         wires=[x for x in gate[1:] if not isinstance(x, float)]) for gate in gates]
        self.type, self.qubits = numpy.complex64 if single else numpy.complex128, qubits
        self.make = LightningStateVector

    def run(self):
        def simulate():
            state = self.make(num_wires=self.qubits, dtype=self.type)
            state.apply_operations(self.operations)
            return state
        seconds, self.made = once(simulate)
        return seconds

    def amplitudes(self, indices):
        state = self.made.state  # wire 0 is the highest bit
        return [state[int(format(i, f"0{self.qubits}b")[::-1], 2)] for i in indices]


class Qulacs:
    package = "qulacs"

    def __init__(self, gates, qubits, light=False):
        import qulacs
        self.qulacs, self.qubits, self.light = qulacs, qubits, light
        self.circuit = qulacs.QuantumCircuit(qubits)
        for name, *rest in gates:
            if name == "h":
                self.circuit.add_H_gate(rest[0])
            elif name == "cx":
                self.circuit.add_CNOT_gate(*rest)
            elif name == "cp":
                phase = qulacs.gate.to_matrix_gate(qulacs.gate.U1(rest[2], rest[0]))  # the fastest of three ways
                phase.add_control_qubit(rest[1], 1)
                self.circuit.add_gate(phase)
            else:  # its angles have the opposite sign
                getattr(self.circuit, f"add_{name.upper()}_gate")(rest[1], -rest[0])

    def run(self):
        def simulate():
            circuit = self.circuit
            if self.light:
                self.qulacs.circuit.QuantumCircuitOptimizer().optimize_light(circuit)
            state = self.qulacs.QuantumState(self.qubits)
            circuit.update_quantum_state(state)
            return state
        whole, self.circuit = self.circuit, self.circuit.copy()  # which the optimiser changes
        seconds, self.made = once(simulate)
        self.circuit = whole
        return seconds

    def amplitudes(self, indices):
        return [self.made.get_amplitude(i) for i in indices]


class Qsim:
    package = "qsimcirq"

    def __init__(self, gates, qubits, fused):
        import cirq
        import qsimcirq
        line = cirq.LineQubit.range(qubits)
        self.qubits, self.order = qubits, line[::-1]  # Cirq's first qubit is the highest bit
        make = {"h": lambda q: cirq.H(line[q]), "cx": lambda a, b: cirq.CX(line[a], line[b]),
                "cp": lambda t, a, b: cirq.CZPowGate(exponent=t / numpy.pi)(line[a], line[b]),
                "rx": lambda t, q: cirq.rx(t)(line[q]), "ry": lambda t, q: cirq.ry(t)(line[q])}
        self.circuit = cirq.Circuit(make[name](*rest) for name, *rest in gates)
        options = qsimcirq.QSimOptions(max_fused_gate_size=fused, cpu_threads=THREADS)
        self.simulator = qsimcirq.QSimSimulator(options)
        self.indices = [0]

    def run(self):
        seconds, self.made = once(lambda: self.simulator.compute_amplitudes(
            self.circuit, bitstrings=self.indices, qubit_order=self.order))
        return seconds

    def amplitudes(self, indices):
        self.indices = list(indices)
        self.run()
        return self.made


class Aer:
    """What it says itself of the time of an experiment: fusing and applying, without the way from and to Python."""
    package = "qiskit-aer"

    def __init__(self, gates, qubits, single=False):
        from qiskit import QuantumCircuit
        from qiskit_aer import AerSimulator
        self.circuit, self.asked = QuantumCircuit(qubits), [0]
        for name, *rest in gates:
            getattr(self.circuit, name)(*rest)
        self.simulator = AerSimulator(method="statevector", precision="single" if single else "double",
                                      max_parallel_threads=THREADS)

    def run(self):
        circuit = self.circuit.copy()
        circuit.save_amplitudes(self.asked)
        result = self.simulator.run(circuit, shots=1).result()
        if not result.success:
            raise RuntimeError(result.status)
        self.made = result.data()["amplitudes"]
        return result.results[0].time_taken

    def amplitudes(self, indices):
        self.asked = list(indices)
        self.run()
        return self.made


# name: precision, what makes it
TOOLS = {
    "lightning": ("double", Lightning),
    "lightning, single": ("single", lambda gates, qubits: Lightning(gates, qubits, single=True)),
    "qulacs": ("double", Qulacs),
    "qulacs, optimize_light": ("double", lambda gates, qubits: Qulacs(gates, qubits, light=True)),
    "aer": ("double", Aer),
    "aer, single": ("single", lambda gates, qubits: Aer(gates, qubits, single=True)),
    "qsim, fused 2": ("single", lambda gates, qubits: Qsim(gates, qubits, 2)),
    "qsim, fused 3": ("single", lambda gates, qubits: Qsim(gates, qubits, 3)),
    "qsim, fused 4": ("single", lambda gates, qubits: Qsim(gates, qubits, 4)),
}


def main():
    precision, make = TOOLS[TOOL]
    gates, qubits = circuits.named(CIRCUIT)
    simulator = make(gates, qubits)
    line = {"tool": TOOL, "precision": precision, "version": importlib.metadata.version(simulator.package),
            "circuit": CIRCUIT, "threads": THREADS, "seconds": [simulator.run() for _ in range(RUNS)]}
    if len(sys.argv) > 5:
        indices = range(1 << qubits) if sys.argv[5] == "all" else [int(sys.argv[5])]
        line["amplitudes"] = [[float(a.real), float(a.imag)] for a in map(complex, simulator.amplitudes(indices))]
    print(json.dumps(line))


if __name__ == "__main__":
    main()
