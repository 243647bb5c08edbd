#!/usr/bin/env python3
"""`quarry attend`: what it prints for people and for programs, the files that it writes, and what it says about bad input."""
import math
import os
import random
import re
import signal
import struct
import subprocess
import zipfile

import quarry
from schema import Schema

HEAD = quarry.ROOT / "examples" / "attend" / "l2h10-512"


def numbers(path):
    """The entries of a .npy file of float64."""
    data = path.read_bytes()
    start = 10 + struct.unpack("<H", data[8:10])[0]
    return list(struct.unpack(f"<{(len(data) - start) // 8}d", data[start:]))


def without_times(value):
    if isinstance(value, dict):
        return {key: without_times(each) for key, each in value.items() if key != "seconds"}
    return [without_times(each) for each in value] if isinstance(value, list) else value


class AttendTest(quarry.Test):
    def setUp(self):
        super().setUp()
        self.schema = Schema.named("attend")

    def small(self, rows=5, keys=12, width=3, values=2, seed=1):
        """A random head in the folder; the words that name it."""
        source = random.Random(seed)
        for name, shape in (("q", (rows, width)), ("k", (keys, width)), ("v", (keys, values))):
            self.put(name + ".npy", quarry.npy(shape, [source.gauss(0, 1) for _ in range(math.prod(shape))]))
        return ["attend", "-q", "q.npy", "-k", "k.npy", "-v", "v.npy"]

    def real(self):
        return ["attend", "-q", str(HEAD / "q.npy"), "-k", str(HEAD / "k.npy"), "-v", str(HEAD / "v.npy")]

    def attend(self, words, *more):
        value = self.value(*words, "--json", *more)
        self.assertEqual(self.schema.faults(value), [])
        return value

    # what is computed

    def test_methods(self):
        for method in ("sparse", "hybrid", "nystrom", "halfspace", "exact"):
            for check in ([], ["--check"]):
                value = self.attend(self.small(), "--method", method, *check)
                self.assertEqual(value["method"], method)
                self.assertEqual([row["row"] for row in value["rows"]], list(range(5)))
                self.assertEqual((value["n"], value["d"], value["dv"]), (12, 3, 2))
                self.assertEqual("error" in value["summary"], bool(check))

    def test_real_head(self):
        for method, rule in (("sparse", {"rule": "drop", "value": 6}), ("hybrid", {"rule": "top", "value": 16})):
            value = self.attend(self.real(), "--method", method, "--rows", "0,100:102", "--check", "-o", "out.npy")
            self.assertEqual(value["threshold"], rule)
            self.assertEqual([row["row"] for row in value["rows"]], [0, 100, 101])
            self.assertEqual(value["summary"]["rows_over_bound"], 0)
            self.assertEqual(len(numbers(self.folder / "out.npy")), 3 * 32)
            for row in value["rows"]:
                self.assertLess(row["error"], row["bound"])
                self.assertAlmostEqual(row["normaliser"] / row["normaliser_exact"], 1, delta=0.2)
                calls = row["ledger"]["oracle_calls"]
                self.assertEqual(row["ledger"]["queries"], {"K": 2 * calls, "alive": 2 * calls})
            total = sum(row["ledger"]["gates"] for row in value["rows"])
            self.assertEqual(value["ledger"]["rows"]["gates"], total)

    def test_same_whatever_the_threads_and_modes(self):
        words = [*self.small(rows=9, keys=30), "--method", "hybrid", "--top", "4", "--check"]
        first = without_times(self.attend(words, "-o", "first.npy", "--engine-mode", "gates"))
        for more in (["--threads", "3"], ["--engine-mode", "numbered"], ["--engine-mode", "replay", "--threads", "2"]):
            value = without_times(self.attend(words, "-o", "other.npy", *more))
            self.assertEqual((self.folder / "first.npy").read_bytes(), (self.folder / "other.npy").read_bytes())
            value["engine_mode"] = first["engine_mode"]
            self.assertEqual(value, first)
        self.assertNotEqual(without_times(self.attend(words, "--seed", "2")), first)

    def test_rules(self):
        words = [*self.small(), "--check", "--failure", "1e-9"]
        for row in self.attend(words, "--tau", "0.25")["rows"]:
            self.assertEqual(row["tau"], 0.25)
        for row in self.attend(words, "--top", "3", "--bits", "6,5")["rows"]:
            self.assertGreaterEqual(row["hits"], 3)
        value = self.attend(words, "--drop", "1", "--clusters", "2", "--scale", "0.5")
        self.assertEqual((value["clusters"], value["scale"], value["threshold"]["rule"]), (2, 0.5, "drop"))

    def test_oracle_engine(self):
        value = self.attend(self.small(), "--engine", "oracle", "--top", "3")
        self.assertEqual((value["engine"], value["engine_mode"]), ("oracle", "oracle"))
        self.assertIn("no gate was run", " ".join(self.output(*self.small(), "--engine", "oracle").split()))

    # what is measured

    def test_nothing_is_estimated_unless_asked(self):
        value = self.attend(self.small(), "--top", "3")
        self.assertIsNone(value["epsilon"])
        self.assertNotIn("estimates", value["summary"])
        for row in value["rows"]:
            self.assertIsNone(row["estimates"])
            self.assertEqual(row["ledger"]["a_calls"], 0)

    def test_estimates(self):
        words = [*self.real(), "--rows", "0:6", "--check", "--engine", "oracle"]
        for method in ("sparse", "hybrid"):
            before = self.attend([*words, "--method", method])
            for epsilon in ("auto", "0.1"):
                value = self.attend([*words, "--method", method, "--epsilon", epsilon])
                self.assertEqual(value["epsilon"], "auto" if epsilon == "auto" else 0.1)
                self.assertEqual(value["summary"]["rows_over_bound"], 0)
                self.assertLess(value["summary"]["bound"]["median"], 0.7 * before["summary"]["bound"]["median"])
                for row in value["rows"]:
                    estimates = [each for each in row["estimates"].values() if each]
                    self.assertEqual(row["ledger"]["a_calls"], sum(each["a_calls"] for each in estimates))
                    for each in estimates:
                        self.assertLess(each["low"], each["high"])
                        self.assertLessEqual(each["classical_samples"], 512)
                    self.assertEqual("rest" in row["ledger"]["queries"], bool(estimates))
                total = sum(row["ledger"]["a_calls"] for row in value["rows"])
                self.assertEqual(value["ledger"]["rows"]["a_calls"], total)

    def test_estimates_gate_by_gate(self):
        words = [*self.small(keys=24), "--top", "2", "--clusters", "2", "--epsilon", "0.05", "--check"]
        value = self.attend(words)
        self.assertEqual(value["summary"]["rows_over_bound"], 0)
        self.assertGreater(value["summary"]["estimates"]["energy"]["rows"], 0)
        text = " ".join(self.output(*words).split())
        for part in ("and its estimates hold,", "normaliser energy", "energy of 5 rows: uses of A", "random keys scored classically"):
            self.assertIn(part, text)

    def test_targets(self):
        words = [*self.real(), "--rows", "0:4", "--check", "--engine", "oracle", "-o", "out.npy"]
        for more in (["--target", "0.05"], ["--target", "0.02", "--epsilon", "auto"], ["--target", "0.05", "--epsilon", "0.1"]):
            value = self.attend(words, *more)
            self.assertEqual(value["threshold"], {"rule": "target", "value": float(more[1])})
            output = numbers(self.folder / "out.npy")
            for i, row in enumerate(value["rows"]):
                length = math.hypot(*output[32 * i:32 * i + 32])
                self.assertLessEqual(row["bound"], float(more[1]) * length)
                self.assertGreaterEqual(row["thresholds"], 1)
        self.assertIn("as many as it takes for a bound of at most 0.05", " ".join(self.output(*words, "--target", "0.05").split()))

    def test_circuits_of_estimates(self):
        words = [*self.small(keys=24), "--method", "hybrid", "--top", "2", "--clusters", "2", "--epsilon", "0.05"]
        value = self.attend(words, "--rows", "0:3", "--qasm-dir", "c")
        names = {path.name for path in (self.folder / "c").iterdir()}
        measured = 0
        for row in value["rows"]:
            for kind, estimate in row["estimates"].items():
                stem = f"row_{row['row']}_{kind}"
                self.assertEqual({f"{stem}.qry", f"{stem}.qasm"} <= names, estimate is not None)
                if estimate:
                    measured += 1
                    again = self.output("compile", f"c/{stem}.qry")
                    self.assertEqual(again, (self.folder / "c" / f"{stem}.qasm").read_text())
                    result = self.value("run", f"c/{stem}.qry", "--json")["statements"][0]
                    self.assertGreater(result["ledger"]["a_calls"], 0)
        self.assertGreater(measured, 1)

    def test_one_key_and_repeated_keys(self):
        value = self.attend(self.small(rows=2, keys=1), "--check")
        for row in value["rows"]:
            self.assertEqual((row["hits"], row["error"], row["ledger"]["oracle_calls"]), (1, 0, 0))
        self.small()
        self.put("k.npy", quarry.npy((12, 3), [1.0, -2.0, 0.5] * 12))
        for row in self.attend(["attend", "-q", "q.npy", "-k", "k.npy", "-v", "v.npy"], "--check")["rows"]:
            self.assertEqual(row["hits"], 12)
            self.assertLess(row["error"], 1e-12)

    # for people

    def test_text(self):
        text = " ".join(self.output(*self.real(), "--method", "hybrid", "--rows", "0:3", "--check").split())
        for part in ("hybrid attention: 3 of 512 rows; 512 keys of dimension 32",
                     "row hits threshold error of the row bound oracle calls",
                     "misses none with probability at least 0.999", "exceeded by the error of no row",
                     "where a classical scan computes 512 scores", "controlled swaps",
                     "16,384 words written to load the quantum memory", "rows a second",
                     "what a search saves is queries and depth, not gates"):
            self.assertIn(part, text)
        many = self.output(*self.real(), "--method", "exact")
        self.assertNotIn("oracle", many)
        self.assertLess(many.count("\n"), 10)

    def test_text_says_what_was_run(self):
        words = [*self.small(rows=12), "--causal", "--method", "sparse", "--top", "12"]
        text = " ".join(self.output(*words, "--rows", "0").split())
        self.assertIn("none: no row needed a circuit; a row's classical scan computes 1 score in the mean", text)
        self.assertNotIn(" qubits", text)
        words[-1] = "1"
        for engine, what in (("gates", "run"), ("oracle", "that would be run")):
            text = " ".join(self.output(*words, "--rows", "8,11", "--engine", engine).split())
            self.assertIn(f"(circuits {what} and measured)", text)
            self.assertIn("a classical scan computes 10.5 scores in the mean", text)

    def test_text_says_when_landmarks_are_too_few(self):
        words = [*self.small(rows=6, keys=40), "--method", "nystrom", "--engine", "oracle", "--landmarks", "30"]
        advice = "6 of 6 rows fell back or have no bound"
        self.assertNotIn("fell back or", " ".join(self.output(*words[:-1], "40").split()))
        run = self.run_quarry(*words, "--value-samples", "1")
        self.assertIn(advice, " ".join(run.stdout.decode().split()))

    def test_help_gives_q_to_the_queries(self):
        text = self.output("attend", "--help")
        self.assertIn("-q, --queries", text)
        self.assertIn("      --quiet", text)

    # files

    def test_circuits(self):
        text = self.output(*self.small(keys=16), "--method", "hybrid", "--top", "4", "--rows", "0,3", "--qasm-dir", "c")
        self.assertIn("in c,", " ".join(text.split()))
        folder = self.folder / "c"
        self.assertEqual(sorted(path.name for path in folder.iterdir()),
                         ["certificate.qasm", "diffusion.qasm", "keys.npy", "load_K.qasm", "load_alive.qasm", "row_0.qasm",
                          "row_0.qry", "row_3.qasm", "row_3.qry"])
        for row in (0, 3):
            again = self.output("compile", f"c/row_{row}.qry")
            self.assertEqual(again, (folder / f"row_{row}.qasm").read_text())
        self.assertEqual(self.output("compile", "c/row_0.qry", "--part", "load:K"), (folder / "load_K.qasm").read_text())

    def test_circuits_are_made_for_the_keys_that_match(self):
        """A drop lowers the threshold from where the search began: what it found on the way does not count."""
        self.output(*self.small(rows=4, keys=64), "--method", "sparse", "--drop", "0.5", "--qasm-dir", "c")
        for row in range(4):
            expected = re.search(r"expect = (\d+)", (self.folder / "c" / f"row_{row}.qry").read_text())[1]
            head = (self.folder / "c" / f"row_{row}.qasm").read_text()
            self.assertRegex(head, rf"\n// {expected} of 64 rows match")

    def test_the_input_is_not_overwritten(self):
        words = self.small(keys=16)
        before = (self.folder / "q.npy").read_bytes()
        done = self.run_quarry(*words, "-o", "./q.npy", status=2)
        self.assertIn(b"would overwrite what is read", done.stderr)
        self.assertEqual((self.folder / "q.npy").read_bytes(), before)

    def test_circuits_do_not_overwrite_other_files(self):
        """Neither what is read nor what another option writes, under whatever name."""
        words = self.small(keys=16)
        (self.folder / "c").mkdir()
        for name in ("keys.npy", "row_3.qry", "row_4_normaliser.qasm", "load_alive.qasm"):
            os.rename(self.folder / "k.npy", self.folder / "c" / name)
            os.symlink(os.path.join("c", name), self.folder / "k.npy")
            before = (self.folder / "k.npy").read_bytes()
            for folder in ("c", "./c/"):
                said = self.complaint(2, *words, "--qasm-dir", folder)
                self.assertIn(f"--qasm-dir {folder} would overwrite k.npy, which is read", said)
            self.assertEqual((self.folder / "k.npy").read_bytes(), before)
            os.remove(self.folder / "k.npy")
            os.rename(self.folder / "c" / name, self.folder / "k.npy")
        os.symlink("../k.npy", self.folder / "c" / "keys.npy")
        self.assertIn("would overwrite k.npy, which is read", self.complaint(2, *words, "--qasm-dir", "c"))
        os.remove(self.folder / "c" / "keys.npy")
        for option, name in (("-o", "keys.npy"), ("--report", "row_0.qasm"), ("-o", "certificate.qasm")):
            said = self.complaint(2, *words, "--qasm-dir", "c", option, f"./c/{name}")
            self.assertIn(f"--qasm-dir c would overwrite ./c/{name}, which {option} names", said)
        self.assertIn("-o and --qasm-dir name the same file", self.complaint(2, *words, "--qasm-dir", "d", "-o", "d"))
        self.assertEqual((list((self.folder / "c").iterdir()), self.files()), ([], ["c", "k.npy", "q.npy", "v.npy"]))
        self.output(*words, "--method", "hybrid", "--top", "4", "--rows", "0", "--qasm-dir", "c", "-o", "c/out.npy")
        self.assertEqual(len(numbers(self.folder / "c" / "out.npy")), 2)

    def test_circuits_of_many_rows(self):
        self.output(*self.small(rows=17, keys=16), "--method", "hybrid", "--top", "4", "--qasm-dir", "c")
        rows = [path.name for path in (self.folder / "c").iterdir() if path.name.startswith("row")]
        self.assertEqual(sorted(rows), ["row_0.qasm", "row_0.qry"])

    def test_circuits_are_of_a_row_that_reads(self):
        words = [*self.small(rows=18, keys=16), "--method", "hybrid", "--top", "4", "--qasm-dir", "c"]
        source = random.Random(2)
        self.put("q.npy", quarry.npy((18, 3), [0.0] * 51 + [source.gauss(0, 1) for _ in range(3)]))
        self.output(*words)
        self.assertEqual(sorted(path.name for path in (self.folder / "c").iterdir()),
                         ["certificate.qasm", "diffusion.qasm", "keys.npy", "load_K.qasm", "load_alive.qasm", "row_17.qasm",
                          "row_17.qry"])

    def test_no_row_reads(self):
        words = [*self.small(rows=18, keys=16), "--method", "hybrid", "--top", "4", "--qasm-dir", "c"]
        self.put("q.npy", quarry.npy((18, 3), [0.0] * 54))
        done = self.run_quarry(*words)
        self.assertIn(b"no row reads the quantum memory", done.stderr)
        self.assertEqual(sorted(path.name for path in (self.folder / "c").iterdir()), ["keys.npy", "row_0.qasm", "row_0.qry"])

    def test_row_program_finds_what_the_row_found(self):
        value = self.attend(self.small(keys=16), "--method", "hybrid", "--top", "4", "--rows", "1", "--qasm-dir", "c")
        found = self.value("run", "c/row_1.qry", "--json")["statements"][0]["result"]
        self.assertLessEqual(len(found), value["rows"][0]["hits"])
        self.assertGreaterEqual(len(found), 1)

    # what goes wrong

    def test_misuse(self):
        words = self.small()
        for more in (["--top", "3", "--drop", "2"], ["--drop", "-1"], ["--bits", "8"], ["--bits", "8,17"], ["--bits", "1,8"],
                     ["--failure", "0"], ["--failure", "1"], ["--rows", "x"], ["--rows", "1,,2"], ["--rows", ""],
                     ["--scale", "0"], ["-o", "-"], ["--method", "exact", "--qasm-dir", "c"], ["extra"],
                     ["--engine", "oracle", "--engine-mode", "gates"], ["--method", "sparce"], ["--target", "0"],
                     ["--target", "0.1", "--top", "3"], ["--target", "0.1", "--tau", "3"], ["--target", "0.1", "--drop", "3"],
                     ["--epsilon", "0"], ["--epsilon", "1.5"], ["--epsilon", "-0.1"], ["--epsilon", "nan"], ["--epsilon", "0.1x"],
                     ["--epsilon", ""], ["--method", "exact", "--epsilon", "0.1"], ["--method", "exact", "--target", "0.1"]):
            text = self.complaint(2, *words, *more)
            self.assertEqual(text.count("error:"), 1, text)
        self.assertIn("-q, -k and -v are needed", self.complaint(2, "attend", "-q", "q.npy"))

    def test_options_that_do_not_go_together(self):
        words = self.small(rows=12)
        low = ["--method", "nystrom"]
        for more, said in (
                (["--rest", "moments"], "--rest goes with --method hybrid"),
                (["--landmarks", "4"], "--landmarks goes with --method hybrid or nystrom"),
                (["--lambda", "1"], "--lambda goes with --method hybrid or nystrom"),
                (["--value-samples", "all"], "--value-samples goes with --method hybrid or nystrom"),
                (["--kernel", "raw"], "--kernel goes with --method hybrid or nystrom"),
                (["--probabilities", "table"], "--probabilities goes with --method hybrid or nystrom"),
                (["--save", "s.npz"], "--save goes with --method nystrom"),
                ([*low, "--top", "3"], "--top goes with --method sparse, hybrid or halfspace"),
                ([*low, "--tau", "3"], "--tau goes with --method sparse, hybrid or halfspace"),
                ([*low, "--drop", "3"], "--drop goes with --method sparse, hybrid or halfspace"),
                ([*low, "--target", "1"], "--target goes with --method sparse or hybrid"),
                ([*low, "--bits", "8,8"], "--bits goes with --method sparse or hybrid"),
                ([*low, "--clusters", "3"], "--clusters goes with --method sparse, hybrid or halfspace"),
                ([*low, "--qasm-dir", "c"], "--qasm-dir goes with --method sparse or hybrid"),
                ([*low, "--rest", "nystrom"], "--rest goes with --method hybrid"),
                ([*low, "--landmarks", "3", "--lambda", "1"], "one of --landmarks and --lambda is enough"),
                ([*low, "--landmarks", "0"], "--landmarks takes a number from 1 to"),
                ([*low, "--lambda", "0"], "--lambda takes a number above 0, not 0"),
                ([*low, "--lambda", "-1"], "--lambda takes a number above 0, not -1"),
                ([*low, "--value-samples", "0"], "--value-samples takes a number from 1, or all, not '0'"),
                ([*low, "--value-samples", "some"], "--value-samples takes a number from 1, or all, not 'some'"),
                ([*low, "--value-samples", "3x"], "--value-samples takes a number from 1, or all, not '3x'"),
                ([*low, "--kernel", "row"], "--kernel takes balanced or raw, not 'row'"),
                ([*low, "--epsilon", "2"], "--epsilon takes a number above 0"),
                ([*low, "--save", "-"], "--save needs a file"),
                ([*low, "--save", "k.npy"], "--save k.npy would overwrite what is read"),
                ([*low, "--save", "a.npz", "-o", "a.npz"], "-o and --save name the same file"),
                ([*low, "--save", "a.npz", "--causal"], "--save does not go with --causal"),
                (["--method", "halfspace", "--engine", "oracle"], "--engine goes with --method sparse, hybrid or nystrom"),
                (["--method", "halfspace", "--engine-mode", "gates"], "--engine-mode goes with --method sparse, hybrid or nystrom"),
                (["--method", "halfspace", "--epsilon", "auto"], "--epsilon goes with --method sparse, hybrid or nystrom"),
                (["--method", "halfspace", "--failure", "0.1"], "--failure goes with --method sparse, hybrid or nystrom"),
                (["--method", "halfspace", "--target", "0.1"], "--target goes with --method sparse or hybrid"),
                (["--method", "exact", "--engine", "oracle"], "--engine goes with --method sparse, hybrid or nystrom"),
                (["--method", "hybrid", "--rest", "moments", "--landmarks", "3"], "--landmarks goes with --rest best or nystrom"),
                (["--method", "hybrid", "--rest", "rank1", "--kernel", "raw"], "--kernel goes with --rest best or nystrom"),
                (["--method", "hybrid", "--kernel", "raw"], "--kernel needs --landmarks or --lambda, or --rest nystrom"),
                (["--bits", "8,8,8"], "--bits takes two numbers, as 8,8: values are in no circuit of a search")):
            text = self.complaint(2, *words, *more)
            self.assertTrue(text.startswith("quarry: error: " + said), text)
            self.assertEqual(text.count("error:"), 1, text)
        self.assertEqual(self.files(), ["k.npy", "q.npy", "v.npy"])

    def test_options_that_do_not_go_with_a_state(self):
        words = self.small(rows=12)
        for more in (["-k", "k.npy"], ["-v", "v.npy"], ["--check"], ["--causal"], ["--scale", "1"], ["--landmarks", "3"],
                     ["--epsilon", "0.1"], ["--failure", "0.1"], ["--engine", "oracle"], ["--save", "t.npz"],
                     ["--value-samples", "all"]):
            text = self.complaint(2, "attend", "-q", "q.npy", "--load", "s.npz", *more)
            self.assertRegex(text, r"^quarry: error: --[a-z-]+ goes without --load: (a state|it was settled) .*\n  hint: ")
        for more in (["--clusters", "3"], ["--top", "3"], ["--qasm-dir", "c"], ["--method", "sparse"], ["--method", "exact"]):
            self.assertEqual(self.complaint(2, "attend", "-q", "q.npy", "--load", "s.npz", *more).count("error:"), 1)
        self.assertIn("--seed goes without --load: it was settled when", self.complaint(2, "attend", "-q", "q.npy", "--load", "s.npz", "--seed", "2"))
        self.assertIn("-q is needed", self.complaint(2, "attend", "--load", "s.npz"))
        self.assertIn("would overwrite what is read", self.complaint(2, "attend", "-q", "q.npy", "--load", "q.npy", "-o", "q.npy"))
        self.assertIn("--load goes with --method nystrom", self.complaint(2, *words, "--load", "s.npz", "--method", "hybrid"))

    # the low-rank kernel

    def nystrom(self, words, *more):
        return self.attend([*words, "--method", "nystrom", "--engine", "oracle"], *more)

    def test_low_rank_kernel(self):
        for more, samples in ((["--landmarks", "4"], 30), (["--lambda", "0.5"], 30), (["--kernel", "raw", "--landmarks", "8"], 30),
                              (["--landmarks", "6", "--value-samples", "10"], None), (["--epsilon", "0.3"], 30)):
            value = self.nystrom(self.small(rows=7, keys=30), "--check", *more)
            kernel = value["nystrom"]
            self.assertEqual((value["engine"], value["epsilon"]), ("oracle", 0.3 if "--epsilon" in more else None))
            self.assertEqual(kernel["kernel"], "raw" if "raw" in more else "balanced")
            self.assertEqual(kernel["mean_epsilon"], 0.3 if "--epsilon" in more else 0.1)
            self.assertFalse(kernel["loaded"])
            self.assertLessEqual(1, kernel["landmarks"])
            if "--landmarks" in more:
                self.assertLessEqual(kernel["landmarks"], int(more[more.index("--landmarks") + 1]))
            if samples:
                self.assertEqual(kernel["value_samples"], samples)
            else:
                self.assertLess(kernel["value_samples"], 30)
            self.assertEqual(value["summary"]["rows_over_bound"], 0)
            self.assertIsNone(value["summary"]["hits"])
            stages = {stage["name"]: stage for stage in value["ledger"]["preprocess"]["stages"]}
            self.assertLessEqual({"landmarks", "mean", "values", "certificate"}, set(stages))
            self.assertGreater(stages["mean"]["ledger"]["a_calls"], 0)
            self.assertIsNone(stages["certificate"]["ledger"])
            for row in value["rows"]:
                self.assertEqual((row["hits"], row["tau"], row["missed"]), (None, None, None))
                self.assertIn(row["rest"], ("nystrom", "mean"))

    def test_low_rank_kernel_gate_by_gate(self):
        words = [*self.small(), "--method", "nystrom", "--landmarks", "4", "--check"]
        value = self.attend(words)
        self.assertEqual((value["engine"], value["summary"]["rows_over_bound"]), ("gates", 0))
        text = " ".join(self.output(*words).split())
        for part in ("nystrom attention: 5 of 5 rows", "balanced Gaussian, from 4 landmarks among queries and keys (ridge",
                     "all rows of V", "by amplitude estimation, once, to 0.1", "row residual error of the row bound",
                     "once a head operations oracle calls uses of A shots gates time", "no key is touched",
                     "the exact row takes n (d + d_v) = 60", "engine gates; seed 1"):
            self.assertIn(part, text)
        self.assertNotIn("hits", text)

    def test_rest_of_hybrid(self):
        words = [*self.small(rows=6, keys=40), "--method", "hybrid", "--top", "4", "--engine", "oracle", "--check"]
        bounds = {}
        for rest in ("moments", "rank1", "nystrom", "best"):
            more = ["--landmarks", "20"] if rest in ("nystrom", "best") else []
            value = self.attend([*words, "--rest", rest, *more])
            self.assertEqual(value["nystrom"] is None, not more)
            self.assertEqual(value["summary"]["rows_over_bound"], 0)
            if rest != "best":
                self.assertEqual({row["rest"] for row in value["rows"]} - {None}, {rest})
            bounds[rest] = [row["bound"] for row in value["rows"]]
            self.assertTrue(all(value["rows"]))
        for i, best in enumerate(bounds["best"]):
            self.assertLessEqual(best, 1.001 * min(bounds["moments"][i], bounds["rank1"][i]))
        self.assertIn("by the low-rank kernel", self.output(*words, "--rest", "nystrom", "--landmarks", "20"))

    def test_save_and_load(self):
        words = self.small(rows=9, keys=30)
        saved = self.nystrom(words, "--landmarks", "12", "--save", "s.npz", "-o", "a.npy")
        loaded = self.attend(["attend", "-q", "q.npy", "--load", "s.npz"], "-o", "b.npy", "--threads", "2")
        self.assertEqual((self.folder / "a.npy").read_bytes(), (self.folder / "b.npy").read_bytes())
        self.assertTrue(loaded["nystrom"].pop("loaded"))
        saved["nystrom"].pop("loaded")
        for key in ("nystrom", "engine", "scale", "n", "d", "dv", "failure", "causal", "method"):
            self.assertEqual(saved[key], loaded[key], key)
        self.assertEqual(without_times(saved["ledger"]["preprocess"]), without_times(loaded["ledger"]["preprocess"]))
        self.assertEqual(without_times(saved["rows"]), without_times(loaded["rows"]))
        again = self.attend(["attend", "-q", "q.npy", "--load", "s.npz", "--method", "nystrom"], "--rows", "3,5", "-o", "c.npy")
        self.assertEqual(numbers(self.folder / "c.npy"), [x for i in (3, 5) for x in numbers(self.folder / "a.npy")[2 * i:2 * i + 2]])
        self.assertEqual(len(again["rows"]), 2)
        before = (self.folder / "s.npz").read_bytes()
        self.nystrom(words, "--landmarks", "12", "--save", "s.npz")
        with zipfile.ZipFile(self.folder / "s.npz") as archive:
            self.assertIsNone(archive.testzip())
            self.assertIn("landmark.npy", archive.namelist())
        self.assertEqual(len(before), (self.folder / "s.npz").stat().st_size)
        text = " ".join(self.output("attend", "-q", "q.npy", "--load", "s.npz").split())
        self.assertIn("state from s.npz", text)
        self.assertIn("engine when the state was made: oracle", text)

    def test_bad_states(self):
        words = self.small(rows=4, keys=30)
        self.nystrom(words, "--landmarks", "6", "--save", "s.npz")
        good = (self.folder / "s.npz").read_bytes()
        load = ["attend", "-q", "q.npy", "--load"]
        self.assertIn("cannot read none.npz: No such file", self.complaint(1, *load, "none.npz"))
        self.assertIn("k.npy: it is one array (.npy), not an archive", self.complaint(1, *load, "k.npy"))
        for length in (0, 10, len(good) // 2, len(good) - 1):
            self.put("cut.npz", good[:length])
            text = self.complaint(1, *load, "cut.npz")
            self.assertEqual(text.count("error:"), 1, text)
        with zipfile.ZipFile(self.folder / "other.npz", "w") as archive:
            archive.writestr("k.npy", quarry.npy((2,), [1.0, 2.0]))
        self.assertEqual(self.complaint(1, *load, "other.npz"),
                         "quarry: error: cannot read other.npz: it is not a state of quarry attend\n"
                         "  hint: quarry attend --method nystrom --save writes one\n")
        self.put("wide.npy", quarry.npy((2, 4), [0.0] * 8))
        self.assertIn("Q has 4 columns but the keys had 3", self.complaint(1, "attend", "-q", "wide.npy", "--load", "s.npz"))
        self.assertIn("No such file or directory", self.complaint(1, *words, "--method", "nystrom", "--save", "none/s.npz"))
        self.assertEqual([name for name in self.files() if name.startswith(".")], [])

    # hard heads

    def hard(self, q, k, v):
        for name, array in (("q", q), ("k", k), ("v", v)):
            self.put(name + ".npy", quarry.npy((len(array), len(array[0])), [x for row in array for x in row]))
        return ["attend", "-q", "q.npy", "-k", "k.npy", "-v", "v.npy", "--check", "-o", "out.npy"]

    METHODS = (["--method", "sparse"], ["--method", "hybrid", "--top", "3"],
               ["--method", "hybrid", "--rest", "nystrom", "--top", "3", "--landmarks", "4"],
               ["--method", "nystrom", "--landmarks", "4"], ["--method", "nystrom", "--landmarks", "4", "--kernel", "raw"],
               ["--method", "nystrom", "--landmarks", "4", "--value-samples", "5"], ["--method", "nystrom", "--landmarks", "1000"],
               ["--method", "halfspace"], ["--method", "exact"])

    def every_method(self, words, *more):
        """Right answers from every method: finite rows, no error above its bound."""
        for method in self.METHODS:
            engine = ["--engine", "oracle"] if method[1] not in ("halfspace", "exact") else []
            value = self.attend([*words, *method, *engine, *more])
            self.assertEqual(value["summary"]["rows_over_bound"], 0, method)
            self.assertTrue(all(map(math.isfinite, numbers(self.folder / "out.npy"))), method)
            yield value

    def test_hard_heads(self):
        source = random.Random(5)
        def random_rows(rows, columns):
            return [[source.gauss(0, 1) for _ in range(columns)] for _ in range(rows)]
        q, k, v = random_rows(4, 3), random_rows(20, 3), random_rows(20, 2)
        for value in self.every_method(self.hard(q, k, [[0.0, 0.0]] * 20)):  # V zero
            self.assertTrue(all(row["error"] == 0 for row in value["rows"]))
        for value in self.every_method(self.hard(q, k, [[2.0, -3.0]] * 20)):  # V constant
            self.assertTrue(all(row["error"] < 1e-12 for row in value["rows"]))
        for value in self.every_method(self.hard(q, [k[0]] * 20, v)):  # K constant: all scores equal
            if not value["nystrom"] or value["nystrom"]["value_samples"] == 20:
                self.assertTrue(all(row["error"] < 1e-9 for row in value["rows"]), value["method"])
        for value in self.every_method(self.hard([[0.0] * 3] * 2, k, v)):  # all scores 0
            if not value["nystrom"]:
                self.assertTrue(all(row["error"] < 1e-9 for row in value["rows"]), value["method"])
        for value in self.every_method(self.hard(q, k[:1], v[:1])):  # one key
            self.assertTrue(all(row["error"] < 1e-12 for row in value["rows"]))
        for value in self.every_method(self.hard(q[:1], k, v)):  # one row
            self.assertEqual(len(value["rows"]), 1)

    def test_huge_scores(self):
        source = random.Random(6)
        for size in (1e3, 1e8, 1e60):
            q = [[size * source.gauss(0, 1) for _ in range(3)] for _ in range(2)] + [[1.0, 2.0, 3.0]]
            k = [[source.gauss(0, 1) for _ in range(3)] for _ in range(20)]
            v = [[source.gauss(0, 1) for _ in range(2)] for _ in range(20)]
            for value in self.every_method(self.hard(q, k, v)):
                self.assertEqual(len(value["rows"]), 3)
                if value["method"] in ("sparse", "hybrid", "halfspace") and size == 1e60: # one key is all there is to these rows
                    self.assertTrue(all(row["error"] < 1e-9 for row in value["rows"][:2]), value["method"])

    # causal rows, and the tree

    def test_causal(self):
        words = self.small(rows=14, keys=14)
        for method in self.METHODS:
            engine = ["--engine", "oracle"] if method[1] not in ("halfspace", "exact") else []
            value = self.attend([*words, *method, *engine, "--causal", "--check", "-o", "out.npy"])
            self.assertTrue(value["causal"])
            self.assertEqual(value["summary"]["rows_over_bound"], 0, method)
            self.assertEqual([row["ledger"]["classical_score_evaluations"] for row in value["rows"]], list(range(1, 15)))
            first = numbers(self.folder / "out.npy")[:2]
            for got, expected in zip(first, numbers(self.folder / "v.npy")[:2]):
                self.assertAlmostEqual(got, expected)
        self.assertIn("attention, causal: 14 of 14 rows", self.output(*words, "--causal", "--method", "exact"))
        text = self.complaint(1, *self.small(rows=5, keys=14), "--causal")
        self.assertIn("5", text)
        self.assertIn("14", text)

    def test_halfspace(self):
        words = self.small(rows=6, keys=50)
        for rule in (["--top", "5"], ["--drop", "2"], ["--tau", "0.5"]):
            tree = self.attend([*words, "--method", "halfspace", "--check", *rule])
            self.assertEqual((tree["engine"], tree["engine_mode"], tree["failure"], tree["bits"]), (None,) * 4)
            self.assertEqual(tree["summary"]["rows_over_bound"], 0)
            self.assertIn("tree", [stage["name"] for stage in tree["ledger"]["preprocess"]["stages"]])
            search = self.attend([*words, "--method", "sparse", "--engine", "oracle", *rule])
            for row, other in zip(tree["rows"], search["rows"]):
                self.assertLessEqual(row["hits"], other["hits"])
                self.assertEqual((row["ledger"]["oracle_calls"], row["missed"]), (0, None))
                self.assertGreater(row["ledger"]["score_evaluations"], 0)
        text = " ".join(self.output(*words, "--method", "halfspace", "--top", "5").split())
        self.assertIn("the keys of highest score, 5 of them; classically, by a tree of the keys", text)
        self.assertIn("row hits threshold bound scores", text)
        self.assertNotIn("oracle", text)

    def test_rows_out_of_range(self):
        for rows in ("5", "0,5", "3:6", "2:2", "99999999999999"):
            self.assertEqual(self.complaint(1, *self.small(), "--rows", rows).count("error:"), 1)

    def test_bad_arrays(self):
        words = self.small()
        good = (self.folder / "k.npy").read_bytes()
        bad = {"empty": b"", "text": b"hello", "truncated": good[:200], "too long": good + b"x",
               "complex": good.replace(b"<f8", b"<c8"), "narrow": quarry.npy((12, 2), [0.0] * 24),
               "short": quarry.npy((11, 3), [0.0] * 33), "one dimension": quarry.npy((12,), [0.0] * 12),
               "not a number": quarry.npy((12, 3), [0.0] * 35 + [math.nan]),
               "infinite": quarry.npy((12, 3), [0.0] * 35 + [-math.inf]),
               "no rows": quarry.npy((0, 3), []), "overflowing": quarry.npy((12, 3), [1e200] * 36),
               "huge": quarry.npy_header((10**9, 10**6)) + b"12345678"}
        for name, content in bad.items():
            self.put("k.npy", content)
            text = self.complaint(1, *words)
            self.assertEqual(text.count("error:"), 1, f"{name}: {text}")
        (self.folder / "k.npy").unlink()
        self.assertIn("No such file", self.complaint(1, *words))

    def test_large_scores_have_no_bound_but_an_answer(self):
        words = self.small()
        self.put("q.npy", quarry.npy((2, 3), [1e60, -2e60, 3e60, 1.0, 2.0, 3.0]))
        value = self.attend(words, "--check", "--drop", "1", "-o", "out.npy")
        self.assertEqual(value["summary"]["rows_over_bound"], 0)
        self.assertEqual(value["summary"]["rows_without_bound"], 1)
        self.assertIn("bound_reason", value["rows"][0])
        self.assertNotIn("bound_reason", value["rows"][1])
        self.assertTrue(all(map(math.isfinite, numbers(self.folder / "out.npy"))))
        for row in value["rows"]:
            self.assertTrue(math.isfinite(row["error"]))
            self.assertTrue(math.isfinite(row["normaliser"]))

    def test_reasons_for_no_bound(self):
        words = [*self.small(), "--drop", "1"]
        self.put("q.npy", quarry.npy((4, 3), [1e60, -2e60, 3e60, 1.0, 2.0, 3.0, 0.5, 4.0, -9.0, -1e60, 1e60, 1e60]))
        rows = self.attend(words)["rows"]
        reasons = [row["bound_reason"] for row in rows if "bound_reason" in row]
        self.assertGreater(len(reasons), 0)
        text = " ".join(self.output(*words).split())
        for reason in reasons:
            many = "1 row" if reasons.count(reason) == 1 else f"{reasons.count(reason)} rows"
            self.assertEqual(text.count(f"none for {many}: {reason}"), 1)

    def test_failures_of_rows_add_up(self):
        words = [*self.small(rows=5), "--failure", "0.01"]
        self.assertIn("at least 0.99, that of all 5 rows at least 0.95", " ".join(self.output(*words).split()))
        self.assertNotIn("that of all", " ".join(self.output(*words, "--rows", "2").split()))
        self.assertNotIn("that of all", " ".join(self.output(*words, "--failure", "0.2").split()))

    def test_outputs_that_cannot_be_written(self):
        words = self.small()
        self.assertIn("none/out.npy", self.complaint(1, *words, "-o", "none/out.npy"))
        self.assertIn("q.npy", self.complaint(1, *words, "--qasm-dir", "q.npy"))
        self.assertIn("No space left", self.complaint(1, *words, "-o", "/dev/full"))
        with open("/dev/full", "w", encoding="ascii") as full:
            done = self.run_quarry(*words, status=1, stdout=full)
        self.assertIn(b"No space left", done.stderr)

    def test_closed_pipe(self):
        reader, writer = os.pipe()
        os.close(reader)
        done = self.run_quarry(*self.small(), status=1, stdout=writer)
        os.close(writer)
        self.assertEqual(done.stderr.count(b"error:"), 1)

    def test_interrupt(self):
        words = [quarry.QUARRY, *self.real(), "--engine-mode", "gates", "--method", "sparse", "--threads", "2", "-o", "out.npy"]
        run = subprocess.Popen(words, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            run.communicate(timeout=1)
            self.fail("it was too fast to be interrupted")
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGINT)
        printed, said = run.communicate(timeout=quarry.TIME_LIMIT)
        self.assertEqual((run.returncode, printed, said), (1, b"", b"quarry: error: interrupted\n"))
        self.assertEqual(self.files(), [])


if __name__ == "__main__":
    quarry.main()
