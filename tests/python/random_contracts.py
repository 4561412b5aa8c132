"""Random revenue shares with every combination of clauses, as Hypothesis strategies."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from deals import Record, changed, share_deal

EVENTS = ["stop", "sale", "failure", "default"]
START, END, TODAY = "2025-07-01", "2029-09-30", "2026-02-10"
DATES = ["2026-03-15", "2026-12-31", "2028-02-29", "2029-06-30"]


def amount(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_subnormal=False)


share = amount(0.0, 1.0)
per = st.sampled_from(["period", "year", "term"])
flag = st.booleans()


def by_date(values: st.SearchStrategy[float], *, rising: bool = False) -> st.SearchStrategy[Any]:
    """A number, or one that changes on dates within the term."""
    lists = st.lists(values, min_size=2, max_size=3).map(sorted if rising else list)
    schedules = lists.map(
        lambda x: {
            "by_date": dict(zip(["2025-01-01", "2027-01-01", "2028-05-20"], x, strict=False))
        }
    )
    return st.one_of(values, schedules)


def clause(kind: str, **fields: Any) -> st.SearchStrategy[Record]:
    drawn = st.fixed_dictionaries({"type": st.just(kind), **fields})
    return drawn.map(lambda c: {key: held for key, held in c.items() if held is not None})


def price(strategy: st.SearchStrategy[Record]) -> st.SearchStrategy[Record]:
    one = st.one_of(
        amount(0.1, 60.0).map(lambda x: {"amount": x}),
        amount(0.1, 4.0).map(lambda x: {"multiple": x}),
    )
    return st.tuples(strategy, one).map(lambda parts: parts[0] | parts[1])


TIERS = st.lists(amount(1.0, 60.0), min_size=1, max_size=3, unique=True).flatmap(
    lambda above: clause(
        "tiers",
        above=st.just(sorted(above)),
        rates=st.lists(share, min_size=len(above), max_size=len(above)),
        per=per,
        whole_amount=flag,
        revenue_before=amount(0.0, 20.0),
    )
)
ACCRUALS = {
    "tiers": TIERS,
    "threshold": clause(
        "threshold", amount=by_date(amount(0.0, 60.0)), per=per, revenue_before=amount(0, 20)
    ),
    "catch_up": clause("catch_up", target=by_date(amount(0.0, 30.0)), rate=share),
    "minimum_guarantee": clause(
        "minimum_guarantee",
        amount=by_date(amount(0.0, 20.0)),
        per=per,
        prorated=flag,
        recoupable=flag,
    ),
    "period_cap": clause(
        "period_cap",
        amount=by_date(amount(0.0, 20.0)),
        per=st.sampled_from(["period", "year"]),
        carry_forward=flag,
        prorated=flag,
    ),
    "recoup_then_split": price(
        clause(
            "recoup_then_split",
            rate=share,
            interest=st.none() | by_date(amount(0.0, 0.5)),
            since=st.sampled_from([None, "2025-03-01", "2026-05-20"]),
        )
    ).map(lambda c: c if "interest" in c else {k: held for k, held in c.items() if k != "since"}),
    "springing_rate": clause(
        "springing_rate",
        test_date=st.sampled_from(DATES),
        target=amount(0.1, 100.0),
        measure=st.sampled_from(["revenue", "payments"]),
        rate_if_missed=amount(0.01, 1.0),
        rate_if_met=amount(0.01, 1.0),
        revenue_before=amount(0.0, 20.0),
        tiers=st.sampled_from(["replaced", "scaled"]),
    ),
}
ENDINGS = [
    price(clause("buy_out", on=st.sampled_from(DATES), less_paid=flag)),
    price(clause("change_of_control", event=st.just("sale"), less_paid=flag)),
]
PAYMENTS = [
    clause("deferral", part=share, days=st.sampled_from([1, 91, 1000]), interest=amount(0, 0.5)),
    clause("grace_period", until=st.sampled_from(DATES), interest=amount(0.0, 0.5)),
    st.one_of(
        clause("payer_credit", failure=st.just("failure"), recovery=share),
        clause("payer_credit", spread=amount(0.0, 0.1)),
    ),
]
CLAWBACK = clause(
    "clawback",
    event=st.just("failure"),
    part=share,
    look_back=st.sampled_from([0, 90, 1000]),
    until=st.sampled_from([None, "2027-05-20", "2033-12-31"]),
)
CAPS = [
    clause("cap_multiple", multiple=by_date(amount(0.1, 4.0), rising=True)),
    clause(
        "accreting_cap",
        rate=by_date(amount(0.0, 0.6)),
        amount=amount(1.0, 40.0),
        since=st.sampled_from([None, "2025-03-01", "2026-05-20"]),
    ),
]
SPRINGING_CAP = clause(
    "springing_cap",
    test_date=st.sampled_from(DATES),
    target=amount(0.1, 100.0),
    measure=st.sampled_from(["revenue", "payments"]),
    multiple_if_missed=amount(4.0, 6.0),
    multiple_if_met=st.one_of(st.none(), amount(4.0, 5.0)),
    since=st.sampled_from([None, "2025-02-10", "2026-01-01"]),
)
TRUE_UP = clause("true_up", rate=by_date(amount(0.0, 0.6)), amount=amount(1.0, 40.0), part=share)
CAPPED = [clause("balloon", part=share), clause("tail_rate", rate=share)]
EXCLUDED = [{"tiers", "threshold"}, {"balloon", "buy_out"}]


LEAVES = ["accrual", "revenue", "most", "0.5 * rate * revenue", "part * most"]
FURTHER = [
    "paid",
    "other",
    "0.1 * (investment + already_paid)",
    "cumulative(accrual)",
    "year_to_date(revenue)",
    "lag(accrual, 2)",
]


def formulas(leaves: list[str]) -> st.SearchStrategy[str]:
    """Amounts of money, at least 0, that move without jumps; of some leaves they rise with them."""
    rising = leaves is LEAVES
    shapes = ["minimum({a}, {b})", "maximum({a}, {b})", "0.5 * {a} + {b}"]
    others = [
        "maximum({a} - {b}, 0)",
        "where({a} < {b}, {b} - {a}, {a} - {b})",
        "where(time > 1.9, {a}, 50% * {b})",
        'step_up({a}, "2027-05-20", {b})',
    ]
    shape = st.sampled_from(shapes if rising else shapes + others)
    return st.recursive(
        st.sampled_from(leaves),
        lambda inner: st.tuples(shape, inner, inner).map(lambda x: x[0].format(a=x[1], b=x[2])),
        max_leaves=5,
    )


def custom(draw: Any, *, rising: bool = False) -> Record:
    stage = draw(st.sampled_from(["accrual", "payment"]))
    formula = draw(formulas(LEAVES if rising else LEAVES + FURTHER)).replace("accrual", stage)
    numbers = {"most": draw(by_date(amount(0.0, 20.0)))} if "most" in formula else {}
    return {"type": "custom", "formula": formula, "numbers": numbers, "stage": stage}


def second(draw: Any, first: Record) -> list[Record]:
    """Another clause of the type, if there may be one beside the first."""
    kind = first["type"]
    if kind == "springing_rate":
        date = draw(st.sampled_from([d for d in DATES if d != first["test_date"]]))
        return [draw(ACCRUALS[kind]) | {"test_date": date}]
    if kind == "springing_cap":
        date = draw(st.sampled_from([d for d in DATES if d != first["test_date"]]))
        return [draw(SPRINGING_CAP) | {"test_date": date}]
    if kind == "true_up":
        return [draw(TRUE_UP)]
    if kind == "minimum_guarantee":
        first["recoupable"] = False
        until = {"per": "term", "until": draw(st.sampled_from(DATES))}
        if first["per"] == "term":
            return [draw(ACCRUALS[kind]) | {"recoupable": False} | until]
        return [
            draw(ACCRUALS[kind])
            | {"recoupable": False, "per": "term"}
            | draw(st.sampled_from([{}, until]))
        ]
    if kind == "period_cap":
        other = draw(ACCRUALS[kind]) | {"per": "year" if first["per"] == "period" else "period"}
        (first if first["per"] == "year" else other)["carry_forward"] = False
        return [other]
    if kind == "recoup_then_split":
        if "interest" in first:
            return []
        first["rate"] = max(first["rate"], 0.01)
        hurdle = "amount" if "amount" in first else "multiple"
        more = draw(amount(0.01, 20.0))
        return [{"type": kind, "rate": draw(share), hurdle: first[hurdle] + more}]
    if kind == "clawback":
        return [draw(CLAWBACK) | {"event": "sale"}]
    if kind == "change_of_control":
        return [draw(ENDINGS[1]) | {"event": "failure"}]
    if kind == "deferral":
        return [draw(PAYMENTS[0]) | {"part": draw(amount(0.0, 1.0 - first["part"]))}]
    return []


def with_room(found: list[Record]) -> list[Record]:
    """Limits that all minimums together could be met under, as others are refused."""
    minimums = [c for c in found if c["type"] == "minimum_guarantee"]
    if not minimums:
        return found
    by_period = any(c["per"] == "period" for c in minimums)

    def raised(held: Any, more: float) -> Any:
        if isinstance(held, dict):
            return {"by_date": {d: x + more for d, x in held["by_date"].items()}}
        return held + more

    def room_for_all(c: Record) -> Record:
        more = 80.0 if by_period and c["per"] == "year" else 20.0
        is_prorated = c["prorated"] and all(m["prorated"] and m["per"] != "term" for m in minimums)
        return c | {"amount": raised(c["amount"], more), "prorated": is_prorated}

    return [room_for_all(c) if c["type"] == "period_cap" else c for c in found]


def quarter(date: str) -> str:
    return f"{date[:4]}-Q{(int(date[5:7]) + 2) // 3}"


def counts_from_a_day(c: Record) -> bool:
    """Whether what was paid before would need its dates."""
    return c["type"] == "accreting_cap" or (c["type"] == "recoup_then_split" and "interest" in c)


def tested(found: list[Record]) -> list[Record]:
    """Tests beside tiers: these of parts alone, and no word of tiers where there are none."""
    kinds = {c["type"] for c in found}
    if "springing_rate" not in kinds:
        return found
    changes: dict[str, Record] = {"tiers": {"whole_amount": False}}
    if "tiers" not in kinds:
        changes["springing_rate"] = {"tiers": "replaced"}
    return [c | changes.get(c["type"], {}) for c in found]


def by_buy_out(found: list[Record]) -> list[Record]:
    """No test and no minimum is of days after a buy-out, and no two of the same."""
    last = min([c["on"] for c in found if c["type"] == "buy_out"], default=END)
    kept: dict[Any, Record] = {}
    for i, c in enumerate(found):
        key: Any = i
        if "test_date" in c:
            c = c | {"test_date": min(c["test_date"], last)}
            key = c["test_date"]
        if "since" in c:
            c = c | {"since": min(c["since"], last)}
        if c.get("per") == "term" and c["type"] == "minimum_guarantee":
            c = c | ({"until": min(c["until"], last)} if "until" in c else {})
            key = quarter(c.get("until", last))
        kept.setdefault((c["type"], key), c)
    return list(kept.values())


def total_caps(draw: Any, *, alone: bool) -> list[Record]:
    """One total cap; or the greater of two, tests of it, and a return that is made up for."""
    kinds = [[CAPS[0]], [CAPS[1]]] if alone else [[CAPS[0]], [CAPS[1]], CAPS]
    caps = draw(st.sampled_from(kinds))
    found = [draw(cap) for cap in caps]
    if alone:
        return found
    if caps[0] is CAPS[0]:
        found += combined(draw, [SPRINGING_CAP], 1)
    return found + combined(draw, [TRUE_UP], 1)


def combined(draw: Any, kinds: list[st.SearchStrategy[Record]], most: int) -> list[Record]:
    chosen = draw(st.lists(st.sampled_from(range(len(kinds))), unique=True, max_size=most))
    return [draw(kinds[i]) for i in chosen]


@st.composite
def contracts(
    draw: Any,
    *,
    cap: bool = True,
    capped: bool = False,
    later: bool = True,
    formulas: str = "any",
    without: frozenset[str] = frozenset(),
) -> Record:
    """A deal of one leg with a random combination of clauses; formulas may be any, rising, none.

    With `cap` it may have a total cap, with `capped` it has.
    """
    found = combined(draw, [held for kind, held in ACCRUALS.items() if kind not in without], 4)
    leg: Record = {"already_paid": draw(amount(0.0, 10.0)) if found else 0.0}
    if capped or (cap and draw(st.booleans())):
        if draw(st.booleans()):
            found += total_caps(draw, alone=capped)
        else:
            leg["cap"] = draw(by_date(amount(1.0, 60.0), rising=True))
            found += [] if capped else combined(draw, [TRUE_UP], 1)
        found += combined(draw, CAPPED, 1)
        leg["accrual_start"] = draw(st.sampled_from([None, "2025-11-10", "2026-10-01"]))
    if later:
        found += combined(draw, ENDINGS, 1) + combined(draw, PAYMENTS, 2)
        found += combined(draw, [CLAWBACK], 1)
        leg["loss_events"] = draw(st.sampled_from([[], ["default"]]))
    found += [more for c in list(found) if draw(st.booleans()) for more in second(draw, c)]
    if formulas != "none" and draw(st.booleans()):
        formula = custom(draw, rising=formulas == "rising")
        if {"cap_multiple", "accreting_cap"} <= {c["type"] for c in found}:
            formula |= {
                "stage": "accrual",
                "formula": formula["formula"].replace("payment", "accrual"),
            }
        found.append(formula)
    kinds = {c["type"] for c in found}
    for pair in EXCLUDED:
        if pair <= kinds:
            found = [c for c in found if c["type"] != sorted(pair)[0]]
    found = tested(with_room(by_buy_out(found)))
    if any(counts_from_a_day(c) for c in found) or not found:
        leg["already_paid"] = 0.0
    measures_years = any(c.get("per") == "year" or c["type"] == "catch_up" for c in found)
    year_starts = [None, "2025-04-01", "2030-10-01"] if measures_years else [None]
    rates = amount(0.01, 0.9)
    is_one_rate = any(c.get("whole_amount") for c in found)
    record = share_deal(
        {y: draw(amount(5.0, 80.0)) for y in range(2025, 2030)}, volatility=draw(amount(0.0, 0.6))
    )
    return changed(
        record,
        valuation_date=TODAY,
        streams__other={"type": "forecast", "annual": dict.fromkeys(range(2025, 2030), 9.0)},
        discount_rate=draw(amount(0.0, 0.3)),
        events={name: {"hazard": draw(amount(0.0, 1.0))} for name in EVENTS},
        **{
            f"legs__share__{key}": held
            for key, held in {
                "rate": draw(rates if is_one_rate else by_date(rates)),
                "start": START,
                "end": END,
                "payment_lag": draw(st.sampled_from([0, 45])),
                "settlement": draw(st.sampled_from(["period", "half_year", "year"])),
                "year_start": draw(st.sampled_from(year_starts)),
                "investment": draw(amount(1.0, 30.0)),
                "stop_events": draw(st.sampled_from([[], ["stop"]])),
                "clauses": {f"c{i}": c for i, c in enumerate(found)},
                **leg,
            }.items()
        },
    )
