"""Keystone's error answers."""

from __future__ import annotations

from ..call import Call, NotModelled, Refusal, Reply

_TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}
_CLIENT = (
    "The server could not comply with the request since it is either malformed or otherwise incorrect. "
    "The client is assumed to be in error."
)
_NOT_MODELLED = ("/v3/OS-", "/v3/credentials", "/v3/policies", "/v3/registered_limits", "/v3/limits", "/v3/domains/config")
METHODS = "GET, HEAD, POST, PATCH, OPTIONS, DELETE"
_NOT_FOUND = (
    "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not found on "
    "the server. If you entered the URL manually please check your spelling and try again.</p>\n"
)
_BROKEN = (
    "<html>\n  <head>\n    <title>Internal Server Error</title>\n  </head>\n  <body>\n    <h1><p>Internal Server Error</p></h1>\n"
    "    \n  </body>\n</html>\n"
)


def refusal(status: int, message: str, headers: dict[str, str] | None = None) -> Refusal:
    """An error in Keystone's form."""
    body = {"error": {"code": status, "message": message, "title": _TITLES[status]}}
    return Refusal(Reply(status=status, body=body, headers=headers or {}))


def unauthorized(call: Call) -> Refusal:
    """401, whatever was wrong."""
    where = {"WWW-Authenticate": f'Keystone uri="{call.base}/v3"'}
    return refusal(401, "The request you have made requires authentication.", where)


def forbidden(action: str) -> Refusal:
    """403: the token's roles are not enough."""
    return refusal(403, f"You are not authorized to perform the requested action: {action}.")


def absent(kind: str, name: str) -> Refusal:
    """404 of a thing."""
    return refusal(404, f"Could not find {kind}: {name}.")


def expecting(attribute: str, target: str) -> Refusal:
    """400: something is missing."""
    return refusal(400, f"Expecting to find {attribute} in {target}. {_CLIENT}")


def conflict(kind: str, details: str) -> Refusal:
    """409: it is there already."""
    return refusal(409, f"Conflict occurred attempting to store {kind} - {details}.")


def malformed() -> Reply:
    """400: the body is not JSON."""
    return expecting("valid JSON", "request body").reply


def broken() -> Refusal:
    """500, from the web server around Keystone."""
    return Refusal(Reply(status=500, body=_BROKEN, headers={"Content-Type": "text/html"}))


def no_page(call: Call) -> Reply:
    """404 of a path.

    Raises:
        NotModelled: a real Keystone has this page.
    """
    _check_modelled(call)
    return Reply(status=404, body=_NOT_FOUND, headers={"Content-Type": "text/html; charset=utf-8"})


def no_method(call: Call, allowed: list[str]) -> Reply:
    """405 of a path.

    Raises:
        NotModelled: a real Keystone has this method.
    """
    _check_modelled(call)
    return Reply(status=405, body={"message": "The method is not allowed for the requested URL."}, headers={"Allow": METHODS})


def _check_modelled(call: Call) -> None:
    if call.path.startswith(_NOT_MODELLED) or call.path.endswith("/access_rules"):
        raise NotModelled
