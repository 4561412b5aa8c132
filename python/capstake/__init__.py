"""Value capped revenue shares and equity stakes, jointly, by Monte Carlo.

Start with :func:`load`, :func:`value`, :func:`compare` and :func:`report`.
"""

from capstake import plots
from capstake._core import (
    Bass,
    CancelToken,
    Company,
    Deal,
    Event,
    Forecast,
    Gbm,
    Graph,
    History,
    JumpDiffusion,
    Logistic,
    MeanRevertingGrowth,
    Mixture,
    Number,
    Party,
    Product,
    Ramp,
    RegimeSwitching,
    RevenueShare,
    Scaled,
    SchwartzMoon,
    Seasonal,
    Stake,
    Sum,
    build_info,
)
from capstake.checks import Check, exact_checks
from capstake.docstrings import document_records
from capstake.errors import CancelledError, CapstakeError, InputError, Issue, NumericalError
from capstake.estimates import (
    CapTiming,
    Correlation,
    Estimate,
    Percentile,
    Position,
    Reconciliation,
    YearAmount,
)
from capstake.exact import ExactCappedShare, exact_capped_share
from capstake.formula import (
    Formula,
    cumulative,
    exp,
    lag,
    log,
    maximum,
    minimum,
    sqrt,
    step_up,
    symbol,
    where,
    year_to_date,
)
from capstake.inputs import bundled_deals, load, loads
from capstake.report import report
from capstake.run import compare, value
from capstake.sensitivity import (
    SecondSensitivity,
    Sensitivities,
    Sensitivity,
    sensitivities,
)
from capstake.valuation import Comparison, Valuation

__all__ = [
    "Bass",
    "CancelToken",
    "CancelledError",
    "CapTiming",
    "CapstakeError",
    "Check",
    "Company",
    "Comparison",
    "Correlation",
    "Deal",
    "Estimate",
    "Event",
    "ExactCappedShare",
    "Forecast",
    "Formula",
    "Gbm",
    "Graph",
    "History",
    "InputError",
    "Issue",
    "JumpDiffusion",
    "Logistic",
    "MeanRevertingGrowth",
    "Mixture",
    "Number",
    "NumericalError",
    "Party",
    "Percentile",
    "Position",
    "Product",
    "Ramp",
    "Reconciliation",
    "RegimeSwitching",
    "RevenueShare",
    "Scaled",
    "SchwartzMoon",
    "Seasonal",
    "SecondSensitivity",
    "Sensitivities",
    "Sensitivity",
    "Stake",
    "Sum",
    "Valuation",
    "YearAmount",
    "build_info",
    "bundled_deals",
    "compare",
    "cumulative",
    "exact_capped_share",
    "exact_checks",
    "exp",
    "lag",
    "load",
    "loads",
    "log",
    "maximum",
    "minimum",
    "plots",
    "report",
    "sensitivities",
    "sqrt",
    "step_up",
    "symbol",
    "value",
    "where",
    "year_to_date",
]

__version__: str = build_info()["version"]

document_records()
