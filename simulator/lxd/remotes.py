"""Image servers that a simulated LXD can reach: what they offer, by alias. No image is ever really fetched."""

from __future__ import annotations

import hashlib

from .daemon import Daemon
from .errors import not_found
from .records import Image

_UBUNTU = {"noble": "24.04", "jammy": "22.04", "focal": "20.04"}
_OTHERS = {
    "alpine/3.20": ("Alpine", "3.20"),
    "alpine/edge": ("Alpine", "edge"),
    "debian/12": ("Debian", "bookworm"),
    "debian/13": ("Debian", "trixie"),
    "ubuntu/22.04": ("Ubuntu", "jammy"),
    "ubuntu/24.04": ("Ubuntu", "noble"),
}
_SIZES = {"container": 120_000_000, "virtual-machine": 550_000_000}


def find(daemon: Daemon, server: str, wanted: str, kind: str) -> Image:
    """The image of an alias or fingerprint on an image server."""
    for alias, (system, release) in _catalogue(server).items():
        image = _image(daemon, server, (alias, system, release), kind)
        if wanted and (wanted == alias or image.fingerprint.startswith(wanted)):
            return image
    raise not_found(
        f'Failed getting remote image info: Failed getting image: The requested image couldn\'t be found for "{wanted}"'
    )


def _catalogue(server: str) -> dict[str, tuple[str, str]]:
    if "cloud-images.ubuntu.com" in server:
        names = {name: ("ubuntu", name) for name in _UBUNTU}
        return names | {version: ("ubuntu", name) for name, version in _UBUNTU.items()}
    if "images." in server:
        return _OTHERS
    raise not_found(f'Failed getting remote image info: Get "{server}/streams/v1/index.json": no such host')


def _image(daemon: Daemon, server: str, what: tuple[str, str, str], kind: str) -> Image:
    _, system, release = what
    fingerprint = hashlib.sha256(f"{server.rstrip('/')} {system} {release} {kind}".encode()).hexdigest()
    properties = {
        "architecture": "amd64",
        "description": f"{system} {release} amd64 (release)",
        "os": system,
        "release": release,
        "type": "disk-kvm.img" if kind == "virtual-machine" else "squashfs",
    }
    return Image(
        fingerprint=fingerprint,
        type=kind,
        filename=f"{system}-{release}-amd64.img",
        size=_SIZES[kind],
        properties=properties,
        created_at="2026-01-01T00:00:00Z",
        uploaded_at=daemon.now(),
        update_source={"alias": what[0], "certificate": "", "protocol": "simplestreams", "server": server, "image_type": ""},
    )
