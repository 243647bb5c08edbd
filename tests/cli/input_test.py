#!/usr/bin/env python3
"""Bad input, and input that looks bad and works: each ends in one clear message and its exit status, with nothing printed."""
import pathlib
import resource
import struct

import quarry
from quarry import npy, npy_header

GOOD = npy((4, 2), [1, 2, 3, 4, -1, -2, 0, 0.5])
PROGRAM = 'table K[4][2] : fixed(4,2) = npy("k.npy");\nhits: search all j in K where K[j][0] + K[j][1] >= 3;\n'
COMMANDS = (["run"], ["run", "--json"], ["count"], ["count", "--json"], ["compile"], ["compile", "-o", "x.qasm"])


class InputTest(quarry.Test):
    def refuse(self, said, program=PROGRAM, array=None, status=1):
        """Every command says it in one error, at the table of the program, and leaves no file."""
        self.put("p.qry", program)
        if array is not None:
            self.put("k.npy", array)
        before = self.files()
        for words in COMMANDS:
            text = self.complaint(status, words[0], "p.qry", *words[1:])
            self.assertEqual(text.count("error:"), 1, text)
            self.assertRegex(text, said)
            self.assertEqual(self.files(), before)
        return text

    def answer(self, *words):
        return [each["result"] for each in self.value("run", "p.qry", "--json", *words)["statements"]]

    # ---- arrays ----

    def test_good(self):
        self.put("p.qry", PROGRAM)
        self.put("k.npy", GOOD)
        self.assertEqual(self.answer(), [[0, 1]])

    def test_missing(self):
        self.refuse(r"^p.qry:1:30: error: cannot read k.npy: No such file or directory\n")

    def test_folder(self):
        (self.folder / "k.npy").mkdir()
        self.refuse("cannot read k.npy: it is a folder")

    def test_truncated(self):
        """At any length."""
        self.put("p.qry", PROGRAM)
        for length in (*range(1, 12), 20, len(GOOD) - 64, len(GOOD) - 63, len(GOOD) - 8, len(GOOD) - 1):
            self.put("k.npy", GOOD[:length])
            text = self.complaint(1, "run", "p.qry")
            self.assertRegex(text, r"^p.qry:1:30: error: cannot read k.npy: ")
            self.assertEqual(text.count("error:"), 1)
        self.refuse("k.npy: it ends|too short|truncated|bytes", array=GOOD[:-1])

    def test_empty(self):
        self.refuse("k.npy: .*empty", array=b"")

    def test_no_npy(self):
        self.refuse("k.npy: .*npy", array=b"PK\x03\x04 this is an archive of several arrays, not one array")
        self.refuse("k.npy: .*npy", array=b"1, 2\n3, 4\n")

    def test_trailing(self):
        self.refuse("k.npy", array=GOOD + b"\0")

    def test_type(self):
        for descr, code in (("<c16", "<%dQ"), ("|O", "<%dQ"), ("<U2", "<%dQ"), ("<M8", "<%dQ")):
            self.refuse(f"k.npy: .*{descr[1]}", array=npy((4, 2), range(8), descr, code))

    def test_not_finite(self):
        for wrong, said in ((float("nan"), "is not a number"), (float("inf"), "is infinite"), (float("-inf"), "is infinite")):
            self.refuse(f"k.npy: entry .2..1. {said}", array=npy((4, 2), [1, 2, 3, 4, 5, wrong, 7, 8]))

    def test_shape(self):
        for shape in ((2, 4), (8,), (4, 1, 2), (3, 2)):
            count = shape[0] * (shape[1] if len(shape) > 1 else 1) * (shape[2] if len(shape) > 2 else 1)
            text = self.refuse(r"K is declared \[4\]\[2\]", array=npy(shape, range(count)))
            self.assertIn(str(shape), text)
            hint = {(2, 4): "rows and columns have changed places", (3, 2): r"declare K\[3\]\[2\] to take all of it"}.get(shape)
            self.assertRegex(text, f"hint: {hint}\n$" if hint else r"\^~*\n$")

    def test_numbers_of_every_kind(self):
        """Both byte orders, both orders of axes, integers, floats and bools: the same table."""
        self.put("p.qry", PROGRAM.replace(">= 3", "== 2"))
        values = [1, 0, 1, 1, 0, 1, 1, 1]
        for descr, code in (("|b1", "%dB"), ("|u1", "%dB"), ("|i1", "%db"), ("<i2", "<%dh"), (">i4", ">%di"), ("<u8", "<%dQ"),
                            ("<f4", "<%df"), (">f8", ">%dd"), ("<f2", "<%de")):
            self.put("k.npy", npy((4, 2), values, descr, code))
            self.assertEqual(self.answer(), [[1, 3]], descr)
        fortran = npy_header((4, 2), "<f8", True) + struct.pack("<8d", *values[0::2], *values[1::2])
        self.put("k.npy", fortran)
        self.assertEqual(self.answer(), [[1, 3]])

    def test_saturation(self):
        """One warning for a table, and the nearest values."""
        self.put("p.qry", PROGRAM)
        self.put("k.npy", npy((4, 2), [100, 100, -100, 1, 2, 2, 0, 0]))
        errors = self.run_quarry("run", "p.qry").stderr.decode()
        self.assertEqual(errors.count("warning:"), 1)
        self.assertIn("3 of 8", errors)
        self.assertEqual(self.answer("-q"), [[0, 2]])

    # ---- lists and CSV ----

    def test_csv(self):
        program = PROGRAM.replace('npy("k.npy")', 'csv("k.csv")')
        for content, said in (("1,2\n3,4\n5,x\n7,8\n", "k.csv:3:3"), ("1,2\n3,nan\n5,6\n7,8\n", "k.csv:2:3"),
                              ("1,2\n3,4\n5\n7,8\n", "k.csv:3"), ("", "k.csv"), ("1,2\n3,1e999\n5,6\n7,8\n", "k.csv:2:3"),
                              ("1,2\n3,4\n5,6\n", r"K is declared \[4\]\[2\]")):
            self.put("k.csv", content)
            self.refuse(said, program)

    def test_csv_line(self):
        """A line is a row, also where a table has one column."""
        self.put("k.csv", "1,2,3,4\n")
        program = 'table T[4] : uint(3) = csv("k.csv");\nsearch all j in T where T[j] == 3;\n'
        self.refuse(r"k.csv has the shape \(1, 4\), but T is declared \[4\]\n.*\n.*\n  hint: a line is a row: write one number a line\n$",
                    program)
        self.put("k.csv", "1\n2\n3\n4\n")
        self.put("p.qry", program)
        self.assertEqual(self.answer(), [[2]])

    def test_list(self):
        self.refuse(r"p.qry:1:24: error: .*\(3,\).* T is declared \[4\]",
                    "table T[4] : uint(2) = [1, 2, 3];\nsearch all j in T where T[j] == 1;\n")

    # ---- what looks bad and works ----

    def test_no_power_of_two(self):
        """Padding never matches, even where all rows do."""
        for n in (2, 3, 5, 6, 7, 9, 13):
            self.put("p.qry", f"table T[{n}] : uint(3) = [{', '.join(str(j % 7) for j in range(n))}];\nparam least = 0;\n"
                              "a: search all j in T where T[j] >= least;\nb: search all j in T where T[j] == 0;\n")
            self.assertEqual(self.answer("-q"), [list(range(n)), [j for j in range(n) if j % 7 == 0]])
            self.assertEqual(self.answer("-q", "--qram", "select")[0], list(range(n)))
            self.assertEqual(self.answer("-q", "--engine", "oracle")[0], list(range(n)))

    def test_one_row(self):
        self.put("p.qry", "table T[1] : uint(3) = [5];\nparam x = 5;\n"
                          "a: search all j in T where T[j] == x;\nb: search one j in T where T[j] == x;\n")
        for qram in ("bucket_brigade", "select"):
            for words in (["--engine", "oracle"], ["--engine-mode", "gates"], ["--engine-mode", "replay"]):
                self.assertEqual(self.answer("-q", "--qram", qram, *words), [[0], 0])
                self.assertEqual(self.answer("-q", "--qram", qram, "-D", "x=4", *words), [[], None])
            self.output("compile", "p.qry", "-q", "--qram", qram, "-o", "x.qasm")
            self.output("count", "p.qry", "-q", "--qram", qram)

    def test_duplicates(self):
        self.put("p.qry", PROGRAM)
        self.put("k.npy", npy((4, 2), [2, 2] * 4))
        self.assertEqual(self.answer("-q"), [[0, 1, 2, 3]])
        self.put("k.npy", npy((4, 2), [2, 2, 0, 0] * 2))
        self.assertEqual(self.answer(), [[0, 2]])

    # ---- programs ----

    def test_program(self):
        for text, said in (("", "a program without a statement does nothing"), ("\1", "p.qry:1:1: error: byte 0x01"),
                           ("table T[2] : uint(1) = [0, 1];\n", "a program without a statement"),
                           ("search all j in T where j == 1;\n", "p.qry:1:17: error: unknown table"),
                           ("table T[2] : uint(1) = [0, 1];\nqram compact;\nsearch one j in T where T[j] == 1;\n",
                            "not supported by this version yet")):
            self.refuse(said, text)
        self.assertIn("cannot read missing.qry: No such file", self.complaint(1, "run", "missing.qry"))
        self.assertIn("it is a folder", self.complaint(1, "compile", "."))

    def test_no_text(self):
        """Zero bytes, which the scanner would walk again and again; a device, which has no end."""
        self.refuse(r"^p.qry:1:3: error: this is no text file", "/*" + "\0" * 1000000)
        self.refuse("p.qry:1:24: error: cannot read /dev/zero: it is a device",
                    'table T[2] : uint(1) = csv("/dev/zero");\nsearch one j in T where T[j] == 1;\n')
        self.assertIn("it is a device", self.complaint(1, "run", "/dev/zero"))

    def test_mark(self):
        """The byte order mark that some editors put before UTF-8."""
        self.put("p.qry", "\ufeffsearch all j in 0..3 where j == 1;\n")
        self.assertEqual(self.answer(), [[1]])
        self.refuse("^p.qry:1:28: error: unknown name", "\ufeffsearch all j in 0..3 where k == 1;\n")

    def test_several_errors(self):
        """Several in one run, each with its place and a caret; 20 at most."""
        self.put("p.qry", "".join(f"param p{i} = unknown{i};\n" for i in range(30)) + "search one j in 0..3 where j == 1;\n")
        text = self.complaint(1, "run", "p.qry", "--json")
        self.assertEqual((text.count("error: unknown name"), text.count("^~~~~~~~")), (20, 20))

    def test_openqasm(self):
        """By its name or its first word, on standard input too."""
        self.put("c.qasm", "qubit q;\n")
        self.put("c.txt", "// a circuit\n/* of\n nobody */ OPENQASM 3.0;\nqubit q;\n")
        for name in ("c.qasm", "c.txt"):
            self.assertEqual(self.value("run", name, "--json")["qubits"], 1)
            self.assertEqual(self.value("count", name, "--json")["total"]["qubits"], 1)
            self.assertIn(f"{name} is OpenQASM; quarry compile takes", self.complaint(2, "compile", name))
        self.assertEqual(self.value("run", "-", "--json", input=b"OPENQASM 3;\nqubit[3] q;\n")["qubits"], 3)
        for command in ("run", "count", "compile"):
            self.assertIn("cannot read missing.qasm", self.complaint(1, command, "missing.qasm"))

    # ---- too large ----

    def refuse_quickly(self, said, *words):
        """With the size, and with hardly any memory and time of its own."""
        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (20, 20))

        text = self.complaint(1, *words, preexec_fn=limit)
        self.assertRegex(text, said)
        self.assertEqual(text.count("error:"), 1)
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, 2 << 20)  # KiB

    def test_large_circuit(self):
        """A certificate with thousands of calls that name two million qubits each, in little memory."""
        if b"__asan_init" in pathlib.Path(quarry.QUARRY).read_bytes():
            self.skipTest("the sanitizer needs terabytes of address space")
        self.put("p.qry", "search all j in 0..1048575 where j == 5;\n")
        found = self.value("run", "p.qry", "--engine", "oracle", "--json",
                           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)))
        self.assertEqual(found["statements"][0]["result"], [5])

    def test_oversize(self):
        self.put("p.qry", "search one j in 0..1000000000000 where j == 5;\n")
        self.refuse_quickly(r"2\^40 amplitudes take .* GB, more than there is", "run", "p.qry")
        self.put("p.qry", "search one j in 0..100000000000 where j == 5;\n")
        self.refuse_quickly(r"2\^37 amplitudes take .* GB, more than there is", "run", "p.qry")
        self.refuse_quickly(r"--engine oracle scans all rows, and 1e\+11 are too many", "run", "p.qry", "--engine", "oracle")
        self.put("p.qry", "search all j in 0..4000000000 where j == 5;\n")
        for command in ("compile", "count", "run"):
            self.refuse_quickly(r"too large: 8.59e\+09 qubits.*\n.*\n.*\n  hint: use fewer rows or columns\n$", command, "p.qry")
        self.put("k.npy", npy_header((1 << 40,), "<f8") + bytes(64))
        self.put("p.qry", 'table T[1000000000] : uint(1) = npy("k.npy");\nsearch one j in T where T[j] == 1;\n')
        self.refuse_quickly(r"k.npy", "count", "p.qry")
        self.put("p.qry", 'table T[4294967296] : uint(1) = npy("k.npy");\nsearch one j in T where T[j] == 1;\n')
        self.refuse_quickly(r"p.qry:1:9: error: the table is too large", "count", "p.qry")


if __name__ == "__main__":
    quarry.main()
