"""What a run returned, looked up by what it is of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from capstake.estimates import Estimate, Samples
from capstake.run_report import RunReport

__all__ = ["Key", "Results"]

# (scenario, measure, subject, period).
Key = tuple[str, str, str, str]

# What is left of a sum of amounts that cancel, relative to them.
_ROUNDING = 1e-12


class Results:
    """What a run returned, looked up by (scenario, measure, subject, period)."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
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
        kept = self._raw.get("samples")
        if kept is None or any(kept[self._index[key]] is None for key in weights):
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
        samples: Samples = self._raw["samples"][self._index[key]]
        return samples

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
