"""maas/: the region's settings, and version/."""

from __future__ import annotations

from typing import Any

from .. import settings
from ..call import Answer, Call, text
from ..errors import BARE_JSON, Refused
from ..forms import Form
from ..region import Region
from ..routing import Resource

maas = Resource("MaasHandler", "maas/", "Manages the region's settings.")
version = Resource("VersionHandler", "version/", "Tells the region's version.", anonymous="VersionHandler")
RESOURCES = (maas, version)

_ARCHIVES = ("main_archive", "ports_archive")
CAPABILITIES = [
    "networks-management",
    "static-ipaddresses",
    "ipv6-deployment-ubuntu",
    "devices-management",
    "storage-deployment-ubuntu",
    "network-deployment-ubuntu",
    "bridging-interface-ubuntu",
    "bridging-automatic-ubuntu",
    "authenticate-api",
]


@version.rest("GET", anonymous=True)
def read_version(region: Region, call: Call) -> Any:
    """Tells version and capabilities."""
    return {"capabilities": CAPABILITIES, "version": region.version, "subversion": ""}


@maas.op("GET", "get_config")
def get_config(region: Region, call: Call) -> Any:
    """Reads a setting. Field: name."""
    name = call.first("name")
    if not name:
        raise Refused(400, "No provided name!")
    if name in _ARCHIVES:  # kept for old clients: the address of the archive of that name
        url = next(row.url for row in region.store.repositories.values() if row.name == name)
        return Answer(body=url, content_type=BARE_JSON)
    settings.known(region, name)
    return Answer(body=region.store.settings[name], content_type=BARE_JSON)


@maas.op("POST", "set_config", admin=True)
def set_config(region: Region, call: Call) -> Any:
    """Changes a setting. Fields: name, value."""
    form = Form(call.body)
    for field in ("name", "value"):
        if form.raw(field) is None:
            raise Refused(400, f"No provided {field}!")
    settings.change(region, form.text("name"), form.text("value"))
    return text("OK", bare=True)
