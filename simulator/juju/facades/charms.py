"""Charms: what the store has, and what a model has taken from it."""

from __future__ import annotations

from typing import Any

from .. import charms, store
from ..charmresources import released
from ..charms import Charm
from ..deploying import origin_of, resolve
from ..errors import ApiError, not_found
from ..facade import Call, Facade, each
from ..fullstatus import charm_url
from ..wire import base_of, read_base

facade = Facade("Charms", 5, 6, 7)
SERIES = {"18.04": "bionic", "20.04": "focal", "22.04": "jammy", "24.04": "noble"}


@facade.reads("ResolveCharms")
def resolve_charms(call: Call) -> dict[str, Any]:
    """Finds charms of the store with their revision and bases."""
    return {"Results": [_resolve_one(call, asked) for asked in call.params["resolve"]]}


@facade.writes("AddCharm")
def add_charm(call: Call) -> dict[str, Any]:
    """Takes a charm from the store."""
    origin = call.params.get("charm-origin") or {}
    name = charms.parse_name(call.params["url"])
    channel = "/".join(part for part in (origin.get("track"), origin.get("risk")) if part)
    charm, release, base = resolve(call.model, name, channel, read_base(origin.get("base")), origin.get("revision"))
    url = charm_url(charm.name, release.revision)
    if url not in call.model.charms:
        call.model.charms.append(url)
    return {"charm-origin": origin_of(charm, release, base)}


@facade.reads("CharmInfo")
def charm_info(call: Call) -> dict[str, Any]:
    """All about a charm."""
    url = _as_kept(call.params["url"])
    if url in call.model.local_charms:
        facts = call.model.local_charms[url]
        return info(charms.charm_of(facts["name"], facts), url)
    if url not in call.model.charms:
        raise not_found("charm", url)
    return info(charms.find(charms.parse_name(url)).at(int(url.rpartition("-")[2])), url)


def _as_kept(url: str) -> str:
    """A URL of the store without the series that clients like to put in."""
    architecture, slash, rest = url.removeprefix("ch:").partition("/")
    return f"ch:{architecture}/{rest.rpartition('/')[2]}" if url.startswith("ch:") and slash else url


@facade.reads("List")
def list_charms(call: Call) -> dict[str, Any]:
    """The charms that the model has."""
    names = call.params.get("names") or []
    return {"charm-urls": [url for url in call.model.charms if not names or charms.parse_name(url) in names]}


@facade.reads("IsMetered")
def is_metered(call: Call) -> dict[str, Any]:
    """Nothing is."""
    return {"metered": False}


@facade.reads("ListCharmResources")
def list_resources(call: Call) -> dict[str, Any]:
    """The resources of charms."""

    def one(asked: dict[str, Any]) -> list[dict[str, Any]]:
        charm = charms.find(charms.parse_name(asked["charm-url"]))
        _, _, revision = asked["charm-url"].rpartition("-")
        number = int(revision) if revision.isdigit() else charm.release("").revision
        return [store_resource(name, kind, released(charm, name, number)) for name, kind in charm.resources.items()]

    return {"results": [one(asked) for asked in call.params["entities"]]}


@facade.reads("GetDownloadInfos")
def download_infos(call: Call) -> dict[str, Any]:
    """Where charms would be downloaded."""

    def one(asked: dict[str, Any]) -> dict[str, Any]:
        charm = charms.find(charms.parse_name(asked["charm-url"]))
        origin = asked.get("charm-origin") or {}
        return {
            "url": f"{call.controller.config.get('charmhub-url', '')}/api/v1/charms/download/{charm.name}",
            "charm-origin": origin,
        }

    return each(call.params["entities"], one)


@facade.reads("CheckCharmPlacement")
def check_placement(call: Call) -> dict[str, Any]:
    """Every charm may go everywhere in this model."""

    def one(asked: dict[str, Any]) -> None:
        store.application(call.model, asked["application"])

    return each(call.params.get("placements") or [], one)


def store_resource(name: str, kind: str, revision: int = 0) -> dict[str, Any]:
    """A resource as the store has it."""
    return {
        "name": name,
        "type": kind,
        "path": name,
        "description": "",
        "origin": "store",
        "revision": revision,
        "fingerprint": [],
        "size": 0,
    }


def info(charm: Charm, url: str) -> dict[str, Any]:
    """A charm with metadata, options and actions."""
    ends = {end.name: end.wire() for end in charm.endpoints.values()}
    by_role = {role: {n: end for n, end in ends.items() if end["role"] == role} for role in ("provider", "requirer", "peer")}
    return {
        "url": url,
        "revision": int(url.rpartition("-")[2]),
        "config": {name: _option(kind, default) for name, (kind, default) in charm.options.items()},
        "meta": {
            "name": charm.name,
            "summary": "",
            "description": "",
            "subordinate": charm.subordinate,
            "provides": by_role["provider"],
            "requires": by_role["requirer"],
            "peers": by_role["peer"],
            "extra-bindings": {name: name for name in charm.extra_bindings},
            "storage": {name: _storage(name, facts) for name, facts in charm.storage.items()},
            "resources": {n: {"name": n, "type": kind, "path": n, "description": ""} for n, kind in charm.resources.items()},
            "min-juju-version": "0.0.0",
        },
        "actions": {"specs": {name: action_spec(name, facts) for name, facts in charm.actions.items()}},
        "manifest": {
            "bases": [{"name": "ubuntu", "channel": f"{v}/stable", "architectures": ["amd64"]} for v in _versions(charm)]
        },
    }


def action_spec(name: str, facts: Any) -> dict[str, Any]:
    """An action's description and parameter schema."""
    properties: dict[str, Any] = {param: {"description": ""} for param in facts["params"]}
    schema = {"type": "object", "title": name, "description": "", "properties": properties}
    return {"description": "", "params": schema | ({"required": facts["required"]} if facts["required"] else {})}


def _resolve_one(call: Call, asked: dict[str, Any]) -> dict[str, Any]:
    origin = asked.get("charm-origin") or {}
    try:
        channel = "/".join(part for part in (origin.get("track"), origin.get("risk")) if part)
        base = read_base(origin.get("base"))
        charm, release, found = resolve(call.model, asked["reference"], channel, base, origin.get("revision"))
    except ApiError as exc:
        error = {"message": f"resolving {asked['reference']} : {exc.message}", "code": exc.code}
        empty = {"source": "", "type": "", "id": "", "base": {"name": "", "channel": ""}}
        return {"url": "", "charm-origin": empty, "supported-bases": [], "supported-series": [], "error": error}
    bases = release.bases
    return {
        "url": charm_url(charm.name, release.revision),
        "charm-origin": origin_of(charm, release, found),
        "supported-bases": [base_of(base) for base in bases],
        "supported-series": [SERIES[base.partition("@")[2]] for base in bases],
    }


def _option(kind: str, default: Any) -> dict[str, Any]:
    shown = {"type": kind, "description": ""}
    return shown if default is None else shown | {"default": default}


def _storage(name: str, facts: Any) -> dict[str, Any]:
    least, _, most = facts["multiple"].partition("-")
    return {
        "name": name,
        "description": "",
        "type": facts["type"],
        "shared": False,
        "read-only": False,
        "count-min": int(least or 0),
        "count-max": int(most) if most else -1,
        "minimum-size": 0,
    }


def _versions(charm: Charm) -> list[str]:
    if charm.bases:
        return [base.partition("@")[2] for base in charm.bases]
    return sorted({base for track in charm.tracks.values() for base in track["bases"]})
