#!/usr/bin/env python3
"""The checker of JSON Schemas notices what is wrong, word by word; the schemas of docs/schema/ are of the words that it knows."""
import json

import quarry
from schema import NOTES, PLAIN, Schema

ROOT = {"type": "object", "required": ["n"], "additionalProperties": False,
        "properties": {"n": {"$ref": "#/$defs/natural"}, "list": {"type": "array", "items": {"enum": ["a", "b"]}},
                       "share": {"type": "number", "exclusiveMinimum": 0, "maximum": 1}, "kind": {"const": "x"},
                       "more": {"type": "object", "additionalProperties": {"type": "boolean"}}},
        "$defs": {"natural": {"anyOf": [{"type": "integer", "minimum": 0, "maximum": 9},
                                        {"type": "string", "pattern": "^[1-9][0-9]+$"}]}}}


def words_of(schema):
    if isinstance(schema, bool):
        return set()
    found = set(schema)
    for word in ("properties", "$defs"):
        for each in schema.get(word, {}).values():
            found |= words_of(each)
    for each in [*schema.get("anyOf", []), schema.get("items", True), schema.get("additionalProperties", True)]:
        found |= words_of(each)
    return found


class SchemaTest(quarry.unittest.TestCase):
    def test_right(self):
        for value in ({"n": 0}, {"n": 9.0}, {"n": "10"}, {"n": 1, "list": ["a", "b", "a"], "share": 1, "kind": "x"},
                      {"n": 1, "more": {}}, {"n": 1, "more": {"p": True}}, {"n": 1, "list": []}):
            self.assertEqual(Schema(ROOT).faults(value), [], value)

    def test_wrong(self):
        for value in ([], {}, {"n": -1}, {"n": 10}, {"n": 1.5}, {"n": "9"}, {"n": "010"}, {"n": True}, {"n": None},
                      {"n": 1, "other": 1}, {"n": 1, "list": ["c"]}, {"n": 1, "list": {}}, {"n": 1, "share": 0},
                      {"n": 1, "share": 1.1}, {"n": 1, "share": "1"}, {"n": 1, "kind": "y"}, {"n": 1, "more": {"p": 1}}):
            self.assertEqual(len(Schema(ROOT).faults(value)), 1, value)

    def test_unknown_word(self):
        with self.assertRaises(ValueError):
            Schema({"minItems": 1}).faults([])

    def test_ours(self):
        known = NOTES | PLAIN.keys() | {"$ref", "anyOf", "properties", "additionalProperties", "items"}
        paths = sorted((quarry.ROOT / "docs" / "schema").glob("*.json"))
        self.assertGreaterEqual(len(paths), 3)
        for path in paths:
            self.assertLessEqual(words_of(json.loads(path.read_text())), known, path)


if __name__ == "__main__":
    quarry.main()
