#!/usr/bin/env python3
"""`quarry run`: golden outputs with seeds, engines and modes, the order of statements, the schema."""
import json
import os
import re
import subprocess

import quarry
from schema import Schema

MODES = ("gates", "numbered", "replay")


def without_time(text):
    """What is printed, for people or as JSON, without what changes from run to run."""
    text = re.sub(r"^( +)\S+ s(, of them \S+ s planning)?; seed", r"\1TIME; seed", text, flags=re.M)
    return re.sub(r'"seconds": [-+.e\d]+', '"seconds": 0', text)


class RunTest(quarry.Test):
    def results(self, *words):
        return [each["result"] for each in self.value("run", *words, "--json")["statements"]]

    def test_threads_share_more_than_one_block_of_rows(self):
        self.put("many.qry", "a: search one j in 0..512 where j * j == 49;\n")
        one = self.output("run", "many.qry", "--json")
        two = self.output("run", "many.qry", "--json", "--threads", "2")
        self.assertEqual(json.loads(one)["statements"][0]["result"], 7)
        self.assertEqual(json.loads(two)["statements"][0]["result"], 7)

    def test_golden(self):
        self.take("search.qry", "flat.qry")
        self.compare("search_run.txt", without_time(self.output("run", "search.qry", "--seed", "3")))
        value = json.loads(without_time(self.output("run", "flat.qry", "--json")))
        self.compare("flat_run.json", json.dumps(value, indent=1) + "\n")

    def test_schema(self):
        self.take("search.qry", "flat.qry")
        schema = Schema.named("run")
        for words in (["search.qry"], ["search.qry", "--seed", str((1 << 64) - 1)], ["search.qry", "-D", "tau=100"],
                      ["search.qry", "--engine", "oracle"], ["flat.qry"], ["flat.qry", "--seed", "0", "--qram", "select"]):
            value = self.value("run", *words, "--json", "-q")
            self.assertEqual(schema.faults(value), [], words)
        self.assertEqual(value["seed"], 0)

    def test_found(self):
        """The rows 0, 3, 4, 5, 6, 7 have the scores 1.5, 2.625, 5.25, -0.125, 3.5, 1.75; see the program for the others."""
        self.take("search.qry")
        for seed in range(10):
            for tau, rows in ((2.5, [3, 4, 6]), (1.5, [0, 3, 4, 6, 7]), (5.25, [4]), (5.3, [])):
                self.assertEqual(self.results("search.qry", "-D", f"tau={tau}", "--seed", str(seed), "-q"), [rows])

    def test_statements(self):
        """All in order, each with its own random numbers: alone it does the same."""
        self.take("flat.qry")
        both = self.value("run", "flat.qry", "--json", "--seed", "11")["statements"]
        self.assertEqual([(each["name"], each["kind"], each["result"]) for each in both],
                         [("twos", "search one", 2), ("threes", "search all", [0, 3])])
        for each in both:
            alone, = self.value("run", "flat.qry", "--json", "--seed", "11", "--statement", each["name"])["statements"]
            for statement in (alone, each):
                statement["ledger"].pop("seconds", None)
            self.assertEqual(alone, each)

    def test_seed(self):
        """Of the statement, of the command, or 1; the same seed gives the same bill."""
        self.take("flat.qry")

        def bills(*words):
            statements = self.value("run", "flat.qry", "--json", *words)["statements"]
            for each in statements:
                del each["ledger"]["seconds"]
            return statements

        self.assertEqual([each["seed"] for each in bills()], [5, 1])
        self.assertEqual([each["seed"] for each in bills("--seed", "7")], [7, 7])
        self.assertEqual(bills("--seed", "7"), bills("--seed", "7"))
        several = {json.dumps(bills("--seed", str(seed))[1]["ledger"]) for seed in range(20)}
        self.assertGreater(len(several), 1)

    def test_modes_and_threads(self):
        """Same results, same bill."""
        self.take("search.qry", "deep.qry")
        for program in ("search.qry", "deep.qry"):
            seen = set()
            for words in [[f"--engine-mode={mode}"] for mode in MODES] + [["--threads", "2"], ["--threads=3"], []]:
                value = self.value("run", program, "--json", "--seed", "9", *words)["statements"][0]
                if words and words[0].startswith("--engine-mode"):
                    self.assertEqual("--engine-mode=" + value["engine_mode"], words[0])
                del value["ledger"]["seconds"], value["engine_mode"]
                seen.add(json.dumps(value))
            self.assertEqual(len(seen), 1, seen)

    def test_engine_oracle(self):
        """Named in every output; the answer and what a scan costs are the same."""
        self.take("search.qry")
        text = self.output("run", "search.qry", "--engine", "oracle")
        self.assertIn("engine      oracle: ", text)
        self.assertIn("no gate was run", text)
        value = self.value("run", "search.qry", "--engine", "oracle", "--json")
        self.assertEqual((value["engine"], value["statements"][0]["engine_mode"]), ("oracle", "oracle"))
        self.assertEqual(value["statements"][0]["result"], self.results("search.qry")[0])
        self.assertGreater(value["statements"][0]["ledger"]["gates"], 0)

    def test_engine_dense(self):
        """The same random numbers, so the same bill; a search of too many qubits is refused with the size."""
        self.take("flat.qry", "search.qry")
        sparse, dense = (self.value("run", "flat.qry", "--json", "--engine", each) for each in ("sparse", "dense"))
        self.assertEqual((dense["engine"], dense["statements"][0]["engine_mode"]), ("dense", "double precision"))
        self.assertEqual(Schema.named("run").faults(dense), [])
        for one, other in zip(sparse["statements"], dense["statements"]):
            del one["ledger"]["seconds"], other["ledger"]["seconds"]
            self.assertEqual((one["result"], one["ledger"]), (other["result"], other["ledger"]))
        self.assertIn("engine      dense, double precision: ", self.output("run", "flat.qry", "--engine", "dense"))
        self.assertIn("56 qubits", self.complaint(1, "run", "search.qry", "--engine", "dense"))

    def test_none(self):
        self.put("none.qry", "table T[5] : uint(3) = [1, 2, 3, 4, 5];\nparam x = 6;\n"
                             "every: search all j in T where T[j] == x;\nsingle: search one j in T where T[j] == x;\n")
        self.assertEqual(self.results("none.qry", "-q"), [[], None])
        self.assertEqual(self.output("run", "none.qry", "-q").count("found       none of 5 rows\n"), 2)

    def test_warned_once(self):
        """What a program is warned about is said once, not for each of its statements."""
        self.put("two.qry", "table T[2] : uint(2) = [1, 9];\na: search one j in T where T[j] >= 0;\n"
                            "b: search one j in T where T[j] == 1;\n")
        errors = self.run_quarry("run", "two.qry").stderr.decode()
        self.assertEqual((errors.count("is always true"), errors.count("warning:")), (1, 2))

    def test_memory(self):
        """A statement's circuits and engine go before the next begins: twelve need about the memory of one."""
        self.put("k.npy", quarry.npy((4096,), [i * 7 % 16 for i in range(4096)], "|u1", "<%dB"))
        own = self.environment.get("ASAN_OPTIONS", "")
        self.environment["ASAN_OPTIONS"] = ":".join(filter(None, (own, "quarantine_size_mb=0")))
        for engine in ("sparse", "oracle"):
            peaks = []
            for count in (1, 12):
                self.put("many.qry", 'table K[4096] : uint(4) = npy("k.npy");\n' +
                         "".join(f"s{i}: search one j in K where K[j] > {i};\n" for i in range(count)))
                process = subprocess.Popen([quarry.QUARRY, "run", "many.qry", "-q", "--engine", engine],
                                           cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL)
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = status
                self.assertEqual(status, 0)
                peaks.append(usage.ru_maxrss)
            self.assertLess(peaks[1], 1.75 * peaks[0], engine)

    def test_standard_input(self):
        source = (quarry.PROGRAMS / "search.qry").read_bytes()
        value = self.value("run", "-", "--json", input=source)
        self.assertEqual((value["file"], value["statements"][0]["result"]), ("-", [3, 4, 6]))


if __name__ == "__main__":
    quarry.main()
