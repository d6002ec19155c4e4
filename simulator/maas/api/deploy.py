"""Deploying: which system, with which kernel, and what must hold before it starts."""

from __future__ import annotations

from typing import Any

from .. import deployment, reach
from ..call import Call
from ..errors import FieldErrors, Refused
from ..forms import Form
from ..records.network import STATIC
from ..records.node import Node
from ..region import Region
from ..render import nodes

KERNELS = {"focal": "ga-20.04", "jammy": "ga-22.04", "noble": "ga-24.04", "bionic": "ga-18.04", "resolute": "ga-26.04"}


def start(region: Region, call: Call, node: Node, form: Form) -> Any:
    """Starts the deployment of a machine that may be deployed; a Ready one becomes the caller's."""
    _check_bridge(form)
    _check_rack(region, form)
    osystem, series = _image(region, form)
    _check_kernel(node, form, osystem, series)
    _check_network(region, node)
    _check_storage(region, node)
    if not reach.rack_connected(region):
        raise Refused(503, f"No rack controllers can access the BMC of node {node.hostname}")
    before = node.model_copy(deep=True)
    _take(region, call, node, form, (osystem, series))
    deployment.begin(region, node)
    region.lifecycle.deploy(node)
    answer = nodes.machine(region, node)
    try:
        deployment.claim_addresses(region, node)
    except Refused:
        region.store.nodes[node.id] = before.model_copy(update={"step": node.step + 1})
        deployment.free_addresses(region, before)
        raise
    return answer


def _take(region: Region, call: Call, node: Node, form: Form, image: tuple[str, str]) -> None:
    node.owner = node.owner or call.who.username
    node.agent_name = form.text("agent_name", node.agent_name)
    node.osystem, node.distro_series = image
    node.hwe_kernel = form.text("hwe_kernel") or node.hwe_kernel or KERNELS.get(node.distro_series, "")
    node.user_data = form.raw("user_data")
    node.ephemeral_deploy = form.boolean("ephemeral_deploy")
    node.enable_hw_sync = form.boolean("enable_hw_sync")
    node.install_kvm = form.boolean("install_kvm")
    always = bool(region.store.settings.get("enable_kernel_crash_dump"))
    node.enable_kernel_crash_dump = form.boolean("enable_kernel_crash_dump") if form.raw("enable_kernel_crash_dump") else always
    node.netboot = True


def _check_bridge(form: Form) -> None:
    given = form.raw("bridge_fd")
    if given and not given.isdigit():
        raise Refused(400, "Invalid bridge_fd: Please enter an integer value")


def _check_rack(region: Region, form: Form) -> None:
    if region.since(3, 6) and form.boolean("install_rackd"):
        raise Refused(400, "Deploying a machine as a rackd has been disabled and it's not supported anymore.")


def _image(region: Region, form: Form) -> tuple[str, str]:
    images = sorted({name_of(row.name, row.type) for row in region.store.bootresources.values()})
    given = form.raw("distro_series")
    if given:
        matching = [image for image in images if given in (image, image.split("/", 1)[1])]
        if not matching:
            names = ", ".join(f"'{name}'" for name in ["", *images])
            text = f"'{given}' is not a valid distro_series.  It should be one of: {names}."
            raise FieldErrors({"distro_series": [text]})
        osystem, _, series = matching[0].partition("/")
        return osystem, series
    settings = region.store.settings
    return str(settings["default_osystem"]), str(settings["default_distro_series"])


def name_of(name: str, kind: str) -> str:
    """OS/RELEASE of an image; uploaded ones without an OS are custom."""
    return name if "/" in name else f"custom/{name}" if kind == "Uploaded" else f"ubuntu/{name}"


def _check_kernel(node: Node, form: Form, osystem: str, series: str) -> None:
    given = form.raw("hwe_kernel")
    known = {KERNELS.get(series, ""), KERNELS.get(series, "").replace("ga-", "hwe-"), ""}
    if given and given not in known and not node.distro_series:
        text = f"{given} is not available for {osystem}/{series} on {node.architecture}."
        raise FieldErrors({"hwe_kernel": [text]})


def _check_network(region: Region, node: Node) -> None:
    links = [link for row in region.store.interfaces_of(node) for link in region.store.links_of(row)]
    usable = [link for link in links if link.alloc_type in (0, 5) or (link.alloc_type == STATIC and link.ip)]
    if not usable:
        raise FieldErrors({"network": ["Node must be configured to use a network"]}, late=True)


def _check_storage(region: Region, node: Node) -> None:
    store = region.store
    devices = store.devices_of(node)
    parts = [part for device in devices for part in store.partitions_of(device)]
    formatted = [each.filesystem for each in devices] + [each.filesystem for each in parts]
    points = [each.mount_point for each in formatted if each]
    if "/" not in points and not _vmfs(points):
        raise FieldErrors({"storage": ["Mount the root '/' filesystem to be able to deploy this node."]}, late=True)


def _vmfs(points: list[str | None]) -> bool:
    return any(point and point.startswith("/vmfs/") for point in points)
