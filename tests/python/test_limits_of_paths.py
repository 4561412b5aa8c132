"""How far a run for a precision may go: one range, told by the name of the argument."""

import pytest

import capstake as cs
from deals import CAPPED_SHARE, deal_of


@pytest.mark.parametrize(
    ("arguments", "least"),
    [
        ({}, "8,192"),
        ({"replicates": 2}, "1,024"),
        ({"replicates": 2, "sampler": "philox"}, "8,192"),
    ],
    ids=["Sobol points", "two replicates", "plain"],
)
def test_limits_of_paths_have_one_range(arguments, least):
    deal = deal_of(CAPPED_SHARE)
    low = int(least.replace(",", ""))
    for limit in (low - 1, 2**47 + 1, 2**48):
        with pytest.raises(cs.InputError, match=f"^max_paths: must be between {least} and "):
            cs.value(deal, precision=0.5, max_paths=limit, **arguments)
    for limit in (low, 2**47):
        assert cs.value(deal, precision=0.5, max_paths=limit, **arguments).run.paths >= low
