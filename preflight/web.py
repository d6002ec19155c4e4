"""Plain requests for what no client of ours asks: the charm store, images to upload, the Date header of a server."""

from __future__ import annotations

import dataclasses
import ipaddress
import json
import urllib.parse
from typing import Any, Final

import requests

_SECONDS: Final = (5.0, 20.0)


class UnreachableError(Exception):
    """Nobody answers there."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer:
    """Status, text and date of an answer."""

    status: int
    text: str
    date: str

    def json(self) -> Any:
        """The text, parsed.

        Raises:
            UnreachableError: when it is no JSON: then it isn't the server that was meant.
        """
        try:
            return json.loads(self.text)
        except ValueError:
            raise UnreachableError(f"what answers is something else: {self.text[:60]!r}") from None


def get(url: str, ca_file: str | None = None) -> Answer:
    """One GET; the environment's proxy is used, but never for this machine itself.

    Raises:
        UnreachableError: when there is no answer.
    """
    answer = _asked("GET", url, ca_file)
    return Answer(status=answer.status_code, text=answer.text, date=answer.headers.get("Date", ""))


def head(url: str) -> int:
    """The status of a page, without the page.

    Raises:
        UnreachableError: when there is no answer.
    """
    return _asked("HEAD", url, None).status_code


def _asked(method: str, url: str, ca_file: str | None) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = not _is_loopback(url)
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
