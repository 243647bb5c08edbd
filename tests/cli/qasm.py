"""Counts the gates of a printed file by reading it line by line, knowing nothing but the text: definitions are multiplied out."""
import collections
import re

LINE = re.compile(r"(?:(?P<bit>c\[\d+\]) = (?P<measure>measure) |(?P<name>[a-z_]\w*)(?:\([^)]*\))? )(?P<operands>[^;]+);$")
DECLARATION = re.compile(r"(qubit|bit)\[(\d+)\] (\w+);$")


class File:
    """gates: a Counter by name; measurements; qubits and bits; by path of sections outside definitions: how often each is
    entered, its gates with those of all below it."""

    def __init__(self, text):
        self.gates, self.measurements, self.qubits, self.bits = collections.Counter(), 0, 0, 0
        self.sections, self.definitions, self.head = collections.Counter(), {}, []
        self.below = collections.defaultdict(collections.Counter)
        lines = text.splitlines()
        assert lines[:2] == ["OPENQASM 3.0;", 'include "stdgates.inc";'], lines[:2]
        stack, body = [], None
        for line in lines[2:]:
            statement = line.strip()
            if statement.startswith("//"):
                self.comment(statement[3:], stack)
            elif statement.startswith("gate "):
                assert body is None, line
                name, body = statement.split()[1], collections.Counter()
                assert statement.endswith("{") and name not in self.definitions, line
                self.definitions[name] = body
            elif statement == "}":
                body = None
            else:
                self.statement(statement, body, stack)
        assert not stack and body is None

    def comment(self, text, stack):
        word, _, name = text.partition(" ")
        if word == "@enter":
            stack.append(name)
            self.sections["/".join(stack)] += 1
        elif word == "@leave":
            assert stack.pop() == name, text
        elif not self.qubits:
            self.head.append(text)

    def statement(self, text, body, stack):
        declaration = DECLARATION.match(text)
        if declaration:
            kind, size, _ = declaration.groups()
            self.qubits += int(size) if kind == "qubit" else 0
            self.bits += int(size) if kind == "bit" else 0
            return
        found = LINE.match(text)
        assert found, text
        if found["measure"]:
            assert body is None, text
            self.measurements += 1
            return
        operands = found["operands"].split(", ")
        assert len(set(operands)) == len(operands), text
        gates = self.definitions.get(found["name"], collections.Counter({found["name"]: 1}))
        if body is not None:
            body += gates
            return
        self.gates += gates
        for depth in range(len(stack)):
            self.below["/".join(stack[: depth + 1])] += gates
