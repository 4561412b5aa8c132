"""Results of a fixed set of deals and graphs as arrays, to be compared between processes.

Run as a script it writes them to the .npz file named on the command line.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

import capstake as cs
from capstake import _core
from capstake.settings import checked_settings
from deals import CAPPED_SHARE, EVERYTHING, Record, deal_of
from random_graphs import random_graph

PATHS = 20_000  # no multiple of a block
SEED = 42


def raw_value(
    record: Record | cs.Deal,
    *,
    paths: int = PATHS,
    threads: int = 2,
    sample_paths: int = PATHS,
    sampler: str = "philox",
) -> dict[str, Any]:
    deal = record if isinstance(record, cs.Deal) else deal_of(record)
    settings = checked_settings(paths=paths, seed=SEED, threads=threads, sampler=sampler)
    return _core.value(deal, settings | {"sample_paths": min(paths, sample_paths)})


def arrays(raw: dict[str, Any]) -> dict[str, np.ndarray]:
    """The numbers of a run; outputs without moments have none."""
    has_moments = ~np.isnan(raw["mean"])
    found = {
        "mean": raw["mean"][has_moments],
        "standard_error": raw["standard_error"][has_moments],
        "covariance": raw["covariance"],
    }
    for quantity, samples in zip(raw["quantities"], raw["samples"], strict=True):
        if samples is not None:
            found["samples " + ".".join(quantity)] = samples
    return found


def all_results() -> dict[str, np.ndarray]:
    results = {}
    for name, record in (("capped", CAPPED_SHARE), ("everything", EVERYTHING)):
        results |= {f"{name} {key}": a for key, a in arrays(raw_value(record)).items()}
        sobol = raw_value(record, paths=2**14, sampler="sobol")
        results |= {f"{name} sobol {key}": a for key, a in arrays(sobol).items()}
    for seed in range(8):
        results[f"wild graph {seed}"] = random_graph(seed).run(seed=seed, n_blocks=2)
        results[f"tame graph {seed}"] = random_graph(seed, tame=True).run(seed=seed, n_blocks=2)
    return results


if __name__ == "__main__":
    np.savez(sys.argv[1], isa=cs.build_info()["instruction_set"], **all_results())
