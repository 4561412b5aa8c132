"""Names, numbers and dates of a deal in words: what every sentence and table of it is made of."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from capstake import _core
from capstake._core import Deal, Number
from capstake.render import amount_text, date_text, plain_text
from capstake.valuation import money_unit

__all__ = [
    "day_text",
    "days_text",
    "formula_text",
    "label",
    "listed",
    "number_text",
    "quantity_text",
    "range_text",
    "sentence_case",
]

_IN_WORDS = {
    "uniform": "uncertain, anywhere between {0} and {1}",
    "triangular": "uncertain, between {0} and {2}, most likely {1}",
    "normal": "uncertain, normal with mean {0} and standard deviation {1}",
    "lognormal": "uncertain, lognormal with mean {0} and volatility {1}",
    "pert": "uncertain, PERT between {0} and {2}, most likely {1}",
    "student_t": "uncertain, Student t around {0} with scale {1} and {2} degrees of freedom",
    "beta": "uncertain, beta({0}, {1}) between {2} and {3}",
    "gamma": "uncertain, gamma with shape {0} and scale {1}",
    "discrete": "uncertain, one of {values} with weights {weights}",
    "empirical": "uncertain, one of the {n} data {values}",
    "metalog": "uncertain, metalog through {values} at probabilities {probabilities}{bounds}",
}
# Arguments of distributions that have no unit.
_PURE = (
    "degrees_of_freedom",
    "alpha",
    "beta",
    "shape",
    "volatility",
    "weights",
    "probabilities",
)


def label(deal: Deal, key: str) -> str:
    """Name an object for people: a party's own name, else its key in words, spelt as in the deal.

    A company that alone belongs to its party has the party's name. A word of a key that the deal's
    parties and texts spell with capitals, such as OpenAI, AGI or China, is spelt that way.
    """
    if key in deal.parties:
        return str(deal.parties[key].name)
    owners = [company.party for company in deal.companies.values()]
    if key in deal.companies and owners.count(deal.companies[key].party) == 1:
        return label(deal, deal.companies[key].party)
    texts = [event.meaning for event in deal.events.values()]
    texts += [leg.terms for leg in deal.legs.values()] + deal.notes
    spelt = dict(_spellings("\n".join(texts)))
    spelt |= {name: party.name for name, party in deal.parties.items()}
    words = " ".join(spelt.get(word.lower(), word) for word in key.replace("_", " ").split(" "))
    return sentence_case(words)


@lru_cache(maxsize=16)
def _spellings(text: str) -> tuple[tuple[str, str], ...]:
    """Find words with capitals inside, and those with one that no sentence's beginning explains."""
    words = re.findall(r"\w+", text)
    plain = {word for word in words if word.islower()}
    names = [word for word in re.findall(r"(?<=[\w,] )[A-Z]\w*", text) if word.lower() not in plain]
    inside = [word for word in words if word[1:] != word[1:].lower()]
    return tuple((word.lower(), word) for word in (*names, *inside))


def sentence_case(text: str) -> str:
    """Begin with a capital."""
    return text[:1].upper() + text[1:]


def days_text(days: int) -> str:
    """Count days: ``1 day``, ``1,095 days``."""
    return f"{days:,} day{'' if days == 1 else 's'}"


def day_text(day: dt.date | str) -> str:
    """Print a date, or the text that a deal file has for one."""
    return date_text(day if isinstance(day, dt.date) else dt.date.fromisoformat(day))


def number_text(number: Number, unit: str) -> str:
    """Print a number of the deal as its unit is read; an uncertain or dated one in words."""
    return _in_words(number, lambda value: _amount(value, unit))


_LONGEST_FORMULA = 200  # that is shown within a sentence


def formula_text(formula: str, numbers: Mapping[str, Number]) -> str:
    """Say what is computed: ``minimum(accrual, most), where most is 3``."""
    if len(formula) > _LONGEST_FORMULA:
        return "given by the formula in the table of all terms"
    named = [f"{name} is {number_text(number, '')}" for name, number in numbers.items()]
    return formula + (f", where {listed(named)}" if named else "")


def _in_words(number: Number, show: Callable[[float], str]) -> str:
    if number.is_constant:
        return show(number.value)
    record = number.to_dict()
    if "by_date" in record:
        steps = record["by_date"].items()
        return ", ".join(f"{show(value)} from {day_text(day)}" for day, value in steps)
    family = next(name for name in _core.families() if name in record)
    text = _IN_WORDS[family]
    held = record[family]
    if family in ("discrete", "metalog", "empirical"):
        text = text.format(**_lists_in_words(held, show))
    else:
        rows = _core.families()[family]["arguments"]
        is_money = [row["name"] not in _PURE for row in rows]
        pairs = zip(held, is_money, strict=True)
        text = text.format(*(show(value) if money else f"{value:g}" for value, money in pairs))
    return text + _truncation_in_words(record, show)


def _lists_in_words(held: Any, show: Callable[[float], str]) -> dict[str, Any]:
    if isinstance(held, list):
        return {"n": len(held), "values": f"from {show(min(held))} to {show(max(held))}"}
    lists = {name: listed([f"{x:g}" for x in held.get(name, ())]) for name in _PURE}
    bounds = [f"{side} {show(held[side])}" for side in ("low", "high") if side in held]
    text = f", {' and '.join(bounds)}" if bounds else ""
    return {**lists, "values": listed([show(x) for x in held["values"]]), "bounds": text}


def listed(parts: list[str], word: str = "and") -> str:
    """Join parts: ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def _truncation_in_words(record: dict[str, Any], show: Callable[[float], str]) -> str:
    sides = {"truncated_below": "above", "truncated_above": "below"}
    cut = [f"{word} {show(record[key])}" for key, word in sides.items() if key in record]
    return f", cut to what lies {' and '.join(cut)}" if cut else ""


def range_text(number: Number, unit: str) -> str:
    """Print the range of a number, or nothing."""
    if number.range is None:
        return ""
    low, high = number.range
    return f"{_amount(low, unit)} to {_amount(high, unit)}"


def quantity_text(deal: Deal, number: Number, unit: str) -> str:
    """Print a number with its unit, for a sentence: ``USD 38 billion``, ``12% a year``."""

    def show(value: float) -> str:
        text = _amount(value, unit)
        if unit == "money":
            return amount_text(text, money_unit(deal))
        return f"{text} a year" if unit in ("1/yr", "1/sqrt(yr)") else text

    return _in_words(number, show)


def _amount(value: float, unit: str) -> str:
    is_per_cent = unit in ("share", "1/yr", "1/sqrt(yr)")
    return f"{plain_text(100 * value)}%" if is_per_cent else plain_text(value)
