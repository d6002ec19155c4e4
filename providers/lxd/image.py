"""Images on an LXD server: copied from another server, or made of an instance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import pulumi
import pydantic

from clients import lxd as client

from .. import _intents
from .._base import ExpectedError, Found, Inputs, Made, Props
from . import _image
from ._lxd import InProject, LxdProvider, LxdResource, identity
from ._object import ADOPTED
from .instance_snapshot import epoch

_OUTPUTS = ("fingerprint", "created_at", "copied_aliases", "resource_id", ADOPTED)


class SourceImage(Inputs):
    """An image of another server, e.g. `ubuntu:24.04`, or of this one in another project."""

    image: str
    architecture: str | None = None
    type: Literal["container", "virtual-machine"] = "container"
    copy_aliases: bool = False


class SourceInstance(Inputs):
    """A stopped instance, or a snapshot of one."""

    name: str
    snapshot: str | None = None


class ImageInputs(InProject):
    """An image, by where it comes from."""

    source_image: SourceImage | None = None
    source_instance: SourceInstance | None = None
    aliases: list[str] = pydantic.Field(default_factory=list)


class ImageProvider(LxdProvider[ImageInputs]):
    """Images, known by their fingerprint; the same image twice is one object on the server."""

    inputs = ImageInputs
    computed = _OUTPUTS
    replace_on = frozenset({"source_image", "source_instance", "project", "remote"})

    def make(self, inputs: ImageInputs) -> Made:
        lxd = self.lxd(inputs.remote)
        had = {str(image.body["fingerprint"]) for image in lxd.objects("images", project=inputs.project)}
        made = lxd.create("images", body=self._body(lxd, inputs), project=inputs.project)
        fingerprint = str(made.metadata["fingerprint"]) if made else ""
        intent = _intents.Intent(f"lxd {lxd.remote.where}", "image", f"{inputs.project}/{fingerprint}")
        adopted = {ADOPTED: True} if fingerprint in had and intent.recall() is None else {}
        if not adopted:
            intent.note()
        actual = lxd.get("images", fingerprint, project=inputs.project)
        _add_aliases(lxd, actual, inputs)
        outputs = {
            "fingerprint": fingerprint,
            "created_at": epoch(str(actual.body.get("created_at") or "")),
            "copied_aliases": [],
            "resource_id": f"{inputs.remote or ''}:{fingerprint}",
        }
        return Made(id=identity(inputs.remote, inputs.project, fingerprint), outputs={**outputs, **adopted})

    def fetch(self, id_: str, old: Props) -> Found | None:
        inputs = self.parse(old)
        actual = self.lxd(inputs.remote).find("images", str(old["fingerprint"]), project=inputs.project)
        if actual is None:
            return None
        has = {alias["name"] for alias in actual.body.get("aliases") or []}
        return Found(inputs={"aliases": [*(a for a in inputs.aliases if a in has), *sorted(has - set(inputs.aliases))]})

    def change(self, id_: str, old: Props, inputs: ImageInputs) -> Mapping[str, Any]:
        lxd = self.lxd(inputs.remote)
        actual = lxd.get("images", str(old["fingerprint"]), project=inputs.project)
        _add_aliases(lxd, actual, inputs)
        for alias in set(old.get("aliases") or ()) - set(inputs.aliases):
            lxd.remove("images", "aliases", alias, project=inputs.project)
        return {}

    def remove(self, id_: str, old: Props) -> None:
        inputs = self.parse(old)
        lxd, fingerprint = self.lxd(inputs.remote), str(old["fingerprint"])
        if old.get(ADOPTED):
            for alias in inputs.aliases:
                lxd.remove("images", "aliases", alias, project=inputs.project)
        else:
            lxd.remove("images", fingerprint, project=inputs.project)
        _intents.Intent(f"lxd {lxd.remote.where}", "image", f"{inputs.project}/{fingerprint}").forget()

    def same(self, name: str, old: Any, new: Any) -> bool:
        return set(old) == set(new) if name == "aliases" else super().same(name, old, new)

    def objections(self, lxd: client.Lxd, news: Props) -> Iterator[tuple[str, str]]:
        if isinstance(source := news.get("source_image"), Mapping) and source.get("copy_aliases") is True:
            yield "source_image", "aliases aren't read from other servers: list those that the image is to have in `aliases`"
        if (news.get("source_image") is None) == (news.get("source_instance") is None):
            yield "source_image", "give exactly one of source_image and source_instance"

    def _body(self, lxd: client.Lxd, inputs: ImageInputs) -> dict[str, Any]:
        if inputs.source_instance is not None:
            whole, snapshot = inputs.source_instance.name, inputs.source_instance.snapshot
            kind, name = ("snapshot", f"{whole}/{snapshot}") if snapshot else ("instance", whole)
            return {"source": {"type": kind, "name": name}}
        if inputs.source_image is None:
            raise ExpectedError("an image needs source_image or source_instance")
        return {"source": self._pulled(lxd, inputs.source_image, inputs.project), "auto_update": False}

    def _pulled(self, lxd: client.Lxd, wanted: SourceImage, project: str) -> dict[str, Any]:
        name, colon, alias = wanted.image.partition(":")
        if not colon:
            raise ExpectedError(f"source_image {wanted.image!r} names no server; write it like ubuntu:24.04")
        server = _image.pulled_from(self.remotes, name, wanted.image)
        if wanted.architecture and server["protocol"] == "simplestreams":  # where an alias may end in one
            alias = f"{alias}/{wanted.architecture}"
        return {"type": "image", "mode": "pull", "alias": alias, "image_type": wanted.type, **server}


def _add_aliases(lxd: client.Lxd, actual: client.Object, inputs: ImageInputs) -> None:
    has = {str(alias["name"]) for alias in actual.body.get("aliases") or []}
    target = str(actual.body["fingerprint"])
    for alias in inputs.aliases:
        if alias not in has:
            lxd.create("images", "aliases", body={"name": alias, "target": target}, project=inputs.project)


class Image(LxdResource, module="lxd", name="Image"):
    """An image."""

    provider_class = ImageProvider
    source_image: pulumi.Output[dict[str, Any] | None]
    source_instance: pulumi.Output[dict[str, Any] | None]
    aliases: pulumi.Output[list[str]]
    fingerprint: pulumi.Output[str]
    created_at: pulumi.Output[int]
    copied_aliases: pulumi.Output[list[str]]
    resource_id: pulumi.Output[str]
    project: pulumi.Output[str]
    remote: pulumi.Output[str | None]
