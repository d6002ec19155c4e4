"""Every frame between a client and a simulated controller in this process is held against the controller's own schema."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.juju.frames import Frames, watched


@pytest.fixture(scope="session", autouse=True)
def watching() -> Iterator[Frames]:
    """From before the first rack to after the last: what modules set up and take down counts as well."""
    with watched() as checking:
        yield checking
    assert checking.problems == []


@pytest.fixture(autouse=True)
def frames(watching: Frames) -> Iterator[None]:
    """Fails the test when a frame since the last one was not as the schema has it."""
    yield
    problems, watching.problems = watching.problems, []
    assert problems == []
