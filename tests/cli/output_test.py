#!/usr/bin/env python3
"""Where the output goes: files that cannot be written, full disks, closed pipes, interrupted runs. What was there stays, nothing
half written is left, and there is one message."""
import os
import pty
import resource
import select
import signal
import subprocess
import time

import quarry

ENDLESS = ["compile", "search.qry", "-q", "--iterations", "1000000000000"]  # more text than any disk holds
LONG = "search all j in 0..65535 where j * j == 49;\n"  # takes long to run


class OutputTest(quarry.Test):
    def fail_to_write(self, said, *words, **more):
        text = self.complaint(1, *words, **more)
        self.assertEqual(text.count("error:"), 1, text)
        self.assertRegex(text, said)

    # ---- files ----

    def test_unwritable(self):
        self.take("search.qry")
        (self.folder / "folder").mkdir()
        for command in ("compile", "count"):
            self.fail_to_write("cannot write nowhere/x: No such file or directory", command, "search.qry", "-o", "nowhere/x")
            self.fail_to_write("cannot write folder: Is a directory", command, "search.qry", "-o", "folder")
            self.fail_to_write("cannot write search.qry/x: Not a directory", command, "search.qry", "-o", "search.qry/x")
            self.fail_to_write("File name too long", command, "search.qry", "-o", 300 * "x")
            self.fail_to_write("cannot write : ", command, "search.qry", "-o", "")
            self.complaint(2, command, "search.qry", "-o", "./search.qry")
        self.assertEqual(self.files(), ["folder", "search.qry"])
        self.assertEqual((self.folder / "search.qry").read_bytes(), (quarry.PROGRAMS / "search.qry").read_bytes())

    @quarry.unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_no_permission(self):
        self.take("search.qry")
        self.put("kept.qasm", "kept").chmod(0o444)
        self.fail_to_write("cannot write kept.qasm: Permission denied", "compile", "search.qry", "-o", "kept.qasm")
        self.assertEqual((self.folder / "kept.qasm").read_text(), "kept")

    def test_replaced_whole(self):
        self.take("search.qry")
        self.put("out.qasm", 1000000 * "x")
        (self.folder / "link.qasm").symlink_to("out.qasm")
        self.output("compile", "search.qry", "-q", "-o", "link.qasm")
        self.assertEqual((self.folder / "out.qasm").read_text(), self.output("compile", "search.qry"))
        self.assertTrue((self.folder / "link.qasm").is_symlink())

    def test_failed_input_keeps_the_file(self):
        self.put("bad.qry", "search one j in 0..3 where x == 1;\n")
        self.put("kept.qasm", "kept")
        self.complaint(1, "compile", "bad.qry", "-o", "kept.qasm")
        self.assertEqual((self.folder / "kept.qasm").read_text(), "kept")

    # ---- full disks ----

    def test_full_device(self):
        self.take("search.qry")
        full = "No space left on device"
        for words in (["compile"], ["count"], ["count", "--json"], ["run"], ["run", "--json"]):
            with open("/dev/full", "wb") as device:
                done = self.run_quarry(words[0], "search.qry", *words[1:], status=1, stdout=device)
            self.assertEqual(done.stderr.decode(), f"quarry: error: cannot write standard output: {full}\n")
        for command in ("compile", "count"):
            self.fail_to_write(f"cannot write /dev/full: {full}", command, "search.qry", "-o", "/dev/full")
        with open("/dev/full", "wb") as device:
            self.run_quarry("--help", status=1, stdout=device)
            self.run_quarry("--version", status=1, stdout=device)

    def test_full_disk(self):
        """A limit on the size of files stands for a disk that fills while a file is written."""
        self.take("deep.qry")
        self.put("kept.qasm", "kept")
        for path in ("kept.qasm", "new.qasm"):
            self.fail_to_write(f"cannot write {path}: File too large", "compile", "deep.qry", "-o", path,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10000, 10000)))
        self.assertEqual((self.folder / "kept.qasm").read_text(), "kept")
        self.assertEqual(self.files(), ["deep.qry", "kept.qasm"])

    # ---- standard output ----

    def test_closed_pipe(self):
        self.take("search.qry", "deep.qry")
        for words in (["compile", "deep.qry"], ["count", "search.qry"], ["run", "search.qry"], ["run", "search.qry", "--json"],
                      ["--help"]):
            reader, writer = os.pipe()
            os.close(reader)
            done = self.run_quarry(*words, status=1, stdout=writer)
            os.close(writer)
            self.assertEqual(done.stderr.decode(), "quarry: error: cannot write standard output: Broken pipe\n")

    def test_closed_descriptors(self):
        """Nothing that is opened takes the place of a closed descriptor."""
        self.take("search.qry")
        for closed in ((1,), (0, 1), (1, 2), (0, 1, 2)):
            self.run_quarry("compile", "search.qry", status=1, preexec_fn=lambda: [os.close(fd) for fd in closed])
            self.run_quarry("compile", "search.qry", "-q", "-o", "x.qasm",
                            preexec_fn=lambda: [os.close(fd) for fd in closed])
            text = (self.folder / "x.qasm").read_text()
            self.assertTrue(text.startswith("OPENQASM 3.0;\n") and text.endswith("// @leave measure\n"))
        done = self.run_quarry("run", "-", status=1, stdin=None, preexec_fn=lambda: os.close(0))
        self.assertIn(b"cannot read standard input", done.stderr)

    # ---- interruptions ----

    def start(self, *words, **more):
        process = subprocess.Popen([quarry.QUARRY, *words], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                                   **more)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    @staticmethod
    def wait_until(condition):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if condition():
                return
            time.sleep(0.002)
        raise AssertionError("it does not come to that")

    def has_written(self, process, least):
        """Whether a process has written so many bytes; they may still have no name."""
        with open(f"/proc/{process.pid}/io", encoding="ascii") as counters:
            return any(line.startswith("wchar: ") and int(line.split()[1]) >= least for line in counters)

    @staticmethod
    def catches(process, number):
        with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
            return any(line.startswith("SigCgt:") and int(line.split()[1], 16) >> (number - 1) & 1 for line in status)

    def test_interrupted_writing(self):
        """By either signal, also when it is sent twice at once: status 1, one message, no file."""
        self.take("search.qry")
        self.put("kept.qasm", "kept")
        for number, path, times in ((signal.SIGINT, "new.qasm", 1), (signal.SIGTERM, "kept.qasm", 1),
                                    (signal.SIGINT, "kept.qasm", 2)):
            process = self.start(*ENDLESS, "-o", path, stderr=subprocess.PIPE)
            self.wait_until(lambda: self.has_written(process, 1 << 20))
            for _ in range(times):
                process.send_signal(number)
                time.sleep(0.01 if times > 1 else 0)
            self.assertEqual(process.stderr.read().decode(), "quarry: error: interrupted\n")
            process.stderr.close()
            self.assertEqual(process.wait(60), 1)
            self.assertEqual(self.files(), ["kept.qasm", "search.qry"])
            self.assertEqual((self.folder / "kept.qasm").read_text(), "kept")

    def test_killed(self):
        """Even then nothing half written is left."""
        self.take("search.qry")
        process = self.start(*ENDLESS, "-o", "new.qasm")
        self.wait_until(lambda: self.has_written(process, 1 << 20))
        process.kill()
        process.wait(60)
        self.assertEqual(self.files(), ["search.qry"])

    def test_ignored_signals_stay_ignored(self):
        """As nohup asks."""
        self.take("search.qry")
        process = self.start(*ENDLESS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
        self.wait_until(lambda: self.has_written(process, 1 << 20))
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(60), 1)

    def test_interrupted_reading(self):
        os.mkfifo(self.folder / "pipe.qry")
        for opened in (False, True):
            process = self.start("run", "pipe.qry", stderr=subprocess.PIPE)
            writer = os.open(self.folder / "pipe.qry", os.O_RDWR) if opened else None
            self.wait_until(lambda: self.catches(process, signal.SIGINT))
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.stderr.read().decode(), "quarry: error: interrupted\n")
            process.stderr.close()
            self.assertEqual(process.wait(60), 1)
            if opened:
                os.close(writer)

    # ---- terminals ----

    def read_until(self, terminal, wanted):
        seen, end = b"", time.monotonic() + 60
        while wanted not in seen and time.monotonic() < end:
            if select.select([terminal], [], [], 1)[0]:
                seen += os.read(terminal, 4096)
        self.assertIn(wanted, seen)
        return seen

    def test_progress(self):
        """Long work shows on a terminal how far it is, and wipes that when it ends; with --quiet, or in a pipe, it does not."""
        self.put("long.qry", LONG)
        terminal, other = pty.openpty()
        process = self.start("run", "long.qry", stdout=subprocess.PIPE, stderr=other)
        self.read_until(terminal, b"\rs1 ")
        self.read_until(terminal, b" oracle calls, ")
        process.send_signal(signal.SIGINT)
        seen = self.read_until(terminal, b"interrupted\r\n")
        self.assertIn(b"\r\x1b[K", seen)
        self.assertNotIn(b"oracle calls", seen[seen.rindex(b"\r\x1b[K"):])
        self.assertEqual(process.stdout.read(), b"")
        process.stdout.close()
        self.assertEqual(process.wait(60), 1)
        for words, stderr in (["--quiet", "--color=never"], other), ([], subprocess.PIPE):
            process = self.start("run", "long.qry", *words, stdout=subprocess.DEVNULL, stderr=stderr)
            time.sleep(1.6)
            process.send_signal(signal.SIGINT)
            process.wait(60)
            seen = process.stderr.read() if process.stderr else os.read(terminal, 4096)
            self.assertEqual(seen.replace(b"\r", b""), b"quarry: error: interrupted\n")
            if process.stderr:
                process.stderr.close()
        os.close(terminal)
        os.close(other)

    def test_color(self):
        self.put("bad.qry", "search one j in 0..3 where x == 1;\n")
        plain, coloured = (self.complaint(1, "run", "bad.qry", "--color", when) for when in ("never", "always"))
        self.assertNotIn("\x1b", plain)
        self.assertIn("\x1b[", coloured)
        self.assertEqual(self.complaint(1, "run", "bad.qry"), plain)  # a pipe
        terminal, other = pty.openpty()
        for words, variables, expected in (([], {}, True), (["--color=never"], {}, False), ([], {"NO_COLOR": "1"}, False),
                                           ([], {"TERM": "dumb"}, False)):
            process = subprocess.run([quarry.QUARRY, "run", "bad.qry", *words], cwd=self.folder, stderr=other, check=False,
                                     env=self.environment | variables)
            self.assertEqual(process.returncode, 1)
            self.assertEqual(b"\x1b[" in self.read_until(terminal, b"unknown name"), expected)
        os.close(terminal)
        os.close(other)


if __name__ == "__main__":
    quarry.main()
