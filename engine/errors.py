"""What can go wrong, and the exit code each of it ends the command with.

EngineError                exit 1: one line for the operator
├── StackNotFoundError     exit 6
├── NeedsYesError          exit 2
├── ChangesProposedError   exit 7
├── BailError              the operation ends; what happened has been reported already
└── ProviderError          a provider's call, and with it a step, has failed
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
