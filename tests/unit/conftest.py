from __future__ import annotations

import pathlib
from typing import Any

import pytest
import yaml

ROOT = pathlib.Path(__file__).parents[2]


def _plain(value: Any) -> Any:
    """A stack's configuration with every encrypted value replaced by a readable one."""
    if isinstance(value, dict):
        return "a-password" if set(value) == {"secure"} else {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value


def _site_of(stack: str) -> dict[str, Any]:
    document = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())
    return _plain(document["config"]["openstack-on-metal:site"])


@pytest.fixture
def site() -> dict[str, Any]:
    """The dev stack's site, read anew for each test, to be broken."""
    return _site_of("dev")


@pytest.fixture
def lab() -> dict[str, Any]:
    """The lab stack's site."""
    return _site_of("lab")
