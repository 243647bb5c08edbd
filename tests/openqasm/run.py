#!/usr/bin/env python3
"""Runs OpenQASM programs with `quarry run --json`, and compares what they do with the comments at their heads.

    run.py QUARRY [FILE.qasm ...]       all of this folder without a file

What a comment may say is in README.md. Every program runs on both engines; what is said in probabilities and amplitudes has
to be met to 1e-9, frequencies up to what a right program misses about once in a million runs of all the tests."""
import cmath
import json
import math
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
NAMES = {name: getattr(cmath, name) for name in ("pi", "e", "sqrt", "exp", "cos", "sin")}
ENGINES = ("sparse", "dense")
SHOTS = 20  # where one outcome is certain
MANY_SHOTS = 4000
BOUND = 1e-8  # how often a right program may miss one expectation of frequencies; there are some dozens of them


def number(text):
    return complex(eval(text, {"__builtins__": {}}, NAMES))


def pairs(text):
    """KEY = EXPRESSION, KEY = EXPRESSION: keys of registers hold spaces."""
    return dict(part.split(" = ") for part in text.split(", "))


def comments(path):
    """The words after `run:`, and (kind, text) of every expectation; further lines of a kind go on with it."""
    options, expected = [], {}
    for line in path.read_text().splitlines():
        if match := re.match(r"// run: (.*)", line):
            options += match[1].split()
        elif match := re.match(r"// expect: (\w+) (.*)", line):
            kind, text = match.groups()
            if kind in ("output", "outcomes"):
                name, text = text.split(" ", 1)
                kind = f"{kind} {name}"
            expected[kind] = f"{expected[kind]}, {text}" if kind in expected else text
    return options, expected


class Wrong(Exception):
    pass


def run(quarry, path, words):
    done = subprocess.run([quarry, "run", "--json", "--seed", "1", *words, path], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise Wrong(f"exit status {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout)


def near(found, wanted):
    """Numbers as printed, or words."""
    if found == wanted:
        return True
    if not re.fullmatch(r"-?(0|[1-9]\d*)(\.\d*)?(e[+-]?\d+)?", found):  # bits are compared as they stand
        return False
    try:
        return abs(float(found) - number(wanted)) < 1e-9
    except (NameError, SyntaxError):
        return False


def compare_exactly(what, found, wanted):
    """Amplitudes or probabilities."""
    for key in sorted(set(found) | set(wanted)):
        theirs = number(wanted[key]) if key in wanted else 0
        if abs(found.get(key, 0) - theirs) > 1e-9:
            raise Wrong(f"{what} of {key}: {found.get(key, 0)}, expected {wanted.get(key, 0)}")


def turned(found, wanted):
    """Amplitudes with the global phase that is wanted: the sparse engine leaves it out."""
    top = max(wanted, key=lambda key: abs(number(wanted[key])))
    if not found.get(top):
        return found
    turn = number(wanted[top]) / found[top]
    return {key: amplitude * turn / abs(turn) for key, amplitude in found.items()}


def compare_counts(what, counts, wanted):
    """By Hoeffding's inequality over all outcomes."""
    shots = sum(counts.values())
    allowed = math.sqrt(math.log(2 * len(wanted) / BOUND) / (2 * shots))
    for key, count in counts.items():
        if key not in wanted:
            raise Wrong(f"{what}: {key} cannot be, and came {count} times")
    for key, text in wanted.items():
        if abs(counts.get(key, 0) / shots - number(text).real) > allowed:
            raise Wrong(f"{what} of {key}: {counts.get(key, 0)} of {shots}, expected a part of {text}")


def check_error(quarry, path, options, text):
    place, message = text.split(" ", 1)
    done = subprocess.run([quarry, "run", "--json", *options, path], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=60)
    lines = done.stderr.splitlines()
    first = next((line for line in lines if ": error: " in line), "")
    if done.returncode != 1 or done.stdout or f"{path.name}:{place}: error: " not in first or message not in first:
        raise Wrong(f"expected an error at {place} with \"{message}\", exit status 1; "
                    f"got exit status {done.returncode}\n{done.stderr}")


def check(quarry, path, engine, options, expected):
    words = [*options, "--engine", engine]
    if "probabilities" in expected:
        found = run(quarry, path, [*words, "--probabilities"])["probabilities"]
        compare_exactly("probability", found, pairs(expected["probabilities"]))
    if "state" in expected:
        found = {key: complex(re, im) for key, re, im in run(quarry, path, [*words, "--state"])["state"]}
        wanted = pairs(expected["state"])
        compare_exactly("amplitude", turned(found, wanted) if engine == "sparse" else found, wanted)
    certain = [kind for kind in expected if kind == "always" or kind.startswith("output ")]
    drawn = [kind for kind in expected if kind == "frequencies" or kind.startswith("outcomes ")]
    if not certain and not drawn:
        return
    result = run(quarry, path, [*words, "--shots", str(MANY_SHOTS if drawn else SHOTS)])
    for kind in certain:
        name = kind.partition(" ")[2]
        counts = result["outputs"][name] if name else result["counts"]
        wanted = expected[kind].removeprefix("= ")
        if len(counts) != 1 or not near(next(iter(counts)), wanted):
            raise Wrong(f"{name or 'bits'}: {counts}, expected {wanted} always")
    for kind in drawn:
        name = kind.partition(" ")[2]
        compare_counts(name or "frequency", result["outputs"][name] if name else result["counts"],
                       pairs(expected[kind]))


def check_file(quarry, path):
    """The number of expectations that are not met."""
    options, expected = comments(path)
    failures = 0
    try:
        if not expected:
            raise Wrong("nothing is expected of it")
        if "error" in expected:
            return check_error(quarry, path, options, expected["error"]) or 0
    except Wrong as wrong:
        print(f"{path.name}: {wrong}")
        return 1
    for engine in ENGINES:
        try:
            check(quarry, path, engine, options, expected)
        except Wrong as wrong:
            failures += 1
            print(f"{path.name}, {engine}: {wrong}")
    return failures


def main():
    quarry = pathlib.Path(sys.argv[1]).resolve()
    paths = [pathlib.Path(word) for word in sys.argv[2:]] or sorted(HERE.glob("*.qasm"))
    failures = sum(check_file(quarry, path) for path in paths)
    print(f"{len(paths)} programs, {failures} failures")
    sys.exit(1 if failures or not paths else 0)


if __name__ == "__main__":
    main()
