"""A deal's terms in words, for the memo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capstake import deal_tables
from capstake._core import (
    AccretingCap,
    CapMultiple,
    ChangeOfControl,
    Clawback,
    Custom,
    EarnOut,
    Forecast,
    Milestone,
    Number,
    RevenueShare,
    Scaled,
    clause_stage,
    clause_stages,
)
from capstake.clause_wording import clause_terms
from capstake.deal_words import days_text, label, listed, quantity_text
from capstake.field_tables import fields_of, summary_of, type_of
from capstake.leg_wording import (
    acceleration_phrase,
    counted_phrase,
    is_zero,
    payment_phrase,
    phrase,
)
from capstake.render import date_text

if TYPE_CHECKING:
    from capstake._core import Deal

__all__ = [
    "clause_order",
    "clauses",
    "company_terms",
    "event_terms",
    "features",
    "leg_terms",
    "listed",
    "order_as_listed",
    "other_streams",
    "payment_day",
    "stake_terms",
    "statuses",
    "subject",
]


# Clauses that may set a total cap: a formula may be one.
_MAY_CAP = CapMultiple | AccretingCap | Custom
_ON_AN_EVENT = ChangeOfControl | Clawback


def subject(deal: Deal) -> str:
    """Say what is valued: ``2 contracts, 2 stakes``."""
    counts = ((len(deal.legs), "contract"), (len(deal.stakes), "stake"))
    return ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in counts if n)


def statuses(deal: Deal) -> str:
    """Say how many of a deal's numbers are official, reported, derived or assumed."""
    counts = deal_tables.statuses(deal).rows
    parts = []
    for status, n in counts[:-1]:
        verb = "is" if n == 1 else "are"
        parts.append(
            f"{n} {'has' if n == 1 else 'have'} no stated status"
            if status == "not stated"
            else f"{n} {verb} left at the default"
            if status == "default"
            else f"{n} {verb} {status}"
        )
    n_all = counts[-1][1]
    return f"Of {n_all} number{'' if n_all == 1 else 's'} {listed(parts)}."


def features(*deals: Deal) -> set[str]:
    """List types in use, and fields of theirs that hold anything, as ``forecast.volatility``."""
    tables = ("streams", "legs", "companies", "stakes", "events")
    holders = [held for deal in deals for table in tables for held in getattr(deal, table).values()]
    holders += [clause for held in holders for clause in getattr(held, "clauses", {}).values()]
    found = set()
    for holder in holders:
        kind = type_of(holder)
        found.add(kind)
        for field in fields_of(holder):
            if not _is_nothing(getattr(holder, field["name"])):
                found.add(f"{kind}.{field['name']}")
    return found


def _is_nothing(held: object) -> bool:
    return is_zero(held) if isinstance(held, Number) else held in (None, "", [], {}, False)


def other_streams(*deals: Deal) -> list[tuple[str, str]]:
    """List the streams that are neither forecasts nor multiples of others, and by what model.

    A stream of the first deal that has it stands for those of the others.
    """
    found: dict[str, tuple[str, str]] = {}
    for deal in deals:
        for name, stream in deal.streams.items():
            if not isinstance(stream, Forecast | Scaled):
                found.setdefault(name, (label(deal, name), summary_of(stream)))
    return list(found.values())


def leg_terms(deal: Deal, name: str) -> str:
    """Say a leg's terms in words."""
    leg = deal.legs[name]
    days = f"from {date_text(leg.start)} to {date_text(leg.end)}"
    parties = f"{label(deal, leg.payer)} pays {label(deal, leg.receiver)}"
    text = f"{parties} {payment_phrase(deal, leg)}"
    if isinstance(leg, RevenueShare):
        text = _share_terms(deal, leg, f"{text} {days}")
    else:
        text += f". It can be earned {days}, and is paid {payment_day(deal, leg)}."
        text += acceleration_phrase(deal, leg)
    text += _endings(deal, leg)
    if leg.risk == "diversifiable":
        text += " Its risk is taken to diversify away."
    return text


_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def payment_day(deal: Deal, leg: RevenueShare | EarnOut | Milestone) -> str:
    """Say when what a leg has earned in a period is paid."""
    stretch = deal.frequency
    settlement = getattr(leg, "settlement", "period")
    if _MONTHS.get(settlement, 0) > _MONTHS[deal.frequency]:
        stretch = settlement.replace("_", " ")
    if not leg.payment_lag:
        return f"at the end of the {stretch}"
    return f"{days_text(leg.payment_lag)} after the end of the {stretch}"


def _endings(deal: Deal, leg: RevenueShare | EarnOut | Milestone) -> str:
    """Say after which events nothing more is earned, and after which nothing more is paid."""
    stops = getattr(leg, "stop_events", [])
    ends = [name for name in stops if name in leg.loss_events]
    parts = [
        ("nothing more is earned or paid, not even what has been earned", ends),
        ("nothing more is earned", [name for name in stops if name not in ends]),
        ("nothing more is paid", [name for name in leg.loss_events if name not in ends]),
    ]
    return "".join(
        f" After {listed([f'“{label(deal, event)}”' for event in events], 'or')} {what}."
        for what, events in parts
        if events
    )


def _share_terms(deal: Deal, leg: RevenueShare, text: str) -> str:
    if leg.cap is not None:
        cap = phrase(deal, leg.cap, "money", "an amount")
        text += f", until {cap} has been paid in total, {counted_phrase(deal, leg)}"
    elif not any(isinstance(held, _MAY_CAP) for held in leg.clauses.values()):
        text += ", without a total cap"
    return f"{text}. What a {deal.frequency} has earned is paid {payment_day(deal, leg)}."


def clauses(deal: Deal, name: str) -> list[tuple[str, str]]:
    """List a leg's further clauses: what each is called, and what it says."""
    leg = deal.legs[name]
    if not isinstance(leg, RevenueShare):
        return []
    return [(label(deal, clause), clause_terms(deal, leg, clause)) for clause in leg.clauses]


def clause_order(*deals: Deal) -> list[str]:
    """List the stages in which a leg's terms act, in their order; none where no leg has several."""
    found = [_stages(leg) for deal in deals for leg in deal.legs.values()]
    several = {stage for stages in found if len(stages) > 1 for stage in stages}
    return [stage for stage in clause_stages() if stage in several]


def order_as_listed(*deals: Deal) -> list[str]:
    """Say of which clauses of one leg it counts which of them stands first."""
    formulas, events = False, False
    for leg in (leg for deal in deals for leg in deal.legs.values()):
        held = list(leg.clauses.values()) if isinstance(leg, RevenueShare) else []
        formulas |= _repeats([clause_stage(each) for each in held if isinstance(each, Custom)])
        events |= _repeats([type_of(each) for each in held if isinstance(each, _ON_AN_EVENT)])
    rules = []
    if formulas:
        rules.append("Formulas act as they stand, each on what the one before it gives.")
    if events:
        rules.append(
            "Where two events come in the same period, the clause that stands first counts first."
        )
    return rules


def _repeats(words: list[str]) -> bool:
    return len(set(words)) < len(words)


def _stages(leg: RevenueShare | EarnOut | Milestone) -> set[str]:
    if not isinstance(leg, RevenueShare):
        return set()
    stages = {clause_stage(clause) for clause in leg.clauses.values()}
    return stages if leg.cap is None else stages | {clause_stage(CapMultiple(multiple=1))}


def stake_terms(deal: Deal, name: str) -> str:
    """Say in words what a stake is."""
    stake = deal.stakes[name]
    text = (
        f"The stake of {label(deal, stake.holder)} is "
        f"{phrase(deal, stake.fraction, 'share', 'a part')} of {label(deal, stake.company)} today"
    )
    losses = []
    if not is_zero(stake.dilution):
        losses.append(
            f"{quantity_text(deal, stake.dilution, 'share')} of itself a year to new shares"
        )
    if not is_zero(stake.issue_at_exit):
        losses.append(
            f"{quantity_text(deal, stake.issue_at_exit, 'share')} to shares issued at the exit"
        )
    return f"{text}; it loses {listed(losses)}." if losses else f"{text}, without dilution."


def company_terms(deal: Deal, name: str) -> str:
    """Say in words how a company's equity is valued."""
    company = deal.companies[name]
    text = (
        f"{label(deal, name)}'s equity is worth {quantity_text(deal, company.multiple, 'x')} times "
        f"annualised {label(deal, company.revenue)} at the valuation date"
    )
    if company.long_run_multiple is not None:
        later = quantity_text(deal, company.long_run_multiple, "x")
        text += f", a multiple that moves towards {later}"
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
    hazard = quantity_text(deal, event.hazard, "1/yr")
    text = f"The event “{label(deal, name)}” comes with a hazard rate of {hazard}."
    meaning = event.meaning.strip().rstrip(".")
    return f"{text} It stands for this: {meaning}." if meaning else text
