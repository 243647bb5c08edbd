#!/usr/bin/env python3
"""`quarry count` of OpenQASM: sections, gates and subroutines as lines, what is not exact, syntax alone; and that what was
compiled from a search counts as the search does."""
import csv
import io
import json

import quarry
from schema import Schema

HEAD = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'
PARTS = HEAD + """gate pair a, b { h a; cx a, b; }
gate both a, b { pair a, b; inv @ pair a, b; }
qubit[2] q;
qubit[1] work;
bit[2] c;
// @enter round
// @enter prepare
pair q[0], q[1];
both q[0], q[1];
// @leave prepare
for uint i in [1:1000000000000] { t q[0]; }
// @leave round
c = measure q;
"""


class CountQasmTest(quarry.Test):
    def count(self, program, *words):
        self.put("p.qasm", program)
        value = self.value("count", "p.qasm", "--json", *words)
        self.assertEqual(Schema.named("count").faults(value), [])
        return value

    def test_parts(self):
        value = self.count(PARTS)
        total = value["total"]
        self.assertTrue(value["exact"])
        self.assertNotIn("why", value)
        self.assertEqual((total["qubits"], total["measurements"], total["t"]), (3, 2, 10**12))
        self.assertEqual(total["by_gate"], {"h": 3, "cx": 3, "t": 10**12})
        self.assertEqual(total["queries"], {})
        calls = {each["path"]: each["calls"] for each in value["subroutines"]}
        self.assertEqual(calls, {"round": 1, "round/prepare": 1, "round/prepare/pair": 1, "round/prepare/both": 1,
                                 "round/prepare/both/pair": 2})

    def test_subroutines(self):
        program = HEAD + "qubit[3] q;\ndef twice(qubit[2] r) { cz r[0], r[1]; cz r[1], r[0]; }\n" \
                         "for uint i in [0:1] { twice(q[i:i+1]); }\n"
        value = self.count(program)
        self.assertEqual(value["total"]["by_gate"], {"cz": 4})
        node, = value["subroutines"]
        self.assertEqual((node["name"], node["calls"], node["inclusive"]["gates"]), ("twice", 2, 4))

    def test_formats_agree(self):
        self.put("p.qasm", PARTS)
        value = self.value("count", "p.qasm", "--format", "json")
        whole, *rows = csv.DictReader(io.StringIO(self.output("count", "p.qasm", "--format=csv")))
        for name in ("gates", "t", "toffoli", "cswap", "cx", "depth", "measurements"):
            self.assertEqual(int(whole[name]), value["total"][name], name)
        self.assertEqual([row["path"] for row in rows], [each["path"] for each in value["subroutines"]])
        self.assertEqual(self.output("count", "p.qasm", "-o", "out.txt"), "")
        self.assertEqual((self.folder / "out.txt").read_text(), self.output("count", "p.qasm"))
        self.assertIn("would replace the program itself", self.complaint(2, "count", "p.qasm", "-o", "p.qasm"))

    def test_not_exact(self):
        """Every branch and every open loop once, and why."""
        value = self.count(HEAD + "qubit[2] q;\nbit c;\nc = measure q[0];\nwhile (c == 0) {\n  h q[0];\n  c = measure q[0];\n}\nx q[1];\n")
        self.assertFalse(value["exact"])
        self.assertRegex(value["why"], r"^p.qasm:6:\d+: ")
        self.assertEqual((value["total"]["by_gate"], value["total"]["measurements"]), ({"x": 1, "h": 1}, 2))
        text = self.output("count", "p.qasm")
        self.assertTrue(text.startswith("p.qasm: every branch and every open loop once\n"))
        self.assertIn("Open     the numbers are not exact: p.qasm:6:", text)
        self.assertNotIn("ueries", text)

    def test_inputs(self):
        program = HEAD + "input int[32] n;\nqubit q;\nfor int i in [1:n] { if (i > 2) x q; else h q; }\n"
        self.assertEqual(self.count(program, "--input", "n=5")["total"]["by_gate"], {"x": 3, "h": 2})
        self.assertIn("'n'", self.complaint(1, "count", "p.qasm"))

    def test_parse_only(self):
        """Syntax alone: names are not looked at, and nothing is opened."""
        self.put("p.qasm", 'OPENQASM 3.1;\ninclude "not-there.inc";\nh no_such[3];\nfoo(1) bar;\n')
        self.assertEqual(self.output("count", "--parse-only", "p.qasm"), "")
        self.complaint(1, "count", "p.qasm")
        self.put("p.qasm", "qubit[2 q;\nh q;\ncx q[0] q[1];\n")
        text = self.complaint(1, "count", "--parse-only", "p.qasm")
        self.assertRegex(text, r"(?m)^p.qasm:1:9: error: ")
        self.assertRegex(text, r"(?m)^p.qasm:3:9: error: ")

    def test_as_the_search(self):
        """The file that compile prints has the same numbers as the search, part by part."""
        self.take("search.qry", "flat.qry", "deep.qry")
        for words in (["search.qry"], ["search.qry", "--part", "load:K"], ["search.qry", "--part", "load:K", "--superpose"],
                      ["flat.qry", "--statement", "twos"], ["search.qry", "--qram", "select"], ["search.qry", "--iterations", "3"],
                      ["deep.qry", "-q"]):
            with self.subTest(words):
                search = self.value("count", *words, "--json")
                self.put("p.qasm", self.output("compile", *words))
                file = self.count((self.folder / "p.qasm").read_text())
                self.assertTrue(file["exact"])
                for name in ("qubits", "gates", "t", "toffoli", "cswap", "by_gate", "measurements", "depth", "t_depth"):
                    self.assertEqual(search["total"][name], file["total"][name], name)
                if words[0] == "deep.qry":  # definitions have names of their own in the file
                    continue
                for one, other in zip(search["subroutines"], file["subroutines"]):
                    for name in ("name", "path", "calls"):
                        self.assertEqual(one[name], other[name])
                    self.assertEqual(one["inclusive"]["by_gate"], other["inclusive"]["by_gate"])

    def test_golden(self):
        self.put("p.qasm", PARTS)
        self.compare("parts_count.txt", self.output("count", "p.qasm"))


if __name__ == "__main__":
    quarry.main()
