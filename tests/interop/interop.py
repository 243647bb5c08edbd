#!/usr/bin/env python3
"""Loads files that quarry prints into other toolchains, runs them there, and compares the distributions with ours.

    interop.py QUARRY OURS FOLDER

QUARRY is the command, OURS the program built from ours.c, FOLDER a place for the toolchains (a virtual environment with
the versions of requirements.txt from PyPI) and for the printed files. Ends with status 77 if PyPI cannot be reached and the
toolchains are not there yet; CTest takes that for "skipped".

Where a toolchain gives amplitudes or probabilities, they are compared to 1e-9. Where it gives shots, an outcome that cannot be must
not occur, and a frequency may be off by no more than happens once in a million runs of a right program (Hoeffding's inequality,
over all outcomes).

The Python of docs/openqasm-files.md is run as well."""
import hashlib
import math
import os
import pathlib
import re
import subprocess
import sys
import time
import venv

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77

# name: program, options of `quarry compile`, part as OURS takes it, toolchains and the shots they run (0: exact)
CASES = {
    "search": ("search.qry", [], "round", {"aer": 0, "ddsim": 0, "cirq": 0, "qdk": 300, "pyqasm": 0}),
    "padded": ("padded.qry", [], "round", {"aer": 0, "ddsim": 0, "cirq": 0, "qdk": 200}),
    "small": ("small.qry", [], "round", {"aer": 0, "ddsim": 0, "cirq": 0, "qdk": 20}),
    "query": ("search.qry", ["--part", "load:K", "--superpose"], "load:K",
              {"aer": 0, "ddsim": 0, "cirq": 0, "qdk": 300, "pyqasm": 0}),
    "estimate": ("estimate.qry", ["--iterations", "0"], "round", {"aer": 0, "ddsim": 0, "cirq": 0, "pyqasm": 0}),
    "iterate": ("estimate.qry", ["--iterations", "2"], "round", {"aer": 0, "ddsim": 0, "cirq": 0, "qdk": 300}),
    "flags": ("flags.qry", ["--iterations", "1"], "round", {"aer": 0, "ddsim": 0, "cirq": 0, "qdk": 300}),
    "phase": ("estimate.qry", ["--part", "canonical:3"], "canonical:3", {"aer": 0, "ddsim": 0, "cirq": 0, "qdk": 300}),
    "wide": ("wide.qry", ["--part", "load:K", "--superpose"], "load:K", {"ddsim": 4000, "qdk": 300}),
}
WITH_DEFINITIONS = {"padded", "small"}
# name: the probability of a mark and the iterations, from which the measured bit is 1 with sin^2((2k+1) asin sqrt p)
MARKED = {"estimate": (10 / 32, 0), "iterate": (10 / 32, 2),
          "flags": ((math.exp(-0.5) + math.exp(-1) + math.exp(-0.25)) / 4, 1)}


# ---------------------------------------------------------------- the toolchains

class File:
    """A printed file: its registers, and which qubit is measured into which bit."""

    def __init__(self, text):
        self.text = text
        self.registers = [(name, int(size)) for size, name in re.findall(r"^qubit\[(\d+)\] (\w+);$", text, re.M)]
        first, self.qubits = {}, 0
        for name, size in self.registers:
            first[name] = self.qubits
            self.qubits += size
        self.measured = {int(bit): first[name] + int(index) for bit, name, index
                         in re.findall(r"^c\[(\d+)\] = measure (\w+)\[(\d+)\];$", text, re.M)}
        self.bits = len(self.measured)
        self.without_measurement = re.sub(r"^(c\[\d+\] = measure .*|bit\[\d+\] c;)\n", "", text, flags=re.M)

    def outcome(self, index):
        """The measured bits of the basis state in which qubit i is bit i of index."""
        return "".join(str(index >> self.measured[bit] & 1) for bit in reversed(range(self.bits)))

    def distribution(self, state):
        """Of the measured bits, from all amplitudes, qubit 0 the lowest bit of their number."""
        import numpy
        p = numpy.abs(state) ** 2
        found = {}
        for index in numpy.flatnonzero(p > 1e-15):
            outcome = self.outcome(int(index))
            found[outcome] = found.get(outcome, 0) + float(p[index])
        return found


def run_aer(file, shots):
    import qiskit.qasm3
    from qiskit import transpile
    from qiskit_aer import AerSimulator
    circuit = qiskit.qasm3.loads(file.text)
    unmeasured, qubit = circuit.copy_empty_like(), {}
    for step in circuit.data:
        if step.operation.name == "measure":
            qubit[circuit.find_bit(step.clbits[0]).index] = circuit.find_bit(step.qubits[0]).index
        else:
            unmeasured.append(step)
    unmeasured.save_probabilities([qubit[bit] for bit in range(file.bits)])
    engine = AerSimulator(method="statevector")
    result = engine.run(transpile(unmeasured, engine, optimization_level=0), shots=1).result()
    if not result.success:
        raise RuntimeError(result.status)
    return {format(value, f"0{file.bits}b"): float(p) for value, p in enumerate(result.data()["probabilities"])}


def run_ddsim(file, shots):
    from mqt.core.ir import QuantumComputation
    if shots:
        from mqt.ddsim import CircuitSimulator
        return CircuitSimulator(QuantumComputation.from_qasm_str(file.text), seed=1).simulate(shots)
    from mqt.core.dd import BasisStates, DDPackage, simulate
    circuit = QuantumComputation.from_qasm_str(file.without_measurement)
    package = DDPackage(file.qubits)
    return file.distribution(simulate(circuit, package.zero_state(file.qubits), package).get_vector())


def run_cirq(file, shots):
    import cirq
    import numpy
    from cirq.contrib.qasm_import import circuit_from_qasm
    circuit = circuit_from_qasm(file.without_measurement)
    order = [cirq.NamedQubit(f"{name}_{i}") for name, size in file.registers for i in range(size)]
    order.reverse()  # Cirq's first qubit is the highest bit of a state's number
    simulator = cirq.Simulator(dtype=numpy.complex128)
    return file.distribution(simulator.simulate(circuit, qubit_order=order).final_state_vector)


def run_qdk(file, shots):
    from qdk import openqasm
    bits = openqasm.run(file.text, shots=shots, seed=1, as_bitstring=True,
                        output_semantics=openqasm.OutputSemantics.Qiskit)
    counts = {}
    for outcome in bits:
        counts[outcome] = counts.get(outcome, 0) + 1
    return counts


def run_pyqasm(file, shots):
    """It has no simulator: what it makes of the file goes through DDSIM."""
    import pyqasm
    program = pyqasm.loads(file.text)
    program.validate()
    program.unroll()
    return run_ddsim(File(pyqasm.dumps(program)), 0)


RUN = {"aer": run_aer, "ddsim": run_ddsim, "cirq": run_cirq, "qdk": run_qdk, "pyqasm": run_pyqasm}


# ---------------------------------------------------------------- comparing

def compare(ours, theirs, shots):
    """None, or what is wrong."""
    allowed = 1e-9
    if shots:
        theirs = {outcome: count / shots for outcome, count in theirs.items()}
        impossible = set(theirs) - set(ours)
        if impossible:
            return f"{min(impossible)} cannot be"
        allowed = math.sqrt(math.log(2 * len(ours) / 1e-6) / (2 * shots))
    for outcome in sorted(set(ours) | set(theirs)):
        if abs(ours.get(outcome, 0) - theirs.get(outcome, 0)) > allowed:
            return f"{outcome}: {theirs.get(outcome, 0)}, ours {ours.get(outcome, 0)}, allowed {allowed:.1g}"
    return None


def check(quarry, ours_program, folder):
    failures = 0
    for name, (program, options, part, tools) in CASES.items():
        path = folder / f"{name}.qasm"
        program = HERE / "programs" / program
        subprocess.run([quarry, "compile", program, *options, "-o", path], check=True)
        file = File(path.read_text())
        if ("\ngate " in file.text) != (name in WITH_DEFINITIONS):
            print(f"{name}: {'no ' if name in WITH_DEFINITIONS else ''}definitions in the file")
            failures += 1
        iterations = options[1:] if options[:1] == ["--iterations"] else []
        lines = subprocess.run([ours_program, program, part, "auto", *iterations], check=True, capture_output=True, text=True).stdout
        ours = {outcome: float(p) for outcome, p in (line.split() for line in lines.splitlines())}
        if name in MARKED:
            p, iterations = MARKED[name]
            expected = math.sin((2 * iterations + 1) * math.asin(math.sqrt(p))) ** 2
            if abs(ours["1"] - expected) > 1e-9:
                print(f"{name}: the mark is 1 with probability {ours['1']}, not {expected}")
                failures += 1
        for tool, shots in tools.items():
            begin = time.monotonic()
            try:
                wrong = compare(ours, RUN[tool](file, shots), shots)
            except Exception as error:  # a reader that refuses our file may throw anything
                wrong = f"{type(error).__name__}: {error}"
            failures += wrong is not None
            how = f"{shots} shots" if shots else "exactly"
            print(f"{name:8} {file.qubits:4} qubits  {tool:7} {wrong or 'agrees, ' + how} "
                  f"({time.monotonic() - begin:.1f} s)", flush=True)
            if name == "query" and tool == "ddsim" and not wrong and not notices(ours, file):
                failures += 1
                print("a file with a gate taken out passes for ours")
    return failures


def notices(ours, file):
    """Whether a gate taken out of the file shows: that is, whether this test can fail."""
    broken = File(file.text.replace("\nz ", "\n// z ", 1))
    return compare(ours, run_ddsim(broken, 0), 0) is not None


# ---------------------------------------------------------------- the page for users

def run_page(quarry, folder):
    """The Python blocks of the page, each by itself, in a folder with the file that they read."""
    page = (HERE.parents[1] / "docs" / "openqasm-files.md").read_text()
    program = re.search(r"^```qry (\w+)\.qry\n(.*?)^```", page, re.M | re.S)
    path = folder / f"{program[1]}.qry"
    path.write_text(program[2])
    subprocess.run([quarry, "compile", "--quiet", path, "-o", path.with_suffix(".qasm")], check=True)
    failures = 0
    for block in re.findall(r"^```python\n(.*?)^```", page, re.M | re.S):
        done = subprocess.run([sys.executable, "-c", block], cwd=folder)
        what = re.search(r"^(?:import|from) (\w+)", block)[1]
        print(f"docs/openqasm-files.md: {what} {'fails' if done.returncode else 'agrees'}", flush=True)
        failures += done.returncode != 0
    return failures


# ---------------------------------------------------------------- the toolchains' own folder

def install(folder):
    """The environment's Python; None if PyPI cannot be reached."""
    requirements = HERE / "requirements.txt"
    place = folder / "venv"
    python, stamp = place / "bin" / "python", place / "installed"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    print(f"installing {requirements} from PyPI into {place}", flush=True)
    venv.create(place, clear=True, with_pip=True)
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    done = subprocess.run([*pip, "install", "--quiet", "--requirement", requirements])
    if done.returncode:
        asked = subprocess.run([*pip, "--retries", "0", "--timeout", "15", "download", "--quiet", "--no-deps",
                                "--no-cache-dir", "--dest", folder / "reached", "ply==3.11"], capture_output=True)
        if asked.returncode:
            return None
        sys.exit("PyPI can be reached, but installing failed")
    stamp.write_text(wanted)
    return python


def main():
    quarry, ours, folder = sys.argv[1:4]
    folder = pathlib.Path(folder)
    if sys.argv[4:] == ["--installed"]:
        sys.exit(1 if check(quarry, ours, folder) + run_page(quarry, folder) else 0)
    folder.mkdir(parents=True, exist_ok=True)
    python = install(folder)
    if not python:
        print("skipped: PyPI cannot be reached, and the other toolchains are not installed yet")
        sys.exit(SKIPPED)
    environment = dict(os.environ, QDK_PYTHON_TELEMETRY="none")
    sys.exit(subprocess.run([python, __file__, quarry, ours, folder, "--installed"], env=environment).returncode)


if __name__ == "__main__":
    main()
