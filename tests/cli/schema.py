"""Checks a JSON value against a JSON Schema: the part of draft 2020-12 that docs/schema/ uses. A word of a schema that is not
known here is an error, so that nothing goes unchecked."""
import json
import re

from quarry import ROOT

NOTES = {"$schema", "title", "description", "$defs"}
TYPES = {"object": dict, "array": list, "string": str, "null": type(None), "boolean": bool}


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_of_type(value, name):
    if name in ("number", "integer"):
        return is_number(value) and (name == "number" or value == int(value))
    return isinstance(value, TYPES[name])


# Words about one value alone: whether it keeps to the rule. What is of another type than the word is about does.
PLAIN = {
    "type": lambda value, rule: is_of_type(value, rule),
    "const": lambda value, rule: value == rule,
    "enum": lambda value, rule: value in rule,
    "pattern": lambda value, rule: not isinstance(value, str) or re.search(rule, value) is not None,
    "minimum": lambda value, rule: not is_number(value) or value >= rule,
    "maximum": lambda value, rule: not is_number(value) or value <= rule,
    "exclusiveMinimum": lambda value, rule: not is_number(value) or value > rule,
    "required": lambda value, rule: not isinstance(value, dict) or set(rule) <= value.keys(),
}


class Schema:
    def __init__(self, root):
        self.root = root

    @classmethod
    def named(cls, name):
        return cls(json.loads((ROOT / "docs" / "schema" / f"{name}.schema.json").read_text()))

    def faults(self, value, schema=None, at="$"):
        """What is wrong with a value, each with its place; an empty list if nothing is."""
        schema = self.root if schema is None else schema
        if isinstance(schema, bool):
            return [] if schema else [f"{at}: nothing may stand here"]
        found = []
        for word, rule in schema.items():
            if word in PLAIN:
                found += [] if PLAIN[word](value, rule) else [f"{at}: {word} {rule!r} does not hold for {value!r}"]
            elif word == "$ref":
                found += self.faults(value, self.definition(rule), at)
            elif word == "anyOf":
                tried = [self.faults(value, each, at) for each in rule]
                found += min(tried, key=len)
            elif word in ("properties", "additionalProperties", "items"):
                found += [fault for inner, each, place in self.inner(word, rule, value, schema)
                          for fault in self.faults(inner, each, at + place)]
            elif word not in NOTES:
                raise ValueError(f"the word {word} of a schema is not known")
        return found

    def definition(self, reference):
        found = self.root
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        return found

    @staticmethod
    def inner(word, rule, value, schema):
        """The values inside a value that a word is about, each with its schema and its place."""
        if word == "items" and isinstance(value, list):
            return [(each, rule, f"[{i}]") for i, each in enumerate(value)]
        if word == "items" or not isinstance(value, dict):
            return []
        known = schema.get("properties", {})
        if word == "properties":
            return [(value[key], each, f".{key}") for key, each in known.items() if key in value]
        return [(value[key], rule, f".{key}") for key in value if key not in known]
