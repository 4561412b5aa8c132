"""Deals, as records, of which memos are made."""

from deals import CAPPED_SHARE, EVERYTHING, changed, share_deal

NASTY = "<script>alert(1)</script> & $\\frac{$ \"q\" 'a' {{ 7*7 }} {% x %} </style>"

STAKE_ONLY = {
    "name": "a stake",
    "valuation_date": "2025-12-31",
    "currency": "EUR",
    "unit": "million",
    "discount_rate": 0.1,
    "parties": {"fund": {"name": "Fund"}, "maker": {"name": "Maker"}},
    "streams": {"sales": {"type": "forecast", "annual": {2025: 10, 2026: 20}, "volatility": 0.4}},
    "companies": {
        "maker_inc": {
            "party": "maker",
            "revenue": "sales",
            "multiple": 5,
            "exit_date": "2026-12-31",
        }
    },
    "stakes": {"half": {"holder": "fund", "company": "maker_inc", "fraction": 0.5}},
}
SHARE = share_deal({2026: 100, 2027: 130, 2028: 170}, volatility=0.3)
RECORDS = {
    "one leg, no cap": SHARE,
    "one period": share_deal({2026: 100}, volatility=0.2),
    "nothing is paid": changed(SHARE, legs__share__rate=0.0),
    "nothing is uncertain": share_deal({2026: 100, 2027: 130}, cap=30.0),
    "capped": CAPPED_SHARE,
    "cap never reached": changed(SHARE, legs__share__cap=5000.0),
    "cap reached before": changed(SHARE, legs__share__cap=1.0, legs__share__already_paid=2.0),
    "cap uncertain": changed(
        SHARE,
        legs__share__cap={"triangular": [30, 50, 80]},
        legs__share__rate={"uniform": [0.1, 0.3]},
    ),
    "payments that do not count": changed(
        SHARE, legs__share__cap=30.0, legs__share__accrual_start="2026-07-01"
    ),
    "months and a schedule": changed(
        SHARE,
        frequency="month",
        legs__share__rate={"by_date": {"2026-01-01": 0.1, "2027-01-01": 0.3}},
        legs__share__cap=60.0,
    ),
    "years": changed(SHARE, frequency="year"),
    "large amounts": share_deal({2026: 3e12, 2027: 4e12}, volatility=0.2, cap=9e11),
    "small amounts": share_deal({2026: 1e-6, 2027: 2e-6}, volatility=0.2),
    "stake only": STAKE_ONLY,
    "several capped legs": EVERYTHING,
    "names": changed(
        SHARE,
        name=NASTY,
        notes=[NASTY],
        parties__payer__name=NASTY,
        parties__receiver__name="収益 " + 200 * "x",
        legs__share__terms=NASTY,
        legs__share__cap={"value": 50, "source": NASTY, "status": "assumed"},
    ),
}  # fmt: skip
