"""Talks to a simulated region as an operator's own script would: python-libmaas's low level, nothing of ours."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from maas.client import bones

from simulator.testing import Rack


class Region:
    """Calls `Handler.action` of a rack's region: `region("Machine", "read", system_id="abc123")`."""

    def __init__(self, rack: Rack, key: str | None = None) -> None:
        self.rack = rack
        endpoint = rack.endpoints["maas"]
        self._loop = asyncio.new_event_loop()
        self.session = self._loop.run_until_complete(self._connect(endpoint["url"], key or endpoint["api_key"]))

    def __call__(self, handler: str, action: str, **fields: Any) -> Any:
        """Calls an action; bones.CallError when it is refused."""
        return self._loop.run_until_complete(self._call(handler, action, fields))

    @staticmethod
    async def _connect(url: str, key: str) -> Any:
        return (await bones.SessionAPI.connect(url, apikey=key))[1]

    async def _call(self, handler: str, action: str, fields: dict[str, Any]) -> Any:
        return await getattr(getattr(self.session, handler), action)(**fields)

    def close(self) -> None:
        """Ends the loop."""
        self._loop.close()

    def serve_dhcp(self, cidr: str = "10.20.0.0/24") -> None:
        """Switches DHCP on for the network of a subnet, with a range from .100 to .199."""
        subnet = next(each for each in self("Subnets", "read") if each["cidr"] == cidr)
        start = cidr.rpartition(".")[0]
        self("IPRanges", "create", type="dynamic", start_ip=f"{start}.100", end_ip=f"{start}.199")
        rack = self("RackControllers", "read")[0]["system_id"]
        vlan = subnet["vlan"]
        self("Vlan", "update", fabric_id=vlan["fabric_id"], vid="0", dhcp_on="true", primary_rack=rack)

    def enlist(self, number: int = 1, **fields: Any) -> Any:
        """Makes the guide's worker of this number, commissioning it unless told otherwise."""
        given = {
            "architecture": "amd64/generic",
            "mac_addresses": f"52:54:00:01:0{number}:01",
            "hostname": f"worker-{number}",
            "power_type": "ipmi",
            "power_parameters_power_address": f"10.10.0.1{number}",
            "power_parameters_power_user": "maas",
            "power_parameters_power_pass": f"bmc-secret-{number}",
        }
        return self("Machines", "create", **given | fields)

    def machine(self, system_id: str) -> Any:
        """Reads a machine."""
        return self("Machine", "read", system_id=system_id)

    def until(self, system_id: str, *states: str, seconds: float = 7200.0) -> Any:
        """Lets virtual time pass until a machine is in one of these states."""
        deadline = time.monotonic() + 60
        while (found := self.machine(system_id))["status_name"] not in states:
            assert seconds > 0, f"{found['hostname']} is {found['status_name']} ({found['status_message']}), not {states}"
            assert time.monotonic() < deadline
            self.rack.advance(30)
            seconds -= 30
        return found

    def events(self, system_id: str) -> list[tuple[str, str]]:
        """Types and descriptions of what happened to a machine, oldest first."""
        found = self("Events", "query", id=system_id, level="INFO", limit="100")["events"]
        return [(each["type"], each["description"]) for each in reversed(found)]
