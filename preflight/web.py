"""Plain requests for what no client of ours asks: the charm store, images to upload, the Date header of a server."""

from __future__ import annotations

import dataclasses
import email.utils
import ipaddress
import json
import time
import urllib.parse
from typing import Any, Final

import requests

_SECONDS: Final = (5.0, 20.0)


class UnreachableError(Exception):
    """Nobody answers there."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer:
    """Status and text of an answer; `ahead` is how many seconds the server's clock is ahead of ours, None when it didn't say."""

    status: int
    text: str
    ahead: float | None

    def json(self) -> Any:
        """The text, parsed.

        Raises:
            UnreachableError: when it is no JSON: then it isn't the server that was meant.
        """
        try:
            return json.loads(self.text)
        except ValueError:
            raise UnreachableError(f"what answers is something else: {self.text[:60]!r}") from None


def get(url: str, *, proxied: bool, ca_file: str | None = None) -> Answer:
    """One GET.

    Args:
        url: of the page.
        proxied: whether the environment's proxy leads there; to this machine itself it never does.
        ca_file: PEM file of the authority that signed the server's certificate, when the system doesn't know it.

    Raises:
        UnreachableError: when there is no answer.
    """
    asked = time.time()
    answer = _asked("GET", url, proxied, ca_file)
    return Answer(status=answer.status_code, text=answer.text, ahead=ahead(answer.headers.get("Date"), asked, time.time()))


def head(url: str) -> int:
    """The status of a page, without the page.

    Raises:
        UnreachableError: when there is no answer.
    """
    return _asked("HEAD", url, proxied=True, ca_file=None).status_code


def ahead(date: str | None, asked: float, answered: float) -> float | None:
    """Seconds that a server's clock is ahead of ours at least, by the Date header of its answer; None when there is none.

    The answer was written at some moment between `asked` and `answered`, and its date has no fractions of a second; only what
    that doesn't explain is held against the server.
    """
    try:
        there = email.utils.parsedate_to_datetime(date or "").timestamp()
    except (TypeError, ValueError):
        return None
    if there > answered:
        return there - answered
    return min(0.0, there + 1.0 - asked)


def _asked(method: str, url: str, proxied: bool, ca_file: str | None) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = proxied and not _is_loopback(url)
        try:
            return session.request(method, url, timeout=_SECONDS, verify=ca_file or True, allow_redirects=True)
        except requests.RequestException as error:
            raise UnreachableError(f"{urllib.parse.urlsplit(url).netloc}: {_reason(error)}") from None


def _is_loopback(url: str) -> bool:
    host = urllib.parse.urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate can't be trusted"
    return "no connection" if isinstance(error, requests.ConnectionError) else type(error).__name__
