"""What a run returned, looked up by what it is of."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from capstake.estimates import Estimate, Samples
from capstake.run_report import RunReport

__all__ = ["Key", "Results"]

# (scenario, measure, subject, period).
Key = tuple[str, str, str, str]

# Payments that are kept, of all legs together: 128 MB.
_MOST_KEPT = 2**24

# A leg's payments by period, of a scenario.
DrawPayments = Callable[[str, str], list[Samples]]

# What is left of a sum of amounts that cancel, relative to them.
_ROUNDING = 1e-12


class Results:
    """What a run returned, looked up by (scenario, measure, subject, period)."""

    def __init__(self, raw: Mapping[str, Any], payments: DrawPayments | None = None) -> None:
        self._draw_payments = payments
        self._drawn: dict[tuple[str, str], dict[str, Samples]] = {}  # the latest last
        self._index = {tuple(key): i for i, key in enumerate(raw["quantities"])}
        self._raw = raw
        self.run = RunReport.from_raw(raw)
        self._joint = {output: row for row, output in enumerate(raw["joint"])}
        self._periods: dict[tuple[str, str, str], list[str]] = {}
        self._subjects: dict[tuple[str, str], list[str]] = {}
        for scenario, measure, subject, period in self._index:
            self._periods.setdefault((scenario, measure, subject), []).append(period)
            self._subjects.setdefault((scenario, measure), []).append(subject)

    def estimate(self, key: Key) -> Estimate:
        """Return a mean with its standard error."""
        i = self._index[key]
        return Estimate(
            float(self._raw["mean"][i]),
            float(self._raw["standard_error"][i]),
            float(self._raw["degrees_of_freedom"][i]),
        )

    def combined(self, parts: Sequence[tuple[float, Key]]) -> Estimate:
        """Return a weighted sum of means, with the error of the sum.

        With Sobol points the error comes from the sums of each replicate, else from the paths that
        are kept. What cancels but for rounding is nothing.
        """
        if not parts:
            return Estimate(0.0, 0.0)
        value = math.fsum(weight * self.estimate(key).value for weight, key in parts)
        size = math.fsum(abs(weight * self.estimate(key).value) for weight, key in parts)
        if abs(value) <= _ROUNDING * size:
            value = 0.0
        rows = [(w, self._raw["replicates"][self._index[key]]) for w, key in parts]
        if self.run.sampler != "sobol" or any(row is None for _, row in rows):
            samples: Samples = sum((w * self.samples(key) for w, key in parts), np.zeros(1))
            deviation = float(np.std(samples, ddof=1)) if len(samples) > 1 else 0.0
            error = deviation / math.sqrt(self.run.paths)
            return Estimate(value, error if error > _ROUNDING * size else 0.0)
        means = sum((w * row for w, row in rows), np.zeros(1))
        freedom = min(self.estimate(key).degrees_of_freedom for _, key in parts)
        squares = float(np.sum((means - means.mean()) ** 2))
        error = math.hypot(math.sqrt(squares / (freedom * len(means))), self._least_error(parts))
        return Estimate(value, error if error > _ROUNDING * size else 0.0, freedom)

    def _least_error(self, parts: Sequence[tuple[float, Key]]) -> float:
        """Return the error of those parts of a sum whose replicates agree too well to show one.

        A point's share of what they are together, on the paths that are kept, as
        ``simulate/statistics.hpp`` has it of one; without such paths their errors added up.
        """
        weights: dict[Key, float] = {}
        for weight, key in parts:
            if self._raw["least_error"][self._index[key]] > 0.0:
                weights[key] = weights.get(key, 0.0) + weight
        if not weights:
            return 0.0
        if not all(self._has_samples(key) for key in weights):
            errors = self._raw["least_error"]
            return math.fsum(abs(w) * errors[self._index[key]] for key, w in weights.items())
        together: Samples = sum((w * self.samples(key) for key, w in weights.items()), np.zeros(1))
        points = self.run.paths // self.run.replicates
        return 2.0 * float(np.std(together)) / (points * math.sqrt(12.0 * self.run.replicates))

    def gain(self, key: Key) -> float:
        """Return by what factor linear controls lowered the variance of a mean."""
        return float(self._raw["gain"][self._index[key]])

    def samples(self, key: Key) -> Samples:
        """Return the values of the first paths."""
        if key[1] == "payment":
            return self.payments(key[0], key[2])[key[3]]
        samples: Samples = self._raw["samples"][self._index[key]]
        return samples

    def payments(self, scenario: str, leg: str) -> dict[str, Samples]:
        """Return a leg's payments by period on the first paths.

        They are drawn when asked for, and kept as long as there is room: those of many legs over
        many years would take more memory than all else.
        """
        drawn = self._drawn.pop((scenario, leg), None)
        if drawn is None:
            assert self._draw_payments is not None
            periods = self.periods(scenario, "payment", leg)
            columns = self._draw_payments(scenario, leg) if periods else []
            drawn = dict(zip(periods, columns, strict=True))
        self._drawn[scenario, leg] = drawn
        while len(self._drawn) > 1 and self._kept() > _MOST_KEPT:
            self._drawn.pop(next(iter(self._drawn)), None)
        return drawn

    def _kept(self) -> int:
        legs = list(self._drawn.values())  # at once: other threads may draw meanwhile
        return sum(len(column) for drawn in legs for column in drawn.values())

    def _has_samples(self, key: Key) -> bool:
        if key[1] == "payment":
            return self._draw_payments is not None
        return "samples" in self._raw and self._raw["samples"][self._index[key]] is not None

    def periods(self, scenario: str, measure: str, subject: str) -> list[str]:
        """List the periods of a subject."""
        return self._periods.get((scenario, measure, subject), [])

    def subjects(self, scenario: str, measure: str) -> list[str]:
        """List what was measured."""
        return self._subjects.get((scenario, measure), [])

    def covariance(self, a: Key, b: Key) -> float:
        """Return the covariance of two positions over the paths."""
        i, j = self._joint[self._index[a]], self._joint[self._index[b]]
        return float(self._raw["covariance"][i, j])
