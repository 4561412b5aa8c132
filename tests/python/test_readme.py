"""What the README shows works as it is written there."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import capstake as cs
from capstake import cli

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def deal_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write the README's deal file into a fresh folder, and go there."""
    (deal,) = blocks("toml")
    (tmp_path / "deal.toml").write_text(deal)
    monkeypatch.chdir(tmp_path)
    return "deal.toml"


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli.app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.slow
def test_its_python_runs(deal_file: str):
    names: dict[str, object] = {}
    for block in blocks("python"):
        exec(block, names)
    assert Path("memo.html").exists()
    saved = cs.load("my_deal.toml")
    assert saved == cs.load("microsoft_openai_2026_04").replace(discount_rate=0.15)
    assert cs.value(names["deal"], paths=2**10)["royalty"].value > 0


@pytest.mark.slow
def test_each_of_its_commands_takes_its_deal(deal_file: str):
    (shown,) = blocks("text")
    commands = dict.fromkeys(re.findall(r"^capstake (\w+)", shown, re.MULTILINE))
    runs = ("-q", "--paths", "8192")
    arguments = {
        "value": (deal_file, "--json", *runs),
        "report": (deal_file, "-o", "memo.html", *runs),
        "compare": (deal_file, deal_file, *runs),
        "sensitivities": (deal_file, *runs),
        "measures": (deal_file, *runs),
        "example": ("-o", "my_deal.toml"),
        "validate": (deal_file, "my_deal.toml"),
        "schema": ("-o", "deal.schema.json"),
        "info": (),
    }
    assert commands.keys() == arguments.keys()
    for command in commands:
        run(command, *arguments[command])
    assert {"memo.html", "my_deal.toml", "deal.schema.json"} <= {p.name for p in Path().iterdir()}
    assert json.loads(run("value", deal_file, "--json", *runs))["deal"] == "A royalty"


def test_it_counts_the_bundled_contracts():
    named = {"nineteen": 19}
    (said,) = re.findall(r"and (\w+) real contracts", README)
    own = [name for name in cs.bundled_deals() if name.startswith("microsoft_openai")]
    assert len(cs.bundled_deals()) - len(own) == named[said]
