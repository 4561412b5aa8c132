"""The C++ core. The domain types below the marker are written by ``python -m capstake.records``."""

import datetime
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Self, TypeAlias, final, type_check_only

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capstake.formula import Formula
from capstake.settings import Settings

def build_info() -> dict[str, Any]: ...
def cycles_per_nanosecond() -> float: ...
def join_path(parent: str, key: str) -> str: ...
def describe() -> list[dict[str, Any]]: ...
def repairs(deal: Deal) -> list[dict[str, Any]]: ...
def nearest_correlation(matrix: Sequence[Sequence[float]]) -> tuple[list[list[float]], float]: ...
def families() -> dict[str, dict[str, Any]]: ...
def statuses() -> list[str]: ...
def assumptions(deal: Deal) -> list[dict[str, Any]]: ...
def grid(deal: Deal) -> list[dict[str, Any]]: ...
def graph_of(deal: Deal) -> Graph: ...
def year_fraction(
    day_count: str, from_date: datetime.date | str, to_date: datetime.date | str
) -> float: ...
def quantiles(
    values: ArrayLike, p: Sequence[float], confidence: float = ...
) -> list[tuple[float, float, float, float]]: ...
def expected_shortfalls(
    values: ArrayLike, p: Sequence[float]
) -> list[tuple[float, float, float]]: ...
def value(
    deal: Deal,
    settings: Settings,
    progress: Callable[[int, int], object] | None = ...,
    cancel: CancelToken | None = ...,
) -> dict[str, Any]: ...
def compare(
    old_deal: Deal,
    new_deal: Deal,
    settings: Settings,
    progress: Callable[[int, int], object] | None = ...,
    cancel: CancelToken | None = ...,
) -> dict[str, Any]: ...
def both_measures(
    deal: Deal,
    settings: Settings,
    progress: Callable[[int, int], object] | None = ...,
    cancel: CancelToken | None = ...,
) -> dict[str, Any]: ...
def sensitivities(
    deal: Deal,
    settings: Settings,
    second: list[str] | None = ...,
    progress: Callable[[int, int], object] | None = ...,
    cancel: CancelToken | None = ...,
) -> tuple[list[tuple[str, str, str, float, float, float, str, float, float]], int, int]: ...
def exact_capped_share(
    start: float,
    cap: float,
    log_growth: Sequence[float],
    volatility: Sequence[float],
    weight: Sequence[float],
    discount: Sequence[float],
) -> tuple[float, list[float]]: ...
def exact_checks(
    deal: Deal, max_steps: int | None = ...
) -> list[tuple[str, float | None, float, str]]: ...
def formula_names(text: str) -> list[str]: ...
def formula_functions() -> list[tuple[str, int, int, str]]: ...
def evaluate_formula(
    text: str,
    figures: Mapping[str, Sequence[float]],
    start: datetime.date | str,
    frequency: str,
    n_periods: int,
) -> list[float]: ...
def student_t_quantile(p: float, degrees_of_freedom: float) -> float: ...
def sobol_points(
    dimensions: Sequence[int],
    n: int,
    first: int = ...,
    scrambles: Sequence[tuple[Sequence[int], int]] | None = ...,
) -> NDArray[np.uint64]: ...
def sobol_scramble(seed: int, replicate: int, coordinate: int) -> tuple[list[int], int]: ...

@type_check_only
class _Pybind11Type(type): ...

@final
class CancelToken(metaclass=_Pybind11Type):
    def __init__(self) -> None: ...
    def cancel(self) -> None: ...
    @property
    def is_cancelled(self) -> bool: ...

@type_check_only
class _Record(metaclass=_Pybind11Type):  # what the domain types share
    __signature__: ClassVar[inspect.Signature]
    def replace(self, **changes: Any) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...
    def _record(self) -> dict[str, Any]: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __getstate__(self) -> dict[str, Any]: ...
    def __setstate__(self, state: dict[str, Any]) -> None: ...

@final
class Graph(metaclass=_Pybind11Type):
    def __init__(self) -> None: ...
    def constant(self, value: float) -> int: ...
    def parameter(self, name: str, value: float) -> int: ...
    def draw(self, name: str, step: int = ..., is_uniform: bool = ...) -> int: ...
    def apply(self, op: str, args: Sequence[int]) -> int: ...
    def output(self, name: str, node: int) -> None: ...
    @property
    def size(self) -> int: ...
    @property
    def output_names(self) -> list[str]: ...
    @property
    def output_nodes(self) -> list[int]: ...
    def linear_controls(self, nodes: Sequence[int]) -> list[tuple[int, int]]: ...
    def mean(self, node: int) -> tuple[int | None, str]: ...
    def interpret(
        self, seed: int, path: int, design: str = ..., replicate: int = ...
    ) -> list[float]: ...
    @property
    def draws(self) -> list[tuple[str, int, bool]]: ...
    def interpret_at(self, draws: Sequence[float]) -> list[float]: ...
    def integrate_out(
        self, only: Sequence[str] = ..., outputs: Sequence[str] = ..., growth: int = ...
    ) -> tuple[Graph, list[tuple[str, int, int, int, str]]]: ...
    def run(
        self,
        seed: int,
        first_block: int = ...,
        n_blocks: int = ...,
        design: str = ...,
        replicate: int = ...,
    ) -> NDArray[np.float64]: ...
    def text(self) -> str: ...
    def program_text(self) -> str: ...

@final
class Number(metaclass=_Pybind11Type):
    __signature__: ClassVar[inspect.Signature]
    def __init__(
        self,
        value: float | None = ...,
        *,
        uniform: Sequence[float] = ...,
        triangular: Sequence[float] = ...,
        pert: Sequence[float] = ...,
        normal: Sequence[float] = ...,
        lognormal: Sequence[float] = ...,
        student_t: Sequence[float] = ...,
        beta: Sequence[float] = ...,
        gamma: Sequence[float] = ...,
        discrete: Mapping[str, Sequence[float]] = ...,
        empirical: Sequence[float] = ...,
        metalog: Mapping[str, float | Sequence[float]] = ...,
        truncated_below: float = ...,
        truncated_above: float = ...,
        by_date: Mapping[datetime.date | str, float] = ...,
        source: str = ...,
        status: str = ...,
        range: Sequence[float] = ...,
    ) -> None: ...
    @property
    def value(self) -> float: ...
    def quantile(self, probability: float) -> float: ...
    @property
    def is_constant(self) -> bool: ...
    @property
    def text(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def range(self) -> tuple[float, float] | None: ...
    def to_dict(self) -> dict[str, Any]: ...
    def __float__(self) -> float: ...
    def _record(self) -> Any: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __getstate__(self) -> Any: ...
    def __setstate__(self, state: Any) -> None: ...

# Written from the field tables:
_Stream: TypeAlias = (
    Forecast
    | Scaled
    | Sum
    | Product
    | Ramp
    | Seasonal
    | History
    | Mixture
    | Gbm
    | SchwartzMoon
    | MeanRevertingGrowth
    | JumpDiffusion
    | RegimeSwitching
    | Logistic
    | Bass
    | FormulaStream
)

_Leg: TypeAlias = RevenueShare | EarnOut | Milestone

_Clause: TypeAlias = (
    Tiers
    | Threshold
    | SpringingRate
    | CatchUp
    | MinimumGuarantee
    | PeriodCap
    | RecoupThenSplit
    | CapMultiple
    | AccretingCap
    | TailRate
    | Balloon
    | BuyOut
    | ChangeOfControl
    | Deferral
    | GracePeriod
    | PayerCredit
    | Clawback
    | Custom
)

@final
class Deal(_Record):
    def __init__(
        self,
        *,
        name: str,
        valuation_date: datetime.date | str,
        currency: str,
        discount_rate: Number | float | str | dict[str, Any],
        parties: Mapping[str, Party],
        unit: str | None = ...,
        risk_free: Number | float | str | dict[str, Any] | None = ...,
        measure: str | None = ...,
        compounding: str | None = ...,
        day_count: str | None = ...,
        frequency: str | None = ...,
        notes: Sequence[str] | None = ...,
        streams: Mapping[str, _Stream] | None = ...,
        events: Mapping[str, Event] | None = ...,
        legs: Mapping[str, _Leg] | None = ...,
        companies: Mapping[str, Company] | None = ...,
        stakes: Mapping[str, Stake] | None = ...,
        dependence: Mapping[str, Dependence] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Deal: ...
    @property
    def name(self) -> str: ...
    @property
    def valuation_date(self) -> datetime.date: ...
    @property
    def currency(self) -> str: ...
    @property
    def discount_rate(self) -> Number: ...
    @property
    def parties(self) -> dict[str, Party]: ...
    @property
    def unit(self) -> str: ...
    @property
    def risk_free(self) -> Number | None: ...
    @property
    def measure(self) -> str: ...
    @property
    def compounding(self) -> str: ...
    @property
    def day_count(self) -> str: ...
    @property
    def frequency(self) -> str: ...
    @property
    def notes(self) -> list[str]: ...
    @property
    def streams(self) -> dict[str, _Stream]: ...
    @property
    def events(self) -> dict[str, Event]: ...
    @property
    def legs(self) -> dict[str, _Leg]: ...
    @property
    def companies(self) -> dict[str, Company]: ...
    @property
    def stakes(self) -> dict[str, Stake]: ...
    @property
    def dependence(self) -> dict[str, Dependence]: ...

@final
class Party(_Record):
    def __init__(
        self,
        *,
        name: str,
        credit_spread: Number | float | str | dict[str, Any] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Party: ...
    @property
    def name(self) -> str: ...
    @property
    def credit_spread(self) -> Number: ...

@final
class Forecast(_Record):
    def __init__(
        self,
        *,
        annual: Mapping[int, Number | float] | None = ...,
        figures: Mapping[str, Number | float] | None = ...,
        seasonality: Sequence[Number | float] | None = ...,
        growth_haircut: Number | float | str | dict[str, Any] | None = ...,
        volatility: Number | float | str | dict[str, Any] | None = ...,
        revisions: Mapping[datetime.date | str, Number | float] | None = ...,
        p10: Mapping[str, Number | float] | None = ...,
        p90: Mapping[str, Number | float] | None = ...,
        percentile_fit: str | None = ...,
        risk_premium: Number | float | str | dict[str, Any] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Forecast: ...
    @property
    def annual(self) -> dict[int, Number]: ...
    @property
    def figures(self) -> dict[str, Number]: ...
    @property
    def seasonality(self) -> list[Number]: ...
    @property
    def growth_haircut(self) -> Number: ...
    @property
    def volatility(self) -> Number: ...
    @property
    def revisions(self) -> dict[datetime.date, Number]: ...
    @property
    def p10(self) -> dict[str, Number]: ...
    @property
    def p90(self) -> dict[str, Number]: ...
    @property
    def percentile_fit(self) -> str: ...
    @property
    def risk_premium(self) -> Number: ...

@final
class Scaled(_Record):
    def __init__(
        self,
        *,
        of: str,
        factor: Number | float | str | dict[str, Any],
        risk_premium: Number | float | str | dict[str, Any] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Scaled: ...
    @property
    def of(self) -> str: ...
    @property
    def factor(self) -> Number: ...
    @property
    def risk_premium(self) -> Number: ...

@final
class Sum(_Record):
    def __init__(
        self,
        *,
        of: Sequence[str],
        less: Sequence[str] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Sum: ...
    @property
    def of(self) -> list[str]: ...
    @property
    def less(self) -> list[str]: ...

@final
class Product(_Record):
    def __init__(
        self,
        *,
        of: str,
        times: Sequence[str],
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Product: ...
    @property
    def of(self) -> str: ...
    @property
    def times(self) -> list[str]: ...

@final
class Ramp(_Record):
    def __init__(
        self,
        *,
        of: str,
        at_start: Number | float | str | dict[str, Any],
        at_end: Number | float | str | dict[str, Any],
        start: datetime.date | str,
        end: datetime.date | str,
        interpolation: str | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Ramp: ...
    @property
    def of(self) -> str: ...
    @property
    def at_start(self) -> Number: ...
    @property
    def at_end(self) -> Number: ...
    @property
    def start(self) -> datetime.date: ...
    @property
    def end(self) -> datetime.date: ...
    @property
    def interpolation(self) -> str: ...

@final
class Seasonal(_Record):
    def __init__(
        self,
        *,
        of: str,
        weights: Sequence[Number | float],
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Seasonal: ...
    @property
    def of(self) -> str: ...
    @property
    def weights(self) -> list[Number]: ...

@final
class History(_Record):
    def __init__(
        self,
        *,
        figures: Mapping[str, Number | float],
        of: str,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> History: ...
    @property
    def figures(self) -> dict[str, Number]: ...
    @property
    def of(self) -> str: ...

@final
class Mixture(_Record):
    def __init__(
        self,
        *,
        scenarios: Sequence[str],
        weights: Sequence[Number | float],
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Mixture: ...
    @property
    def scenarios(self) -> list[str]: ...
    @property
    def weights(self) -> list[Number]: ...

@final
class Gbm(_Record):
    def __init__(
        self,
        *,
        level: Number | float | str | dict[str, Any],
        growth: Number | float | str | dict[str, Any],
        volatility: Number | float | str | dict[str, Any],
        sampling: str | None = ...,
        risk_premium: Number | float | str | dict[str, Any] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Gbm: ...
    @property
    def level(self) -> Number: ...
    @property
    def growth(self) -> Number: ...
    @property
    def volatility(self) -> Number: ...
    @property
    def sampling(self) -> str: ...
    @property
    def risk_premium(self) -> Number: ...

@final
class SchwartzMoon(_Record):
    def __init__(
        self,
        *,
        level: Number | float | str | dict[str, Any],
        growth: Number | float | str | dict[str, Any],
        growth_long_run: Number | float | str | dict[str, Any],
        growth_reversion: Number | float | str | dict[str, Any],
        growth_volatility: Number | float | str | dict[str, Any],
        volatility: Number | float | str | dict[str, Any],
        volatility_long_run: Number | float | str | dict[str, Any],
        growth_volatility_decay: Number | float | str | dict[str, Any] | None = ...,
        volatility_reversion: Number | float | str | dict[str, Any] | None = ...,
        correlation: Number | float | str | dict[str, Any] | None = ...,
        risk_price: Number | float | str | dict[str, Any] | None = ...,
        growth_risk_price: Number | float | str | dict[str, Any] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> SchwartzMoon: ...
    @property
    def level(self) -> Number: ...
    @property
    def growth(self) -> Number: ...
    @property
    def growth_long_run(self) -> Number: ...
    @property
    def growth_reversion(self) -> Number: ...
    @property
    def growth_volatility(self) -> Number: ...
    @property
    def volatility(self) -> Number: ...
    @property
    def volatility_long_run(self) -> Number: ...
    @property
    def growth_volatility_decay(self) -> Number: ...
    @property
    def volatility_reversion(self) -> Number: ...
    @property
    def correlation(self) -> Number: ...
    @property
    def risk_price(self) -> Number: ...
    @property
    def growth_risk_price(self) -> Number: ...

@final
class MeanRevertingGrowth(_Record):
    def __init__(
        self,
        *,
        level: Number | float | str | dict[str, Any],
        growth: Number | float | str | dict[str, Any],
        growth_long_run: Number | float | str | dict[str, Any],
        growth_reversion: Number | float | str | dict[str, Any],
        growth_volatility: Number | float | str | dict[str, Any],
        volatility: Number | float | str | dict[str, Any],
        correlation: Number | float | str | dict[str, Any] | None = ...,
        risk_premium: Number | float | str | dict[str, Any] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> MeanRevertingGrowth: ...
    @property
    def level(self) -> Number: ...
    @property
    def growth(self) -> Number: ...
    @property
    def growth_long_run(self) -> Number: ...
    @property
    def growth_reversion(self) -> Number: ...
    @property
    def growth_volatility(self) -> Number: ...
    @property
    def volatility(self) -> Number: ...
    @property
    def correlation(self) -> Number: ...
    @property
    def risk_premium(self) -> Number: ...

@final
class JumpDiffusion(_Record):
    def __init__(
        self,
        *,
        level: Number | float | str | dict[str, Any],
        growth: Number | float | str | dict[str, Any],
        volatility: Number | float | str | dict[str, Any],
        jump_rate: Number | float | str | dict[str, Any],
        jump_mean: Number | float | str | dict[str, Any],
        jump_volatility: Number | float | str | dict[str, Any],
        risk_premium: Number | float | str | dict[str, Any] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> JumpDiffusion: ...
    @property
    def level(self) -> Number: ...
    @property
    def growth(self) -> Number: ...
    @property
    def volatility(self) -> Number: ...
    @property
    def jump_rate(self) -> Number: ...
    @property
    def jump_mean(self) -> Number: ...
    @property
    def jump_volatility(self) -> Number: ...
    @property
    def risk_premium(self) -> Number: ...

@final
class RegimeSwitching(_Record):
    def __init__(
        self,
        *,
        level: Number | float | str | dict[str, Any],
        growth: Number | float | str | dict[str, Any],
        volatility: Number | float | str | dict[str, Any],
        other_growth: Number | float | str | dict[str, Any],
        other_volatility: Number | float | str | dict[str, Any],
        switch_rate: Number | float | str | dict[str, Any],
        return_rate: Number | float | str | dict[str, Any],
        starts_in_other: Number | float | str | dict[str, Any] | None = ...,
        risk_premium: Number | float | str | dict[str, Any] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> RegimeSwitching: ...
    @property
    def level(self) -> Number: ...
    @property
    def growth(self) -> Number: ...
    @property
    def volatility(self) -> Number: ...
    @property
    def other_growth(self) -> Number: ...
    @property
    def other_volatility(self) -> Number: ...
    @property
    def switch_rate(self) -> Number: ...
    @property
    def return_rate(self) -> Number: ...
    @property
    def starts_in_other(self) -> Number: ...
    @property
    def risk_premium(self) -> Number: ...

@final
class Logistic(_Record):
    def __init__(
        self,
        *,
        level: Number | float | str | dict[str, Any],
        market: Number | float | str | dict[str, Any],
        growth: Number | float | str | dict[str, Any],
        volatility: Number | float | str | dict[str, Any] | None = ...,
        risk_premium: Number | float | str | dict[str, Any] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Logistic: ...
    @property
    def level(self) -> Number: ...
    @property
    def market(self) -> Number: ...
    @property
    def growth(self) -> Number: ...
    @property
    def volatility(self) -> Number: ...
    @property
    def risk_premium(self) -> Number: ...

@final
class Bass(_Record):
    def __init__(
        self,
        *,
        market: Number | float | str | dict[str, Any],
        innovation: Number | float | str | dict[str, Any],
        imitation: Number | float | str | dict[str, Any],
        launch: datetime.date | str,
        revenue_from: str | None = ...,
        volatility: Number | float | str | dict[str, Any] | None = ...,
        risk_premium: Number | float | str | dict[str, Any] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Bass: ...
    @property
    def market(self) -> Number: ...
    @property
    def innovation(self) -> Number: ...
    @property
    def imitation(self) -> Number: ...
    @property
    def launch(self) -> datetime.date: ...
    @property
    def revenue_from(self) -> str: ...
    @property
    def volatility(self) -> Number: ...
    @property
    def risk_premium(self) -> Number: ...

@final
class FormulaStream(_Record):
    def __init__(
        self,
        *,
        formula: Formula | str,
        numbers: Mapping[str, Number | float] | None = ...,
        start: datetime.date | str | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> FormulaStream: ...
    @property
    def formula(self) -> str: ...
    @property
    def numbers(self) -> dict[str, Number]: ...
    @property
    def start(self) -> datetime.date | None: ...

@final
class Event(_Record):
    def __init__(
        self,
        *,
        hazard: Number | float | str | dict[str, Any],
        meaning: str | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Event: ...
    @property
    def hazard(self) -> Number: ...
    @property
    def meaning(self) -> str: ...

@final
class RevenueShare(_Record):
    def __init__(
        self,
        *,
        payer: str,
        receiver: str,
        base: str,
        rate: Number | float | str | dict[str, Any],
        start: datetime.date | str,
        end: datetime.date | str,
        cap: Number | float | str | dict[str, Any] | None = ...,
        accrual_start: datetime.date | str | None = ...,
        already_paid: Number | float | str | dict[str, Any] | None = ...,
        investment: Number | float | str | dict[str, Any] | None = ...,
        settlement: str | None = ...,
        payment_lag: int | None = ...,
        stop_events: Sequence[str] | None = ...,
        loss_events: Sequence[str] | None = ...,
        discount_rate: Number | float | str | dict[str, Any] | None = ...,
        risk: str | None = ...,
        clauses: Mapping[str, _Clause] | None = ...,
        terms: str | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> RevenueShare: ...
    @property
    def payer(self) -> str: ...
    @property
    def receiver(self) -> str: ...
    @property
    def base(self) -> str: ...
    @property
    def rate(self) -> Number: ...
    @property
    def start(self) -> datetime.date: ...
    @property
    def end(self) -> datetime.date: ...
    @property
    def cap(self) -> Number | None: ...
    @property
    def accrual_start(self) -> datetime.date | None: ...
    @property
    def already_paid(self) -> Number: ...
    @property
    def investment(self) -> Number | None: ...
    @property
    def settlement(self) -> str: ...
    @property
    def payment_lag(self) -> int: ...
    @property
    def stop_events(self) -> list[str]: ...
    @property
    def loss_events(self) -> list[str]: ...
    @property
    def discount_rate(self) -> Number | None: ...
    @property
    def risk(self) -> str: ...
    @property
    def clauses(self) -> dict[str, _Clause]: ...
    @property
    def terms(self) -> str: ...

@final
class EarnOut(_Record):
    def __init__(
        self,
        *,
        payer: str,
        receiver: str,
        base: str,
        start: datetime.date | str,
        end: datetime.date | str,
        tested: str | None = ...,
        threshold: Number | float | str | dict[str, Any] | None = ...,
        amount: Number | float | str | dict[str, Any] | None = ...,
        rate: Number | float | str | dict[str, Any] | None = ...,
        rate_on: str | None = ...,
        above: Sequence[Number | float] | None = ...,
        amounts: Sequence[Number | float] | None = ...,
        rates: Sequence[Number | float] | None = ...,
        whole_amount: bool | None = ...,
        cap: Number | float | str | dict[str, Any] | None = ...,
        total_cap: Number | float | str | dict[str, Any] | None = ...,
        catch_up: bool | None = ...,
        payment_lag: int | None = ...,
        stop_events: Sequence[str] | None = ...,
        acceleration: str | None = ...,
        acceleration_amount: Number | float | str | dict[str, Any] | None = ...,
        loss_events: Sequence[str] | None = ...,
        discount_rate: Number | float | str | dict[str, Any] | None = ...,
        risk: str | None = ...,
        terms: str | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> EarnOut: ...
    @property
    def payer(self) -> str: ...
    @property
    def receiver(self) -> str: ...
    @property
    def base(self) -> str: ...
    @property
    def start(self) -> datetime.date: ...
    @property
    def end(self) -> datetime.date: ...
    @property
    def tested(self) -> str: ...
    @property
    def threshold(self) -> Number: ...
    @property
    def amount(self) -> Number: ...
    @property
    def rate(self) -> Number: ...
    @property
    def rate_on(self) -> str: ...
    @property
    def above(self) -> list[Number]: ...
    @property
    def amounts(self) -> list[Number]: ...
    @property
    def rates(self) -> list[Number]: ...
    @property
    def whole_amount(self) -> bool: ...
    @property
    def cap(self) -> Number | None: ...
    @property
    def total_cap(self) -> Number | None: ...
    @property
    def catch_up(self) -> bool: ...
    @property
    def payment_lag(self) -> int: ...
    @property
    def stop_events(self) -> list[str]: ...
    @property
    def acceleration(self) -> str: ...
    @property
    def acceleration_amount(self) -> Number | None: ...
    @property
    def loss_events(self) -> list[str]: ...
    @property
    def discount_rate(self) -> Number | None: ...
    @property
    def risk(self) -> str: ...
    @property
    def terms(self) -> str: ...

@final
class Milestone(_Record):
    def __init__(
        self,
        *,
        payer: str,
        receiver: str,
        amount: Number | float | str | dict[str, Any],
        start: datetime.date | str,
        end: datetime.date | str,
        base: str | None = ...,
        threshold: Number | float | str | dict[str, Any] | None = ...,
        measured: str | None = ...,
        event: str | None = ...,
        probability: Number | float | str | dict[str, Any] | None = ...,
        payment_lag: int | None = ...,
        stop_events: Sequence[str] | None = ...,
        acceleration: str | None = ...,
        acceleration_amount: Number | float | str | dict[str, Any] | None = ...,
        loss_events: Sequence[str] | None = ...,
        discount_rate: Number | float | str | dict[str, Any] | None = ...,
        risk: str | None = ...,
        terms: str | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Milestone: ...
    @property
    def payer(self) -> str: ...
    @property
    def receiver(self) -> str: ...
    @property
    def amount(self) -> Number: ...
    @property
    def start(self) -> datetime.date: ...
    @property
    def end(self) -> datetime.date: ...
    @property
    def base(self) -> str: ...
    @property
    def threshold(self) -> Number | None: ...
    @property
    def measured(self) -> str: ...
    @property
    def event(self) -> str: ...
    @property
    def probability(self) -> Number: ...
    @property
    def payment_lag(self) -> int: ...
    @property
    def stop_events(self) -> list[str]: ...
    @property
    def acceleration(self) -> str: ...
    @property
    def acceleration_amount(self) -> Number | None: ...
    @property
    def loss_events(self) -> list[str]: ...
    @property
    def discount_rate(self) -> Number | None: ...
    @property
    def risk(self) -> str: ...
    @property
    def terms(self) -> str: ...

@final
class Tiers(_Record):
    def __init__(
        self,
        *,
        above: Sequence[Number | float],
        rates: Sequence[Number | float],
        per: str | None = ...,
        whole_amount: bool | None = ...,
        revenue_before: Number | float | str | dict[str, Any] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Tiers: ...
    @property
    def above(self) -> list[Number]: ...
    @property
    def rates(self) -> list[Number]: ...
    @property
    def per(self) -> str: ...
    @property
    def whole_amount(self) -> bool: ...
    @property
    def revenue_before(self) -> Number: ...

@final
class Threshold(_Record):
    def __init__(
        self,
        *,
        amount: Number | float | str | dict[str, Any],
        per: str | None = ...,
        revenue_before: Number | float | str | dict[str, Any] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Threshold: ...
    @property
    def amount(self) -> Number: ...
    @property
    def per(self) -> str: ...
    @property
    def revenue_before(self) -> Number: ...

@final
class SpringingRate(_Record):
    def __init__(
        self,
        *,
        test_date: datetime.date | str,
        target: Number | float | str | dict[str, Any],
        measure: str | None = ...,
        rate_if_missed: Number | float | str | dict[str, Any] | None = ...,
        rate_if_met: Number | float | str | dict[str, Any] | None = ...,
        revenue_before: Number | float | str | dict[str, Any] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> SpringingRate: ...
    @property
    def test_date(self) -> datetime.date: ...
    @property
    def target(self) -> Number: ...
    @property
    def measure(self) -> str: ...
    @property
    def rate_if_missed(self) -> Number | None: ...
    @property
    def rate_if_met(self) -> Number | None: ...
    @property
    def revenue_before(self) -> Number: ...

@final
class CatchUp(_Record):
    def __init__(
        self,
        *,
        target: Number | float | str | dict[str, Any],
        rate: Number | float | str | dict[str, Any],
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> CatchUp: ...
    @property
    def target(self) -> Number: ...
    @property
    def rate(self) -> Number: ...

@final
class MinimumGuarantee(_Record):
    def __init__(
        self,
        *,
        amount: Number | float | str | dict[str, Any],
        per: str | None = ...,
        prorated: bool | None = ...,
        recoupable: bool | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> MinimumGuarantee: ...
    @property
    def amount(self) -> Number: ...
    @property
    def per(self) -> str: ...
    @property
    def prorated(self) -> bool: ...
    @property
    def recoupable(self) -> bool: ...

@final
class PeriodCap(_Record):
    def __init__(
        self,
        *,
        amount: Number | float | str | dict[str, Any],
        per: str | None = ...,
        carry_forward: bool | None = ...,
        prorated: bool | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> PeriodCap: ...
    @property
    def amount(self) -> Number: ...
    @property
    def per(self) -> str: ...
    @property
    def carry_forward(self) -> bool: ...
    @property
    def prorated(self) -> bool: ...

@final
class RecoupThenSplit(_Record):
    def __init__(
        self,
        *,
        rate: Number | float | str | dict[str, Any],
        amount: Number | float | str | dict[str, Any] | None = ...,
        multiple: Number | float | str | dict[str, Any] | None = ...,
        interest: Number | float | str | dict[str, Any] | None = ...,
        since: datetime.date | str | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> RecoupThenSplit: ...
    @property
    def rate(self) -> Number: ...
    @property
    def amount(self) -> Number | None: ...
    @property
    def multiple(self) -> Number | None: ...
    @property
    def interest(self) -> Number | None: ...
    @property
    def since(self) -> datetime.date | None: ...

@final
class CapMultiple(_Record):
    def __init__(
        self,
        *,
        multiple: Number | float | str | dict[str, Any],
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> CapMultiple: ...
    @property
    def multiple(self) -> Number: ...

@final
class AccretingCap(_Record):
    def __init__(
        self,
        *,
        rate: Number | float | str | dict[str, Any],
        amount: Number | float | str | dict[str, Any] | None = ...,
        since: datetime.date | str | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> AccretingCap: ...
    @property
    def rate(self) -> Number: ...
    @property
    def amount(self) -> Number | None: ...
    @property
    def since(self) -> datetime.date | None: ...

@final
class TailRate(_Record):
    def __init__(
        self,
        *,
        rate: Number | float | str | dict[str, Any],
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> TailRate: ...
    @property
    def rate(self) -> Number: ...

@final
class Balloon(_Record):
    def __init__(
        self,
        *,
        part: Number | float | str | dict[str, Any] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Balloon: ...
    @property
    def part(self) -> Number: ...

@final
class BuyOut(_Record):
    def __init__(
        self,
        *,
        on: datetime.date | str,
        amount: Number | float | str | dict[str, Any] | None = ...,
        multiple: Number | float | str | dict[str, Any] | None = ...,
        less_paid: bool | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> BuyOut: ...
    @property
    def on(self) -> datetime.date: ...
    @property
    def amount(self) -> Number | None: ...
    @property
    def multiple(self) -> Number | None: ...
    @property
    def less_paid(self) -> bool: ...

@final
class ChangeOfControl(_Record):
    def __init__(
        self,
        *,
        event: str,
        amount: Number | float | str | dict[str, Any] | None = ...,
        multiple: Number | float | str | dict[str, Any] | None = ...,
        less_paid: bool | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> ChangeOfControl: ...
    @property
    def event(self) -> str: ...
    @property
    def amount(self) -> Number | None: ...
    @property
    def multiple(self) -> Number | None: ...
    @property
    def less_paid(self) -> bool: ...

@final
class Deferral(_Record):
    def __init__(
        self,
        *,
        part: Number | float | str | dict[str, Any],
        days: int,
        interest: Number | float | str | dict[str, Any] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Deferral: ...
    @property
    def part(self) -> Number: ...
    @property
    def days(self) -> int: ...
    @property
    def interest(self) -> Number: ...

@final
class GracePeriod(_Record):
    def __init__(
        self,
        *,
        until: datetime.date | str,
        interest: Number | float | str | dict[str, Any] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> GracePeriod: ...
    @property
    def until(self) -> datetime.date: ...
    @property
    def interest(self) -> Number: ...

@final
class PayerCredit(_Record):
    def __init__(
        self,
        *,
        spread: Number | float | str | dict[str, Any] | None = ...,
        failure: str | None = ...,
        recovery: Number | float | str | dict[str, Any] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> PayerCredit: ...
    @property
    def spread(self) -> Number: ...
    @property
    def failure(self) -> str: ...
    @property
    def recovery(self) -> Number: ...

@final
class Clawback(_Record):
    def __init__(
        self,
        *,
        event: str,
        part: Number | float | str | dict[str, Any],
        look_back: int | None = ...,
        until: datetime.date | str | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Clawback: ...
    @property
    def event(self) -> str: ...
    @property
    def part(self) -> Number: ...
    @property
    def look_back(self) -> int: ...
    @property
    def until(self) -> datetime.date | None: ...

@final
class Custom(_Record):
    def __init__(
        self,
        *,
        formula: Formula | str,
        numbers: Mapping[str, Number | float] | None = ...,
        stage: str | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Custom: ...
    @property
    def formula(self) -> str: ...
    @property
    def numbers(self) -> dict[str, Number]: ...
    @property
    def stage(self) -> str: ...

@final
class Company(_Record):
    def __init__(
        self,
        *,
        party: str,
        revenue: str,
        multiple: Number | float | str | dict[str, Any],
        exit_date: datetime.date | str,
        long_run_multiple: Number | float | str | dict[str, Any] | None = ...,
        reversion: Number | float | str | dict[str, Any] | None = ...,
        multiple_volatility: Number | float | str | dict[str, Any] | None = ...,
        correlation: Number | float | str | dict[str, Any] | None = ...,
        risk_premium: Number | float | str | dict[str, Any] | None = ...,
        exit: str | None = ...,
        failure: str | None = ...,
        recovery: Number | float | str | dict[str, Any] | None = ...,
        charges_legs: bool | None = ...,
        cash_rate: Number | float | str | dict[str, Any] | None = ...,
        last_round: Number | float | str | dict[str, Any] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Company: ...
    @property
    def party(self) -> str: ...
    @property
    def revenue(self) -> str: ...
    @property
    def multiple(self) -> Number: ...
    @property
    def exit_date(self) -> datetime.date: ...
    @property
    def long_run_multiple(self) -> Number | None: ...
    @property
    def reversion(self) -> Number: ...
    @property
    def multiple_volatility(self) -> Number: ...
    @property
    def correlation(self) -> Number: ...
    @property
    def risk_premium(self) -> Number: ...
    @property
    def exit(self) -> str: ...
    @property
    def failure(self) -> str: ...
    @property
    def recovery(self) -> Number: ...
    @property
    def charges_legs(self) -> bool: ...
    @property
    def cash_rate(self) -> Number: ...
    @property
    def last_round(self) -> Number | None: ...

@final
class Stake(_Record):
    def __init__(
        self,
        *,
        holder: str,
        company: str,
        fraction: Number | float | str | dict[str, Any],
        dilution: Number | float | str | dict[str, Any] | None = ...,
        issue_at_exit: Number | float | str | dict[str, Any] | None = ...,
        discount_rate: Number | float | str | dict[str, Any] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Stake: ...
    @property
    def holder(self) -> str: ...
    @property
    def company(self) -> str: ...
    @property
    def fraction(self) -> Number: ...
    @property
    def dilution(self) -> Number: ...
    @property
    def issue_at_exit(self) -> Number: ...
    @property
    def discount_rate(self) -> Number | None: ...

@final
class Dependence(_Record):
    def __init__(
        self,
        *,
        draws: Sequence[str],
        correlation: Sequence[Sequence[float | str | Number | dict[str, Any]]],
        copula: str | None = ...,
        kind: str | None = ...,
        degrees_of_freedom: Number | float | str | dict[str, Any] | None = ...,
    ) -> None: ...
    @staticmethod
    def from_record(record: dict[str, Any], path: str = ...) -> Dependence: ...
    @property
    def draws(self) -> list[str]: ...
    @property
    def correlation(self) -> list[list[Any]]: ...
    @property
    def copula(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def degrees_of_freedom(self) -> Number | None: ...
