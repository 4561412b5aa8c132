"""The nearest correlation matrix: Higham's examples, optimality, and how a deal uses it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize

import capstake as cs
from capstake.deal_tables import assumptions
from capstake.json_record import valuation_record
from close import close, same_bits
from deals import changed, deal_of
from dependence_deals import joint

# Given, nearest, and the distance where it is printed: Higham (2002), IMA J. Numer. Anal. 22,
# 329-343, section 4, to four decimals.
PUBLISHED = {
    "3 by 3": (
        [[1, 1, 0], [1, 1, 1], [0, 1, 1]],
        [[1, 0.7607, 0.1573], [0.7607, 1, 0.7607], [0.1573, 0.7607, 1]],
        0.5278,
    ),
    "4 by 4": (
        [[2, -1, 0, 0], [-1, 2, -1, 0], [0, -1, 2, -1], [0, 0, -1, 2]],
        [
            [1, -0.8084, 0.1916, 0.1068],
            [-0.8084, 1, -0.6562, 0.1916],
            [0.1916, -0.6562, 1, -0.8084],
            [0.1068, 0.1916, -0.8084, 1],
        ],
        None,
    ),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published(name: str):
    given, expected, distance = PUBLISHED[name]
    nearest, found = cs.nearest_correlation(given)
    assert close(nearest, expected, abs=0.5001e-4)
    assert distance is None or close(found, distance, abs=0.5001e-4)


def random_matrix(n: int, seed: int) -> np.ndarray:
    upper = np.triu(np.random.default_rng(seed).uniform(-1, 1, (n, n)), 1)
    return upper + upper.T + np.eye(n)


@pytest.mark.parametrize(("n", "seed"), [(3, 1), (5, 2), (8, 3)])
def test_no_other_correlation_matrix_is_nearer(n: int, seed: int):
    given = random_matrix(n, seed)
    assert np.linalg.eigvalsh(given).min() < -0.05
    nearest, distance = cs.nearest_correlation(given)
    assert close(np.diag(nearest), np.ones(n), abs=0)
    assert same_bits(nearest, nearest.T)
    assert np.linalg.eigvalsh(nearest).min() > -1e-12
    assert close(np.linalg.norm(nearest - given), distance, rel=1e-12)

    # Every correlation matrix is the products of rows of length 1: search among these.
    def squares(x: np.ndarray) -> float:
        rows = x.reshape(n, n) / np.linalg.norm(x.reshape(n, n), axis=1, keepdims=True)
        return float(((rows @ rows.T - given) ** 2).sum())

    start = np.linalg.cholesky(nearest + 1e-3 * np.eye(n)).ravel()
    best = optimize.minimize(squares, start, method="BFGS", options={"gtol": 1e-9}).fun
    assert distance**2 <= best * (1 + 1e-9)
    assert close(distance**2, best, rel=1e-5)


@pytest.mark.parametrize("n", [1, 2, 6])
def test_what_is_a_correlation_matrix_stays(n: int):
    a = np.random.default_rng(5).normal(size=(n, n))
    of = np.corrcoef(a @ a.T) if n > 1 else np.eye(1)
    of = np.tril(of) + np.tril(of, -1).T
    np.fill_diagonal(of, 1.0)
    nearest, distance = cs.nearest_correlation(of)
    assert close(nearest, of, abs=1e-12)
    assert distance < 1e-12


@pytest.mark.parametrize(
    ("matrix", "rule"),
    [
        ([], "square"),
        ([[1, 2]], "square"),
        ([[1, 2], [3, 1]], "symmetric and finite"),
        ([[1, np.nan], [np.nan, 1]], "symmetric and finite"),
        ([["a", "b", 0.5]], "rows of numbers"),
        ([[1], [1, 2]], "rows of numbers"),
    ],
)
def test_refused(matrix: object, rule: str):
    with pytest.raises(cs.InputError, match=f"matrix: must be {rule}"):
        cs.nearest_correlation(matrix)


NUMBERS = {name: {"lognormal": [5.0, 0.4]} for name in "abc"}
IMPOSSIBLE = joint(NUMBERS, {"correlation": [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]})


@pytest.fixture
def valuation() -> cs.Valuation:
    with pytest.warns(
        cs.RepairedCorrelationWarning, match=r"dependence\.all\.correlation: no draws"
    ):
        return cs.value(deal_of(IMPOSSIBLE), paths=2**13)


def test_a_deal_uses_the_repaired_matrix(valuation: cs.Valuation):
    (repair,) = valuation.repaired_correlations
    expected, distance = cs.nearest_correlation(IMPOSSIBLE["dependence"]["all"]["correlation"])
    assert repair.dependence == "all"
    assert repair.draws == ("legs.a.cap", "legs.b.cap", "legs.c.cap")
    assert same_bits(repair.used, expected)
    assert repair.distance == distance
    assert repair.largest_change == abs(expected - repair.given).max() > 0.3
    # The same as if it had been given, but for the last digits.
    direct = changed(IMPOSSIBLE, dependence__all__correlation=expected.tolist())
    assert cs.repaired_correlations(deal_of(direct)) == ()
    given = cs.value(deal_of(direct), paths=2**13)
    for name in "abc":
        assert close(valuation[name].samples, given[name].samples, rel=1e-9)
    logs = np.log([valuation[name].samples for name in "abc"])
    assert close(np.corrcoef(logs), expected, abs=4 / np.sqrt(2**13))


def test_a_repair_is_reported(valuation: cs.Valuation, tmp_path: Path):
    record = valuation_record(valuation)
    assert json.loads(json.dumps(record))["repaired_correlations"] == [
        {
            "dependence": "all",
            "draws": ["legs.a.cap", "legs.b.cap", "legs.c.cap"],
            "distance": cs.repaired_correlations(valuation.deal)[0].distance,
            "given": IMPOSSIBLE["dependence"]["all"]["correlation"],
            "used": cs.repaired_correlations(valuation.deal)[0].used.tolist(),
        }
    ]
    memo = cs.report(valuation, tmp_path / "memo.html").read_text("utf-8")
    assert "replaced by the nearest ones that can (Higham 2002)" in memo
    assert "legs.a.cap, legs.b.cap and legs.c.cap depend on each other by a Gaussian copula" in memo
    rows = [row for row in assumptions(valuation.deal).rows if row[0] == "Dependence: All"]
    assert [row[1] for row in rows] == [
        f"Correlation of legs.{a}.cap and legs.{b}.cap" for a, b in ("ab", "ac", "bc")
    ]
    assert "Given 0.9" in str(rows[0])


def test_repaired_correlations_have_no_derivatives():
    with pytest.warns(cs.RepairedCorrelationWarning):
        found = cs.sensitivities(deal_of(IMPOSSIBLE), paths=2**14)["a"]
    assert [field for field in found if field.startswith("dependence")] == []
