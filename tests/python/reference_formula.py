"""Formulas of a deal on one path, in plain Python: a part of reference.py.

Written from the docstring of `capstake.Formula`. What Python reads as the same expression is read
by Python's own parser; nothing here is shared with the engine's.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable
from typing import Any

from reference_dates import Period, as_date

_BINARY: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_COMPARED: dict[type, Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "minimum": min,
    "maximum": max,
    "where": lambda condition, a, b: a if condition else b,
    "abs": abs,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
}


class ReferenceFormula:
    """A formula that is asked period by period; it remembers what its parts have been."""

    def __init__(self, text: str) -> None:
        percent = re.compile(r"(\d[\d.]*)%")
        self.root = ast.parse(percent.sub(r"(\1 / 100)", text), mode="eval").body
        self.past: dict[ast.AST, list[float]] = {}
        self.totals: dict[ast.AST, float] = {}
        self.last: Period | None = None

    def step(self, p: Period, names: Callable[[str], float]) -> float:
        found = self._value(self.root, p, names)
        self.last = p
        return found

    def _value(self, node: ast.AST, p: Period, names: Callable[[str], float]) -> float:
        value = lambda inner: self._value(inner, p, names)  # noqa: E731
        match node:
            case ast.Constant():
                return float(node.value)  # type: ignore[arg-type]
            case ast.Name():
                return names(node.id)
            case ast.UnaryOp():
                return -value(node.operand)
            case ast.BinOp():
                return _BINARY[type(node.op)](value(node.left), value(node.right))
            case ast.Compare():
                (sign,), (right,) = node.ops, node.comparators
                return float(_COMPARED[type(sign)](value(node.left), value(right)))
            case ast.Call(func=ast.Name(id=name)):
                return self._call(name, node, p, value)
        raise AssertionError(ast.dump(node))

    def _call(self, name: str, node: ast.Call, p: Period, value: Callable[[Any], float]) -> float:
        if name == "step_up":
            date = node.args[1].value  # type: ignore[attr-defined]
            before, after = value(node.args[0]), value(node.args[2])
            return before if p.first < as_date(date) else after
        if name == "lag":
            past = self.past.setdefault(node, [])
            past.append(value(node.args[0]))
            n = int(node.args[1].value) if len(node.args) == 2 else 1  # type: ignore[attr-defined]
            return past[-1 - n] if n < len(past) else 0.0
        if name in ("cumulative", "year_to_date"):
            is_new_year = self.last is not None and self.last.year != p.year
            before = 0.0 if name == "year_to_date" and is_new_year else self.totals.get(node, 0.0)
            self.totals[node] = before + value(node.args[0])
            return self.totals[node]
        return float(_FUNCTIONS[name](*map(value, node.args)))
