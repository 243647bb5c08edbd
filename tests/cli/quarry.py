"""What the tests of the `quarry` program share: running it in a folder of its own, writing arrays, comparing with golden files.

Every test file is a program of its own (unittest): FILE QUARRY [test names]. QUARRY_UPDATE=1 writes the golden files anew."""
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROGRAMS = HERE / "programs"
TIME_LIMIT = 120
QUARRY = str(pathlib.Path(sys.argv[1]).resolve()) if __name__ != "__main__" else ""


def npy_header(shape, descr="<f8", fortran=False):
    """The head of a .npy file, version 1.0."""
    text = f"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {tuple(shape)!r}, }}".encode()
    text += b" " * (-(10 + len(text) + 1) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


def npy(shape, values, descr="<f8", code="<%dd"):
    """A whole .npy file; values in C order."""
    return npy_header(shape, descr) + struct.pack(code % len(values), *values)


class Test(unittest.TestCase):
    """A test with an empty folder, in which commands run."""

    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="quarry-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "xterm", "OMP_NUM_THREADS": "2"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]

    def put(self, name, content):
        path = self.folder / name
        if isinstance(content, str):
            path.write_text(content)
        else:
            path.write_bytes(content)
        return path

    def take(self, *names):
        """Copies programs of this folder to where commands run."""
        for name in names:
            shutil.copy(PROGRAMS / name, self.folder)

    def files(self):
        return sorted(path.name for path in self.folder.iterdir())

    def run_quarry(self, *words, status=0, **more):
        """Runs quarry, checks its exit status, returns what it printed, as bytes."""
        more.setdefault("stdin", subprocess.DEVNULL if "input" not in more else None)
        more.setdefault("stdout", subprocess.PIPE)
        more.setdefault("stderr", subprocess.PIPE)
        done = subprocess.run([QUARRY, *words], cwd=self.folder, env=self.environment, timeout=TIME_LIMIT, check=False,
                              **{key: value for key, value in more.items() if value is not None})
        self.assertEqual(done.returncode, status, f"quarry {' '.join(words)}\n{done.stderr!r}")
        return done

    def output(self, *words, **more):
        """Standard output as text; nothing may have been said on standard error."""
        done = self.run_quarry(*words, **more)
        self.assertEqual(done.stderr.decode(), "")
        return done.stdout.decode()

    def value(self, *words, **more):
        """The one JSON value that --json prints: one line and nothing else."""
        text = self.output(*words, **more)
        self.assertTrue(text.endswith("\n") and text.count("\n") == 1, text)
        return json.loads(text, parse_constant=self.fail)

    def complaint(self, status, *words, **more):
        """What is said on standard error by a command that fails and prints nothing."""
        done = self.run_quarry(*words, status=status, **more)
        self.assertEqual(done.stdout, b"")
        text = done.stderr.decode()
        self.assertNotIn("runtime error", text)  # of the sanitizers
        return text

    def compare(self, name, text):
        """With the golden file of that name."""
        path = HERE / "golden" / name
        if os.environ.get("QUARRY_UPDATE"):
            path.write_text(text)
        self.assertEqual(text, path.read_text(), f"{path}; QUARRY_UPDATE=1 writes it anew")


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
