"""Images: uploaded, copied from an image server, published from an instance."""

from __future__ import annotations

import hashlib
import io
import secrets
import tarfile
import urllib.parse
from collections.abc import Mapping
from typing import Any

import yaml
from aiohttp import web

from .. import answers, remotes
from ..call import Call
from ..daemon import timestamp
from ..errors import LxdError, bad_request, internal, not_found
from ..operations import Outcome
from ..records import Alias, Image
from ..store import url

_FIELDS = {
    "filename": "string",
    "public": "bool",
    "auto_update": "bool",
    "properties": "config",
    "profiles": "list",
    "expires_at": "string",
}
DOWNLOAD_SECONDS = 2.0
_ARCHITECTURES = {"amd64": "x86_64", "x86_64": "x86_64", "arm64": "aarch64", "aarch64": "aarch64"}


def listing(call: Call) -> web.Response:
    """GET /1.0/images; strangers see public ones."""
    found = [image for _, image in sorted(call.store.images(_home(call)).items()) if call.caller.trusted or image.public]
    return answers.sync([_view(call, i) if call.recursion else url(f"images/{i.fingerprint}", _home(call)) for i in found])


def show(call: Call) -> web.Response:
    """GET /1.0/images/FINGERPRINT."""
    image = _find(call)
    return answers.sync(_view(call, image), etag=_etag(image))


def create(call: Call) -> web.Response:
    """POST /1.0/images: a background operation whose metadata names the fingerprint."""
    _home(call)
    if call.request.content_type == "application/json":
        return _from_source(call, call.body("ImagesPost", **_FIELDS))
    return call.run("Downloading image", lambda: _add(call, _uploaded(call), []))


def replace(call: Call) -> web.Response:
    """PUT /1.0/images/FINGERPRINT."""
    image = _find(call)
    call.match(_etag(image))
    wanted = call.body("ImagePut", **_FIELDS)
    return _change(image, {"auto_update": False, "public": False, "properties": {}, **wanted})


def patch(call: Call) -> web.Response:
    """PATCH /1.0/images/FINGERPRINT: adds to the properties."""
    image = _find(call)
    call.match(_etag(image))
    wanted = call.body("ImagePut", **_FIELDS)
    return _change(image, {**wanted, "properties": image.properties | wanted.get("properties", {})})


def remove(call: Call) -> web.Response:
    """DELETE /1.0/images/FINGERPRINT: its aliases go with it; instances made from it stay."""
    image = _find(call)

    def effect() -> None:
        call.store.images(call.project).pop(image.fingerprint, None)
        aliases = call.store.aliases(call.project)
        for name in [name for name, alias in aliases.items() if alias.target == image.fingerprint]:
            del aliases[name]

    return call.run("Deleting image", effect, resources={"images": [f"/1.0/images/{image.fingerprint}"]})


def refresh(call: Call) -> web.Response:
    """POST /1.0/images/FINGERPRINT/refresh: an image server never has anything newer."""
    image = _find(call)

    def effect() -> Outcome:
        if image.update_source is None:
            where = f'image "{image.fingerprint}" in project "{call.project}"'
            raise not_found(f"Failed to update {where}: Image source not found")
        return Outcome(metadata={"refreshed": False})

    return call.run("Refreshing image", effect)


def resolve(call: Call, source: dict[str, Any], kind: str) -> Image | None:
    """The image that an instance is to be made from; None for a fingerprint that nothing has."""
    images = call.store.images(call.project)
    if source.get("server"):
        image = remotes.find(call.daemon, source["server"], source.get("alias") or source.get("fingerprint") or "", kind)
        image.cached = True
        return images.setdefault(image.fingerprint, image)
    if source.get("alias"):
        alias = call.store.aliases(call.project).get(source["alias"])
        if alias is None:
            raise not_found("Image alias not found")
        return images.get(alias.target)
    if source.get("fingerprint"):
        return next((image for key, image in images.items() if key.startswith(source["fingerprint"])), None)
    raise internal("Must specify one of alias, fingerprint or properties for init from image")


def _from_source(call: Call, wanted: dict[str, Any]) -> web.Response:
    source = wanted.get("source") or {}
    kind = source.get("type")
    aliases = wanted.get("aliases") or []
    if kind == "image" and source.get("server"):

        def download() -> Outcome:
            name = source.get("alias") or source.get("fingerprint") or ""
            image = remotes.find(call.daemon, source["server"], name, source.get("image_type") or "container")
            return _add(call, _with(image, wanted), aliases, seconds=DOWNLOAD_SECONDS)

        return call.run("Downloading image", download)
    if kind in ("instance", "container", "virtual-machine"):
        call.store.instance(call.project, str(source.get("name", "")).partition("/")[0])
        return call.run("Downloading image", lambda: _add(call, _published(call, source, wanted), aliases))
    if kind == "image":
        raise LxdError(501, "simulator: an image copied without a server is not modelled")
    raise internal("Invalid images JSON")


def _published(call: Call, source: dict[str, Any], wanted: dict[str, Any]) -> Image:
    name, _, snapshot = str(source.get("name", "")).partition("/")
    instance = call.store.instance(call.project, name)
    if snapshot and snapshot not in instance.snapshots:
        raise not_found("Instance snapshot not found")
    fingerprint = hashlib.sha256(f"{instance.name} {snapshot} {secrets.token_hex(8)}".encode()).hexdigest()
    properties = {k.removeprefix("image."): v for k, v in instance.config.items() if k.startswith("image.")}
    now = call.daemon.now()
    image = Image(fingerprint=fingerprint, type=instance.type, properties=properties, created_at=now, uploaded_at=now)
    return _with(image, wanted)


def _with(image: Image, wanted: dict[str, Any]) -> Image:
    image.properties |= wanted.get("properties", {})
    for key in ("public", "auto_update", "profiles", "expires_at"):
        if key in wanted:
            setattr(image, key, wanted[key])
    return image


def _uploaded(call: Call) -> Image:
    """An image file sent as the body; what it says of itself is in its metadata.yaml."""
    headers = call.request.headers
    if not call.content:
        raise bad_request("Missing image data")
    metadata = _metadata(call.content)
    fingerprint = hashlib.sha256(call.content).hexdigest()
    if headers.get("X-LXD-fingerprint", fingerprint) != fingerprint:
        raise bad_request(f"fingerprints don't match, got {fingerprint} expected {headers['X-LXD-fingerprint']}")
    given = dict(urllib.parse.parse_qsl(headers.get("X-LXD-properties", "")))
    return Image(
        fingerprint=fingerprint,
        architecture=_ARCHITECTURES.get(str(metadata.get("architecture", "")), "x86_64"),
        filename=headers.get("X-LXD-filename", ""),
        size=len(call.content),
        public=headers.get("X-LXD-public", "") in ("1", "true"),
        properties={str(k): str(v) for k, v in (metadata.get("properties") or {}).items()} | given,
        created_at=timestamp(float(metadata.get("creation_date") or 0)),
        uploaded_at=call.daemon.now(),
    )


def _metadata(data: bytes) -> Mapping[str, Any]:
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            member = archive.extractfile("metadata.yaml")
            found = yaml.safe_load(member.read()) if member else None
    except (tarfile.TarError, KeyError, yaml.YAMLError) as exc:
        known = data.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ")) or data[257:262] == b"ustar"
        raise bad_request(f"Could not extract image metadata: {exc}" if known else "Unsupported compression") from exc
    if not isinstance(found, dict):
        raise bad_request("Could not find metadata.yaml in the image")
    return found


def _add(call: Call, image: Image, aliases: list[dict[str, str]], seconds: float = 0.0) -> Outcome:
    images = call.store.images(call.project)
    known = images.get(image.fingerprint)
    if known and not known.cached and not seconds:
        raise bad_request("Image with same fingerprint already exists")
    taken = call.store.aliases(call.project)
    for wanted in aliases:
        if wanted["name"] in taken and taken[wanted["name"]].target != image.fingerprint:
            raise bad_request(f"Alias already exists: {wanted['name']}")
    images[image.fingerprint] = image
    for wanted in aliases:
        description = wanted.get("description", "")
        alias = Alias(name=wanted["name"], target=image.fingerprint, type=image.type, description=description)
        taken[alias.name] = alias
    call.daemon.lifecycle("image-created", f"images/{image.fingerprint}", call.project)
    return Outcome(seconds=seconds, metadata={"fingerprint": image.fingerprint, "size": str(image.size)})


def _change(image: Image, wanted: dict[str, Any]) -> web.Response:
    for key in ("public", "auto_update", "properties", "profiles", "expires_at"):
        if key in wanted:
            setattr(image, key, wanted[key])
    return answers.done()


def _home(call: Call) -> str:
    call.store.project(call.project, "Check if project has images: fetch project: ")
    return call.store.home(call.project, "images")


def _find(call: Call) -> Image:
    """By its fingerprint or the beginning of it."""
    prefix = call.param("fingerprint")
    images = call.store.images(_home(call))
    found = [image for key, image in images.items() if key.startswith(prefix)]
    if len(found) > 1:
        raise bad_request("More than one image matches")
    if not found or not (call.caller.trusted or found[0].public):
        raise not_found("Image not found")
    return found[0]


def _view(call: Call, image: Image) -> dict[str, Any]:
    aliases = [a for _, a in sorted(call.store.aliases(call.project).items()) if a.target == image.fingerprint]
    view = image.model_dump(exclude={"update_source"})
    view["aliases"] = [{"name": alias.name, "description": alias.description} for alias in aliases]
    return view | ({"update_source": image.update_source} if image.update_source else {})


def _etag(image: Image) -> list[Any]:
    return [image.public, image.auto_update, dict(sorted(image.properties.items()))]
