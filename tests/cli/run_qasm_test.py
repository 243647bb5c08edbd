#!/usr/bin/env python3
"""`quarry run` of OpenQASM: shots, exact probabilities and states, feedback, inputs and outputs, errors with their places."""
import json
import math
import pathlib
import re
import resource
import subprocess
import time

import quarry
from schema import Schema

HEAD = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'
ENGINES = ("sparse", "dense")
TELEPORT = HEAD + """qubit[3] q;
bit[2] m;
bit result;
ry(1.0) q[0];
h q[1];
cx q[1], q[2];
cx q[0], q[1];
h q[0];
m[0] = measure q[0];
m[1] = measure q[1];
if (m[1]) x q[2];
if (m[0]) z q[2];
result = measure q[2];
"""
# A loop until both qubits are 1: 1 - (3/4)^n after n rounds.
UNTIL = HEAD + """qubit[2] q;
output int[32] rounds;
bit[2] c;
rounds = 0;
while (c != "11") {
  reset q;
  h q;
  c = measure q;
  rounds += 1;
}
"""


def ghz(n, measured=True):
    return HEAD + f"qubit[{n}] q;\nbit[{n}] c;\nh q[0];\n" + "".join(f"cx q[{i}], q[{i + 1}];\n" for i in range(n - 1)) + \
        ("c = measure q;\n" if measured else "")


class RunQasmTest(quarry.Test):
    def counts(self, program, *words, **more):
        """The counts of the shots of a program, with JSON that keeps to its schema."""
        self.put("p.qasm", program)
        value = self.value("run", "p.qasm", "--json", *words, **more)
        self.assertEqual(Schema.named("run").faults(value), [])
        self.assertEqual(sum(value["counts"].values()), value["shots"])
        return value["counts"]

    def about(self, count, shots, probability):
        """Within five standard deviations: more once in two million runs."""
        self.assertLessEqual(abs(count - shots * probability), 5 * math.sqrt(shots * probability * (1 - probability)))

    def errors(self, program, *words):
        self.put("p.qasm", program)
        return self.complaint(1, "run", "p.qasm", *words)

    # ---- shots ----

    def test_bell(self):
        self.take("bell.qasm")
        value = self.value("run", "bell.qasm", "--json")
        self.assertEqual(list(value), ["file", "shots", "seed", "engine", "qubits", "counts", "outputs", "seconds", "read_seconds"])
        self.assertEqual((value["file"], value["shots"], value["seed"], value["qubits"]), ("bell.qasm", 1000, 1, 2))
        self.assertEqual((value["outputs"], list(value["counts"])), ({}, ["00", "11"]))
        for engine in ENGINES:
            counts = self.counts((quarry.PROGRAMS / "bell.qasm").read_text(), "--engine", engine, "--shots", "10000")
            self.assertEqual(list(counts), ["00", "11"])
            self.about(counts["11"], 10000, 0.5)

    def test_golden(self):
        self.take("bell.qasm")
        text = self.output("run", "bell.qasm", "--engine", "sparse", "--probabilities")
        self.assertRegex(text, r"\n  engine      sparse\n +\S+ s, and \S+ s to read the file\n$")
        self.compare("bell_probabilities.txt", text.rpartition("  engine")[0])
        self.compare("bell_state.txt", self.output("run", "bell.qasm", "--engine", "sparse", "--state").rpartition("  engine")[0])

    def test_ghz(self):
        for n in (3, 60, 200):
            counts = self.counts(ghz(n), "--shots", "5000")
            self.assertEqual(list(counts), [n * "0", n * "1"])
            self.about(counts[n * "1"], 5000, 0.5)
        self.assertEqual(self.value("run", "p.qasm", "--json")["engine"], "sparse")
        for mode in ("gates", "numbered", "replay"):
            self.assertEqual(set(self.counts(ghz(60), "--engine-mode", mode)), {60 * "0", 60 * "1"})

    def test_seeds_and_threads(self):
        """The same seed gives the same shots, whatever the threads; another gives others."""
        for program in (ghz(4), TELEPORT, UNTIL):
            self.put("p.qasm", program)
            values = [self.value("run", "p.qasm", "--json", *words) for words in
                      (["--seed", "4"], ["--seed=4"], ["--seed", "5"], ["--seed", "4", "--threads", "2"])]
            one, same, other, two = ((value["counts"], value["outputs"]) for value in values)
            self.assertEqual(one, same)
            self.assertEqual(one, two)
            self.assertNotEqual(one, other)

    def test_keys(self):
        """The register declared last first, the highest index first; a lone bit is a register of one."""
        program = HEAD + "qubit[5] q;\nbit[3] a;\nbit b;\nbit[2] unused;\nx q[0];\nx q[3];\na[0] = measure q[0];\n" \
                         "b = measure q[3];\na[1] = measure q[1];\n"
        self.assertEqual(self.counts(program, "--shots", "7"), {"00 1 001": 7})
        self.assertEqual(self.counts(HEAD + "qubit q;\nh q;\n", "--shots", "7"), {"": 7})

    def test_version_2(self):
        program = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\ncreg c[2];\ncreg d[1];\nx q[1];\nmeasure q -> c;\n' \
                  "if (c == 2) x q[0];\nmeasure q[0] -> d[0];\n"
        for engine in ENGINES:
            self.assertEqual(self.counts(program, "--engine", engine), {"1 10": 1000})

    def test_teleport(self):
        for engine in ENGINES:
            counts = self.counts(TELEPORT, "--engine", engine, "--shots", "4000")
            self.about(sum(count for key, count in counts.items() if key[0] == "1"), 4000, math.sin(0.5) ** 2)
            for m in ("00", "01", "10", "11"):
                self.about(sum(count for key, count in counts.items() if key[2:] == m), 4000, 0.25)

    def test_reset(self):
        program = HEAD + "qubit[2] q;\nbit[2] c;\nh q[0];\ncx q[0], q[1];\nreset q[0];\nc = measure q;\n"
        for engine in ENGINES:
            counts = self.counts(program, "--engine", engine, "--shots", "4000")
            self.assertEqual(set(counts), {"00", "10"})
            self.about(counts["10"], 4000, 0.5)

    def test_measured_again(self):
        """What was measured stays: every shot has one branch."""
        program = HEAD + "qubit q;\nbit[3] c;\nh q;\nc[0] = measure q;\nc[1] = measure q;\nx q;\nc[2] = measure q;\n"
        for engine in ENGINES:
            self.assertEqual(set(self.counts(program, "--engine", engine)), {"100", "011"})

    def test_until_success(self):
        for engine in ENGINES:
            self.put("p.qasm", UNTIL)
            value = self.value("run", "p.qasm", "--json", "--engine", engine, "--shots", "2000")
            self.assertEqual(value["counts"], {"11": 2000})
            rounds = {int(key): count for key, count in value["outputs"]["rounds"].items()}
            self.assertEqual(sum(rounds.values()), 2000)
            self.about(rounds[1], 2000, 1 / 4)
            self.about(rounds[2], 2000, 3 / 16)
            mean = sum(key * count for key, count in rounds.items()) / 2000
            self.assertLess(abs(mean - 4), 5 * math.sqrt(12 / 2000))

    def test_many_shots(self):
        """A million shots of 20 qubits in seconds, simulated once; each outcome about as often as it should be."""
        program = HEAD + "qubit[20] q;\nbit[20] c;\nh q;\nc = measure q;\n"
        for engine in ENGINES:
            start = time.monotonic()
            counts = self.counts(program, "--engine", engine, "--shots", "1000000")
            self.assertLess(time.monotonic() - start, 60)
            self.about(len(counts), 2**20, 1 - math.exp(-1000000 / 2**20))
            ones = sum(key.count("1") * count for key, count in counts.items())
            self.about(ones, 20 * 1000000, 0.5)

    def test_engines_draw_alike(self):
        """Shot by shot both engines use the same random numbers."""
        for program in (TELEPORT, UNTIL):
            self.put("p.qasm", program)
            values = [self.value("run", "p.qasm", "--json", "--engine", engine, "--seed", "12") for engine in ENGINES]
            sparse, dense = ((value["counts"], value["outputs"]) for value in values)
            self.assertEqual(sparse, dense)

    def test_compiled(self):
        """What compile prints does here what it says: a query gives every word, a round finds a row with the probability told."""
        self.take("flat.qry", "search.qry")
        self.output("compile", "flat.qry", "-q", "--part", "load:T", "--superpose", "-o", "load.qasm")
        for engine in ENGINES:
            found = self.value("run", "load.qasm", "--json", "--probabilities", "--engine", engine)["probabilities"]
            self.assertEqual([int(key, 2) for key in found], sorted(word << 2 | j for j, word in enumerate([3, 1, 2, 3])))
            self.assertLess(max(abs(p - 0.25) for p in found.values()), 1e-12)
        for rounds in range(3):
            told = self.value("compile", "search.qry", "--iterations", str(rounds), "--json", "-o", "round.qasm")
            value = self.value("run", "round.qasm", "--json", "--probabilities")
            self.assertEqual((value["engine"], value["qubits"]), ("sparse", told["qubits"]))
            rows = self.value("run", "search.qry", "--json")["statements"][0]["result"]
            found = sum(value["probabilities"].get(format(row, "04b"), 0) for row in rows)
            self.assertAlmostEqual(found, told["success_probability"], 9)

    def test_choice(self):
        """The engine that is better for it, with the reason."""
        layers = "".join(f"rx({i + 1}) q[{i}];\ncx q[{i}], q[{(i + 1) % 20}];\n" for i in range(20)) * 3
        few = "".join(f"cx q[{i % 20}], q[{(i + 1) % 20}];\nccx q[{i % 20}], q[{(i + 2) % 20}], q[{(i + 3) % 20}];\n"
                      for i in range(100))
        for body, engine, why in ((layers, "dense", "than suits the sparse one"), ("h q[3];\n" + few, "sparse", "2^1 of 2^20")):
            self.put("p.qasm", HEAD + "qubit[20] q;\nbit[20] c;\n" + body + "c = measure q;\n")
            self.assertRegex(self.output("run", "p.qasm"), rf"\n  engine      {engine}: .*{re.escape(why)}")

    # ---- instead of shots ----

    def test_probabilities(self):
        program = HEAD + "qubit[3] q;\nbit[2] c;\nbit d;\nry(1.0) q[2];\ncx q[2], q[0];\nc[0] = measure q[0];\nd = measure q[1];\n"
        self.put("p.qasm", program)
        for engine in ENGINES:
            value = self.value("run", "p.qasm", "--json", "--probabilities", "--engine", engine)
            self.assertEqual(Schema.named("run").faults(value), [])
            self.assertEqual(list(value["probabilities"]), ["0 00", "0 01"])
            self.assertAlmostEqual(value["probabilities"]["0 01"], math.sin(0.5) ** 2, 12)
        self.put("p.qasm", ghz(60))
        self.assertEqual([round(p, 9) for p in self.value("run", "p.qasm", "--json", "--probabilities")["probabilities"].values()],
                         [0.5, 0.5])

    def test_too_many_probabilities(self):
        """Outcomes that do not fit into memory are refused before they are listed."""
        if b"__asan_init" in pathlib.Path(quarry.QUARRY).read_bytes():
            self.skipTest("the sanitizer needs terabytes of address space")
        self.put("p.qasm", HEAD + "qubit[22] q;\nbit[22] c;\nh q;\nc = measure q;\n")
        text = self.complaint(1, "run", "p.qasm", "--probabilities", "--engine", "dense", "--json",
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29)))
        self.assertRegex(text, r"no memory for the list of the outcomes: .* GB are needed")

    def test_no_probabilities(self):
        """Refused with the reason where the shots differ before they end."""
        for program, why in ((TELEPORT, "a measured bit decides what is done"),
                             (HEAD + "qubit[2] q;\nbit c;\nh q[1];\nc = measure q[1];\nh q[1];\n", r"q[1] is used again after it was measured"),
                             (HEAD + "qubit[2] q;\nbit c;\nh q[1];\nreset q[1];\nc = measure q[1];\n", r"q[1] is reset after it was used")):
            for option in ("--probabilities", "--state"):
                text = self.errors(program, option)
                self.assertIn(f"no {option} of this program: {why}", text)
                self.assertIn("hint: --shots N", text)
        text = self.errors(UNTIL, "--probabilities")
        self.assertRegex(text, r"^p.qasm:\d+:\d+: error: no --probabilities of this program: ")

    def test_state(self):
        """Registers as in keys of bits; measurements at the end are left out."""
        program = HEAD + "qubit a;\nqubit[2] b;\nbit c;\nh a;\ncp(pi/2) a, b[0];\nx b[1];\ncp(pi/2) a, b[1];\nc = measure a;\n"
        self.put("p.qasm", program)
        for engine in ENGINES:
            value = self.value("run", "p.qasm", "--json", "--state", "--engine", engine)
            self.assertEqual(Schema.named("run").faults(value), [])
            (zero, *x), (one, *y) = value["state"]
            self.assertEqual((zero, one), ("10 0", "10 1"))
            x, y = complex(*x), complex(*y)
            self.assertAlmostEqual(abs(x), math.sqrt(0.5), 12)
            self.assertAlmostEqual(y / x, 1j, 12)

    def test_precision(self):
        self.put("p.qasm", ghz(10, measured=False))
        double, single = (self.value("run", "p.qasm", "--json", "--state", "--engine", "dense", "--precision", each)["state"]
                          for each in ("double", "single"))
        self.assertEqual([key for key, *_ in double], [key for key, *_ in single])
        for (_, x, _), (_, y, _) in zip(double, single):
            self.assertAlmostEqual(x, math.sqrt(0.5), 14)
            self.assertNotEqual(x, y)
            self.assertAlmostEqual(x, y, 6)

    # ---- inputs and outputs ----

    def test_inputs_and_outputs(self):
        program = HEAD + "input angle[32] theta;\ninput bit[3] flips;\ninput bool again;\noutput bool was;\noutput bit[3] seen;\n" \
                         "qubit[3] q;\nfor uint i in [0:2] { if (flips[i]) x q[i]; }\nif (again) x q[0];\nrz(theta) q[0];\n" \
                         "seen = measure q;\nwas = again;\n"
        self.put("p.qasm", program)
        value = self.value("run", "p.qasm", "--json", "--input", "theta=0.5", "--input", "flips=110", "--input=again=true")
        self.assertEqual(Schema.named("run").faults(value), [])
        self.assertEqual(value["counts"], {"111": 1000})
        self.assertEqual(value["outputs"], {"was": {"true": 1000}, "seen": {"111": 1000}})
        text = self.output("run", "p.qasm", "--input", "theta=0.5", "--input", "flips=010", "--input=again=false")
        self.assertIn("\n  was         false in 1,000 shots\n  seen        010 in 1,000 shots\n", text)
        self.assertIn("again", self.complaint(1, "run", "p.qasm", "--input", "theta=0.5", "--input", "flips=110"))
        self.assertIn("theta", self.complaint(1, "run", "p.qasm", "--input", "theta=x", "--input", "flips=110", "--input=again=true"))
        self.assertIn("thetta", self.complaint(1, "run", "p.qasm", "--input", "thetta=1"))

    # ---- what cannot be run ----

    def test_errors(self):
        """Several in one run, each with its place."""
        text = self.errors(HEAD + "qubit[2] q;\nh r;\ncx q[0], q[2];\nx q[0], q[1];\n")
        for line in (4, 5, 6):
            self.assertRegex(text, rf"(?m)^p.qasm:{line}:\d+: error: ")
        text = self.errors(HEAD + "qubit[2] q;\nbit c = 3 +;\nh q[;\n", "--json")
        for line in (4, 5):
            self.assertRegex(text, rf"(?m)^p.qasm:{line}:\d+: error: ")
        text = self.errors(HEAD + "".join(f"h r{i};\n" for i in range(30)))
        self.assertEqual(text.count("error: "), 20)

    def test_error_while_running(self):
        program = HEAD + "qubit q;\nbit[2] c;\nint[8] i = 1;\nh q;\nc[0] = measure q;\nwhile (true) {\n  i = 1 / int[8](c[1]);\n}\n"
        self.assertRegex(self.errors(program), r"^p.qasm:9:\d+: error: division by zero\n")

    def test_endless(self):
        for condition in ("true", "c == 0"):
            program = HEAD + f"qubit q;\nbit c;\nwhile ({condition}) {{\n  c = measure q;\n}}\n"
            start = time.monotonic()
            text = self.errors(program, "--max-steps", "1000")
            self.assertRegex(text, r"^p.qasm:5:\d+: error: the program has not ended after 1000 statements\n")
            self.assertLess(time.monotonic() - start, 60)

    def test_too_large(self):
        """Said with the size, before the memory is gone."""
        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (20, 20))

        self.put("p.qasm", ghz(60))
        text = self.complaint(1, "run", "p.qasm", "--engine", "dense", preexec_fn=limit)
        self.assertRegex(text, r"^quarry: error: .*60 qubits.*needs? .*B")
        self.assertEqual(text.count("error:"), 1)

    def test_time_is_left_out(self):
        program = HEAD + "qubit q;\nbit c;\ndelay[100ns] q;\nx q;\nc = measure q;\n"
        self.put("p.qasm", program)
        done = self.run_quarry("run", "p.qasm", "--json")
        self.assertEqual(json.loads(done.stdout)["counts"], {"1": 1000})
        self.assertEqual(done.stderr.decode(), "quarry: warning: p.qasm: delays and durations take no time here\n")
        self.assertEqual(self.run_quarry("run", "p.qasm", "--quiet").stderr, b"")

    # ---- for people ----

    def test_long_tables(self):
        self.put("p.qasm", HEAD + "qubit[6] q;\nbit[6] c;\nh q;\nc = measure q;\n")
        for words, more in ((["--shots", "100000"], 44), (["--probabilities"], 44), (["--state"], 44)):
            text = self.output("run", "p.qasm", *words)
            self.assertIn(f"\n… {more} more; --json has them all\n", text)
            table = text.split("\n\n")[1].splitlines()
            self.assertEqual(len(table), 22)
            self.assertLessEqual(max(map(len, text.splitlines())), 100)

    def test_wide_keys(self):
        """Wide registers in hexadecimal, and the middle of what is too long even so left out; JSON has all."""
        for n, key in ((64, 64 * "1"), (100, "0x" + 25 * "f"), (1000, "0x" + 30 * "f" + "…" + 31 * "f")):
            self.put("p.qasm", ghz(n))
            self.assertIn(f"\n{key}  ", self.output("run", "p.qasm"))
        self.assertIn("long keys are cut", self.output("run", "p.qasm"))
        self.put("p.qasm", HEAD + "qubit[70] q;\nbit b;\nbit[70] c;\nx q[0];\nx q[69];\nc = measure q;\nb = measure q[0];\n")
        self.assertIn("\n0x200000000000000001 1 ", self.output("run", "p.qasm"))

    def test_says_why(self):
        self.put("p.qasm", ghz(60))
        self.assertIn("  engine      sparse: 2^60 amplitudes do not fit into memory: 16 EiB\n", self.output("run", "p.qasm"))
        self.put("p.qasm", TELEPORT)
        self.assertIn("simulated shot by shot: a measured bit decides", self.output("run", "p.qasm"))
        self.take("bell.qasm")
        self.assertIn("simulated once; the shots are drawn", self.output("run", "bell.qasm"))
        self.put("p.qasm", ghz(2, measured=False))
        self.assertIn("measures nothing; --state", self.output("run", "p.qasm"))

    def test_closed_pipe(self):
        self.put("p.qasm", HEAD + "qubit[18] q;\nbit[18] c;\nh q;\nc = measure q;\n")
        process = subprocess.Popen([quarry.QUARRY, "run", "p.qasm", "--json", "--probabilities"], cwd=self.folder,
                                   env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.close()
        text = process.stderr.read().decode()
        process.stderr.close()
        self.assertEqual(process.wait(), 1)
        self.assertEqual(text.count("error:"), 1)
        self.assertIn("cannot write", text)

    def test_standard_input(self):
        value = self.value("run", "-", "--json", "--shots", "5", input=ghz(3, measured=False).encode())
        self.assertEqual((value["file"], value["counts"]), ("-", {"000": 5}))


if __name__ == "__main__":
    quarry.main()
