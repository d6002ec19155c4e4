"""Aliases: names of images."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from .. import answers
from ..call import Call
from ..errors import bad_request, conflict, not_found
from ..records import Alias
from ..store import url

_FIELDS = {"name": "string", "description": "string", "target": "string", "type": "string"}


def listing(call: Call) -> web.Response:
    """GET /1.0/images/aliases."""
    home = _home(call)
    found = [alias for _, alias in sorted(call.store.aliases(home).items())]
    return answers.sync([_view(alias) if call.recursion else url(f"images/aliases/{alias.name}", home) for alias in found])


def show(call: Call) -> web.Response:
    """GET /1.0/images/aliases/NAME."""
    view = _view(_find(call))
    return answers.sync(view, etag=view)


def create(call: Call) -> web.Response:
    """POST /1.0/images/aliases."""
    home = _home(call)
    wanted = call.body("ImageAliasesPost", **_FIELDS)
    name, target = wanted.get("name", ""), wanted.get("target", "")
    if not name or not target:
        raise bad_request("name and target are required")
    if name in call.store.aliases(home):
        raise conflict(f'Alias "{name}" already exists')
    call.store.aliases(home)[name] = Alias(
        name=name, target=_target(call, target), type=_type(call, target), description=wanted.get("description", "")
    )
    return answers.created(url(f"images/aliases/{name}", home))


def replace(call: Call) -> web.Response:
    """PUT /1.0/images/aliases/NAME."""
    alias = _find(call)
    call.match(_view(alias))
    wanted = call.body("ImageAliasesEntryPut", **_FIELDS)
    if not wanted.get("target"):
        raise bad_request("The target field is required")
    alias.target, alias.description = _target(call, wanted["target"]), wanted.get("description", "")
    return answers.done()


def patch(call: Call) -> web.Response:
    """PATCH /1.0/images/aliases/NAME."""
    alias = _find(call)
    call.match(_view(alias))
    wanted = call.body("ImageAliasesEntryPut", **_FIELDS)
    alias.target = _target(call, wanted["target"]) if wanted.get("target") else alias.target
    alias.description = wanted.get("description", alias.description)
    return answers.done()


def rename(call: Call) -> web.Response:
    """POST /1.0/images/aliases/NAME."""
    alias = _find(call)
    name = call.body("ImageAliasesEntryPost", **_FIELDS).get("name", "")
    aliases = call.store.aliases(call.project)
    if name in aliases:
        raise conflict(f'Alias "{name}" already exists')
    del aliases[alias.name]
    alias.name = name
    aliases[name] = alias
    return answers.created(url(f"images/aliases/{name}", _home(call)))


def remove(call: Call) -> web.Response:
    """DELETE /1.0/images/aliases/NAME."""
    del call.store.aliases(call.project)[_find(call).name]
    return answers.done()


def _target(call: Call, fingerprint: str) -> str:
    if fingerprint not in call.store.images(call.project):
        raise not_found("Image not found")
    return fingerprint


def _type(call: Call, fingerprint: str) -> str:
    return call.store.images(call.project)[fingerprint].type


def _home(call: Call) -> str:
    call.store.project(call.project, "Check if project has images: fetch project: ")
    return call.store.home(call.project, "images")


def _find(call: Call) -> Alias:
    try:
        return call.store.aliases(_home(call))[call.param("name")]
    except KeyError:
        raise not_found("Image alias not found") from None


def _view(alias: Alias) -> dict[str, Any]:
    return {"description": alias.description, "target": alias.target, "name": alias.name, "type": alias.type}
