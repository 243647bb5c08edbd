#!/usr/bin/env python3
"""`quarry params`: the figures known of the bundled head, bad input, and what cannot be said."""
import math
import random

import quarry
from schema import Schema

HEAD = quarry.ROOT / "examples" / "attend" / "l2h10-512"
FILES = [f"{HEAD}/{name}.npy" for name in "qkv"]
SMALL = ["-q", "q.npy", "-k", "k.npy", "-v", "v.npy"]

# Of the bundled head, from NumPy: value, and half a unit of the last digit that is known.
KNOWN = {"a_fro_over_spec": (1.21, .005), "a_inf_over_spec": (1.94, .005), "eps_max": (4.17e-4, .005e-4),
         "eps_max_shifted": (.114, .0005), "v_fro_over_spec": (2.59, .005), "d_over_srank_v": (4.76, .005),
         "distortion": (2.00, .005), "log_kappa_v": (1.63, .005)}
DROPS = {2: (11.4375, .21236), 4: (44.8848, .047305), 6: (116.4102, .0082315), 8: (222.0469, 9.5644e-4),
         10: (332.3340, 9.5104e-5)}
RAW = {1: 1.88936, 1e-1: 7.45301, 1e-2: 18.55773, 1e-3: 36.31426, 1e-4: 61.03738, 1e-5: 98.24864, 1e-6: 146.298}


class ParamsTest(quarry.Test):
    def arrays(self, rows, keys, width=3, values=2, size=1.0, **more):
        generator = random.Random(7)
        for name, shape in (("q", (rows, width)), ("k", (keys, width)), ("v", (keys, values))):
            numbers = [size ** (name != "v") * generator.gauss(0, 1) for _ in range(shape[0] * shape[1])]
            self.put(name + ".npy", quarry.npy(shape, more.get(name, numbers)))

    def params(self, *words):
        value = self.value("params", *(words or SMALL), "--json")
        self.assertEqual(Schema.named("params").faults(value), [])
        return value

    def test_bundled_head(self):
        found = self.params("-q", FILES[0], "-k", FILES[1], "-v", FILES[2])
        for name, (value, half) in KNOWN.items():
            self.assertLessEqual(abs(found[name] - value), half, name)
        self.assertAlmostEqual(found["log_eps_max"], math.log(found["eps_max"]), 9)
        self.assertAlmostEqual(found["row_concentration"]["median"], .25002, 5)
        for drop in found["tau_k"]:
            keys, error = DROPS[drop["drop"]]
            self.assertAlmostEqual(drop["k"], keys, 4)
            self.assertAlmostEqual(drop["error"] / error, 1, 4)
        for ridge in found["s_lambda"]:
            self.assertAlmostEqual(ridge["raw"] / RAW[ridge["lambda"]], 1, 5)
            self.assertTrue(0 < ridge["balanced"] < 1024)
        self.assertGreater(found["s_lambda_needed"]["raw"], 1023.9)  # no low rank where the theorem needs it
        self.assertEqual(found["reasons"], {})

    def test_text_says_what_is_measured(self):
        self.arrays(4, 6)
        text = self.output("params", *SMALL)
        for line in ("4 queries and 6 keys of dimension 3, values of dimension 2; scores times 0.5774", "min D / |A|",
                     "distortion", "s_lambda = tr K", "drop  keys a row  error of the row"):
            self.assertIn(line, text)
        for line in text.splitlines():
            self.assertLessEqual(len(line), 120)

    def test_scale(self):
        self.arrays(4, 6)
        self.assertEqual(self.params(*SMALL, "--scale", "0.5")["scale"], 0.5)
        self.assertEqual(self.complaint(2, "params", *SMALL, "--scale", "0"),
                         "quarry: error: --scale 0 would make all scores equal\n  hint: see quarry params --help\n")

    def test_one_key(self):
        self.arrays(1, 1)
        found = self.params()
        for name in ("eps_max", "eps_max_shifted", "a_fro_over_spec", "a_inf_over_spec"):
            self.assertAlmostEqual(found[name], 1, 12)
        self.assertEqual((found["v_rank"], found["log_kappa_v"]), (1, None))
        self.assertIn("rank 1 and 2 columns", found["reasons"]["log_kappa_v"])

    def test_zero_values(self):
        self.arrays(4, 6, v=[0] * 12)
        found = self.params()
        for name in ("v_fro_over_spec", "d_over_srank_v", "log_kappa_v", "distortion"):
            self.assertIsNone(found[name])
            self.assertEqual(found["reasons"][name], "V is zero")
        self.assertEqual({drop["error"] for drop in found["tau_k"]}, {None})
        self.assertEqual(found["reasons"]["tau_k"], "every output is zero")
        self.assertIn("unknown", self.output("params", *SMALL))

    def test_equal_keys(self):
        self.arrays(5, 8, k=[1] * 24)
        found = self.params()
        self.assertAlmostEqual(found["a_fro_over_spec"], 1, 12)
        self.assertAlmostEqual(found["row_concentration"]["max"], 8 ** -.5, 12)
        self.assertEqual([drop["k"] for drop in found["tau_k"]], [8] * 5)

    def test_huge_scores(self):
        """e^score is no number, its ratios are."""
        self.arrays(9, 7, size=40)
        found = self.params()
        self.assertIsNone(found["eps_max"])
        self.assertLess(found["log_eps_max"], -750)
        self.assertIn("logarithm", found["reasons"]["eps_max"])
        self.assertTrue(0 < found["eps_max_shifted"] <= 9 ** .5)
        self.assertIsNotNone(found["s_lambda_needed"]["raw"])

    def test_bad_input(self):
        self.arrays(4, 6)
        self.put("wide.npy", quarry.npy((6, 5), [0] * 30))
        self.put("short.npy", quarry.npy((5, 2), [0] * 10))
        for words, said in ((["-q", "wide.npy", *SMALL[2:]], "Q has 5 columns but K has 3"),
                            ([*SMALL[:4], "-v", "short.npy"], "K has 6 rows but V has 5"),
                            ([*SMALL[:4], "-v", "none.npy"], "cannot read")):
            self.assertIn(said, self.complaint(1, "params", *words))
        self.assertIn("-q, -k and -v are needed", self.complaint(2, "params", "-q", "q.npy"))


if __name__ == "__main__":
    quarry.main()
