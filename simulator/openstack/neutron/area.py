"""Neutron as a neighbour of the other services, and its front door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..call import Call, Reply
from ..middleware import caller as authorised
from .api import Api
from .caller import Caller
from .compute import OWNER, PLUGGED, Servers
from .errors import Refused, disallowed
from .floating import ASSOCIATED
from .plant import Plant
from .reach import reachable
from .store import Row

if TYPE_CHECKING:
    from ..cloud import Cloud

PREFIX = "/v2.0"


class Area:
    """The network service of a cloud.

    Args:
        cloud: for time, surroundings and the other services.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._plant = Plant(cloud)
        self._api = Api(self._plant)
        self._servers = Servers(self._plant)
        cloud.on(PLUGGED, self._servers.plugged)
        cloud.on(ASSOCIATED, self._plant.floating.associated)

    async def answer(self, call: Call) -> Reply:
        """Answers a request."""
        if call.path in {"", "/"}:
            return Reply(body={"versions": [_version(call.base)]})
        if call.path != PREFIX and not call.path.startswith(f"{PREFIX}/"):
            return Reply(status=404, body={"code": 404, "title": "Not Found", "description": None})
        token = authorised(self._cloud, call)
        parts = call.path.removeprefix(PREFIX).strip("/").removesuffix(".json").split("/")
        try:
            if not token.project_id and not token.is_admin:
                raise disallowed("get_network")
            caller = Caller(project_id=token.project_id or "", is_admin=token.is_admin)
            return self._api.answer(call, [part for part in parts if part], caller)
        except Refused as refused:
            return Reply(status=refused.status, body=refused.body())

    def dump(self) -> dict[str, Any]:
        """The state as JSON values."""
        return self._plant.store.dump()

    def load(self, data: dict[str, Any]) -> None:
        """Takes a dumped state back."""
        self._plant.store.load(data)

    # For Nova; all raise Refused where Neutron refuses

    def network(self, network_id: str) -> Row | None:
        """A network as an administrator sees it, None when there is none."""
        row = self._plant.networks.rows.get(network_id)
        return self._plant.networks.view(row, _admin(row)) if row else None

    def port(self, port_id: str) -> Row | None:
        """A port as an administrator sees it, None when there is none."""
        row = self._plant.ports.rows.get(port_id)
        return self._plant.ports.view(row, _admin(row)) if row else None

    def ports(self, device_id: str) -> list[Row]:
        """The ports of a server or router."""
        return [self._plant.ports.view(row, _admin(row)) for row in self._plant.ports.of_device(device_id)]

    def networks_for(self, project_id: str) -> list[Row]:
        """A project's own and shared networks, without external ones: what "auto" chooses from."""
        return self._servers.networks_for(project_id)

    def make_port(  # noqa: PLR0913 - the options of a server's network, keyword only
        self,
        *,
        project_id: str,
        network_id: str,
        device_id: str,
        device_owner: str = OWNER,
        host: str = "",
        name: str = "",
        fixed_ip: str | None = None,
        security_groups: list[str] | None = None,
        seconds: float = 1.0,
        admin: bool = False,
    ) -> Row:
        """Makes a server's port, DOWN; it is ACTIVE some time later.

        Args:
            project_id: of the server.
            network_id: where.
            device_id: the server's id.
            device_owner: "compute:" and the availability zone.
            host: the hypervisor's name; without one the port stays DOWN until it is bound.
            name: of the port.
            fixed_ip: the address that the server's owner named.
            security_groups: names or ids; None for the project's default one.
            seconds: virtual time until ovn-controller reports the port up.
            admin: the server's owner is an administrator, who may use external networks.
        """
        asked: dict[str, Any] = {"name": name, "security_groups": security_groups}
        if fixed_ip:
            asked["fixed_ips"] = [{"ip_address": fixed_ip}]
        device = {"device_id": device_id, "device_owner": device_owner, "binding:host_id": host}
        caller = Caller(project_id=project_id, is_admin=admin)
        row = self._servers.make(caller, network_id, device, asked)
        return self._plugged_later(row, seconds)

    def bind_port(self, port_id: str, *, device_id: str, device_owner: str = OWNER, host: str = "", seconds: float = 1.0) -> Row:
        """Gives a port, one that a user made or one of a server that moves, to a server on a host."""
        device = {"device_id": device_id, "device_owner": device_owner, "binding:host_id": host}
        row = self._servers.bind(self._plant.ports.find(port_id), device)
        return self._plugged_later(row, seconds)

    def unplug_ports(self, device_id: str) -> None:
        """Marks the ports of a server that was switched off as DOWN."""
        for row in self._plant.ports.of_device(device_id):
            row["status"] = "DOWN"
            self._plant.store.touch(row)

    def plug_ports(self, device_id: str, seconds: float = 1.0) -> None:
        """Lets the ports of a server that is switched on come up."""
        for row in self._plant.ports.of_device(device_id):
            self._plugged_later(row, seconds)

    def delete_port(self, port_id: str) -> None:
        """Deletes a port, as a detached interface's; absent is no error."""
        row = self._plant.ports.rows.get(port_id)
        if row:
            self._plant.ports.drop(row)

    def delete_ports(self, device_id: str) -> None:
        """Takes a server's ports away: those of make_port go, others are unplugged and stay."""
        self._servers.release(device_id)

    def addresses(self, device_id: str) -> dict[str, list[dict[str, Any]]]:
        """A server's addresses by network name, in Nova's form."""
        return self._servers.addresses(device_id)

    def floating_address(self, port_id: str) -> str | None:
        """The floating address of a port."""
        found = self._plant.floating.of_port(port_id)
        return str(found[0]["floating_ip_address"]) if found else None

    def check_security_groups(self, project_id: str, names: list[str]) -> list[str]:
        """The ids of a project's security groups by their names or ids."""
        return self._servers.group_ids(project_id, names) or []

    def security_group(self, project_id: str, name: str) -> Row | None:
        """A project's security group by name or id, with its rules; None when there is none."""
        try:
            found = self._servers.group_ids(project_id, [name]) or [""]
        except Refused:
            return None
        row = self._plant.groups.find(found[0])
        return self._plant.groups.view(row, _admin(row))

    def set_security_groups(self, device_id: str, names: list[str]) -> None:
        """Gives all ports of a server these security groups instead of theirs."""
        for row in self._plant.ports.of_device(device_id):
            groups = self._servers.group_ids(row["project_id"], names)
            self._plant.ports.changed(row, {"security_groups": groups}, _admin(row))

    def associate(self, floating_address: str, device_id: str | None) -> None:
        """Gives a floating address to a server's first port, or takes it off; 404 for an address that isn't there."""
        rows = self._plant.floating.rows.values()
        found = next((row for row in rows if row["floating_ip_address"] == floating_address), None)
        if found is None:
            raise self._plant.floating.missing(floating_address)
        ports = self._plant.ports.of_device(device_id) if device_id else []
        self._plant.floating.changed(found, {"port_id": ports[0]["id"] if ports else None}, _admin(found))

    def move_port(self, port_id: str, host: str) -> None:
        """Plugs a port on another host, after its server moved there."""
        row = self._plant.ports.find(port_id)
        self._plant.ports.bind(row, host)
        self._plant.store.touch(row)

    def reachable(self, address: str, protocol: str = "tcp", port: int = 22) -> bool:
        """Whether a server answers at an address of an external network, asked from outside."""
        return reachable(self._plant, address, protocol, port)

    @property
    def plant(self) -> Plant:
        """The collections, for Octavia, whose addresses are Neutron's ports."""
        return self._plant

    def _plugged_later(self, row: Row, seconds: float) -> Row:
        if row["binding:host_id"]:
            self._cloud.after(seconds, PLUGGED, port=row["id"], device=row["device_id"])
        return self._plant.ports.view(row, _admin(row))


def _version(base: str) -> dict[str, Any]:
    return {"id": "v2.0", "status": "CURRENT", "links": [{"rel": "self", "href": f"{base}/v2.0/"}]}


def _admin(row: Row) -> Caller:
    return Caller(project_id=row["project_id"], is_admin=True)
