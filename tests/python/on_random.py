"""Properties that are checked on a few random examples, and on many in the slow tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def few_and(many: int, few: int = 8) -> list[Any]:
    return [few, pytest.param(many, marks=pytest.mark.slow)]


def check_on(examples: int, check: Callable[..., None], **drawn: st.SearchStrategy[Any]) -> None:
    """Those that a check does not assume do not count, however many they are."""
    skips = settings(max_examples=examples, suppress_health_check=[HealthCheck.filter_too_much])
    skips(given(**drawn)(check))()


def on_random(*, many: int = 300, **drawn: st.SearchStrategy[Any]) -> Callable[..., Any]:
    """Make a test of a property, which takes what is drawn."""

    def decorate(check: Callable[..., None]) -> Callable[[int], None]:
        @pytest.mark.parametrize("examples", few_and(many))
        def test(examples: int) -> None:
            check_on(examples, check, **drawn)

        return test

    return decorate
