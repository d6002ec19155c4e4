"""HTTP below openstacksdk: the way through a gateway, time-outs, and reads that are repeated.

openstacksdk has no time-out of its own, and the catalogue tells addresses of the management network, which may be behind a
gateway. Both are mended here, for every request of every service at once.
"""

from __future__ import annotations

import ssl
import urllib.parse
from typing import Any, Final

import requests
import requests.adapters
import tenacity
import urllib3.exceptions

from .. import reach
from .errors import BrokenError, CloudError

CONNECT_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 120.0
"""For one answer; uploads of images answer after the last byte."""
POOL: Final = 64
ATTEMPTS: Final = 5
"""How often a read is sent at most."""
PAUSE: Final = 0.3
"""Seconds before the second time; each further pause is twice as long."""

_PASSING: Final = frozenset({502, 503, 504})
_READS: Final = frozenset({"GET", "HEAD"})
_PORTS: Final = {"http": 80, "https": 443}


class Transport(requests.Session):
    """A session whose requests go through the gateway where there is one.

    Args:
        gateway: template of the way to the services, see `clients.reach`; None goes straight to the addresses.
        ca: certificates (PEM) of the authority that signed the services' ones; empty trusts the system's.
        own_settings: whether proxies and certificates may come from the environment, as for a cloud of the operator's own
            clouds.yaml; what Juju deployed is reached straight.
        pause: seconds before a read is repeated for the first time.
    """

    def __init__(self, gateway: str | None = None, ca: str = "", *, own_settings: bool = False, pause: float = PAUSE) -> None:
        super().__init__()
        self.trust_env = own_settings
        self._gateway = gateway
        adapter = _Trusting(ca) if ca else requests.adapters.HTTPAdapter(pool_maxsize=POOL)
        self.mount("https://", adapter)
        self.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=POOL))
        self._again = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            wait=tenacity.wait_exponential(multiplier=pause),
            retry=tenacity.retry_if_exception(_may_pass) | tenacity.retry_if_result(lambda r: r.status_code in _PASSING),
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
        )

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """Sends a request; a read, and a log-in, is repeated while the service is about to come back."""
        there = self._through(str(url))
        kwargs["timeout"] = (CONNECT_SECONDS, ANSWER_SECONDS)
        if method in _READS or there.endswith("/auth/tokens"):
            found: requests.Response = self._again(self._send, method, there, *args, **kwargs)
            return found
        return self._send(method, there, *args, **kwargs)

    def _send(self, method: str | bytes, url: str, *args: Any, **kwargs: Any) -> requests.Response:
        try:
            return super().request(method, url, *args, **kwargs)
        except requests.exceptions.SSLError as error:
            raise BrokenError(_reason(error), trusted=False) from error
        except requests.exceptions.RequestException as error:
            raise BrokenError(f"{_place(url)}: {_reason(error)}", sent=not _unsent(error)) from error

    def _through(self, url: str) -> str:
        """The URL by which a service is reached from here."""
        if not self._gateway or reach.behind(self._gateway, url):
            return url
        parts = urllib.parse.urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 80)
        rest = urllib.parse.urlunsplit(("", "", parts.path, parts.query, ""))
        return reach.url(self._gateway, parts.scheme, str(parts.hostname), port) + rest


class _Trusting(requests.adapters.HTTPAdapter):
    """TLS that trusts the system's authorities and one more, whatever the environment says."""

    def __init__(self, ca: str) -> None:
        self._context = ssl.create_default_context()
        try:
            self._context.load_verify_locations(cadata=ca)
        except (ssl.SSLError, ValueError) as error:
            raise CloudError(f"the CA is no certificate that can be read: {error}; give it as PEM") from error
        super().__init__(pool_maxsize=POOL)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leaves the connection alone: the context says all there is to say."""


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, BrokenError) and error.trusted


def _unsent(error: BaseException) -> bool:
    """Whether no connection came about, so that nothing can have arrived."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError)


def _reason(error: BaseException) -> str:
    text = str(error)
    signs = (
        ("refused", "connection refused"),
        ("certificate verify failed", "its certificate is not signed by an authority that we know"),
        ("timed out", "no answer in time"),
        ("Name or service not known", "no such host name"),
        ("No route to host", "no route to it"),
    )
    return next((words for sign, words in signs if sign in text), f"the connection broke ({type(error).__name__})")


def _place(url: str) -> str:
    parts = urllib.parse.urlsplit(url)
    return parts.netloc.rpartition("@")[2]
