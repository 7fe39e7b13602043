"""The same arrays of float32 numbers on both sides: seeded generators that seededNumbers.ts has, too.

All arithmetic is exact in float64 but for one rounding to float32 at the end, so that no library, processor or order of
operations can make a difference.
"""

import numpy as np


def stream(seed, count):
    """Numbers of 32 bits: x -> 1664525 x + 1013904223 mod 2^32 (Numerical Recipes), the upper 24 bits of each."""
    state = seed & 0xFFFFFFFF
    out = np.empty(count, np.int64)
    for i in range(count):
        state = (1664525 * state + 1013904223) & 0xFFFFFFFF
        out[i] = state >> 8
    return out


def numbers(seed, shape, kind="bell", scale=1.0, offset=0.0):
    """uniform: within +-1; bell: the sum of four of those, halved; heavy: the cube of a bell; relu: a bell cut off at 0."""
    count = int(np.prod(shape))
    if kind == "uniform":
        base = stream(seed, count).astype(np.float64) / 2**23 - 1
    else:
        base = (stream(seed, 4 * count).reshape(count, 4).sum(1).astype(np.float64) / 2**23 - 4) / 2
        if kind == "heavy":
            base = base.astype(np.float32).astype(np.float64)
            base = (base * base).astype(np.float32).astype(np.float64) * base
        elif kind == "relu":
            base = np.maximum(base, 0)
        elif kind != "bell":
            raise ValueError(kind)
    base = base.astype(np.float32).astype(np.float64)
    return (base * scale + offset).astype(np.float32).reshape(shape)
