"""ApplicationOffers: endpoints that a model offers to others."""

from __future__ import annotations

import re
from typing import Any

from .. import store
from ..errors import ApiError, denied, not_found
from ..facade import Call, Facade, each
from ..fullstatus import remote_endpoint
from ..records import Model, Offer
from ..store import charm_for
from ..wire import owned, untag
from . import modelmanager
from .admin import host_port

facade = Facade("ApplicationOffers", 4, 5, scopes=("controller",))
_URL = re.compile(r"^(?:(?P<source>[^:/]+):)?(?:(?P<owner>[^/]+)/)?(?P<model>[^./]+)\.(?P<name>[^.:/]+)$")
_LEVELS = ("", "read", "consume", "admin")
_LOWERED = {"consume": "read-only", "admin": "read-consume"}
EVERYONE = "everyone@external"
"""Whoever is known elsewhere; may look at every new offer."""


@facade.writes("Offer", "login")
def offer(call: Call) -> dict[str, Any]:
    """Offers endpoints of applications; an offer of this name is changed."""

    def one(asked: dict[str, Any]) -> None:
        model = modelmanager.find(call, asked["model-tag"], "admin")
        app = store.application(model, asked["application-name"])
        charm = charm_for(model, app)
        for end in asked["endpoints"].values():
            if charm.endpoint(end) is None:
                raise ApiError(f'getting relation endpoint for relation "{end}" and application "{app.name}": '
                               f'application "{app.name}" has no "{end}" relation', "not found")  # fmt: skip
        name = asked.get("offer-name") or app.name
        known = model.offers.get(name)
        model.offers[name] = Offer(
            uuid=known.uuid if known else store.new_uuid(),
            name=name,
            application=app.name,
            description=asked.get("application-description") or "",
            endpoints=asked["endpoints"],
            users=known.users if known else {call.user.name: "admin", EVERYONE: "read"},
        )

    return each(call.params["Offers"], one)


@facade.reads("ListApplicationOffers", "login")
@facade.reads("FindApplicationOffers", "login")
def list_offers(call: Call) -> dict[str, Any]:
    """The offers that match one of the filters."""
    found = []
    for wanted in call.params.get("Filters") or []:
        for model in call.controller.models.values():
            if wanted.get("model-name") not in (None, "", model.name) or wanted.get("owner-name") not in (None, "", model.owner):
                continue
            for known in model.offers.values():
                named = wanted.get("offer-name") in (None, "", known.name)
                if named and wanted.get("application-name") in (None, "", known.application) and _may(call, model, known, "read"):
                    found.append(_admin_details(call, model, known))
    return {"results": found}


@facade.reads("ApplicationOffers", "login")
def get_offers(call: Call) -> dict[str, Any]:
    """Offers by URL."""
    urls = call.params.get("offer-urls") or []
    return each(urls, lambda url: {"result": _admin_details(call, *_find(call, url, "read"))})


@facade.reads("GetConsumeDetails", "login")
def consume_details(call: Call) -> dict[str, Any]:
    """What another model needs to use offers."""

    def one(url: str) -> dict[str, Any]:
        model, known = _find(call, url, "consume")
        where = host_port(call)
        return {
            "offer": _details(call, model, known),
            "macaroon": {"c": [], "l": "juju", "i": known.uuid, "s": ""},
            "external-controller": {
                "controller-tag": f"controller-{call.controller.uuid}",
                "controller-alias": call.controller.name,
                "addrs": [f"{where['value']}:{where['port']}"],
                "ca-cert": call.parts.ca_cert(),
            },
        }

    return each((call.params.get("offer-urls") or {}).get("offer-urls") or [], one)


@facade.reads("RemoteApplicationInfo", "login")
def remote_info(call: Call) -> dict[str, Any]:
    """Offers as a consumer sees them."""

    def one(url: str) -> dict[str, Any]:
        model, known = _find(call, url, "consume")
        shown = _details(call, model, known)
        info = {"model-tag": f"model-{model.uuid}", "name": known.name, "description": known.description, "offer-url": url}
        return {"result": info | {"icon-url-path": "", "source-model-label": model.name, "endpoints": shown["endpoints"]}}

    return each(call.params.get("offer-urls") or [], one)


@facade.writes("ModifyOfferAccess", "login")
def modify_access(call: Call) -> dict[str, Any]:
    """Grants or revokes access to offers."""

    def one(change: dict[str, Any]) -> None:
        _, known = _find(call, change["offer-url"], "admin")
        if change["access"] not in _LEVELS[1:]:
            raise ApiError(f'"{change["access"]}" offer access not valid', "not valid")
        name = untag(change["user-tag"], "user").removesuffix("@local")
        if change["action"] == "grant":
            _grant(call, known, name, change["access"])
        elif change["action"] == "revoke":
            _revoke(known, name, change["access"])
        else:
            raise ApiError(f'unknown action "{change["action"]}"')

    return each(call.params["changes"], one)


@facade.writes("DestroyOffers", "login")
def destroy(call: Call) -> dict[str, Any]:
    """Withdraws offers; those in use only with force."""

    def one(url: str) -> None:
        model, known = _find(call, url, "admin")
        users = _connections(call, known)
        if users and not call.params.get("force"):
            text = f'cannot delete application offer "{known.name}": offer has {users} relation{"s" if users > 1 else ""}'
            raise ApiError(text, "")
        del model.offers[known.name]

    return each(call.params.get("offer-urls") or [], one)


def _grant(call: Call, known: Offer, name: str, access: str) -> None:
    if "@" not in name and name not in call.controller.users:
        text = f'could not grant offer access: user "{name}" does not exist locally: user "{name}" not found'
        raise ApiError(text, "not found")
    if _LEVELS.index(known.users.get(name, "")) >= _LEVELS.index(access):
        raise ApiError(f'user already has "{access}" access or greater')
    known.users[name] = access


def _revoke(known: Offer, name: str, access: str) -> None:
    """Leaves what is one less than the access, whatever the user had: so a revoked consume is read, also of an admin."""
    if name not in known.users:
        doing = f"set offer access to {_LOWERED[access]}" if access in _LOWERED else "revoke offer access"
        raise ApiError(f'could not {doing}: offer user "{name}" does not exist', "not found")
    left = _LEVELS[_LEVELS.index(access) - 1]
    known.users.pop(name)
    if left:
        known.users[name] = left


def _find(call: Call, url: str, access: str) -> tuple[Model, Offer]:
    parts = _URL.match(url)
    if parts is None:
        raise ApiError(f'application offer URL "{url}" not valid', "not valid")
    model = call.controller.model_named(parts["model"], owned(parts["owner"] or call.user.name))
    known = model.offers.get(parts["name"]) if model else None
    if model is None or known is None:
        raise not_found("application offer", url)
    if not _may(call, model, known, access):
        raise denied()
    return model, known


def _may(call: Call, model: Model, known: Offer, access: str) -> bool:
    has = _LEVELS.index(known.users.get(call.user.name, ""))
    return call.may("admin", model) or has >= _LEVELS.index(access)


def _connections(call: Call, known: Offer) -> int:
    count = 0
    for model in call.parts.store.models():
        for remote in model.remotes.values():
            if remote.offer_uuid == known.uuid:
                count += len(store.relations_of(model, remote.name))
    return count


def _details(call: Call, model: Model, known: Offer) -> dict[str, Any]:
    charm = charm_for(model, model.applications[known.application])
    named = {name: user.display_name for name, user in call.controller.users.items()} | {EVERYONE: ""}
    users = [
        {"user": name, "display-name": named.get(name, ""), "access": access}
        for name, access in known.users.items()
        if name in named or "@" in name
    ]
    return {
        "source-model-tag": f"model-{model.uuid}",
        "offer-uuid": known.uuid,
        "offer-url": f"{model.owner}/{model.name}.{known.name}",
        "offer-name": known.name,
        "application-description": known.description,
        "endpoints": [remote_endpoint(charm, end) | {"name": alias} for alias, end in known.endpoints.items()],
        "users": users,
    }


def _admin_details(call: Call, model: Model, known: Offer) -> dict[str, Any]:
    app = model.applications[known.application]
    return _details(call, model, known) | {"application-name": app.name, "charm-url": app.url, "connections": []}
