"""Applications of a model.

Charms are resolved by the controller alone: this client asks no charm store. python-libjuju's own helpers ask Charmhub from
here on each deploy and pin a revision that nobody asked for.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from . import errors, naming, replies
from .resources import Resources

Value = str | int | float | bool
"""What an option can hold."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Option:
    """An option of an application; `set_by_user` tells a set value from the charm's default."""

    value: Value | None
    set_by_user: bool
    type: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """How an application is set up.

    Attributes:
        constraints: in wire form, without the unset ones.
        bindings: every endpoint's space; "" is the application's default.
    """

    charm: str
    channel: str
    base: str | None
    options: Mapping[str, Option]
    trust: bool
    constraints: Mapping[str, Any]
    bindings: Mapping[str, str]

    @classmethod
    def _from_dict(cls, data: Mapping[str, Any]) -> Settings:
        trust = (data.get("application-config") or {}).get("trust") or {}
        return cls(
            charm=naming.charm_name(data.get("charm") or ""),
            channel=data.get("channel") or "",
            base=naming.base_text(data.get("base")),
            options={name: _option(o) for name, o in (data.get("config") or {}).items()},
            trust=trust.get("value") in (True, "true"),
            constraints={k: v for k, v in (data.get("constraints") or {}).items() if v not in (None, "", [])},
            bindings=dict(data.get("endpoint-bindings") or {}),
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Deployment:
    """What to deploy; everything but name and charm may be left to Juju and the charm.

    Attributes:
        constraints: in wire form; a subordinate takes none.
        storage: by name, in wire form: {"Pool", "Size" in MiB, "Count"}.
        resources: revision or path by name.
    """

    name: str
    charm: str
    channel: str | None = None
    revision: int | None = None
    base: str | None = None
    options: Mapping[str, Value] = dataclasses.field(default_factory=dict)
    constraints: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    bindings: Mapping[str, str] = dataclasses.field(default_factory=dict)
    storage: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    resources: Mapping[str, str] = dataclasses.field(default_factory=dict)
    trust: bool = False
    subordinate: bool = False


class Applications:
    """Deploys, changes and removes applications."""

    def __init__(self, call: replies.Call) -> None:
        self._call = call
        self._resources = Resources(call)

    def get(self, name: str) -> Settings:
        """How an application is set up.

        Raises:
            NotFound: when there is none by that name.
        """
        return Settings._from_dict(self._call("Application", "Get", {"application": name, "branch": ""}))

    def deploy(self, wanted: Deployment) -> None:
        """Deploys an application without units.

        Raises:
            AlreadyExists: when there is one by that name.
        """
        argument: dict[str, Any] = {
            "ApplicationName": wanted.name,
            "CharmName": wanted.charm,
            "AttachStorage": [],
            "base": naming.base(wanted.base) if wanted.base else None,
            "channel": naming.channel(wanted.channel) if wanted.channel else None,
            "revision": wanted.revision,
            "ConfigYAML": yaml.safe_dump({wanted.name: dict(wanted.options)}, sort_keys=True),
            "Cons": dict(wanted.constraints),
            "Devices": {},
            "DryRun": False,
            "endpoint-bindings": dict(wanted.bindings) or None,
            "num-units": 0,
            "Placement": [],
            "resources": dict(wanted.resources) or None,
            "Storage": {name: dict(s) for name, s in wanted.storage.items()},
            "Trust": wanted.trust,
        }
        params = {"Args": [{k: v for k, v in argument.items() if v is not None}]}
        reply = self._call("Application", "DeployFromRepository", params)
        failures = [e for result in reply.get("Results") or [] for e in result.get("Errors") or [] if e.get("message")]
        if failures:
            text = "; ".join(str(e["message"]) for e in failures)
            raise errors.of({"message": text, "code": failures[0].get("code")}, f"deploying {wanted.name!r}")

    def deploy_local(self, wanted: Deployment, url: str, base: str | None) -> None:
        """Deploys a charm that was uploaded, without units.

        Args:
            wanted: as for `deploy`; charm, channel, revision and base are not looked at.
            url: what the controller calls the charm.
            base: what it is to run on.

        Raises:
            AlreadyExists: when there is an application by that name.
        """
        argument: dict[str, Any] = {
            "application": wanted.name,
            "charm-url": url,
            "charm-origin": _local_origin(url, base),
            "config-yaml": yaml.safe_dump({wanted.name: {**wanted.options, "trust": wanted.trust}}, sort_keys=True),
            "constraints": dict(wanted.constraints),
            "endpoint-bindings": dict(wanted.bindings),
            "num-units": 0,
            "storage": {name: dict(s) for name, s in wanted.storage.items()},
        }
        reply = self._call("Application", "Deploy", {"applications": [argument]})
        replies.first(reply, f"deploying {wanted.name!r}")

    def refresh_local(self, name: str, url: str, base: str | None) -> None:
        """Moves an application to a charm that was uploaded."""
        self._call("Application", "SetCharm", _set_charm(name, url, _local_origin(url, base), {}))

    def set_options(self, name: str, options: Mapping[str, Value]) -> None:
        """Sets some of an application's options."""
        if options:
            config = {key: wire_value(value) for key, value in options.items()}
            params = {"Args": [{"application": name, "config": config, "config-yaml": "", "generation": ""}]}
            replies.first(self._call("Application", "SetConfigs", params), f"setting options of {name}")

    def reset_options(self, name: str, options: Sequence[str]) -> None:
        """Puts options back to the charm's defaults."""
        if options:
            params = {"Args": [{"application": name, "options": list(options), "branch": ""}]}
            replies.first(self._call("Application", "UnsetApplicationsConfig", params), f"resetting options of {name}")

    def set_trust(self, name: str, trust: bool) -> None:
        """Gives the application the cloud's credentials, or takes them away."""
        self.set_options(name, {"trust": trust})

    def set_constraints(self, name: str, constraints: Mapping[str, Any]) -> None:
        """Replaces the constraints for new machines of an application."""
        self._call("Application", "SetConstraints", {"application": name, "constraints": dict(constraints)})

    def expose(self, name: str, endpoints: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        """Opens the ports of endpoints ("" is all) to CIDRs and spaces, in wire form."""
        exposed = {endpoint: {k: list(v) for k, v in to.items()} for endpoint, to in endpoints.items()}
        self._call("Application", "Expose", {"application": name, "exposed-endpoints": exposed})

    def unexpose(self, name: str, endpoints: Sequence[str] = ()) -> None:
        """Closes endpoints, or all."""
        self._call("Application", "Unexpose", {"application": name, "exposed-endpoints": list(endpoints)})

    def bind(self, name: str, bindings: Mapping[str, str]) -> None:
        """Binds endpoints to spaces; those not named stay as they are."""
        argument = {"application-tag": f"application-{name}", "bindings": dict(bindings), "force": False}
        replies.first(self._call("Application", "MergeBindings", {"args": [argument]}), f"binding {name}")

    def refresh(
        self,
        name: str,
        *,
        channel: str | None,
        revision: int | None,
        resources: Mapping[str, int],
        storage: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        """Moves an application to another revision of its charm.

        Args:
            name: the application.
            channel: where to look; None stays on the application's channel.
            revision: which one; None takes the channel's newest.
            resources: revisions by name; the others move to what was released with the charm, but for those that were uploaded.
            storage: directives for units to come, as for a deployment; Juju takes them only with another revision.
        """
        current = self._call("Application", "GetCharmURLOrigin", {"application": name, "branch": ""})
        asked = _asked_origin(current["charm-origin"], channel, revision)
        reference = f"ch:{naming.charm_name(current['url'])}"
        resolve = {"resolve": [{"reference": reference, "charm-origin": asked, "switch-charm": False}]}
        what = f"resolving the charm of {name}"
        found = replies.first(self._call("Charms", "ResolveCharms", resolve), what, "Results")
        origin = _without_nulls({**found["charm-origin"], "base": asked.get("base")})
        add = {"url": found["url"], "charm-origin": origin, "force": False}
        added = _without_nulls(self._call("Charms", "AddCharm", add).get("charm-origin") or origin)
        ids = self._resources.for_charm(name, found["url"], added, resources)
        directives = {key: {k.lower(): v for k, v in directive.items()} for key, directive in (storage or {}).items()}
        extra = {"storage-constraints": directives} if directives else {}
        self._call("Application", "SetCharm", {**_set_charm(name, found["url"], added, ids), **extra})

    def set_resources(self, name: str, resources: Mapping[str, int]) -> None:
        """Moves some of an application's resources, and not its charm; see `resources.RELEASED`."""
        if resources:
            current = self._call("Application", "GetCharmURLOrigin", {"application": name, "branch": ""})
            url, origin = current["url"], _without_nulls(current["charm-origin"])
            ids = self._resources.reserve(name, url, origin, resources)
            self._call("Application", "SetCharm", _set_charm(name, url, origin, ids))

    def destroy(self, name: str, *, destroy_storage: bool = False, force: bool = False, max_wait: float = 60) -> None:
        """Asks for an application's end, with its units and relations."""
        argument: dict[str, Any] = {
            "application-tag": f"application-{name}",
            "destroy-storage": destroy_storage,
            "force": force,
        }
        if force:
            argument["max-wait"] = replies.nanoseconds(max_wait)
        reply = self._call("Application", "DestroyApplication", {"applications": [argument]})
        replies.first(reply, f"the removal of {name}")


def wire_value(value: Value) -> str:
    """An option's value as Juju takes it: as text, whatever its type."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _set_charm(name: str, url: str, origin: Mapping[str, Any], resources: Mapping[str, str]) -> dict[str, Any]:
    flags = {"force": False, "force-base": False, "force-units": False}
    params = {"application": name, "charm-url": url, "charm-origin": dict(origin), **flags}
    return {**params, "resource-ids": dict(resources)} if resources else params


def _option(data: Mapping[str, Any]) -> Option:
    return Option(value=data.get("value"), set_by_user=data.get("source") == "user", type=data.get("type") or "string")


def _asked_origin(current: Mapping[str, Any], channel: str | None, revision: int | None) -> dict[str, Any]:
    """The origin to resolve: today's, on another channel or revision.

    libjuju keeps the revision when the channel changes, so that nothing moves; here it is open unless asked for.
    """
    kept = {key: current.get(key) for key in ("architecture", "base", "risk", "track", "branch")}
    if channel is not None:
        track, risk, *branch = naming.channel(channel).split("/")
        kept |= {"track": track, "risk": risk, "branch": branch[0] if branch else None}
    asked = {**kept, "source": "charm-hub", "type": "charm", "id": "", "hash": "", "revision": revision}
    return _without_nulls(asked)


def _local_origin(url: str, base: str | None) -> dict[str, Any]:
    """Where an uploaded charm comes from; its number is in its URL."""
    found: dict[str, Any] = {"source": "local", "type": "charm", "architecture": "amd64", "id": "", "hash": ""}
    found["revision"] = int(url.rpartition("-")[2])
    return {**found, "base": naming.base(base)} if base else found


def _without_nulls(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
