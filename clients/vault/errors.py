"""What the Vault client raises.

    VaultError
    ├── UnreachableError            no answer: wrong address, unit down, gateway without anything behind it
    ├── SealedError                 Vault answers, and is sealed (or not yet initialised)
    ├── ForbiddenError              the token is missing, wrong, expired or may not do this
    ├── NotFoundError               Vault has nothing there
    └── RefusedError                Vault says no, in its own words
        ├── AlreadyInitialisedError … since it has keys and a root token, made before
        └── WrongKeyError           … since an unseal key is none of its own

No message holds a key or a token: Vault's own words don't, and requests' bodies are never quoted.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from ..errors import ClientError


class VaultError(ClientError):
    """Vault could not do what was asked."""


class UnreachableError(VaultError):
    """Nobody answers for Vault there."""


class SealedError(VaultError):
    """Vault is sealed."""


class ForbiddenError(VaultError):
    """The token may not do this."""


class NotFoundError(VaultError):
    """Vault has no such thing."""


class RefusedError(VaultError):
    """Vault says no."""


class AlreadyInitialisedError(RefusedError):
    """Vault has keys and a root token, made before."""


class WrongKeyError(RefusedError):
    """An unseal key is not of this Vault."""


_GATEWAY = (502, 504)
_BY_STATUS: dict[int, type[VaultError]] = {403: ForbiddenError, 404: NotFoundError, 503: SealedError}
_BY_WORDS: tuple[tuple[str, type[VaultError]], ...] = (
    ("already initialized", AlreadyInitialisedError),
    ("message authentication failed", WrongKeyError),
    ("valid hex or base64 string", WrongKeyError),
    ("missing client token", ForbiddenError),
)


def refusal(what: str, where: str, status: int, words: str) -> VaultError:
    """The error for an answer: `what` was tried at `where`, and Vault said `words`."""
    if status in _GATEWAY:
        return UnreachableError(f"Vault at {where} can't be reached: {words} ({what})", status=status, body=words)
    said = next((kind for sign, kind in _BY_WORDS if sign in words), None)
    kind = said or _BY_STATUS.get(status, RefusedError)
    return kind(f"Vault at {where}: {what}: {words or f'status {status}'}", status=status, body=words)


@contextlib.contextmanager
def translated(what: str, where: str) -> Iterator[None]:
    """Turns what hvac and requests raise into the tree above."""
    import hvac.exceptions
    import requests

    try:
        yield
    except hvac.exceptions.VaultError as error:
        raise refusal(what, where, _status(error), _words(error)) from error
    except (requests.RequestException, OSError) as error:
        raise UnreachableError(
            f"Vault at {where} can't be reached: {_reason(error)} ({what}); is the unit up, and is openstack:gateway right?"
        ) from error


def _status(error: Exception) -> int:
    """The status that hvac made the class from; 500 for one that it has no class for."""
    names = {
        "InvalidRequest": 400,
        "Unauthorized": 401,
        "Forbidden": 403,
        "InvalidPath": 404,
        "PreconditionFailed": 412,
        "RateLimitExceeded": 429,
        "VaultNotInitialized": 501,
        "BadGateway": 502,
        "VaultDown": 503,
    }
    return names.get(type(error).__name__, 500)


def _words(error: Exception) -> str:
    """Vault's own words; those of a gateway when the answer isn't Vault's."""
    said = getattr(error, "errors", None) or []
    text = ", ".join(map(str, said)) or str(getattr(error, "text", None) or "")
    return " ".join(text.split())[:300] or "no explanation"


def _reason(error: Exception) -> str:
    text = str(error)
    reasons = (
        ("refused", "connection refused"),
        ("timed out", "no answer in time"),
        ("CERTIFICATE_VERIFY_FAILED", "nothing vouches for its certificate; give the CA in openstack.vault.ca"),
        ("No route", "no route to the host"),
        ("Name or service not known", "unknown name"),
    )
    return next((words for sign, words in reasons if sign in text), type(error).__name__)
