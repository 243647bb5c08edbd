"""The circuits that everybody runs, and the files that everybody reads.

A circuit is a list of gates as tuples: ("h", q), ("cp", angle, control, q), ("rx", angle, q), ("ry", angle, q), ("cx", control, q)."""
import math
import random


def qft(qubits):
    """The quantum Fourier transform without the exchange of qubits at its end."""
    gates = []
    for i in reversed(range(qubits)):
        gates.append(("h", i))
        gates += [("cp", math.pi / (1 << (i - j)), j, i) for j in reversed(range(i))]
    return gates


def random_layers(qubits, layers=8, seed=5):
    """Layers of a random rx or ry on every qubit, and of cx on random pairs."""
    chance, gates = random.Random(seed), []
    for _ in range(layers):
        gates += [(chance.choice(("rx", "ry")), 2 * math.pi * chance.random(), q) for q in range(qubits)]
        order = chance.sample(range(qubits), qubits)
        gates += [("cx", order[i], order[i + 1]) for i in range(0, qubits - 1, 2)]
    return gates


def turned(qubits):
    """The transform of a state in which every qubit was turned first: nobody can save work on qubits that are still 0."""
    return [gate for gate in random_layers(qubits, 1) if gate[0] != "cx"] + qft(qubits)


def mixed(qubits, count, seed=5):
    """A flat file's gates: cx, h and rz on random qubits, a third each."""
    chance, gates = random.Random(seed), []
    for _ in range(count):
        kind = chance.randrange(3)
        if kind == 0:
            gates.append(("cx", *chance.sample(range(qubits), 2)))
        elif kind == 1:
            gates.append(("h", chance.randrange(qubits)))
        else:
            gates.append(("rz", round(2 * math.pi * chance.random(), 6), chance.randrange(qubits)))
    return gates


def named(name):
    """qft-24, random-24, turned-10: the circuit and its number of qubits."""
    kind, qubits = name.split("-")
    return {"qft": qft, "random": random_layers, "turned": turned}[kind](int(qubits)), int(qubits)


def line(gate):
    name, *rest = gate
    angles = [f"{x!r}" for x in rest if isinstance(x, float)]
    qubits = ", ".join(f"q[{x}]" for x in rest if not isinstance(x, float))
    return f"{name}({angles[0]}) {qubits};" if angles else f"{name} {qubits};"


def text(gates, qubits, version):
    """As a file of OpenQASM 2 or 3."""
    if version == 2:
        gates = [("cu1", *gate[1:]) if gate[0] == "cp" else gate for gate in gates]  # qelib1.inc knows it by this name
        head = f'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[{qubits}];\n'
    else:
        head = f'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[{qubits}] q;\n'
    return head + "".join(line(gate) + "\n" for gate in gates)
