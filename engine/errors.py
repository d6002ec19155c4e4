"""What can go wrong, and the exit code each of it ends the command with.

EngineError            exit 1: one line for the operator
├── StackNotFound      exit 6
├── NeedsYes           exit 2
├── ChangesProposed    exit 7
└── Bail               exit 1, already reported
StepFailed             a step's own failure, carried to whoever asked for the step
"""

from __future__ import annotations


class EngineError(Exception):
    """A failure whose text is all that the operator needs."""

    exit_code = 1


class StackNotFoundError(EngineError):
    """The named stack does not exist."""

    exit_code = 6


class NeedsYesError(EngineError):
    """The command would have to ask and there is no terminal."""

    exit_code = 2


class ChangesProposedError(EngineError):
    """``--expect-no-changes`` was given and there were some."""

    exit_code = 7


class BailError(EngineError):
    """Ends the operation; what happened has been reported already."""


class ProviderError(EngineError):
    """A provider's call failed; the text is what the provider said."""
