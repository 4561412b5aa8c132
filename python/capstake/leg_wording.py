"""What a contract pays, in words: a part for each type of contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capstake._core import EarnOut, Milestone, RevenueShare
from capstake.deal_words import label, quantity_text
from capstake.render import date_text, day_text

if TYPE_CHECKING:
    from capstake._core import Deal, Number

__all__ = ["acceleration_phrase", "counted_phrase", "is_zero", "payment_phrase", "phrase"]


def phrase(deal: Deal, number: Number, unit: str, noun: str) -> str:
    """Put a number into a sentence: ``20%``, or ``a share that is uncertain, between ...,``."""
    text = quantity_text(deal, number, unit)
    return f"{noun} that is {text}," if text.startswith("uncertain") else text


def payment_phrase(deal: Deal, leg: RevenueShare | EarnOut | Milestone) -> str:
    """Say what a contract pays, without its dates: ``20% of sales``."""
    if isinstance(leg, EarnOut):
        return _earn_out(deal, leg)
    if isinstance(leg, Milestone):
        return _milestone(deal, leg)
    return f"{phrase(deal, leg.rate, 'share', 'a share')} of {label(deal, leg.base)}"


def _earn_out(deal: Deal, leg: EarnOut) -> str:
    parts = []
    if not is_zero(leg.amount):
        parts.append(phrase(deal, leg.amount, "money", "an amount"))
    if not is_zero(leg.rate):
        of = "what is above" if leg.rate_on == "excess" else "the whole"
        parts.append(f"{phrase(deal, leg.rate, 'x', 'a multiple')} times {of}")
    tested = {
        "each_year": f"of each {year_phrase(leg)}",
        "cumulative": f"since the start, tested each {year_phrase(leg)},",
        "total": "of the whole term",
    }[leg.tested]
    text = f"{' and '.join(parts or ['nothing'])} if {label(deal, leg.base)} {tested} reaches "
    text += phrase(deal, leg.threshold, "money", "a threshold") + _tiers(deal, leg)
    for cap, of in ((leg.cap, "for each test"), (leg.total_cap, "in all")):
        if cap is not None:
            text += f", at most {phrase(deal, cap, 'money', 'an amount')} {of}"
    return f"{text}, years that missed being made up" if leg.catch_up else text


def _tiers(deal: Deal, leg: EarnOut) -> str:
    """Say what each level of an earn-out changes: ``; from USD 45 on USD 2 more``."""
    text = ""
    above = "what is above the threshold" if leg.whole_amount else "what is above"
    of = "the whole" if leg.whole_amount and leg.rate_on == "whole" else above
    for i, level in enumerate(leg.above):
        parts = []
        if leg.amounts:
            amount = phrase(deal, leg.amounts[i], "money", "an amount")
            parts.append(amount if leg.whole_amount else f"{amount} more")
        if leg.rates:
            parts.append(f"{phrase(deal, leg.rates[i], 'x', 'a multiple')} times {of}")
        text += f"; from {phrase(deal, level, 'money', 'a level')} on {' and '.join(parts)}"
        text += " instead" if leg.whole_amount else ""
    return text


def acceleration_phrase(deal: Deal, leg: EarnOut | Milestone) -> str:
    """Say in a sentence which event makes an earn-out or a milestone due before its time."""
    if not leg.acceleration:
        return ""
    amount = leg.acceleration_amount
    if amount is not None:
        due = phrase(deal, amount, "money", "an amount")
    else:
        due = "what the total cap leaves" if isinstance(leg, EarnOut) else "the amount"
    event = label(deal, leg.acceleration)
    return f" When “{event}” comes, {due} falls due in place of what is to come."


def _milestone(deal: Deal, leg: Milestone) -> str:
    text = phrase(deal, leg.amount, "money", "an amount")
    if leg.threshold is not None:
        over = "since the start" if leg.measured == "since_start" else f"of a {year_phrase(leg)}"
        text += f" once {label(deal, leg.base)} {over} reaches "
        text += phrase(deal, leg.threshold, "money", "a threshold")
    elif leg.event:
        text += f" when “{label(deal, leg.event)}” comes"
    else:
        text += " at the end"
    if leg.probability.is_constant and leg.probability.value == 1.0:
        return text
    return f"{text}, with probability {quantity_text(deal, leg.probability, 'share')}"


def year_phrase(leg: RevenueShare | EarnOut | Milestone) -> str:
    """Say which years a leg measures: ``calendar year``, ``year from 1 May on``."""
    first = leg.year_start
    if first is None or first.month == 1:
        return "calendar year"
    return f"year from {day_text(first)} on"


def counted_phrase(deal: Deal, leg: RevenueShare) -> str:
    """Say what counts towards a leg's total cap."""
    text = f"counting what is earned from {date_text(leg.accrual_start or leg.start)} on"
    if is_zero(leg.already_paid):
        return text
    return f"{text} and {phrase(deal, leg.already_paid, 'money', 'an amount')} paid before"


def is_zero(number: Number) -> bool:
    """Whether a number is the constant zero."""
    return number.is_constant and number.value == 0.0
