"""Results and terms in sentences, for the memo. Their numbers are those of the tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from capstake import comparison_tables, tables
from capstake.cap_terms import cap_amount
from capstake.deal_words import label, listed
from capstake.leg_wording import payment_phrase, phrase
from capstake.render import NO_ERROR, Cell, amount_text, cell_text, cells, date_text, plain_text
from capstake.tables import Column

if TYPE_CHECKING:
    from capstake._core import Deal
    from capstake.comparison import Comparison
    from capstake.estimates import Correlation, Estimate
    from capstake.valuation import Valuation

__all__ = [
    "KeyFigure",
    "cap_sentence",
    "correlation_sentence",
    "gain_sentences",
    "key_figures",
    "reconciliation_sentences",
    "run_sentences",
    "summary",
]

# A change of fewer standard errors than this is not told from none.
_CLEAR = 2.0
_ENDS = (5.0, 50.0, 95.0)


class KeyFigure(NamedTuple):
    """One of the few numbers at the head of the memo."""

    name: str
    text: str
    detail: str


class _Change(NamedTuple):
    """A party's row of the changes: its name, and each change as a number and as printed."""

    name: str
    amounts: tuple[Estimate, Estimate, Estimate]  # of its contracts, its stakes, its position
    printed: tuple[Cell, Cell, Cell]


def key_figures(valuation: Valuation, compared: Comparison | None) -> list[KeyFigure]:
    """List the few numbers that a reader looks for first."""
    figures = []
    legs = _main_legs(valuation)
    for name in legs[:1]:
        figures.append(
            _money_figure(valuation, valuation.label(name), _value_cells(valuation)[name])
        )
        cap = valuation.cap(name)
        if cap is not None:
            value, _, error = _probability(cap.probability).partition(" ")
            figures.append(KeyFigure("The cap is reached", value, error))
    stake = _main_stake(valuation)
    if stake:
        cell = _value_cells(valuation)[stake]
        figures.append(_money_figure(valuation, valuation.label(stake), cell))
    moved = (
        sorted(_changes(compared)[0], key=lambda c: -abs(c.amounts[2].value)) if compared else []
    )
    for change in moved[:1]:
        figures.append(_money_figure(valuation, f"{change.name}, change", change.printed[2]))
    return figures


def _money_figure(valuation: Valuation, name: str, cell: Cell) -> KeyFigure:
    return KeyFigure(name, cell.text, f"{cell.error} {valuation.money}")


def summary(valuation: Valuation, compared: Comparison | None) -> list[str]:
    """Say in a few sentences what came out: values, caps, who gained, how it moves together."""
    legs = _main_legs(valuation)
    stake = _main_stake(valuation)
    sentences = [_leg_value(valuation, name) for name in legs]
    sentences += [cap_sentence(valuation, name) for name in legs]
    sentences += [_stake_value(valuation, stake)] if stake else []
    sentences += gain_sentences(compared)[:1] if compared else []
    sentences.append(correlation_sentence(valuation))
    return [sentence for sentence in sentences if sentence]


def _main_legs(valuation: Valuation) -> list[str]:
    """Choose the legs to speak of: the two largest with a cap, else the largest."""
    legs = sorted(valuation.of_kind("leg"), key=lambda leg: -abs(leg.value))
    capped = [leg for leg in legs if valuation.reaches_cap(leg.name) is not None]
    return [leg.name for leg in capped[:2] or legs[:1]]


def _main_stake(valuation: Valuation) -> str:
    """Choose the stake to speak of: the receiver's of a main leg where it has one."""
    stakes = sorted(valuation.of_kind("stake"), key=lambda stake: -abs(stake.value))
    holders = {valuation.deal.stakes[stake.name].holder: stake.name for stake in reversed(stakes)}
    receivers = [valuation.deal.legs[name].receiver for name in _main_legs(valuation)]
    names = [holders[r] for r in receivers if r in holders] + [stake.name for stake in stakes]
    return names[0] if names else ""


def _value_cells(valuation: Valuation) -> dict[str, Cell]:
    rows = cells(tables.positions(valuation, _ENDS))
    return {name: row[2] for name, row in zip(valuation, rows, strict=True)}


def _nine_in_ten(valuation: Valuation, name: str) -> str:
    rows = cells(tables.positions(valuation, _ENDS))
    row = dict(zip(valuation, rows, strict=True))[name]
    low, high = (_amount(valuation, row[i]) for i in (3, 5))
    return f"nine outcomes in ten lie between {low} and {high}"


def _leg_value(valuation: Valuation, name: str) -> str:
    deal = valuation.deal
    leg = deal.legs[name]
    payer, receiver = (label(deal, key) for key in (leg.payer, leg.receiver))
    value = _amount(valuation, _value_cells(valuation)[name])
    return (
        f"The contract “{valuation.label(name)}”, under which {payer} pays {receiver} "
        f"{payment_phrase(deal, leg)}, is worth {value} to {receiver}; "
        f"{_nine_in_ten(valuation, name)}."
    )


def cap_sentence(valuation: Valuation, name: str) -> str:
    """Say how likely a leg's cap is reached, and when; nothing for a leg without a cap."""
    cap, amount = valuation.cap(name), cap_amount(valuation.deal.legs[name])
    if cap is None:
        return ""
    of = f"of “{valuation.label(name)}”"
    if amount is not None:
        total = amount_text(plain_text(amount), valuation.money)
        of = f"of {total} on “{valuation.label(name)}”"
    if cap.probability.value == 0.0:
        return f"The cap {of} is reached on none of the simulated paths."
    chance = f"with a probability of {_probability(cap.probability)}".replace(" ± ", "\xa0±\xa0")
    if cap.probability.value == 1.0:
        chance = "on each of the simulated paths"
    middle = next((day for percent, day in cap.dates if percent == 50.0), None)
    when = (
        f"half of all outcomes have reached it by {date_text(middle)}"
        if middle is not None
        else "fewer than half of all outcomes ever reach it"
    )
    return f"The cap {of} is reached {chance}; {when}."


def _stake_value(valuation: Valuation, name: str) -> str:
    deal = valuation.deal
    stake = deal.stakes[name]
    part = phrase(deal, stake.fraction, "share", "a part")
    value = _amount(valuation, _value_cells(valuation)[name])
    text = (
        f"The stake of {label(deal, stake.holder)}, {part} of {label(deal, stake.company)} today, "
        f"is worth {value}"
    )
    row = _reconciliation_rows(valuation).get(name)
    if row is None:
        return f"{text}; {_nine_in_ten(valuation, name)}."
    return f"{text}, against {_amount(valuation, row[2])} at the price of the last round."


def gain_sentences(compared: Comparison) -> list[str]:
    """Say who gained by the change of terms, and from what."""
    holders, payers = _changes(compared)
    moved = sorted(holders, key=lambda change: -change.amounts[2].value)
    clear = [change for change in moved if _is_clear(change.amounts[2])]
    unclear = [
        change.name
        for change in moved
        if not _is_clear(change.amounts[2]) and change.amounts[2].standard_error > 0
    ]
    sentences = []
    if clear:
        parts = [f"{c.name} {_size(compared, c, 2)} {_way(c, 2, 'better')} off" for c in clear]
        sentences.append(f"The change of terms leaves {listed(parts)}.")
    if unclear:
        sentences.append(
            f"For {listed(unclear)} the simulation cannot tell the change from none: it is less "
            "than two of its standard errors."
        )
    if not clear and not unclear:
        sentences.append("The change of terms leaves every party's position as it was.")
    for c in clear:
        if _is_clear(c.amounts[0]) and _is_clear(c.amounts[1]):
            sentences.append(
                f"For {c.name} the contracts by themselves are worth {_size(compared, c, 0)} "
                f"{_way(c, 0)}, and the stakes {_size(compared, c, 1)} {_way(c, 1)}."
            )
    for c in payers:
        if _is_clear(c.amounts[0]):
            verb = "less" if c.amounts[0].value > 0 else "more"
            sentences.append(
                f"{c.name} itself pays {_size(compared, c, 0)} {verb} on balance, in present "
                "value. That does not add to the others' changes: it reaches the holders of its "
                "equity, whose stakes change by it."
            )
    return sentences


def _changes(compared: Comparison) -> tuple[list[_Change], list[_Change]]:
    """Split the changes by party: holders, and companies whose contracts fall on holders."""
    table = comparison_tables.changes_by_party(compared)
    rows = list(zip(table.rows, cells(table), strict=True))[: -table.n_totals]
    charged = {
        label(deal, company.party)
        for deal in (compared.old.deal, compared.new.deal)
        for company in deal.companies.values()
        if company.charges_legs
    }
    changes = [
        _Change(row[0], (row[1], row[2], row[3]), (printed[1], printed[2], printed[3]))
        for row, printed in rows
    ]
    return (
        [change for change in changes if change.name not in charged],
        [change for change in changes if change.name in charged],
    )


def _is_clear(change: Estimate) -> bool:
    return abs(change.value) > _CLEAR * change.standard_error and change.value != 0.0


def _size(compared: Comparison, change: _Change, which: int) -> str:
    cell = change.printed[which]
    return _amount(compared.new, Cell(cell.text.strip("+()"), cell.error))


def _way(change: _Change, which: int, up: str = "more") -> str:
    down = {"more": "less", "better": "worse"}
    return up if change.amounts[which].value > 0 else down[up]


def correlation_sentence(valuation: Valuation) -> str:
    """Say how the main contract and stake move together; nothing without both."""
    leg, stake = next(iter(_main_legs(valuation)), ""), _main_stake(valuation)
    rho = valuation.correlation(leg, stake) if leg and stake else None
    if rho is None or math.isnan(rho.value):
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
    for stake, row in _reconciliation_rows(valuation).items():
        r = valuation.reconciliation(stake)
        if r is None or r.company in seen:
            continue
        seen.add(r.company)
        name = label(valuation.deal, r.company)
        side = "below" if r.implied_equity.value < r.last_round else "above"
        text = (
            f"Divided by its share of {name}, “{valuation.label(stake)}” implies that all of "
            f"{name}'s equity is worth {_amount(valuation, row[3])} today, {side} the "
            f"{_amount(valuation, row[4])} of the last round. "
        )
        if r.reconciling_rate is None:
            text += "No discount rate between -50% and 1,000% would reconcile the two."
        else:
            text += f"The two would agree at a discount rate of {row[6]} a year, not {row[5]}."
        sentences.append(text)
    return sentences


def _reconciliation_rows(valuation: Valuation) -> dict[str, list[Cell]]:
    """Return the printed rows of the reconciliation by the name of the stake."""
    stakes = [s.name for s in valuation.of_kind("stake") if valuation.reconciliation(s.name)]
    return dict(zip(stakes, cells(tables.reconciliation(valuation)), strict=True))


def run_sentences(valuation: Valuation, *others: Deal) -> list[str]:
    """Say which run gave the values, how precise they are, what ended it, and how events count.

    ``others`` are the deals that were simulated together with the valuation's: a run tells of the
    events of all of them.
    """
    run = valuation.run
    ending = run.ending + _furthest(valuation)
    said = [f"The values are means over {run.points}; {_precision(valuation)}, and {ending}."]
    deals = {event: deal for deal in (*others, valuation.deal) for event in deal.events}
    names = {event: label(deals[event.name], event.name) for event in run.events}
    whole = [name for event, name in names.items() if not event.placed and not event.sampled]
    if whole:
        verb = "is" if len(whole) == 1 else "are"
        said.append(f"{listed(whole)} {verb} integrated out of the values rather than drawn.")
    said += [
        f"{name} is drawn where it could not be integrated out ({event.reason})."
        for event, name in names.items()
        if event.sampled or event.placed
    ]
    said.append(
        "Distributions (percentiles, payments by year, dates of caps, correlations) come from "
        f"{run.sample_paths:,} random paths on which every event is drawn."
    )
    return said


def _precision(valuation: Valuation) -> str:
    parts = {
        name: position.standard_error / abs(position.value)
        for name, position in valuation.positions.items()
        if position.value
    }
    worst = max(parts, key=parts.__getitem__, default="")
    if not worst or parts[worst] <= NO_ERROR:
        return "they vary on no path, so that they have no standard error"
    size = plain_text(float(f"{100 * parts[worst]:.1e}"))
    return f"the largest standard error is {size}% of its value (“{valuation.label(worst)}”)"


def _furthest(valuation: Valuation) -> str:
    """Say of a run for a precision which value came last to it, or is furthest from it."""
    run = valuation.run
    if run.stopped_by is None or not run.worst:
        return ""
    # Named as an output of the program: new:leg.microsoft_share.
    subject = run.worst.partition(".")[2]
    ratio = plain_text(float(f"{run.worst_ratio:.2g}"))
    return f" (the error of “{valuation.label(subject)}”, largest against it, is {ratio} times it)"


def _probability(estimate: Estimate) -> str:
    return cell_text(estimate, Column("", "probability"))


def _amount(valuation: Valuation, cell: Cell) -> str:
    return amount_text(str(cell), valuation.money)
