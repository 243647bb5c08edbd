#!/usr/bin/env python3
"""Runs the examples of a page of documentation and compares what they print.

    docs.py [--update] QUARRY FOLDER PAGE.md

In a page, a code block marked `console` is a session: lines that begin with `$ ` are commands (continued by a final \\), the
lines after each are what it prints, on standard output and standard error together. A line of a single … stands for any number
of lines, and a … within a line for any text: what changes from run to run, or is too long to show. A nonzero exit status is part
of what is printed, as `[exit status 1]`.

A code block marked with a language and a file name, as in `qry search.qry`, puts that file where the commands run: an empty
folder of the page's own, in which `examples` leads to the project's examples and `quarry` is the command that was built.

Links to other files of the project must lead somewhere. --update writes what is printed into the page, except where what stands
there fits already; times, and the last digits of long numbers, become a …."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TIME_LIMIT = 300


def blocks(lines):
    """(words after the backquotes, first line, line after the last) of every code block."""
    start, words = None, None
    for number, line in enumerate(lines):
        if not line.startswith("```"):
            continue
        if start is None:
            start, words = number + 1, line[3:].split()
        else:
            yield words, start, number
            start = None
    if start is not None:
        sys.exit(f"line {start}: a code block without an end")


def sessions(lines, start, end):
    """(command, first line of its output, line after the last) of every command in a block."""
    commands = [number for number in range(start, end) if lines[number].startswith("$ ")]
    if commands[:1] != [start]:
        sys.exit(f"line {start + 1}: a session begins with a command")
    for number, after in zip(commands, commands[1:] + [end]):
        command, first = lines[number][2:], number + 1
        while command.endswith("\\"):
            command = command[:-1] + lines[first]
            first += 1
        yield command, first, after


def run(command, folder, environment):
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIME_LIMIT)
    printed = done.stdout.decode().splitlines()
    printed = [line.rstrip() for line in printed]
    if done.returncode:
        printed.append(f"[exit status {done.returncode}]")
    return printed


def fits(expected, printed):
    pattern = ""
    for line in expected:
        pattern += r"(?:.*\n)*" if line.strip() == "…" else re.escape(line).replace("…", ".*") + r"\n"
    return re.fullmatch(pattern, "".join(line + "\n" for line in printed)) is not None


def vague(line):
    """Times, and the last digits of real numbers, are not the same everywhere."""
    line = re.sub(r"\b[0-9][0-9.e+-]* (s|rows a second)\b", r"… \1", line)
    line = re.sub(r'("(?:read_)?seconds": )[0-9.e-]+', r"\1…", line)
    return re.sub(r"([0-9]\.[0-9]{3})[0-9]{6,}(e-?[0-9]+)?", r"\1…\2", line)


def shortened(expected, printed):
    """As many lines as the page had, if it left out the rest."""
    return printed[:len(expected) - 1] + ["…"] if expected[-1:] == ["…"] else printed


def broken_links(page, text):
    text = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if not re.match(r"[a-z]+:", target) and not (page.parent / target).exists():
            yield target


def check(page, quarry, folder, update):
    text = page.read_text()
    lines = text.splitlines()
    environment = dict(os.environ, PATH=f"{pathlib.Path(quarry).resolve().parent}:{folder.parent}:{os.environ['PATH']}",
                       LC_ALL="C.UTF-8", COLUMNS="100", SOURCE=str(ROOT), OMP_NUM_THREADS="1")
    (folder / "examples").symlink_to(ROOT / "examples")
    wrong, replaced = 0, []
    for words, start, end in blocks(lines):
        if len(words) == 2:
            (folder / words[1]).write_text("".join(line + "\n" for line in lines[start:end]))
        if words[:1] != ["console"]:
            continue
        for command, first, last in sessions(lines, start, end):
            printed = run(command, folder, environment)
            if fits(lines[first:last], printed):
                continue
            if update:
                replaced.append((first, last, printed))
                continue
            wrong += 1
            print(f"{page}:{first}: $ {command}\n--- on the page", *lines[first:last], "--- printed", *printed, sep="\n")
    for target in broken_links(page, text):
        wrong += 1
        print(f"{page}: {target} is not there")
    for first, last, printed in reversed(replaced):
        lines[first:last] = shortened(lines[first:last], [vague(line) for line in printed])
    if replaced:
        page.write_text("".join(line + "\n" for line in lines))
        print(f"{page}: {len(replaced)} outputs written")
    return wrong


def main():
    arguments = sys.argv[1:]
    update = arguments[:1] == ["--update"]
    quarry, folder, page = arguments[update:]
    folder = pathlib.Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    place = pathlib.Path(tempfile.mkdtemp(dir=folder))
    try:
        sys.exit(1 if check(pathlib.Path(page).resolve(), quarry, place, update) else 0)
    finally:
        shutil.rmtree(place)


if __name__ == "__main__":
    main()
