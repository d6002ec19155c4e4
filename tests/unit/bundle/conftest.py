"""Bundles written by a test, and the shared upstream data where it is there."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

import bundle

ROOT = Path(__file__).parents[3]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file below tmp_path and returns its path."""

    def write(text: str, name: str = "bundle.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
        return path

    return write


@pytest.fixture
def load(write: Callable[..., Path]) -> Callable[..., bundle.Bundle]:
    """Loads a bundle from text, with overlays from text."""

    def load(text: str, *overlays: str, **kwargs: Any) -> bundle.Bundle:
        files = [write(overlay, f"overlay-{index}.yaml") for index, overlay in enumerate(overlays)]
        return bundle.load(write(text), files, **kwargs)

    return load


@pytest.fixture
def problems(load: Callable[..., bundle.Bundle]) -> Callable[..., Sequence[bundle.Problem]]:
    """Returns everything that load and validate say about a bundle."""

    def problems(text: str, *overlays: str, spaces: Sequence[str] | None = None, **kwargs: Any) -> Sequence[bundle.Problem]:
        try:
            found = load(text, *overlays, **kwargs)
        except bundle.BundleErrors as error:
            return error.problems
        return (*found.warnings, *bundle.validate(found, bundle.Catalogue.builtin(), spaces=spaces))

    return problems


@pytest.fixture
def plan(load: Callable[..., bundle.Bundle]) -> Callable[..., bundle.Plan]:
    """Expands a bundle from text."""
    return lambda text, *overlays, **kwargs: bundle.expand(load(text, *overlays, **kwargs), bundle.Catalogue.builtin())


@pytest.fixture(scope="session")
def bundles() -> Path:
    return ROOT / "bundles"


@pytest.fixture(scope="session")
def upstream() -> Path:
    """The folder of upstream's bundles, beside the checkout or at $SHARED_DIR."""
    folder = Path(os.environ.get("SHARED_DIR", ROOT.parent / "shared")) / "truth" / "bundle"
    if not folder.is_dir():
        pytest.skip(f"no upstream bundles: {folder} is not there (set SHARED_DIR)")
    return folder
