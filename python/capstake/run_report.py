"""How the values of a run came about, in numbers and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["EventReport", "RunReport"]

_SAMPLERS = {
    "sobol": "scrambled Sobol points",
    "philox": "random paths (Philox 4x64-10)",
    "philox4x32": "random paths (Philox 4x32-10)",
}
_CONSTRUCTIONS = {
    "identity": "step by step",
    "bridge": "by Brownian bridges",
    "principal": "by principal components",
}
_ENDINGS = {
    None: "the run ended when the number of paths that was asked for was done",
    "precision": "the run ended because the precision that was asked for was reached",
    "paths": "the run ended at its limit of paths, short of the precision that was asked for",
    "time": "the run ended at its limit of time, short of the precision that was asked for",
}


@dataclass(frozen=True)
class EventReport:
    """What became of an event in the values.

    Attributes
    ----------
    name : str
        The event.
    integrated, placed, sampled : int
        Results that no longer depend on its draw, in which the draw only places the event within a
        period, and that depend on it in full.
    reason : str
        Why some do.
    """

    name: str
    integrated: int
    placed: int
    sampled: int
    reason: str


@dataclass(frozen=True)
class RunReport:
    """How the values of a run came about.

    Attributes
    ----------
    paths : int
        Paths of the values.
    sample_paths : int
        Plain paths, with events sampled, of the distributions.
    sampler : str
        ``sobol``, ``philox`` or ``philox4x32``.
    replicates : int
        Independent randomisations of the Sobol points; 1 for plain paths.
    construction : str
        How Sobol coordinates become the steps of a factor: ``identity``, ``bridge`` or
        ``principal`` (chosen by a short pilot).
    dimensions : int
        Sobol coordinates in use; further ones are plain random numbers.
    first_path : int
        Number of the first plain path: a run for a precision leaves its pilot's out.
    stopped_by : str or None
        ``precision``, ``paths`` or ``time``; None for a run of a given number of paths.
    worst : str
        What is furthest from its precision.
    worst_ratio : float
        Its error over what was asked; at most 1 where the precision was reached.
    events : tuple of EventReport
        What became of events.
    """

    paths: int
    sample_paths: int
    sampler: str
    replicates: int
    construction: str
    dimensions: int
    first_path: int
    stopped_by: str | None
    worst: str
    worst_ratio: float
    events: tuple[EventReport, ...]

    @classmethod
    def from_raw(cls, raw: Mapping[str, Any]) -> RunReport:
        """Read what the core returned."""
        run = raw["run"]
        return cls(
            paths=int(run["paths"]),
            sample_paths=int(raw["sample_paths"]),
            sampler=run["sampler"],
            replicates=int(run["replicates"]),
            construction=run["construction"],
            dimensions=int(run["dimensions"]),
            first_path=int(run["first_path"]),
            stopped_by=run["stopped_by"] if run["is_precise"] else None,
            worst=run["worst"],
            worst_ratio=float(run["worst_ratio"]),
            events=tuple(EventReport(*row) for row in run["events"]),
        )

    @property
    def points(self) -> str:
        """What the values are means over, in words: points, replicates, construction."""
        text = f"{self.paths:,} {_SAMPLERS[self.sampler]}"
        if self.sampler != "sobol":
            return text
        each = f"{self.replicates} independent replicates of {self.paths // self.replicates:,}"
        return f"{text} ({each}, paths built {_CONSTRUCTIONS[self.construction]})"

    @property
    def ending(self) -> str:
        """What ended the run, in words."""
        return _ENDINGS[self.stopped_by]
