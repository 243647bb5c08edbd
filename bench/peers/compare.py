#!/usr/bin/env python3
"""Measures the dense engine and the reader of OpenQASM beside the peers of requirements.txt, and prints tables with ratios.

    compare.py BUILD FOLDER dense [--circuits qft,turned,random] [--qubits 24] [--threads 1,2] [--rounds 2]
    compare.py BUILD FOLDER parse [--gates 100000,1000000] [--rounds 2]
    compare.py BUILD FOLDER install

BUILD is a build folder (build/release); FOLDER holds the peers' environment, installed from PyPI where it is not there yet, the
files that everybody runs or reads, and measured.jsonl, to which every measurement is appended as a line.

Everybody works in a process of its own, one after the other, in as many rounds as asked; the least of all runs counts. Ours is
measured in the same rounds: `quarry run` reports the time of the simulation, planning and all, without reading the file, and
bench_read takes the time from the file on disk to the circuit. What the peers' times hold is said at the heads of dense.py and
parse.py. Before anything is timed, all amplitudes of small circuits are compared with ours."""
import argparse
import hashlib
import json
import os
import pathlib
import platform
import subprocess
import sys
import venv

import circuits

HERE = pathlib.Path(__file__).resolve().parent
DENSE = {"double": ["lightning", "qulacs", "qulacs, optimize_light", "aer"],
         "single": ["lightning, single", "aer, single", "qsim, fused 2", "qsim, fused 3", "qsim, fused 4"]}
RUNS = 2  # of a peer in a round, in one process: the second finds its code and memory warm
CLOSE = {"double": 1e-12, "single": 1e-6}


class Bench:
    def __init__(self, build, folder):
        self.build, self.folder = pathlib.Path(build).resolve(), pathlib.Path(folder).resolve()
        self.python = self.folder / "venv" / "bin" / "python"
        self.folder.mkdir(parents=True, exist_ok=True)

    def install(self):
        requirements = HERE / "requirements.txt"
        stamp, wanted = self.folder / "venv" / "installed", hashlib.sha256(requirements.read_bytes()).hexdigest()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        print(f"installing {requirements} from PyPI into {self.folder / 'venv'}", flush=True)
        venv.create(self.folder / "venv", clear=True, with_pip=True)
        subprocess.run([self.python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--requirement",
                        requirements], check=True)
        stamp.write_text(wanted)

    def file(self, name, gates, qubits, version):
        path = self.folder / name
        path.write_text(circuits.text(gates, qubits, version))
        return path

    def run(self, words, threads=1):
        done = subprocess.run(list(map(str, words)), stdout=subprocess.PIPE, text=True,
                              env=dict(os.environ, OMP_NUM_THREADS=str(threads)))
        if done.returncode:
            sys.exit(f"{' '.join(map(str, words))} failed")
        return json.loads(done.stdout)

    def peer(self, script, *words, threads=1):
        return self.run([self.python, HERE / script, *words], threads)

    def remember(self, line):
        print(json.dumps({key: value for key, value in line.items() if key != "version"}), file=sys.stderr, flush=True)
        with open(self.folder / "measured.jsonl", "a") as file:
            file.write(json.dumps(line) + "\n")

    # ------------------------------------------------------------ the dense engine

    def ours(self, circuit, threads, precision, *more):
        gates, qubits = circuits.named(circuit)
        path = self.file(f"{circuit}.qasm", gates, qubits, 2)
        return self.run([self.build / "quarry", "run", "--json", "--quiet", "--engine", "dense", "--threads", threads,
                         "--precision", precision, *more, path], threads)

    def check(self, circuit):
        """All amplitudes of a small circuit, everybody's with ours."""
        size = 1 << circuits.named(circuit)[1]
        for precision, tools in DENSE.items():
            state = [0j] * size
            for label, re, im in self.ours(circuit, 1, precision, "--state")["state"]:
                state[int(label, 2)] = complex(re, im)
            for tool in tools:
                theirs = self.peer("dense.py", tool, circuit, 1, 1, "all")["amplitudes"]
                off = max(abs(complex(*a) - b) for a, b in zip(theirs, state, strict=True))
                if off > CLOSE[precision]:
                    sys.exit(f"{circuit}: {tool} and we differ by {off}")
        print(f"{circuit}: all {size} amplitudes agree, to {CLOSE['double']} in double and {CLOSE['single']} in single")

    def dense(self, names, threads, rounds):
        for circuit in ("turned-10", "random-10"):
            self.check(circuit)
        least, versions = {}, {}
        columns = [(circuit, count) for circuit in names for count in threads]
        for _ in range(rounds):
            for circuit, count in columns:
                for precision, tools in DENSE.items():
                    line = self.ours(circuit, count, precision, "--shots", 1)
                    line = {"tool": "ours", "precision": precision, "version": "", "circuit": circuit, "threads": count,
                            "seconds": [line["seconds"]]}
                    lines = [line] + [self.peer("dense.py", tool, circuit, count, RUNS, threads=count) for tool in tools]
                    for line in lines:
                        self.remember(line)
                        key = line["tool"], precision, circuit, count
                        least[key] = min([*line["seconds"], least.get(key, 1e9)])
                        versions[line["tool"]] = line["version"]
        for precision, tools in DENSE.items():
            print(f"\n{precision} precision, seconds (in brackets: how many times ours)\n")
            print_row("", *(f"{circuit}, {count} thread{'s' * (count > 1)}" for circuit, count in columns))
            print_row(*["---"] * (len(columns) + 1))
            for tool in ["ours", *tools]:
                cells = []
                for circuit, count in columns:
                    seconds, ours = least[tool, precision, circuit, count], least["ours", precision, circuit, count]
                    cells.append(f"{seconds:.3g}" + ("" if tool == "ours" else f" ({seconds / ours:.1f})"))
                print_row(f"{tool} {versions[tool]}".strip(), *cells)

    # ------------------------------------------------------------ the reader

    def parse(self, sizes, rounds):
        for size in sizes:
            gates, least, versions = circuits.mixed(20, size), {}, {}
            files = {version: self.file(f"flat-{size}-{version}.qasm", gates, 20, version) for version in (2, 3)}
            wanted = [("ours", 2), ("ours", 3), ("qiskit", 2), ("mqt", 2), ("mqt", 3)]
            for _ in range(rounds):
                for tool, version in wanted:
                    line = self.read_ours(files[version]) if tool == "ours" else \
                        self.peer("parse.py", tool, files[version], 1)
                    if line["gates"] != size:
                        sys.exit(f"{tool}: {line['gates']} gates of {size}")
                    self.remember(line)
                    least[tool, version] = min([*line["seconds"], least.get((tool, version), 1e9)])
                    versions[tool] = line["version"]
            print(f"\n{size} gates, {files[3].stat().st_size / 1e6:.1f} MB\n")
            print_row("", "language", "seconds", "million gates a second", "times ours")
            print_row(*["---"] * 5)
            for tool, version in wanted:
                seconds = least[tool, version]
                print_row(f"{tool} {versions[tool]}".strip(), f"OpenQASM {version}", f"{seconds:.4f}",
                          f"{size / seconds / 1e6:.2f}", f"{seconds / least['ours', version]:.1f}")

    def read_ours(self, path):
        return {"tool": "ours", "version": "", "file": path.name, **self.run([self.build / "bench" / "bench_read", path])}


def print_row(*cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def numbers(text):
    return [int(word) for word in text.split(",")]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("build")
    arguments.add_argument("folder")
    arguments.add_argument("what", choices=["dense", "parse", "install"])
    arguments.add_argument("--circuits", default="qft,turned,random")
    arguments.add_argument("--qubits", type=int, default=24)
    arguments.add_argument("--threads", type=numbers, default=[1, 2])
    arguments.add_argument("--gates", type=numbers, default=[100000, 1000000])
    arguments.add_argument("--rounds", type=int, default=2)
    words = arguments.parse_args()
    bench = Bench(words.build, words.folder)
    bench.install()
    print(f"{processor()}, {os.cpu_count()} cores, least of {words.rounds} rounds")
    if words.what == "dense":
        bench.dense([f"{name}-{words.qubits}" for name in words.circuits.split(",")], words.threads, words.rounds)
    elif words.what == "parse":
        bench.parse(words.gates, words.rounds)


if __name__ == "__main__":
    main()
