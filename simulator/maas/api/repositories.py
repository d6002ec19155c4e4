"""package-repositories/."""

from __future__ import annotations

import re
from typing import Any

from .. import lookups
from ..call import Answer, Call, deleted
from ..errors import Refused
from ..forms import Form
from ..records.images import Repository
from ..region import Region
from ..routing import Resource

many = Resource("PackageRepositoriesHandler", "package-repositories/", "Manages package repositories.")
one = Resource("PackageRepositoryHandler", "package-repositories/{id}/", "Manages a package repository.")
RESOURCES = (many, one)

ARCHES = ("amd64", "arm64", "armhf", "i386", "ppc64el", "s390x")
_POCKETS = ("updates", "security", "backports")
_COMPONENTS = ["restricted", "universe", "multiverse"]
_URL = re.compile(r"(https?|ftp)://[\w-]+(\.[\w-]+)+(:\d+)?(/\S*)?|ppa:[\w.+-]+/[\w.+-]+", re.IGNORECASE)


def show(row: Repository) -> dict[str, Any]:
    """A package repository in JSON."""
    return row.model_dump(exclude={"default"}) | {"resource_uri": f"/MAAS/api/2.0/package-repositories/{row.id}/"}


@many.rest("GET")
def read_all(region: Region, call: Call) -> Any:
    """Lists package repositories."""
    return [show(row) for row in region.store.repositories.values()]


@many.rest("POST", admin=True)
def create(region: Region, call: Call) -> Any:
    """Adds a repository. Fields: name, url, distributions, components, arches, key, enabled and more."""
    row = Repository(name="", url="")
    _fill(region, Form(call.body), row)
    return show(region.store.add(region.store.repositories, row))


def _get(region: Region, call: Call) -> Repository:
    rows = region.store.repositories
    return lookups.find("PackageRepository", rows, call.params["id"], {"name": lambda row: row.name})


@one.rest("GET")
def read(region: Region, call: Call) -> Any:
    """Reads a repository."""
    return show(_get(region, call))


@one.rest("PUT", admin=True)
def update(region: Region, call: Call) -> Any:
    """Changes a repository."""
    row = _get(region, call)
    changed = row.model_copy(deep=True)
    _fill(region, Form(call.body), changed)
    region.store.repositories[row.id] = changed
    return show(changed)


@one.rest("DELETE", admin=True)
def delete(region: Region, call: Call) -> Answer:
    """Deletes a repository that is not a default one."""
    row = _get(region, call)
    if row.default:
        raise Refused(400, "Cannot delete default Ubuntu archives.")
    del region.store.repositories[row.id]
    return deleted()


def _fill(region: Region, form: Form, row: Repository) -> None:
    row.name = form.text("name", row.name, required=True)
    if any(each.name == row.name and each.id != row.id for each in region.store.repositories.values()):
        form.error("name", "Package repository with this Name already exists.")
    row.url = form.text("url", row.url, required=True)
    if row.url and not _URL.fullmatch(row.url):
        form.error("url", "Enter a valid repository URL or PPA location.")
    for field in ("distributions", "components", "disabled_pockets", "disabled_components", "arches"):
        setattr(row, field, form.many(field, getattr(row, field)))
    _check_lists(form, row)
    row.arches = row.arches or ["amd64", "i386"]
    row.key = form.text("key", row.key)
    row.disable_sources = form.boolean("disable_sources", row.disable_sources)
    row.enabled = form.boolean("enabled", row.enabled)
    form.check()


def _check_lists(form: Form, row: Repository) -> None:
    for arch in row.arches:
        if arch not in ARCHES:
            form.error("arches", f"'{arch}' is not a valid architecture. Known architectures: {', '.join(ARCHES)}")
    for component in row.disabled_components:
        if component not in _COMPONENTS:
            text = f"'{component}' is not a valid Ubuntu archive component. You can only disable {_COMPONENTS}."
            form.error("disabled_components", text)
    for pocket in row.disabled_pockets:
        if pocket not in _POCKETS:
            text = f"'{pocket}' is not a valid Ubuntu archive pocket. You can only disable {list(_POCKETS)}."
            form.error("disabled_pockets", text)
