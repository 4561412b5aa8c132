"""Deals of the tests that have every type of stream."""

from __future__ import annotations

from typing import Any

from deals import Record


def stream_deal(streams: dict[str, Any], base: str, **deal: Any) -> Record:
    """Two legs on one stream, one of them capped, from the valuation date's quarter on."""
    leg = {
        "payer": "payer",
        "receiver": "receiver",
        "base": base,
        "rate": 0.2,
        "start": "2026-04-01",
        "end": "2029-12-31",
    }
    return {
        "name": "streams",
        "valuation_date": "2026-04-27",
        "currency": "USD",
        "discount_rate": 0.1,
        "parties": {"payer": {"name": "Payer"}, "receiver": {"name": "Receiver"}},
        "streams": streams,
        "legs": {"share": leg, "capped": leg | {"cap": 30.0, "payment_lag": 30}},
    } | deal


PLAN = {
    "type": "forecast",
    "annual": {2025: 40, 2026: 50, 2027: 80, 2028: 110, 2029: 130},
    "growth_haircut": {"uniform": [0.0, 0.5]},
    "volatility": 0.3,
}

# Three channels of one company and what leaks from one to another.
CHANNELS: dict[str, Any] = {
    "plan": PLAN,
    "users": {"type": "forecast", "annual": {y: 3 + y - 2025 for y in range(2025, 2030)}},
    "price": {
        "type": "forecast",
        "annual": dict.fromkeys(range(2025, 2030), 2.5),
        "volatility": 0.15,
    },
    "hosted": {"type": "product", "of": "users", "times": ["price"]},
    "leaks": {
        "type": "ramp",
        "of": "plan",
        "at_start": 0.0,
        "at_end": {"triangular": [0.1, 0.25, 0.4]},
        "start": "2026-05-11",
        "end": "2028-08-20",
    },
    "sold_elsewhere": {
        "type": "ramp",
        "of": "leaks",
        "at_start": 0.9,
        "at_end": 0.5,
        "start": "2027-02-28",
        "end": "2027-03-15",
        "interpolation": "log_linear",
    },
    "total": {"type": "sum", "of": ["plan", "hosted", "sold_elsewhere"], "less": ["leaks"]},
    "seasons": {
        "type": "seasonal",
        "of": "total",
        "weights": [0.2, {"uniform": [0.2, 0.3]}, 0.25, 0.3],
    },
    "known": {
        "type": "history",
        "figures": {"2025-10": 3.3, "2025-11": 3.5, "2025-12": 4, "2026-01": 4, "2026-02": 4.2,
                    "2026-03": {"uniform": [4, 5]}},
        "of": "seasons",
    },
}  # fmt: skip
MONTHS = [0.05, 0.05, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.1, 0.1, 0.1, 0.1]

STREAM_DEALS: dict[str, Record] = {
    "combined": stream_deal(CHANNELS, "known"),
    "combined by month": stream_deal(CHANNELS, "known", frequency="month"),
    "combined by year": stream_deal(CHANNELS, "known", frequency="year"),
    "formulas": stream_deal(
        {
            "plan": PLAN,
            "x": {
                "type": "formula",
                "formula": "most * (1 - exp(-plan / most)) + 10% * year_to_date(plan)",
                "numbers": {"most": {"uniform": [20, 40]}},
                "start": "2026-01-01",
            },
        },
        "x",
    ),
    "weights of months": stream_deal(
        {"plan": PLAN, "x": {"type": "seasonal", "of": "plan", "weights": MONTHS}}, "x"
    ),
}
for _frequency in ("month", "year"):
    STREAM_DEALS[f"weights of months, by {_frequency}"] = STREAM_DEALS["weights of months"] | {
        "frequency": _frequency
    }

# Every other type of stream, each with uncertain numbers.
PROCESSES: dict[str, Any] = {
    "gbm": {
        "type": "gbm",
        "level": {"uniform": [80, 120]},
        "growth": {"by_date": {"2026-01-01": 0.4, "2026-08-20": 0.0, "2027-06-30": -0.2}},
        "volatility": 0.3,
        "sampling": "period_mean",
    },
    "gbm_at_ends": {
        "type": "gbm",
        "level": 50,
        "growth": {"by_date": {"2026-01-01": 0.4, "2027-05-05": 0.1}},
        "volatility": {"uniform": [0.1, 0.5]},
    },
    "moon": {
        "type": "schwartz_moon",
        "level": 60,
        "growth": 0.7,
        "growth_long_run": {"uniform": [0.0, 0.1]},
        "growth_reversion": 0.4,
        "growth_volatility": 0.3,
        "growth_volatility_decay": 0.5,
        "volatility": 0.4,
        "volatility_long_run": 0.1,
        "volatility_reversion": {"uniform": [0.2, 0.9]},
        "correlation": -0.3,
        "risk_price": 0.1,
        "growth_risk_price": 0.2,
    },
    "reverting": {
        "type": "mean_reverting_growth",
        "level": 40,
        "growth": 0.6,
        "growth_long_run": 0.05,
        "growth_reversion": {"uniform": [0.3, 1.0]},
        "growth_volatility": 0.3,
        "volatility": 0.2,
        "correlation": {"uniform": [-0.5, 0.5]},
    },
    "jumps": {
        "type": "jump_diffusion",
        "level": 30,
        "growth": 0.2,
        "volatility": 0.2,
        "jump_rate": 2.5,
        "jump_mean": {"uniform": [-0.5, 0.1]},
        "jump_volatility": 0.2,
    },
    "jumps_of_a_random_rate": {
        "type": "jump_diffusion",
        "level": 30,
        "growth": 0.2,
        "volatility": 0.2,
        "jump_rate": {"uniform": [0.0, 3.0]},
        "jump_mean": 0.1,
        "jump_volatility": 0.0,
    },
    "regimes": {
        "type": "regime_switching",
        "level": 20,
        "growth": 0.5,
        "volatility": 0.1,
        "other_growth": {"uniform": [-0.4, 0.0]},
        "other_volatility": 0.4,
        "switch_rate": 0.8,
        "return_rate": 1.5,
        "starts_in_other": 0.4,
    },
    "logistic": {
        "type": "logistic",
        "level": 20,
        "market": {"triangular": [10, 100, 300]},
        "growth": 1.1,
        "volatility": 0.2,
    },
    "bass": {
        "type": "bass",
        "market": {"lognormal": [300, 0.4]},
        "innovation": 0.05,
        "imitation": 0.6,
        "launch": "2026-11-11",
        "volatility": 0.1,
    },
    "bass_of_adopters": {
        "type": "bass",
        "market": 50,
        "innovation": 0.05,
        "imitation": 0.9,
        "launch": "2025-02-01",
        "revenue_from": "adopters",
    },
    "chosen": {
        "type": "mixture",
        "scenarios": ["gbm", "moon", "regimes"],
        "weights": [0.3, {"uniform": [0.3, 0.5]}, 0.3],
    },
    "all": {
        "type": "sum",
        "of": ["gbm", "gbm_at_ends", "moon", "reverting", "jumps", "jumps_of_a_random_rate",
               "regimes", "logistic", "bass", "bass_of_adopters", "chosen"],
    },
}  # fmt: skip

_QUARTERS = {f"{y}-Q{q}": 10 + (4 * (y - 2025) + q) ** 1.2 for y in range(2025, 2030)
             for q in range(1, 5)}  # fmt: skip
FORECASTS: dict[str, Any] = {
    "spread": {
        "type": "forecast",
        "annual": {2025: 40, 2026: 50, 2027: 80, 2028: {"uniform": [100, 120]}, 2029: 130},
        "p10": {"2027": 60, "2028": 70, "2029": 90},
        "p90": {"2027": 120, "2028": {"uniform": [140, 160]}, "2029": 200},
        "growth_haircut": {"uniform": [0.0, 0.3]},
    },
    "even_spread": {
        "type": "forecast",
        "figures": {"2026-Q2": 10, "2026-Q3": 11, "2026-Q4": 12} | {
            k: v for k, v in _QUARTERS.items() if k >= "2027"},
        "p10": {"2029-Q3": 20, "2029-Q4": 22},
        "p90": {"2029-Q3": 60, "2029-Q4": 70},
        "percentile_fit": "lognormal",
    },
    "revised": {
        "type": "forecast",
        "figures": _QUARTERS,
        "volatility": 0.2,
        "seasonality": [0.2, 0.3, 0.3, 0.2],
        "growth_haircut": {"uniform": [0.0, 0.5]},
        "revisions": {"2026-06-30": 0.1, "2027-02-14": {"uniform": [0.1, 0.3]}, "2027-02-20": 0.2},
    },
    "seasons": {
        "type": "forecast",
        "annual": {2026: 50, 2027: 80, 2028: 110, 2029: 130},
        "seasonality": MONTHS,
        "revisions": {"2028-12-31": 0.2},
    },
    "all": {"type": "sum", "of": ["spread", "even_spread", "revised", "seasons"]},
}  # fmt: skip

# Nothing is sold before the launch: in the third year, the second quarter of 2027, the last year.
LAUNCHES: dict[str, Any] = {
    "spread": {
        "type": "forecast",
        "annual": {2025: 0, 2026: 0, 2027: 20, 2028: {"uniform": [40, 60]}, 2029: 90},
        "p10": {"2026": 0, "2027": 15, "2028": 30, "2029": 60},
        "p90": {"2026": 0, "2027": 30, "2028": {"uniform": [70, 80]}, "2029": 150},
        "growth_haircut": {"uniform": [0.0, 0.3]},
    },
    "even_spread": {
        "type": "forecast",
        "annual": {2026: 0, 2027: 20, 2028: 45, 2029: 90},
        "p10": {"2027": 15, "2028": 30, "2029": 60},
        "p90": {"2027": 30, "2028": 70, "2029": 150},
        "percentile_fit": "lognormal",
    },
    "revised": {
        "type": "forecast",
        "figures": {k: v if k > "2027-Q1" else 0 for k, v in _QUARTERS.items()},
        "volatility": 0.2,
        "seasonality": [0.2, 0.3, 0.3, 0.2],
        "growth_haircut": {"uniform": [0.0, 0.5]},
        "revisions": {"2026-06-30": 0.1, "2027-02-14": {"uniform": [0.1, 0.3]}},
    },
    "late": {
        "type": "forecast",
        "annual": {2025: 0, 2026: 0, 2027: 0, 2028: 0, 2029: 130},
        "volatility": 0.3,
        "seasonality": MONTHS,
        "growth_haircut": 0.2,
    },
    "all": {"type": "sum", "of": ["spread", "even_spread", "revised", "late"]},
}

_ALL = (("processes", PROCESSES), ("forecasts", FORECASTS), ("launches", LAUNCHES))
for _frequency in ("month", "quarter"):
    for _name, _streams in _ALL:
        STREAM_DEALS[f"{_name} by {_frequency}"] = stream_deal(
            _streams, "all", frequency=_frequency
        )
STREAM_DEALS["processes by year"] = stream_deal(
    PROCESSES, "all", frequency="year", day_count="ACT/360", valuation_date="2026-01-20"
)
STREAM_DEALS["multiples move with revisions"] = stream_deal(
    FORECASTS,
    "all",
    companies={
        "firm": {
            "party": "payer",
            "revenue": "revised",
            "multiple": 5,
            "multiple_volatility": 0.4,
            "correlation": 0.6,
            "exit_date": "2028-12-31",
        }
    },
    stakes={"stake": {"holder": "payer", "company": "firm", "fraction": 0.5}},
)
