"""boot-sources/ with their selections, and boot-resources/."""

from __future__ import annotations

import time
from typing import Any

from .. import lookups, seed
from ..call import Answer, Call, created, deleted, text
from ..errors import FieldErrors, Refused
from ..forms import REQUIRED, Form
from ..machineform import architectures
from ..records.images import BootResource, BootSource, Selection
from ..region import Region
from ..routing import Resource

sources = Resource("BootSourcesHandler", "boot-sources/", "Manages where images come from.")
source = Resource("BootSourceHandler", "boot-sources/{id}/", "Manages an image source.")
selections = Resource("BootSourceSelectionsHandler", "boot-sources/{boot_source_id}/selections/", "Manages wanted images.")
selection = Resource("BootSourceSelectionHandler", "boot-sources/{boot_source_id}/selections/{id}/", "Manages a wanted image.")
resources = Resource("BootResourcesHandler", "boot-resources/", "Manages images.")
resource = Resource("BootResourceHandler", "boot-resources/{id}/", "Manages an image.")
upload = Resource(
    "BootResourceFileUploadHandler", "boot-resources/{id}/upload/{file_id}/", "Takes bytes.", "AnonUpload", listed=False
)
RESOURCES = (sources, source, selections, selection, resources, resource, upload)

_TYPES = {"synced": "Synced", "generated": "Generated", "uploaded": "Uploaded"}
_FILETYPES = ("tgz", "tbz", "txz", "ddtgz", "ddtbz", "ddtxz", "ddtar", "ddbz2", "ddgz", "ddxz", "ddraw")


def show_source(region: Region, row: BootSource) -> dict[str, Any]:
    """An image source in JSON."""
    shown: dict[str, Any] = {"created": region.stamp(row.created), "updated": region.stamp(row.updated)}
    shown |= row.model_dump(include={"url", "keyring_filename", "keyring_data", "id"})
    return shown | {"resource_uri": f"/MAAS/api/2.0/boot-sources/{row.id}/"}


@sources.rest("GET")
def read_sources(region: Region, call: Call) -> Any:
    """Lists image sources."""
    return [show_source(region, row) for row in region.store.sources.values()]


@sources.rest("POST", admin=True)
def create_source(region: Region, call: Call) -> Any:
    """Adds a source. Fields: url, keyring_filename or keyring_data."""
    row = BootSource(url="", created=region.now())
    _fill_source(region, call, row)
    return created(show_source(region, region.store.add(region.store.sources, row)))


def _fill_source(region: Region, call: Call, row: BootSource) -> None:
    form = Form(call.body)
    row.url = form.text("url", row.url, required=True)
    row.keyring_filename = form.text("keyring_filename", row.keyring_filename)
    data = call.files.get("keyring_data")
    row.keyring_data = data.decode() if data else form.text("keyring_data", row.keyring_data)
    if not row.keyring_filename and not row.keyring_data:
        form.error("__all__", "One of keyring_data or keyring_filename must be specified.")
    if any(each.url == row.url and each.id != row.id for each in region.store.sources.values()):
        form.error("url", "Boot source with this Url already exists.")
    form.check()
    row.updated = region.now()


def _source(region: Region, spec: str) -> BootSource:
    return lookups.by_id("BootSource", region.store.sources, spec)


@source.rest("GET")
def read_source(region: Region, call: Call) -> Any:
    """Reads a source."""
    return show_source(region, _source(region, call.params["id"]))


@source.rest("PUT", admin=True)
def update_source(region: Region, call: Call) -> Any:
    """Changes a source."""
    row = _source(region, call.params["id"])
    changed = row.model_copy()
    _fill_source(region, call, changed)
    region.store.sources[row.id] = changed
    return show_source(region, changed)


@source.rest("DELETE", admin=True)
def delete_source(region: Region, call: Call) -> Answer:
    """Deletes a source with its selections; images stay until the next import."""
    row = _source(region, call.params["id"])
    store = region.store
    store.selections = {key: each for key, each in store.selections.items() if each.source != row.id}
    del store.sources[row.id]
    return deleted()


def show_selection(row: Selection) -> dict[str, Any]:
    """A wanted image in JSON."""
    shown: dict[str, Any] = row.model_dump(include={"id", "os", "release", "arches", "subarches", "labels"})
    uri = f"/MAAS/api/2.0/boot-sources/{row.source}/selections/{row.id}/"
    return shown | {"boot_source_id": row.source, "resource_uri": uri}


def _of(region: Region, call: Call) -> dict[int, Selection]:
    home = _source(region, call.params["boot_source_id"])
    return {key: row for key, row in region.store.selections.items() if row.source == home.id}


@selections.rest("GET")
def read_selections(region: Region, call: Call) -> Any:
    """Lists what is wanted of a source."""
    return [show_selection(row) for row in _of(region, call).values()]


@selections.rest("POST", admin=True)
def create_selection(region: Region, call: Call) -> Any:
    """Wants an image; it is imported in a while. Fields: os, release, arches, subarches, labels."""
    home = _source(region, call.params["boot_source_id"])
    row = Selection(source=home.id, os="", release="")
    _fill_selection(region, Form(call.body), row, home)
    region.store.add(region.store.selections, row)
    if region.store.settings["boot_images_auto_import"]:
        region.imports.start()
    return created(show_selection(row))


def _fill_selection(region: Region, form: Form, row: Selection, home: BootSource) -> None:
    row.os, row.release = form.text("os", row.os, required=True), form.text("release", row.release, required=True)
    for field in ("arches", "subarches", "labels"):
        setattr(row, field, form.many(field, getattr(row, field) or ["*"]))
    form.check()
    # the public stream is the only source that the simulated region reaches
    if home.url.rstrip("/") + "/" != seed.STREAM or row.os != "ubuntu" or row.release not in seed.RELEASES:
        raise FieldErrors({"os": [f"OS {row.os} with release {row.release} has no available images for download"]})
    for other in region.store.selections.values():
        if other.id != row.id and (other.source, other.os, other.release) == (row.source, row.os, row.release):
            text_ = "Boot source selection with this Boot source, Os and Release already exists."
            raise FieldErrors({"__all__": [text_]})


@selection.rest("GET")
def read_selection(region: Region, call: Call) -> Any:
    """Reads what is wanted."""
    return show_selection(lookups.by_id("BootSourceSelection", _of(region, call), call.params["id"]))


@selection.rest("PUT", admin=True)
def update_selection(region: Region, call: Call) -> Any:
    """Changes what is wanted."""
    row = lookups.by_id("BootSourceSelection", _of(region, call), call.params["id"])
    changed = row.model_copy(deep=True)
    _fill_selection(region, Form(call.body), changed, region.store.sources[row.source])
    region.store.selections[row.id] = changed
    return show_selection(changed)


@selection.rest("DELETE", admin=True)
def delete_selection(region: Region, call: Call) -> Answer:
    """Wants an image no longer."""
    row = lookups.by_id("BootSourceSelection", _of(region, call), call.params["id"])
    del region.store.selections[row.id]
    return deleted()


# --- images


def show(row: BootResource, *, whole: bool = False) -> dict[str, Any]:
    """An image in JSON; `whole` with its sets of files."""
    shown: dict[str, Any] = {"id": row.id, "type": row.type, "name": row.name, "architecture": row.architecture}
    shown |= {"resource_uri": f"/MAAS/api/2.0/boot-resources/{row.id}/", "subarches": row.subarches}
    deployed = time.strftime("%a, %d %b. %Y %H:%M:%S", time.gmtime(row.last_deployed)) if row.last_deployed else None
    shown |= {"last_deployed": deployed}
    if row.title:
        shown["title"] = row.title
    if row.platform:
        shown |= {"platform": row.platform, "supported_platforms": row.platform}
    if whole:
        shown["sets"] = {row.version: _set(row)}
    return shown


def _set(row: BootResource) -> dict[str, Any]:
    complete = row.type == "Synced" or row.uploaded >= row.size
    name = f"root-{row.filetype}"
    file: dict[str, Any] = {"filename": name, "filetype": name, "sha256": row.sha256, "size": row.size, "complete": complete}
    state: dict[str, Any] = {"complete": complete}
    if not complete:
        state["progress"] = row.uploaded / row.size if row.uploaded else 0
        file |= {"progress": state["progress"], "upload_uri": f"/MAAS/api/2.0/boot-resources/{row.id}/upload/{row.file_id}/"}
    label = "uploaded" if row.type == "Uploaded" else "stable"
    return {"version": row.version, "label": label, "size": row.size, **state, "files": {name: file}}


@resources.rest("GET")
def read_resources(region: Region, call: Call) -> Any:
    """Lists images. Field: type."""
    kind = call.first("type")
    if kind is not None and kind not in _TYPES:
        raise Refused(400, f"'{kind}' is not a valid boot resource type. Available types: {list(_TYPES)}")
    return [show(row) for row in region.store.bootresources.values() if kind is None or row.type == _TYPES[kind]]


@resources.rest("POST", admin=True)
def create_resource(region: Region, call: Call) -> Any:
    """Announces an image to be uploaded. Fields: name, title, architecture, filetype, sha256, size; or content."""
    form, store = Form(call.body), region.store
    content = call.files.get("content")
    name = form.text("name", required=True)
    architecture = form.text("architecture", required=True)
    filetype = form.choice("filetype", "tgz", _FILETYPES)
    sha256, size = form.text("sha256"), form.integer("size", None, low=0)
    if content is None:
        for field, value in (("sha256", sha256), ("size", size)):
            if not value and field not in form.errors:
                form.error(field, REQUIRED)
    if architecture and architecture not in architectures(region):
        form.error("architecture", f"'{architecture}' is not a valid architecture.")
    form.check()
    size = len(content) if content is not None else size or 0
    if any(row.sha256 == sha256 and row.size != size for row in store.bootresources.values() if sha256):
        raise Refused(400, "File already exists with sha256 that is of different size.")
    osystem = name.partition("/")[0]
    if (
        "/" in name
        and osystem != "custom"
        and any(row.name == name and row.type == "Synced" for row in store.bootresources.values())
    ):
        raise FieldErrors({"name": [f"{name} is a reserved name."]})
    made = BootResource(type="Uploaded", name=name.removeprefix("custom/"), architecture=architecture, sha256=sha256, size=size)
    made.title, made.filetype, made.subarches = form.text("title"), filetype, architecture.partition("/")[2]
    made.version = time.strftime("%Y%m%d", time.gmtime(region.now()))
    made.uploaded = size if content is not None else 0
    store.add(store.bootresources, made)
    made.file_id = store.next_ids.get("BootFile", 1)
    store.next_ids["BootFile"] = made.file_id + 1
    return created(show(made, whole=True))


@resources.op("POST", "import", admin=True)
def import_resources(region: Region, call: Call) -> Any:
    """Has wanted images fetched."""
    region.imports.start()
    return text("Import of boot resources started")


@resources.op("POST", "stop_import", admin=True)
def stop_import(region: Region, call: Call) -> Any:
    """Stops fetching."""
    region.imports.stop()
    return text("Import of boot resources is being stopped")


@resources.op("GET", "is_importing")
def is_importing(region: Region, call: Call) -> Any:
    """Says whether images are being fetched."""
    return region.imports.running


@resource.rest("GET")
def read_resource(region: Region, call: Call) -> Any:
    """Reads an image."""
    return show(lookups.by_id("BootResource", region.store.bootresources, call.params["id"]), whole=True)


@resource.rest("DELETE", admin=True)
def delete_resource(region: Region, call: Call) -> Answer:
    """Deletes an image."""
    row = lookups.by_id("BootResource", region.store.bootresources, call.params["id"])
    del region.store.bootresources[row.id]
    return deleted()


@upload.rest("PUT", anonymous=True)
def upload_bytes(region: Region, call: Call) -> Any:
    """Takes a piece of an image."""
    row = lookups.by_id("BootResource", region.store.bootresources, call.params["id"])
    row.uploaded += len(call.raw)
    return text("OK")
