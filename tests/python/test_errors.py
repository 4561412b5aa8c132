"""What the errors are, and which one every wrong call raises: one row a call."""

from __future__ import annotations

import copy
import math
import pickle
import re
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest

import capstake as cs
from bad_deals import WILD
from capstake import _core
from deals import deal_of

DEAL = cs.load("microsoft_openai_2026_04")
VALUED = cs.value(DEAL, paths=64)
GRAPH = cs.Graph()
GRAPH.output("x", GRAPH.draw("x"))


def test_hierarchy():
    for error in (cs.InputError, cs.NumericalError, cs.CancelledError):
        assert issubclass(error, cs.CapstakeError)
    assert issubclass(cs.InputError, ValueError)
    assert issubclass(cs.NumericalError, ArithmeticError)


ISSUES = [
    cs.Issue("", "is empty"),
    cs.Issue("legs.a.rate", "must be between 0 and 1", got="20", hint="write 0.2", line=3),
]


def test_messages():
    assert str(ISSUES[0]) == "is empty"
    assert str(ISSUES[1]) == "legs.a.rate: must be between 0 and 1, got 20 (write 0.2)"
    assert str(cs.InputError(ISSUES)) == f"{ISSUES[0]}\n{ISSUES[1]}"
    assert str(cs.InputError(ISSUES, "d.toml")) == f"d.toml: {ISSUES[0]}\nd.toml:3: {ISSUES[1]}"
    assert cs.InputError("is empty").issues == (ISSUES[0],)
    assert cs.InputError([("a", "must be", "1", "")]).issues == (cs.Issue("a", "must be", "1"),)


@pytest.mark.parametrize(
    "error",
    [cs.InputError(ISSUES, "d.toml"), cs.NumericalError("x"), cs.CancelledError("y")],
    ids=lambda error: type(error).__name__,
)
def test_errors_cross_to_another_process(error: cs.CapstakeError):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        twin = pickle.loads(pickle.dumps(error, protocol))
        assert (type(twin), str(twin)) == (type(error), str(error))
    twin = copy.deepcopy(error)
    assert vars(twin) == vars(error)


def test_an_error_in_a_pool_comes_back():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        with pytest.raises(cs.InputError, match="cannot be read") as refused:
            pool.submit(cs.load, "none.toml").result()
        assert refused.value.file == "none.toml"
        with pytest.raises(cs.InputError, match="paths: must be between"):
            pool.submit(cs.value, DEAL, paths=1).result()


def test_an_issue_is_immutable():
    with pytest.raises(AttributeError):
        ISSUES[0].path = "x"


PATHS = "paths: must be between 2 and 281,474,976,710,656, got "
WHOLE = "must be a whole number, got "
NO_POSITION = "no leg, stake or party named 'x'; there are"

CALLS: list[tuple[Callable[[], Any], type[Exception], str]] = [
    # Arguments of a run
    (lambda: cs.value(DEAL, paths=0), cs.InputError, PATHS + "0"),
    (lambda: cs.value(DEAL, paths=1), cs.InputError, PATHS + "1"),
    (lambda: cs.value(DEAL, paths=-1), cs.InputError, PATHS + "-1"),
    (lambda: cs.value(DEAL, paths=10**15), cs.InputError, PATHS + "1000000000000000"),
    (lambda: cs.value(DEAL, paths=True), cs.InputError, PATHS + "True"),
    (lambda: cs.value(DEAL, paths=2.5), cs.InputError, "paths: " + WHOLE + "2.5"),
    (lambda: cs.value(DEAL, paths=1e5), cs.InputError, "paths: " + WHOLE + "100000.0"),
    (lambda: cs.value(DEAL, paths="x"), cs.InputError, "paths: " + WHOLE + "'x'"),
    (lambda: cs.value(DEAL, paths=None), cs.InputError, "paths: " + WHOLE + "None"),
    (lambda: cs.value(DEAL, paths=math.nan), cs.InputError, "paths: " + WHOLE + "nan"),
    (lambda: cs.value(DEAL, paths=np.True_), cs.InputError, "paths: " + WHOLE),
    (lambda: cs.value(DEAL, paths=int), cs.InputError, "paths: " + WHOLE),
    (lambda: cs.compare(DEAL, DEAL, paths=1), cs.InputError, PATHS + "1"),
    (lambda: cs.value(DEAL, seed=-1), cs.InputError, "seed: must be between 0 and "),
    (lambda: cs.value(DEAL, seed=2**64), cs.InputError, "seed: must be between 0 and "),
    (lambda: cs.value(DEAL, seed=0.5), cs.InputError, "seed: " + WHOLE + "0.5"),
    (lambda: cs.value(DEAL, paths=10**5000), cs.InputError, "got a number of over 40 digits"),
    (lambda: cs.value(DEAL, threads=0), cs.InputError, "threads: must be between 1 and 4,096"),
    (lambda: cs.value(DEAL, threads=-2), cs.InputError, "threads: must be between 1 and 4,096"),
    (lambda: cs.value(DEAL, threads=10**6), cs.InputError, "threads: must be between 1 and"),
    (lambda: cs.value(DEAL, 64), TypeError, "positional argument"),
    (lambda: cs.value(DEAL, path=64), TypeError, "unexpected keyword"),
    (lambda: cs.value("microsoft_openai_2026_04"), cs.InputError, "deal: must be a Deal; load"),
    (lambda: cs.value(None, paths=64), cs.InputError, "deal: must be a Deal; load a file"),
    (lambda: cs.value(DEAL.to_dict(), paths=64), cs.InputError, "deal: must be a Deal; load"),
    (lambda: cs.compare(DEAL, None, paths=64), cs.InputError, "new: must be a Deal; load"),
    (lambda: cs.value(DEAL, progress=3, paths=2**40), TypeError, "not callable"),
    # Two deals that cannot be compared
    (lambda: cs.compare(DEAL, DEAL.replace(currency="EUR")), cs.InputError,
     "currency: must be the same in both deals, got USD and EUR"),
    (lambda: cs.compare(DEAL.replace(unit="million"), DEAL), cs.InputError,
     "unit: must be the same in both deals, got million and billion"),
    (lambda: cs.compare(DEAL, DEAL.replace(valuation_date="2026-04-28")), cs.InputError,
     "valuation_date: must be the same in both deals, got 2026-04-27 and 2026-04-28"),
    # Results that are not there
    (lambda: VALUED["x"], KeyError, NO_POSITION),
    (lambda: VALUED.correlation("x", "openai"), KeyError, NO_POSITION),
    (lambda: VALUED.correlation("openai", "x"), KeyError, NO_POSITION),
    (lambda: VALUED.payments("openai"), KeyError, "no leg named 'openai'; there are"),
    (lambda: VALUED.cap("x"), KeyError, "no leg named 'x'; there are"),
    (lambda: VALUED.total_paid("x"), KeyError, "no leg named 'x'; there are"),
    (lambda: VALUED.reconciliation("x"), KeyError, "no stake named 'x'; there are"),
    (lambda: cs.compare(DEAL, DEAL, paths=64)["x"], KeyError, NO_POSITION),
    (lambda: VALUED["openai"].percentiles([0]), cs.InputError, "percents: must lie between"),
    (lambda: VALUED["openai"].percentiles([50, 100]), cs.InputError, "percents: must lie between"),
    (lambda: VALUED["openai"].percentiles([math.nan]), cs.InputError, "percents: must lie between"),
    # Files and records
    (lambda: cs.load("no_such_deal"), cs.InputError, "no_such_deal: cannot be read: No such file"),
    (lambda: cs.load(3), TypeError, "int"),
    (lambda: cs.loads(b"a = 1"), TypeError, "bytes"),
    (lambda: cs.Deal.from_record(3), TypeError, "incompatible function arguments"),
    (lambda: cs.Deal.from_record({}, path=3), TypeError, "incompatible function arguments"),
    (lambda: cs.Deal.from_record({"a": {(1, 2): 3}}), cs.InputError,
     "a: has a key that is no text, year or date"),
    # The core by itself
    (lambda: GRAPH.apply("modulo", [0, 0]), KeyError, "no operation named modulo"),
    (lambda: GRAPH.apply("add", [0]), cs.InputError, "add takes 2 arguments, got 1"),
    (lambda: GRAPH.apply("add", [0, 9]), IndexError, "the graph has 1 nodes, not node 9"),
    (lambda: GRAPH.apply("add", [0, -1]), TypeError, "incompatible function arguments"),
    (lambda: GRAPH.output("x", 0), cs.InputError, "x: must be the name of one output only"),
    (lambda: GRAPH.output("y", 9), IndexError, "the graph has 1 nodes, not node 9"),
    (lambda: GRAPH.draw("x", 0, True), cs.InputError, "x: must be drawn from one law"),
    (lambda: GRAPH.run(seed=-1), TypeError, "incompatible function arguments"),
    (lambda: cs.Graph().run(seed=1), cs.InputError, "compile: must have an output"),
    (lambda: pickle.dumps(cs.Graph()), TypeError, "a Graph cannot be pickled"),
    (lambda: pickle.dumps(cs.Graph(), 0), TypeError, "a Graph cannot be pickled"),
    (lambda: copy.copy(cs.Graph()), TypeError, "a Graph cannot be pickled"),
    (lambda: _core.quantiles([], [0.5]), cs.InputError, "must have at least one value"),
    (lambda: _core.quantiles([1.0], [1.5]), cs.InputError, "p must be in [0, 1], got 1.5"),
    (lambda: _core.quantiles([1.0], [0.5], 1.0), cs.InputError, "confidence must be in (0, 1)"),
    (lambda: _core.quantiles([math.nan], [0.5]), cs.NumericalError, "a value is not a number"),
    (lambda: _core.quantiles(["x"], [0.5]), TypeError, "incompatible function arguments"),
    (lambda: _core.year_fraction("ACT/364", "2026-01-01", "2027-01-01"), cs.InputError,
     'day_count: must be "ACT/365F", "ACT/360", "30E/360" or "ACT/ACT ISDA", got "ACT/364"'),
    (lambda: _core.year_fraction("30E/360", None, "2027-13-01"), cs.InputError,
     "from: must be a date such as 2026-04-27, got nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), CALLS)
def test_wrong_call(call: Callable[[], Any], error: type[Exception], message: str):
    with pytest.raises(error, match=re.escape(message)) as raised:
        call()
    assert type(raised.value) is error


def test_a_record_that_holds_itself():
    record: dict[str, Any] = {}
    record["legs"] = record
    with pytest.raises(cs.InputError, match="is nested too deeply"):
        cs.Deal.from_record(record)


@pytest.mark.slow
def test_a_small_record_that_unfolds_into_a_huge_one():
    record: Any = 1
    for _ in range(20):
        record = [record] * 10
    with pytest.raises(cs.InputError, match="the whole is too large"):
        cs.Deal.from_record({"notes": record})


def test_values_too_large_for_a_double():
    """Counted, with the first path; at any number of threads the same."""
    wild = deal_of(WILD)
    messages = set()
    for threads in (1, 2, 7):
        with pytest.raises(cs.NumericalError) as failed:
            cs.value(wild, paths=2**16, threads=threads)
        messages.add(str(failed.value))
    (message,) = messages
    assert re.search(
        r"not finite on \d+ of \d+ paths, first on point \d+ of replicate \d+$", message
    )
