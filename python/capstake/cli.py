"""The command line: a thin layer over the Python API.

Standard output holds the result and nothing else; progress and messages go to standard error.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from capstake import (
    comparison,
    inputs,
    json_record,
    narrative,
    render,
    run,
    sensitivity,
    tables,
    valuation,
)
from capstake._core import Deal
from capstake.cli_errors import EXIT_CODES, errors_told, exit_code, print_json
from capstake.errors import InputError, Issue
from capstake.measures import measures as value_under_both
from capstake.output_file import write_whole
from capstake.provenance import provenance
from capstake.schema import schema as deal_schema

__all__ = ["app", "main"]

app = typer.Typer(
    name="capstake",
    help="Value capped revenue shares and equity stakes, jointly, by Monte Carlo.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

FOUNDING_DEAL = "microsoft_openai_2026_04"
FOUNDING_DEAL_BEFORE = "microsoft_openai_2025_10"

DealArgument = Annotated[str, typer.Argument(help="A deal file, or the name of a bundled deal.")]
Paths = Annotated[int, typer.Option(help="Simulated paths.")]
Precision = Annotated[
    float | None,
    typer.Option(
        help="In place of --paths: run until each standard error is at most this part of its value."
    ),
]
Seed = Annotated[int, typer.Option(help="Key of the random numbers.")]
Threads = Annotated[int | None, typer.Option(help="Threads; one a core if not given.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
MeasureOption = Annotated[
    str | None, typer.Option(help="real_world or risk_neutral; what the deal says if not given.")
]
PrintedOr = Annotated[
    Path | None, typer.Option("-o", "--output", help="File to write; printed if not given.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")]


def _loaded(deal: str, measure: str | None) -> Deal:
    """Load a deal; what it lacks for the measure that is asked for is told with its file."""
    loaded = inputs.load(deal)
    if measure is not None:
        try:
            Deal.from_record(loaded.to_dict() | {"measure": measure})
        except InputError as error:
            is_its_own = all(issue.path != "measure" for issue in error.issues)
            raise InputError(error.issues, deal if is_its_own else None) from None
    return loaded


@app.command()
def value(
    deal: DealArgument,
    paths: Paths = run.DEFAULT_PATHS,
    precision: Precision = None,
    seed: Seed = 1,
    threads: Threads = None,
    measure: MeasureOption = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Value every contract, stake and party of a deal.

    With standard errors, percentiles, payments by year and when caps are reached.
    """
    with errors_told(as_json):
        valued = run.value(
            _loaded(deal, measure),
            measure=measure,
            paths=paths,
            precision=precision,
            seed=seed,
            threads=threads,
            progress=not quiet,
        )
        if as_json:
            print_json(valued.to_dict())
        else:
            _print_tables(_value_tables(valued))
            print("\n" + narrative.run_sentences(valued)[0])


@app.command()
def compare(
    old: DealArgument,
    new: DealArgument,
    paths: Paths = run.DEFAULT_PATHS,
    precision: Precision = None,
    seed: Seed = 1,
    threads: Threads = None,
    measure: MeasureOption = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Value two versions of a deal, and their differences.

    Both run on the same draws, so that a difference is surer than either value.
    """
    with errors_told(as_json):
        compared = run.compare(
            _loaded(old, measure),
            _loaded(new, measure),
            measure=measure,
            paths=paths,
            precision=precision,
            seed=seed,
            threads=threads,
            progress=not quiet,
        )
        if as_json:
            print_json(compared.to_dict())
        else:
            _print_tables([tables.comparison(compared)])


@app.command()
def report(
    deal: Annotated[
        str, typer.Argument(help="A deal file or a bundled deal; the founding deal if not given.")
    ] = FOUNDING_DEAL,
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.")] = Path(
        "memo.html"
    ),
    against: Annotated[
        str | None,
        typer.Option(help="Earlier terms to compare with, a file or a bundled deal."),
    ] = None,
    paths: Paths = run.DEFAULT_PATHS,
    precision: Precision = None,
    seed: Seed = 1,
    threads: Threads = None,
    measure: MeasureOption = None,
    quiet: Quiet = False,
) -> None:
    """Value a deal and write a memo as one HTML file.

    The file is self-contained: it loads nothing. A summary is printed.
    """
    with errors_told():
        from capstake.report import memo_place
        from capstake.report import report as write_memo

        output = memo_place(output)
        if against is None and deal == FOUNDING_DEAL:
            against = FOUNDING_DEAL_BEFORE
        settings: dict[str, Any] = {
            "measure": measure,
            "paths": paths,
            "precision": precision,
            "seed": seed,
            "threads": threads,
            "progress": not quiet,
        }
        result: valuation.Valuation | comparison.Comparison
        if against is None:
            result = run.value(_loaded(deal, measure), **settings)
            summary = [tables.positions(result)]
        else:
            old, new = _loaded(against, measure), _loaded(deal, measure)
            result = run.compare(old, new, **settings)
            summary = [tables.positions(result.new), tables.comparison(result)]
        written = write_memo(result, output)
        _print_tables(summary)
        print(f"Memo written to {written}", file=sys.stderr)


@app.command()
def sensitivities(
    deal: DealArgument,
    of: Annotated[
        list[str] | None, typer.Option(help="Contract, stake or party; all if not given.")
    ] = None,
    second: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD",
            help="Second derivatives too: of the first ones by this number, by every number.",
        ),
    ] = None,
    paths: Paths = sensitivity.DEFAULT_PATHS,
    seed: Seed = 1,
    threads: Threads = None,
    measure: MeasureOption = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Differentiate every value by every number of a deal.

    With standard errors, and what the ends of each range would change.
    """
    with errors_told(as_json):
        loaded = _loaded(deal, measure)
        known = [*loaded.legs, *loaded.stakes, *loaded.parties]
        unknown = [name for name in of or [] if name not in known]
        if unknown:
            rule, hint = "names no contract, stake or party", f"there are {', '.join(known)}"
            raise InputError([Issue("--of", rule, unknown[0], hint)])
        found = sensitivity.sensitivities(
            loaded,
            measure=measure,
            paths=paths,
            second=second or False,
            seed=seed,
            threads=threads,
            progress=not quiet,
        )
        names = of or known
        if as_json:
            print_json(json_record.sensitivities_record(found, names))
        else:
            _print_tables(found.tables(names))


@app.command()
def measures(
    deal: DealArgument,
    paths: Paths = run.DEFAULT_PATHS,
    seed: Seed = 1,
    threads: Threads = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Value a deal in the real world and risk-neutrally.

    With the flat discount rate that reconciles them; the deal must state risk_free.
    """
    with errors_told(as_json):
        found = value_under_both(
            _loaded(deal, "risk_neutral"),
            paths=paths,
            seed=seed,
            threads=threads,
            progress=not quiet,
        )
        if as_json:
            print_json(found.to_dict())
        else:
            _print_tables([found.table()])


@app.command()
def validate(deals: Annotated[list[str], typer.Argument(help="Deal files to check.")]) -> None:
    """Tell everything that is wrong with deal files."""
    worst = 0
    with errors_told():
        for deal in deals:
            try:
                loaded = inputs.load(deal)
            except InputError as error:
                print(error, file=sys.stderr)
                worst = max(worst, exit_code(error))
            else:
                print(f"{deal}: valid, “{loaded.name}”")
    raise typer.Exit(worst)


@app.command()
def example(
    deal: Annotated[
        str, typer.Argument(help="A bundled deal; the founding deal if not given.")
    ] = FOUNDING_DEAL,
    output: PrintedOr = None,
) -> None:
    """Print the file of a bundled deal, to start from."""
    with errors_told():
        known = inputs.bundled_deals()
        if deal not in known:
            rule, hint = "names no bundled deal", f"there are {', '.join(known)}"
            raise InputError([Issue("deal", rule, deal, hint)])
        _print_or_write(known[deal].read_text("utf-8"), output, "the deal")


@app.command()
def schema(output: PrintedOr = None) -> None:
    """Print the JSON Schema of deal files, for editors."""
    with errors_told():
        _print_or_write(json.dumps(deal_schema(), indent=2) + "\n", output, "the schema")


@app.command()
def info(as_json: AsJson = False) -> None:
    """Print versions, build and the bundled deals."""
    with errors_told(as_json):
        facts, deals = provenance(), list(inputs.bundled_deals())
        if as_json:
            print_json(facts | {"Bundled deals": ", ".join(deals)})
        else:
            _print_pairs(facts)
            print("\nBundled deals")
            _print_pairs({name: inputs.load(name).name for name in deals})


def _value_tables(valued: valuation.Valuation) -> list[tables.Table]:
    found = [tables.positions(valued)]
    for leg in valued.of_kind("leg"):
        found.append(tables.payments(valued, leg.name))
        timing = tables.cap_timing(valued, leg.name)
        if timing is not None:
            found.append(timing)
    found += [tables.correlations(valued), tables.reconciliation(valued)]
    return [table for table in found if table.rows]


def _print_tables(shown: list[tables.Table]) -> None:
    print("\n\n".join(render.to_text(table) for table in shown))


def _print_pairs(pairs: dict[str, str]) -> None:
    width = max(map(len, pairs))
    print("\n".join(f"{name.ljust(width)}  {text}" for name, text in pairs.items()))


def _print_or_write(text: str, output: Path | None, what: str) -> None:
    if output is None:
        print(text, end="")
    else:
        write_whole(output, text, what)
        print(f"{what.capitalize()} was written to {output}", file=sys.stderr)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may lack a character
    run_app: Callable[[], Any] = app
    run_app()


if __name__ == "__main__":
    main()
