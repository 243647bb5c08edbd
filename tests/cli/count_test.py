#!/usr/bin/env python3
"""`quarry count`: golden outputs, the schema, and that its numbers are those of the printed file, of what is run, and of the
formulas."""
import csv
import fcntl
import io
import json
import os
import pty
import struct
import subprocess
import termios

import quarry
from qasm import File
from schema import Schema


def table_of(m, w):
    """2^m words of w bits without a pattern; the last is found nowhere else."""
    words = [(17 * j * j + 5 * j + (j >> 2)) % ((1 << w) - 1) for j in range((1 << m) - 1)]
    return words + [(1 << w) - 1]


def brigade_gates(words, m, w):
    """The gates of one whole query by a bucket brigade, as docs/qram.md says."""
    n = 1 << m
    pairs = [(words[2 * r] >> bit & 1, words[2 * r + 1] >> bit & 1) for r in range(n // 2) for bit in range(w)]
    return {"cswap": 2 * (n - 1 - m) + 2 * w * (n // 2 - 1),
            "swap": 2 * (n + m - 2) + 2 * w + 2 * (n - 1 - m) + sum(2**l * (w + min(w, m - 1 - l)) for l in range(m - 1)),
            "h": 2 * w,
            "z": sum(left for left, _ in pairs),
            "cz": sum(left != right for left, right in pairs)}


class CountTest(quarry.Test):
    def test_golden(self):
        self.take("search.qry", "deep.qry")
        self.compare("search_count.txt", self.output("count", "search.qry"))
        self.compare("deep_count.txt", self.output("count", "deep.qry", "--depth", "2"))
        self.compare("search_count.csv", self.output("count", "search.qry", "--format", "csv"))
        self.compare("query_count.json", json.dumps(self.value("count", "search.qry", "--part", "load:K", "--json"), indent=1) + "\n")

    def test_formats_agree(self):
        self.take("search.qry")
        value = self.value("count", "search.qry", "--format", "json")
        self.assertEqual(value, self.value("count", "search.qry", "--json"))
        whole, *rows = csv.DictReader(io.StringIO(self.output("count", "search.qry", "--format=csv")))
        for name in ("gates", "t", "toffoli", "cswap", "cx", "cz", "swap", "depth", "t_depth", "measurements"):
            self.assertEqual(int(whole[name]), value["total"][name], name)
        self.assertEqual([row["path"] for row in rows], [each["path"] for each in value["subroutines"]])
        for row, each in zip(rows, value["subroutines"]):
            for name in ("gates", "t", "cswap"):
                self.assertEqual((int(row[name]), int(row["self_" + name])), (each["inclusive"][name], each["self"][name]))
        self.assertEqual(self.output("count", "search.qry", "-o", "out.txt"), "")
        self.assertEqual((self.folder / "out.txt").read_text(), self.output("count", "search.qry"))

    def test_as_printed(self):
        """Gate by gate and section by section, whatever the options."""
        self.take("search.qry", "flat.qry", "deep.qry")
        schema = Schema.named("count")
        for words in (["search.qry"], ["search.qry", "--iterations", "0"], ["search.qry", "--iterations", "4"],
                      ["search.qry", "--part", "oracle"], ["search.qry", "--part", "diffusion"],
                      ["search.qry", "--part", "load:K"], ["search.qry", "--part", "load:K", "--superpose"],
                      ["search.qry", "--qram", "select"], ["search.qry", "-D", "tau=1"],
                      ["flat.qry", "--statement", "twos"], ["flat.qry", "--statement", "threes", "--qram", "select"],
                      ["deep.qry"], ["deep.qry", "--max-operands", "6"], ["deep.qry", "--iterations", "300", "-q"]):
            with self.subTest(words):
                value, file = self.value("count", *words, "--json"), File(self.output("compile", *words))
                total = value["total"]
                self.assertEqual(schema.faults(value), [])
                self.assertEqual((total["by_gate"], total["gates"]), (dict(file.gates), file.gates.total()))
                self.assertEqual((total["qubits"], total["measurements"]), (file.qubits, file.measurements))
                self.assertEqual(total["t"], 7 * (file.gates["ccx"] + file.gates["cswap"]))
                if not file.definitions:
                    self.assertEqual({each["path"]: each["calls"] for each in value["subroutines"]}, dict(file.sections))
                    for each in value["subroutines"]:
                        self.assertEqual(each["inclusive"]["by_gate"], dict(file.below[each["path"]]), each["path"])

    def bill_of(self, program, *words):
        """The bill of a run that used the oracle, and ended without a certificate since it found a row."""
        for seed in range(100):
            statement = self.value("run", program, "--json", "--seed", str(seed), *words)["statements"][0]
            self.assertIsNotNone(statement["result"])
            if statement["ledger"]["oracle_calls"]:
                return statement["ledger"]
        self.fail("no run uses the oracle")

    def test_four_ways(self):
        """Counted = printed = run = by formula."""
        for m in range(2, 9):
            n, w = 1 << m, 2 + m % 4
            words = table_of(m, w)
            self.put("t.csv", "".join(f"{word}\n" for word in words))
            self.put("q.qry", f'table T[{n}] : uint({w}) = csv("t.csv");\n'
                              f"q: search one j in T where T[j] == {words[-1]} {{ expect = 1 }};\n")
            with self.subTest(m=m):
                counted = self.value("count", "q.qry", "--part", "load:T", "--json")["total"]
                formula = {name: count for name, count in brigade_gates(words, m, w).items() if count}
                self.assertEqual(counted["by_gate"], formula)
                self.assertEqual(dict(File(self.output("compile", "q.qry", "--part", "load:T")).gates), formula)
                self.assertEqual(counted["qubits"], m + w + 2 * (n - 1))

                bill = self.bill_of("q.qry", "--engine-mode", "gates")
                rounds, shots = bill["oracle_calls"], bill["shots"]
                printed = [File(self.output("compile", "q.qry", "--iterations", str(i))).gates for i in (0, 1, rounds)]
                for i, gates in zip((0, 1, rounds), printed):
                    counted = self.value("count", "q.qry", "--iterations", str(i), "--json")["total"]
                    self.assertEqual(counted["by_gate"], dict(gates))
                    self.assertEqual(counted["queries"]["T"]["address_loads"], i)
                    self.assertEqual(counted["queries"]["T"]["loads"], 2 * i)
                # Every shot has the gates of no iteration, and those of its iterations.
                each = {name: (shots * printed[0][name], rounds * (printed[1][name] - printed[0][name])) for name in printed[1]}
                self.assertEqual(bill["gates"], sum(sum(both) for both in each.values()))
                self.assertEqual(bill["cswap"], sum(each["cswap"]))
                self.assertEqual(bill["cswap"], 2 * (n - 1 - m) * rounds + 2 * w * (n // 2 - 1) * 2 * rounds)
                self.assertEqual(bill["toffoli"], bill["cswap"] + sum(each.get("ccx", (0,))))
                self.assertEqual(bill["t"], 7 * bill["toffoli"])
                self.assertEqual(bill["qubits"], counted["qubits"])
                self.assertEqual(bill["queries"], {"T": 2 * rounds})

    def test_large(self):
        """Numbers beyond 2^53 are strings of all their digits."""
        self.take("search.qry")
        one, none = (self.value("count", "search.qry", "--json", "--iterations", str(i))["total"]["gates"] for i in (1, 0))
        rounds = (1 << 64) - 1
        value = self.value("count", "search.qry", "--json", "--iterations", str(rounds))
        self.assertEqual(Schema.named("count").faults(value), [])
        self.assertEqual(value["total"]["gates"], str(none + rounds * (one - none)))
        self.assertFalse(value["total"]["depth_exact"])
        self.assertIn("≤", self.output("count", "search.qry", "--iterations", str(rounds)))

    def test_parse_only(self):
        self.put("good.qry", 'table T[4] : uint(2) = csv("missing.csv");\nsearch all j in T where U[j] == x;\n')
        self.put("bad.qry", "table T[4] : uint(2) = [1, 2;\n")
        self.assertEqual(self.output("count", "--parse-only", "good.qry"), "")
        self.assertTrue(self.complaint(1, "count", "--parse-only", "bad.qry").startswith("bad.qry:1:"))

    def on_terminal(self, columns, *words):
        """What is printed on a terminal of that width."""
        terminal, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
        with subprocess.Popen([quarry.QUARRY, *words], cwd=self.folder, env=self.environment, stdout=other) as process:
            os.close(other)
            text = b""
            try:
                while piece := os.read(terminal, 1 << 16):
                    text += piece
            except OSError:  # nobody has the other end any more
                pass
        os.close(terminal)
        self.assertEqual(process.returncode, 0)
        return text.decode()

    def test_narrow_terminal(self):
        """Columns leave where there is no room for all, and the table says which."""
        self.take("search.qry")
        heads = {}
        for columns in (200, 80, 60):
            lines = self.on_terminal(columns, "count", "search.qry").splitlines()
            table = lines[2:lines.index("", 2)]
            self.assertLessEqual(max(map(len, table)), columns)
            heads[columns] = table[0].split()
            told = lines[-1].partition("want of room: ")[2]
            self.assertEqual(set(told.split(", ")) - {""}, set(heads[200]) - set(heads[columns]))
        self.assertGreater(len(heads[80]), len(heads[60]))

    def test_levels(self):
        self.take("search.qry")
        lines = [len(self.output("count", "search.qry", "--depth", str(i)).splitlines()) for i in range(6)]
        self.assertEqual(lines, sorted(lines))
        self.assertEqual(lines[1] - lines[0], 2)  # round, measure


if __name__ == "__main__":
    quarry.main()
