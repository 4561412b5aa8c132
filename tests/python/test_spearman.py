"""Spearman's rank correlations of Gaussian and t copulas, against samples and the definition."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from close import close
from deals import Record
from dependence_deals import LOGNORMAL, T4, N, joint, pair, samples
from reference_dependence import normals_of_spearman

T1 = {"copula": "t", "degrees_of_freedom": 1}


@pytest.mark.parametrize("r", [-0.8, 0.3, 0.95])
@pytest.mark.parametrize("copula", [{}, T4, T1], ids=["gaussian", "t", "t of one degree"])
def test_spearmans_rank_correlation_is_the_one_given(r: float, copula: Record):
    numbers = {"a": LOGNORMAL, "b": {"uniform": [1, 2]}}
    of = samples(joint(numbers, pair(r, kind="spearman", **copula)), paths=4 * N)
    # 16 batches tell its standard error, whatever the copula.
    batches = zip(*(np.split(of[name], 16) for name in numbers), strict=True)
    rho = np.array([stats.spearmanr(a, b).statistic for a, b in batches])
    error = rho.std(ddof=1) / 4
    assert abs(rho.mean() - r) < stats.t.isf(5e-6, 15) * error + 4 * 16 / N
    assert error < 0.01


@pytest.mark.parametrize("freedom", [4.0, 30.0, 1000.0])
@pytest.mark.parametrize("rank", [-0.9, 0.2, 0.6])
def test_spearmans_of_a_t_copula_is_what_its_definition_says(rank: float, freedom: float):
    """Against 12 E[U V] - 3 by quadrature; with many degrees of freedom against Kruskal's sine."""
    numbers = {"a": {"uniform": [1, 2]}, "b": LOGNORMAL}
    t = {"copula": "t", "degrees_of_freedom": freedom}
    normals = normals_of_spearman(rank, freedom)
    by_rank, by_normals = (
        samples(joint(numbers, pair(r, kind=kind, **t)), paths=256)["b"]
        for r, kind in ((rank, "spearman"), (normals, "pearson"))
    )
    assert close(by_rank, by_normals, rel=1e-7 if freedom < 10 else 1e-11)
    if freedom == 1000.0:
        # What is left of the distance to a normal goes with one over the degrees.
        assert abs(normals - 2 * math.sin(math.pi * rank / 6)) < 2 / freedom


@pytest.mark.parametrize("r", [-1.0, 1.0])
def test_rank_correlations_of_one_are_those_of_the_same_draw(r: float):
    numbers = {"a": {"uniform": [1, 2]}, "b": {"uniform": [1, 2]}}
    of = samples(joint(numbers, pair(r, kind="spearman", **T4)), paths=512)
    assert close(of["b"], of["a"] if r > 0 else 3 - of["a"], rel=1e-12)
