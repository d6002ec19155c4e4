"""Which image is meant by "alias", "fingerprint" or "remote:alias"."""

from __future__ import annotations

from typing import Any

from clients import lxd as client

from .._base import ExpectedError
from ._remotes import Remotes

NO_IMAGE = {"type": "none"}


def source(lxd: client.Lxd, remotes: Remotes, image: str | None, project: str) -> dict[str, Any]:
    """What an instance is made from, as LXD wants to be told; no image is an empty disk.

    Raises:
        ExpectedError: there is no such image on the server, or no such remote.
    """
    if not image:
        return dict(NO_IMAGE)
    name, colon, alias = image.partition(":")
    if colon:
        return {"type": "image", "mode": "pull", "alias": alias, **pulled_from(remotes, name, image)}
    return {"type": "image", "fingerprint": local(lxd, image, project)}


def pulled_from(remotes: Remotes, name: str, image: str) -> dict[str, str]:
    """The server of images that `name:` means.

    Raises:
        ExpectedError: no remote of this name is known.
    """
    server = remotes.image_server(name)
    if server is None:
        raise ExpectedError(f"image {image!r}: there is no remote {name!r}; add it to lxd:remotes with protocol simplestreams")
    return {"server": server.url.removesuffix(":8443"), "protocol": server.protocol}


def local(lxd: client.Lxd, image: str, project: str) -> str:
    """The fingerprint of an image on the server, by alias or by the beginning of its fingerprint.

    Raises:
        ExpectedError: there is none.
    """
    alias = lxd.find("images", "aliases", image, project=project)
    if alias is not None:
        return str(alias.body["target"])
    found = lxd.find("images", image, project=project)
    if found is None:
        raise ExpectedError(f"LXD at {lxd.remote.where} has no image {image!r} in project {project}; name one of its aliases")
    return str(found.body["fingerprint"])
