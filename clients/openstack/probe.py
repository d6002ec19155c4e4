"""Whether something answers at an address of a cloud: by TCP, or through the gateway where that is the way there."""

from __future__ import annotations

import socket
import urllib.parse

import requests

from .. import reach

SECONDS = 5.0


def silence(address: str, port: int, gateway: str | None = None) -> str:
    """Why nothing answers; empty when something does.

    Args:
        address: an IP address.
        port: a TCP port.
        gateway: template of the way there, see `clients.reach`; it answers below 500 when somebody listens behind it.
    """
    if gateway:
        return _through(reach.url(gateway, "http", address, port))
    try:
        socket.create_connection((address, port), SECONDS).close()
    except OSError as error:
        return f"{address}:{port}: {error.strerror or error or 'no answer'}"
    return ""


def _through(url: str) -> str:
    try:
        status = requests.get(url, timeout=SECONDS, allow_redirects=False).status_code
    except requests.RequestException as error:
        return f"{urllib.parse.urlsplit(url).netloc}: {type(error).__name__}"
    return "" if status < 500 else f"the gateway finds nobody there (HTTP {status} from {url})"
