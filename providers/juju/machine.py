"""A machine or a container of a model.

Owns: that there is one, its constraints and where it comes from. Does not own: the install of its system, which Juju asks the
cloud for; `Settled` waits for that, or `wait=True` does.
"""

from __future__ import annotations

import collections
import re
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
import pydantic

from clients import juju
from clients.juju import naming

from .._base import ExpectedError, Found, Made, Props, Resource, is_unknown
from . import _values
from ._cloud_side import BY_HAND, instance_is_gone
from ._common import MARK, InModel, InModelProvider, unsaid

GONE = "gone"
"""The status of a machine that Juju has and the cloud no longer: it needs replacing."""

_BY_HAND_SECONDS = 1800.0
"""Seconds that the install of Juju's agent over SSH may take."""

_locks: dict[str, threading.Lock] = collections.defaultdict(threading.Lock)
"""One a model: a machine gets its name right after it is added, and until then looks like nobody's."""


class MachineInputs(InModel):
    """A machine, or with `parent` a container on one.

    Attributes:
        name: what the program calls it, kept as an annotation.
        placement: what the cloud understands, such as `system-id=abc123` or `zone=az1`.
        ssh: `user@address` of a machine that no cloud is asked for: it runs already, and stays when it is removed here.
        ssh_key: path of the private key to log in with; None is the `juju` command's own choice.
        wait: whether to wait until it is running.
    """

    name: str
    base: _values.Base | None = None
    constraints: _values.Constraints = pydantic.Field(default_factory=dict)
    placement: str | None = None
    parent: str | None = None
    container_type: str | None = None
    ssh: str | None = None
    ssh_key: str | None = None
    annotations: dict[str, str] = pydantic.Field(default_factory=dict)
    wait: bool = False


class MachineProvider(InModelProvider[MachineInputs]):
    """Machines by the name in their annotation."""

    inputs = MachineInputs
    computed = ("machine_id", "instance_id", "hostname", "addresses", "status")
    replace_on = frozenset({"model", "base", "constraints", "placement", "parent", "container_type", "ssh", "status"})

    def refusals(self, news: Props) -> Iterator[tuple[str, str]]:
        if bool(news.get("parent")) != bool(news.get("container_type")):
            yield "container_type", 'parent and container_type go together: parent="0", container_type="lxd"'
        if news.get("parent") and news.get("placement"):
            yield "placement", "a container is placed by its parent"
        if news.get("ssh"):
            yield from _ssh_refusals(news)

    def make(self, inputs: MachineInputs) -> Made:
        model = self.model(inputs)
        if inputs.ssh:
            id_ = self._by_hand(model, inputs, inputs.ssh)
            model.annotate(naming.machine_tag(id_), {**inputs.annotations, MARK: inputs.name})
        else:
            with _locks[inputs.model]:
                id_ = self._found_or_added(model, inputs)
                model.annotate(naming.machine_tag(id_), {**inputs.annotations, MARK: inputs.name})
        if inputs.wait:
            self._await_running(model, id_, inputs.name)
        outputs = _outputs(model.status().machines.get(id_))
        return Made(id=id_, outputs={**outputs, "machine_id": id_})

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        machine = model.glance().machines.get(id_)
        if machine is None or machine.agent.life or machine.instance.life:
            return None
        outputs = _outputs(machine)
        if machine.agent.current == "down" and instance_is_gone(self, machine):
            outputs["status"] = GONE
        asked = old.get("constraints") or {}
        seen = _values.constraints_from(machine.constraints)
        tag = naming.machine_tag(id_)
        notes = model.annotations(tag).get(tag, {})
        inputs = {
            "name": notes.get(MARK) or old["name"],
            "base": machine.base,
            # Juju adds the model's constraints to a machine's own
            "constraints": {k: seen[k] for k in asked if k in seen} if machine.constraints else dict(asked),
            "annotations": {k: v for k, v in notes.items() if k in (old.get("annotations") or {})},
        }
        return Found(inputs=inputs, outputs=outputs)

    def change(self, id_: str, old: Props, inputs: MachineInputs) -> Mapping[str, Any]:
        dropped = dict.fromkeys((old.get("annotations") or {}).keys() - inputs.annotations.keys(), "")
        self.model(inputs).annotate(naming.machine_tag(id_), {**dropped, **inputs.annotations, MARK: inputs.name})
        return {}

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        self.own("machine", old, old["name"]).forget()
        if id_ not in model.status().machines:
            return  # Juju takes a machine away with its last unit
        lost = old.get("status") == GONE
        model.machines.destroy(id_, force=lost)
        self.until_gone(
            model,
            lambda s: _left(s, id_),
            f"machine {id_} ({old['name']})",
            lambda: model.machines.destroy(id_, force=True),
            machine=id_,
        )

    def changed(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
        """A machine whose instance is gone needs another."""
        found = super().changed(olds, news) - unsaid(self.inputs, olds, news) - {"ssh_key"}  # how it was reached, not what it is
        return found | {"status"} if olds.get("status") == GONE else found

    def _found_or_added(self, model: juju.Model, inputs: MachineInputs) -> str:
        intent = self.own("machine", inputs.model_dump(), inputs.name)
        status = model.status()
        alive = {m.id: m for m in status.machines.values() if not (m.agent.life or m.instance.life)}
        alive = {id_: m for id_, m in alive.items() if not m.instance_id.startswith(BY_HAND)}
        names = {id_: notes.get(MARK) for id_, notes in _annotations(model, alive).items()}
        noted = intent.recall()
        for id_, name in names.items():
            if name == inputs.name:
                self._refuse_other(alive[id_], inputs)
                return id_
        if noted is not None:  # added by an interrupted run that didn't come to name it
            nameless = [i for i, name in names.items() if name is None and i not in noted.get("others", [])]
            if nameless and alive[nameless[0]].parent == inputs.parent:
                return nameless[0]
        intent.note(others=list(status.machines))
        return self._add(model, inputs)

    def _add(self, model: juju.Model, inputs: MachineInputs) -> str:
        if inputs.parent and inputs.container_type:
            return model.machines.add_container(
                parent=inputs.parent, container_type=inputs.container_type, base=inputs.base, constraints=inputs.constraints
            )
        return model.machines.add(base=inputs.base, constraints=inputs.constraints, placement=inputs.placement)

    def _by_hand(self, model: juju.Model, inputs: MachineInputs, host: str) -> str:
        """The machine at an address, which is its natural key; added over SSH when the model doesn't have it yet."""
        instance = f"{BY_HAND}{host.rpartition('@')[2]}"
        alive = {m.id: m for m in model.status().machines.values() if not (m.agent.life or m.instance.life)}
        there = next((m.id for m in alive.values() if m.instance_id == instance), None)
        if there is None:
            command = juju.Juju(str(self.settings().get("binary", "juju")), self.folder())
            controller = inputs.controller or str(self.settings()["controller"])
            seconds = min(self.timeout(), _BY_HAND_SECONDS)
            return command.add_machine(controller, inputs.model, host, key=inputs.ssh_key, seconds=seconds)
        name = _annotations(model, {there: None})[there].get(MARK)
        if name not in (None, inputs.name):
            raise ExpectedError(f"the machine at {host} is machine {there} of the model already, called {name!r}: use that one")
        return there

    def _refuse_other(self, machine: juju.Machine, inputs: MachineInputs) -> None:
        """A machine by our name that is not as asked, in what can't be changed."""
        asked = {"base": inputs.base, "parent": inputs.parent}
        there = {"base": machine.base, "parent": machine.parent}
        for what, wanted in asked.items():
            if wanted is not None and there[what] not in (None, wanted):
                raise ExpectedError(
                    f"machine {machine.id} is called {inputs.name!r} already, but its {what} is {there[what]!r}, not {wanted!r}: "
                    f"remove it with `juju remove-machine {machine.id}`, or give this one another name"
                )

    def _await_running(self, model: juju.Model, id_: str, name: str) -> None:
        def running(status: juju.Status) -> bool:
            machine = status.machines.get(id_)
            if machine is not None and machine.instance.current in ("provisioning error", "error"):
                raise ExpectedError(f"machine {id_} ({name}) can't be provisioned: {machine.instance.message}")
            return machine is not None and machine.agent.current == "started" and bool(machine.instance_id)

        def describe(status: juju.Status | None) -> str:
            machine = status.machines.get(id_) if status else None
            state = f"{machine.instance.current} ({machine.instance.message})" if machine else "not there"
            return f"machine {id_} ({name}) to run; it is {state}"

        model.wait(running, seconds=self.timeout(), describe=describe)


class Machine(Resource, module="juju", name="Machine"):
    """A machine or a container of a model."""

    provider_class = MachineProvider

    name: pulumi.Output[str]
    machine_id: pulumi.Output[str]
    instance_id: pulumi.Output[str]
    hostname: pulumi.Output[str]
    addresses: pulumi.Output[list[str]]
    status: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        name: pulumi.Input[str],
        controller: pulumi.Input[str] | None = None,
        base: pulumi.Input[str] | None = None,
        constraints: pulumi.Input[Mapping[str, Any]] | None = None,
        placement: pulumi.Input[str] | None = None,
        parent: pulumi.Input[str] | None = None,
        container_type: pulumi.Input[str] | None = None,
        ssh: pulumi.Input[str] | None = None,
        ssh_key: pulumi.Input[str] | None = None,
        annotations: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        wait: pulumi.Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "controller": controller,
            "model": model,
            "name": name,
            "base": base,
            "constraints": constraints,
            "placement": placement,
            "parent": parent,
            "container_type": container_type,
            "ssh": ssh,
            "ssh_key": ssh_key,
            "annotations": annotations,
            "wait": wait,
        }
        super().__init__(resource_name, props, opts)


def _ssh_refusals(news: Props) -> Iterator[tuple[str, str]]:
    for name in ("placement", "parent", "constraints", "base"):
        if news.get(name):
            yield name, "is not to be chosen for a machine that is there already: ssh says which one it is"
    host = news["ssh"]
    if not is_unknown(host) and not re.fullmatch(r"[^@\s]+@[^@\s]+", str(host)):
        yield "ssh", f"is written user@address, such as ubuntu@10.20.0.31, not {host!r}"


def _annotations(model: juju.Model, ids: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    tags = {naming.machine_tag(id_): id_ for id_ in ids}
    found = model.annotations(*tags)
    return {id_: found.get(tag, {}) for tag, id_ in tags.items()}


def _outputs(machine: juju.Machine | None) -> dict[str, Any]:
    if machine is None:
        return {"instance_id": "", "hostname": "", "addresses": [], "status": "pending"}
    failed = machine.instance.current if machine.instance.current in ("provisioning error", "error") else ""
    return {
        "instance_id": machine.instance_id,
        "hostname": machine.hostname,
        "addresses": list(machine.addresses),
        "status": failed or machine.agent.current or "pending",
    }


def _left(status: juju.Status, id_: str) -> str | None:
    machine = status.machines.get(id_)
    if machine is None:
        return None
    units = ", ".join(f"{u.name} ({u.workload.current}: {u.workload.message})" for u in status.units_on(id_))
    containers = ", ".join(c.id for c in status.containers_of(id_))
    held = "; ".join(filter(None, [units and f"units on it: {units}", containers and f"containers on it: {containers}"]))
    return f"machine {id_} to go; {held or f'it is {machine.agent.life or machine.agent.current}'}"
