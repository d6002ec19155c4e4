"""Application, second part: settings, constraints, charm, bindings, exposure, consumed offers."""

from __future__ import annotations

import contextlib
from typing import Any

import yaml

from .. import charmresources, charms, store
from ..charms import Charm, charm_of
from ..deploying import check_bindings, convert_config, origin_of, truth
from ..errors import ApiError, not_found
from ..facade import Call, each
from ..fullstatus import charm_url
from ..records import Application, RemoteApplication
from ..wire import read_base, untag
from .application import facade


@facade.writes("SetConfigs")
def set_configs(call: Call) -> dict[str, Any]:
    """Sets options."""

    def one(asked: dict[str, Any]) -> None:
        app = store.application(call.model, asked["application"])
        values = dict(asked.get("config") or {})
        if asked.get("config-yaml"):
            read = yaml.safe_load(asked["config-yaml"]) or {}
            values |= read.get(app.name, read) or {}
        charm = store.charm_for(call.model, app)
        new = convert_config(charm, app.channel, values)
        if "trust" in values:
            app.trust = truth(values["trust"])
        _change_options(call, app, app.options | new)

    return each(call.params["Args"], one)


@facade.writes("UnsetApplicationsConfig")
def unset_config(call: Call) -> dict[str, Any]:
    """Puts options back to the charm's defaults."""

    def one(asked: dict[str, Any]) -> None:
        app = store.application(call.model, asked["application"])
        charm = store.charm_for(call.model, app)
        for option in asked["options"]:
            if option == "trust":
                app.trust = False
            elif option not in charm.options and option not in app.options:
                raise ApiError(f'updating application charm settings: unknown option "{option}"', "")
        _change_options(call, app, {key: value for key, value in app.options.items() if key not in asked["options"]})

    return each(call.params["Args"], one)


@facade.writes("SetConstraints")
def set_constraints(call: Call) -> None:
    """Replaces an application's constraints; machines that are there stay as they are."""
    app = store.application(call.model, call.params["application"])
    if app.subordinate:
        raise ApiError("subordinate applications don't support constraints", "")
    app.constraints = {key: value for key, value in (call.params.get("constraints") or {}).items() if value not in ("", [])}


@facade.writes("SetCharm")
def set_charm(call: Call) -> None:
    """Gives an application another revision or channel of its charm; its units upgrade one after another."""
    params = call.params
    before = store.application(call.model, params["application"])
    app = before.model_copy(deep=True)  # what is refused changes nothing
    if params["charm-url"].startswith("local:"):
        _set_local(call, app, params["charm-url"])
    else:
        _set_store(call, app, params["charm-url"], params.get("charm-origin") or {})
    charm = store.charm_for(call.model, app)
    if app.url != before.url:
        app.storage |= _directives(charm, params.get("storage-constraints") or {})
    app.options = _still_valid(charm, app) | convert_config(charm, app.channel, params.get("config-settings") or {})
    app.bindings |= check_bindings(call.model, charm, params.get("endpoint-bindings") or {})
    new = charmresources.chosen(call.model, charm, int(app.origin["revision"]), {})
    taken = charmresources.taken(call.model, app.name, params.get("resource-ids") or {})
    app.resources = new | {name: found for name, found in app.resources.items() if name in new} | taken
    call.model.applications[app.name] = app
    for unit in store.units_of(call.model, app.name):
        if unit.started and not unit.stopping and (app.url != before.url or taken):
            call.parts.hooks.add(call.model, unit, "upgrade-charm", "config-changed")


@facade.writes("UpdateApplicationBase")
def update_base(call: Call) -> dict[str, Any]:
    """Says on which base an application's next units run."""

    def one(asked: dict[str, Any]) -> None:
        app = store.application(call.model, untag(asked["tag"]["tag"], "application"))
        base = f"ubuntu@{asked['channel'].split('/')[0].removeprefix('ubuntu@')}"
        charm = store.charm_for(call.model, app)
        charm.release(app.channel, base)
        app.base = base
        app.origin["base"] = {"name": "ubuntu", "channel": f"{base.partition('@')[2]}/stable"}

    return each(call.params.get("args") or [], one)


@facade.writes("MergeBindings")
def merge_bindings(call: Call) -> dict[str, Any]:
    """Changes to which spaces endpoints are bound."""

    def one(asked: dict[str, Any]) -> None:
        app = store.application(call.model, untag(asked["application-tag"], "application"))
        new = check_bindings(call.model, store.charm_for(call.model, app), asked["bindings"])
        if not asked.get("force"):
            _check_machines(call, app, new)
        app.bindings |= new
        _reconfigure(call, app)

    return each(call.params.get("args") or [], one)


@facade.writes("Expose")
def expose(call: Call) -> None:
    """Opens an application, or some of its endpoints, to CIDRs and spaces."""
    app = store.application(call.model, call.params["application"])
    charm = store.charm_for(call.model, app)
    asked = call.params.get("exposed-endpoints") or {"": {"expose-to-cidrs": ["0.0.0.0/0", "::/0"]}}
    new = dict(app.exposed or {})
    for name, to in asked.items():
        if name and name not in charm.bindings():
            raise ApiError(f'endpoint "{name}" not found', "not found")
        for space in to.get("expose-to-spaces") or []:
            store.space_named(call.model, space)
        cidrs = to.get("expose-to-cidrs") or ([] if to.get("expose-to-spaces") else ["0.0.0.0/0", "::/0"])
        new[name] = {"spaces": list(to.get("expose-to-spaces") or []), "cidrs": list(cidrs)}
    app.exposed = new


@facade.writes("Unexpose")
def unexpose(call: Call) -> None:
    """Closes an application, or some of its endpoints."""
    app = store.application(call.model, call.params["application"])
    names = call.params.get("exposed-endpoints") or list(app.exposed or {})
    for name in names:
        if name not in (app.exposed or {}):
            raise ApiError(f'endpoint "{name}" is not exposed', "not found")
    app.exposed = {name: to for name, to in (app.exposed or {}).items() if name not in names} or None


@facade.writes("ScaleApplications")
def scale(call: Call) -> dict[str, Any]:
    """Refuses: machines are not scaled like that."""

    def one(asked: dict[str, Any]) -> None:
        raise ApiError("scaling applications on a non-container model is not supported", "not supported")

    return each(call.params["applications"], one)


@facade.writes("Consume")
def consume(call: Call) -> dict[str, Any]:
    """Makes an offer of another model known here."""

    def one(asked: dict[str, Any]) -> None:
        details = asked.get("application-offer-details") or asked
        url = details["offer-url"] if _elsewhere(call, asked) else details["offer-url"].split(":", 1)[-1]
        name = asked.get("application-alias") or details["offer-name"]
        known = call.model.remotes.get(name)
        if name in call.model.applications or (known and known.offer_url != url):
            raise ApiError(f'saas application "{name}" already exists' if known else f'application "{name}" already exists',
                           "already exists")  # fmt: skip
        call.model.remotes[name] = RemoteApplication(
            name=name,
            offer_uuid=details.get("offer-uuid") or "",
            offer_url=url,
            source_model=untag(details["source-model-tag"], "model"),
            endpoints=details.get("endpoints") or [],
        )

    return each(call.params["args"], one)


def _elsewhere(call: Call, asked: dict[str, Any]) -> bool:
    """Whether an offer is another controller's."""
    where = asked.get("external-controller") or {}
    return bool(where) and where.get("controller-tag") != f"controller-{call.controller.uuid}"


@facade.writes("DestroyConsumedApplications")
def destroy_consumed(call: Call) -> dict[str, Any]:
    """Forgets consumed offers."""

    def one(asked: dict[str, Any]) -> None:
        name = untag(asked["application-tag"], "application")
        if name not in call.model.remotes:
            raise not_found("saas application", name)
        call.parts.lifecycle.remove_remote(call.model, name)

    return each(call.params["applications"], one)


def _change_options(call: Call, app: Application, new: dict[str, Any]) -> None:
    if new != app.options:
        app.options = new
        _reconfigure(call, app)


def _reconfigure(call: Call, app: Application) -> None:
    for unit in store.units_of(call.model, app.name):
        if unit.started and not unit.stopping:
            call.parts.hooks.add(call.model, unit, "config-changed")


def _directives(charm: Charm, asked: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Storage for units to come; Juju looks at it only with another charm."""
    for name in asked:
        if name not in charm.storage:
            raise ApiError(f'charm "{charm.name}" has no store called "{name}"', "not valid")
    return {name: {key.capitalize(): value for key, value in found.items()} for name, found in asked.items()}


def _still_valid(charm: Charm, app: Application) -> dict[str, Any]:
    """The settings that the new charm knows and that fit it; the others are dropped without a word, as Juju does."""
    found = {}
    for option, value in app.options.items():
        with contextlib.suppress(ApiError):
            found[option] = charm.convert(option, value, lenient=charm.lenient(app.channel))
    return found


def _set_store(call: Call, app: Application, url: str, origin: dict[str, Any]) -> None:
    name = charms.parse_name(url)
    if name != app.charm and app.origin.get("source") != "local":
        raise ApiError(f'cannot upgrade application "{app.name}" to charm "{url}": charm name does not match', "bad request")
    charm = charms.find(name)
    channel = "/".join(part for part in (origin.get("track"), origin.get("risk")) if part)
    base = read_base(origin.get("base")) or app.base
    release = charm.release(channel or app.channel, base, origin.get("revision"))
    app.charm, app.url, app.channel = charm.name, charm_url(charm.name, release.revision), release.channel
    app.origin = origin_of(charm, release, app.base)
    if app.url not in call.model.charms:
        call.model.charms.append(app.url)


def _set_local(call: Call, app: Application, url: str) -> None:
    if url not in call.model.local_charms:
        raise not_found("charm", url)
    facts = call.model.local_charms[url]
    charm = charm_of(facts["name"], facts)
    if charm.bases and app.base not in charm.bases and not call.params.get("force-base"):
        raise ApiError(
            f'cannot upgrade application "{app.name}" to charm "{url}": base "{app.base}" not supported by charm, '
            f"the charm supported bases are: {', '.join(charm.bases)}"
        )
    app.charm, app.url, app.channel = charm.name, url, ""
    kept = {key: app.origin[key] for key in ("type", "architecture", "base")}
    app.origin = kept | {"source": "local", "revision": int(url.rpartition("-")[2]), "id": ""}


def _check_machines(call: Call, app: Application, bindings: dict[str, str]) -> None:
    """Refuses a space in which a machine of the application has no address."""
    for unit in store.units_of(call.model, app.name):
        machine = call.model.machines[unit.machine]
        there = {nic["space"] for nic in machine.interfaces.values()}
        for space in bindings.values():
            if space and machine.started and space not in there:
                raise ApiError(
                    f'validating endpoint bindings: machine "{machine.id}" is missing addresses in space(s): "{space}"',
                    "not valid",
                )
