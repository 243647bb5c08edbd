#!/usr/bin/env python3
"""Times a query of quantum memory in the sparse simulator of Microsoft's QDK, on the file that quarry prints.

    python3 -m venv peers && peers/bin/pip install qdk==1.33.1
    peers/bin/python bench/peers/qdk_query.py build/release/quarry [--with-h]

The query of bench_engine: 2^10 words of 8 bits, the address in superposition, 2064 qubits. The simulator keeps a basis state for
every value of the word bits that are in superposition, 2^18 in all; leaving out the H on both ends of the word keeps 2^10, and
the gates between them are the same. --with-h runs the file as it is as well, which takes a minute or so. The
file is compiled beforehand; a shot is the least of three, with --with-h of one."""
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("QDK_PYTHON_TELEMETRY", "none")

PROGRAM = """table K[1024] : uint(8) = csv("words.csv");
qram bucket_brigade;
found: search one j in K where K[j] == 0;
"""


def print_query(quarry, folder):
    words = random.Random(1)
    (folder / "words.csv").write_text("".join(f"{words.randrange(256)}\n" for _ in range(1024)))
    (folder / "query.qry").write_text(PROGRAM)
    subprocess.run([quarry, "compile", "--quiet", folder / "query.qry", "--part", "load:K", "--superpose", "-o",
                    folder / "query.qasm"], check=True)
    return (folder / "query.qasm").read_text()


def measure(what, text, runs):
    from qdk import TargetProfile, code, init, openqasm
    init(target_profile=TargetProfile.Unrestricted)
    begin = time.perf_counter()
    openqasm.import_openqasm(text, name="query", program_type=openqasm.ProgramType.File)
    imported = time.perf_counter() - begin
    operation = code.qasm_import.query if hasattr(code, "qasm_import") else code.query
    shots = []
    for _ in range(runs):
        begin = time.perf_counter()
        openqasm.run(operation, shots=1)
        shots.append(time.perf_counter() - begin)
    print(f"{what:28} import {imported:7.2f} s   shot {min(shots):9.4f} s", flush=True)


def main():
    quarry, options = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        text = print_query(pathlib.Path(quarry).resolve(), pathlib.Path(folder))
    without, removed = re.subn(r"^\s*h word\[?\d+\]?;\n", "", text, flags=re.M)
    assert removed == 16
    measure("QDK, no H on the word", without, 3)
    if "--with-h" in options:
        measure("QDK, the file as it is", text, 1)


if __name__ == "__main__":
    main()
