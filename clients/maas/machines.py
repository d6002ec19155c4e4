"""Machines: enlisting, commissioning, deploying, releasing, waiting and explaining what went wrong."""

from __future__ import annotations

import base64
import binascii
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Final

from .._batch import Batch
from .._watch import Watch
from . import errors, types
from ._collection import Collection
from ._session import Session
from .storage import BlockDevice
from .types import Event, Machine, ScriptResult

_FILTERED: Final = 250
"""Up to so many ids are asked for by name; an address has its limits."""

_LAST_LINES: Final = 5


class Machines(Collection[Machine]):
    """All machines of a region, and one watcher for everybody who waits for one of them."""

    def __init__(self, session: Session, poll_seconds: float) -> None:
        """Sends nothing."""
        super().__init__(session, ("Machines", "Machine"), "machine", Machine._from_dict, key="system_id")
        self._by_id = Batch(lambda ids: {m.system_id: m for m in self._some("id", ids)})
        self._by_mac = Batch(lambda macs: {mac: m for m in self._some("mac_address", macs) for mac in m.macs})
        self._power: Batch[str, Mapping[str, Any]] = Batch(self._powers)
        self._watch: Watch[str, Machine] = Watch(self._awaited, poll_seconds, tolerate=(errors.Unreachable, errors.Unknown))

    def read(self, id_: str) -> Machine | None:
        """The machine, None when there is none; those who ask at the same time share a request."""
        return self._by_id.get(id_)

    def with_disks(self) -> list[tuple[Machine, tuple[BlockDevice, ...]]]:
        """Every machine with its disks, in one request."""
        found = self._session.call("Machines", "read", "list its machines")
        return [(Machine._from_dict(item), tuple(map(BlockDevice._from_dict, item["blockdevice_set"]))) for item in found]

    def power_state(self, system_id: str) -> str:
        """The power as the BMC tells it when asked now: "on", "off" or "unknown"; changes nothing.

        Raises:
            Unreachable: when the BMC doesn't answer, or no rack reaches it.
        """
        return str(self.act(system_id, "query_power_state")["state"])

    def by_mac(self, mac: str) -> Machine | None:
        """The machine that has a NIC with this address, None when MAAS knows none."""
        return self._by_mac.get(mac.lower())

    def by_hostname(self, hostname: str) -> Machine | None:
        """The machine of this name, None when MAAS knows none."""
        return next((m for m in self.list(hostname=hostname) if m.hostname == hostname), None)

    def by_bmc(self, power_type: str, address: str) -> Machine | None:
        """The machine whose BMC of this type has this address, None when MAAS knows none."""
        known = self._powers(frozenset())
        ids = [system_id for system_id, found in known.items() if found.get("power_address") == address]
        return next((m for m in (self.list(id=ids) if ids else []) if m.power_type == power_type), None)

    def power_parameters(self, system_id: str) -> dict[str, Any]:
        """How its BMC is spoken to, passwords included."""
        return dict(self._power.get(system_id) or {})

    def operate(self, system_id: str, action: str, done: Callable[[Machine], bool], **fields: Any) -> Machine:
        """Starts an operation that must not be started twice, e.g. commission or deploy.

        When the answer gets lost, `done` says of the machine as it is now whether the operation took effect.

        Returns:
            The machine as it was right after; MAAS answers before things have happened.
        """
        try:
            return Machine._from_dict(self.act(system_id, action, **fields))
        except errors.Unknown:
            now = self.read(system_id)
        if now is None:
            raise errors.NotFound(f"the machine {system_id} was deleted while MAAS was told to {action} it", status=404)
        return now if done(now) else Machine._from_dict(self.act(system_id, action, **fields))

    def wait(
        self,
        system_id: str,
        predicate: Callable[[Machine | None], bool],
        *,
        deadline: float,
        describe: Callable[[Machine | None], str],
        on_change: Callable[[Machine | None, Machine | None], None] | None = None,
    ) -> Machine | None:
        """Waits on the shared watcher; see `Watch.wait`."""
        return self._watch.wait(system_id, predicate, deadline=deadline, describe=describe, on_change=on_change)

    def events(self, system_id: str, limit: int = 10) -> list[Event]:
        """The newest events of a machine, oldest first."""
        said = self._session.call("Events", "query", f"list events of {system_id}", id=system_id, limit=limit, level="INFO")
        return [Event._from_dict(event) for event in reversed(said["events"])]

    def failed_scripts(self, system_id: str) -> list[ScriptResult]:
        """The scripts that failed in the newest run of each kind, with the last lines that they printed."""
        sets = self._session.call(
            "NodeScriptResults", "read", f"list the script results of {system_id}", system_id=system_id, include_output=True
        )
        newest: dict[Any, Mapping[str, Any]] = {}
        for found in sets:
            kind = found.get("type_name")
            if kind not in newest or found["id"] > newest[kind]["id"]:
                newest[kind] = found
        results = [result for found in newest.values() for result in found.get("results", ())]
        return [_with_output(result) for result in results if _failed(result)]

    def explain(self, system_id: str) -> str:
        """What MAAS knows of a failure, for an error: the last events and the last lines of failed scripts, one to a line."""
        lines: list[str] = []
        try:
            lines += [f"  {e.created} {e.type}{': ' + e.description if e.description else ''}" for e in self.events(system_id)]
            for script in self.failed_scripts(system_id):
                ended = "" if script.exit_status is None else f", exit status {script.exit_status}"
                lines.append(f"  script {script.name}: {script.status_name}{ended}")
                lines += [f"    {line}" for line in script.output.splitlines()[-_LAST_LINES:]]
        except errors.MaasError as error:  # the failure itself matters more than that it can't be explained
            lines.append(f"  (MAAS could not say more: {error})")
        return "\n".join(lines)

    def _awaited(self) -> dict[str, Machine]:
        return {machine.system_id: machine for machine in self._some("id", self._watch.waiting())}

    def _some(self, field: str, values: frozenset[str]) -> list[Machine]:
        return self.list(**{field: sorted(values)}) if len(values) <= _FILTERED else self.list()

    def _powers(self, ids: frozenset[str]) -> Mapping[str, Mapping[str, Any]]:
        asked = {"id": sorted(ids)} if 0 < len(ids) <= _FILTERED else {}
        found: Mapping[str, Mapping[str, Any]] = self._session.call(
            "Machines", "power_parameters", "list power parameters", **asked
        )
        return found


def _failed(result: Mapping[str, Any]) -> bool:
    return str(result.get("status_name", "")).lower() in {"failed", "timed out", "failed installing dependencies", "degraded"}


def _with_output(result: Mapping[str, Any]) -> ScriptResult:
    """The script's own words: what it printed, else its errors; MAAS sends them in base64."""
    parsed = types.ScriptResult._from_dict(result)
    for name in ("stderr", "output", "combined", "stdout"):
        text = _decoded(result.get(name))
        if text:
            return dataclasses.replace(parsed, output=text)
    return parsed


def _decoded(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    try:
        return base64.b64decode(value, validate=True).decode("utf-8", "replace").strip()
    except (ValueError, binascii.Error):
        return value.strip()
