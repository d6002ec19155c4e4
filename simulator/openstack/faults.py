"""Errors as Nova and Cinder word them: `{"badRequest": {"code": 400, "message": …}}`."""

from __future__ import annotations

from collections.abc import Mapping

from .call import Reply

_NAMES = {
    400: "badRequest",
    401: "unauthorized",
    403: "forbidden",
    404: "itemNotFound",
    405: "badMethod",
    409: "conflictingRequest",
    413: "overLimit",
    415: "badMediaType",
    501: "notImplemented",
    503: "serviceUnavailable",
}


class Fault(Exception):  # noqa: N818 the services' own word
    """A request that is refused; `headers` go out with the answer."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})

    def reply(self) -> Reply:
        """The answer on the wire."""
        body: dict[str, object] = {"code": self.status, "message": self.message}
        if "Retry-After" in self.headers:
            body["retryAfter"] = self.headers["Retry-After"]
        return Reply(status=self.status, body={_NAMES.get(self.status, "computeFault"): body}, headers=self.headers)


class NoRoute(Exception):  # noqa: N818 said of a path, not of a failure
    """No such path, or no such method on it."""


def bad_request(message: str) -> Fault:
    """A 400."""
    return Fault(400, message)


def not_found(message: str) -> Fault:
    """A 404 that names what isn't there."""
    return Fault(404, message)


def conflict(message: str) -> Fault:
    """A 409."""
    return Fault(409, message)


def forbidden(message: str) -> Fault:
    """A 403."""
    return Fault(403, message)


def denied(policy: str) -> Fault:
    """The 403 of a caller whose roles don't reach."""
    return Fault(403, f"Policy doesn't allow {policy} to be performed.")
