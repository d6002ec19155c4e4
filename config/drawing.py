"""The site's networks as a picture: nodes as boxes, networks as lines across, a drop where a node is on a network."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

from .network import NetworkSpec
from .site import SiteSpec

COLOURS = {"bmc": "#b45309", "management": "#1d4ed8", "external": "#15803d"}
WORDS: Mapping[str, str] = {
    "bmc": "BMC",
    "management": "management",
    "external": "external",
    "gateway": "gateway",
    "dhcp": "DHCP",
    "floating": "floating",
    "controller": "controller: MAAS, LXD",
    "worker": "worker: compute, storage",
    "cores": "cores",
}
"""What the picture says; a translation gives other words for the same keys."""

BOX_WIDTH, BOX_HEIGHT, GAP, LEFT, TOP, RAIL = 270, 92, 24, 30, 30, 70
VM_WIDTH = 118
RIM = 'stroke="#ffffff" stroke-width="4" paint-order="stroke"'


@dataclasses.dataclass(frozen=True)
class _Node:
    title: str
    subtitle: str
    networks: tuple[tuple[str, str], ...]  # (network, label at the drop)
    inside: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        return max(BOX_WIDTH, len(self.inside) * (VM_WIDTH + 8) + 16)


def networks_svg(site: SiteSpec, words: Mapping[str, str] = WORDS) -> str:
    """The picture as an SVG document."""
    nodes = list(_nodes(site, words))
    width = LEFT * 2 + sum(node.width for node in nodes) + GAP * (len(nodes) - 1)
    height = TOP + BOX_HEIGHT + 40 + RAIL * 3
    parts = [_rail(name, width) for name, _ in site.networks.items()]
    x = LEFT
    for node in nodes:
        parts.append(_box(node, x))
        x += node.width + GAP
    parts += [_caption(name, network, words) for name, network in site.networks.items()]
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def _nodes(site: SiteSpec, words: Mapping[str, str]) -> Iterator[_Node]:
    vms = tuple(f"{name}\n{vm.cores} {words['cores']}, {vm.memory >> 30} GiB" for name, vm, _ in site.controller.vms())
    bridges = site.controller.bridges
    ports = [("bmc", ""), ("management", bridges.management.name)]
    ports.append(("external", bridges.external.name if bridges.external else ""))
    yield _Node(site.controller.hostname, words["controller"], tuple(ports), vms)
    for worker in site.workers:
        drops = (("bmc", str(worker.bmc.address)), ("management", "PXE"), ("external", worker.external_nic))
        yield _Node(worker.hostname, words["worker"], drops)


def _rail(name: str, width: int) -> str:
    y = _height(name)
    return f'<line x1="{LEFT}" y1="{y}" x2="{width - LEFT}" y2="{y}" stroke="{COLOURS[name]}" stroke-width="4"/>'


def _caption(name: str, network: NetworkSpec, words: Mapping[str, str]) -> str:
    """What the network is, under its line; drawn last and with a white rim, so that no cable crosses the words."""
    details = [str(network.cidr)]
    details += [f"{words['gateway']} {network.gateway}"] if network.gateway else []
    details += [f"{words['dhcp']} {network.dhcp}"] if network.dhcp else []
    details += [f"{words['floating']} {network.floating}"] if network.floating else []
    text = f'<tspan font-weight="bold">{escape(words[name])}</tspan>  {escape("  ·  ".join(details))}'
    return f'<text x="{LEFT}" y="{_height(name) + 20}" fill="{COLOURS[name]}" {RIM}>{text}</text>'


def _height(name: str) -> int:
    return TOP + BOX_HEIGHT + 70 + list(COLOURS).index(name) * RAIL


def _box(node: _Node, x: int) -> str:
    parts = [
        f'<rect x="{x}" y="{TOP}" width="{node.width}" height="{BOX_HEIGHT}" rx="6" fill="#f8fafc" stroke="#334155"/>',
        f'<text x="{x + 12}" y="{TOP + 20}" font-weight="bold" font-size="14">{escape(node.title)}</text>',
        f'<text x="{x + 12}" y="{TOP + 37}" fill="#475569">{escape(node.subtitle)}</text>',
    ]
    parts += [_vm(text, x + 12 + index * (VM_WIDTH + 8)) for index, text in enumerate(node.inside)]
    step = node.width / (len(node.networks) + 1)
    parts += [_drop(name, label, int(x + step * (i + 1))) for i, (name, label) in enumerate(node.networks)]
    return "\n".join(parts)


def _vm(text: str, x: int) -> str:
    title, size = text.split("\n")
    y = TOP + 46
    return (
        f'<rect x="{x}" y="{y}" width="{VM_WIDTH}" height="38" rx="4" fill="#e0e7ff" stroke="#6366f1"/>'
        f'<text x="{x + 8}" y="{y + 16}" font-size="11" font-weight="bold">{escape(title)}</text>'
        f'<text x="{x + 8}" y="{y + 30}" font-size="10" fill="#475569">{escape(size)}</text>'
    )


def _drop(name: str, label: str, x: int) -> str:
    """The cable, and beside its upper end what it is plugged into."""
    top, colour = TOP + BOX_HEIGHT, COLOURS[name]
    height = top + 16 + 15 * list(COLOURS).index(name)
    note = f'<text x="{x + 6}" y="{height}" font-size="11" fill="{colour}" {RIM}>{escape(label)}</text>' if label else ""
    return (
        f'<line x1="{x}" y1="{top}" x2="{x}" y2="{_height(name)}" stroke="{colour}" stroke-width="2"/>'
        f'<circle cx="{x}" cy="{_height(name)}" r="5" fill="{colour}"/>{note}'
    )
