"""What the Juju client raises.

    JujuError
    ├── Unreachable       no controller answers at the addresses we know
    │   └── Silent        nothing at all answers there: it is switched off, or the address is wrong
    ├── Unauthorised      wrong user or password
    ├── Unsupported       a controller that python-libjuju doesn't speak to, or lacks what we call
    ├── NotFound          there is no such thing
    ├── AlreadyExists     there is one already
    ├── Refused           the controller says no, in its own words
    ├── Unknown           the connection broke after a request left: it may have been done or not
    ├── StoreError        the client store lacks an entry, or can't be read
    │   └── NoController  the client store knows no controller by that name
    └── CommandError      the `juju` command failed

A wait that runs out raises `clients.errors.DeadlineError`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import ClientError


class JujuError(ClientError):
    """Juju could not do what was asked.

    Attributes:
        code: Juju's own code of the error, e.g. "machine has assigned units"; empty when it gave none.
    """

    def __init__(self, message: str, *, code: str = "", body: str = "") -> None:
        super().__init__(message, body=body)
        self.code = code


class Unreachable(JujuError):
    """No controller answers."""


class Silent(Unreachable):
    """Nothing listens at the addresses, or nothing comes back from them."""


class Unauthorised(JujuError):
    """The controller doesn't know us."""


class Unsupported(JujuError):
    """The controller is one that this client can't speak to."""


class NotFound(JujuError):
    """The controller has no such thing."""


class AlreadyExists(JujuError):
    """The controller has one already."""


class Refused(JujuError):
    """The controller says no."""


class Unknown(JujuError):
    """Whether the request was carried out is not known."""


class StoreError(JujuError):
    """The client store doesn't say what is needed."""


class LocalCharmError(JujuError):
    """There is no charm, or no file for one, where the program says."""


class NoController(StoreError):
    """The client store knows no controller by that name."""


class CommandError(JujuError):
    """The `juju` command failed; `body` holds the end of its output."""


TRANSIENT = frozenset(
    {"try again", "excessive contention", "upgrade in progress", "not yet available; try again later", "lease claim denied"}
)
"""Codes with which a controller says: nothing was done, ask again."""

_BY_CODE: Mapping[str, type[JujuError]] = {
    "not found": NotFound,
    "model not found": NotFound,
    "user not found": NotFound,
    "already exists": AlreadyExists,
    "unauthorized access": Unauthorised,
    "no credentials provided": Unauthorised,
    "login expired": Unauthorised,
    "not implemented": Unsupported,
}


def of(error: Mapping[str, Any], what: str) -> JujuError:
    """The error for what the controller said.

    Args:
        error: `{"message", "code"}` as it stands in a result, or `{"error", "error-code"}` as in a whole reply.
        what: the call in the operator's words, e.g. 'deploying "keystone"'.
    """
    message = str(error.get("message") or error.get("error") or "no reason given")
    code = str(error.get("code") or error.get("error-code") or "")
    return _class(code, message)(f"Juju refused {what}: {message}", code=code, body=message)


def _class(code: str, message: str) -> type[JujuError]:
    """Juju gives many errors no code, and some of those mean the same as one that has."""
    if code in _BY_CODE:
        return _BY_CODE[code]
    if not code and message.endswith("not found"):
        return NotFound
    if not code and "already exists" in message:
        return AlreadyExists
    return Refused


def raise_first(results: Iterable[Mapping[str, Any] | None], what: str) -> None:
    """Raises the error of the first result that has one.

    Juju answers a bulk request as a whole even when each part of it failed.
    """
    for result in results:
        error = (result or {}).get("error") or {}
        if error.get("message"):
            raise of(error, what)
