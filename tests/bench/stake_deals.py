"""Ten deals with legs and stakes, and how much less their values vary than plain Monte Carlo's.

Two are the founding deals; the others are contracts of the corpus whose receiver also holds stock
of the payer. The stakes, the multiples and the hazards are chosen, not sourced: what counts is
that their shapes differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import capstake as cs
from capstake._core import graph_of


def with_stake(
    name: str, *, payer: str, holder: str, revenue: str, terms: dict[str, Any], **hazards: float
) -> cs.Deal:
    """A contract of the corpus whose payer is charged for it, with stock held by its receiver."""
    deal = cs.load(name)
    events = dict(deal.events)
    events |= {event: cs.Event(hazard=hazard) for event, hazard in hazards.items()}
    company = {"party": payer, "revenue": revenue, "charges_legs": True} | terms
    fraction = company.pop("fraction")
    dilution = company.pop("dilution", 0.03)
    return deal.replace(
        events=events,
        parties=dict(deal.parties) | {"holders": cs.Party(name="Other holders")},
        companies={"issuer": cs.Company(**company)},
        stakes={
            f"{who}_stake": cs.Stake(
                holder=who, company="issuer", fraction=part, dilution=dilution, issue_at_exit=0.05
            )
            for who, part in ((holder, fraction), ("holders", 1.0 - fraction))
        },
    )


def capped_by_date_and_a_sale() -> cs.Deal:
    """A return cap that steps up; the company fails or is sold by chance."""
    return with_stake(
        "adaptive_orbimed",
        payer="adaptive",
        holder="orbimed",
        revenue="revenue",
        terms={
            "multiple": 6,
            "long_run_multiple": 4,
            "reversion": 0.5,
            "multiple_volatility": 0.4,
            "correlation": 0.4,
            "exit_date": "2030-12-31",
            "exit": "sale",
            "failure": "adaptive_failure",
            "recovery": 0.1,
            "fraction": 0.05,
        },
        sale=0.1,
    )


def tiers_on_a_logistic_drug() -> cs.Deal:
    """Tiers and a cap that binds late or never; the company fails, the leg goes on."""
    return with_stake(
        "biocryst_omers",
        payer="biocryst",
        holder="omers",
        revenue="orladeyo_sales",
        terms={
            "multiple": 10,
            "long_run_multiple": 5,
            "reversion": 0.4,
            "multiple_volatility": 0.35,
            "correlation": 0.3,
            "exit_date": "2027-12-31",
            "failure": "failure",
            "recovery": 0.2,
            "fraction": 0.03,
        },
        failure=0.04,
    )


def springing_rate_on_a_launch() -> cs.Deal:
    """A rate that falls if a target is met, on adopters of a launch; heavy dilution."""
    return with_stake(
        "immunitybio_oberland",
        payer="immunitybio",
        holder="oberland",
        revenue="net_sales",
        terms={
            "multiple": 8,
            "multiple_volatility": 0.4,
            "exit_date": "2031-12-31",
            "exit": "sale",
            "failure": "immunitybio_failure",
            "fraction": 0.02,
            "dilution": 0.1,
        },
        sale=0.08,
    )


def paid_out_at_a_sale() -> cs.Deal:
    """A sale of the company also buys out the leg: what is left up to the multiple falls due."""
    deal = with_stake(
        "karyopharm_hcr",
        payer="karyopharm",
        holder="healthcare_royalty",
        revenue="net_revenue",
        terms={
            "multiple": 4,
            "multiple_volatility": 0.5,
            "reversion": 0.3,
            "correlation": 0.5,
            "exit_date": "2031-12-31",
            "exit": "sale",
            "failure": "karyopharm_failure",
            "recovery": 0.1,
            "fraction": 0.1,
        },
        sale=0.12,
    )
    leg = deal.legs["revenue_interest"]
    clauses = dict(leg.clauses) | {"sold": cs.ChangeOfControl(event="sale", multiple=1.85)}
    return deal.replace(legs={"revenue_interest": leg.replace(clauses=clauses)})


def guaranteed_minimum() -> cs.Deal:
    """Tiers, a schedule of least payments and a cap; stock sold on a fixed date."""
    return with_stake(
        "liquidia_hcr",
        payer="liquidia",
        holder="healthcare_royalty",
        revenue="net_revenue",
        terms={
            "multiple": 9,
            "long_run_multiple": 4,
            "reversion": 0.6,
            "multiple_volatility": 0.45,
            "correlation": 0.3,
            "exit_date": "2030-12-31",
            "failure": "liquidia_failure",
            "recovery": 0.1,
            "fraction": 0.08,
        },
    )


def milestone_besides_the_share() -> cs.Deal:
    """A cap that steps up thrice, and a payment due once a year's sales reach a threshold."""
    deal = with_stake(
        "rhythm_hcr",
        payer="rhythm",
        holder="healthcare_royalty",
        revenue="net_revenue",
        terms={
            "multiple": 9,
            "long_run_multiple": 5,
            "reversion": 0.5,
            "multiple_volatility": 0.35,
            "correlation": 0.2,
            "exit_date": "2032-12-31",
            "exit": "sale",
            "failure": "rhythm_failure",
            "recovery": 0.05,
            "fraction": 0.06,
        },
        sale=0.07,
    )
    milestone = cs.Milestone(
        payer="rhythm",
        receiver="healthcare_royalty",
        base="net_revenue",
        start="2022-07-01",
        end="2032-12-31",
        amount=25.0,
        threshold=150.0,
        stop_events=["rhythm_failure"],
    )
    return deal.replace(legs=dict(deal.legs) | {"milestone": milestone})


def note_of_a_start_up() -> cs.Deal:
    """Recoup, then a lower rate, up to five times the money; failure is likely, so is a sale."""
    return with_stake(
        "gust_rbn",
        payer="company",
        holder="investor",
        revenue="revenue",
        terms={
            "multiple": 3,
            "multiple_volatility": 0.5,
            "reversion": 0.5,
            "correlation": 0.2,
            "exit_date": "2033-12-31",
            "exit": "sale",
            "failure": "failure",
            "fraction": 0.07,
            "dilution": 0.08,
        },
        sale=0.15,
    )


def two_notes_with_balloons() -> cs.Deal:
    """Two classes of notes, topped up at maturity."""
    return with_stake(
        "flying_leap",
        payer="flying_leap",
        holder="early_investors",
        revenue="revenue",
        terms={
            "multiple": 1.5,
            "multiple_volatility": 0.3,
            "correlation": 0.3,
            "exit_date": "2028-06-30",
            "exit": "sale",
            "failure": "default",
            "recovery": 0.3,
            "fraction": 0.04,
        },
        sale=0.05,
    )


DEALS: dict[str, Callable[[], cs.Deal]] = {
    "founding, April 2026": lambda: cs.load("microsoft_openai_2026_04"),
    "founding, October 2025": lambda: cs.load("microsoft_openai_2025_10"),
    "cap by date, sale": capped_by_date_and_a_sale,
    "tiers, logistic": tiers_on_a_logistic_drug,
    "springing rate, launch": springing_rate_on_a_launch,
    "change of control": paid_out_at_a_sale,
    "guaranteed minimum": guaranteed_minimum,
    "milestone": milestone_besides_the_share,
    "start-up's note": note_of_a_start_up,
    "two notes, balloons": two_notes_with_balloons,
}


@dataclass(frozen=True)
class Gain:
    """How much less one value varies than plain Monte Carlo's at as many points."""

    output: str  # leg.x, stake.x or party.x
    plain: float  # standard error of plain points, events sampled and without controls
    spread: float  # standard deviation of the value over seeds
    stated: float  # root mean square of the standard errors that the values state

    @property
    def ratio(self) -> float:
        """Variance of plain Monte Carlo over that of the value."""
        return (self.plain / self.spread) ** 2 if self.spread > 0.0 else math.inf


def gains(deal: cs.Deal, *, paths: int, seeds: int, plain_blocks: int) -> list[Gain]:
    """Measure every leg, stake and party that is not known beforehand."""
    graph = graph_of(deal)
    samples = dict(zip(graph.output_names, graph.run(99, 0, plain_blocks), strict=True))
    runs = [cs.value(deal, paths=paths, seed=seed, threads=1) for seed in range(seeds)]
    found = []
    for name, position in runs[0].positions.items():
        output = f"{position.kind}.{name}"
        estimates = [run[name] for run in runs]
        deviation = float(samples[output].std())
        if deviation > 0.0:
            found.append(
                Gain(
                    output,
                    deviation / math.sqrt(paths),
                    float(np.std([e.value for e in estimates], ddof=1)),
                    math.sqrt(float(np.mean([e.standard_error**2 for e in estimates]))),
                )
            )
    return found
