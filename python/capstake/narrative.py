"""Results and terms in sentences, for the memo. Their numbers are those of the tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from capstake import comparison_tables
from capstake.deal_tables import label, quantity_text
from capstake.render import amount_text, cell_text, date_text, estimate_text, money_text
from capstake.tables import Column
from capstake.wording import listed, phrase

if TYPE_CHECKING:
    from capstake.estimates import Correlation, Estimate
    from capstake.valuation import Comparison, Valuation

__all__ = [
    "KeyFigure",
    "cap_sentence",
    "correlation_sentence",
    "gain_sentences",
    "key_figures",
    "reconciliation_sentences",
    "summary",
]

# A change of fewer standard errors than this is not told from none.
_CLEAR = 2.0


class KeyFigure(NamedTuple):
    """One of the few numbers at the head of the memo."""

    name: str
    text: str
    detail: str


def key_figures(valuation: Valuation, compared: Comparison | None) -> list[KeyFigure]:
    """List the few numbers that a reader looks for first."""
    legs = sorted(valuation.of_kind("leg"), key=lambda p: -abs(p.value))
    capped = [leg for leg in legs if valuation.deal.legs[leg.name].cap is not None]
    pair = _main_pair(valuation, [leg.name for leg in capped])
    names = [leg.name for leg in (capped or legs)[:1]] + ([pair[1]] if pair else [])
    figures = [_value_figure(valuation.label(n), valuation, valuation[n].estimate) for n in names]
    if capped:
        cap = valuation.cap(capped[0].name)
        assert cap is not None
        chance = cell_text(cap.probability, Column("", "probability"))
        value, _, error = chance.partition(" ")
        figures.insert(1, KeyFigure("The cap is reached", value, error))
    if compared is not None:
        rows = _holders(compared)
        if rows:
            row = max(rows, key=lambda row: abs(row[3].value))
            figures.append(_value_figure(f"{row[0]}, change", valuation, row[3], signed=True))
    return figures


def _value_figure(
    name: str, valuation: Valuation, estimate: Estimate, *, signed: bool = False
) -> KeyFigure:
    value, _, error = estimate_text(estimate, signed=signed).partition(" ")
    return KeyFigure(name, value, f"{error} {valuation.money}")


def summary(valuation: Valuation, compared: Comparison | None) -> list[str]:
    """Say in a few sentences what came out: values, caps, who gained, how it moves together."""
    sentences = []
    legs = sorted(valuation.of_kind("leg"), key=lambda p: -abs(p.value))
    capped = [leg.name for leg in legs if valuation.deal.legs[leg.name].cap is not None]
    for name in capped[:2] or [leg.name for leg in legs[:1]]:
        sentences.append(_leg_value(valuation, name))
    sentences += [s for name in capped[:2] if (s := cap_sentence(valuation, name))]
    main = _main_pair(valuation, capped)
    if main is not None:
        sentences.append(_stake_value(valuation, main[1]))
    if compared is not None:
        sentences += gain_sentences(compared)[:1]
    return [*sentences, *filter(None, [correlation_sentence(valuation)])]


def _main_pair(valuation: Valuation, capped: list[str]) -> tuple[str, str] | None:
    """Choose the leg and the stake to speak of: of one holder where there is one with both."""
    stakes = sorted(valuation.of_kind("stake"), key=lambda p: -abs(p.value))
    legs = capped or [leg.name for leg in valuation.of_kind("leg")]
    if not stakes:
        return None
    for leg in legs:
        for stake in stakes:
            if valuation.deal.stakes[stake.name].holder == valuation.deal.legs[leg].receiver:
                return leg, stake.name
    return (legs[0] if legs else ""), stakes[0].name


def _leg_value(valuation: Valuation, name: str) -> str:
    deal = valuation.deal
    leg = deal.legs[name]
    low, high = (p.value for p in valuation[name].percentiles((5, 95)))
    return (
        f"The contract “{valuation.label(name)}”, under which {label(deal, leg.payer)} pays "
        f"{label(deal, leg.receiver)} {phrase(deal, leg.rate, 'share', 'a share')} of "
        f"{label(deal, leg.base)}, is worth {_estimate(valuation, valuation[name].estimate)} to "
        f"{label(deal, leg.receiver)}; nine outcomes in ten lie between {_money(valuation, low)} "
        f"and {_money(valuation, high)}."
    )


def cap_sentence(valuation: Valuation, name: str) -> str:
    """Say how likely a leg's cap is reached, and when; nothing for a leg without a cap."""
    cap, amount = valuation.cap(name), valuation.deal.legs[name].cap
    if cap is None or amount is None:
        return ""
    of = f"of “{valuation.label(name)}”"
    if amount.is_constant:
        of = f"of {quantity_text(valuation.deal, amount, 'money')} on “{valuation.label(name)}”"
    if cap.probability.value == 0.0:
        return f"The cap {of} is reached on none of the simulated paths."
    chance = cell_text(cap.probability, Column("", "probability")).replace(" ", "\xa0")
    middle = next((day for percent, day in cap.dates if percent == 50.0), None)
    when = (
        f"half of all outcomes have reached it by {date_text(middle)}"
        if middle is not None
        else "fewer than half of all outcomes ever reach it"
    )
    return f"The cap {of} is reached with a probability of {chance}; {when}."


def _stake_value(valuation: Valuation, name: str) -> str:
    deal = valuation.deal
    stake = deal.stakes[name]
    part = phrase(deal, stake.fraction, "share", "a part")
    text = (
        f"The stake of {label(deal, stake.holder)}, {part} of {label(deal, stake.company)} "
        "today, is worth "
        f"{_estimate(valuation, valuation[name].estimate)}"
    )
    r = valuation.reconciliation(name)
    if r is None:
        low, high = (p.value for p in valuation[name].percentiles((5, 95)))
        return (
            f"{text}; nine outcomes in ten lie between {_money(valuation, low)} and "
            f"{_money(valuation, high)}."
        )
    price = stake.fraction.value * r.last_round
    return f"{text}, against {_money(valuation, price)} at the price of the last round."


def gain_sentences(compared: Comparison) -> list[str]:
    """Say who gained by the change of terms, and from what."""
    rows = comparison_tables.changes_by_party(compared).rows[:-1]
    payers = _charged_parties(compared)
    moved = sorted(_holders(compared), key=lambda row: -row[3].value)
    clear = [row for row in moved if _is_clear(row[3])]
    unclear = [row[0] for row in moved if not _is_clear(row[3]) and row[3].standard_error > 0]
    parts = [
        f"{name} {_estimate(compared.new, change, magnitude=True)} "
        f"{'better' if change.value > 0 else 'worse'} off"
        for name, _, _, change in clear
    ]
    sentences = []
    if parts:
        sentences.append(f"The change of terms leaves {listed(parts)}.")
    if unclear or not parts:
        sentences.append(
            f"For {listed(unclear) or 'every party'} the simulation cannot tell the change from "
            "none: it is less than two of its standard errors."
        )
    for name, contracts, stakes, _ in clear:
        if _is_clear(contracts) and _is_clear(stakes):
            sentences.append(
                f"For {name} the contracts by themselves are worth {_change(compared, contracts)}, "
                f"and the stakes {_change(compared, stakes)}."
            )
    for row in rows:
        if row[0] in payers and _is_clear(row[1]):
            verb = "less" if row[1].value > 0 else "more"
            amount = _estimate(compared.new, row[1], magnitude=True)
            sentences.append(
                f"{row[0]} itself pays {amount} {verb} on balance, in present value. That is not "
                "a gain on top of the others: it reaches the holders of its equity, whose stakes "
                "change by it."
            )
    return sentences


def _holders(compared: Comparison) -> list[tuple[Any, ...]]:
    """Rows of the changes by party without companies whose contracts fall on their holders."""
    rows = comparison_tables.changes_by_party(compared).rows[:-1]
    payers = _charged_parties(compared)
    return [row for row in rows if row[0] not in payers]


def _charged_parties(compared: Comparison) -> set[str]:
    return {
        label(deal, company.party)
        for deal in (compared.old.deal, compared.new.deal)
        for company in deal.companies.values()
        if company.charges_legs
    }


def _is_clear(change: Estimate) -> bool:
    return abs(change.value) > _CLEAR * change.standard_error and change.value != 0.0


def _change(compared: Comparison, change: Estimate) -> str:
    more = "more" if change.value > 0 else "less"
    return f"{_estimate(compared.new, change, magnitude=True)} {more}"


def correlation_sentence(valuation: Valuation) -> str:
    """Say how the main contract and its receiver's stake move together; nothing without both."""
    capped = [name for name, leg in valuation.deal.legs.items() if leg.cap is not None]
    leg, stake = _main_pair(valuation, capped) or ("", "")
    if not leg or not stake:
        return ""
    rho = valuation.correlation(leg, stake)
    if math.isnan(rho.value):
        return ""
    return (
        f"“{valuation.label(leg)}” and “{valuation.label(stake)}” {_together(rho)}: the "
        f"correlation of their present values is {cell_text(rho.value, Column('', 'ratio'))}."
    )


def _together(rho: Correlation) -> str:
    size = abs(rho.value)
    if size < 0.1:
        return "hardly move together"
    strength = "weakly" if size < 0.4 else "moderately" if size < 0.7 else "strongly"
    return f"move {strength} {'together' if rho.value > 0 else 'against each other'}"


def reconciliation_sentences(valuation: Valuation) -> list[str]:
    """Say how each company's modelled equity compares with its last round."""
    sentences = []
    seen: set[str] = set()
    for stake in valuation.of_kind("stake"):
        r = valuation.reconciliation(stake.name)
        if r is None or r.company in seen:
            continue
        seen.add(r.company)
        used, implied = r.discount_rate, r.implied_equity
        side = "below" if implied.value < r.last_round else "above"
        name = label(valuation.deal, r.company)
        percent = Column("", "percent")
        text = (
            f"Divided by its share of {name}, “{valuation.label(stake.name)}” implies that all of "
            f"{name}'s equity is worth {_estimate(valuation, implied)} today, {side} the "
            f"{_money(valuation, r.last_round)} of the last round. "
        )
        if r.reconciling_rate is None:
            text += "No discount rate between -50% and 1,000% would reconcile the two."
        else:
            text += (
                f"The two would agree at a discount rate of "
                f"{cell_text(r.reconciling_rate, percent)} a year in place of "
                f"{cell_text(used, percent)}."
            )
        sentences.append(text)
    return sentences


def _estimate(valuation: Valuation, estimate: Estimate, *, magnitude: bool = False) -> str:
    text = estimate_text(estimate)
    if magnitude:
        text = text.replace("(", "").replace(")", "")
    return amount_text(text, valuation.money)


def _money(valuation: Valuation, value: float) -> str:
    return amount_text(money_text(value), valuation.money)
