#!/usr/bin/env python3
"""Counts, estimates, samples and best rows from outside: every kind as text and JSON, by every engine, compiled and counted;
what is refused, and what a limit of queries leaves."""
import json
import math

import quarry
from qasm import File
from run_test import without_time
from schema import Schema

X = [0.5, 3, 1.25, 0, 2, 0.75, 3.75, 1, 2.5, 0.25, 1.5, 0.5]  # of estimate.qry
ABOVE = [x for x in X if x > 1]
EXP = sum(math.exp(-x) for x in X)
TRUTH = {"number": len(ABOVE), "average": sum(X) / 12, "above": sum(ABOVE) / len(ABOVE), "softmax": EXP, "exact": EXP,
         "signed": (sum(X) - X[6]) / 11 - 1.5, "likely": sum(X) / 12, "phase": sum(X) / 12}
WITH_WHERE = {"number", "above", "signed", "least"}
STATEMENTS = (*TRUTH, "best", "least", "some", "others", "draws", "race")
SMALL = "table T[4] : ufixed(2,2) = [0.5, 1, 0, 2.25];\n"
ZEROS = "table T[5] : ufixed(2,2) = [0, 0, 0, 0, 0];\n"


class EstimateTest(quarry.Test):
    def setUp(self):
        super().setUp()
        self.take("estimate.qry")

    def statements(self, *words):
        """By name; without what changes from run to run."""
        value = self.value("run", "estimate.qry", "--json", *words)
        self.assertEqual(Schema.named("run").faults(value), [], words)
        for each in value["statements"]:
            del each["ledger"]["seconds"]
        return {each["name"]: each for each in value["statements"]}

    def one(self, text, *words, **more):
        """The only statement of a program."""
        self.put("p.qry", text)
        statement, = self.value("run", "p.qry", "--json", "-q", *words, **more)["statements"]
        return statement

    def check_answers(self, found, names=STATEMENTS):
        self.assertEqual(tuple(found), tuple(names))
        for name, truth in TRUTH.items():
            result, statement = found[name]["result"], found[name]
            self.assertLessEqual(result["low"], result["value"])
            self.assertLessEqual(result["value"], result["high"])
            self.assertTrue(result["low"] <= truth <= result["high"], (name, result, truth))
            self.assertTrue(statement["complete"])
            self.assertGreater(statement["ledger"]["a_calls"], 0)
            self.assertLessEqual(statement["classical_samples"], 12)
        for name, epsilon in (("average", 0.1), ("above", 0.1), ("softmax", 0.1), ("exact", 0.1), ("likely", 0.2), ("phase", 0.4)):
            low, high = found[name]["result"]["low"], found[name]["result"]["high"]
            self.assertLessEqual(high - low, epsilon * (high + low) + 1e-12)
        low, high = found["signed"]["result"]["low"], found["signed"]["result"]["high"]
        self.assertLessEqual(high - low, 2 * 0.2 + 1e-12)
        self.assertEqual(found["best"]["result"], {"index": 6, "value": 3.75})
        self.assertEqual(found["least"]["result"], {"index": 2, "value": 1.25})
        for name in ("some", "others"):
            self.assertEqual(found[name]["result"], sorted(set(found[name]["result"])))
        self.assertNotIn(3, found["some"]["result"])  # of probability 0
        self.assertIn(3, found["others"]["result"])  # of probability 1
        self.assertEqual((len(found["draws"]["result"]), len(found["race"]["result"])), (6, 3))
        self.assertNotIn(3, found["draws"]["result"])

    # ---- what is said ----

    def test_golden(self):
        self.compare("estimate_run.txt", without_time(self.output("run", "estimate.qry")))

    def test_kinds(self):
        found = self.statements()
        self.check_answers(found)
        said = {name: (each["kind"], each.get("method"), each.get("encoding")) for name, each in found.items()}
        self.assertEqual(said, {
            "number": ("count", "iterative", None), "average": ("estimate mean", "iterative", "inequality"),
            "above": ("estimate mean", "iterative", "inequality"), "softmax": ("estimate sum", "iterative", "flags"),
            "exact": ("estimate sum", "iterative", "inequality"), "signed": ("estimate mean", "iterative", "inequality"),
            "likely": ("estimate mean", "mlae", "inequality"), "phase": ("estimate mean", "canonical", "inequality"),
            "best": ("search max", None, None), "least": ("search min", None, None), "some": ("sample set", "hash", None),
            "others": ("sample set", "stored", None), "draws": ("sample one", "amplification", "inequality"),
            "race": ("sample one", "race", None)})
        self.assertEqual((found["number"]["seed"], found["average"]["seed"]), (4, 1))

    def test_seeds(self):
        """The answers hold whatever the seed, and seeds change them."""
        results = set()
        for seed in range(12):
            found = self.statements("--seed", str(seed), "--engine", "oracle")
            del found["phase"]  # may be wrong once in ten
            found["phase"] = self.statements("--statement", "phase")["phase"]
            self.check_answers({name: found[name] for name in STATEMENTS})
            results.add(json.dumps(found["draws"]["result"]))
        self.assertGreater(len(results), 6)

    def test_same_whatever_the_threads_and_modes(self):
        first = self.statements("--seed", "5")
        for words in (["--threads", "2"], ["--engine-mode", "gates"], ["--engine-mode", "numbered"], ["--engine-mode", "replay"], []):
            again = self.statements("--seed", "5", *words)
            for name in STATEMENTS:
                for each in (first[name], again[name]):
                    each.pop("engine_mode", None)
                    each.pop("state", None)
                self.assertEqual(first[name], again[name], (name, words))

    def test_alone(self):
        """A statement does the same alone."""
        both = self.statements("--seed", "3")
        for name in ("above", "others", "race"):
            self.assertEqual(self.statements("--seed", "3", "--statement", name)[name], both[name])

    def test_engine_oracle(self):
        found = self.statements("--engine", "oracle")
        self.check_answers(found)
        for each in found.values():
            self.assertEqual((each["engine_mode"], each["ledger"]["simulated"]), ("oracle", 0))
            self.assertNotIn("state", each)
        self.assertIn("no gate was run", self.output("run", "estimate.qry", "--engine", "oracle", "--statement", "softmax"))

    def test_engine_dense(self):
        """Searches and samples have the same random numbers, so the same answer and bill; estimates draw in another order."""
        text = "table T[4] : uint(2) = [3, 1, 0, 2];\nqram select;\n"
        for statement in ("sample one j in T with probability T[j] >> 2 { shots = 3 };", "search max j in T by T[j];"):
            sparse, dense = (self.one(text + statement, "--engine", each) for each in ("sparse", "dense"))
            for each in (sparse, dense):
                del each["ledger"]["seconds"]
            self.assertEqual((sparse["result"], sparse["ledger"]), (dense["result"], dense["ledger"]))
            self.assertEqual(dense["engine_mode"], "double precision")
        for statement, truth in (("estimate mean of T[j] for j in T where T[j] > 0 { epsilon = 0.2 };", 2),
                                 ("count j in T where T[j] > 1;", 2), ("estimate sum of T[j] for j in T { method = mlae };", 6)):
            dense = self.one(text + statement, "--engine", "dense")
            self.assertTrue(dense["result"]["low"] <= truth <= dense["result"]["high"])
            self.assertEqual((dense["engine_mode"], dense["state"]["axes"]), ("double precision", 0))

    def test_samples(self):
        """A row of probability 0 is never in, one of 1 always; others sometimes."""
        text = "table T[8] : ufixed(1,2) = [0, 1, 0.5, 0.25, 0.75, 0, 1, 0.5];\nsample set j in T with probability T[j] { method = %s };\n"
        for method in ("hash", "stored"):
            sets = [self.one(text % method, "--engine", "oracle", "--seed", str(seed))["result"] for seed in range(24)]
            always = set.intersection(*map(set, sets))
            self.assertEqual((always, set.union(*map(set, sets))), ({1, 6}, {1, 2, 3, 4, 6, 7}))

    # ---- what has no need of a circuit, or ends at nothing ----

    def test_nothing(self):
        """A table of zeros, a predicate that nothing meets: an interval from 0 that ends."""
        for query in ("sum of T[j] for j in T", "mean of T[j] for j in T", "sum of T[j] for j in T { epsilon = 0.01, absolute = 1 }"):
            statement = self.one(ZEROS + f"estimate {query};\n")
            self.assertEqual((statement["result"], statement["ledger"]["a_calls"]), ({"value": 0, "low": 0, "high": 0}, 0))
            self.assertIn("no circuit is needed", self.output("run", "p.qry"))
        for method in ("iterative", "mlae", "canonical"):
            text = SMALL + f"count j in T where T[j] > 0.5 && T[j] < 1 {{ method = {method} }};\n"
            engine = "oracle" if method == "canonical" else "sparse"  # to see nothing takes it 12 counting qubits
            statement = self.one(text, "--engine", engine)
            self.assertEqual(statement["result"], {"value": 0, "low": 0, "high": 0})
            self.assertGreater(statement["ledger"]["a_calls"], 0)
            for encoding in ("inequality", "flags"):
                statement = self.one(SMALL + "estimate sum of exp(-T[j]) for j in T where T[j] > 0.5 && T[j] < 1 "
                                             f"{{ method = {method}, encoding = {encoding} }};\n", "--engine", engine)
                self.assertEqual(statement["result"]["low"], 0)
                self.assertLess(statement["result"]["high"], 0.01)
                self.assertEqual(statement["complete"], encoding == "inequality")  # marked states are whole there
        self.assertIn("s1: the interval is wider than was asked for: what its encoding rounds is more than that",
                      self.run_quarry("run", "p.qry", "--engine", "oracle").stderr.decode())

    def test_no_rows(self):
        """Of a mean an error, of others an answer."""
        self.put("p.qry", SMALL + "estimate mean of T[j] for j in T where T[j] > 0.5 && T[j] < 1;\n")
        text = self.complaint(1, "run", "p.qry")
        self.assertRegex(text, r"^p.qry:2:1: error: with probability at least 0.9995, no row matches: there is nothing to take the mean of\n")
        self.assertIn("hint: count how many rows match first", text)
        for kind in ("max", "min"):
            self.assertIsNone(self.one(SMALL + f"search {kind} j in T by T[j] where T[j] > 0.5 && T[j] < 1;\n")["result"])
        self.assertIn("no row matches", self.output("run", "p.qry"))
        self.assertEqual(self.one(ZEROS + "sample set j in T with probability T[j];\n")["result"], [])
        self.assertEqual(self.one(ZEROS + "sample one j in T with probability T[j] { shots = 3 };\n")["result"], [])
        self.assertIn("no row has any probability", self.output("run", "p.qry"))

    # ---- what is refused ----

    def test_refused(self):
        """In one message, by every command that compiles."""
        wide = "table T[2] : uint(20) = [0, 1048575];\n"
        for text, said in (
                (SMALL + "estimate sum of T[j] for j in T { epsilon = 0 };", "2:45: error: epsilon is greater than 0, and this is 0\n"),
                (SMALL + "estimate sum of T[j] for j in T { epsilon = -1 };", "2:45: error: epsilon is greater than 0, and this is -1\n"),
                (SMALL + "estimate sum of T[j] for j in T { epsilon = 1.01 };", "epsilon is relative and at most 1, and this is 1.01\n"),
                (SMALL + "count j in T where T[j] > 1 { absolute = 1 };", "an absolute epsilon has no default"),
                (SMALL + "count j in T where T[j] > 1 { failure = 0 };", "failure is at least 1e-12 and below 1, and this is 0\n"),
                (SMALL + "count j in T where T[j] > 1 { failure = 1 };", "failure is at least 1e-12 and below 1, and this is 1\n"),
                (SMALL + "count j in T where T[j] > 1 { failure = -0.1 };", "and this is -0.1\n"),
                (SMALL + "count j in T where T[j] > 1 { method = itterative };", "did you mean 'iterative'?"),
                (SMALL + "count j in T where T[j] > 1 { method = hash };", "the method of count is iterative, canonical or mlae\n"),
                (SMALL + "count j in T where T[j] > 1 { encoding = flags };", "count has no option 'encoding'\n"),
                (SMALL + "search all j in T where T[j] > 1 { epsilon = 0.1 };", "search all has no option 'epsilon'\n"),
                (SMALL + "sample one j in T with probability T[j];", "2:36: error: a probability lies between 0 and 1, and this is between 0 and 2.25\n"),
                (SMALL + "sample set j in T with probability T[j];", "hint: cut it off: min(1, ...)\n"),
                (SMALL + "sample set j in T with probability -T[j];", "hint: cut it off: max(0, ...)\n"),
                (SMALL + "sample one j in T with probability T[j] >> 2 { method = race };", "a race needs a probability that is an exponential\n"),
                (SMALL + "estimate mean of T[j] for j in T where T[j] > 3;", "no row can match"),
                (wide + "estimate sum of exp(-T[j]) for j in T;", "2:17: error: exp takes at most 16 bits, and this has 21\n"),
                (wide + "search one j in T where exp(-T[j]) > 0.5;", "hint: \"as\" drops low bits; min, max and clip narrow what it can be\n"),
                (SMALL + "count j in T where lookup(T, j + 1) > 1;", "the index lies between 1 and 4, but the entries go from 0 to 3\n")):
            self.put("p.qry", text + "\n")
            for command in ("run", "count", "compile"):
                message = self.complaint(1, command, "p.qry")
                self.assertIn(said, message)
                self.assertEqual(message.count("error:"), 1, message)

    def test_size(self):
        self.put("p.qry", "estimate mean of j for j in 0..1000000000000 where j * j == 25;\n")
        self.assertEqual(self.complaint(1, "run", "p.qry", "--engine", "dense").count("error:"), 1)

    # ---- a limit of queries ----

    def test_limited_search(self):
        """An error, whatever was found; nothing is run beyond the limit."""
        for query in ("search all j in T where T[j] > 0.25", "search max j in T by T[j] where T[j] < 2",
                      "sample set j in T with probability T[j] >> 2", "sample one j in T with probability T[j] >> 2 { shots = 9 }"):
            self.put("p.qry", SMALL + query + ";\n")
            text = self.complaint(1, "run", "p.qry", "--max-queries", "4", "--json")
            self.assertRegex(text, r"^p.qry:2:1: error: the limit of 4 queries ended this (search: rows may be|sample: draws are) missing\n")
            text = self.run_quarry("run", "p.qry", "--max-queries", "4", status=1).stdout.decode()
            self.assertIn("certainty   none: the limit of queries was reached\n", text)
            self.assertIn("complete", self.one(SMALL + query + ";\n", "--max-queries", "100000"))

    def test_limited_estimate(self):
        """A warning, and the interval so far, which is right as it is."""
        widths = {}
        for name in ("average", "number", "softmax", "likely", "phase"):
            for limit in (1, 7, 60, 500):
                done = self.run_quarry("run", "estimate.qry", "--statement", name, "--max-queries", str(limit), "--json")
                statement, = json.loads(done.stdout)["statements"]
                result, used = statement["result"], sum(statement["ledger"]["queries"].values())
                self.assertLessEqual(used, limit)
                self.assertTrue(result["low"] <= TRUTH[name] <= result["high"])
                warning = f"quarry: warning: {name}: the interval is wider than was asked for: it ended at the limit of {limit} queries\n"
                self.assertEqual(done.stderr.decode(), "" if statement["complete"] else warning)
                widths[name, limit] = result["high"] - result["low"]
                if limit == 7:
                    self.assertFalse(statement["complete"])
            self.assertLess(widths[name, 500], widths[name, 1])
        without = self.statements()
        self.assertEqual(self.statements("--max-queries", "1000000"), without)

    # ---- circuits ----

    def test_as_printed(self):
        """Counted = printed, gate by gate, of every kind, part and profile."""
        schema, compiled = Schema.named("count"), Schema.named("compile")
        parts = [["--part", "prepare"], ["--part", "oracle"], ["--part", "diffusion"], ["--part", "canonical:2"]]
        for name in STATEMENTS:
            estimate = name in TRUTH
            for more in ([], ["--iterations", "0"], ["--iterations", "3"], ["--qram", "select"], ["--profile", "full"],
                         ["--part", "load:x"], *(parts if estimate else parts[1:3])):
                words = ["estimate.qry", "--statement", name, *more]
                with self.subTest(words):
                    summary = self.value("compile", *words, "-o", "out.qasm", "--json")
                    value, read = self.value("count", *words, "--json"), self.value("count", "out.qasm", "--json")["total"]
                    total = value["total"]
                    self.assertEqual((schema.faults(value), compiled.faults(summary)), ([], []))
                    for key in ("gates", "qubits", "by_gate", "t", "toffoli", "rotations", "measurements", "depth", "t_depth"):
                        self.assertEqual(total[key], read[key], key)
                    if "full" not in more:
                        file = File((self.folder / "out.qasm").read_text())
                        self.assertEqual((total["by_gate"], total["qubits"]), (dict(file.gates), file.qubits))
                    whole = not more or more[0] != "--part"
                    self.assertEqual("marked" in summary, whole)
        for part in ("prepare", "canonical:3"):
            self.assertIn(f"no part '{part}'", self.complaint(1, "compile", "estimate.qry", "--statement", "best", "--part", part))

    def test_head(self):
        """What the head of a file says of the registers is what is measured and left."""
        for name, lines in (("average", ["flag[1]      1 where there is a mark; measured into c[0]", "all are zero before:"]),
                            ("softmax", ["flags[", "all are zero before:", "; measured into c[0]"]),
                            ("draws", ["the row j; measured into c[0] to c[3]", "measured into c[4] to c[7]",
                                       "all but addr and uniform are zero before and after:"]),
                            ("best", ["the row j; measured into c[0] to c[3]", "all but addr are zero before and after:"])):
            text = self.output("compile", "estimate.qry", "--statement", name, "-q")
            for line in lines:
                self.assertIn(line, text.replace("\n//                ", " "))
        text = self.output("compile", "estimate.qry", "--statement", "average", "--part", "canonical:3", "-q")
        self.assertIn("measured into c[2] to c[0]", text.replace("\n//                ", " "))

    def test_probability(self):
        """What a round is said to measure is what the file measures when it is run."""
        text = "table T[4] : uint(2) = [3, 1, 0, 2];\nqram select;\nestimate sum of %s for j in T { encoding = %s };\n"
        for number, encoding in (("T[j]", "inequality"), ("exp(-T[j])", "inequality"), ("exp(-T[j])", "flags"), ("T[j]", "flags")):
            self.put("p.qry", text % (number, encoding))
            for iterations in (0, 1, 2):
                summary = self.value("compile", "p.qry", "--iterations", str(iterations), "-o", "p.qasm", "--json")
                self.assertAlmostEqual(summary["success_probability"],
                                       math.sin((2 * iterations + 1) * math.asin(math.sqrt(summary["marked"])))**2, delta=1e-9)
                shown = self.value("run", "p.qasm", "--probabilities", "--json", "--engine", "sparse")["probabilities"]
                self.assertAlmostEqual(shown.get("1", 0), summary["success_probability"], delta=1e-9)

    def test_bill(self):
        """A run of one circuit costs what that circuit is counted to have."""
        for name, limit in (("average", 1), ("number", 1), ("softmax", 1), ("likely", 1)):
            bill = self.statements("--statement", name, "--max-queries", str(limit), "-q")[name]["ledger"]
            counted = self.value("count", "estimate.qry", "--statement", name, "--iterations", "0", "--json")["total"]
            self.assertEqual((bill["shots"], bill["a_calls"]), (1, 1))
            for key in ("gates", "t", "toffoli", "qubits"):
                self.assertEqual(bill[key], counted[key], (name, key))
        bill = self.statements("--statement", "phase", "--max-queries", "62", "-q")["phase"]["ledger"]
        self.assertEqual((bill["shots"], bill["a_calls"], bill["queries"]), (1, 63, {"x": 62}))
        counted = self.value("count", "estimate.qry", "--statement", "phase", "--part", "canonical:5", "--json")["total"]
        self.assertEqual((bill["gates"], bill["t"], bill["qubits"]), (counted["gates"], counted["t"], counted["qubits"]))


if __name__ == "__main__":
    quarry.main()
