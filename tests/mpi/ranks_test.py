#!/usr/bin/env python3
"""Several ranks give what one process gives, and end when one of them fails: ranks_test.py QUARRY MPIRUN"""
import json
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

QUARRY, MPIRUN = str(pathlib.Path(sys.argv[1]).resolve()), sys.argv[2]
TIME_LIMIT = 120
METHODS = {
    "sparse": ["--method", "sparse", "--drop", "2"],
    "hybrid": ["--method", "hybrid", "--top", "3", "--check"],
    "estimates": ["--method", "hybrid", "--top", "2", "--epsilon", "0.2"],
    "target": ["--method", "hybrid", "--target", "0.3"],
    "nystrom": ["--method", "nystrom", "--landmarks", "8"],
    "halfspace": ["--method", "halfspace", "--drop", "2"],
    "exact": ["--method", "exact"],
}


def without_times(value):
    """What is printed, but for seconds: these differ from run to run."""
    if isinstance(value, dict):
        return {key: without_times(part) for key, part in value.items() if not key.endswith("seconds")}
    return [without_times(part) for part in value] if isinstance(value, list) else value


class RanksTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="quarry-mpi-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.environment = {**os.environ, "OMP_NUM_THREADS": "1"}

    def put(self, name, rows, columns, seed):
        source = random.Random(seed)
        text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({rows}, {columns}), }}".encode()
        text += b" " * (-(11 + len(text)) % 64) + b"\n"
        values = [source.gauss(0, 1) for _ in range(rows * columns)]
        (self.folder / name).write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text +
                                         struct.pack(f"<{len(values)}d", *values))

    def head(self, rows=7, keys=40, width=4, values=3):
        self.put("q.npy", rows, width, 1)
        self.put("k.npy", keys, width, 2)
        self.put("v.npy", keys, values, 3)
        return ["attend", "-q", "q.npy", "-k", "k.npy", "-v", "v.npy"]

    def command(self, ranks, words, launched=False):
        root = ["--allow-run-as-root"] if os.geteuid() == 0 else []
        return [MPIRUN, *root, "--oversubscribe", "-n", str(ranks), *words] if launched or ranks > 1 else words

    def run_ranks(self, ranks, words, before=""):
        """before: shell text that every rank runs first, with its number in $RANK."""
        words = [QUARRY, *words]
        if before:
            words = ["sh", "-c", f'RANK=$OMPI_COMM_WORLD_RANK; {before}; exec "$@"', "sh", *words]
        return subprocess.run(self.command(ranks, words), cwd=self.folder, env=self.environment, capture_output=True,
                              text=True, timeout=TIME_LIMIT, check=False, stdin=subprocess.DEVNULL)

    def same(self, words, ranks=(2, 3)):
        """Files and JSON of one process and of several."""
        results = []
        for count in (1, *ranks):
            done = self.run_ranks(count, [*words, "--json", "-o", "out.npy"])
            self.assertEqual((done.returncode, done.stderr), (0, ""), done)
            results.append((without_times(json.loads(done.stdout)), (self.folder / "out.npy").read_bytes()))
        for result in results[1:]:
            self.assertEqual(result, results[0])

    def test_methods(self):
        words = self.head()
        for name, more in METHODS.items():
            with self.subTest(method=name):
                self.same([*words, *more], ranks=(3,))

    def test_engines_and_threads(self):
        words = self.head()
        self.same([*words, "--engine", "oracle"])
        self.same([*words, "--engine", "oracle", "--drop", "3", "--threads", "2"])

    def test_fewer_rows_than_ranks(self):
        self.same([*self.head(), "--rows", "4,2"], ranks=(3,))

    def test_one_rank_that_was_launched(self):
        words = self.command(1, [QUARRY, *self.head(), "--rows", "0", "--engine", "oracle", "--json"], launched=True)
        done = subprocess.run(words, cwd=self.folder, env=self.environment, capture_output=True, text=True,
                              timeout=TIME_LIMIT, check=False, stdin=subprocess.DEVNULL)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)

    def test_other_commands_run_once(self):
        (self.folder / "p.qry").write_text("search all j in 0..7 where j == 5;\n")
        for words in (["--version"], ["attend", "--help"], ["run", "p.qry", "--json"]):
            one, two = self.run_ranks(1, words), self.run_ranks(2, words)
            self.assertEqual((two.returncode, len(two.stdout.splitlines())), (0, len(one.stdout.splitlines())), two)

    def expect_failure(self, done, status, text):
        self.assertEqual(done.returncode, status, done)
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.stderr.count("quarry: error:"), 1, done.stderr)
        self.assertIn(text, done.stderr)

    def test_all_fail_alike(self):
        words = self.head()
        self.expect_failure(self.run_ranks(3, words[:3]), 2, "-q, -k and -v are needed")
        self.expect_failure(self.run_ranks(3, [*words, "--rows", "9"]), 1, "there is no row 9")
        self.expect_failure(self.run_ranks(2, [*words, "-o", "nowhere/out.npy"]), 1, "nowhere/out.npy")

    def test_one_fails_before_its_rows(self):
        done = self.run_ranks(3, self.head(), before='if [ "$RANK" = 1 ]; then cd /; fi')
        self.expect_failure(done, 1, "cannot read q.npy")

    def test_standard_input(self):
        words = self.head()
        for name in ("-", "/dev/stdin", "/dev/fd/0"):
            done = self.run_ranks(2, [*words[:2], name, *words[3:]])
            self.expect_failure(done, 2, f"-q {name}: ranks cannot share standard input")

    def interrupt_one(self, words):
        """Interrupts the second of two ranks while the first waits for its queries. Seconds until both have ended."""
        (self.folder / "slow").mkdir(exist_ok=True)
        if not (self.folder / "slow" / "q.npy").exists():
            os.mkfifo(self.folder / "slow" / "q.npy")
        words = ["sh", "-c", 'if [ "$OMPI_COMM_WORLD_RANK" = 0 ]; then cd slow; fi; exec "$@"', "sh", QUARRY, *words]
        process = subprocess.Popen(self.command(2, words), cwd=self.folder, env=self.environment,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        time.sleep(3)
        self.assertIsNone(process.poll())
        start = time.monotonic()
        os.kill(self.last_child(process.pid), signal.SIGTERM)
        output, said = process.communicate(timeout=60)
        self.assertEqual((process.returncode, output), (1, ""))
        self.assertIn("quarry: error: interrupted", said)
        return time.monotonic() - start

    def test_one_is_interrupted_before_its_rows(self):
        """While it waits for another to be ready, and while it prepares."""
        self.assertLess(self.interrupt_one(self.head()), 15)
        words = self.head(rows=4, keys=20000, width=16)
        self.assertLess(self.interrupt_one([*words, "--method", "nystrom", "--landmarks", "1500", "--engine", "oracle"]), 15)

    def test_one_has_no_memory(self):
        """The moments of 30 groups of 1000 wide values take 240 MB."""
        words = [*self.head(keys=450, values=1000), "--method", "hybrid", "--engine", "oracle", "--rows", "0:2"]
        before = 'if [ "$RANK" = 1 ]; then ulimit -v %d; fi'
        for limit in (600000, 500000, 400000):  # KiB; the libraries alone take a good part of it
            done = self.run_ranks(2, words, before=before % limit)
            if done.returncode:
                break
        self.expect_failure(done, 1, "no memory")

    def test_one_is_killed(self):
        words = [*self.head(rows=3000, keys=900, width=8), "--method", "hybrid", "--top", "30", "-o", "out.npy"]
        process = subprocess.Popen(self.command(2, [QUARRY, *words]), cwd=self.folder, env=self.environment,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        time.sleep(3)
        self.assertIsNone(process.poll())
        os.kill(self.last_child(process.pid), signal.SIGKILL)
        output, _ = process.communicate(timeout=60)
        self.assertNotEqual(process.returncode, 0)
        self.assertEqual(output, "")
        self.assertFalse((self.folder / "out.npy").exists())

    def last_child(self, parent):
        children = pathlib.Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return max(int(child) for child in children)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
