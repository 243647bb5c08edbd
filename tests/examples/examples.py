#!/usr/bin/env python3
"""Runs a program of examples/ and compares what it finds with its comments.

    examples.py QUARRY PROGRAM.qry

    // expect: hits = [2, 7]      exactly these rows, of `search all`
    // expect: hit = 4            this row, or null, of `search one`
    // expect: hit in [2, 7]      one of these rows, of `search one`
    // expect: best = {"index": 3, "value": 0.5}      of `search max` and `min`
    // expect: total holds 5.25   the interval has this number in it, of counts and estimates
    // expect: picked within [2, 7, 8]                rows among these, of samples
    // expect: qubits <= 40       of the widest circuit of any statement

Every statement must have an expectation, and every expectation a statement."""
import json
import pathlib
import re
import subprocess
import sys

EXPECTATION = re.compile(r"^// expect: (\w+) (=|in|<=|holds|within) (.+)$", re.M)


def holds(result, relation, wanted):
    if relation == "holds":
        return result["low"] <= wanted <= result["high"]
    if relation == "within":
        return result != [] and set(result) <= set(wanted)
    return {"=": result == wanted, "in": relation == "in" and result in wanted,
            "<=": relation == "<=" and result <= wanted}[relation]


def main():
    quarry, program = sys.argv[1:]
    done = subprocess.run([quarry, "run", program, "--json"], stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"{program}: exit status {done.returncode}")
    statements = json.loads(done.stdout)["statements"]
    found = {s["name"]: s["result"] for s in statements}
    asked = {name: (relation, json.loads(wanted))
             for name, relation, wanted in EXPECTATION.findall(pathlib.Path(program).read_text())}
    missing = set(found) - set(asked)
    if missing:
        sys.exit(f"{program}: nothing is expected of {', '.join(sorted(missing))}")
    found["qubits"] = max(s["ledger"]["qubits"] for s in statements)
    failures = 0
    for name, (relation, wanted) in asked.items():
        if name not in found or not holds(found[name], relation, wanted):
            failures += 1
            print(f"{program}: {name} is {found.get(name, 'not there')}, expected {relation} {wanted}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
