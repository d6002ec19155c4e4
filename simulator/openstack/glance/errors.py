"""Glance's error answers: JSON for who accepts it, else a page."""

from __future__ import annotations

import html
import http

from ..call import Call, Refusal, Reply

UNAUTHORIZED = (
    "This server could not verify that you are authorized to access the document you requested. Either you supplied the wrong "
    "credentials (e.g., bad password), or your browser does not understand how to supply the credentials required."
)


class Problem(Exception):
    """A request that is refused: status, and the text after the status' own."""

    def __init__(self, status: int, text: str, detail: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.detail = detail
        self.headers = headers or {}


def answer(call: Call, problem: Problem) -> Reply:
    """The answer to a refused request, as its client likes it."""
    title = http.HTTPStatus(problem.status).phrase
    code = f"{problem.status} {title}"
    end = (
        "\n<br /><br />\n" if problem.status == http.HTTPStatus.UNSUPPORTED_MEDIA_TYPE else f"<br /><br />\n{problem.detail}\n\n"
    )
    message = problem.text + end
    if call.method != "HEAD" and "application/json" in call.headers.get("Accept", ""):
        body = {"message": message, "code": code, "title": title}
        return Reply(status=problem.status, body=body, headers=problem.headers)
    shown = html.escape(problem.text, quote=False) + end
    page = f"<html>\n <head>\n  <title>{code}</title>\n </head>\n <body>\n  <h1>{code}</h1>\n  {shown}\n </body>\n</html>"
    return Reply(status=problem.status, body=page, headers=problem.headers)


def no_image(key: str) -> Problem:
    """404 of an image."""
    return Problem(404, f"No image found with ID {key}")


def not_found() -> Problem:
    """404 of anything else."""
    return Problem(404, "The resource could not be found.")


def forbidden(action: str) -> Problem:
    """403: the token's roles are not enough."""
    return Problem(403, f"You are not authorized to complete {action} action.")


def unauthorized(keystone: str) -> Problem:
    """401; `keystone` is where to get a token."""
    return Problem(401, UNAUTHORIZED, headers={"Www-Authenticate": f'Keystone uri="{keystone}"'})


def unsupported(kind: str) -> Problem:
    """415: the body is of another type."""
    return Problem(415, f"The request media type {kind} is not supported by this server.")


def malformed(call: Call) -> Refusal:
    """400: the body is not JSON."""
    return Refusal(answer(call, Problem(400, "Malformed JSON in request body.")))
