"""Racks with a settled model, and a cloud alone on a standing clock."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest

from tests.unit.simulator_openstack.planted import Planted, planted


@pytest.fixture
def rack(tmp_path: pathlib.Path) -> Iterator[Planted]:
    with planted(tmp_path / "rack") as found:
        yield found
