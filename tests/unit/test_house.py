"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import pathlib
import re
import subprocess
from collections.abc import Iterator

import pytest

ROOT = pathlib.Path(__file__).parents[2]
ROOMS = ("bundle", "clients", "components", "config", "engine", "preflight", "providers", "sdks", "simulator")


def modules() -> list[pathlib.Path]:
    return [ROOT / "__main__.py", *(path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))]


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_modules_and_functions_stay_small() -> None:
    large = []
    for path in modules():
        text = path.read_text()
        name = path.relative_to(ROOT)
        if text.count("\n") > 400:
            large.append(f"{name}: {text.count(chr(10))} lines")
        for function in functions(ast.parse(text)):
            length = (function.end_lineno or 0) - function.lineno + 1
            if length > 60:
                large.append(f"{name}:{function.lineno} {function.name}: {length} lines")
    assert large == []


@pytest.mark.parametrize(("path", "most"), [("__main__.py", 25), ("components/__init__.py", 40), ("providers/_base.py", 240)])
def test_what_must_be_short_is(path: str, most: int) -> None:
    assert (ROOT / path).read_text().count("\n") <= most


def test_servers_bind_loopback_only() -> None:
    everywhere = re.compile(r"""["'](?:0\.0\.0\.0|\[::\])(?::\d+)?["']""")
    rooms = [path for path in modules() if path.relative_to(ROOT).parts[0] in ("simulator", "engine")]
    assert [str(p.relative_to(ROOT)) for p in rooms if everywhere.search(p.read_text())] == []


def test_the_readme_names_only_targets_that_there_are() -> None:
    targets = set(re.findall(r"^(\w+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake (\w+)", (ROOT / "README.md").read_text()))
    assert named <= targets
    running = {"up", "preflight", "preview", "refresh", "destroy", "status", "simulator", "stop"}
    assert running | {"test", "lint", "types", "format", "clean"} <= targets


def test_make_alone_lists_the_targets() -> None:
    said = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "make up" in said
    assert "make destroy" in said


def test_no_lock_file_names_an_index_host() -> None:
    for path in ROOT.glob("requirements*"):
        assert "://" not in path.read_text(), path.name
        assert "index-url" not in path.read_text().replace("--no-emit-index-url", ""), path.name


def test_every_requirement_is_pinned_and_hashed() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        entries = re.split(r"\n(?=\S)", (ROOT / name).read_text())
        for entry in entries:
            if entry.strip() and not entry.startswith("#"):
                assert re.match(r"[\w.\-\[\]]+==\S+ \\\n\s+--hash=sha256:", entry), entry[:60]
