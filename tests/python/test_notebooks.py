"""Every notebook is stored without outputs and runs from top to bottom."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

import capstake as cs

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def stored_badly(notebook: nbformat.NotebookNode) -> list[str]:
    """Return one sentence for each thing that should not have been saved."""
    faults = []
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        faults.append("its kernel is not python3")
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and cell.outputs:
            faults.append(f"cell {number} has outputs")
        if cell.cell_type == "code" and cell.execution_count is not None:
            faults.append(f"cell {number} has an execution count")
    return faults


def execute(notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Run all cells in a fresh kernel of this environment, in the folder ``folder``."""
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()


def new_notebook(*sources: str) -> nbformat.NotebookNode:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    return notebook


def test_notebooks_are_stored_clean():
    faults = {path.name: stored_badly(nbformat.read(path, as_version=4)) for path in NOTEBOOKS}
    assert {name: found for name, found in faults.items() if found} == {}


def test_the_gallery_shows_every_bundled_contract():
    # The founding deal has a notebook of its own.
    gallery = nbformat.read(NOTEBOOKS[0].parent / "02_real_contracts.ipynb", as_version=4)
    shown = {name for cell in gallery.cells for name in re.findall(r'show\("(\w+)"\)', cell.source)}
    founding = {name for name in cs.bundled_deals() if name.startswith("microsoft_openai")}
    assert shown == set(cs.bundled_deals()) - founding


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(path):
    execute(nbformat.read(path, as_version=4), path.parent)


def test_an_executed_notebook_is_found_dirty():
    notebook = new_notebook("1 + 1")
    assert stored_badly(notebook) == []
    notebook.metadata["kernelspec"]["name"] = "julia"
    notebook.cells[0].execution_count = 1
    notebook.cells[0].outputs = [nbformat.v4.new_output("stream", text="2")]
    assert stored_badly(notebook) == [
        "its kernel is not python3",
        "cell 0 has outputs",
        "cell 0 has an execution count",
    ]


def test_a_failing_cell_is_found(tmp_path):
    notebook = new_notebook("import sys; sys.prefix", "1 / 0")
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        execute(notebook, tmp_path)
