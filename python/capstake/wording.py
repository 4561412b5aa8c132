"""A deal's terms in words, for the memo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capstake import deal_tables
from capstake._core import RevenueShare
from capstake.deal_tables import clause_summary, label, listed, quantity_text
from capstake.leg_wording import ending_phrase, is_zero, payment_phrase, phrase
from capstake.render import date_text

if TYPE_CHECKING:
    from capstake._core import Deal

__all__ = [
    "company_terms",
    "event_terms",
    "leg_terms",
    "listed",
    "stake_terms",
    "statuses",
    "subject",
]


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


def leg_terms(deal: Deal, name: str) -> str:
    """Say a leg's terms in words."""
    leg = deal.legs[name]
    days = f"from {date_text(leg.start)} to {date_text(leg.end)}"
    parties = f"{label(deal, leg.payer)} pays {label(deal, leg.receiver)}"
    text = f"{parties} {payment_phrase(deal, leg)}"
    if isinstance(leg, RevenueShare):
        text = _share_terms(deal, leg, f"{text} {days}")
    else:
        when = f"{leg.payment_lag:,} days after" if leg.payment_lag else "at"
        text += f". It can be earned {days}, and is paid {when} the end of the period."
        text += ending_phrase(deal, leg)
    if leg.risk == "diversifiable":
        text += " Its risk is taken to diversify away."
    return text


def _share_terms(deal: Deal, leg: RevenueShare, text: str) -> str:
    if leg.cap is None:
        text += "." if leg.clauses else ", without a cap."
    else:
        cap = phrase(deal, leg.cap, "money", "an amount")
        counted = date_text(leg.accrual_start or leg.start)
        text += f", until {cap} has been paid in total, counting what is earned from {counted}"
        if is_zero(leg.already_paid):
            text += "."
        else:
            paid = phrase(deal, leg.already_paid, "money", "an amount")
            text += f" and {paid} paid before."
    when = "on the last day of each period"
    if leg.payment_lag:
        days = "day" if leg.payment_lag == 1 else "days"
        when = f"{leg.payment_lag:,} {days} after the end of each {deal.frequency}"
    text += f" Payment falls due {when}."
    if leg.stop_events:
        events = listed([f"“{label(deal, event)}”" for event in leg.stop_events], "or")
        text += f" Nothing more is earned after {events}."
    for clause, held in leg.clauses.items():
        text += f" {label(deal, clause)}: {clause_summary(held)}"
    return text


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
    meaning = event.meaning.strip().rstrip(".")
    text = f"{label(deal, name)}: {meaning}. " if meaning else f"{label(deal, name)}. "
    return f"{text}Its hazard rate is {quantity_text(deal, event.hazard, '1/yr')}."
