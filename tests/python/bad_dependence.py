"""Rows for bad_deals: dependences that are refused."""

from __future__ import annotations

from bad_deals import Row

EVENT = "[events.default]"
DRAWS = 'draws = ["sales.shock", "issuer.multiple"]'
MIXED = 'draws = ["sales.shock", "default"]'
ONCE = 'draws = ["default", "legs.share.cap"]'
TWO = "correlation = [[1, 0.5], [0.5, 1]]"
RANGE = "must be between -1 and 1"


def row(name: str, text: str, place: str, rule: str, got: str = "", hint: str = "", at: str = ""):
    """A dependence `x`, given by its keys, that is not sound; `at` is where in its text."""
    table = f"[dependence.x]\n{text}"
    return Row(
        name, EVENT, f"{table}\n\n{EVENT}", f"dependence.x{place}", rule, got, hint, at or table
    )


# fmt: off
BAD_DEPENDENCE = [
    row("unknown draw", f'draws = ["sales.shock", "issuer.multipel"]\n{TWO}', ".draws[1]",
        "must name a draw of this deal", '"issuer.multipel"', 'did you mean "issuer.multiple"?',
        "draws ="),
    row("a number that is certain", f'draws = ["default", "legs.share.rate"]\n{TWO}', ".draws[1]",
        "must name a draw of this deal", '"legs.share.rate"', 'did you mean "legs.share.cap"?',
        "draws ="),
    row("no draw at all", f'draws = ["default", "zzz"]\n{TWO}', ".draws[1]",
        "must name a draw of this deal", '"zzz"',
        "known: default, issuer.multiple, legs.share.cap or sales.shock", "draws ="),
    row("one draw", f'draws = ["default"]\n{TWO}', ".draws", "must name 2 to 32 draws", "1",
        at="draws ="),
    row("a draw twice", f'draws = ["default", "default"]\n{TWO}', ".draws[1]", "stands twice",
        '"default"', at="draws ="),
    row("once and by period", f'draws = ["sales.shock", "default"]\n{TWO}', ".until",
        'is required: "default" is drawn once a path, and "sales.shock" by period', "",
        "give the last day of the periods that are to count"),
    row("by period and once", f'draws = ["default", "sales.shock"]\n{TWO}', ".until",
        'is required: "default" is drawn once a path, and "sales.shock" by period', "",
        "give the last day of the periods that are to count"),
    row("a date for draws by period", f'{DRAWS}\n{TWO}\nuntil = 2027-12-31', ".until",
        "goes with draws made once a path beside draws by period only", "2027-12-31",
        at="until ="),
    row("a date for draws once a path", f'{ONCE}\n{TWO}\nuntil = 2027-12-31', ".until",
        "goes with draws made once a path beside draws by period only", "2027-12-31",
        at="until ="),
    row("a date within a period", f'{MIXED}\n{TWO}\nuntil = 2027-12-30', ".until",
        "must be the last day of a quarter", "2027-12-30", "for example 2027-12-31", "until ="),
    row("a date that is past", f'{MIXED}\n{TWO}\nuntil = 2020-12-31', ".until",
        "must come after valuation_date 2025-12-31", "2020-12-31", at="until ="),
    row("a date that is far", f'{MIXED}\n{TWO}\nuntil = 9999-12-31', ".until",
        "must lie between 1900 and 2200", "9999-12-31", at="until ="),
    row("a t copula of a path of two", 'draws = ["default", "sales.shock", "issuer.multiple"]\n'
        'correlation = [["default", "sales.shock", 0.5]]\ncopula = "t"\ndegrees_of_freedom = 4\n'
        'until = 2027-12-31', ".copula", 'must be "gaussian" where draws made once a path depend '
        'on several draws by period: their paths are normal together', '"t"', at="copula ="),
    row("too high", f"{DRAWS}\ncorrelation = [[1, 1.5], [0.5, 1]]", ".correlation[0][1]", RANGE,
        "1.5", at="correlation ="),
    row("too low in a pair", f'{ONCE}\ncorrelation = [["default", "legs.share.cap", -2]]',
        ".correlation[0][2]", RANGE, "-2", at="correlation ="),
    row("a correlation that is drawn", f'{ONCE}\ncorrelation = [["default", "legs.share.cap", '
        '{uniform = [0, 0.5]}]]', ".correlation[0][2]",
        "must be one number: a correlation is not drawn", "uniform(0, 0.5)", at="correlation ="),
    row("a matrix that is drawn", f'{ONCE}\ncorrelation = [[1, {{uniform = [0, 0.5]}}], [0.5, 1]]',
        ".correlation[0][1]", "must be one number: a correlation is not drawn", "uniform(0, 0.5)",
        at="correlation ="),
    row("in per cent", f'{DRAWS}\ncorrelation = [[1, "50%"], [0.5, 1]]', ".correlation[0][1]",
        "must be a number", '"50%"', at="correlation ="),
    row("no number", f'{DRAWS}\ncorrelation = [[1, true], [0.5, 1]]', ".correlation[0][1]",
        "must be a number", "true", at="correlation ="),
    row("not symmetric", f"{DRAWS}\ncorrelation = [[1, 0.5], [0.4, 1]]", ".correlation[1][0]",
        "must be the same above and below the diagonal", "0.4 and 0.5", at="correlation ="),
    row("not one with itself", f"{DRAWS}\ncorrelation = [[1, 0.5], [0.5, 0.9]]",
        ".correlation[1][1]", "must be 1", "0.9", at="correlation ="),
    row("too small a matrix", f"{DRAWS}\ncorrelation = [[1]]", ".correlation",
        "must have a row and a column for each of the draws", at="correlation ="),
    row("a ragged matrix", f"{DRAWS}\ncorrelation = [[1, 0.5], [0.5]]", ".correlation",
        "must have a row and a column for each of the draws", at="correlation ="),
    row("no correlations", f"{DRAWS}\ncorrelation = []", ".correlation",
        "must have a row and a column for each of the draws", at="correlation ="),
    row("a number for a matrix", f"{DRAWS}\ncorrelation = 0.5", ".correlation", "must be a list",
        "0.5", at="correlation ="),
    row("a number for a row", f"{DRAWS}\ncorrelation = [0.5]", ".correlation[0]",
        "must be a list", "0.5", at="correlation ="),
    row("rows and pairs", f'{ONCE}\ncorrelation = [["default", "legs.share.cap", 0], [1, 0]]',
        ".correlation", "must be either rows of a matrix or pairs", at="correlation ="),
    row("half a pair", f'{ONCE}\ncorrelation = [["default", 0.5]]', ".correlation[0]",
        "must be [name, name, correlation]", "a list of 2", at="correlation ="),
    row("a pair of strangers", f'{ONCE}\ncorrelation = [["defualt", "legs.share.cap", 0.5]]',
        ".correlation[0][0]", "must be one of draws", '"defualt"', 'did you mean "default"?',
        "correlation ="),
    row("a pair twice", f'{ONCE}\ncorrelation = [["default", "legs.share.cap", 0.5], '
        '["legs.share.cap", "default", 0.4]]', ".correlation[1]",
        "must be two draws that no other pair names", "legs.share.cap, default",
        at="correlation ="),
    row("a pair of one", f'{ONCE}\ncorrelation = [["default", "default", 0.5]]',
        ".correlation[0]", "must be two draws that no other pair names", "default, default",
        at="correlation ="),
    row("t without freedom", f'{DRAWS}\n{TWO}\ncopula = "t"', ".degrees_of_freedom",
        "is required for a t copula"),
    row("Gaussian with freedom", f"{DRAWS}\n{TWO}\ndegrees_of_freedom = 4",
        ".degrees_of_freedom", "goes with a t copula only", at="degrees_of_freedom"),
    row("too little freedom", f'{DRAWS}\n{TWO}\ncopula = "t"\ndegrees_of_freedom = 0.5',
        ".degrees_of_freedom", "must be between 1 and 1000", "0.5", at="degrees_of_freedom"),
    row("another copula", f'{DRAWS}\n{TWO}\ncopula = "gausian"', ".copula",
        'must be "gaussian" or "t"', '"gausian"', 'did you mean "gaussian"?', "copula ="),
    row("Spearman of uncertain freedom", f'{DRAWS}\n{TWO}\ncopula = "t"\nkind = "spearman"\n'
        "degrees_of_freedom = {uniform = [3, 5]}", ".degrees_of_freedom",
        "must be one number where correlations are Spearman's", "uniform(3, 5)",
        "give Kendall's", at="degrees_of_freedom ="),
]
# fmt: on
