#!/usr/bin/env python3
"""A build without MPI says so when mpirun starts it, once, instead of running as often as there are processes."""
import os
import subprocess
import sys
import unittest

QUARRY = sys.argv[1]


class WithoutTest(unittest.TestCase):
    def start(self, **environment):
        return subprocess.run([QUARRY, "--version"], env={**os.environ, **environment}, capture_output=True, text=True,
                              timeout=60, check=False)

    def test_first(self):
        for size, rank in (("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"), ("PMI_SIZE", "PMI_RANK")):
            done = self.start(**{size: "3", rank: "0"})
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertRegex(done.stderr, r"^quarry: error: mpirun started 3 copies .* without MPI\n  hint: .*--preset mpi")

    def test_pmix(self):
        """It tells no size: of a step of Slurm's there is one, else the others know that they are not the first."""
        done = self.start(PMIX_RANK="0", SLURM_STEP_NUM_TASKS="4", SLURM_PROCID="0")
        self.assertEqual(done.returncode, 1)
        self.assertIn("mpirun started 4 copies", done.stderr)
        done = self.start(PMIX_RANK="2")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_slurm_alone_says_nothing(self):
        done = self.start(SLURM_NTASKS="4", SLURM_STEP_NUM_TASKS="4", SLURM_PROCID="2")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.startswith("quarry "))

    def test_others_are_silent(self):
        done = self.start(OMPI_COMM_WORLD_SIZE="3", OMPI_COMM_WORLD_RANK="2")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_one_process(self):
        done = self.start(OMPI_COMM_WORLD_SIZE="1", OMPI_COMM_WORLD_RANK="0")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.startswith("quarry "))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
