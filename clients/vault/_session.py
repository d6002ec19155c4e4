"""HTTP sessions to Vault: nothing from the environment, reading repeated, writing never."""

from __future__ import annotations

import ssl
from typing import Any, Final

import requests
import requests.adapters
import urllib3

RETRIES: Final = urllib3.Retry(total=2, connect=2, read=1, other=0, backoff_factor=0.2, allowed_methods={"GET"})
"""A connection that a restarting Vault broke is tried again, where it only reads."""


def open_session(ca: str | None) -> requests.Session:
    """A session that trusts the CA (PEM), or the system's when there is none; nothing is sent yet."""
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", requests.adapters.HTTPAdapter(max_retries=RETRIES))
    session.mount("https://", _Trusting(ca) if ca else requests.adapters.HTTPAdapter(max_retries=RETRIES))
    return session


class _Trusting(requests.adapters.HTTPAdapter):
    """TLS that trusts one CA, given as text: no file is written for it."""

    def __init__(self, ca: str) -> None:
        self._context = ssl.create_default_context(cadata=ca)
        super().__init__(max_retries=RETRIES)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leaves the connection alone: the context says all there is to say."""
