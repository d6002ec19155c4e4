"""Machines: enlisted with their BMC, or taken over as MAAS discovered them, commissioned and tested until Ready.

Owns a machine's identity, power, place (domain, zone, pool), the tags named here and its commissioning. Does not own its NICs,
disks and operating system (`NetworkInterface`, `StorageLayout`, `Deployment`, or Juju's machines), nor other people's tags.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
from pulumi import dynamic

from clients import maas
from clients.maas import errors

from .. import _base
from .._intents import Intent
from . import _lifecycle, _power
from ._machine_inputs import COMMISSIONING, FIELDS, SCRIPTS, MachineInputs
from ._progress import Progress
from ._region import RegionProvider

_ENLISTED_MEANWHILE = "already in use"
_KEYS = ("take_over", "mac_address", "power_type", "power_parameters", "hostname")
"""The inputs that a machine is found by, and its name."""


class MachineProvider(RegionProvider[MachineInputs]):
    """Machines by MAC address, system id or BMC."""

    inputs = MachineInputs
    computed = ("system_id", "fqdn", "status", "addresses", "power_state", "memory", "cpu_count", "adopted", "before")
    secret = frozenset({"power_parameters", "before"})
    replace_on = frozenset({"mac_address", "take_over"})

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        kind, parameters = news.get("power_type"), news.get("power_parameters", {})
        if not _base.is_unknown([kind, parameters]):
            yield from _power.refusals(str(kind), parameters)
        if "mac_address" not in news and "take_over" not in news and kind != "ipmi":
            yield "mac_address", f"a machine with power type {kind} is told from others by its PXE NIC's MAC address only"

    def check(self, olds: _base.Props, news: _base.Props) -> dynamic.CheckResult:
        """Says at the preview that a machine is in use under another name; a MAAS that doesn't answer is asked again later."""
        result = super().check(olds, news)
        if olds or result.failures or _base.is_unknown([result.inputs.get(name) for name in _KEYS]):
            return result
        inputs = self.parse({name: value for name, value in result.inputs.items() if not _base.is_unknown(value)})
        with contextlib.suppress(errors.MaasError):
            found = _find(self.region(), inputs)
            if found is not None and (reason := _in_use(found, inputs)):
                result.failures.append(dynamic.CheckFailure("hostname", reason))
        return result

    def make(self, inputs: MachineInputs) -> _base.Made:
        region = self.region()
        intent = Intent(region.session.url, "machine", _key(inputs))
        machine = _find(region, inputs)
        if machine is None:
            machine, adopted, before = self._enlist(region, inputs, intent)
        else:
            machine, adopted, before = self._take(region, inputs, machine, intent)
        _tag(region, machine, add=inputs.tags or ())
        machine = self._commissioned(region, machine, inputs)
        return _base.Made(id=machine.system_id, outputs={**_outputs(machine), "adopted": adopted, "before": before})

    def fetch(self, id_: str, old: _base.Props) -> _base.Found | None:
        region = self.region()
        machine = region.machines.read(id_)
        if machine is None:
            Intent(region.session.url, "machine", _key(self.parse(old))).forget()
            return None
        seen = _seen(machine, old)
        asked = old.get("power_parameters")
        if asked is not None and machine.power_type == old.get("power_type"):
            seen["power_parameters"] = _power.managed(region.machines.power_parameters(id_), asked)
        return _base.Found(inputs=seen, outputs=_outputs(machine))

    def change(self, id_: str, old: _base.Props, inputs: MachineInputs) -> Mapping[str, Any]:
        region = self.region()
        machine = region.machines.read(id_)
        if machine is None:
            raise self.gone(f"machine {id_}")
        before = dict(old.get("before") or {})
        wanted = {**self._given_up(old, inputs, before), **_wanted(inputs)}
        seen = _seen(machine, old)
        if old.get("adopted"):
            before = {**{k: old.get(k, seen.get(k)) or "" for k in wanted}, **before}
        machine = self._fitted(region, machine, wanted, inputs, old.get("power_parameters") or {})
        gone = set(old.get("tags") or ()) - set(inputs.tags or ()) - set(before.get("tags") or ())
        _tag(region, machine, add=inputs.tags or (), remove=sorted(gone))
        machine = self._commissioned(region, machine, inputs, again=self._other_scripts(old, inputs))
        return {**_outputs(machine), "before": before}

    def remove(self, id_: str, old: _base.Props) -> None:
        region = self.region()
        inputs, machine = self.parse(old), region.machines.read(id_)
        if machine is not None:
            keep = old.get("adopted") if inputs.keep_on_destroy is None else inputs.keep_on_destroy
            give_back = self._put_back if keep else self._forget
            give_back(region, machine, old)
        Intent(region.session.url, "machine", _key(inputs)).forget()

    # How a machine comes to us.

    def _enlist(self, region: maas.Maas, inputs: MachineInputs, intent: Intent) -> tuple[maas.Machine, bool, dict[str, Any]]:
        """A machine that MAAS doesn't know; commissioning is a call of its own, so that a slow one can't hide the system id."""
        if inputs.mac_address is None and inputs.power_type != "ipmi":
            raise _base.ExpectedError(
                f"MAAS has no machine {inputs.take_over} to take over, and without a MAC address none can be enlisted"
            )
        intent.note(adopted=False, before={})
        fields = {**_wanted(inputs), **_power_fields(inputs), "commission": False}
        if inputs.mac_address is not None:
            fields["mac_addresses"] = inputs.mac_address
        try:
            machine = region.machines.create(_key(inputs), lambda: _find(region, inputs), **fields)
        except errors.Refused as refused:
            intent.forget()
            found = _find(region, inputs) if _ENLISTED_MEANWHILE in refused.body else None
            if found is None:
                raise
            return self._take(region, inputs, found, intent)
        return machine, False, {}

    def _take(
        self, region: maas.Maas, inputs: MachineInputs, machine: maas.Machine, intent: Intent
    ) -> tuple[maas.Machine, bool, dict[str, Any]]:
        """A machine that MAAS has: one that it discovered, or that an interrupted run of ours enlisted."""
        if reason := _in_use(machine, inputs):
            raise _base.ExpectedError(reason)
        seen, wanted = _seen(machine, inputs.model_dump()), _wanted(inputs)
        noted = intent.recall() or {"adopted": True, "before": {}}
        found = {k: seen.get(k) or "" for k, v in wanted.items() if seen.get(k) != v}
        before = {"tags": seen.get("tags") or [], **found, **noted["before"]} if noted["adopted"] else {}
        intent.note(adopted=noted["adopted"], before=before)
        if noted["adopted"]:  # into the state, where it is encrypted; never into the note
            before = {**before, "power_type": machine.power_type}
            before["power_parameters"] = region.machines.power_parameters(machine.system_id)
        return self._fitted(region, machine, wanted, inputs, {}), bool(noted["adopted"]), before

    # How it becomes what is asked.

    def _fitted(
        self,
        region: maas.Maas,
        machine: maas.Machine,
        wanted: Mapping[str, Any],
        inputs: MachineInputs,
        old_power: Mapping[str, Any],
    ) -> maas.Machine:
        """Changes what differs, in one request or none."""
        seen = _seen(machine, {})
        news = {k: v for k, v in wanted.items() if (seen.get(k) or "") != v}
        current = region.machines.power_parameters(machine.system_id)
        asked = {**dict.fromkeys(old_power, ""), **(inputs.power_parameters or {})}
        if machine.power_type != inputs.power_type or _power.managed(current, asked) != asked:
            news.update(_power_fields(inputs))
            news["power_parameters"] = asked if machine.power_type == inputs.power_type else inputs.power_parameters or {}
        return region.machines.update(machine.system_id, **news) if news else machine

    def _commissioned(
        self, region: maas.Maas, machine: maas.Machine, inputs: MachineInputs, *, again: bool = False
    ) -> maas.Machine:
        progress = Progress(machine.hostname)
        if not inputs.commission:
            return machine
        terms = _lifecycle.Terms(
            options=_options(inputs), retries=inputs.retries, deadline=inputs.timeout_seconds or self.patience()
        )
        if again and machine.status == maas.Status.READY:
            machine = _lifecycle.start(region, machine, terms, progress)
        elif again and machine.status not in _lifecycle.UNFIT:
            progress.say(f"is {machine.status_name}: the other scripts run when it is next commissioned")
        return _lifecycle.commission(region, machine, terms, progress)

    def _other_scripts(self, old: _base.Props, inputs: MachineInputs) -> bool:
        news = inputs.model_dump(mode="json", include=set(SCRIPTS))
        return any(old.get(name) != news[name] for name in SCRIPTS if old.get(name) or news[name])

    def _given_up(self, old: _base.Props, inputs: MachineInputs, before: dict[str, Any]) -> dict[str, Any]:
        """What the program no longer says goes back to what it was before us, or to MAAS's default."""
        gone = [k for k in FIELDS if k in old and getattr(inputs, k) is None and k != "hostname"]
        back = {k: before.pop(k) if k in before else FIELDS[k] for k in gone}
        return {k: v for k, v in back.items() if v is not None}

    # How it leaves us.

    def _put_back(self, region: maas.Maas, machine: maas.Machine, old: _base.Props) -> None:
        before, progress = old.get("before") or {}, Progress(machine.hostname)
        left = _lifecycle.settle(region, machine, self.patience(), progress)
        if left is None:
            return
        fields = {k: v for k, v in before.items() if k in FIELDS}
        if before.get("power_type"):
            fields |= {"power_type": before["power_type"], "power_parameters": before.get("power_parameters") or {}}
            fields["power_parameters_skip_check"] = True
        if fields:
            region.machines.update(machine.system_id, **fields)
        _tag(region, left, remove=sorted(set(old.get("tags") or ()) - set(before.get("tags") or ())))

    def _forget(self, region: maas.Maas, machine: maas.Machine, old: _base.Props) -> None:
        progress = Progress(machine.hostname)
        if machine.status in _lifecycle.UNDER_WAY:
            region.machines.operate(machine.system_id, "abort", lambda m: m.status not in _lifecycle.UNDER_WAY)
        left = _lifecycle.release(region, machine, self.patience(), progress)
        if left is not None:
            _lifecycle.switch_off(region, left, progress)
            region.machines.delete(machine.system_id)


class Machine(_base.Resource, module="maas", name="Machine"):
    """A machine of MAAS, Ready (or further) when it is there."""

    provider_class = MachineProvider
    hostname: pulumi.Output[str | None]
    mac_address: pulumi.Output[str | None]
    tags: pulumi.Output[list[str] | None]
    system_id: pulumi.Output[str]
    """What MAAS calls it; also the resource's id."""
    fqdn: pulumi.Output[str]
    status: pulumi.Output[str]
    """MAAS's word for where it stands, as of the last refresh."""
    addresses: pulumi.Output[list[str]]
    power_state: pulumi.Output[str]
    memory: pulumi.Output[int]
    """MiB, as commissioning found it."""
    cpu_count: pulumi.Output[int]
    adopted: pulumi.Output[bool]
    """Whether MAAS knew it before this program; such a machine is left in MAAS on destroy."""

    def __init__(
        self,
        resource_name: str,
        *,
        power_type: pulumi.Input[str],
        power_parameters: pulumi.Input[Mapping[str, Any]] | None = None,
        mac_address: pulumi.Input[str] | None = None,
        hostname: pulumi.Input[str] | None = None,
        take_over: pulumi.Input[str] | None = None,
        architecture: pulumi.Input[str] = "amd64/generic",
        min_hwe_kernel: pulumi.Input[str] | None = None,
        domain: pulumi.Input[str] | None = None,
        zone: pulumi.Input[str] | None = None,
        pool: pulumi.Input[str] | None = None,
        description: pulumi.Input[str] | None = None,
        tags: pulumi.Input[list[str]] | None = None,
        commission: pulumi.Input[bool] = True,
        commissioning_scripts: pulumi.Input[list[str]] | None = None,
        testing_scripts: pulumi.Input[list[str]] | None = None,
        script_parameters: pulumi.Input[Mapping[str, str]] | None = None,
        skip_bmc_config: pulumi.Input[bool] | None = None,
        skip_networking: pulumi.Input[bool] | None = None,
        skip_storage: pulumi.Input[bool] | None = None,
        enable_ssh: pulumi.Input[bool] | None = None,
        retries: pulumi.Input[int] = 0,
        timeout_seconds: pulumi.Input[float] | None = None,
        keep_on_destroy: pulumi.Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in MachineInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _key(inputs: MachineInputs) -> str:
    return inputs.take_over or inputs.mac_address or str((inputs.power_parameters or {}).get("power_address"))


def _find(region: maas.Maas, inputs: MachineInputs) -> maas.Machine | None:
    if inputs.take_over is not None:
        return region.machines.read(inputs.take_over)
    if inputs.mac_address is not None:
        return region.machines.by_mac(inputs.mac_address)
    return region.machines.by_bmc(inputs.power_type, str((inputs.power_parameters or {}).get("power_address")))


def _in_use(machine: maas.Machine, inputs: MachineInputs) -> str:
    """Why a machine can't be taken under the name that is asked for; empty when it can."""
    if machine.status not in _lifecycle.TAKEN or inputs.hostname in (None, machine.hostname):
        return ""
    return (
        f"{inputs.hostname} is to be the machine with {_key(inputs)}, which MAAS has as {machine.hostname}, "
        f"{machine.status_name}: a machine in use keeps its name. Take {machine.hostname} out first, "
        f"and add {inputs.hostname} when it is Ready again"
    )


def _wanted(inputs: MachineInputs) -> dict[str, Any]:
    return {k: getattr(inputs, k) for k in FIELDS if getattr(inputs, k) is not None}


def _power_fields(inputs: MachineInputs) -> dict[str, Any]:
    return {"power_type": inputs.power_type, "power_parameters": inputs.power_parameters or {}}


def _options(inputs: MachineInputs) -> dict[str, Any]:
    """Fields of MAAS's commission call."""
    asked = {name: getattr(inputs, name) for name in COMMISSIONING}
    options = {k: ",".join(v) if isinstance(v, list) else v for k, v in asked.items() if v is not None}
    return {**options, **(inputs.script_parameters or {})}


def _seen(machine: maas.Machine, old: Mapping[str, Any]) -> dict[str, Any]:
    """The machine under the names of the inputs; of its tags those that the program knows of."""
    mac = old.get("mac_address")
    fields: dict[str, Any] = {name: getattr(machine, name) or None for name in FIELDS}
    return {
        **fields,
        "mac_address": mac if mac in machine.macs else machine.boot_mac,
        "power_type": machine.power_type,
        "tags": sorted(set(old.get("tags") or ()) & set(machine.tags)),
        "commission": bool(old.get("commission", True)) and machine.status not in _lifecycle.UNFIT,
    }


def _outputs(machine: maas.Machine) -> dict[str, Any]:
    return {
        "system_id": machine.system_id,
        "fqdn": machine.fqdn,
        "status": machine.status_name,
        "addresses": list(machine.addresses),
        "power_state": machine.power_state,
        "memory": machine.memory,
        "cpu_count": machine.cpu_count,
    }


def _tag(region: maas.Maas, machine: maas.Machine, *, add: Any = (), remove: Any = ()) -> None:
    """Puts on what is missing and takes off what is there; other tags are not our business."""
    for name in sorted(set(add) - set(machine.tags)):
        try:
            region.tag_machines(name, add=(machine.system_id,))
        except errors.NotFound:
            raise _base.ExpectedError(
                f"{machine.hostname} is to have the tag {name}, which MAAS doesn't have: declare a maas.Tag"
            ) from None
    for name in sorted(set(remove) & set(machine.tags)):
        region.tag_machines(name, remove=(machine.system_id,))
