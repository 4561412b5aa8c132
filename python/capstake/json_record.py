"""Results as plain numbers and texts: the object that ``--json`` prints."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from capstake.dependence import repaired_correlations
from capstake.provenance import provenance

if TYPE_CHECKING:
    from capstake.comparison import Comparison
    from capstake.estimates import Estimate, Position, Shortfall
    from capstake.measures import Measures
    from capstake.run_report import RunReport
    from capstake.sensitivity import Sensitivities
    from capstake.valuation import Valuation

__all__ = [
    "SCHEMA_VERSION",
    "comparison_record",
    "measures_record",
    "sensitivities_record",
    "valuation_record",
]

SCHEMA_VERSION = 1


def valuation_record(valuation: Valuation) -> dict[str, Any]:
    """Return a valuation as plain numbers and texts: the object that ``--json`` prints."""
    return {
        "schema_version": SCHEMA_VERSION,
        "deal": valuation.deal.name,
        "valuation_date": valuation.deal.valuation_date.isoformat(),
        "unit": valuation.money,
        "measure": valuation.measure,
        "paths": valuation.paths,
        "seed": valuation.seed,
        "run": _run_record(valuation.run),
        "deal_hash": valuation.input_hash,
        "positions": {n: _position_record(p) for n, p in valuation.positions.items()},
        "payments": {
            leg.name: {
                str(a.year): _estimate_record(a.mean) | {"percentiles": _percentile_records(a)}
                for a in valuation.payments(leg.name)
            }
            for leg in valuation.of_kind("leg")
        },
        "caps": {
            leg.name: record
            for leg in valuation.of_kind("leg")
            if (record := _cap_record(valuation, leg.name)) is not None
        },
        "correlations": [
            dict(zip(("leg", "stake", "value", "low", "high"), row, strict=True))
            for row in _correlation_rows(valuation)
        ],
        "reconciliation": {
            stake.name: {
                "company": r.company,
                "implied_equity": _estimate_record(r.implied_equity),
                "last_round": r.last_round,
                "discount_rate": r.discount_rate,
                "reconciling_rate": r.reconciling_rate,
            }
            for stake in valuation.of_kind("stake")
            if (r := valuation.reconciliation(stake.name)) is not None
        },
        "repaired_correlations": [
            {
                "dependence": repair.dependence,
                "draws": list(repair.draws),
                "distance": repair.distance,
                "given": repair.given.tolist(),
                "used": repair.used.tolist(),
            }
            for repair in repaired_correlations(valuation.deal)
        ],
        "provenance": provenance(),
    }


def sensitivities_record(found: Sensitivities, positions: list[str]) -> dict[str, Any]:
    """Return the sensitivities of some positions as the object that ``--json`` prints."""
    second = [row for row in found.second_to_dict() if row["position"] in positions]
    return {
        "schema_version": SCHEMA_VERSION,
        "deal": found.deal.name,
        "valuation_date": found.deal.valuation_date.isoformat(),
        "unit": found.money,
        "measure": found.deal.measure,
        "paths": found.paths,
        "seed": found.seed,
        "deal_hash": found.deal_hash,
        "sensitivities": [row for row in found.to_dict() if row["position"] in positions],
        **({"second_derivatives": second} if found.second_rows else {}),
        "provenance": provenance(),
    }


def measures_record(found: Measures) -> dict[str, Any]:
    """Return values under both measures as the object that ``--json`` prints."""
    return {
        "schema_version": SCHEMA_VERSION,
        "deal": found.deal.name,
        "valuation_date": found.deal.valuation_date.isoformat(),
        "unit": found.money,
        "paths": found.run.paths,
        "seed": found.seed,
        "run": _run_record(found.run),
        "deal_hash": found.deal_hash,
        "positions": {
            name: {"kind": p.kind}
            | {
                what: None if estimate is None else _estimate_record(estimate)
                for what, estimate in (
                    ("real_world", p.real_world),
                    ("risk_neutral", p.risk_neutral),
                    ("difference", p.difference),
                    ("real_world_rate", p.real_world_rate),
                    ("equivalent_rate", p.equivalent_rate),
                )
            }
            for name, p in found.positions.items()
        },
        "provenance": provenance(),
    }


def comparison_record(compared: Comparison) -> dict[str, Any]:
    """Return a comparison as plain numbers and texts: the object that ``--json`` prints."""
    return {
        "schema_version": SCHEMA_VERSION,
        "old": valuation_record(compared.old),
        "new": valuation_record(compared.new),
        "changes": {n: _position_record(p) for n, p in compared.changes.items()},
    }


def _correlation_rows(valuation: Valuation) -> list[tuple[str, str, float, float, float]]:
    rows = []
    for leg in valuation.of_kind("leg"):
        for stake in valuation.of_kind("stake"):
            c = valuation.correlation(leg.name, stake.name)
            if not math.isnan(c.value):
                rows.append((leg.name, stake.name, c.value, c.low, c.high))
    return rows


def _run_record(run: RunReport) -> dict[str, Any]:
    return asdict(run)


def _estimate_record(estimate: Estimate) -> dict[str, Any]:
    error, freedom = estimate.standard_error, estimate.degrees_of_freedom
    return {
        "value": estimate.value,
        "standard_error": None if math.isnan(error) else error,
        "degrees_of_freedom": freedom if math.isfinite(freedom) else None,
    }


def _percentile_records(holder: Any) -> list[dict[str, float]]:
    percentiles = holder.percentiles() if callable(holder.percentiles) else holder.percentiles
    return [
        {"percent": p.percent, "value": p.value, "low": p.low, "high": p.high, "atom": p.atom}
        for p in percentiles
    ]


def _position_record(position: Position) -> dict[str, Any]:
    return {
        "kind": position.kind,
        **_estimate_record(position.estimate),
        "percentiles": _percentile_records(position),
        "expected_shortfall": _shortfall_record(position.expected_shortfall()),
    }


def _shortfall_record(shortfall: Shortfall) -> dict[str, Any]:
    return {
        "percent": shortfall.percent,
        "tail": shortfall.tail,
        "value_at_risk": shortfall.value_at_risk,
        **_estimate_record(shortfall.mean),
    }


def _cap_record(valuation: Valuation, leg: str) -> dict[str, Any] | None:
    cap = valuation.cap(leg)
    if cap is None:
        return None
    return {
        "probability": _estimate_record(cap.probability),
        "by_period": {period: _estimate_record(e) for period, e in cap.by_period},
        "dates": [
            {"percent": percent, "date": None if day is None else day.isoformat()}
            for percent, day in cap.dates
        ],
    }
