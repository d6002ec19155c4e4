"""Values that inputs only name: they are in the stack's configuration, and nowhere in the state."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .._base import ExpectedError


def values(setting: Callable[[str], str | None], names: Mapping[str, str], what: str) -> dict[str, str]:
    """The values by key.

    Args:
        setting: the stack's configuration by full key.
        names: full keys of the stack's configuration, by key.
        what: what takes them, for the error.

    Raises:
        ExpectedError: naming all that nobody set.
    """
    found = {key: setting(name) for key, name in names.items()}
    if unset := sorted({name for key, name in names.items() if found[key] is None}):
        raise ExpectedError(
            f"{what} takes its value from {', '.join(unset)}, which is not set: `pulumi config set --secret {unset[0]} …`"
        )
    return {key: str(value) for key, value in found.items()}
