"""What the LXD client raises.

    LxdError
    ├── UnreachableError      no answer: wrong address, socket missing, connection broken, certificate not the pinned one
    ├── ForbiddenError        LXD answers but doesn't trust us, or not for this project
    ├── NotFoundError         LXD has no such thing
    ├── StaleError            somebody else changed the object since it was read (412)
    ├── RefusedError          LXD says no, in its own words
    │   └── FailedError       … after it had accepted: the operation ended in failure
    └── UnknownOutcomeError   the operation's record was gone before its end was seen

A wait that runs out raises `clients.errors.DeadlineError`.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator

from ..errors import ClientError


class LxdError(ClientError):
    """LXD could not do what was asked."""


class UnreachableError(LxdError):
    """Nothing that we trust answers there."""


class ForbiddenError(LxdError):
    """LXD doesn't know our certificate, or it is restricted to other projects."""


class NotFoundError(LxdError):
    """LXD has no such thing."""


class StaleError(LxdError):
    """The object changed since it was read."""


class RefusedError(LxdError):
    """LXD says no."""


class FailedError(RefusedError):
    """An operation that LXD had accepted ended in failure."""


class UnknownOutcomeError(LxdError):
    """Nobody can tell how the operation ended; what is there now must be read."""


_BY_STATUS: dict[int, type[LxdError]] = {401: ForbiddenError, 403: ForbiddenError, 404: NotFoundError, 412: StaleError}
_MENDS: dict[type[LxdError], str] = {
    ForbiddenError: "; add this client's certificate to LXD's trust store (`lxc config trust add`), for this project",
}


def refusal(what: str, where: str, status: int, body: str) -> LxdError:
    """The error for an answer: `what` was tried at `where`, and LXD said `body`."""
    kind = _BY_STATUS.get(status, RefusedError)
    return kind(f"LXD at {where}: {what}: {body}{_MENDS.get(kind, '')}", status=status, body=body)


@contextlib.contextmanager
def translated(what: str, where: str) -> Iterator[None]:
    """Turns what pylxd and requests raise into the tree above."""
    import pylxd.exceptions
    import requests

    try:
        yield
    except pylxd.exceptions.LXDAPIException as error:
        raise refusal(what, where, error.response.status_code, _words(error.response.text)) from error
    except pylxd.exceptions.ClientConnectionFailed as error:
        raise UnreachableError(_no_answer(what, where, error)) from error
    except (requests.RequestException, OSError) as error:
        raise UnreachableError(_no_answer(what, where, error)) from error


def _words(text: str) -> str:
    """LXD's own words in an answer; the answer itself when it isn't LXD's."""
    try:
        return str(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError):
        return text.strip()[:200] or "no explanation"


def _no_answer(what: str, where: str, error: Exception) -> str:
    text = str(error)
    if "ingerprint" in text:
        return f"LXD at {where}: its certificate is not the pinned one; check server_certificate_fingerprint ({what})"
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return f"LXD at {where}: nothing vouches for its certificate; pin it with server_certificate_fingerprint ({what})"
    reasons = (("refused", "connection refused"), ("No such file", "there is no such socket"), ("timed out", "no answer in time"))
    reason = next((words for sign, words in reasons if sign in text), type(error).__name__)
    return f"LXD at {where} can't be reached: {reason} ({what}); is it running, and is the address in lxd:remotes right?"
