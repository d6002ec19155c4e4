"""Errors that are written for the operator, and how they leave the provider host.

ExpectedError              a provider's own: printed as it is
clients.errors.ClientError what a server or a tool refused: printed as it is
anything else              a mistake of ours: printed with its traceback, so that it can be mended

The host prints what is raised with `traceback.format_exc()`; see `_host.print_plainly` for the rest of the way.
"""

from __future__ import annotations

import types
from typing import Final, Literal

from clients.errors import ClientError


class ExpectedError(Exception):
    """An error written for the operator: printed as it is, without the frames that led to it."""


EXPECTED: Final = (ExpectedError, ClientError)


class clean:  # noqa: N801 - reads as what it does: `with clean():`
    """Takes the frames and the causes out of an expected error, for hosts that print them.

    A class and not a generator: `contextlib` puts the frames back that were taken out.
    """

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, frames: types.TracebackType | None
    ) -> Literal[False]:
        """Raises an expected error anew; lets every other one pass."""
        if isinstance(error, EXPECTED):
            raise error.with_traceback(None) from None
        return False
