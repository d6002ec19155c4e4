"""LXD instances: containers and virtual machines.

Owns: what the instance is made of, its files and commands, and its power unless somebody else has that. A VM for MAAS says so
with `config={"user.power": "external"}`: then `running` only matters when it is created, its power is neither compared nor
changed afterwards, and `status` and addresses stay as they were then. `InstancePower` is the resource that watches over a VM
which is meant to be on by now.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from clients import lxd as client

from .._base import ExpectedError, Found, Made, Props, is_unknown
from . import _capacity, _config, _devices, _fitting, _image, _inside, _instance_view, _power
from ._instance_inputs import RESULTS, Exec, InstanceInputs
from ._lxd import LxdResource
from ._object import ADOPTED, BEFORE, Body, ObjectProvider


class InstanceProvider(ObjectProvider[InstanceInputs]):
    """Instances."""

    inputs = InstanceInputs
    computed = (*ObjectProvider.computed, *_instance_view.OUTPUTS)
    replace_on = frozenset({"image", "type", "ephemeral", "project", "remote"})
    collection = ("instances",)
    filled = _config.Filled("image.*")
    noun = "instance"
    fixed = ("type", "ephemeral")

    def editable(self, inputs: InstanceInputs) -> Body:
        return {
            "description": inputs.description,
            "profiles": inputs.profiles,
            "devices": _devices.to_lxd(inputs.devices),
            "ephemeral": inputs.ephemeral,
        }

    def seen(self, actual: client.Object, old: InstanceInputs) -> dict[str, Any]:
        asked = [device.model_dump() for device in old.devices]
        return {
            "description": actual.description,
            "type": actual.body["type"],
            "ephemeral": bool(actual.body.get("ephemeral")),
            "profiles": list(actual.body.get("profiles") or []),
            "devices": _devices.from_lxd(actual.devices, asked),
        }

    def outputs(self, lxd: client.Lxd, actual: client.Object, inputs: InstanceInputs) -> dict[str, Any]:
        return _instance_view.outputs(actual, lxd.state(actual.name, inputs.project))

    def post(self, lxd: client.Lxd, inputs: InstanceInputs, body: Body) -> None:
        source = _image.source(lxd, self.remotes, inputs.image, inputs.project)
        whole = {**body, "type": inputs.type, "source": source}
        lxd.create("instances", body=whole, project=inputs.project, deadline=inputs.limit("create"))

    # The life.

    def make(self, inputs: InstanceInputs) -> Made:
        lxd = self.lxd(inputs.remote)
        actual, kept = self.find(lxd, inputs), {}
        if actual is None:
            actual = self._create(lxd, inputs)
        elif self.intent(lxd, inputs).recall() is None:
            self._agree(lxd, actual, inputs)
            kept = {ADOPTED: True, BEFORE: self._before(lxd, actual, inputs)}
        self._reconcile(lxd, actual, inputs, {})
        execs = self._fill(lxd, inputs)
        actual = lxd.get("instances", inputs.name, project=inputs.project)
        return Made(id=self.key(inputs), outputs={**self.outputs(lxd, actual, inputs), **execs, **kept})

    def fetch(self, id_: str, old: Props) -> Found | None:
        found = super().fetch(id_, old)
        if found is None:
            return None
        if _power.is_external(old.get("config")):
            settled = {name: old[name] for name in _instance_view.OF_POWER if name in old}
            return dataclasses.replace(found, outputs={**found.outputs, **settled})
        running = found.outputs["status"] != client.STOPPED
        return dataclasses.replace(found, inputs={**found.inputs, "running": running})

    def change(self, id_: str, old: Props, inputs: InstanceInputs) -> Mapping[str, Any]:
        lxd, was = self.lxd(inputs.remote), self.parse(old)
        if was.name != inputs.name:
            self._rename(lxd, was, inputs)
        actual = lxd.get("instances", inputs.name, project=inputs.project)
        before = lxd.state(inputs.name, inputs.project).status
        self._reconcile(lxd, actual, inputs, was.config)
        execs = self._refill(lxd, was, inputs, started=before == client.STOPPED)
        actual = lxd.get("instances", inputs.name, project=inputs.project)
        outputs = self.outputs(lxd, actual, inputs)
        if _power.is_external(inputs.config):
            outputs |= {name: old[name] for name in _instance_view.OF_POWER if name in old}
        return {**outputs, **execs}

    def remove(self, id_: str, old: Props) -> None:
        inputs = self.parse(old)
        lxd = self.lxd(inputs.remote)
        if self.find(lxd, inputs) is None:
            return
        if not old.get(ADOPTED):
            _power.stop(lxd, inputs.name, inputs.project, force=True)
        super().remove(id_, old)
        _capacity.ledger(lxd).forget((inputs.project, inputs.name))

    # What the engine asks before.

    def changed(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
        found = super().changed(olds, news)
        return found - {"running"} if _power.is_external(news.get("config")) else found

    def same(self, name: str, old: Any, new: Any) -> bool:
        if name == "devices":
            return _devices.same(old, new)
        return _asked_execs(old) == _asked_execs(new) if name == "execs" else super().same(name, old, new)

    def objections(self, lxd: client.Lxd, news: Props) -> Iterator[tuple[str, str]]:
        yield from _fitting.objections(lxd, news)
        if not is_unknown(news.get("config", {})):
            wants = _fitting.wants(lxd, news)
            who = (str(news.get("project", "default")), str(news["name"]))
            with contextlib.suppress(client.ForbiddenError):  # a client for some projects only isn't told what the host has
                for reason in _capacity.ledger(lxd).objections(who, wants, self.remotes.cpu_overcommit):
                    yield "config", reason

    # Pieces.

    def _reconcile(self, lxd: client.Lxd, actual: client.Object, inputs: InstanceInputs, before: Mapping[str, str]) -> None:
        """Brings config, devices and profiles to what is asked, with a restart where LXD wants one and the program allows it."""
        if not self._differs(actual, inputs):
            return
        try:
            self._put(lxd, inputs, before)
        except client.RefusedError as error:
            if not lxd.state(inputs.name, inputs.project).running:
                raise
            self._allow(inputs, f"LXD won't change it while it runs ({error.body})")
            _power.stop(lxd, inputs.name, inputs.project)
            self._put(lxd, inputs, before)
            _power.start(lxd, inputs.name, inputs.project)

    def _put(self, lxd: client.Lxd, inputs: InstanceInputs, before: Mapping[str, str]) -> None:
        def changed(current: client.Object) -> Body:
            config = _config.whole(current.config, inputs.config, before, self.filled)
            devices = {**_devices.added(current.devices), **_devices.to_lxd(inputs.devices)}
            return {**_body(current), **self.editable(inputs), "devices": devices, "config": config}

        lxd.modify("instances", inputs.name, project=inputs.project, change=changed, deadline=inputs.limit("update"))

    def _rename(self, lxd: client.Lxd, was: InstanceInputs, inputs: InstanceInputs) -> None:
        if lxd.find("instances", was.name, project=inputs.project) is None:  # a rename that was interrupted
            return
        running = lxd.state(was.name, inputs.project).running
        if running:
            self._allow(was, f"it must be stopped to be renamed to {inputs.name}", inputs.allow_restart)
            _power.stop(lxd, was.name, inputs.project)
        self.intent(lxd, inputs).note()
        lxd.rename("instances", was.name, to=inputs.name, project=inputs.project)
        self.intent(lxd, was).forget()
        if running:
            _power.start(lxd, inputs.name, inputs.project)

    @staticmethod
    def _allow(inputs: InstanceInputs, why: str, allowed: bool | None = None) -> None:
        if not (inputs.allow_restart if allowed is None else allowed):
            raise ExpectedError(f"instance {inputs.name}: {why}; stop it first, or set allow_restart=True")

    def _fill(self, lxd: client.Lxd, inputs: InstanceInputs) -> dict[str, Any]:
        """Puts files into a new instance, starts it if asked, and runs its commands; returns what became of those."""
        late = inputs.type == _capacity.VM  # a VM takes files through its agent only
        if not late:
            self._push(lxd, inputs)
        if inputs.running:
            self._switch_on(lxd, inputs)
        if late:
            self._push(lxd, inputs)
        return self._run(lxd, inputs, {name: command for name, command in inputs.execs.items() if command.enabled}, {})

    def _refill(self, lxd: client.Lxd, was: InstanceInputs, inputs: InstanceInputs, *, started: bool) -> dict[str, Any]:
        """Puts changed files into an instance, sets its power, and runs the commands whose turn it is."""
        for gone in {f.target_path for f in was.files} - {f.target_path for f in inputs.files}:
            _inside.erase(lxd, inputs.name, inputs.project, gone)
        for file in inputs.files:
            if file not in was.files:
                _inside.push(lxd, inputs.name, inputs.project, file)
        started = self._set_power(lxd, inputs) and started
        due = {name: c for name, c in inputs.execs.items() if c.enabled and _due(c, was.execs.get(name), started=started)}
        return self._run(lxd, inputs, due, was.execs)

    def _set_power(self, lxd: client.Lxd, inputs: InstanceInputs) -> bool:
        """Makes the power as asked, unless it is somebody else's; True when the instance is meant to be on."""
        if _power.is_external(inputs.config):
            return False
        if inputs.running:
            self._switch_on(lxd, inputs)
        else:
            _power.stop(lxd, inputs.name, inputs.project)
        return inputs.running

    def _switch_on(self, lxd: client.Lxd, inputs: InstanceInputs) -> None:
        _power.start(lxd, inputs.name, inputs.project)
        limit = inputs.limit("create") or lxd.deadline
        _power.wait_until_of_use(lxd, inputs.name, inputs.project, inputs.wait_fors, limit=limit, poll=self.remotes.poll)

    def _push(self, lxd: client.Lxd, inputs: InstanceInputs) -> None:
        for file in inputs.files:
            _inside.push(lxd, inputs.name, inputs.project, file)

    def _run(self, lxd: client.Lxd, inputs: InstanceInputs, due: Mapping[str, Exec], past: Mapping[str, Exec]) -> dict[str, Any]:
        if not inputs.execs:
            return {}
        told = {name: _carried(command, past.get(name)) for name, command in inputs.execs.items()}
        if due and lxd.state(inputs.name, inputs.project).running:
            for name, command in sorted(due.items()):
                told[name] = _inside.run(lxd, inputs.name, inputs.project, command, told[name].run_count or 0)
        return {"execs": {name: command.model_dump(mode="json", exclude_none=True) for name, command in told.items()}}

    def _before(self, lxd: client.Lxd, actual: client.Object, inputs: InstanceInputs) -> dict[str, Any]:
        return {
            "config": {k: v for k, v in actual.config.items() if k not in self.filled},
            "devices": {name: dict(device) for name, device in actual.devices.items()},
            "profiles": list(actual.body.get("profiles") or []),
            "description": actual.description,
        }


def _body(current: client.Object) -> Body:
    """All that a PUT of an instance takes, as it is."""
    return {key: current.body.get(key) for key in client.INSTANCE_FIELDS}


def _asked_execs(execs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: {k: v for k, v in command.items() if k not in RESULTS} for name, command in execs.items()}


def _due(command: Exec, past: Exec | None, *, started: bool) -> bool:
    runs = (past.run_count if past else 0) or 0
    if command.trigger == "once":
        return runs == 0
    if command.trigger == "on_start":
        return started
    return runs == 0 or past is None or _asked(command) != _asked(past)


def _asked(command: Exec) -> dict[str, Any]:
    return command.model_dump(exclude=set(RESULTS))


def _carried(command: Exec, past: Exec | None) -> Exec:
    results = {field: getattr(past, field) for field in RESULTS} if past else {}
    return command.model_copy(update={"run_count": 0, "exit_code": 0, "stdout": "", "stderr": "", **results})


class Instance(LxdResource, module="lxd", name="Instance"):
    """An instance."""

    provider_class = InstanceProvider
    name: pulumi.Output[str]
    type: pulumi.Output[str]
    image: pulumi.Output[str | None]
    description: pulumi.Output[str]
    ephemeral: pulumi.Output[bool]
    running: pulumi.Output[bool]
    allow_restart: pulumi.Output[bool]
    profiles: pulumi.Output[list[str]]
    config: pulumi.Output[dict[str, str]]
    devices: pulumi.Output[list[dict[str, Any]]]
    files: pulumi.Output[list[dict[str, Any]]]
    execs: pulumi.Output[dict[str, Any]]
    wait_fors: pulumi.Output[list[dict[str, Any]]]
    target: pulumi.Output[str | None]
    timeouts: pulumi.Output[dict[str, Any] | None]
    project: pulumi.Output[str]
    remote: pulumi.Output[str | None]
    interfaces: pulumi.Output[dict[str, Any]]
    ipv4_address: pulumi.Output[str]
    ipv6_address: pulumi.Output[str]
    mac_address: pulumi.Output[str]
    location: pulumi.Output[str]
    status: pulumi.Output[str]
