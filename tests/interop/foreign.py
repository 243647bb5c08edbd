#!/usr/bin/env python3
"""Loads files that other toolchains write, runs them with `quarry run`, and compares with what those toolchains say of them.

    foreign.py QUARRY FOLDER

FOLDER is that of interop.py, with the same environment; ends with status 77 where PyPI cannot be reached. Circuits are random, from
fixed seeds: 200 from Qiskit, each as OpenQASM 3 and, where Qiskit can write it so, as OpenQASM 2; and some from Cirq and pytket.
Programs full of modifiers, which none of them writes, are read by Qiskit and by us.

States are compared to 1e-10, up to a global phase. Programs that measure and go on are compared by shots, ours and Aer's, so that
a right program fails once in a million runs of all of them."""
import cmath
import json
import math
import os
import pathlib
import random
import subprocess
import sys

import interop

PLAIN, MIXED, MEASURED = 100, 60, 40  # circuits from Qiskit
MODIFIED = 50  # programs with modifiers that Qiskit reads as well
OTHERS = 15  # from Cirq and from pytket, each
SHOTS = 4000


class Quarry:
    def __init__(self, program, folder):
        self.program, self.path, self.runs = program, folder / "foreign.qasm", 0

    def run(self, text, *words):
        self.runs += 1
        self.path.write_text(text)
        done = subprocess.run([self.program, "run", "--json", *words, self.path], capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout)

    def state(self, text):
        """Amplitudes by number, qubit 0 of the first register the lowest bit."""
        return {int(key.replace(" ", ""), 2): complex(re, im) for key, re, im in self.run(text, "--state")["state"]}

    def counts(self, text, seed):
        return self.run(text, "--shots", str(SHOTS), "--seed", str(seed))["counts"]


def state_fault(ours, theirs):
    """None, or what is wrong; theirs is an array."""
    top = max(range(len(theirs)), key=lambda i: abs(theirs[i]))
    if abs(ours.get(top, 0)) < 1e-9:
        return f"amplitude {top}: ours 0, theirs {theirs[top]}"
    turn = cmath.exp(1j * (cmath.phase(theirs[top]) - cmath.phase(ours[top])))
    for i, amplitude in enumerate(theirs):
        if abs(ours.get(i, 0) * turn - amplitude) > 1e-10:
            return f"amplitude {i}: ours {ours.get(i, 0) * turn}, theirs {amplitude}"
    return None


def counts_fault(ours, theirs):
    """Both drawn: Hoeffding's inequality for the difference of two means, over all outcomes of all circuits."""
    keys = set(ours) | set(theirs)
    allowed = math.sqrt(math.log(2 * len(keys) * MEASURED / 1e-6) / SHOTS)
    for key in sorted(keys):
        if abs(ours.get(key, 0) - theirs.get(key, 0)) / SHOTS > allowed:
            return f"{key}: ours {ours.get(key, 0)}, theirs {theirs.get(key, 0)} of {SHOTS}"
    return None


# ---------------------------------------------------------------- circuits from Qiskit

def angle(chance):
    return chance.choice((math.pi / 2, -math.pi / 4, math.pi, chance.uniform(-7, 7)))


def library(chance):
    """A random gate of Qiskit's library with random angles."""
    from qiskit.circuit import library as gates
    kinds = [(gates.UGate, 3), (gates.PhaseGate, 1), (gates.RXGate, 1), (gates.RYGate, 1), (gates.RZGate, 1),
             (gates.U1Gate, 1), (gates.U2Gate, 2), (gates.U3Gate, 3), (gates.CUGate, 4), (gates.CPhaseGate, 1),
             (gates.CRXGate, 1), (gates.CRYGate, 1), (gates.CRZGate, 1), (gates.RXXGate, 1), (gates.RYYGate, 1),
             (gates.RZZGate, 1), (gates.RZXGate, 1), (gates.RGate, 2), (gates.CU1Gate, 1), (gates.CU3Gate, 3)]
    kinds += [(kind, 0) for kind in (
        gates.XGate, gates.YGate, gates.ZGate, gates.HGate, gates.SGate, gates.SdgGate, gates.TGate, gates.TdgGate,
        gates.SXGate, gates.SXdgGate, gates.IGate, gates.CXGate, gates.CYGate, gates.CZGate, gates.CHGate, gates.CSXGate,
        gates.SwapGate, gates.iSwapGate, gates.DCXGate, gates.ECRGate, gates.CCXGate, gates.CCZGate, gates.CSwapGate,
        gates.RCCXGate, gates.RC3XGate, gates.C3XGate, gates.C3SXGate, gates.CSGate, gates.CSdgGate)]
    kind, angles = chance.choice(kinds)
    return kind(*[angle(chance) for _ in range(angles)])


def own_gate(chance, deep=True):
    """A gate of several, maybe with a global phase, inverted, controlled or repeated."""
    from qiskit import QuantumCircuit
    body = QuantumCircuit(chance.randint(1, 2), name=f"own{chance.randrange(10 ** 9)}")
    for _ in range(chance.randint(1, 4)):
        gate = own_gate(chance, False) if deep and chance.random() < 0.3 else library(chance)
        if gate.num_qubits <= body.num_qubits:
            body.append(gate, chance.sample(range(body.num_qubits), gate.num_qubits))
    if chance.random() < 0.4:
        body.global_phase = angle(chance)
    gate = body.to_gate()
    if chance.random() < 0.3:
        gate = gate.inverse()
    if deep and chance.random() < 0.4:
        controls = chance.randint(1, 2)
        gate = gate.control(controls, ctrl_state=chance.randrange(1 << controls))
    return gate


def mixed_circuit(seed):
    from qiskit import QuantumCircuit, QuantumRegister
    chance = random.Random(seed)
    circuit = QuantumCircuit(QuantumRegister(chance.randint(1, 3), "a"), QuantumRegister(chance.randint(1, 3), "b"))
    while len(circuit.data) < 12:
        gate = own_gate(chance) if chance.random() < 0.3 else library(chance)
        if chance.random() < 0.2 and gate.num_qubits < 3:
            gate = gate.control(1, ctrl_state=chance.randrange(2))
        if gate.num_qubits <= circuit.num_qubits:
            circuit.append(gate, chance.sample(range(circuit.num_qubits), gate.num_qubits))
        if chance.random() < 0.1:
            circuit.barrier()
    circuit.global_phase = angle(chance)
    return circuit


def measured_circuit(seed):
    """With measurements in the middle, resets, and what hangs on measured bits."""
    from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
    chance = random.Random(seed)
    first, second = ClassicalRegister(2, "c"), ClassicalRegister(2, "d")
    circuit = QuantumCircuit(QuantumRegister(4, "q"), first, second)

    def some_gates(count):
        for _ in range(count):
            gate = library(chance)
            if gate.num_qubits <= 3:
                circuit.append(gate, chance.sample(range(4), gate.num_qubits))

    some_gates(6)
    for _ in range(3):
        circuit.measure(chance.randrange(4), chance.choice([*first, *second]))
        kind = chance.randrange(5)
        if kind == 0:
            with circuit.if_test((first, chance.randrange(4))):
                some_gates(2)
        elif kind == 1:
            with circuit.if_test((chance.choice(second), 1)) as otherwise:
                some_gates(2)
            with otherwise:
                some_gates(2)
        elif kind == 2:
            with circuit.switch(first) as case:
                with case(0, 3):
                    some_gates(1)
                with case(case.DEFAULT):
                    some_gates(1)
        elif kind == 3:
            with circuit.for_loop(range(3)):
                some_gates(2)
        else:
            circuit.reset(chance.randrange(4))
        some_gates(2)
    circuit.measure(range(4), [*first, *second])
    return circuit


def qiskit_texts(circuit):
    from qiskit import qasm2, qasm3
    yield "OpenQASM 3", qasm3.dumps(circuit)
    try:
        yield "OpenQASM 2", qasm2.dumps(circuit)
    except qasm2.QASM2ExportError:
        pass  # it has no words for what is in it


def check_states(quarry, name, circuit):
    from qiskit.quantum_info import Statevector
    theirs = Statevector(circuit).data
    for language, text in qiskit_texts(circuit):
        yield f"{name}, {language}", text, lambda text=text: state_fault(quarry.state(text), theirs)


def check_counts(quarry, name, circuit, seed):
    from qiskit import qasm3, transpile
    from qiskit_aer import AerSimulator
    text = qasm3.dumps(circuit)

    def fault():
        engine = AerSimulator(method="statevector", seed_simulator=seed)
        theirs = engine.run(transpile(circuit, engine, optimization_level=0), shots=SHOTS).result().get_counts()
        return counts_fault(quarry.counts(text, seed), theirs)
    yield f"{name}, OpenQASM 3", text, fault


def from_qiskit(quarry):
    from qiskit.circuit.random import random_circuit
    for seed in range(PLAIN):
        circuit = random_circuit(1 + seed % 7, 2 + seed % 9, max_operands=4, seed=seed)
        yield from check_states(quarry, f"Qiskit, random circuit {seed}", circuit)
    for seed in range(MIXED):
        yield from check_states(quarry, f"Qiskit, mixed circuit {seed}", mixed_circuit(seed))
    for seed in range(MEASURED):
        yield from check_counts(quarry, f"Qiskit, measured circuit {seed}", measured_circuit(seed), seed)


# ---------------------------------------------------------------- our own, read by Qiskit

def modified(chance, gates, operands, angles):
    """A statement: one of the gates under random modifiers; nothing where the operands are too few."""
    name, count, width = chance.choice(gates)
    words, controls = [], 0
    if count == 0 and width == 1 and name in ("x", "h", "s", "t") and chance.random() < 0.2:
        words.append(f"pow({chance.choice((0.5, 0.25, 1.5, -0.5))})")
    for _ in range(chance.choice((0, 0, 1, 2, 3))):
        words.insert(0, chance.choice(("ctrl", "negctrl", "ctrl(2)", "inv", "pow(2)", "pow(-1)", "pow(3)")))
        controls += {"ctrl": 1, "negctrl": 1, "ctrl(2)": 2}.get(words[0], 0)
    if controls + width > len(operands):
        return ""
    values = ", ".join(chance.choice(angles) + chance.choice(("", " / 2", " * 0.7")) for _ in range(count))
    call = name + (f"({values})" if count else "")
    return "".join(f"{word} @ " for word in words) + f"{call} {', '.join(chance.sample(operands, controls + width))};"


def modified_program(seed):
    """Gates of gates under modifiers, applied under modifiers, on every basis state at once."""
    chance = random.Random(seed)
    gates = [("x", 0, 1), ("h", 0, 1), ("s", 0, 1), ("t", 0, 1), ("p", 1, 1), ("rx", 1, 1), ("ry", 1, 1), ("rz", 1, 1),
             ("cx", 0, 2), ("swap", 0, 2), ("crz", 1, 2), ("cswap", 0, 3)]
    lines = ["OPENQASM 3.0;", 'include "stdgates.inc";']
    for name in ("first", "second", "third"):
        width = chance.randint(1, 3)
        body = [modified(chance, gates, ["a", "b", "c"][:width], ["0.3", "-1.1"]) for _ in range(3)]
        body.append(f"gphase({chance.uniform(-3, 3):.3f});")
        lines.append(f"gate {name} {', '.join(['a', 'b', 'c'][:width])} {{ {' '.join(body)} }}")
        gates += 3 * [(name, 0, width)]
    operands = [f"q[{i}]" for i in range(5)]
    lines += ["qubit[5] q;"] + [f"h {qubit};" for qubit in operands]
    lines += [modified(chance, gates, operands, ["0.4", "2.5"]) for _ in range(6)]
    return "\n".join(line for line in lines if line) + "\n"


def read_alike(quarry):
    from qiskit import qasm3
    from qiskit.quantum_info import Statevector
    for seed in range(MODIFIED):
        text = modified_program(seed)
        theirs = Statevector(qasm3.loads(text)).data  # by the gates' matrices; what it synthesises is off by up to 1e-5
        yield f"modifiers, program {seed}", text, \
            lambda text=text, theirs=theirs: state_fault(quarry.state(text), theirs)


# ---------------------------------------------------------------- circuits from others

def from_cirq(quarry):
    import cirq
    gates = dict(cirq.testing.DEFAULT_GATE_DOMAIN)
    gates.update({cirq.rx(0.3): 1, cirq.ry(-1.7): 1, cirq.rz(2.2): 1, cirq.T ** -1: 1, cirq.CX ** 0.5: 2, cirq.CZ ** 0.25: 2,
                  cirq.TOFFOLI: 3, cirq.FREDKIN: 3, cirq.ISWAP: 2, cirq.X ** 0.5: 1, cirq.PhasedXPowGate(phase_exponent=0.2): 1})
    for seed in range(OTHERS):
        qubits = cirq.LineQubit.range(2 + seed % 4)
        circuit = cirq.testing.random_circuit(qubits, 8, 0.7, gate_domain=gates, random_state=seed)
        order = sorted(circuit.all_qubits(), reverse=True)  # Cirq's first qubit is the highest bit
        theirs = circuit.final_state_vector(qubit_order=order, dtype=complex)
        for version in ("2.0", "3.0"):
            text = circuit.to_qasm(version=version, precision=16)
            if version == "3.0" and "sxdg" in text:
                continue  # stdgates.inc has no such gate
            yield f"Cirq, circuit {seed}, OpenQASM {version}", text, \
                lambda text=text, theirs=theirs: state_fault(quarry.state(text), theirs)


def from_pytket(quarry):
    from pytket.circuit import Circuit, OpType
    from pytket.qasm import circuit_to_qasm_str
    kinds = [(OpType.H, 0, 1), (OpType.X, 0, 1), (OpType.Sdg, 0, 1), (OpType.T, 0, 1), (OpType.SX, 0, 1), (OpType.SXdg, 0, 1),
             (OpType.Rx, 1, 1), (OpType.Ry, 1, 1), (OpType.Rz, 1, 1), (OpType.U1, 1, 1), (OpType.U2, 2, 1), (OpType.U3, 3, 1),
             (OpType.CX, 0, 2), (OpType.CY, 0, 2), (OpType.CZ, 0, 2), (OpType.CH, 0, 2), (OpType.CRz, 1, 2), (OpType.CU1, 1, 2),
             (OpType.CU3, 3, 2), (OpType.SWAP, 0, 2), (OpType.ZZPhase, 1, 2), (OpType.XXPhase, 1, 2), (OpType.CCX, 0, 3),
             (OpType.CSWAP, 0, 3)]
    for seed in range(OTHERS):
        chance = random.Random(seed)
        circuit = Circuit(3 + seed % 3)
        for _ in range(20):
            kind, angles, operands = chance.choice(kinds)
            circuit.add_gate(kind, [chance.uniform(-2, 2) for _ in range(angles)],
                             chance.sample(range(circuit.n_qubits), operands))
        theirs = circuit.get_statevector()
        reversed_order = [int(format(i, f"0{circuit.n_qubits}b")[::-1], 2) for i in range(len(theirs))]
        theirs = theirs[reversed_order]  # pytket's first qubit is the highest bit
        text = circuit_to_qasm_str(circuit)
        yield f"pytket, circuit {seed}", text, \
            lambda text=text, theirs=theirs: state_fault(quarry.state(text), theirs)


def check(program, folder):
    quarry, failures, files = Quarry(program, folder), 0, 0
    for source in (from_qiskit, read_alike, from_cirq, from_pytket):
        for name, text, fault in source(quarry):
            files += 1
            try:
                wrong = fault()
            except RuntimeError as error:  # quarry refuses the file
                wrong = str(error)
            if wrong:
                failures += 1
                kept = folder / f"foreign_{failures}.qasm"
                kept.write_text(text)
                print(f"{name}: {wrong.strip()}\n    the file is {kept}", flush=True)
    noticed = notices(quarry)
    print(f"{files} files, {failures} failures" + ("" if noticed else "; a gate taken out of a file is not noticed"))
    return failures + (not noticed)


def notices(quarry):
    """Whether this test can fail: a file with its last gate but one taken out."""
    from qiskit import QuantumCircuit, qasm3
    from qiskit.quantum_info import Statevector
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.t(0)
    circuit.cx(0, 1)
    text = qasm3.dumps(circuit)
    theirs = Statevector(circuit).data
    return not state_fault(quarry.state(text), theirs) and state_fault(quarry.state(text.replace("t q[0];\n", "")), theirs)


def main():
    quarry, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    if sys.argv[3:] == ["--installed"]:
        sys.exit(1 if check(quarry, folder) else 0)
    folder.mkdir(parents=True, exist_ok=True)
    python = interop.install(folder)
    if not python:
        print("skipped: PyPI cannot be reached, and the other toolchains are not installed yet")
        sys.exit(interop.SKIPPED)
    environment = dict(os.environ, OMP_NUM_THREADS="1")
    sys.exit(subprocess.run([python, __file__, quarry, folder, "--installed"], env=environment).returncode)


if __name__ == "__main__":
    main()
