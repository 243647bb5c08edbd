#!/usr/bin/env python3
"""Compares `quarry params` with NumPy and SciPy, on random heads of many shapes and on the bundled one.

    params.py QUARRY FOLDER

FOLDER is where interop.py has its toolchains, NumPy and SciPy among them. Ends with status 77 if they are not there and PyPI
cannot be reached."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import interop

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAMES = ("eps_max", "log_eps_max", "eps_max_shifted", "a_fro_over_spec", "a_inf_over_spec", "v_fro_over_spec",
         "d_over_srank_v", "log_kappa_v", "distortion")


def of_weights(scores, found):
    import numpy
    from scipy.special import logsumexp
    a, shifted = numpy.exp(scores - scores.max()), numpy.exp(scores - scores.max(1, keepdims=True))
    norm, log_sums = numpy.linalg.norm(a, 2), logsumexp(scores, axis=1)
    found["log_eps_max"] = log_sums.min() - scores.max() - numpy.log(norm)
    found["eps_max"] = numpy.exp(found["log_eps_max"])
    found["eps_max_shifted"] = shifted.sum(1).min() / numpy.linalg.norm(shifted, 2)
    found["a_fro_over_spec"] = numpy.linalg.norm(a) / norm
    found["a_inf_over_spec"] = a.sum(1).max() / norm
    part = numpy.linalg.norm(shifted, axis=1) / shifted.sum(1)
    found["row_concentration"] = {"median": numpy.median(part), "max": part.max()}


def of_values(v, found):
    import numpy
    from scipy.linalg import svd
    u, singular, _ = svd(v, full_matrices=False)
    squares = numpy.linalg.norm(v) ** 2
    found["v_fro_over_spec"] = numpy.sqrt(squares) / singular[0]
    found["d_over_srank_v"] = v.shape[1] * singular[0] ** 2 / squares
    found["log_kappa_v"] = numpy.log(singular[0] / singular[-1])
    found["distortion"] = v.shape[1] / squares * ((v ** 2).sum(1) / (u ** 2).sum(1)).max()


def of_kernel(points, weights, rows):
    """s_lambda as a function of lambda, by eigenvalues; and 0.1 min D / sqrt(n)."""
    import numpy
    from scipy.linalg import eigh
    from scipy.spatial.distance import cdist
    kernel = numpy.exp(weights[:, None] + weights - cdist(points, points, "sqeuclidean") / 2)
    values = eigh(kernel, eigvals_only=True).clip(0)
    needed = .1 * kernel[:rows, rows:].sum(1).min() / numpy.sqrt(len(points) - rows)
    return lambda ridge: (values / (values + ridge)).sum(), needed


def of_kernels(q, k, scale, found):
    import numpy
    x = numpy.vstack([q, k]) * numpy.sqrt(scale)
    raw_weights = (x ** 2).sum(1) / 2
    raw, raw_needed = of_kernel(x, raw_weights - raw_weights.max(), len(q))
    # balanced: queries less their mean, keys less theirs, of the same mean square; what that does to a key is its weight
    queries, keys, mean = (q - q.mean(0)) * scale, k - k.mean(0), q.mean(0) * scale
    stretch = ((keys ** 2).sum(1).mean() / (queries ** 2).sum(1).mean()) ** .25
    points = numpy.vstack([queries * stretch, keys / stretch])
    weights = keys @ mean + (keys ** 2).sum(1) / stretch ** 2 / 2
    balanced, balanced_needed = of_kernel(points, numpy.concatenate([numpy.zeros(len(q)), weights - weights.max()]), len(q))
    found["s_lambda"] = [{"lambda": 10.0 ** -i, "raw": raw(10.0 ** -i), "balanced": balanced(10.0 ** -i)}
                         for i in range(7)]
    found["needed"] = {"log_lambda_raw": numpy.log(raw_needed), "log_lambda_balanced": numpy.log(balanced_needed)}


def of_drops(scores, v, found):
    import numpy
    p = numpy.exp(scores - scores.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    exact = p @ v
    found["tau_k"] = []
    for drop in (2, 4, 6, 8, 10):
        kept = scores >= scores.max(1, keepdims=True) - drop
        each = (p * ~kept).sum(1) / numpy.maximum(1, (~kept).sum(1))
        output = (p * kept) @ v + each[:, None] * (~kept @ v)
        errors = numpy.linalg.norm(output - exact, axis=1) / numpy.linalg.norm(exact, axis=1)
        found["tau_k"].append({"drop": drop, "k": kept.sum(1).mean(), "error": errors.mean()})


def by_scipy(q, k, v, scale):
    found, scores = {}, scale * q @ k.T
    of_weights(scores, found)
    of_values(v, found)
    of_kernels(q, k, scale, found)
    of_drops(scores, v, found)
    return found


def differ(name, ours, theirs, tolerance):
    if abs(ours - theirs) <= tolerance * max(1e-3, abs(theirs)):
        return 0
    print(f"{name}: quarry says {ours}, SciPy {theirs}", flush=True)
    return 1


def compare(ours, theirs):
    faults = sum(differ(name, ours[name], theirs[name], 1e-8) for name in NAMES)
    faults += sum(differ(name, ours["row_concentration"][name], value, 1e-10)
                  for name, value in theirs["row_concentration"].items())
    for ours_at, theirs_at in zip(ours["s_lambda"], theirs["s_lambda"], strict=True):
        faults += sum(differ(f"s_lambda {kernel} at {theirs_at['lambda']}", ours_at[kernel], theirs_at[kernel], 1e-4)
                      for kernel in ("raw", "balanced"))
    faults += sum(differ(name, ours["s_lambda_needed"][name], value, 1e-9) for name, value in theirs["needed"].items())
    for ours_at, theirs_at in zip(ours["tau_k"], theirs["tau_k"], strict=True):
        faults += differ("k", ours_at["k"], theirs_at["k"], 1e-12)
        faults += differ("error", ours_at["error"], theirs_at["error"], 1e-6)
    return faults


def run(quarry, paths, scale):
    words = [word for name, path in zip("qkv", paths) for word in (f"-{name}", str(path))]
    return json.loads(subprocess.check_output([quarry, "params", *words, "--scale", repr(scale), "--json"]))


def check(quarry):
    import numpy
    random = numpy.random.default_rng(1)
    faults = heads = 0
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(folder) / f"{name}.npy" for name in "qkv"]
        for rows, keys, width, values in ((40, 40, 4, 4), (13, 90, 8, 3), (90, 13, 2, 5), (64, 64, 16, 16)):
            for size in (.3, 1, 3):
                q, k = size * random.normal(size=(rows, width)) + .5, random.normal(size=(keys, width)) - 1
                v = random.normal(size=(keys, values)) * numpy.arange(1, values + 1)
                for path, array in zip(paths, (q, k, v)):
                    numpy.save(path, array)
                scale = 1 / float(numpy.sqrt(width))
                faults += compare(run(quarry, paths, scale), by_scipy(q, k, v, scale))
                heads += 1
    paths = [ROOT / "examples" / "attend" / "l2h10-512" / f"{name}.npy" for name in "qkv"]
    arrays = [numpy.load(path).astype(float) for path in paths]
    theirs = by_scipy(*arrays, 32 ** -.5)
    ours = run(quarry, paths, 32 ** -.5)
    faults += compare(ours, theirs)
    ours["distortion"] *= 1.001
    if not compare(ours, theirs):
        faults += 1
        print("a wrong number is not noticed")
    print(f"{heads + 1} heads, {faults} faults")
    return faults


def main():
    quarry, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    if sys.argv[3:] == ["--installed"]:
        sys.exit(1 if check(quarry) else 0)
    folder.mkdir(parents=True, exist_ok=True)
    python = interop.install(folder)
    if not python:
        print("skipped: PyPI cannot be reached, and the other toolchains are not installed yet")
        sys.exit(interop.SKIPPED)
    environment = dict(os.environ, OMP_NUM_THREADS="1")
    sys.exit(subprocess.run([python, __file__, quarry, folder, "--installed"], env=environment).returncode)


if __name__ == "__main__":
    main()
