"""The command line: a thin layer over the Python API.

Standard output holds the result and nothing else; progress and messages go to standard error.
"""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from capstake.errors import CapstakeError, InputError, Issue
from capstake.measures import measures as value_under_both
from capstake.output_file import write_whole
from capstake.provenance import provenance
from capstake.schema import schema as deal_schema

__all__ = ["app", "main"]

EXIT_CODES = """
Exit codes: 0 done; 1 internal error or numerical failure; 2 wrong usage; 3 a deal or an argument
was refused; 5 a file is missing or cannot be written; 130 interrupted.
"""
_INTERNAL, _REFUSED, _FILE, _INTERRUPTED = 1, 3, 5, 130

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
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")]


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
    """Value a deal: every contract, stake and party, with standard errors and percentiles."""
    with _errors(as_json):
        valued = run.value(
            inputs.load(deal),
            measure=measure,
            paths=paths,
            precision=precision,
            seed=seed,
            threads=threads,
            progress=not quiet,
        )
        if as_json:
            _print_json(valued.to_dict())
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
    """Value two versions of a deal and their differences on the same draws."""
    with _errors(as_json):
        compared = run.compare(
            inputs.load(old),
            inputs.load(new),
            measure=measure,
            paths=paths,
            precision=precision,
            seed=seed,
            threads=threads,
            progress=not quiet,
        )
        if as_json:
            _print_json(compared.to_dict())
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
    """Value a deal, print a summary and write a memo as one self-contained HTML file."""
    with _errors():
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
            result = run.value(inputs.load(deal), **settings)
            summary = [tables.positions(result)]
        else:
            result = run.compare(inputs.load(against), inputs.load(deal), **settings)
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
    """Differentiate every value by every number of a deal, with standard errors."""
    with _errors(as_json):
        loaded = inputs.load(deal)
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
            _print_json(json_record.sensitivities_record(found, names))
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
    """Value a deal in the real world and risk-neutrally, with the discount rate that fits both."""
    with _errors(as_json):
        found = value_under_both(
            inputs.load(deal), paths=paths, seed=seed, threads=threads, progress=not quiet
        )
        if as_json:
            _print_json(found.to_dict())
        else:
            _print_tables([found.table()])


@app.command()
def validate(deals: Annotated[list[str], typer.Argument(help="Deal files to check.")]) -> None:
    """Check deal files and report everything that is wrong with them."""
    worst = 0
    with _errors():
        for deal in deals:
            try:
                loaded = inputs.load(deal)
            except InputError as error:
                print(error, file=sys.stderr)
                worst = max(worst, _exit_code(error))
            else:
                print(f"{deal}: valid, “{loaded.name}”")
    raise typer.Exit(worst)


@app.command()
def schema(
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="File to write; printed if not given."),
    ] = None,
) -> None:
    """Print the JSON Schema of deal files, for editors and validators."""
    with _errors():
        if output is None:
            _print_json(deal_schema())
        else:
            text = json.dumps(deal_schema(), indent=2) + "\n"
            write_whole(output, text, "the schema")
            print(f"Schema written to {output}", file=sys.stderr)


@app.command()
def info(as_json: AsJson = False) -> None:
    """Print versions, build and the bundled deals."""
    with _errors(as_json):
        facts, deals = provenance(), list(inputs.bundled_deals())
        if as_json:
            _print_json(facts | {"Bundled deals": ", ".join(deals)})
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


def _print_json(record: dict[str, Any]) -> None:
    # In ASCII, so that neither the terminal's encoding nor a broken file name can spoil it.
    print(json.dumps(record, indent=2, allow_nan=False))


@contextmanager
def _errors(as_json: bool = False) -> Iterator[None]:
    """Turn every error into a message on standard error and the documented exit code."""
    try:
        yield
        _flush()
    except typer.Exit:
        raise
    except BrokenPipeError:
        # The reader has seen enough. The interpreter's own flush at its end must not fail either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(_FILE) from None
    except (Exception, KeyboardInterrupt) as error:
        if isinstance(error, KeyboardInterrupt):
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # once is enough: the end is near
        if as_json:
            version = json_record.SCHEMA_VERSION
            _print_json({"schema_version": version, "errors": _error_rows(error)})
        print(f"capstake: {_message(error)}", file=sys.stderr)
        raise typer.Exit(_exit_code(error)) from None


def _flush() -> None:
    """Write everything out while a full disk can still be reported."""
    if sys.stdout is None:
        raise OSError(errno.EBADF, "standard output is closed")
    sys.stdout.flush()


def _message(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, MemoryError):
        return "out of memory"
    if isinstance(error, ModuleNotFoundError):
        return f"needs the package {error.name}, which is not installed"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, CapstakeError | OSError):
        return str(error) or type(error).__name__
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}:{place.lineno}"
    return f"internal error, please report it: {type(error).__name__}: {error} ({where})"


def _error_rows(error: BaseException) -> list[dict[str, Any]]:
    kind = type(error).__name__
    if isinstance(error, InputError):
        return [
            {"type": kind, "message": str(issue), "file": error.file, **vars(issue)}
            for issue in error.issues
        ]
    return [{"type": kind, "message": _message(error)}]


def _exit_code(error: BaseException) -> int:
    if isinstance(error, KeyboardInterrupt):
        return _INTERRUPTED
    if isinstance(error, OSError):
        return _FILE
    if isinstance(error, InputError):
        missing = any(issue.rule.startswith("cannot be read") for issue in error.issues)
        return _FILE if missing else _REFUSED
    return _INTERNAL


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may lack a character
    run_app: Callable[[], Any] = app
    run_app()


if __name__ == "__main__":
    main()
