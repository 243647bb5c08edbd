#!/usr/bin/env python3
"""The words of a command line: help and its examples, the manual, the completion, and every way to get them wrong."""
import pathlib
import re
import shlex
import shutil
import subprocess

import quarry

PROGRAM_COMMANDS = ("compile", "run", "count")
COMMANDS = (*PROGRAM_COMMANDS, "attend", "params", "crossover")
LATER = "is not supported by this version yet"
PARTS = "--part takes round, oracle, diffusion, prepare, canonical:T (T from 1 to 30) or load:TABLE, "
PAGES = pathlib.Path(quarry.QUARRY).parent / "runtime" / "cli" / "pages"

# Words behind `quarry`, and what the message begins with; all end with status 2.
MISUSED = [
    ([], "a command is missing\n  hint: quarry --help lists them"),
    (["compil"], "there is no command 'compil'\n  hint: did you mean 'compile'?"),
    (["frobnicate"], "there is no command 'frobnicate'\n  hint: see quarry --help"),
    (["help", "cuont"], "there is no command 'cuont'\n  hint: did you mean 'count'?"),
    (["--hlep"], "unknown option '--hlep' before a command\n  hint: did you mean '--help'?"),
    (["--json", "run", "search.qry"], "unknown option '--json' before a command"),
    (["run"], "an argument is missing: quarry run FILE"),
    (["run", "search.qry", "other.qry"], "one argument too many: 'other.qry'"),
    (["run", "search.qry", "--sead", "3"], "unknown option '--sead'\n  hint: did you mean '--seed'?"),
    (["run", "search.qry", "-z"], "unknown option '-z'"),
    (["run", "search.qry", "--seed"], "--seed needs a value"),
    (["run", "search.qry", "--json=1"], "--json takes no value"),
    (["run", "search.qry", "--seed", "-1"], "--seed takes a whole number, not '-1'"),
    (["run", "search.qry", "--seed", "0x3"], "--seed takes a whole number, not '0x3'"),
    (["run", "search.qry", "--seed", ""], "--seed takes a whole number, not ''"),
    (["run", "search.qry", "--seed", str(1 << 64)], f"--seed takes a number from 0 to {(1 << 64) - 1}, not {1 << 64}"),
    (["run", "search.qry", "--threads", "0"], "--threads takes a number from 1 to 1024, not 0"),
    (["run", "search.qry", "--engine", "spars"], "--engine takes auto, sparse, dense or oracle, not 'spars'\n"
                                                   "  hint: did you mean 'sparse'?"),
    (["run", "search.qry", "--engine", "oracle", "--engine-mode", "gates"], "--engine-mode goes with --engine sparse"),
    (["run", "search.qry", "--shots", "5"], "--shots is for OpenQASM, and search.qry is none"),
    (["run", "search.qry", "--probabilities"], "--probabilities is for OpenQASM, and search.qry is none"),
    (["run", "search.qry", "--state"], "--state is for OpenQASM, and search.qry is none"),
    (["run", "search.qry", "--input", "a=1"], "--input is for OpenQASM, and search.qry is none"),
    (["run", "search.qry", "--max-steps", "1"], "--max-steps is for OpenQASM, and search.qry is none"),
    (["run", "search.qry", "--precision", "double"], "--precision is for OpenQASM, and search.qry is none"),
    (["count", "search.qry", "--input", "a=1"], "--input is for OpenQASM, and search.qry is none"),
    (["run", "bell.qasm", "-D", "a=1"], "--define is for programs of Quarry's language, and bell.qasm is OpenQASM"),
    (["run", "bell.qasm", "--statement", "a"], "--statement is for programs of Quarry's language, and bell.qasm is OpenQASM"),
    (["count", "bell.qasm", "--qram", "select"], "--qram is for programs of Quarry's language, and bell.qasm is OpenQASM"),
    (["count", "bell.qasm", "--part", "oracle"], "--part is for programs of Quarry's language, and bell.qasm is OpenQASM"),
    (["run", "bell.qasm", "--engine", "oracle"], "--engine oracle is for programs of Quarry's language, and bell.qasm is OpenQASM"),
    (["compile", "bell.qasm"], "bell.qasm is OpenQASM; quarry compile takes programs of Quarry's language\n"
                               "  hint: quarry run and quarry count take OpenQASM"),
    (["run", "bell.qasm", "--shots", "0"], "--shots takes a number from 1 to"),
    (["run", "bell.qasm", "--shots", "5", "--state"], "--shots and --state exclude each other"),
    (["run", "bell.qasm", "--shots", "5", "--probabilities"], "--shots and --probabilities exclude each other"),
    (["run", "bell.qasm", "--state", "--probabilities"], "--probabilities and --state exclude each other"),
    (["run", "bell.qasm", "--engine", "dense", "--engine-mode", "gates"], "--engine-mode goes with --engine sparse"),
    (["run", "bell.qasm", "--precision", "single", "--engine", "sparse"], "--precision single goes with --engine dense"),
    (["run", "bell.qasm", "--input", "a"], "--input takes NAME=VALUE, not 'a'"),
    (["run", "search.qry", "--engine", "dense", "--engine-mode", "gates"], "--engine-mode goes with --engine sparse"),
    (["run", "search.qry", "--color", "blue"], "--color takes auto, always or never, not 'blue'"),
    (["compile", "search.qry", "-D", "tau"], "-D takes NAME=VALUE, not 'tau'"),
    (["compile", "search.qry", "--part", "oracel"], PARTS + "not 'oracel'\n"
                                                    "  hint: did you mean 'oracle'?"),
    (["compile", "search.qry", "--part", "load:"], PARTS + "not 'load:'"),
    (["compile", "search.qry", "--part", "canonical:0"], PARTS + "not 'canonical:0'"),
    (["compile", "search.qry", "--part", "canonical:31"], PARTS + "not 'canonical:31'"),
    (["compile", "search.qry", "--part", "prepare", "--iterations", "2"], "--iterations goes with the whole round"),
    (["run", "search.qry", "--max-queries", "0"], "--max-queries takes a number from 1 to"),
    (["run", "bell.qasm", "--max-queries", "5"], "--max-queries is for programs of Quarry's language, and bell.qasm is OpenQASM"),
    (["compile", "search.qry", "--superpose"], "--superpose goes with --part load:TABLE"),
    (["compile", "search.qry", "--part", "oracle", "--iterations", "2"], "--iterations goes with the whole round"),
    (["compile", "search.qry", "--profile", "full", "--max-operands", "9"], "--max-operands goes with the portable profile"),
    (["compile", "search.qry", "--max-operands", "0"], "--max-operands takes a number from 1 to"),
    (["compile", "search.qry", "--qram", "selcet"], "--qram takes bucket_brigade or select, not 'selcet'\n"
                                                    "  hint: did you mean 'select'?"),
    (["compile", "search.qry", "--explain", "width"], "--explain takes widths, not 'width'\n  hint: did you mean 'widths'?"),
    (["compile", "search.qry", "--json"], "--json needs -o FILE"),
    (["count", "search.qry", "--format", "cvs"], "--format takes table, json or csv, not 'cvs'\n  hint: did you mean 'csv'?"),
    (["count", "search.qry", "--json", "--format", "csv"], "--json and --format csv exclude each other"),
]

# What the contract promises for later versions.
PROMISED = [
    (["compare"], "quarry compare"), (["draw", "search.qry"], "quarry draw"),
    (["compile", "search.qry", "--profile", "dynamic"], "--profile dynamic"),
    (["compile", "search.qry", "--qasm", "2"], "--qasm 2"),
    (["compile", "search.qry", "--dialect", "braket"], "--dialect braket"),
    (["compile", "search.qry", "--dialect", "pennylane"], "--dialect pennylane"),
    (["compile", "search.qry", "--basis", "clifford+t"], "--basis clifford+t"),
    (["compile", "search.qry", "--basis", "toffoli"], "--basis toffoli"),
    (["compile", "search.qry", "--basis", "cx"], "--basis cx"),
    (["compile", "search.qry", "--uncompute", "measured"], "--uncompute measured"),
    (["compile", "search.qry", "--optimize", "2"], "--optimize"),
    (["compile", "search.qry", "--qram", "compact"], "--qram compact"),
    (["compile", "search.qry", "--qram", "hybrid(2)"], "--qram hybrid(2)"),
    (["run", "search.qry", "--qram", "select_swap(3)"], "--qram select_swap(3)"),
    (["run", "search.qry", "--noise", "f"], "--noise"), (["run", "bell.qasm", "--noise", "f"], "--noise"),
    *((["count", "search.qry", "--format", each], f"--format {each}") for each in ("qdk", "qref", "dot", "folded")),
]


class WordsTest(quarry.Test):
    def setUp(self):
        super().setUp()
        self.take("search.qry", "bell.qasm")

    def test_misused(self):
        for words, said in MISUSED:
            text = self.complaint(2, *words)
            self.assertTrue(text.startswith("quarry: error: " + said), text)
            self.assertEqual(text.count("error:"), 1)
        self.assertEqual(self.files(), ["bell.qasm", "search.qry"])

    def test_promised(self):
        for words, what in PROMISED:
            self.assertEqual(self.complaint(2, *words), f"quarry: error: {what} {LATER}\n")

    def test_promised_that_hold(self):
        """The words of those options that this version has anyway."""
        plain = self.output("compile", "search.qry")
        for words in ("--profile=portable", "--qasm=3", "--dialect=none", "--basis=any", "--uncompute=unitary"):
            self.assertEqual(self.output("compile", "search.qry", words), plain)

    def test_wrong_names(self):
        """Of what is in a program: an error of the input."""
        for words, said in ((["--statement", "hit"], "quarry: error: search.qry has no statement 'hit'\n"),
                            (["-D", "tua=3"], "quarry: error: search.qry declares no param 'tua'; did you mean 'tau'?\n"),
                            (["-D", "tau=x"], "-D:1:13: error: unknown name 'x'\n"),
                            (["-D", "tau="], "-D:1:13: error: expected an expression, not ';'"),
                            (["-D", "tau=1; param x=2"], "quarry: error: -D tau: the value is one expression\n")):
            for command in PROGRAM_COMMANDS:
                text = self.complaint(1, command, "search.qry", *words)
                self.assertTrue(text.startswith(said), text)
        self.assertIn("no part 'load:X'", self.complaint(1, "count", "search.qry", "--part", "load:X"))

    def test_ways_to_write_options(self):
        expected = self.output("compile", "search.qry", "-D", "tau=1", "--iterations", "2", "-o", "a.qasm")
        for words in (["-Dtau=1", "--iterations=2", "search.qry", "-oa.qasm"],
                      ["--iterations=7", "--define", "tau=1", "--iterations=2", "--output", "a.qasm", "--", "search.qry"]):
            self.assertEqual(self.output("compile", *words), expected)

    # ---- help ----

    def test_version(self):
        self.assertEqual(self.output("--version"), self.output("-V"))
        self.assertRegex(self.output("--version"), r"^quarry \d+\.\d+\.\d+\n$")

    def test_help(self):
        text = self.output("--help")
        self.assertEqual(text, self.output("help"))
        for command in COMMANDS:
            self.assertRegex(text, rf"(?m)^  {command} +\w")
            of_command = self.output(command, "--help")
            self.assertEqual(of_command, self.output(command, "search.qry", "more", "-h"))
            self.assertEqual(of_command, self.output("help", command))
            for line in of_command.splitlines():
                self.assertTrue(len(line) <= 80 or line.startswith("  quarry "), line)  # a command is not broken
        self.assertNotIn("draw", text)

    def test_examples(self):
        """Every example of --help ends well in a folder with such programs and such arrays."""
        self.take("estimate.qry")
        for name in "qkv":
            self.put(name + ".npy", quarry.npy((8, 2), [(17 * i + ord(name)) % 11 / 4 - 1 for i in range(16)]))
        for command in COMMANDS:
            examples = re.findall(r"^  (quarry .*)$", self.output(command, "--help").split("\nExamples:\n")[1], re.M)
            self.assertGreaterEqual(len(examples), 3)
            for example in examples:
                words = shlex.split(example)[1:]
                self.assertEqual(words[0], command)
                self.run_quarry(*words)

    # ---- what is made from the same tables ----

    def test_manual(self):
        for name in ("quarry", *(f"quarry-{command}" for command in COMMANDS)):
            page = (PAGES / f"{name}.1").read_text()
            command = name.partition("-")[2]
            if command:
                for option in re.findall(r"^ .* --([a-z-]+)", self.output(command, "--help"), re.M):
                    self.assertIn("\\fB\\-\\-" + option.replace("-", "\\-") + "\\fR", page)
            if shutil.which("man"):
                done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", str(PAGES / f"{name}.1")], check=True,
                                      capture_output=True, env=self.environment | {"MANWIDTH": "80", "MANPAGER": "cat"})
                self.assertEqual(done.stderr.decode(), "")
                self.assertIn(b"EXIT STATUS", done.stdout)

    def complete(self, *words):
        """What the shell offers for the last word."""
        script = f". {shlex.quote(str(PAGES / 'quarry'))}; COMP_WORDS=({shlex.join(['quarry', *words])}); " \
                 f"COMP_CWORD={len(words)}; _quarry; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        done = subprocess.run(["bash", "-c", script], cwd=self.folder, check=True, capture_output=True, env=self.environment)
        self.assertEqual(done.stderr, b"")
        return set(done.stdout.decode().split())

    def test_completion(self):
        self.assertLessEqual({*COMMANDS, "--help", "--version"}, self.complete(""))
        self.assertLessEqual({"compile", "count"}, self.complete("co"))
        self.assertNotIn("run", self.complete("co"))
        self.assertEqual(self.complete("run", "--engine", ""), {"auto", "sparse", "dense", "oracle"})
        self.assertEqual(self.complete("run", "--precision", ""), {"double", "single"})
        self.assertEqual(self.complete("run", "search.qry", "--engine-mode", "n"), {"numbered"})
        self.assertEqual(self.complete("run", "sea"), {"search.qry"})
        self.assertEqual(self.complete("run", "--seed", ""), set())
        for command in COMMANDS:
            options = set(re.findall(r"^ .* (--[a-z-]+)", self.output(command, "--help"), re.M))
            self.assertEqual(self.complete(command, "--"), options)


if __name__ == "__main__":
    quarry.main()
