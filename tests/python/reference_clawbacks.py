"""What a receiver gives back on one path in plain Python: a part of reference_leg.py."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from reference_dates import DAY, Period, as_date, period_holding

if TYPE_CHECKING:
    from reference_leg import Payment, ReferenceLeg


def given_back(leg: ReferenceLeg, payments: list[Payment]) -> list[tuple[dt.date, float]]:
    """When and how much: each event takes of what those before it have left."""
    clauses = {name: leg.record["clauses"][name] for name in leg.all("clawback")}
    came = {name: period_of(leg, terms) for name, terms in clauses.items()}
    events = sorted([(p.first, name) for name, p in came.items() if p], key=lambda row: row[0])
    found: list[tuple[dt.date, float]] = []
    for _, name in events:
        p, days = came[name], clauses[name].get("look_back", 0)
        received = [q for q in payments if q.date <= p.last]
        held = leg.leg.already_paid + math.fsum(q.amount for q in received)
        held -= math.fsum(amount for _, amount in found)
        if days:
            first = p.last - dt.timedelta(days=days)
            lately = math.fsum(q.amount for q in received if q.date > first)
            held = lately if len(clauses) == 1 else min(lately, held)
        due = leg.leg.settled(p.last) + leg.leg.lag
        found.append((due, leg.leg.number(name, "part", None) * held))
    return found


def period_of(leg: ReferenceLeg, terms: dict[str, Any]) -> Period | None:
    """The period in which the event comes, if it counts."""
    last_payment = leg.leg.settled(leg.leg.periods[-1].last) + leg.leg.lag
    day, until = leg.path.today + DAY, as_date(terms.get("until") or last_payment)
    while day <= until:
        p = period_holding(leg.path.deal.get("frequency", "quarter"), day)
        if leg.path.event_time(terms["event"]) < leg.path.time(min(p.last, until)):
            return p
        day = p.last + DAY
    return None
