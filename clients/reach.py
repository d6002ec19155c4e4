"""How a service of a unit is reached: at its own address, or through a gateway that stands before the management network.

A gateway is a template such as `http://127.0.0.1:8080/at/{host}/{port}`: a reverse proxy that takes the address and port out of
the path and passes the rest on. One that has another address for services that speak TLS is two templates with a space between.
"""

from __future__ import annotations

import ipaddress

from .errors import ClientError


def url(gateway: str | None, scheme: str, host: str, port: int) -> str:
    """The base URL of a service, without a slash at its end.

    Args:
        gateway: the templates with `{host}` and `{port}`, of which the first with the service's scheme is taken, else the first;
            None reaches the address itself.
        scheme: "http" or "https", of the service itself.
        host: an address or a name.
        port: a TCP port.

    Raises:
        ClientError: when a template lacks one of its two places.
    """
    if not gateway:
        return f"{scheme}://{_bracketed(host)}:{port}"
    templates = gateway.split()
    for template in templates:
        if "{host}" not in template or "{port}" not in template:
            raise ClientError(
                f"openstack:gateway is {template!r}: it needs {{host}} and {{port}}, as in http://proxy/at/{{host}}/{{port}}"
            )
    chosen = next((template for template in templates if template.startswith(f"{scheme}:")), templates[0])
    return chosen.replace("{host}", host).replace("{port}", str(port)).rstrip("/")


def behind(gateway: str | None, address: str) -> bool:
    """Whether a URL leads through the gateway already."""
    return any(address.startswith(template.partition("{")[0]) for template in (gateway or "").split())


def _bracketed(host: str) -> str:
    try:
        return f"[{host}]" if ipaddress.ip_address(host).version == 6 else host
    except ValueError:
        return host
