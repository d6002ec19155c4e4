"""What the charms of the optional services answer to the actions that are run once they have settled."""

from __future__ import annotations

import json
import secrets
from typing import Any, Protocol

from ..openstack import image_file
from .charmactions import ActionError, Answer, leading
from .parts import Parts
from .records import Application, Model, Unit
from .store import option, relations_of

DASHBOARD_USERS = ("ceph", "dashboard", "ac-user-show", "--format", "json")
"""What a monitor's machine is asked for the dashboard's users."""

_SERIES = {"22.04": "jammy", "24.04": "noble"}
_VERSION = "20261101"


class Glance(Protocol):
    """What a model's Glance is asked directly."""

    def publish(self, name: str, content: bytes, **fields: Any) -> None:
        """Makes an active image for everybody."""

    def shown(self) -> list[dict[str, Any]]:
        """All images."""


def dashboard_users(model: Model) -> str:
    """What DASHBOARD_USERS prints: the names as a JSON list. Ceph keeps them, not the dashboard's charm."""
    return json.dumps(sorted(_kept(model))) + "\n"


def add_user(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """A user of Ceph's dashboard; the password is told this once."""
    name, role = asked.get("username", ""), asked.get("role", "")
    if not name or not role:
        raise ActionError("Config missing")
    if name in _kept(model):
        raise ActionError("User already exists")
    _monitors(model).state.setdefault("dashboard-users", {})[name] = role
    return {"password": secrets.token_urlsafe(9)}


def delete_user(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """Ends a user of Ceph's dashboard."""
    name = asked.get("username", "")
    if name not in _kept(model):
        raise ActionError(f"Error ENOENT: User '{name}' does not exist")
    del _monitors(model).state["dashboard-users"][name]
    return {"message": f"User {name} deleted"}


def configure_resources(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """Octavia's network, flavor and rules."""
    if not leading(model, unit):
        raise ActionError("Please run action on lead unit")
    model.applications[unit.application].state["resources"] = True
    return {}


def ceilometer_upgrade(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """Ceilometer's types of resources in Gnocchi."""
    app = model.applications[unit.application]
    if not _related(model, app, "metric-service"):
        raise ActionError("ceilometer-upgrade must be run after the relation to gnocchi is complete")
    app.state["upgraded"] = True
    return {"outcome": "success, ceilometer-upgrade completed."}


def sync_images(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """Ubuntu's images, those that are not there yet."""
    glance, app = _glance(parts, model), model.applications[unit.application]
    there = {image["name"] for image in glance.shown()}
    wanted = str(option(model, app, "mirror_list") or "")
    for number, series in _SERIES.items():
        name = f"{option(model, app, 'name_prefix') or 'auto-sync/'}ubuntu-{series}-{number}-amd64-server-{_VERSION}-disk1.img"
        if series in wanted and name not in there:
            known = {"product_name": f"com.ubuntu.cloud:server:{number}:amd64", "version_name": _VERSION}
            _make(glance, name, os_distro="ubuntu", os_version=number, architecture="x86_64", **known)
    return {}


def retrofit_image(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """The image of load balancers, out of the newest of Ubuntu's that was synced."""
    glance, app = _glance(parts, model), model.applications[unit.application]
    images = glance.shown()
    source = max((image for image in images if image.get("product_name")), key=lambda image: image["os_version"], default=None)
    if source is None:
        raise ActionError("unable to find suitable source image")
    known = {"source_product_name": source["product_name"], "source_version_name": source["version_name"]}
    for image in images if not asked.get("force") else ():
        if known.items() <= image.items():
            named = f'product_name "{source["product_name"]}" and version_name "{source["version_name"]}"'
            raise ActionError(f'image with {named} already exists: "{image["id"]}"')
    name = f"amphora-haproxy-x86_64-ubuntu-{source['os_version']}-{_VERSION}"
    tag = str(option(model, app, "amp-image-tag") or "")
    _make(glance, name, tags=[unit.application, *([tag] if tag else [])], **known)
    return {}


def _make(glance: Glance, name: str, **fields: Any) -> None:
    glance.publish(name, image_file.content(), disk_format="qcow2", container_format="bare", **fields)


def _glance(parts: Parts, model: Model) -> Glance:
    found = parts.glance(model)
    if found is None:
        raise ActionError("the catalogue has no image service")
    return found


def _kept(model: Model) -> dict[str, str]:
    return dict(_monitors(model).state.get("dashboard-users", {}))


def _monitors(model: Model) -> Application:
    found = next((app for app in model.applications.values() if app.charm == "ceph-mon"), None)
    if found is None:
        raise ActionError("no Ceph monitor is there")
    return found


def _related(model: Model, app: Application, endpoint: str) -> bool:
    ends = [relation.end_of(app.name) for relation in relations_of(model, app.name)]
    return any(end and end.name == endpoint for end in ends)


ANSWERS: dict[tuple[str, str], Answer] = {
    ("ceph-dashboard", "add-user"): add_user,
    ("ceph-dashboard", "delete-user"): delete_user,
    ("octavia", "configure-resources"): configure_resources,
    ("ceilometer", "ceilometer-upgrade"): ceilometer_upgrade,
    ("glance-simplestreams-sync", "sync-images"): sync_images,
    ("octavia-diskimage-retrofit", "retrofit-image"): retrofit_image,
}
