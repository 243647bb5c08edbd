#!/usr/bin/env python3
"""`quarry attend --report`: pages of several runs, opened in a headless Chromium. Every plot has a mark for each number in the data,
the data are what --json prints, nothing is wrong on the console, nothing is asked of a network, and nothing is wider than a phone.

    report_test.py QUARRY FOLDER     pages and pictures of them stay in the folder"""
import html
import json
import math
import pathlib
import random
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import quarry  # noqa: E402
from browser import Browser, program  # noqa: E402

HEAD = quarry.ROOT / "examples" / "attend" / "l2h10-512"
FOLDER = pathlib.Path()
ADDRESSES = {"http://www.w3.org/1999/xhtml", "http://www.w3.org/1999/xlink", "http://www.w3.org/2000/svg", "http://www.w3.org/2000/xmlns/",
             "http://www.w3.org/XML/1998/namespace", "https://d3js.org"}
PHONE, SMALL, DESK = 360, 320, 1280
MOST_LEVELS = 4


def descendants(part):
    return [part] + [below for each in part["parts"] for below in descendants(each)]


def present(values):
    return sum(value is not None for value in values)


class ReportTest(quarry.Test):
    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def head(self, rows, keys, width=3, values=2, spread=1.0, folder="."):
        """A random head in the folder; the words that name it."""
        source = random.Random(rows * keys)
        (self.folder / folder).mkdir(parents=True, exist_ok=True)
        for name, shape in (("q", (rows, width)), ("k", (keys, width)), ("v", (keys, values))):
            self.put(f"{folder}/{name}.npy", quarry.npy(shape, [source.gauss(0, spread) for _ in range(math.prod(shape))]))
        return ["attend", "-q", f"{folder}/q.npy", "-k", f"{folder}/k.npy", "-v", f"{folder}/v.npy"]

    def real(self):
        return ["attend", "-q", str(HEAD / "q.npy"), "-k", str(HEAD / "k.npy"), "-v", str(HEAD / "v.npy")]

    def page(self, name, words):
        """Writes a report, opens it on a phone; what --json prints, and the data of the page."""
        path = FOLDER / (name + ".html")
        printed = self.value(*words, "--json", "--report", str(path))
        self.text = path.read_text()
        self.browser.open(path, PHONE, touch=True)
        self.assertEqual(self.browser.complaints(), [])
        self.assertEqual(self.browser.value("document.documentElement.dataset.ready"), "yes")
        stored = re.search(r'<script type="application/json" id="data">(.*?)</script>', self.text, re.S)[1]
        return printed, json.loads(stored, parse_constant=self.fail)

    def marks(self, selector):
        """How much the marks stand for."""
        return self.browser.value(f"[...document.querySelectorAll({json.dumps(selector)})].reduce((sum, mark) => sum + Number(mark.dataset.count || 1), 0)")

    def words(self, selector):
        return self.browser.value(f"(document.querySelector({json.dumps(selector)}) || {{}}).textContent") or ""

    def sections(self):
        return self.browser.value("[...document.querySelectorAll('section')].map(section => section.id)")

    # what every page is

    def check_data(self, printed, data):
        """Of the same run as what was printed; numbers have six digits."""
        rows = printed.pop("rows")
        self.assertEqual(json.loads(json.dumps(printed), parse_float=lambda text: float(f"{float(text):.6g}")),
                         json.loads(json.dumps(data["attend"]), parse_float=lambda text: float(f"{float(text):.6g}")))
        self.assertEqual(data["columns"]["row"], [row["row"] for row in rows])
        for name in ("hits", "oracle_calls", "gates", "error", "bound"):
            for column, row in zip(data["columns"].get(name, []), rows):
                value = row[name] if name in row else row["ledger"][name]
                self.assertEqual(column, float(f"{value:.6g}") if isinstance(value, float) else value)

    def check_plots(self, data):
        """Every plot has a mark for each number, and is missing where there is none."""
        columns, method = data["columns"], data["attend"]["method"]
        errors, bounds, rows = present(columns.get("error", [])), present(columns.get("bound", [])), len(columns["row"])
        self.assertEqual(self.marks("#error .error.mark"), errors)
        self.assertEqual(self.marks("#error .bound.mark"), bounds)
        self.assertEqual(self.marks("#error .unbounded.mark"), 0 if method == "exact" else rows - bounds)
        hits = 0 if method in ("exact", "nystrom") else present(columns.get("hits", []))
        for place in (1, 2):
            self.assertEqual(self.marks(f"#hits figure:nth-of-type({place}) .mark"), hits)
        for name, column in (("calls", "score_evaluations" if method == "halfspace" else "oracle_calls"), ("acalls", "a_calls")):
            self.assertEqual(self.marks(f"#queries .{name}.mark"), 0 if method == "exact" else sum(count > 0 for count in columns.get(column, [])))
        self.assertEqual(self.marks("#residual .mark"), present(columns.get("residual", [])))
        parts = descendants(data["circuits"][0]["whole"]) if "circuits" in data else []
        stages = [stage for stage in data["attend"]["ledger"]["preprocess"]["stages"] if stage["ledger"]]
        self.assertEqual(self.marks("#costs .mark"), len(parts) or len(stages) + bool(stages))
        levels = min(MOST_LEVELS, data["circuits"][0]["tables"][0]["address"]) if parts else 0
        self.assertEqual(self.marks("#tree .mark"), 2 ** (levels + 1) - 1 if parts else 0)
        self.assertEqual("tree" in self.sections(), bool(parts))

    def check_bill(self, data):
        cells = self.browser.value("[...document.querySelectorAll('#bill .rows tbody tr')].map(row => [...row.cells].map(cell => cell.textContent))")
        bill, ledger = {row[0]: row[1] for row in cells}, data["attend"]["ledger"]["rows"]
        for name, field in (("oracle calls", "oracle_calls"), ("gates", "gates"), ("T gates", "t"), ("scores computed", "score_evaluations")):
            self.assertEqual(bill.get(name), f"{ledger[field]:,}" if ledger[field] else None)
        for table, loads in ledger["queries"].items():
            self.assertEqual(bill[f"reads of table {table}"], f"{loads:,}")
        self.assertGreater(len(self.words("#bill .assumptions")), 20)

    def check_manners(self, name):
        """No complaints, no network, nothing too wide, names for all; pictures on a phone and, dark, on a desk."""
        self.assertLessEqual(set(re.findall(r"https?://[^\s\"'<>)]+", self.text)) - ADDRESSES, set())
        self.assertFalse(re.search(r"<(script|link|img|iframe)[^>]*(src|href)=[\"'](?!data:)", self.text))
        for width, dark in ((SMALL, True), (DESK, True), (PHONE, False)):
            self.browser.open(FOLDER / (name + ".html"), width, dark, touch=width < 500)
            self.assertEqual(self.browser.complaints(), [])
            self.assertEqual(self.browser.requests(), [])
            self.assertLessEqual(self.browser.value("document.documentElement.scrollWidth"), width)
            if (width, dark) in ((DESK, True), (PHONE, False)):
                self.browser.picture(FOLDER / f"{name}-{'desk' if width == DESK else 'phone'}.png")
        unnamed = self.browser.value("""[...document.querySelectorAll("svg, button, [tabindex], [role=group]")]
            .filter(element => !(element.getAttribute("aria-label") || element.textContent.trim())).map(element => element.outerHTML)""")
        self.assertEqual(unnamed, [])
        empty = self.browser.value("[...document.querySelectorAll('section')].map(section => section.textContent).filter(text => text.trim().length < 20)")
        self.assertEqual(empty, [])
        broken = self.browser.value("/NaN|undefined|Infinity|\\[object/.test(document.querySelector('main').innerHTML)")
        self.assertFalse(broken)

    def check_page(self, name, words):
        printed, data = self.page(name, words)
        self.check_data(printed, data)
        self.check_plots(data)
        self.check_bill(data)
        self.check_manners(name)
        return data

    # runs

    def test_hybrid(self):
        data = self.check_page("hybrid", self.real() + ["--method", "hybrid", "--check", "--engine", "oracle"])
        self.assertEqual(len(data["columns"]["error"]), 512)
        self.assertEqual(self.browser.value("document.querySelectorAll('#queries .curve').length"), 2)

    def test_sparse(self):
        data = self.check_page("sparse", self.head(5, 12) + ["--drop", "0.5"])
        self.assertNotIn("error", data["columns"])
        self.assertIn("every circuit was simulated", self.words("#engine"))

    def test_estimates(self):
        data = self.check_page("estimates", self.real() + ["--rows", "0:6", "--epsilon", "auto", "--check", "--engine", "oracle"])
        self.assertEqual([circuit["name"] for circuit in data["circuits"]][:2], ["search", "normaliser"])
        self.assertGreater(self.marks("#queries .acalls.mark"), 0)
        self.assertEqual(self.marks("#queries .curve"), 0)
        for number, circuit in enumerate(data["circuits"]):
            self.browser.click("#costs .buttons:first-of-type button", number)
            self.assertEqual(self.marks("#costs .mark"), len(descendants(circuit["whole"])))

    def test_exact(self):
        self.check_page("exact", self.head(5, 12) + ["--method", "exact"])
        self.assertEqual(self.sections(), ["summary", "bill"])
        self.check_page("exact-check", self.head(5, 12) + ["--method", "exact", "--check"])
        self.assertEqual(self.sections(), ["summary", "error", "bill"])

    def test_nystrom(self):
        data = self.check_page("nystrom", self.head(8, 40, spread=0.5) + ["--method", "nystrom", "--landmarks", "8", "--check", "--engine", "oracle"])
        self.assertEqual(self.sections(), ["summary", "error", "residual", "costs", "bill"])
        stages = self.browser.value("[...document.querySelectorAll('#bill .once tbody tr')].map(row => row.cells[0].textContent)")
        self.assertEqual(stages, [stage["name"] for stage in data["attend"]["ledger"]["preprocess"]["stages"]] + ["all"])

    def test_loaded(self):
        words = self.head(8, 40, spread=0.5)
        self.output(*words, "--method", "nystrom", "--landmarks", "8", "--engine", "oracle", "--save", "state.npz")
        data = self.check_page("loaded", ["attend", "-q", "q.npy", "--load", "state.npz"])
        self.assertTrue(data["attend"]["nystrom"]["loaded"])
        self.assertIn("state from state.npz", self.words("#what"))

    def test_hybrid_with_landmarks(self):
        data = self.check_page("landmarks", self.head(4, 40) + ["--method", "hybrid", "--top", "2", "--landmarks", "6", "--engine", "oracle"])
        if data["attend"]["nystrom"]:
            self.assertIn("Once, by stage", self.words("#costs .buttons"))

    def test_halfspace(self):
        self.check_page("halfspace", self.head(6, 60) + ["--method", "halfspace", "--check"])
        self.assertEqual(self.sections(), ["summary", "error", "hits", "queries", "bill"])

    def test_causal(self):
        self.check_page("causal", self.head(24, 24) + ["--causal", "--method", "hybrid", "--top", "2", "--check", "--engine", "oracle"])
        self.assertIn("causal", self.words("#title"))
        self.assertIn("a classical scan computes 12.5 scores (on average)", self.words("#summary"))

    def test_one_row(self):
        self.check_page("one-row", self.head(3, 20) + ["--rows", "1", "--check"])

    def test_one_key(self):
        self.check_page("one-key", self.head(2, 1) + ["--check"])
        self.assertIn("No row asked the quantum memory", self.words("#queries"))

    def test_many_rows(self):
        data = self.check_page("many-rows", self.head(5000, 12) + ["--method", "hybrid", "--top", "3", "--check", "--engine", "oracle"])
        self.assertEqual(len(data["columns"]["row"]), 5000)
        self.assertLess(self.browser.value("document.querySelectorAll('*').length"), 5000)

    def test_no_bound(self):
        data = self.check_page("no-bound", self.head(12, 40, spread=2.0) + ["--top", "1", "--clusters", "1", "--check"])
        reason = next(filter(None, data["columns"]["bound_reason"]))
        row = data["columns"]["bound_reason"].index(reason)
        self.assertIsNone(data["columns"]["bound"][row])
        for _ in range(2 * len(data["columns"]["row"]) + 1):
            self.browser.press("#error svg", "ArrowRight")
            if f"no bound: {reason}" in self.words("#error .readout"):
                return
        self.fail("no mark tells why its row has no bound")

    def test_hostile_names(self):
        folder = "</script><script>alert(1)</script>&amp;<!--"
        _, data = self.page("hostile", self.head(3, 8, folder=folder))
        self.assertEqual(data["files"]["q"], f"{folder}/q.npy")
        self.assertIn(f"Q from {folder}/q.npy", self.words("#what"))
        self.assertEqual(self.browser.complaints(), [])
        self.assertNotIn(folder, self.text)
        self.assertNotIn(html.escape(folder), self.text)

    # what a reader does

    def test_reading(self):
        self.page("reading", self.real() + ["--rows", "0:40", "--check", "--engine", "oracle"])
        self.browser.click("#error svg")
        self.assertRegex(self.words("#error .readout"), r"^Row \d+: error .*; bound .*; \d+ hits")
        self.browser.press("#hits svg", "ArrowRight")
        self.assertRegex(self.words("#hits .readout"), r"rows? with .* hits?|^\d+ rows? with")
        before = self.browser.value("document.querySelector('#error .error.mark').getAttribute('cy')")
        self.browser.click("#error .buttons button", 1)
        self.assertNotEqual(self.browser.value("document.querySelector('#error .error.mark').getAttribute('cy')"), before)

    def test_costs(self):
        _, data = self.page("costs", self.head(3, 40) + ["--top", "2"])
        circuit = data["circuits"][0]["whole"]
        share = "[...document.querySelectorAll('#costs .mark')].map(mark => Number(mark.querySelector('rect').getAttribute('width')))"
        width = self.browser.value("document.querySelector('#costs svg').viewBox.baseVal.width")
        for number, measure in enumerate(("gates", "t", "depth", "loads")):
            self.browser.click("#costs .buttons:last-of-type button", number)
            bars = self.browser.value(share)
            self.assertAlmostEqual(bars[0], width, delta=1)
            if measure != "depth":  # as long as what it costs
                top = circuit["parts"][0]
                self.assertAlmostEqual(bars[1], width * top[measure] / circuit[measure], delta=1)
        self.browser.click("#costs .buttons:last-of-type button", 0)
        oracle = '#costs .mark[aria-label^="whole / round / oracle:"]'
        for name, wide in ((oracle, True), ('#costs .mark[aria-label^="whole / round:"]', False)):  # into it, and back
            self.browser.click(name)
            bar = self.browser.value(f"Number(document.querySelector('{oracle} rect').getAttribute('width'))")
            self.assertEqual(abs(bar - width) < 1e-3, wide)

    def test_tree(self):
        _, data = self.page("tree", self.head(3, 12))
        self.browser.click("#tree .mark", 0)
        self.assertIn("Router 0 of level 0", self.words("#tree .readout"))
        self.browser.click("#tree .mark", 15 + 5)
        self.assertIn("Cell 5", self.words("#tree .readout"))
        self.assertEqual(self.browser.value("document.querySelectorAll('#tree .node.active').length"), 5)
        self.browser.click("#tree .mark", 15 + 14)
        self.assertIn("behind the last key", self.words("#tree .readout"))

    # what cannot be written

    def test_misuse(self):
        words = self.head(2, 4)
        self.assertIn("--report needs a file", self.complaint(2, *words, "--report", "-"))
        self.assertIn("would overwrite", self.complaint(2, *words, "--report", "q.npy"))
        self.assertIn("name the same file", self.complaint(2, *words, "--report", "a.npy", "-o", "a.npy"))
        self.assertIn("nowhere/a.html", self.complaint(1, *words, "--report", "nowhere/a.html"))
        self.assertIn("report", self.output(*words, "--report", "a.html"))
        self.assertEqual((self.folder / "a.html").read_text()[:15], "<!DOCTYPE html>")


if __name__ == "__main__":
    if not program():
        print("skipped: there is no Chromium (script/setup test installs it)")
        sys.exit(77)
    FOLDER = pathlib.Path(sys.argv.pop(2)).resolve()
    FOLDER.mkdir(parents=True, exist_ok=True)
    quarry.main()
