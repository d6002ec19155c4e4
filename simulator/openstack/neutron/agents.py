"""OVN's agents: two for each chassis, judged when somebody asks.

A chassis that answers is alive. One that doesn't is called dead when it has been silent for half of agent_down_time since
it was first asked in vain. An agent that was deleted comes back when its ovn-controller registers anew.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from multidict import MultiMapping

from ..facts import Chassis
from . import query
from .caller import Caller
from .errors import Refused, bad_resource, disallowed
from .site import bridge_mappings

if TYPE_CHECKING:
    from .plant import Plant

SILENCE_SECONDS = 37.5
REGISTER_SECONDS = 60.0
"""Until an ovn-controller that runs has noticed that its chassis is gone from the southbound database."""
CONTROLLER, GATEWAY, METADATA = "OVN Controller agent", "OVN Controller Gateway agent", "OVN Metadata agent"


class Agents:
    """The agents, as the chassis are.

    Args:
        plant: all of Neutron.
    """

    fields: ClassVar[frozenset[str]] = frozenset(
        {"agent_type", "id", "binary", "host", "topic", "alive", "admin_state_up", "availability_zone"}
        | {"configurations", "description", "heartbeat_timestamp"}
    )

    def __init__(self, plant: Plant) -> None:
        self._plant = plant

    def index(self, wanted: MultiMapping[str], caller: Caller) -> dict[str, Any]:
        """The agents that the query wants; those who aren't administrators see none."""
        query.check(wanted, self.fields)
        found = self._all() if caller.is_admin else []
        rows = query.ordered(query.matching(found, wanted), wanted)
        return {"agents": [query.picked(row, wanted) for row in rows]}

    def show(self, key: str, caller: Caller) -> dict[str, Any]:
        """One agent."""
        return {"agent": self._find(key, caller)}

    def update(self, key: str, values: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """Sets a description; OVN's agents can't be switched off."""
        if not caller.is_admin:
            raise disallowed("update_agent")
        row = self._find(key, caller)
        if set(values) - {"description"}:
            raise bad_resource("agent", "OVN agent status cannot be updated")
        self._descriptions[key] = {"text": values["description"]}
        return {"agent": {**row, **values}}

    def delete(self, key: str, caller: Caller) -> None:
        """Takes an agent's chassis, or its metadata agent, out of the southbound database."""
        if not caller.is_admin:
            raise disallowed("delete_agent")
        self._find(key, caller)
        self._gone[key] = {"at": self._plant.store.now()}

    @property
    def _pings(self) -> dict[str, dict[str, Any]]:
        return self._plant.store.table("agent_pings")

    @property
    def _gone(self) -> dict[str, dict[str, Any]]:
        return self._plant.store.table("agents_gone")

    @property
    def _descriptions(self) -> dict[str, dict[str, Any]]:
        return self._plant.store.table("agent_descriptions")

    def _find(self, key: str, caller: Caller) -> dict[str, Any]:
        found = next((row for row in self._all() if row["id"] == key), None) if caller.is_admin else None
        if found is None:
            raise Refused(404, "AgentNotFound", f"Agent {key} could not be found.")
        return found

    def _all(self) -> list[dict[str, Any]]:
        rows = []
        for chassis in self._chassis():
            self._ping(chassis)
            self._register(chassis)
            rows += [row for row in self._of(chassis) if row["id"] not in self._gone]
        return rows

    def _chassis(self) -> list[Chassis]:
        """The chassis in the southbound database.

        One whose unit was removed orderly took itself out; one that was down when it was last looked at stays, dead, until
        somebody deletes its agents.
        """
        known, listed = self._plant.store.table("chassis"), {one.name: one for one in self._plant.site.chassis()}
        known.update({name: dataclasses.asdict(one) for name, one in listed.items()})
        for name in [name for name, row in known.items() if name not in listed and row["up"]]:
            del known[name]
        return [Chassis(**{**row, "mappings": tuple(row["mappings"])}) for row in known.values()]

    def _register(self, chassis: Chassis) -> None:
        """A chassis that is up puts itself, and its metadata agent, into the database again."""
        for key in (chassis.name, _metadata(chassis)):
            gone = self._gone.get(key)
            if gone and chassis.up and self._plant.store.now() - gone["at"] >= REGISTER_SECONDS:
                del self._gone[key]

    def _ping(self, chassis: Chassis) -> None:
        now, ping = self._plant.store.now(), self._pings.setdefault(chassis.name, {})
        if chassis.up:
            ping.clear()
            ping["heard"] = now
        else:
            ping.setdefault("heard", now)
            ping.setdefault("asked", now)

    def _of(self, chassis: Chassis) -> list[dict[str, Any]]:
        ping = self._pings[chassis.name]
        alive = chassis.up or self._plant.store.now() - ping["asked"] <= SILENCE_SECONDS
        heard = datetime.datetime.fromtimestamp(int(ping["heard"]), datetime.UTC).strftime("%Y-%m-%d %H:%M:%S")
        shown = {
            "host": chassis.hostname,
            "heartbeat_timestamp": heard,
            "availability_zone": "",
            "topic": "n/a",
            "configurations": {"chassis_name": chassis.name, "bridge-mappings": bridge_mappings(chassis)},
            "admin_state_up": True,
        }
        known = alive and chassis.name not in self._gone
        kind = GATEWAY if chassis.gateway else CONTROLLER
        controller: dict[str, Any] = {**shown, "binary": "ovn-controller", "agent_type": kind, "id": chassis.name, "alive": alive}
        beside: dict[str, Any] = {
            **shown,
            "binary": "neutron-ovn-metadata-agent",
            "agent_type": METADATA,
            "id": _metadata(chassis),
            "alive": known,
        }
        described = self._descriptions
        return [{**row, "description": described.get(row["id"], {}).get("text", "")} for row in (controller, beside)]


def _metadata(chassis: Chassis) -> str:
    """The id of a chassis' metadata agent."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, chassis.name))
