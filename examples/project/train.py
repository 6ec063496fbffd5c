"""Fit a polynomial to a noisy sine: a project's program, which only says what it learnt.

Run it as a tracked run, or over many parameters:

    runfolio run examples/project -P degree=5
    runfolio sweep examples/project --grid degree=1,3,5,9 --jobs 2
"""

from __future__ import annotations

import argparse

import numpy as np

import runfolio


def fit(x: np.ndarray, y: np.ndarray, degree: int, ridge: float) -> np.ndarray:
    """The coefficients of a polynomial, kept small by `ridge`."""
    powers = np.vander(x, degree + 1)
    penalty = ridge * np.eye(degree + 1)
    return np.linalg.solve(powers.T @ powers + penalty, powers.T @ y)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--degree", type=int, default=3)
    parser.add_argument("--ridge", type=float, default=0.001)
    options = parser.parse_args()

    random = np.random.default_rng(0)
    x = random.uniform(-1, 1, 200)
    y = np.sin(3 * x) + random.normal(0, 0.1, x.size)
    coefficients = fit(x[:100], y[:100], options.degree, options.ridge)

    with runfolio.start_run() as run:
        for part, chosen in (("train", slice(100)), ("test", slice(100, None))):
            error = y[chosen] - np.polyval(coefficients, x[chosen])
            run.log_metric(f"{part}/rmse", float(np.sqrt(np.mean(error**2))))


if __name__ == "__main__":
    main()
