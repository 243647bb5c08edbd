"""Do real heads meet what the sparse paper (arXiv:2307.08045) asks of them?

    python3 hypotheses.py FOLDER...

Its Theorem 1.3 asks, after any shift of a row's scores, that the scores below the threshold lie in [-eta, 0] and the others
at tau >= 2 ln n or more; so somewhere in the sorted scores of a row there must be a gap of 2 ln n. Prints the largest gaps, and
how many keys must be in S for the others to lie within a band of eta.
"""
import math
import pathlib
import sys

import numpy as np

print("| head | 2 ln n | largest gap of a row: median, greatest | rows with a gap of 2 ln n | eta with 16 keys in S | keys in S for eta = 1 |")
print("|---|---|---|---|---|---|")
for folder in sys.argv[1:]:
    q, k = (np.load(f"{folder}/{x}.npy").astype(float) for x in "qk")
    n, d = k.shape
    scores = -np.sort(-q @ k.T / math.sqrt(d), axis=1)
    gap = (scores[:, :-1] - scores[:, 1:]).max(1)
    band = scores[:, 16] - scores[:, -1]
    inside = (scores - scores[:, -1:] <= 1).argmax(1)
    print(f"| {pathlib.Path(folder).name} | {2 * math.log(n):.1f} | {np.median(gap):.2f}, {gap.max():.2f} | "
          f"{(gap >= 2 * math.log(n)).mean():.0%} | {np.median(band):.1f} | {np.median(inside):.0f} of {n} |")
