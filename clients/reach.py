"""How a service of a unit is reached: at its own address, or through a gateway that stands before the management network.

A gateway is a template such as `http://127.0.0.1:8080/at/{host}/{port}`: a reverse proxy that takes the address and port out of
the path and passes the rest on.
"""

from __future__ import annotations

import ipaddress

from .errors import ClientError


def url(gateway: str | None, scheme: str, host: str, port: int) -> str:
    """The base URL of a service, without a slash at its end.

    Args:
        gateway: the template with `{host}` and `{port}`; None reaches the address itself.
        scheme: "http" or "https", of the service itself.
        host: an address or a name.
        port: a TCP port.

    Raises:
        ClientError: when the template lacks one of its two places.
    """
    if not gateway:
        return f"{scheme}://{_bracketed(host)}:{port}"
    if "{host}" not in gateway or "{port}" not in gateway:
        raise ClientError(
            f"openstack:gateway is {gateway!r}: it needs {{host}} and {{port}}, as in http://proxy/at/{{host}}/{{port}}"
        )
    return gateway.replace("{host}", host).replace("{port}", str(port)).rstrip("/")


def _bracketed(host: str) -> str:
    try:
        return f"[{host}]" if ipaddress.ip_address(host).version == 6 else host
    except ValueError:
        return host
