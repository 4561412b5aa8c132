"""Two limits of every type of stream in which its revenue is known to the last digits.

Without volatility it is a number a year, or one of a few where the type itself chooses at random.
After one period it is a function of that period's draws, which NumPy's Philox gives.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr
from scipy.stats import poisson

from bad_deals import STREAM_TYPES
from capstake import _core
from close import close
from deals import Record, deal_of
from draws import normals, uniforms
from processes import BASS, GBM, JUMPS, LOGISTIC, MOON, OU, REGIMES, YEARS, deal, same

SEED = 11
PLAN = {
    "type": "forecast",
    "annual": {2025: 80.0, 2026: 100.0, 2027: 150.0, 2028: 220.0, 2029: 260.0, 2030: 250.0},
}
SLOW = {"type": "gbm", "level": 40.0, "growth": 0.05, "volatility": 0.25}


def revenue(stream: Record, frequency: str, years: int = YEARS, **parts: Record) -> dict[int, Any]:
    """By year, of the first block of paths."""
    record = deal({**parts, "x": stream}, frequency, end=f"{2025 + years}-12-31")
    graph = _core.graph_of(deal_of(record))
    rows = dict(zip(graph.output_names, graph.run(seed=SEED), strict=True))
    return {t: rows[f"revenue.x.{2025 + t}"] for t in range(1, years + 1)}


# Without volatility, by year from the valuation date and periods a year.

Sure = Callable[[int, int], float]


def ends(rate: Callable[[float], float]) -> Sure:
    """A period's revenue is the annual rate at its end."""
    return lambda t, n: math.fsum(rate(t - 1 + (i + 1) / n) for i in range(n)) / n


def moon(t: int, n: int) -> float:
    """log R grows by mu d a step, mu = m + (mu_0 - m) exp(-k d i): a geometric series."""
    x, d = MOON, 1 / n
    k, m = x["growth_reversion"], x["growth_long_run"]
    total = 0.0
    for i in range((t - 1) * n + 1, t * n + 1):
        excess = (x["growth"] - m) * math.expm1(-k * d * i) / math.expm1(-k * d)
        total += 100 * math.exp(m * d * i + excess * d) / n
    return total


def adopted(t: float) -> float:
    p, q = 0.03, 0.38
    return -math.expm1(-(p + q) * t) / (1 + q / p * math.exp(-(p + q) * t))


def logistic(t: float) -> float:
    return quad(lambda u: 700 / (1 + 6 * math.exp(-0.9 * u)), t - 1, t, epsabs=1e-12)[0]


def plan(t: int, _: int) -> float:
    return PLAN["annual"][2025 + t]


def cut(t: int, _: int) -> float:
    """A quarter of all growth does not come about."""
    figures = list(PLAN["annual"].values())
    growths = [b / a - 1 for a, b in pairwise(figures)]
    return 80 * math.prod(1 + 0.75 * g for g in growths[:t])


def g(t: float) -> float:
    return 100 * math.exp(0.3 * t)


def s(t: float) -> float:
    return 40 * math.exp(0.05 * t)


def of_quarters(value: Callable[[float, float], float]) -> Sure:
    """What a quarter makes of the quarter's revenues of g and s, added up."""
    return lambda t, n: math.fsum(
        value(g(t - 1 + (i + 1) / n) / n, s(t - 1 + (i + 1) / n) / n) for i in range(n)
    )


def weighted(t: int, n: int) -> float:
    weights = {1: [1.0], 4: [0.1, 0.2, 0.3, 0.4]}[n]
    return math.fsum(w * g(t - 1 + (i + 1) / n) for i, w in enumerate(weights))


def ramped(t: int, n: int) -> float:
    """From 0 at the end of 2026 to 1/4 at that of 2030, by days; a period has their middle."""
    begin, end = dt.date(2027, 1, 1), dt.date(2031, 1, 1)
    firsts = [dt.date(2025 + t, 1 + 12 // n * i, 1) for i in range(n)] + [dt.date(2026 + t, 1, 1)]
    total = 0.0
    for i, (first, after) in enumerate(pairwise(firsts)):
        middle = ((first - begin).days + (after - begin).days) / 2
        part = max(middle, 0.0) / (end - begin).days
        total += 0.25 * part * g(t - 1 + (i + 1) / n) / n
    return total


def steps(t: int, n: int) -> float:
    return (2.0 if t < 4 else 3.0) * ends(g)(t, n)


STILL_G, STILL_S = GBM | {"volatility": 0.0}, SLOW | {"volatility": 0.0}
STILL = {"volatility": 0.0}
NEARLY = 1e-13  # of a spread that must be positive
SPREAD = {
    key: {str(y): x * (1 + sign * NEARLY) for y, x in PLAN["annual"].items() if y > 2026}
    for key, sign in (("p10", -1), ("p90", 1))
}
LEAK = {"of": "g", "at_start": 0.0, "at_end": 0.25, "start": "2026-12-31", "end": "2030-12-31"}
SURE: dict[str, tuple[Record, Sure]] = {
    "gbm": (STILL_G, ends(g)),
    "gbm by its mean": (
        STILL_G | {"sampling": "period_mean"},
        lambda t, n: 100 / 0.3 * (math.exp(0.3 * t) - math.exp(0.3 * (t - 1))),
    ),
    "mean_reverting_growth": (
        OU | STILL | {"growth_volatility": 0.0},
        ends(lambda t: 100 * math.exp(0.05 * t - 0.55 * math.expm1(-0.7 * t) / 0.7)),
    ),
    "schwartz_moon": (
        MOON | STILL | {"growth_volatility": 0.0, "volatility_long_run": 0.0},
        moon,
    ),
    "jump_diffusion without jumps": (
        JUMPS | STILL | {"jump_rate": 0.0}, ends(lambda t: 100 * math.exp(0.2 * t))
    ),
    "jump_diffusion of no size": (
        JUMPS | STILL | {"jump_mean": 0.0, "jump_volatility": 0.0},
        ends(lambda t: 100 * math.exp(0.2 * t)),
    ),
    "regime_switching, in the one": (
        REGIMES | STILL | {"starts_in_other": 0.0, "switch_rate": 0.0},
        ends(lambda t: 100 * math.exp(0.4 * t)),
    ),
    "regime_switching, in the other": (
        REGIMES | {"other_volatility": 0.0, "starts_in_other": 1.0, "return_rate": 0.0},
        ends(lambda t: 100 * math.exp(-0.2 * t)),
    ),
    "logistic": (LOGISTIC | STILL, lambda t, n: logistic(t)),
    "bass": (BASS | STILL, lambda t, n: 1000 * (adopted(t) - adopted(t - 1))),
    "forecast": (PLAN, plan),
    "forecast with a haircut": (PLAN | {"growth_haircut": 0.25}, cut),
    "forecast by revisions": (PLAN | {"revisions": {"2026-12-31": NEARLY}}, plan),
    "forecast by percentiles": (PLAN | SPREAD, plan),
    "forecast by lognormal percentiles": (PLAN | SPREAD | {"percentile_fit": "lognormal"}, plan),
    "mixture": ({"type": "mixture", "scenarios": ["g", "s"], "weights": [0.0, 1.0]}, ends(s)),
    "sum": ({"type": "sum", "of": ["g"], "less": ["s"]}, of_quarters(lambda a, b: a - b)),
    "product": (
        {"type": "product", "of": "g", "times": ["s"]},
        lambda t, n: of_quarters(lambda a, b: a * n * b)(t, n),
    ),
    "scaled": (
        {"type": "scaled", "of": "g", "factor": {"by_date": {"2026-01-01": 2, "2029-01-01": 3}}},
        steps,
    ),
    "ramp": ({"type": "ramp", **LEAK}, ramped),
    "seasonal": ({"type": "seasonal", "of": "g", "weights": [0.1, 0.2, 0.3, 0.4]}, weighted),
    "history": ({"type": "history", "of": "g", "figures": {"2025": 70.0}}, ends(g)),
    "formula": ({"type": "formula", "formula": "sqrt(g * s)"},
                of_quarters(lambda a, b: math.sqrt(a * b))),
}  # fmt: skip


@pytest.mark.parametrize("frequency", ["quarter", "year"])
@pytest.mark.parametrize("name", SURE)
def test_without_volatility_revenue_is_a_number(name, frequency):
    stream, expected = SURE[name]
    n = {"quarter": 4, "year": 1}[frequency]
    found = revenue(stream, frequency, g=STILL_G, s=STILL_S)
    assert same(found, {t: expected(t, n) for t in found}, 1e-12)


def check_share(is_so: np.ndarray, probability: float) -> None:
    error = math.sqrt(probability * (1 - probability) / len(is_so))
    assert abs(is_so.mean() - probability) < 4 * error


def test_without_volatility_a_path_of_jumps_is_one_of_their_number():
    """Each jump takes a quarter; in between, growth makes up for 0.6 of them a year."""
    found = revenue(JUMPS | STILL | {"jump_volatility": 0.0}, "year")
    before = np.zeros_like(found[1])
    for t, x in found.items():
        jumps = (np.log(x / 100) - (0.2 + 0.6 * 0.25) * t) / math.log(0.75)
        assert close(jumps, np.round(jumps), abs=1e-12)
        assert (np.round(jumps) >= before).all()
        before = np.round(jumps)
        for k in range(3):
            check_share(before == k, math.exp(-0.6 * t) * (0.6 * t) ** k / math.factorial(k))


def test_without_volatility_a_path_of_regimes_is_one_of_their_growths():
    found = revenue(REGIMES | STILL | {"other_volatility": 0.0}, "year")
    chance, before = 0.25, np.full_like(found[1], 100.0)
    # By the chain's generator: to the other at 0.4 a year, back at 0.8.
    stays, comes = math.exp(-1.2), 0.4 / 1.2 * -math.expm1(-1.2)
    was_other = None
    for x in found.values():
        growth = np.log(x / before)
        is_other = growth < 0
        assert close(growth, np.where(is_other, -0.2, 0.4), abs=1e-14)
        check_share(is_other, chance)
        if was_other is not None:
            check_share(is_other[~was_other], comes)
            check_share(is_other[was_other], comes + stays)
        chance, before, was_other = comes + stays * chance, x, is_other


def test_without_volatility_a_path_of_a_mixture_is_one_of_its_scenarios():
    stream = {"type": "mixture", "scenarios": ["g", "s"], "weights": [0.3, 0.7]}
    found = revenue(stream, "year", g=STILL_G, s=STILL_S)
    is_g = found[1] > 100
    check_share(is_g, 0.3)
    assert same(found, {t: np.where(is_g, g(t), s(t)) for t in found}, 1e-14)


# After one period, of a year: draws of a period are named by its first month since 1900.

FIRST = (2026 - 1900) * 12
PATHS = 512


def z(name: str, step: int = FIRST) -> np.ndarray:
    return normals(SEED, name, step, n=PATHS)


def u(name: str, step: int = FIRST) -> np.ndarray:
    return uniforms(SEED, name, step, n=PATHS)


def moves(growth: float, volatility: float, name: str = "x.shock") -> np.ndarray:
    """What a year of a lognormal rate multiplies by: with the mean exp(growth)."""
    return np.exp(growth - volatility**2 / 2 + volatility * z(name))


def reverting() -> np.ndarray:
    """Growth and rate move jointly: the variance of the integral of what the shocks add."""
    k, m, mu, e, vol, rho = 0.7, 0.05, 0.6, 0.2, 0.15, 0.4
    loads = lambda t: -e * math.expm1(-k * t) / k  # noqa: E731
    variance = quad(lambda t: loads(t) ** 2 + vol**2 + 2 * rho * vol * loads(t), 0, 1)[0]
    mean = m - (mu - m) * math.expm1(-k) / k - vol**2 / 2
    return 100 * np.exp(mean + math.sqrt(variance) * z("x.shock"))


def jumping() -> np.ndarray:
    n = poisson.ppf(u("x.jumps"), 0.6)
    sizes = n * (math.log(0.75) - 0.15**2 / 2) + 0.15 * np.sqrt(n) * z("x.jump_size")
    return 100 * moves(0.2 + 0.6 * 0.25, 0.2) * np.exp(sizes)


def switching() -> np.ndarray:
    is_other = u("x.start", 0) < 0.25
    return 100 * np.where(is_other, moves(-0.2, 0.35), moves(0.4, 0.15))


def by_metalog() -> np.ndarray:
    """Keelin (2016): with y the probability, log x = a + (b + c (y - 1/2)) log(y / (1 - y))."""
    low, middle, high = np.log([60.0, 100.0, 190.0])
    odds = math.log(9.0)
    b, c = (high - low) / (2 * odds), (high + low - 2 * middle) / (0.8 * odds)
    y, rest = ndtr(z("x.shock")), ndtr(-z("x.shock"))
    return np.exp(middle + (b + c * (y - 0.5)) * np.log(y / rest))


def revised() -> np.ndarray:
    """On the first day of July, after 181 of 365 days."""
    days = (dt.date(2026, 6, 30) - dt.date(1900, 1, 1)).days
    return 100 * (181 + 184 * np.exp(0.3 * z("x.revision", days) - 0.045)) / 365


def of_both(value: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable[[], np.ndarray]:
    return lambda: value(100 * moves(0.3, 0.35, "g.shock"), 40 * moves(0.05, 0.25, "s.shock"))


ONE_YEAR = {"type": "forecast", "annual": {2025: 80.0, 2026: 100.0}}
ONE: dict[str, tuple[Record, Callable[[], np.ndarray]]] = {
    "gbm": (GBM, lambda: 100 * moves(0.3, 0.35)),
    "gbm by its mean": (
        GBM | {"sampling": "period_mean"}, lambda: 100 * math.expm1(0.3) / 0.3 * moves(0.0, 0.35)
    ),
    "mean_reverting_growth": (OU, reverting),
    "schwartz_moon": (MOON, lambda: 100 * moves(0.44 - 0.02 * 0.2, 0.2)),
    "jump_diffusion": (JUMPS, jumping),
    "regime_switching": (REGIMES, switching),
    "logistic": (LOGISTIC, lambda: logistic(1) * moves(0.0, 0.2)),
    "bass": (BASS, lambda: 1000 * adopted(1) * moves(0.0, 0.2)),
    "forecast": (ONE_YEAR | {"volatility": 0.3}, lambda: 100 * moves(0.0, 0.3)),
    "forecast with a haircut": (
        ONE_YEAR | {"growth_haircut": {"uniform": [0.2, 0.6]}},
        lambda: 100 - 20 * (0.2 + 0.4 * u("streams.x.growth_haircut", 0)),
    ),
    "forecast by percentiles": (ONE_YEAR | {"p10": {"2026": 60.0}, "p90": {"2026": 190.0}},
                                by_metalog),
    "forecast by revisions": (ONE_YEAR | {"revisions": {"2026-06-30": 0.3}}, revised),
    "mixture": (
        {"type": "mixture", "scenarios": ["g", "s"], "weights": [0.3, 0.7]},
        of_both(lambda a, b: np.where(u("x.scenario", 0) < 0.3, a, b)),
    ),
    "sum": ({"type": "sum", "of": ["g"], "less": ["s"]}, of_both(lambda a, b: a - b)),
    "product": ({"type": "product", "of": "g", "times": ["s"]}, of_both(lambda a, b: a * b)),
    "scaled": ({"type": "scaled", "of": "g", "factor": 0.4}, of_both(lambda a, b: 0.4 * a)),
    # The first day of the year is half a day behind its middle, and so on.
    "ramp": (
        {"type": "ramp", **LEAK, "start": "2025-12-31", "end": "2026-12-31"},
        of_both(lambda a, b: 0.25 * a * math.fsum(i + 0.5 for i in range(365)) / 365**2),
    ),
    "seasonal": (
        {"type": "seasonal", "of": "g", "weights": [0.1, 0.2, 0.3, 0.4]}, of_both(lambda a, b: a)
    ),
    "history": (
        {"type": "history", "of": "g", "figures": {"2025": 70.0}}, of_both(lambda a, b: a)
    ),
    "formula": ({"type": "formula", "formula": "sqrt(g * s)"},
                of_both(lambda a, b: np.sqrt(a * b))),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE)
def test_one_period_is_a_function_of_its_draws(name):
    stream, expected = ONE[name]
    found = revenue(stream, "year", years=1, g=GBM, s=SLOW)[1][:PATHS]
    # SciPy's normal quantile is good to a few units in the last place.
    assert close(found, expected(), rel=1e-12)


def test_every_type_of_stream_has_both_limits():
    for table in (SURE, ONE):
        assert {stream["type"] for stream, _ in table.values()} == set(STREAM_TYPES)
