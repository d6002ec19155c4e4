"""The daemon's refusals: an HTTP status and LXD's own words."""

from __future__ import annotations


class LxdError(Exception):
    """What LXD answers with when it will not: `status` is the HTTP status, the message is LXD's text.

    Inside an operation the text becomes the operation's `err`; the status is then lost, as in the real daemon.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status

    def within(self, where: str) -> LxdError:
        """The same refusal, told from further out: "where: what"."""
        return LxdError(self.status, f"{where}: {self}")


def bad_request(message: str) -> LxdError:
    """The request makes no sense: 400."""
    return LxdError(400, message)


def forbidden(message: str = "not authorized") -> LxdError:
    """The caller may not: 403."""
    return LxdError(403, message)


def not_found(message: str = "not found") -> LxdError:
    """There is no such thing: 404."""
    return LxdError(404, message)


def conflict(message: str) -> LxdError:
    """There is one already: 409."""
    return LxdError(409, message)


def internal(message: str) -> LxdError:
    """LXD reports many plain user errors as 500."""
    return LxdError(500, message)
