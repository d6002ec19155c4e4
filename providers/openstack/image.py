"""Images, by name and content. Other content is another image: servers that were made of the old one keep it.

The bytes are checked before anything is uploaded, and never uploaded twice: an image that has them already is adopted. An image
whose upload was cut short is removed by the next run.
"""

from __future__ import annotations

import json
import pathlib
import uuid
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

import pulumi
import pydantic
from pulumi import dynamic

from clients import openstack
from clients.openstack import sources

from .. import _base
from .._intents import Intent
from ..juju._common import say
from ._cloud import OnCloud
from ._plain import OUTPUTS, PlainProvider, owner
from ._progress import Percent
from ._vocabulary import Id, IdList, Name, Size, TextMap

_SHA256: Final = "owner_specified.openstack.sha256"
"""The property in which openstacksdk keeps what Glance doesn't work out."""
_ACTIVE_SECONDS: Final = 600.0
_ACTIVE: Final = "active"
"""Glance has it switched by an action; it is no field to be changed."""
_PREFIX: Final = "properties."
"""What a property is called among the fields."""


def _checksum(value: Any) -> str:
    algorithm, colon, digits = str(value).strip().lower().partition(":")
    if not colon or sources.ALGORITHMS.get(algorithm) != len(digits) or set(digits) - set("0123456789abcdef"):
        raise ValueError('must be like "sha256:…", with sha256, sha512 or md5 and all its hexadecimal digits')
    return f"{algorithm}:{digits}"


class ImageInputs(OnCloud):
    """An image.

    Attributes:
        url: where the bytes are; or
        file: a file here.
        checksum: of the bytes, "sha256:…", "sha512:…" or "md5:…"; worked out for a file when not given.
        project: id of the project that owns it; the administrator's own when not given.
        min_disk: GiB.
        min_ram: MiB.
        properties: those that the program cares for; others are left alone.
        active: false keeps its bytes from everybody but administrators: no instance can be booted from it.
    """

    name: Name
    url: Annotated[str, pydantic.StringConstraints(pattern=r"^(https?|file)://")] | None = None
    file: Name | None = None
    checksum: Annotated[str, pydantic.BeforeValidator(_checksum)] | None = None
    project: Id | None = None
    disk_format: Literal["qcow2", "raw", "vmdk", "vhd", "vhdx", "vdi", "iso", "ami", "ari", "aki"] = "qcow2"
    container_format: Literal["bare", "ovf", "ova", "docker"] = "bare"
    visibility: Literal["public", "private", "shared", "community"] | None = None
    protected: bool | None = None
    hidden: bool | None = None
    active: bool | None = None
    min_disk: Size | None = None
    min_ram: Size | None = None
    tags: IdList | None = None
    properties: TextMap | None = None


class ImageProvider(PlainProvider[ImageInputs, openstack.Image]):
    """Images by name and content."""

    inputs = ImageInputs
    computed = ("size", "sha512", "status", *OUTPUTS)
    replace_on = frozenset({"cloud", "checksum", "project", "disk_format", "container_format"})
    delete_first = False
    noun = "image"
    names: ClassVar[Mapping[str, str]] = {
        "name": "name",
        "project": "owner",
        "disk_format": "disk_format",
        "container_format": "container_format",
        "visibility": "visibility",
        "protected": "protected",
        "hidden": "os_hidden",
        "min_disk": "min_disk",
        "min_ram": "min_ram",
        "tags": "tags",
    }
    defaults: ClassVar[Mapping[str, Any]] = {
        "visibility": "shared",
        "protected": False,
        "hidden": False,
        "min_disk": 0,
        "min_ram": 0,
        "tags": [],
    }

    def check(self, olds: _base.Props, news: _base.Props) -> dynamic.CheckResult:
        """Adds the checksum of a file that comes without one, so that other content shows in a preview."""
        result = super().check(olds, news)
        given = result.inputs
        file = given.get("file")
        if not result.failures and file and not given.get("checksum") and not _base.is_unknown(file):
            path = pathlib.Path(file).expanduser()
            if not path.is_file():
                return dynamic.CheckResult(given, [dynamic.CheckFailure("file", f"there is no file {path}")])
            given["checksum"] = f"sha256:{sources.digests(path).digests['sha256']}"
        return result

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        if (news.get("url") is None) == (news.get("file") is None):
            yield "url", "give either a url or a file"
        if news.get("url") is not None and news.get("checksum") is None:
            yield "checksum", "what comes from elsewhere needs one: take it from its publisher, e.g. from SHA256SUMS"

    def same(self, name: str, old: Any, new: Any) -> bool:
        return sorted(old) == sorted(new) if name == "tags" else super().same(name, old, new)

    def label(self, inputs: ImageInputs) -> str:
        return f"{inputs.name} ({inputs.checksum})"

    def collection(self, cloud: openstack.Cloud) -> openstack.Collection[openstack.Image]:
        raise TypeError("images have requests of their own")

    def find(self, cloud: openstack.Cloud, inputs: ImageInputs) -> openstack.Image | None:
        algorithm, _, digest = str(inputs.checksum).partition(":")
        return _twin(cloud, inputs, {algorithm: digest})

    def read_one(self, cloud: openstack.Cloud, id_: str) -> openstack.Image | None:
        return cloud.images.read(id_)

    def seen(self, record: openstack.Image) -> dict[str, Any]:
        own = {_PREFIX + key: value for key, value in record.properties.items()}
        return {**super().seen(record), _ACTIVE: record.status == "active", **own}

    def wanted(self, inputs: ImageInputs) -> dict[str, Any]:
        switch = {} if inputs.active is None else {_ACTIVE: inputs.active}
        return {**super().wanted(inputs), **switch, **{_PREFIX + key: value for key, value in (inputs.properties or {}).items()}}

    def fields(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        return {self.names.get(name, name.removeprefix(_PREFIX)): value for name, value in wanted.items()}

    def edit(self, cloud: openstack.Cloud, record: openstack.Image, fields: Mapping[str, Any]) -> openstack.Image:
        plain = {name: value for name, value in fields.items() if name != _ACTIVE}
        if _ACTIVE in fields:
            cloud.images.switch(record.id, active=fields[_ACTIVE])
        if plain:
            return cloud.images.change(record.id, {**dict.fromkeys(self.names.values()), **record.properties}, plain)
        return cloud.images.read(record.id) or record

    def drop(self, cloud: openstack.Cloud, record: openstack.Image) -> None:
        if record.protected:
            cloud.images.change(record.id, {"protected": True}, {"protected": False})
        cloud.images.delete(record.id)

    def outputs(self, record: openstack.Image) -> dict[str, Any]:
        digest = record.os_hash_value if record.os_hash_algo == "sha512" else None
        return {"size": record.size or 0, "sha512": digest or "", "status": record.status}

    def make(self, inputs: ImageInputs) -> _base.Made:
        cloud = self.cloud(inputs.cloud)
        intent = self.intent_in(cloud, self.noun, self.label(inputs))
        _sweep(cloud, intent)
        wanted, found = self.wanted(inputs), self.find(cloud, inputs)
        if found is not None:
            return self._adopt(cloud, intent, found, wanted)
        where = inputs.url or str(inputs.file)
        with sources.opened(where, Percent(f"{inputs.name}: downloading")) as source:
            if inputs.checksum:
                sources.check(source, inputs.checksum, where)
            found = _twin(cloud, inputs, source.digests)  # Glance works out others than the one that we are given
            if found is not None:
                return self._adopt(cloud, intent, found, wanted)
            plain = {name: value for name, value in self.fields(wanted).items() if name != _ACTIVE}
            record = _uploaded(cloud, intent, source, {**plain, _SHA256: source.digests["sha256"]})
        if inputs.active is False:
            record = self.edit(cloud, record, {_ACTIVE: False})
        return self._made(record, adopted=False, before={})

    def look(self, id_: str, old: _base.Props, cloud: openstack.Cloud) -> _base.Found | None:
        """Of the properties, those that the program cares for."""
        found = super().look(id_, old, cloud)
        if found is None:
            return None
        own = {key: found.inputs.get(_PREFIX + key) for key in old.get("properties") or {}}
        plain = {name: value for name, value in found.inputs.items() if not name.startswith(_PREFIX)}
        told = {key: value for key, value in own.items() if value is not None}
        return _base.Found(inputs={**plain, "properties": told}, outputs=found.outputs, id=found.id)

    def _given_up(self, old: _base.Props, inputs: ImageInputs, before: dict[str, str]) -> dict[str, Any]:
        gone = (old.get("properties") or {}).keys() - (inputs.properties or {}).keys()
        back = {_PREFIX + key: json.loads(before.pop(_PREFIX + key, "null")) for key in gone}
        return {**super()._given_up(old, inputs, before), **back}


class Image(_base.Resource, module="openstack", name="Image"):
    """An image of Glance; its id is Glance's."""

    provider_class = ImageProvider
    name: pulumi.Output[str]
    checksum: pulumi.Output[str]
    size: pulumi.Output[int]
    """In bytes."""
    sha512: pulumi.Output[str]
    """Glance's own checksum."""
    status: pulumi.Output[str]
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        url: pulumi.Input[str] | None = None,
        file: pulumi.Input[str] | None = None,
        checksum: pulumi.Input[str] | None = None,
        project: pulumi.Input[str] | None = None,
        disk_format: pulumi.Input[str] = "qcow2",
        container_format: pulumi.Input[str] = "bare",
        visibility: pulumi.Input[str] | None = None,
        protected: pulumi.Input[bool] | None = None,
        hidden: pulumi.Input[bool] | None = None,
        active: pulumi.Input[bool] | None = None,
        min_disk: pulumi.Input[int] | None = None,
        min_ram: pulumi.Input[int] | None = None,
        tags: pulumi.Input[list[str]] | None = None,
        properties: pulumi.Input[Mapping[str, Any]] | None = None,
        cloud: pulumi.Input[str] = "",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in ImageInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _twin(cloud: openstack.Cloud, inputs: ImageInputs, digests: Mapping[str, str]) -> openstack.Image | None:
    """The image of this name, owner and content, as far as one of the checksums can tell."""

    def has(image: openstack.Image) -> bool:
        told = {image.os_hash_algo: image.os_hash_value, "md5": image.checksum}
        told.setdefault("sha256", image.properties.get(_SHA256))
        return any(told.get(algorithm) == digest for algorithm, digest in digests.items())

    found = cloud.images.list(name=inputs.name, owner=owner(cloud, inputs.project), status="active")
    if inputs.hidden:
        found += cloud.images.list(name=inputs.name, owner=owner(cloud, inputs.project), status="active", os_hidden="true")
    return next((image for image in found if has(image)), None)


def _sweep(cloud: openstack.Cloud, intent: Intent) -> None:
    """Removes what a run left that was cut short while it uploaded."""
    noted = (intent.recall() or {}).get("image")
    image = cloud.images.read(noted) if noted else None
    if image is not None and image.status != "active":
        cloud.images.delete(image.id)


def _uploaded(cloud: openstack.Cloud, intent: Intent, source: sources.Bytes, fields: dict[str, Any]) -> openstack.Image:
    """A new image with its bytes; the id is chosen here, so that it is known before Glance has it."""
    id_ = str(uuid.uuid4())
    intent.note(adopted=False, before={}, image=id_)
    name = fields.pop("name")
    percent = Percent(f"{name}: uploading")
    try:
        cloud.images.create(name, {"id": id_, **fields})
        body = openstack.Upload(lambda: source.path.open("rb"), source.size, lambda sent: percent(sent, source.size))
        cloud.images.upload(id_, body)
        record = cloud.wait(f"the image {name} to be active", lambda: cloud.images.read(id_), _there, seconds=_ACTIVE_SECONDS)
        if record is None or _damaged(record, source):
            raise _base.ExpectedError(f"{cloud.where}: the image {name} did not arrive as it was sent: run again")
    except BaseException:
        cloud.images.delete(id_)
        intent.forget()
        raise
    say(f"{name}: uploaded, {source.size / 1024 / 1024:.1f} MiB")
    return record


def _there(record: openstack.Image | None) -> bool:
    return record is None or record.status == "active"


def _damaged(record: openstack.Image, source: sources.Bytes) -> bool:
    """Whether Glance has other bytes than were sent, as far as it says."""
    told = {record.os_hash_algo: record.os_hash_value, "md5": record.checksum}
    return record.size != source.size or any(value and source.digests.get(str(k), value) != value for k, value in told.items())
