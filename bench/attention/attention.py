"""Methods of attention on real heads, beside classical ways of the same cost.

    python3 attention.py QUARRY FOLDER... [--every N] [--only WORD]

QUARRY is the program, a FOLDER holds q.npy, k.npy and v.npy. Every method of `quarry attend` runs with the oracle engine
on every row (or every N-th), and NumPy's baselines on the same rows. Prints a table a head, in Markdown.

Columns: errors of a row are |output - exact| / |exact|: median, 95 % of the rows, greatest. bound: the certified one,
divided alike, median over the rows that have one; none: rows without. evaluations: of scores a row, two for every use
of an oracle (it computes and takes back), one for every score computed classically; once: the same, of what is done once
for the head, divided by its rows. s: seconds of the whole run.
"""
import argparse
import json
import math
import pathlib
import subprocess
import time

import numpy as np

METHODS = [
    ("sparse, drop 4", ["--method", "sparse", "--drop", "4"]),
    ("sparse, drop 6", ["--method", "sparse", "--drop", "6"]),
    ("sparse, drop 8", ["--method", "sparse", "--drop", "8"]),
    ("sparse, top 16", ["--method", "sparse", "--top", "16"]),
    ("hybrid, top 8", ["--method", "hybrid", "--top", "8", "--rest", "moments"]),
    ("hybrid, top 16", ["--method", "hybrid", "--top", "16", "--rest", "moments"]),
    ("hybrid, top 32", ["--method", "hybrid", "--top", "32", "--rest", "moments"]),
    ("hybrid, drop 6", ["--method", "hybrid", "--drop", "6", "--rest", "moments"]),
    ("hybrid, top 16, 64 groups", ["--method", "hybrid", "--top", "16", "--rest", "moments", "--clusters", "64"]),
    ("hybrid, top 16, low rank 64", ["--method", "hybrid", "--top", "16", "--rest", "nystrom", "--landmarks", "64"]),
    ("hybrid, top 16, best of three", ["--method", "hybrid", "--top", "16", "--landmarks", "64"]),
    ("hybrid, top 16, sums estimated", ["--method", "hybrid", "--top", "16", "--rest", "moments", "--epsilon", "auto"]),
    ("nystrom, s = 64", ["--method", "nystrom", "--landmarks", "64"]),
    ("nystrom, s = 128", ["--method", "nystrom", "--landmarks", "128"]),
    ("nystrom, s = 256", ["--method", "nystrom", "--landmarks", "256"]),
    ("nystrom, s = 128, raw kernel", ["--method", "nystrom", "--landmarks", "128", "--kernel", "raw"]),
    ("nystrom, s = 128, 256 values", ["--method", "nystrom", "--landmarks", "128", "--value-samples", "256"]),
    ("halfspace, drop 6", ["--method", "halfspace", "--drop", "6"]),
]


def evaluations(ledger):
    """Scores that a ledger stands for; a use of A of an estimate scores once."""
    oracle = ledger.get("oracle_calls", 0) or 0
    a_calls = ledger.get("a_calls", 0) or 0
    return 2 * oracle + a_calls + (ledger.get("score_evaluations", 0) or 0)


def spread(numbers):
    x = np.sort(np.asarray([n for n in numbers if n is not None and math.isfinite(n)]))
    if len(x) == 0:
        return None
    return [float(np.median(x)), float(x[math.ceil(0.95 * len(x)) - 1]), float(x[-1])]


def run_quarry(program, folder, options, rows):
    command = [program, "attend", *(part for x in "qkv" for part in (f"-{x}", f"{folder}/{x}.npy")), "--engine", "oracle", "--check", "--json"]
    if "halfspace" in options:
        command[command.index("--engine"):command.index("--engine") + 2] = []
    command += ["--rows", ",".join(map(str, rows)), *options]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        return {"failed": done.stderr.strip().splitlines()[0]}
    report = json.loads(done.stdout)
    once = report["ledger"]["preprocess"]
    bounds, lengths = [], []
    for row in report["rows"]:
        length = row["error"] / row["relative_error"] if row["relative_error"] else None
        lengths.append(length)
        bounds.append(row["bound"] / length if row["bound"] is not None and length else None)
    return {
        "error": spread(r["relative_error"] for r in report["rows"]),
        "bound": spread(bounds),
        "without": sum(r["bound"] is None for r in report["rows"]),
        "over": report["summary"]["rows_over_bound"],
        "row": float(np.mean([evaluations(r["ledger"]) for r in report["rows"]])),
        "once": sum(evaluations(s["ledger"]) for s in once.get("stages", []) if s.get("ledger")) / report["n"],
        "seconds": seconds,
    }


class Head:
    def __init__(self, folder, every):
        self.q, self.k, self.v = (np.load(f"{folder}/{x}.npy").astype(float) for x in "qkv")
        self.n, self.d = self.k.shape
        self.rows = list(range(0, len(self.q), every))
        self.scores = self.q[self.rows] @ self.k.T / math.sqrt(self.d)
        self.weights = np.exp(self.scores - self.scores.max(1, keepdims=True))
        self.exact = self.weights @ self.v / self.weights.sum(1, keepdims=True)

    def errors(self, outputs):
        return np.linalg.norm(outputs - self.exact, axis=1) / np.linalg.norm(self.exact, axis=1)


def top_k(head, count, _):
    """A scan of all keys, the best kept, the others one constant."""
    w = head.weights.copy()
    order = np.argsort(-w, axis=1)
    for i, best in enumerate(order):
        rest = best[count:]
        w[i, rest] = w[i, rest].mean() if len(rest) else 0
    return w @ head.v / w.sum(1, keepdims=True)


def top_k_alone(head, count, _):
    """The same without the others."""
    w = np.zeros_like(head.weights)
    best = np.argpartition(-head.weights, count - 1, axis=1)[:, :count]
    np.put_along_axis(w, best, np.take_along_axis(head.weights, best, 1), 1)
    return w @ head.v / w.sum(1, keepdims=True)


def sampled(head, probability, random):
    """Rows independently with these probabilities; numerator and normaliser from the same sample."""
    outputs = np.empty_like(head.exact)
    for i in range(len(head.rows)):
        taken = random.random(head.n) < probability
        w = head.weights[i, taken] / probability[taken]
        outputs[i] = w @ head.v[taken] / w.sum() if taken.any() and w.sum() > 0 else head.v.mean(0)
    return outputs


def uniform(head, count, random):
    return sampled(head, np.full(head.n, min(1, count / head.n)), random)


def leverage(head, count, random):
    left, sizes, _ = np.linalg.svd(head.v, full_matrices=False)
    leverages = (left[:, sizes > 1e-9 * sizes[0]] ** 2).sum(1)
    low, high = 0.0, 1e9
    for _ in range(200):
        middle = math.sqrt(max(low, 1e-9) * high)
        low, high = (middle, high) if np.minimum(1, middle * leverages).sum() < count else (low, middle)
    return sampled(head, np.minimum(1, high * leverages), random)


def recursive_landmarks(kernel, points, count, random):
    """Recursive ridge leverage scores, Musco and Musco 2017, after their Algorithm 3."""
    oversampling = math.log(count)
    rank = math.ceil(count / (4 * oversampling))
    order = random.permutation(points)
    sizes = [points]
    while sizes[-1] > count and len(sizes) <= math.ceil(math.log2(points / count)):
        sizes.append(math.ceil(sizes[-1] / 2))
    chosen, weight = order[:sizes[-1]][:count], np.ones(min(count, sizes[-1]))
    for level in range(len(sizes) - 2, -1, -1):
        rows = order[:sizes[level]]
        block, square = kernel(rows, chosen), kernel(chosen, chosen)
        scaled = weight[:, None] * square * weight[None, :]
        values = np.sort(np.linalg.eigvalsh(scaled))[::-1]
        ridge = max((values.sum() - values[:rank].sum()) / rank, 1e-12) if len(chosen) > rank else 1e-5
        inverse = np.linalg.inv(square + ridge * np.diag(weight**-2.0) + 1e-12 * np.eye(len(chosen)))
        diagonal = np.array([kernel(np.array([r]), np.array([r]))[0, 0] for r in rows])
        left = np.maximum(0, diagonal - ((block @ inverse) * block).sum(1))
        if level:
            p = np.minimum(1, oversampling * left / ridge)
            taken = random.random(len(rows)) < p
            if not taken.any():
                taken[random.integers(len(rows))] = True
            chosen, weight = rows[taken], p[taken] ** -0.5
        else:
            p = np.maximum(left / ridge, 1e-30)
            return random.choice(rows, min(count, len(rows)), replace=False, p=p / p.sum())
    return chosen


def nystrom(head, count, random):
    """The balanced Gaussian kernel of queries and keys; landmarks by recursion; no sampling of values."""
    q, k = head.q / math.sqrt(head.d), head.k - head.k.mean(0)
    centre = q.mean(0)
    stretch = math.sqrt(math.sqrt((k**2).mean() / ((q - centre) ** 2).mean()))
    x, y = stretch * (q - centre), k / stretch
    weight = k @ centre + (y**2).sum(1) / 2
    all_points = np.concatenate([x, y])
    all_weights = np.concatenate([np.zeros(len(x)), weight - weight.max()])

    def kernel(a, b):
        pa, pb = all_points[a], all_points[b]
        squares = (pa**2).sum(1)[:, None] + (pb**2).sum(1)[None, :] - 2 * pa @ pb.T
        return np.exp(all_weights[a][:, None] + all_weights[b][None, :] - np.maximum(squares, 0) / 2)

    points = recursive_landmarks(kernel, len(all_points), count, random)
    keys = np.arange(len(x), len(all_points))
    middle = np.linalg.pinv(kernel(points, points), rcond=1e-10, hermitian=True)
    low_rank = kernel(np.array(head.rows), points) @ middle @ kernel(points, keys)
    total = low_rank.sum(1, keepdims=True)
    outputs = low_rank @ head.v / np.where(total > 0, total, np.inf)
    reach = np.linalg.norm(head.v - head.v.mean(0), axis=1).max()
    away = outputs - head.v.mean(0)
    length = np.linalg.norm(away, axis=1, keepdims=True)
    return head.v.mean(0) + away * np.minimum(1, reach / np.maximum(length, 1e-300))


BASELINES = [("top k and one constant, by a scan", top_k), ("top k alone, by a scan", top_k_alone),
             ("uniform Monte Carlo", uniform), ("leverage Monte Carlo", leverage), ("recursive Nyström", nystrom)]


def run_baseline(head, function, count):
    start = time.perf_counter()
    count = max(1, min(head.n, count))
    outputs = function(head, count, np.random.default_rng(1))
    seconds = time.perf_counter() - start
    scanned = function in (top_k, top_k_alone)
    return {"error": spread(head.errors(outputs)), "bound": None, "without": None, "over": None,
            "row": head.n if scanned else count, "once": 0, "seconds": seconds}


def cell(numbers, places=3):
    return "–" if not numbers else ", ".join(f"{x:.{places}g}" for x in numbers)


def line(name, r):
    if "failed" in r:
        return f"| {name} | {r['failed']} | | | | | |"
    bound = "–" if not r["bound"] else f"{r['bound'][0]:.3g}"
    return (f"| {name} | {cell(r['error'])} | {bound} | {'–' if r['without'] is None else r['without']} | "
            f"{r['row']:,.0f} | {r['once']:,.0f} | {r['seconds']:.2g} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("quarry")
    parser.add_argument("folder", nargs="+")
    parser.add_argument("--every", type=int, default=0, help="rows: every so many; 0: all up to 512 keys, else every 37th")
    parser.add_argument("--only", default="", help="methods whose name has this in it")
    parser.add_argument("--json", help="write all numbers to this file")
    arguments = parser.parse_args()
    everything = {}
    for folder in arguments.folder:
        name = pathlib.Path(folder).name
        head = Head(folder, 1)
        head = Head(folder, arguments.every or (1 if head.n <= 512 else 37))
        results = {}
        print(f"\n### {name}: {len(head.rows)} rows, {head.n} keys\n")
        print("| method | error: median, p95, max | bound | none | evaluations a row | once | s |")
        print("|---|---|---|---|---|---|---|")
        for method, options in METHODS:
            if arguments.only not in method:
                continue
            results[method] = run_quarry(arguments.quarry, folder, options, head.rows)
            print(line(method, results[method]), flush=True)
        budget = results.get("hybrid, top 16", {}).get("row")
        for method, function in BASELINES if budget and not arguments.only else []:
            count = 16 if function in (top_k, top_k_alone) else round(budget)
            label = f"{method}, {'k = 16' if count == 16 else f'{min(count, head.n):,} evaluations'}"
            results[label] = run_baseline(head, function, count)
            print(line(label, results[label]), flush=True)
        everything[name] = results
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(everything, indent=1))


if __name__ == "__main__":
    main()
