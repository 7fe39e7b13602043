"""Writes what GPTQ, as its paper tells it, makes of small layers: algorithm 1 of Frantar et al. 2022, with numpy 2.4.6.

Column by column, with the inverse of the damped second moments and its Cholesky factor: not how Tare computes it. Run from
the project's root:

    python test/conformance/gptq/make.py
"""

import json
from pathlib import Path

import numpy as np


def gptq(weights, moments, scales, low, high, damping, by_activity):
    weights = weights.astype(np.float64).copy()
    count = weights.shape[1]
    order = np.argsort(-np.diag(moments), kind="stable") if by_activity else np.arange(count)
    weights, moments = weights[:, order], moments[np.ix_(order, order)]
    damped = moments + damping * np.mean(np.diag(moments)) * np.eye(count)
    inverse = np.linalg.cholesky(np.linalg.inv(damped)).T
    steps = np.zeros_like(weights)
    for i in range(count):
        steps[:, i] = np.clip(np.round((weights[:, i] / scales).astype(np.float32)), low, high)
        error = (weights[:, i] - steps[:, i] * scales) / inverse[i, i]
        weights[:, i:] -= np.outer(error, inverse[i, i:])
    undo = np.empty_like(steps)
    undo[:, order] = steps
    return undo


def no_worse(steps, weights, moments, scales, low, high, damping):
    """Tare keeps the nearest integers of rows that GPTQ does not make better."""
    damped = moments + damping * np.mean(np.diag(moments)) * np.eye(len(moments))
    nearest = np.clip(np.round((weights / scales[:, None]).astype(np.float32)), low, high)

    def loss(each):
        error = each * scales[:, None] - weights
        return np.einsum("ri,ij,rj->r", error, damped, error)

    return np.where((loss(steps) < loss(nearest))[:, None], steps, nearest)


def cases():
    random = np.random.default_rng(7)
    for rows, count, samples, bits, damping, by_activity in [
        (3, 4, 20, 2, 0.01, False),
        (5, 33, 60, 3, 0.01, False),
        (4, 70, 40, 4, 0.1, False),
        (6, 50, 100, 2, 0.01, True),
        (2, 60, 100, 8, 0.001, True),
    ]:
        inputs = random.normal(size=(samples, count)) @ random.normal(size=(count, count)) / np.sqrt(count)
        inputs = np.round(32 * inputs)
        weights = (np.round(1024 * random.normal(size=(rows, count))) / 1024).astype(np.float32)
        low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
        scales = (np.abs(weights).max(axis=1) / high).astype(np.float32)
        moments = inputs.T @ inputs
        steps = gptq(weights, moments, scales.astype(np.float64), low, high, damping, by_activity)
        steps = no_worse(steps, weights.astype(np.float64), moments, scales.astype(np.float64), low, high, damping)
        yield {
            "rows": rows,
            "width": count,
            "low": low,
            "high": high,
            "damping": damping,
            "byActivity": by_activity,
            "inputs": [int(x) for x in inputs.ravel()],
            "weightsTimes1024": [int(1024 * w) for w in weights.ravel()],
            "scales": [float(s) for s in scales],
            "steps": [int(s) for s in steps.ravel()],
        }


if __name__ == "__main__":
    Path(__file__).with_name("vectors.json").write_text(json.dumps(list(cases()), separators=(",", ":")) + "\n")
