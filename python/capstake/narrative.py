"""Results and terms in sentences, for the memo. Their numbers are those of the tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from capstake import deal_tables, tables
from capstake.deal_tables import label, quantity_text
from capstake.render import amount_text, cell_text, date_text, estimate_text, money_text
from capstake.tables import Column

if TYPE_CHECKING:
    from capstake._core import Deal, Number
    from capstake.valuation import Comparison, Correlation, Estimate, Valuation

__all__ = [
    "KeyFigure",
    "cap_sentence",
    "company_terms",
    "correlation_sentences",
    "event_terms",
    "gain_sentences",
    "key_figures",
    "leg_terms",
    "reconciliation_sentences",
    "stake_terms",
    "statuses",
    "subject",
    "summary",
]

# A change of fewer standard errors than this is not told from none.
_CLEAR = 2.0


class KeyFigure(NamedTuple):
    """One of the few numbers at the head of the memo."""

    name: str
    text: str
    detail: str


def subject(deal: Deal) -> str:
    """Say what is valued: ``2 contracts, 2 stakes``."""
    counts = ((len(deal.legs), "contract"), (len(deal.stakes), "stake"))
    return ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in counts if n)


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
        figures.insert(1, KeyFigure("Probability that the cap is reached", value, error))
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


def statuses(deal: Deal) -> str:
    """Say how many of a deal's numbers are official, reported, derived or assumed."""
    counts = deal_tables.statuses(deal).rows
    parts = [f"{n} {'is' if n == 1 else 'are'} {status}" for status, n in counts[:-1]]
    return f"Of {counts[-1][1]} numbers {_listed(parts)}."


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
    if main is not None and main[0]:
        sentences += correlation_sentences(valuation, [main])
    return sentences


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
        f"{label(deal, leg.receiver)} {_phrase(deal, leg.rate, 'share', 'a share')} of "
        f"{label(deal, leg.base)}, is worth {_estimate(valuation, valuation[name].estimate)} to "
        f"{label(deal, leg.receiver)}; nine outcomes in ten lie between {_money(valuation, low)} "
        f"and {_money(valuation, high)}."
    )


def cap_sentence(valuation: Valuation, name: str) -> str:
    """Say how likely a leg's cap is reached, and when; nothing for a leg without a cap."""
    cap = valuation.cap(name)
    if cap is None:
        return ""
    of = f"of “{valuation.label(name)}”"
    amount = valuation.deal.legs[name].cap
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
    text = (
        f"The stake of {label(deal, stake.holder)}, {_phrase(deal, stake.fraction, 'share', 'a part')} "
        f"of {label(deal, stake.company)} today, is worth "
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
    rows = tables.changes_by_party(compared).rows[:-1]
    payers = _charged_parties(compared)
    moved = sorted(_holders(compared), key=lambda row: -row[3].value)
    clear = [row for row in moved if _is_clear(row[3])]
    unclear = [row[0] for row in moved if not _is_clear(row[3]) and row[3].standard_error > 0]
    parts = [f"{row[0]} {_gains(compared, row[3])}" for row in clear]
    sentences = []
    if parts:
        sentences.append(f"By the change of terms {_listed(parts)}.")
    if unclear or not parts:
        who = _listed(unclear) or "any party"
        sentences.append(
            f"For {who} the simulation cannot tell the change from none (it is less than two of "
            "its standard errors)."
        )
    for name, contracts, stakes, _ in clear:
        if _is_clear(contracts) and _is_clear(stakes):
            sentences.append(
                f"{name}’s contracts change by {_change(compared, contracts)} and its stakes by "
                f"{_change(compared, stakes)}."
            )
    for row in rows:
        if row[0] in payers and _is_clear(row[1]):
            verb = "less" if row[1].value > 0 else "more"
            amount = _estimate(compared.new, row[1], magnitude=True)
            sentences.append(
                f"{row[0]} itself pays {amount} {verb} on balance, in present value. That is not "
                "a gain on top of the others: it reaches the holders of its equity, whose stakes "
                f"change by it."
            )
    return sentences


def _holders(compared: Comparison) -> list[tuple[Any, ...]]:
    """Rows of the changes by party without companies whose contracts fall on their holders."""
    rows = tables.changes_by_party(compared).rows[:-1]
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


def _gains(compared: Comparison, change: Estimate) -> str:
    verb = "gains" if change.value > 0 else "loses"
    return f"{verb} {_estimate(compared.new, change, magnitude=True)}"


def _change(compared: Comparison, change: Estimate) -> str:
    return amount_text(estimate_text(change, signed=True), compared.new.money)


def correlation_sentences(
    valuation: Valuation, pairs: list[tuple[str, str]] | None = None
) -> list[str]:
    """Say how the present values of legs and stakes move together."""
    if pairs is None:
        pairs = [(a.name, b.name) for a in valuation.of_kind("leg") for b in
                 valuation.of_kind("stake")]
    sentences = []
    for leg, stake in pairs:
        rho = valuation.correlation(leg, stake)
        if not math.isnan(rho.value):
            sentences.append(
                f"“{valuation.label(leg)}” and “{valuation.label(stake)}” {_together(rho)}: the "
                "correlation of their present values is "
                f"{cell_text(rho.value, Column('', 'ratio'))}."
            )
    return sentences


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
            f"{name}’s equity is worth {_estimate(valuation, implied)} today, {side} the "
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


def leg_terms(deal: Deal, name: str) -> str:
    """Say a leg's terms in words."""
    leg = deal.legs[name]
    text = (
        f"{label(deal, leg.payer)} pays {label(deal, leg.receiver)} "
        f"{_phrase(deal, leg.rate, 'share', 'a share')} of {label(deal, leg.base)} from "
        f"{date_text(leg.start)} to {date_text(leg.end)}"
    )
    if leg.cap is None:
        text += ", without a cap."
    else:
        counted = leg.accrual_start or leg.start
        text += (
            f", until {_phrase(deal, leg.cap, 'money', 'an amount')} has been paid in total, counting "
            f"what is earned from {date_text(counted)}"
        )
        if leg.already_paid.is_constant and leg.already_paid.value == 0.0:
            text += "."
        else:
            paid = _phrase(deal, leg.already_paid, "money", "an amount")
            text += f" and {paid} paid before."
    when = "on the last day of each period"
    if leg.payment_lag:
        days = "day" if leg.payment_lag == 1 else "days"
        when = f"{leg.payment_lag:,} {days} after the end of each {deal.frequency}"
    text += f" Payment falls due {when}."
    if leg.stop_events:
        events = _listed([f"“{label(deal, event)}”" for event in leg.stop_events], "or")
        text += f" Nothing more is earned after {events}."
    return text


def stake_terms(deal: Deal, name: str) -> str:
    """Say in words what a stake is."""
    stake = deal.stakes[name]
    text = (
        f"{label(deal, stake.holder)} owns {_phrase(deal, stake.fraction, 'share', 'a part')} of "
        f"{label(deal, stake.company)} today"
    )
    losses = []
    if not _is_zero(stake.dilution):
        losses.append(f"{quantity_text(deal, stake.dilution, 'share')} of the stake a year to new "
                      "shares")
    if not _is_zero(stake.issue_at_exit):
        losses.append(f"{quantity_text(deal, stake.issue_at_exit, 'share')} of it to shares issued "
                      "at the exit")
    return f"{text}, and loses {_listed(losses)}." if losses else f"{text}, without dilution."


def company_terms(deal: Deal, name: str) -> str:
    """Say in words how a company's equity is valued."""
    company = deal.companies[name]
    text = (
        f"{label(deal, name)}’s equity is worth {quantity_text(deal, company.multiple, 'x')} times "
        f"its annualised {label(deal, company.revenue)} at the valuation date"
    )
    if company.long_run_multiple is not None:
        text += f", a multiple that moves towards {quantity_text(deal, company.long_run_multiple, 'x')}"
    text += f". It is sold on {date_text(company.exit_date)}"
    if company.exit:
        text += f", or earlier at “{label(deal, company.exit)}”"
    text += "."
    if company.failure:
        kept = quantity_text(deal, company.recovery, "share")
        text += f" After “{label(deal, company.failure)}” its holders keep {kept} of it."
    if company.charges_legs:
        text += " What it pays under the contracts lowers its equity."
    return text


def event_terms(deal: Deal, name: str) -> str:
    """Say in words what an event is and how likely."""
    event = deal.events[name]
    meaning = event.meaning.strip().rstrip(".")
    text = f"{label(deal, name)}: {meaning}. " if meaning else f"{label(deal, name)}. "
    return f"{text}Its hazard rate is {quantity_text(deal, event.hazard, '1/yr')}."


def _phrase(deal: Deal, number: Number, unit: str, noun: str) -> str:
    """Put a number into a sentence: ``20%``, or ``a share that is uncertain, between ...,``."""
    text = quantity_text(deal, number, unit)
    return f"{noun} that is {text}," if text.startswith("uncertain") else text


def _is_zero(number: Number) -> bool:
    return number.is_constant and number.value == 0.0


def _estimate(valuation: Valuation, estimate: Estimate, *, magnitude: bool = False) -> str:
    text = estimate_text(estimate)
    if magnitude:
        text = text.replace("(", "").replace(")", "")
    return amount_text(text, valuation.money)


def _money(valuation: Valuation, value: float) -> str:
    return amount_text(money_text(value), valuation.money)


def _listed(parts: list[str], word: str = "and") -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"
