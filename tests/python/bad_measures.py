"""One row for each way to spoil measures and what they need, as in bad_deals.py."""

from __future__ import annotations

from bad_deals import NUMBER, ONE_OF, Row

RATE = "discount_rate = 0.05\n"
VOLATILITY = "annual = {2025 = 9, 2026 = 10, 2027 = 11}\n"


# fmt: off
def deal(name: str, keys: str, *rest: str, **more: str) -> Row:
    return Row(name, RATE, RATE + keys, *rest, **more)


def premium(name: str, held: str, *rest: str) -> Row:
    keys = f"{VOLATILITY}risk_premium = {held}\n"
    return Row(name, VOLATILITY, keys, *rest, at="risk_premium =")


def spread(name: str, held: str, *rest: str) -> Row:
    party = '[parties.payer]\nname = "Payer"\n'
    return Row(name, party, f"{party}credit_spread = {held}\n", "parties.payer.credit_spread",
               *rest, at="credit_spread =")


MEASURES = [
    deal("nothing to discount at", 'measure = "risk_neutral"\n', "risk_free",
        "is required under the risk-neutral measure", hint="for example risk_free = 0.04",
        at="none"),
    deal("a misspelt measure", 'measure = "risk_natural"\n', "measure",
        'must be "real_world" or "risk_neutral"', '"risk_natural"',
        'did you mean "risk_neutral"?', at="measure ="),
    deal("a risk-free rate in per cent", "risk_free = 4\n", "risk_free",
        "must be between -0.5 and 3", "4", 'for 4 per cent write 0.04 or "4%"', at="risk_free ="),
    deal("a curve by words", 'risk_free = "the curve"\n', "risk_free", NUMBER, '"the curve"',
        at="risk_free ="),
    deal("a curve of no form", "risk_free = {}\n", "risk_free", ONE_OF, at="risk_free ="),
    premium("a premium of 800%", "8", "streams.sales.risk_premium", "must be between -0.5 and 3",
        "8", 'for 8 per cent write 0.08 or "8%"'),
    premium("a premium by a bad date", "{by_date = {2026-01-01 = 0.1, 2026-02-30 = 0.2}}",
        "streams.sales.risk_premium.by_date.2026-02-30", "must be a date such as 2026-04-27",
        '"2026-02-30"'),
    spread("a spread of 300 basis points", "300", "must be between -0.1 and 3", "300"),
    spread("a spread by words", '"AA"', NUMBER, '"AA"'),
    Row("a premium on a sum of its parts", "[events.default]",
        '[streams.x]\ntype = "sum"\nof = ["sales"]\nrisk_premium = 0.1\n\n[events.default]',
        "streams.x.risk_premium", "is not a known key", at="risk_premium ="),
    Row("a premium of the company in words", "multiple = 5", 'multiple = 5\nrisk_premium = "high"',
        "companies.issuer.risk_premium", NUMBER, '"high"', at="risk_premium ="),
]
# fmt: on
