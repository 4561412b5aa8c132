"""What a revenue stream is, in words and with its numbers: a part for each type."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from capstake import _core
from capstake.deal_words import formula_text, label, listed, quantity_text, sentence_case
from capstake.field_tables import type_of
from capstake.leg_wording import is_zero, phrase
from capstake.render import date_text

if TYPE_CHECKING:
    from capstake._core import Deal, Number

__all__ = ["stream_terms"]

# Figures; a longer list would be no sentence.
_MOST_LISTED = 8


def stream_terms(deal: Deal, name: str) -> str:
    """Say after its name what a stream is, with its numbers."""
    stream = deal.streams[name]
    says = _WORDS[type_of(stream)](deal, stream)
    return f"{sentence_case(label(deal, name))}: {says}."


def _money(deal: Deal, number: Number) -> str:
    return phrase(deal, number, "money", "an amount")


def _rate(deal: Deal, number: Number) -> str:
    return phrase(deal, number, "1/yr", "a rate")


def _run_rate(deal: Deal, stream: Any) -> str:
    return f"at a rate of {_money(deal, stream.level)} a year at the valuation date"


def _volatility(deal: Deal, number: Number, around: str = "") -> str:
    if is_zero(number):
        return ""
    return f", with a volatility of {phrase(deal, number, '1/sqrt(yr)', 'a size')}{around}"


def _names(deal: Deal, names: list[str]) -> str:
    return listed([label(deal, name) for name in names])


def _figures(deal: Deal, figures: dict[Any, Number]) -> str:
    parts = [f"{_money(deal, held)} in {when}" for when, held in figures.items()]
    if len(parts) <= _MOST_LISTED:
        return listed(parts)
    return f"{parts[0]} to {parts[-1]}, and between as in section “Assumptions”"


def _forecast(deal: Deal, stream: _core.Forecast) -> str:
    text = f"forecast at {_figures(deal, stream.annual or stream.figures)}"
    if not is_zero(stream.growth_haircut):
        cut = phrase(deal, stream.growth_haircut, "share", "a part")
        text += f", of whose growth {cut} does not come about"
    text += _volatility(deal, stream.volatility, " around the forecast")
    if stream.p10 or stream.p90:
        text += ", in each period distributed by its percentiles"
    if stream.revisions:
        text += ", and revised at the end of " + listed(
            [date_text(day) for day in stream.revisions]
        )
    return text


def _scaled(deal: Deal, stream: _core.Scaled) -> str:
    return f"{phrase(deal, stream.factor, 'x', 'a factor')} times {label(deal, stream.of)}"


def _sum(deal: Deal, stream: _core.Sum) -> str:
    names = _names(deal, stream.of)
    text = f"the sum of {names}" if len(stream.of) > 1 else names
    return f"{text}, less {_names(deal, stream.less)}" if stream.less else text


def _product(deal: Deal, stream: _core.Product) -> str:
    return f"{label(deal, stream.of)} times the annual rates of {_names(deal, stream.times)}"


def _ramp(deal: Deal, stream: _core.Ramp) -> str:
    first, last = (phrase(deal, n, "x", "a factor") for n in (stream.at_start, stream.at_end))
    return (
        f"{label(deal, stream.of)} times a factor that moves from {first} on "
        f"{date_text(stream.start)} to {last} on {date_text(stream.end)}"
    )


def _seasonal(deal: Deal, stream: _core.Seasonal) -> str:
    weights = listed([quantity_text(deal, weight, "share") for weight in stream.weights])
    return f"{label(deal, stream.of)}, of which the seasons of a year have {weights}"


def _history(deal: Deal, stream: _core.History) -> str:
    return f"known to be {_figures(deal, stream.figures)}, and {label(deal, stream.of)} afterwards"


def _mixture(deal: Deal, stream: _core.Mixture) -> str:
    parts = [
        f"{label(deal, name)} with a probability of {quantity_text(deal, weight, 'share')}"
        for name, weight in zip(stream.scenarios, stream.weights, strict=True)
    ]
    return f"one of several for the whole path: {listed(parts, 'or')}"


def _gbm(deal: Deal, stream: _core.Gbm) -> str:
    return (
        f"{_run_rate(deal, stream)}, moving at random around a growth of "
        f"{_rate(deal, stream.growth)}{_volatility(deal, stream.volatility)}"
    )


def _reverting(deal: Deal, stream: _core.MeanRevertingGrowth | _core.SchwartzMoon) -> str:
    text = (
        f"{_run_rate(deal, stream)}, growing at random: by {_rate(deal, stream.growth)} at first "
        f"and, drawn there at a speed of {_rate(deal, stream.growth_reversion)}, by "
        f"{_rate(deal, stream.growth_long_run)} in the long run"
    )
    text += _volatility(deal, stream.volatility)
    if isinstance(stream, _core.SchwartzMoon):
        later = phrase(deal, stream.volatility_long_run, "1/sqrt(yr)", "a size")
        text += f" that moves to {later} (model of Schwartz and Moon)"
    return text


def _jump_diffusion(deal: Deal, stream: _core.JumpDiffusion) -> str:
    return (
        f"{_run_rate(deal, stream)}, moving at random around a growth of "
        f"{_rate(deal, stream.growth)}{_volatility(deal, stream.volatility)} and "
        f"{phrase(deal, stream.jump_rate, '', 'a number')} jumps expected a year, of "
        f"{phrase(deal, stream.jump_mean, 'share', 'a part')} of the revenue in the mean"
    )


def _regime_switching(deal: Deal, stream: _core.RegimeSwitching) -> str:
    return (
        f"{_run_rate(deal, stream)}, moving at random around a growth of "
        f"{_rate(deal, stream.growth)}{_volatility(deal, stream.volatility)}, or while another "
        f"regime holds of {_rate(deal, stream.other_growth)}"
        f"{_volatility(deal, stream.other_volatility)}"
    )


def _logistic(deal: Deal, stream: _core.Logistic) -> str:
    return (
        f"{_run_rate(deal, stream)}, growing towards {_money(deal, stream.market)} a year "
        f"(logistic curve), by {_rate(deal, stream.growth)} while it is far below"
        f"{_volatility(deal, stream.volatility, ' around the curve')}"
    )


def _bass(deal: Deal, stream: _core.Bass) -> str:
    size = {
        "adoptions": f"adoptions, which bring {_money(deal, stream.market)} in all",
        "adopters": f"adopters, who all together bring {_money(deal, stream.market)} a year",
    }[stream.revenue_from]
    return (
        f"from {size}; adoption begins on {date_text(stream.launch)}, at "
        f"{_rate(deal, stream.innovation)} of its own accord and at "
        f"{_rate(deal, stream.imitation)} after others (model of Bass)"
        f"{_volatility(deal, stream.volatility, ' around the curve')}"
    )


def _formula(_: Deal, stream: _core.FormulaStream) -> str:
    return f"in each period {formula_text(stream.formula, stream.numbers)}"


_WORDS: dict[str, Callable[[Deal, Any], str]] = {
    "forecast": _forecast,
    "scaled": _scaled,
    "sum": _sum,
    "product": _product,
    "ramp": _ramp,
    "seasonal": _seasonal,
    "history": _history,
    "mixture": _mixture,
    "gbm": _gbm,
    "schwartz_moon": _reverting,
    "mean_reverting_growth": _reverting,
    "jump_diffusion": _jump_diffusion,
    "regime_switching": _regime_switching,
    "logistic": _logistic,
    "bass": _bass,
    "formula": _formula,
}
