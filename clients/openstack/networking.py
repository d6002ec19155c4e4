"""What Neutron does beyond keeping fields: interfaces of routers, quiet agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import types
from .errors import NotFoundError

if TYPE_CHECKING:
    from .cloud import Cloud


class Networking:
    """Neutron's operations."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def interfaces(self, router_id: str) -> list[types.Port]:
        """The ports by which a router is in its subnets; its gateway's is not among them."""
        ports = self._cloud.ports.list(device_id=router_id)
        return [port for port in ports if port.device_owner.startswith("network:") and "interface" in port.device_owner]

    def interface(self, router_id: str, subnet_id: str) -> types.Port | None:
        """The port by which a router is in a subnet."""
        found = self.interfaces(router_id)
        return next((p for p in found if any(ip.get("subnet_id") == subnet_id for ip in p.fixed_ips)), None)

    def add_interface(self, router_id: str, *, subnet_id: str | None = None, port_id: str | None = None) -> str:
        """Puts a router into a subnet, at its gateway address or at a port's; returns the port's id.

        Neutron refuses a second time with 400: look first.
        """
        body = {"subnet_id": subnet_id} if port_id is None else {"port_id": port_id}
        what = f"add the interface in {subnet_id or port_id} to the router {router_id}"
        reply = self._cloud.raw("network", "put", f"/routers/{router_id}/add_router_interface", what, json=body)
        return str(reply["port_id"])

    def remove_interface(self, router_id: str, subnet_id: str) -> None:
        """Takes a router out of a subnet; one that isn't in it is as good as taken out."""
        what = f"remove the interface in {subnet_id} from the router {router_id}"
        try:
            path = f"/routers/{router_id}/remove_router_interface"
            self._cloud.raw("network", "put", path, what, json={"subnet_id": subnet_id})
        except NotFoundError:
            return

    def agents(self, host: str | None = None) -> list[types.NetworkAgent]:
        """Neutron's agents, those of one host when given."""
        found = self._cloud.call("list the network agents", lambda c: [types.NetworkAgent.of(a) for a in c.network.agents()])
        return [agent for agent in found if host is None or agent.host == host]

    def delete_agent(self, agent_id: str) -> None:
        """Forgets an agent; one that still runs comes back when it registers anew."""
        self._cloud.call(f"delete the network agent {agent_id}", lambda c: c.network.delete_agent(agent_id))
