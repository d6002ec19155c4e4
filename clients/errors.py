"""What every client raises, and nothing else.

    ClientError                a server or a tool said no, or could not be asked
    └── DeadlineError          something was waited for and didn't come about in time

The trees of the single clients (`clients.maas.errors`, …) grow from `ClientError`. Its first line is written for the operator
and stands alone; what helps to understand it may follow on lines of its own.
"""

from __future__ import annotations


class ClientError(Exception):
    """Says which call failed, why, and what to do.

    Attributes:
        status: the status of the answer, when there was one.
        body: what the server said, free of credentials; empty when it said nothing.
    """

    def __init__(self, message: str, *, status: int | None = None, body: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.body = body


class DeadlineError(ClientError):
    """The wait ended before what was waited for; the message names it and the last state seen."""
