#!/usr/bin/env python3
"""`quarry compile`: golden files, what the head says, parts, options, where the output goes."""
import quarry
from qasm import File
from schema import Schema


class CompileTest(quarry.Test):
    def test_golden(self):
        self.take("flat.qry", "deep.qry", "search.qry")
        for name, words in (("flat", ["flat.qry", "--statement", "twos"]),
                            ("deep", ["deep.qry"]),
                            ("query", ["search.qry", "--part", "load:K", "--superpose"]),
                            ("oracle", ["flat.qry", "--part", "oracle", "--statement", "twos", "--qram", "select"]),
                            ("diffusion", ["search.qry", "--part", "diffusion"]),
                            ("full", ["flat.qry", "--statement", "twos", "--profile", "full"])):
            with self.subTest(name):
                self.compare(name + ".qasm", self.output("compile", *words))

    def test_full_profile_is_the_same_circuit(self):
        self.take("flat.qry", "deep.qry", "search.qry")
        for words in (["flat.qry", "--statement", "twos"], ["deep.qry"], ["search.qry", "--part", "load:K", "--superpose"]):
            with self.subTest(words):
                self.output("compile", *words, "--profile", "full", "-o", "full.qasm", "-q")
                program, file = (self.value("count", *counted, "--json")["total"] for counted in (words, ["full.qasm"]))
                for name in ("qubits", "gates", "by_gate", "t", "toffoli", "depth", "t_depth", "measurements"):
                    self.assertEqual(file[name], program[name], name)

    def test_definitions_above_the_limit(self):
        self.take("flat.qry", "deep.qry")
        flat, deep = (File(self.output("compile", name, "-q")) for name in ("flat.qry", "deep.qry"))
        self.assertFalse(flat.definitions)
        self.assertTrue(deep.definitions)
        self.assertGreater(deep.gates.total(), 20000)
        self.assertEqual(deep.sections["round/oracle"], 90)

    def test_same_input_same_bytes(self):
        self.take("search.qry")
        first = self.output("compile", "search.qry")
        (self.folder / "elsewhere").mkdir()
        (self.folder / "search.qry").rename(self.folder / "elsewhere" / "search.qry")
        self.assertEqual(self.output("compile", "elsewhere/search.qry"), first)
        self.assertEqual(self.output("compile", str(self.folder / "elsewhere" / "search.qry")), first)
        self.assertNotIn(str(self.folder), first)

    def test_output(self):
        self.take("search.qry")
        printed = self.output("compile", "search.qry")
        told = self.output("compile", "search.qry", "-o", "search.qasm")
        self.assertEqual((self.folder / "search.qasm").read_text(), printed)
        self.assertRegex(told, r"^search.qasm: one round of 1 iteration of hits; [\d,]+ qubits, [\d,]+ gates, [\d,]+ bytes\n"
                               r"a shot finds a row that matches with probability 0\.\d+\n$")
        self.assertEqual(self.output("compile", "search.qry", "--output=quiet.qasm", "--quiet"), "")
        self.assertEqual((self.folder / "quiet.qasm").read_text(), printed)
        self.assertEqual(self.output("compile", "search.qry", "-o", "-"), printed)
        source = (self.folder / "search.qry").read_bytes()
        self.assertEqual(self.output("compile", "-", input=source),
                         printed.replace("from search.qry", "from standard input"))
        self.assertEqual(self.files(), ["quiet.qasm", "search.qasm", "search.qry"])

    def test_json(self):
        self.take("search.qry", "flat.qry")
        schema = Schema.named("compile")
        for words in (["search.qry"], ["search.qry", "--part", "oracle"], ["search.qry", "--part", "load:K"],
                      ["search.qry", "--iterations", "0"], ["flat.qry", "--statement", "twos"]):
            value = self.value("compile", *words, "--json", "-o", "out.qasm")
            self.assertEqual(schema.faults(value), [])
            text = (self.folder / "out.qasm").read_text()
            self.assertEqual((value["bytes"], value["qubits"], value["gates"], value["output"]),
                             (len(text), File(text).qubits, File(text).gates.total(), "out.qasm"))
        self.assertEqual(value["statement"], "twos")
        self.assertEqual(value["matches"], 1)
        self.assertIn("--json needs -o FILE", self.complaint(2, "compile", "search.qry", "--json"))
        self.complaint(1, "compile", "missing.qry", "--json", "-o", "x.qasm")

    def test_success_probability(self):
        """One row of four: one iteration finds it for sure, none in a quarter of the shots."""
        self.take("flat.qry")
        for iterations, probability in ((0, 0.25), (1, 1), (2, 0.25), (4, 1)):
            value = self.value("compile", "flat.qry", "--statement", "twos", "--iterations", str(iterations), "--json", "-o",
                               "x.qasm")
            self.assertAlmostEqual(value["success_probability"], probability, delta=1e-12)
            self.assertIn(f"with probability {probability:.6f}", (self.folder / "x.qasm").read_text())

    def test_param(self):
        """-D is what the program would say, and the head of the file tells it."""
        self.take("search.qry")
        given = self.output("compile", "search.qry", "-D", "tau=3 * 0.5")
        self.put("search.qry", (self.folder / "search.qry").read_text().replace("tau     = 2.5", "tau     = 1.5"))
        written = self.output("compile", "search.qry")
        self.assertIn("// with the options -D tau=3 * 0.5\n", given)
        self.assertEqual(given.replace("// with the options -D tau=3 * 0.5\n", ""), written)

    def test_head_stays_a_comment(self):
        """Nothing that is given can leave the comment at the head of the file."""
        source = (quarry.PROGRAMS / "search.qry").read_text()
        self.put("a\nx addr[0];\r.qry", source)
        words = ["-D", "tau=2.5 /*\nx addr[0];\r*/"]
        text = self.output("compile", "a\nx addr[0];\r.qry", *words)
        plain = File(self.output("compile", "-", input=source.encode()))
        self.assertEqual(File(text).gates, plain.gates)
        self.assertNotIn("\r", text)

    def test_max_operands(self):
        self.take("deep.qry")
        file = File(self.output("compile", "deep.qry", "--max-operands", "8"))
        self.assertEqual(file.gates, File(self.output("compile", "deep.qry")).gates)
        text = self.output("compile", "deep.qry", "--max-operands", "8")
        widths = [line.count(",") + 1 for line in text.splitlines() if line.startswith("gate ")]
        self.assertLessEqual(max(widths, default=0), 8)

    def test_first_of_several(self):
        self.take("flat.qry")
        done = self.run_quarry("compile", "flat.qry")
        self.assertEqual(done.stderr.decode(), "quarry: note: flat.qry has 2 statements; this is the first, twos\n"
                                               "  hint: --statement NAME takes another\n")
        self.assertEqual(self.run_quarry("compile", "flat.qry", "-q").stderr, b"")

    def test_many_rows_are_not_counted(self):
        """A scan of 2^40 rows would take hours; all else about such a search is quickly known."""
        self.put("large.qry", "search one j in 0..1099511627775 where j == 5;\n")
        text = self.output("compile", "large.qry", "--iterations", "3", "-o", "large.qasm")
        self.assertNotIn("probability", text)
        head = (self.folder / "large.qasm").read_text().split("// Registers")[0]
        self.assertIn("// How many of 1,099,511,627,776 rows match was not counted: there are more than 4,194,304.\n", head)
        summary = self.value("compile", "large.qry", "--iterations", "3", "-o", "large.qasm", "--json")
        self.assertEqual(summary["iterations"], 3)
        self.assertFalse({"matches", "success_probability"} & summary.keys())
        self.assertEqual(self.value("count", "large.qry", "--json")["total"]["qubits"], summary["qubits"])
        self.put("limit.qry", "search one j in 0..4194303 where j == 5;\n")
        self.assertEqual(self.value("compile", "limit.qry", "-o", "limit.qasm", "--json")["matches"], 1)
        self.put("beyond.qry", "search one j in 0..4194304 where j == 5;\n")
        self.assertNotIn("matches", self.value("compile", "beyond.qry", "-o", "beyond.qasm", "--json"))

    def test_explain_and_dump(self):
        self.take("search.qry")
        done = self.run_quarry("compile", "search.qry", "--explain", "widths", "-o", "/dev/null", "-q")
        self.assertEqual(done.stdout, b"")
        self.assertIn("dot(q, K[j])", done.stderr.decode())
        for name in ("read", "check", "load", "fold", "widths", "lower"):
            done = self.run_quarry("compile", "search.qry", "--dump", name, "-o", "/dev/null", "-q")
            self.assertGreater(len(done.stderr), 100, name)

    def test_unread_bits_are_not_declared(self):
        self.take("search.qry")
        self.assertEqual(File(self.output("compile", "search.qry", "--part", "load:K")).bits, 0)
        self.assertEqual(File(self.output("compile", "search.qry", "--part", "load:K", "--superpose")).bits, 4 + 8)


if __name__ == "__main__":
    quarry.main()
