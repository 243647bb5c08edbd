#!/usr/bin/env python3
"""`quarry crossover`: what it prints follows from what it says it measured; it says never where it is so."""
import math
import random

import quarry
from schema import Schema

KINDS = ("queries", "depth", "parallel_depth", "gates", "time", "time_in_all")
HEAD = quarry.ROOT / "examples" / "attend" / "l2h10-512"
RATE = ["--classical-rate", "1e9"]


def line_at(line, bits):
    return line["below"][bits] if bits < 9 else line["per_row"] * 2 ** bits + line["per_bit"] * bits + line["constant"]


class CrossoverTest(quarry.Test):
    def head(self, name, keys, rows=4, width=3):
        folder = self.folder / name
        folder.mkdir()
        generator = random.Random(keys)
        for array, count in (("q", rows), ("k", keys), ("v", keys)):
            numbers = [generator.gauss(0, 1.5) for _ in range(count * width)]
            (folder / f"{array}.npy").write_bytes(quarry.npy((count, width), numbers))

    @staticmethod
    def words(name):
        return [word for array in "qkv" for word in (f"-{array}", f"{name}/{array}.npy")]

    def crossover(self, *words):
        value = self.value("crossover", *words, *RATE, "--json")
        self.assertEqual(Schema.named("crossover").faults(value), [])
        return value

    def calls(self, found, n):
        s, g = found["schedule"], found["growth"]
        k = min(n, g["factor"] * n ** g["exponent"])
        ratio, rows = found["factor"]["over_schedule"], 2 ** (int(n) - 1).bit_length()
        return ratio * math.sqrt(rows) * (s["of_found"] * math.sqrt(k) + s["of_log"] * math.log(max(1, k)) + s["of_all"])

    def check_queries(self, found):
        """The crossing, once more, from what is printed."""
        last, g = found["lengths"][-1], found["growth"]
        each = last["classical_scores"] / max(1, last["k"])
        quantum = lambda n: 2 * self.calls(found, n) + each * min(n, g["factor"] * n ** g["exponent"])
        n = found["crossover"]["queries"]["n"]
        self.assertLess(quantum(n), n)
        self.assertGreaterEqual(quantum(n - 1), (n - 1) * (1 - 1e-9))

    def test_bundled_head(self):
        found = self.crossover(*self.words(HEAD))
        last = found["lengths"][0]
        self.assertEqual((last["n"], last["rows"], found["growth"]["exponent"]), (512, 16, 0))
        self.assertTrue(80 < last["k"] < 200)
        self.assertLess(found["schedule"]["residual"], .08)
        self.assertEqual(found["oracle"]["depth"]["per_row"], 0)
        self.assertLess(found["oracle"]["deviation"], 1e-6)
        self.check_queries(found)
        crossing = found["crossover"]
        for kind, never in zip(KINDS, (False, False, True, True, False, False)):
            self.assertEqual(crossing[kind]["never"], never, kind)
            self.assertEqual(crossing[kind]["n"] is None, never)
            self.assertIsNone(crossing[kind]["last"])
        self.assertLessEqual(found["factor"]["share"], 1 / 64)
        self.assertTrue(1 < found["factor"]["over_schedule"] < 1.4)  # of many keys found it is below 1
        # gates: every use has Theta(n), and there are more of them
        self.assertGreater(crossing["gates"]["quantum_here"], crossing["gates"]["classical_here"])
        self.assertAlmostEqual(crossing["gates"]["quantum_here"] / (last["oracle_calls"] * line_at(found["oracle"]["gates"], 9)), 1, 9)
        self.assertAlmostEqual(crossing["time"]["quantum_here"] / (last["oracle_calls"] * line_at(found["oracle"]["t_depth"], 9) * 1e-8), 1, 9)
        self.assertAlmostEqual(crossing["time"]["classical_here"], 512 * 64 / 1e9, 12)
        self.assertGreaterEqual(len(found["assumptions"]), 6)

    def test_slower_gates_cross_later(self):
        self.head("a", 40)
        fast, slow = (self.crossover(*self.words("a"), "--gate-time", time) for time in ("1e-9", "1e-6"))
        self.assertEqual(fast["crossover"]["queries"], slow["crossover"]["queries"])
        self.assertLess(1000 * fast["crossover"]["time"]["n"], slow["crossover"]["time"]["n"])
        self.assertAlmostEqual(slow["crossover"]["time"]["quantum_here"] / fast["crossover"]["time"]["quantum_here"], 1000, 6)

    def test_growth(self):
        for keys in (30, 120, 480):
            self.head(f"h{keys}", keys)
        found = self.crossover(*self.words("h480"), "h30", "h120", "--drop", "1")
        self.assertEqual([length["n"] for length in found["lengths"]], [30, 120, 480])
        logs = [(math.log(length["n"]), math.log(length["k"])) for length in found["lengths"]]
        x, y = (sum(column) / 3 for column in zip(*logs))
        exponent = sum((a - x) * (b - y) for a, b in logs) / sum((a - x) ** 2 for a, _ in logs)
        self.assertEqual(found["growth"]["lengths"], 3)
        again = self.crossover(*self.words("h480"), "h480", "--drop", "1")  # one length, twice
        self.assertEqual((again["growth"]["lengths"], again["growth"]["exponent"]), (1, 0))
        self.assertAlmostEqual(found["growth"]["exponent"], exponent, 9)
        self.assertAlmostEqual(found["growth"]["factor"], math.exp(y - exponent * x), 6)
        self.assertIn("fitted to 3 lengths", " ".join(found["assumptions"]))

    def test_all_keys_wanted(self):
        """A drop that takes in every key: no search, and never any gain."""
        self.head("a", 64)
        self.head("b", 256)
        found = self.crossover(*self.words("a"), "b", "--drop", "1000")
        self.assertEqual([length["k"] for length in found["lengths"]], [64, 256])
        self.assertTrue(all(found["crossover"][kind]["never"] for kind in KINDS))
        self.assertIn("Not even the scores become fewer", self.output("crossover", *self.words("a"), "b", "--drop", "1000"))

    def test_loading_for_one_row(self):
        self.head("a", 40)
        found = self.crossover(*self.words("a"), "--rows-asked", "1")
        self.assertTrue(found["crossover"]["time_in_all"]["never"])  # moments alone take more than the row

    def test_hybrid(self):
        self.head("a", 200)
        found = self.crossover(*self.words("a"), "--method", "hybrid", "--top", "5", "--sample", "2")
        self.assertEqual((found["lengths"][0]["rows"], found["method"]), (2, "hybrid"))
        self.assertTrue(5 <= found["lengths"][0]["k"] < 30)
        self.check_queries(found)

    def test_nystrom(self):
        self.head("a", 40)
        self.head("b", 160)
        given = self.crossover(*self.words("a"), "--method", "nystrom", "--landmarks", "16")
        self.assertEqual(given["crossover"]["queries"]["n"], 17)
        self.assertEqual(given["crossover"]["depth"]["n"], 16 + 128 // 6 + 1)  # 6 s + s^2 / 2 < 6 n
        found = self.crossover(*self.words("a"), "b", "--method", "nystrom")
        self.assertEqual([length["n"] for length in found["lengths"]], [40, 160])
        self.assertIsNone(found["oracle"])
        if found["growth"]["exponent"] > .5:
            self.assertIsNone(found["crossover"]["depth"]["n"])

    def test_nystrom_of_one_length(self):
        """One length does not tell how landmarks grow: like n, says the table, and so s > n here is s > n for ever."""
        found = self.crossover(*self.words(HEAD), "--method", "nystrom")
        self.assertGreater(found["lengths"][0]["landmarks"], 512)
        self.assertEqual(found["growth"]["exponent"], 1)
        self.assertTrue(all(found["crossover"][kind]["never"] for kind in KINDS))
        self.assertAlmostEqual(found["crossover"]["queries"]["quantum_here"], found["lengths"][0]["landmarks"], 9)
        text = self.output("crossover", *self.words(HEAD), "--method", "nystrom", *RATE)
        self.assertIn("The landmarks s grow like n", " ".join(text.split()))
        self.assertNotIn("from ", text.split("In all:")[0].split("quantum pays")[1].split("A row of")[0])
        self.head("a", 64, rows=64)
        self.assertIn("--landmarks 100000: a/k.npy has 128 queries and keys to choose from", self.complaint(
            1, "crossover", *self.words("a"), "--method", "nystrom", "--landmarks", "100000"))

    def test_few_keys(self):
        """Circuits of a few keys are counted, none is extrapolated to."""
        for keys in (1, 2, 5):
            self.head(f"h{keys}", keys)
            found = self.crossover(*self.words(f"h{keys}"))
            for kind in KINDS:
                self.assertGreaterEqual(found["crossover"][kind]["quantum_here"], 0)
            bits, last = (keys - 1).bit_length(), found["lengths"][0]
            self.assertAlmostEqual(found["crossover"]["gates"]["quantum_here"],
                                   last["oracle_calls"] * found["oracle"]["gates"]["below"][bits], 3)

    def test_other_widths(self):
        self.head("a", 40)
        self.head("b", 60, width=5)
        for method in ("sparse", "nystrom"):
            self.assertIn("b has d = 5 and d_v = 5, the head of -q, -k and -v has 3 and 3",
                          self.complaint(1, "crossover", *self.words("a"), "b", "--method", method))

    def test_extremes(self):
        self.head("a", 40)
        for words in (["--gate-time", "1e6", "--classical-rate", "1e30"], ["--gate-time", "1e-18", "--classical-rate", "1e-3"]):
            value = self.value("crossover", *self.words("a"), *words, "--json")
            self.assertEqual(Schema.named("crossover").faults(value), [])
            self.assertNotIn("+ -", self.output("crossover", *self.words("a"), *words))

    def test_text(self):
        self.head("a", 40)
        text = self.output("crossover", *self.words("a"), *RATE)
        for line in ("Rows of sparse attention, keys that score at most 6 below the row's highest", "never", "Assumed:",
                     "In gates it never does", "1e+09 a second on one core (as given)"):
            self.assertIn(line, " ".join(text.split()))
        for line in text.splitlines():
            self.assertLessEqual(len(line), 120)
        self.assertIn("measured here", self.output("crossover", *self.words("a")))

    def test_bad_input(self):
        self.head("a", 40)
        for words, said in ((["--drop", "1", "--top", "2"], "one of --drop and --top is enough"),
                            (["--drop", "-1"], "--drop takes a number from 0, not -1"),
                            (["--landmarks", "3"], "--landmarks goes with --method nystrom"),
                            (["--method", "nystrom", "--top", "3"], "--method nystrom searches for nothing"),
                            (["--gate-time", "0"], "--gate-time takes seconds from 1e-18 to 1e+06, not 0"),
                            (["--gate-time", "1e308"], "--gate-time takes seconds from 1e-18 to 1e+06, not 1e+308"),
                            (["--classical-rate", "-3"], "--classical-rate takes a number from 0.001 to 1e+30, not -3"),
                            (["--classical-rate", "1e-300"], "--classical-rate takes a number from 0.001 to 1e+30"),
                            (["--scale", "0"], "--scale 0 would make all scores equal"),
                            (["--method", "exact"], "--method takes sparse, hybrid or nystrom, not 'exact'")):
            self.assertIn(said, self.complaint(2, "crossover", *self.words("a"), *words))
        self.assertIn("-q, -k and -v are needed", self.complaint(2, "crossover"))
        self.assertIn("cannot read", self.complaint(1, "crossover", *self.words("a"), "nowhere"))


if __name__ == "__main__":
    quarry.main()
