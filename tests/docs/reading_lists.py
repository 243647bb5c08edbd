#!/usr/bin/env python3
"""Compares the reading lists of the READMEs with the folders: in every folder of the rooms, README.md names each source file of
the folder, and no other file by its bare name (`kernels_*.c` stands for several; files elsewhere go with their folder). The
table of passes in compiler/README.md is that of compiler/passes.def, row by row.

    reading_lists.py [ROOT]     exit status 1 and a line for each difference"""
import fnmatch
import pathlib
import re
import sys

ROOMS = ("base", "qasm", "sim", "compiler", "runtime")
KINDS = (".c", ".h", ".def", ".l", ".y")
NAME = re.compile(r"(?<![\w/*.])[\w*]+\.(?:c|h|def|l|y)\b")


def folder_faults(folder, root):
    """What is wrong with the README of one folder."""
    files = {path.name for path in folder.iterdir() if path.suffix in KINDS}
    place = folder.relative_to(root)
    readme = folder / "README.md"
    if not files:
        return
    if not readme.is_file():
        yield f"{place} has no README.md"
        return
    named = set(NAME.findall(readme.read_text()))
    for file in sorted(files):
        if not any(fnmatch.fnmatchcase(file, name) for name in named):
            yield f"{place}/README.md does not name {file}"
    for name in sorted(named):
        if not fnmatch.filter(files, name):
            yield f"{place}/README.md names {name}, which is not there"


def pass_faults(root):
    listed = re.findall(r"^PASS\((\w+),", (root / "compiler/passes.def").read_text(), re.M)
    table = (root / "compiler/README.md").read_text().split("|---|---|---|\n")[1].split("\n\n")[0]
    shown = re.findall(r"^\| (\w+) \|", table, re.M)
    if listed != shown:
        yield f"compiler/README.md shows the passes {shown}, and passes.def lists {listed}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__ + "/../../..").resolve()
    folders = [folder for room in ROOMS for folder in (root / room, *(root / room).rglob("*")) if folder.is_dir()]
    faults = [fault for folder in folders for fault in folder_faults(folder, root)]
    faults += pass_faults(root)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
