"""An independent look at the servers: python-libmaas, python-libjuju and pylxd, none of it through the program's own clients."""

from __future__ import annotations

import asyncio
import pathlib
import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pylxd
import requests
import yaml

T = TypeVar("T")


class MaasLook:
    """MAAS by its own Python library's low level."""

    def __init__(self, endpoint: dict[str, str]) -> None:
        self._endpoint = endpoint

    def call(self, work: Callable[[Any], Awaitable[T]]) -> T:
        """Runs `work(origin)` on a fresh session."""
        from maas.client import bones

        async def run() -> T:
            session = await bones.SessionAPI.fromURL(self._endpoint["url"] + "api/2.0/", credentials=self._credentials())
            return await work(session)

        return asyncio.run(run())

    def _credentials(self) -> Any:
        from maas.client.utils.creds import Credentials

        return Credentials.parse(self._endpoint["api_key"])

    def subnets(self) -> dict[str, dict[str, Any]]:
        found = self.call(lambda s: s.Subnets.read())
        return {subnet["cidr"]: subnet for subnet in found}

    def machines(self) -> dict[str, dict[str, Any]]:
        found = self.call(lambda s: s.Machines.read())
        return {machine["hostname"]: machine for machine in found}

    def ranges(self) -> list[dict[str, Any]]:
        return self.call(lambda s: s.IPRanges.read())

    def vlan(self, subnet: dict[str, Any]) -> dict[str, Any]:
        vlan = subnet["vlan"]
        return self.call(lambda s: s.Vlan.read(fabric_id=vlan["fabric_id"], vid=vlan["vid"]))

    def spaces(self) -> set[str]:
        return {space["name"] for space in self.call(lambda s: s.Spaces.read())}

    def fabrics(self) -> set[str]:
        return {fabric["name"] for fabric in self.call(lambda s: s.Fabrics.read())}

    def tags(self) -> set[str]:
        return {tag["name"] for tag in self.call(lambda s: s.Tags.read())}


class JujuLook:
    """The model by python-libjuju's connection, logged in from the client store."""

    def __init__(self, endpoint: dict[str, str]) -> None:
        self._folder = pathlib.Path(endpoint["data_dir"])
        self._controller, self._model = endpoint["controller"], endpoint["model"]

    def status(self) -> Any:
        """FullStatus of the model."""
        from juju.client import client

        return self.call(lambda c: client.ClientFacade.from_connection(c).FullStatus(patterns=[]))

    def call(self, work: Callable[[Any], Awaitable[T]], model: bool = True) -> T:
        return asyncio.run(self._call(work, model))

    async def _call(self, work: Callable[[Any], Awaitable[T]], model: bool) -> T:
        from juju.client.connection import Connection

        controller = self._file("controllers.yaml")["controllers"][self._controller]
        account = self._file("accounts.yaml")["controllers"][self._controller]
        common = {
            "endpoint": controller["api-endpoints"][0],
            "cacert": controller["ca-cert"],
            "username": account["user"],
            "password": account["password"],
            "retries": 0,
        }
        uuid = await self._model_uuid(common) if model else None
        connection = await Connection.connect(**common, uuid=uuid)
        try:
            return await work(connection)
        finally:
            await connection.close()

    async def _model_uuid(self, common: dict[str, Any]) -> str:
        from juju.client import client
        from juju.client.connection import Connection

        connection = await Connection.connect(**common)
        try:
            facade = client.ModelManagerFacade.from_connection(connection)
            found = await facade.ListModelSummaries(user_tag=f"user-{common['username']}", all_=True)
            return next(s.result.uuid for s in found.results if s.result.name == self._model)
        finally:
            await connection.close()

    def _file(self, name: str) -> dict[str, Any]:
        return yaml.safe_load((self._folder / name).read_text())


def lxd_look(endpoint: dict[str, str], project: str = "default") -> pylxd.Client:
    """LXD by pylxd over HTTPS."""
    session = requests.Session()
    session.trust_env = False
    session.cert, session.verify = (endpoint["cert"], endpoint["key"]), endpoint["server_cert"]
    return pylxd.Client(endpoint=endpoint["url"], session=session, project=project)


def instances_of(endpoint: dict[str, str], project: str) -> dict[str, Any]:
    """A project's instances by name; LXD's list of URLs carries the project, which pylxd takes for part of the name."""
    client = lxd_look(endpoint, project)
    found = client.api.instances.get(params={"recursion": 1}).json()["metadata"]
    return {instance["name"]: client.instances.get(instance["name"]) for instance in found}


def vault_secrets(folder: pathlib.Path) -> list[str]:
    """What Vault said once: its keys and its root token, as the simulated one of a rehearsal's folder remembers them."""
    text = (folder / ".simulator/world.json").read_text()
    found = re.search(r'"vault": ?(\{"initialised": ?true.*?"tokens": ?\{[^}]*\})', text)
    return re.findall(r'"([0-9a-f]{66}|s\.[0-9A-Za-z]{24})"', found[1]) if found else []
