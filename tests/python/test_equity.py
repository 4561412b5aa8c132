"""Companies and stakes against hand arithmetic and closed forms.

Path by path, with every term at once, they are tested in test_reference.py.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

import capstake as cs
from close import agrees, close
from deals import Record, changed, deal_of, share_deal

# Annual revenue 100, 120, 150, 180 after an actual 90; whole years; 10%, continuously compounded.
YEARS = 4
REVENUE = {2025: 90.0, 2026: 100.0, 2027: 120.0, 2028: 150.0, 2029: 180.0}
RATE = 0.1


def company_deal(*, volatility: float = 0.0, stake: Record | None = None, **company) -> Record:
    """A stake of all of a company that exits at the end of 2029; no legs."""
    record = share_deal(REVENUE, volatility=volatility)
    record = changed(
        record, valuation_date="2025-12-31", frequency="year", discount_rate=RATE, legs={}
    )
    record["companies"] = {
        "firm": {
            "party": "payer",
            "revenue": "sales",
            "multiple": 6.0,
            "exit_date": "2029-12-31",
            **company,
        }
    }
    record["stakes"] = {
        "stake": {"holder": "receiver", "company": "firm", "fraction": 1.0, **(stake or {})}
    }
    return record


def stake_value(record: Record, paths: int = 2**18) -> cs.Estimate:
    return cs.value(deal_of(record), paths=paths)["stake"].estimate


def certain(record: Record) -> float:
    estimate = stake_value(record, paths=2)
    assert estimate.standard_error == 0.0
    return estimate.value


# Hand arithmetic. Tolerances of 1e-14 are a few roundings.


def test_a_certain_company_is_worth_its_discounted_revenue_times_the_multiple():
    assert close(certain(company_deal()), 180.0 * 6.0 * math.exp(-0.4), rel=1e-14)


def test_revenue_is_annualised():
    # Flat revenue of 20 a quarter is 80 a year.
    record = changed(
        company_deal(),
        frequency="quarter",
        streams__sales__annual={2025: 80.0, 2026: 80.0},
        companies__firm__exit_date="2026-09-30",
    )
    assert close(certain(record), 80.0 * 6.0 * math.exp(-0.075), rel=1e-14)


def test_a_stake_is_diluted_each_year_and_at_exit():
    record = company_deal(stake={"fraction": 0.27, "dilution": 0.03, "issue_at_exit": 0.065})
    kept = 0.27 * 0.97**4 * 0.935
    assert close(certain(record), kept * 180.0 * 6.0 * math.exp(-0.4), rel=1e-14)


def test_a_stake_has_its_own_discount_rate():
    record = company_deal(stake={"discount_rate": 0.15})
    assert close(certain(record), 180.0 * 6.0 * math.exp(-0.6), rel=1e-14)


def test_the_mean_multiple_reverts_in_its_logarithm():
    # log(multiple) halves its distance in log 2 / k years: from 16 to 4 in two years it comes to 8.
    record = company_deal(
        multiple=16.0, long_run_multiple=4.0, reversion=math.log(2.0) / 2, exit_date="2027-12-31"
    )
    assert close(certain(record), 120.0 * 8.0 * math.exp(-0.2), rel=1e-14)


def charged_deal(**leg) -> Record:
    record = company_deal(charges_legs=True, cash_rate=0.05, exit_date="2027-12-31")
    share = {
        "payer": "payer",
        "receiver": "receiver",
        "base": "sales",
        "rate": 0.1,
        "start": "2026-01-01",
        "end": "2028-12-31",
        "discount_rate": 0.08,
        **leg,
    }
    return changed(record, legs={"share": share})


def test_payments_made_are_compounded_and_payments_due_are_discounted_to_the_exit():
    # Of 10, 12 and 15 at the ends of three years, the first is a year old and the last a year off.
    charge = 10.0 * math.exp(0.05) + 12.0 + 15.0 * math.exp(-0.08)
    expected = (120.0 * 6.0 - charge) * math.exp(-0.2)
    assert close(certain(charged_deal()), expected, rel=1e-14)


def test_a_payment_on_the_day_of_the_exit_is_made_and_a_day_later_it_is_due():
    charge = 10.0 * math.exp(0.05 * 359 / 360) + 12.0 * math.exp(-0.08 / 360)
    charge += 15.0 * math.exp(-0.08 * 361 / 360)
    expected = (120.0 * 6.0 - charge) * math.exp(-0.2)
    # 1 January is one day of 30E/360 after 31 December.
    assert close(certain(charged_deal(payment_lag=1)), expected, rel=1e-14)


def test_legs_that_the_company_receives_raise_its_equity():
    charge = 10.0 * math.exp(0.05) + 12.0 + 15.0 * math.exp(-0.08)
    expected = (120.0 * 6.0 + charge) * math.exp(-0.2)
    assert close(certain(charged_deal(payer="receiver", receiver="payer")), expected, rel=1e-14)


def test_legs_between_others_leave_the_equity_alone():
    record = changed(charged_deal(payer="third"), parties__third={"name": "Third"})
    assert close(certain(record), 120.0 * 6.0 * math.exp(-0.2), rel=1e-14)


def test_a_company_that_is_not_charged_keeps_its_equity():
    record = changed(charged_deal(), companies__firm__charges_legs=False)
    assert close(certain(record), 120.0 * 6.0 * math.exp(-0.2), rel=1e-14)


def test_a_cap_gives_back_to_the_equity_what_it_saves():
    # A cap of 25 leaves 3 of the third payment.
    charge = 10.0 * math.exp(0.05) + 12.0 + 3.0 * math.exp(-0.08)
    expected = (120.0 * 6.0 - charge) * math.exp(-0.2)
    assert close(certain(charged_deal(cap=25.0)), expected, rel=1e-14)


def test_equity_never_falls_below_zero():
    assert certain(changed(charged_deal(), companies__firm__multiple=0.1)) == 0.0


# Expectations

VOLATILITY, MULTIPLE_VOLATILITY, RHO = 0.3, 0.4, 0.5
UNCERTAIN = {
    "volatility": VOLATILITY,
    "multiple_volatility": MULTIPLE_VOLATILITY,
    "correlation": RHO,
}


def covariance(years: int, reversion: float) -> float:
    """Of log revenue and log multiple after annual steps whose standard shocks correlate by RHO."""

    def deviation(t: float) -> float:
        return math.sqrt(t if reversion == 0 else -math.expm1(-2 * reversion * t) / (2 * reversion))

    steps = (math.exp(-reversion * (years - j)) * deviation(1.0) for j in range(1, years + 1))
    return RHO * VOLATILITY * MULTIPLE_VOLATILITY * math.fsum(steps)


def mean_equity(years: int, reversion: float = 0.0, long_run: float = 6.0) -> float:
    """E[revenue x multiple] after whole years, from a multiple of 6."""
    multiple = long_run * (6.0 / long_run) ** math.exp(-reversion * years)
    return REVENUE[2025 + years] * multiple * math.exp(covariance(years, reversion))


@pytest.mark.parametrize("reversion", [0.0, 0.6])
def test_the_expected_equity_has_the_covariance_of_revenue_and_multiple(reversion):
    record = company_deal(**UNCERTAIN, reversion=reversion, long_run_multiple=4.0)
    if reversion == 0.0:
        assert close(covariance(YEARS, 0.0), RHO * 0.3 * 0.4 * YEARS, rel=1e-14)
        exact = mean_equity(YEARS)
    else:
        exact = mean_equity(YEARS, reversion, 4.0)
    assert agrees(stake_value(record), math.exp(-0.4) * exact, largest_error=4e-3)


def test_without_correlation_the_means_multiply():
    record = company_deal(**(UNCERTAIN | {"correlation": 0.0}))
    assert agrees(stake_value(record), math.exp(-0.4) * 180.0 * 6.0, largest_error=4e-3)


def with_events(record: Record, **hazards: float) -> Record:
    events = {name: {"hazard": hazard} for name, hazard in hazards.items()}
    return changed(record, events=events)


def discounted_equity(year: int) -> float:
    return math.exp(-RATE * year) * mean_equity(year)


def test_failure_pays_the_recovery_and_survival_the_exit():
    hazard, recovery = 0.2, 0.25
    record = company_deal(**UNCERTAIN, failure="ruin", recovery=recovery)
    exact = math.exp(-hazard * YEARS) * discounted_equity(YEARS)
    for year in range(1, YEARS + 1):
        fails = math.exp(-hazard * (year - 1)) - math.exp(-hazard * year)
        exact += fails * recovery * discounted_equity(year)
    assert agrees(stake_value(with_events(record, ruin=hazard)), exact, largest_error=6e-3)


def test_failure_is_not_diluted_by_the_issue_at_exit():
    record = company_deal(failure="ruin", recovery=1.0, stake={"issue_at_exit": 1.0})
    hazard = 0.2
    exact = math.fsum(
        (math.exp(-hazard * (year - 1)) - math.exp(-hazard * year))
        * math.exp(-RATE * year)
        * 6.0
        * REVENUE[2025 + year]
        for year in range(1, YEARS + 1)
    )
    assert agrees(stake_value(with_events(record, ruin=hazard)), exact, largest_error=6e-3)


def test_an_exit_event_sells_at_the_end_of_its_period():
    hazard = 0.3
    record = company_deal(**UNCERTAIN, exit="sale")
    exact = math.exp(-hazard * YEARS) * discounted_equity(YEARS)
    for year in range(1, YEARS + 1):
        sold = math.exp(-hazard * (year - 1)) - math.exp(-hazard * year)
        exact += sold * discounted_equity(year)
    assert agrees(stake_value(with_events(record, sale=hazard)), exact, largest_error=4e-3)


def test_of_exit_and_failure_in_one_period_failure_counts():
    ruin, sale, recovery = 0.2, 0.3, 0.25
    record = company_deal(**UNCERTAIN, exit="sale", failure="ruin", recovery=recovery)
    exact = 0.0
    for year in range(1, YEARS + 1):
        unsold = math.exp(-sale * (year - 1))
        sold = unsold if year == YEARS else unsold - math.exp(-sale * year)
        sound = math.exp(-ruin * year)
        fails = math.exp(-ruin * (year - 1)) - sound
        exact += (sound * sold + recovery * fails * unsold) * discounted_equity(year)
    assert agrees(stake_value(with_events(record, ruin=ruin, sale=sale)), exact, largest_error=6e-3)


def test_a_hazard_by_date_holds_from_its_date():
    record = company_deal(failure="ruin")
    record = changed(
        record, events={"ruin": {"hazard": {"by_date": {"2025-01-01": 0.0, "2027-12-31": 0.5}}}}
    )
    exact = math.exp(-0.5 * 2) * 180.0 * 6.0 * math.exp(-0.4)
    assert agrees(stake_value(record), exact, largest_error=4e-3)


@pytest.mark.parametrize(("reversion", "frequency"), [(0.0, "year"), (0.6, "year"), (2.0, "month")])
def test_the_logarithm_of_the_multiple_has_the_ornstein_uhlenbeck_law(reversion, frequency):
    record = changed(
        company_deal(multiple_volatility=0.4, reversion=reversion), frequency=frequency
    )
    n = 2**16
    samples = cs.value(deal_of(record), paths=n)["stake"].samples
    logs = np.log(samples / certain(changed(record, companies__firm__multiple_volatility=0.0)))
    variance = 0.16 * (4.0 if reversion == 0 else -math.expm1(-8 * reversion) / (2 * reversion))
    # Five standard errors of a normal sample's mean and variance.
    assert close(logs.mean(), -variance / 2, abs=5 * math.sqrt(variance / n))
    assert close(logs.var(ddof=1), variance, rel=5 * math.sqrt(2 / n))


def test_the_shocks_of_revenue_and_multiple_correlate():
    n = 2**16
    share = share_deal(REVENUE, volatility=VOLATILITY)["legs"]["share"] | {
        "start": "2029-01-01",
        "rate": 1.0,
    }
    record = changed(company_deal(**UNCERTAIN), legs={"share": share})
    valuation = cs.value(deal_of(record), paths=n)
    log_revenue = np.log(valuation["share"].samples)
    log_multiple = np.log(valuation["stake"].samples) - log_revenue
    rho = np.corrcoef(log_revenue, log_multiple)[0, 1]
    # Both are sums of four steps of equal size; five standard errors of Fisher's z.
    assert close(math.atanh(rho), math.atanh(RHO), abs=5 / math.sqrt(n - 3))


# The last round


def test_the_reconciling_rate_reproduces_the_last_rounds_price():
    record = with_events(
        company_deal(
            **UNCERTAIN,
            failure="ruin",
            recovery=0.1,
            exit="sale",
            last_round=500.0,
            stake={"fraction": 0.27, "dilution": 0.03, "issue_at_exit": 0.05},
        ),
        ruin=0.05,
        sale=0.2,
    )
    valuation = cs.value(deal_of(record), paths=2**14)
    reconciled = valuation.reconciliation("stake")
    assert reconciled.last_round == 500.0
    assert reconciled.discount_rate == RATE
    assert close(reconciled.implied_equity.value, valuation["stake"].value / 0.27, rel=1e-15)
    at_rate = changed(record, stakes__stake__discount_rate=reconciled.reconciling_rate)
    # The same points at another rate; controls move the value within its error.
    assert close(stake_value(at_rate, paths=2**14).value, 0.27 * 500.0, rel=2e-3)


def test_the_reconciling_rate_of_annual_compounding_is_annual():
    record = changed(company_deal(last_round=500.0), compounding="annual")
    rate = cs.value(deal_of(record), paths=2).reconciliation("stake").reconciling_rate
    assert close(rate, (180.0 * 6.0 / 500.0) ** (1 / YEARS) - 1, rel=1e-13)


def test_there_is_no_reconciling_rate_beyond_its_range():
    record = company_deal(last_round=1e9)
    valuation = cs.value(deal_of(record), paths=2)
    assert valuation.reconciliation("stake").reconciling_rate is None
    assert cs.value(deal_of(company_deal()), paths=2).reconciliation("stake") is None
