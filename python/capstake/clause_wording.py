"""What a clause of a revenue share says, in words and with its numbers: a part for each type."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from capstake import _core
from capstake.deal_words import days_text, formula_text, label, listed
from capstake.field_tables import type_of
from capstake.leg_wording import counted_phrase, is_zero, phrase, year_phrase
from capstake.render import date_text

if TYPE_CHECKING:
    from capstake._core import Deal, Number, RevenueShare

__all__ = ["clause_terms"]


def clause_terms(deal: Deal, leg: RevenueShare, name: str) -> str:
    """Say what a clause of a leg does, with its numbers, to follow its name and a colon."""
    clause = leg.clauses[name]
    return _WORDS[type_of(clause)](deal, leg, clause)


def _money(deal: Deal, number: Number) -> str:
    return phrase(deal, number, "money", "an amount")


def _rate(deal: Deal, number: Number) -> str:
    return "nothing" if is_zero(number) else phrase(deal, number, "share", "a share")


def _span(deal: Deal, leg: RevenueShare, per: str) -> str:
    return {
        "period": f"a {deal.frequency}",
        "year": f"a {year_phrase(leg)}",
        "term": "the whole term",
    }[per]


def _before(deal: Deal, number: Number) -> str:
    if is_zero(number):
        return ""
    return f", counting {_money(deal, number)} from before the first day that is shared"


def _has(leg: RevenueShare, kind: type) -> bool:
    return any(isinstance(each, kind) for each in leg.clauses.values())


def _price(deal: Deal, leg: RevenueShare, clause: Any) -> str:
    """Say an amount that stands in money or as a multiple of the investment."""
    if clause.amount is not None:
        return _money(deal, clause.amount)
    return _multiple(deal, leg, clause.multiple)


def _multiple(deal: Deal, leg: RevenueShare, number: Number) -> str:
    times = phrase(deal, number, "x", "a multiple")
    of = "the investment"
    if leg.investment is not None:
        of += f" of {_money(deal, leg.investment)}"
    if " from " in times:
        return f"a multiple of {of} ({times})"
    return f"{times} times {of}"


def _interest(deal: Deal, number: Number | None) -> str:
    if number is None or is_zero(number):
        return "without interest"
    return f"with interest of {phrase(deal, number, '1/yr', 'a rate')}"


def _since(leg: RevenueShare, clause: Any) -> str:
    return f"from {date_text(clause.since or leg.start)} on"


def _tiers(deal: Deal, leg: RevenueShare, clause: _core.Tiers) -> str:
    of = f"revenue of {_span(deal, leg, clause.per)}"
    steps = [
        f"{_rate(deal, rate)} above {_money(deal, level)}"
        for level, rate in zip(clause.above, clause.rates, strict=True)
    ]
    text = f"by the {of}{_before(deal, clause.revenue_before)} the share is {listed(steps)}; "
    if clause.whole_amount:
        return f"{text}the rate that is reached applies to all {of}"
    return f"{text}each rate applies to the revenue within its tier"


def _threshold(deal: Deal, leg: RevenueShare, clause: _core.Threshold) -> str:
    level, of = _money(deal, clause.amount), _span(deal, leg, clause.per)
    counted = _before(deal, clause.revenue_before)
    return f"only the revenue of {of} above {level} is shared{counted}"


def _springing_rate(deal: Deal, leg: RevenueShare, clause: _core.SpringingRate) -> str:
    measured = f"what {label(deal, leg.receiver)} has been paid by then"
    if _has(leg, _core.Deferral):
        measured += ", deferred parts included,"
    if clause.measure == "revenue":
        before = _before(deal, clause.revenue_before)
        measured = f"the revenue shared so far{before}{',' if before else ''}"
    text = (
        f"on {date_text(clause.test_date)} it is tested whether {measured} has reached "
        f"{_money(deal, clause.target)}; if so the rate "
    )
    met, missed = clause.rate_if_met, clause.rate_if_missed
    text += "stays as it is" if met is None else f"is {_rate(deal, met)} from then on"
    if missed is not None:
        text += f", if not it is {_rate(deal, missed)}"
    else:
        text += ", if not it rises to what would have met the target, at most 100%"
    if not _has(leg, _core.Tiers):
        return text
    if clause.tiers == "scaled":
        return f"{text}; the rates of all tiers change in the same proportion"
    return f"{text}; a rate that is reset holds for all revenue, in place of the tiers"


def _catch_up(deal: Deal, _: RevenueShare, clause: _core.CatchUp) -> str:
    return (
        f"while what has been earned lags behind {_money(deal, clause.target)} a year, a further "
        f"{_rate(deal, clause.rate)} of the revenue is due, until the arrears are made up"
    )


def _minimum_guarantee(deal: Deal, leg: RevenueShare, clause: _core.MinimumGuarantee) -> str:
    span = _span(deal, leg, clause.per)
    if clause.until is not None and clause.until < leg.end:
        span = f"the term until {date_text(clause.until)}"
    text = f"at least {_money(deal, clause.amount)} is earned in {span}"
    if clause.per == "year":
        text += _prorated(clause)
    if clause.recoupable:
        text += "; what tops up one span is credited against what later ones earn above it"
    if _has(leg, _core.PeriodCap):
        text += "; where a limit leaves no room for it, less is made up"
    return text


def _period_cap(deal: Deal, leg: RevenueShare, clause: _core.PeriodCap) -> str:
    text = f"at most {_money(deal, clause.amount)} is earned in {_span(deal, leg, clause.per)}"
    if clause.per == "year":
        text += _prorated(clause)
    return f"{text}; what is above it {'is owed later' if clause.carry_forward else 'is lost'}"


def _prorated(clause: Any) -> str:
    return ", less in proportion where only a part of it is shared" if clause.prorated else ""


def _recoup_then_split(deal: Deal, leg: RevenueShare, clause: _core.RecoupThenSplit) -> str:
    hurdle = _price(deal, leg, clause)
    if clause.interest is not None and not is_zero(clause.interest):
        hurdle += f" {_interest(deal, clause.interest)} {_since(leg, clause)}"
    return f"once {hurdle} has been received, the share is {_rate(deal, clause.rate)}"


def _cap_multiple(deal: Deal, leg: RevenueShare, clause: _core.CapMultiple) -> str:
    total = _multiple(deal, leg, clause.multiple)
    text = f"payments end when they come to {total} in all, {counted_phrase(deal, leg)}"
    return text + _greater(leg, _core.AccretingCap)


def _springing_cap(deal: Deal, leg: RevenueShare, clause: _core.SpringingCap) -> str:
    first = f"since {date_text(clause.since or leg.start)}"
    measured = f"the revenue {first}"
    if clause.measure == "payments":
        measured = f"what {label(deal, leg.receiver)} has been paid"
        measured += f" {first}" if clause.since else ""
    text = (
        f"on {date_text(clause.test_date)} it is tested whether {measured} has reached "
        f"{_money(deal, clause.target)}; for what is paid from then on the cap is"
    )
    results = {"if so": clause.multiple_if_met, "if not": clause.multiple_if_missed}
    parts = [
        f"{'unchanged' if multiple is None else _multiple(deal, leg, multiple)} {result}"
        for result, multiple in results.items()
    ]
    return f"{text} {' and '.join(parts)}"


def _true_up(deal: Deal, leg: RevenueShare, clause: _core.TrueUp) -> str:
    amount = clause.amount if clause.amount is not None else leg.investment
    balance = "the investment" if amount is None else _money(deal, amount)
    counts = ""
    if not (clause.part.is_constant and clause.part.value == 1.0):
        counts = f", for which {_rate(deal, clause.part)} of each payment counts,"
    return (
        f"with the payment that reaches the cap, what is missing to a return of "
        f"{phrase(deal, clause.rate, '1/yr', 'a rate')} on {balance} {_since(leg, clause)}{counts} "
        f"is paid besides"
    )


def _accreting_cap(deal: Deal, leg: RevenueShare, clause: _core.AccretingCap) -> str:
    amount = clause.amount if clause.amount is not None else leg.investment
    balance = "the investment" if amount is None else _money(deal, amount)
    return (
        f"payments end when they have paid back {balance} {_interest(deal, clause.rate)} "
        f"{_since(leg, clause)}{_greater(leg, _core.CapMultiple)}"
    )


def _greater(leg: RevenueShare, other: type) -> str:
    """Say that a leg has two caps, if it has the other one, too."""
    return ", and the leg's other cap has been reached, too" if _has(leg, other) else ""


def _tail_rate(deal: Deal, leg: RevenueShare, clause: _core.TailRate) -> str:
    held = {
        type_of(each)
        for each in leg.clauses.values()
        if not (isinstance(each, _core.Custom) and each.stage == "payment")
    }
    revenue = "the revenue above the threshold" if "threshold" in held else "the revenue"
    text = f"after the cap has been reached, {_rate(deal, clause.rate)} of {revenue} is still due"
    ended = [words for kind, words in _ENDS_WITH_THE_CAP.items() if kind in held]
    return f"{text}, without regard to {listed(ended)}" if ended else text


# What accrues towards the cap by these has no say in the tail.
_ENDS_WITH_THE_CAP = {
    "tiers": "tiers",
    "recoup_then_split": "hurdles",
    "catch_up": "arrears",
    "minimum_guarantee": "minimums",
    "period_cap": "limits",
    "custom": "formulas of accruals",
}


def _balloon(deal: Deal, leg: RevenueShare, clause: _core.Balloon) -> str:
    is_all = clause.part.is_constant and clause.part.value == 1.0
    part = "all that is" if is_all else f"{_rate(deal, clause.part)} of what is"
    last = f"the payment for the last {deal.frequency} until {date_text(leg.end)}"
    return f"with {last}, {part} left under the cap falls due"


def _buy_out(deal: Deal, leg: RevenueShare, clause: _core.BuyOut) -> str:
    return (
        f"{label(deal, leg.payer)} ends the contract on {date_text(clause.on)}, the last day whose "
        f"revenue is shared, and pays {_price(deal, leg, clause)}{_less_paid(clause)}"
    )


def _change_of_control(deal: Deal, leg: RevenueShare, clause: _core.ChangeOfControl) -> str:
    return (
        f"if “{label(deal, clause.event)}” comes, the contract ends and "
        f"{_price(deal, leg, clause)} falls due{_less_paid(clause)}"
    )


def _less_paid(clause: Any) -> str:
    return ", less what has been paid by then" if clause.less_paid else ""


def _deferral(deal: Deal, _: RevenueShare, clause: _core.Deferral) -> str:
    return (
        f"{_rate(deal, clause.part)} of each payment falls due {days_text(clause.days)} later, "
        f"{_interest(deal, clause.interest)}"
    )


def _grace_period(deal: Deal, _: RevenueShare, clause: _core.GracePeriod) -> str:
    return (
        f"nothing is paid before {date_text(clause.until)}; what would fall due earlier is paid on "
        f"that day, {_interest(deal, clause.interest)}"
    )


def _payer_credit(deal: Deal, leg: RevenueShare, clause: _core.PayerCredit) -> str:
    parts = [_credit_spread(deal, leg, clause)]
    if clause.failure:
        part = _rate(deal, clause.recovery)
        parts.append(
            f"after “{label(deal, clause.failure)}” {part} of what falls due is still paid"
        )
    text = ", and ".join(filter(None, parts)) or "no allowance is made"
    return f"for the credit of {label(deal, leg.payer)}, {text}"


def _credit_spread(deal: Deal, leg: RevenueShare, clause: _core.PayerCredit) -> str:
    """Say what the clause adds to discounting; risk-neutral, it replaces the payer's own spread."""
    spread = "" if is_zero(clause.spread) else phrase(deal, clause.spread, "1/yr", "a rate")
    if deal.measure == "real_world":
        more = f"{spread} more than at the contract's rate"
        return f"payments are discounted at {more}" if spread else ""
    text = "payments are discounted at the risk-free rate "
    text += f"and {spread}" if spread else "alone"
    own = deal.parties[leg.payer].credit_spread
    if is_zero(own):
        return text
    whose = f"{label(deal, leg.payer)}'s own spread"
    return f"{text}, in place of {whose} of {phrase(deal, own, '1/yr', 'a rate')}"


def _clawback(deal: Deal, leg: RevenueShare, clause: _core.Clawback) -> str:
    of = "all that it has been paid"
    if clause.look_back:
        of = f"what it has been paid in the {days_text(clause.look_back)} before"
    text = (
        f"if “{label(deal, clause.event)}” comes, {label(deal, leg.receiver)} gives back "
        f"{_rate(deal, clause.part)} of {of}"
    )
    if sum(isinstance(each, _core.Clawback) for each in leg.clauses.values()) > 1:
        text += ", as far as it has not been given back for another event"
    return text


def _custom(_: Deal, __: RevenueShare, clause: _core.Custom) -> str:
    does = "pays" if clause.stage == "payment" else "accrues"
    return f"what a period {does} is {formula_text(clause.formula, clause.numbers)}"


_WORDS: dict[str, Callable[[Deal, RevenueShare, Any], str]] = {
    "tiers": _tiers,
    "threshold": _threshold,
    "springing_rate": _springing_rate,
    "catch_up": _catch_up,
    "minimum_guarantee": _minimum_guarantee,
    "period_cap": _period_cap,
    "recoup_then_split": _recoup_then_split,
    "cap_multiple": _cap_multiple,
    "springing_cap": _springing_cap,
    "accreting_cap": _accreting_cap,
    "true_up": _true_up,
    "tail_rate": _tail_rate,
    "balloon": _balloon,
    "buy_out": _buy_out,
    "change_of_control": _change_of_control,
    "deferral": _deferral,
    "grace_period": _grace_period,
    "payer_credit": _payer_credit,
    "clawback": _clawback,
    "custom": _custom,
}
