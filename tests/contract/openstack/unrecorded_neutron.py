"""What happened between Neutron's recorded exchanges, by the number of the exchange that follows.

Some of it was recorded with other services (servers came and went), some not at all (the recorder tidied up); revisions,
addresses and later lists tell of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from .bench import ADMIN_PROJECT, DEMO

if TYPE_CHECKING:
    from .setup_neutron import Setup

HOSTS = {90: "node-2.maas", 96: "node-2.maas"}
"""Where a gateway came to lie, which the answer to its exchange doesn't show."""
GATEWAYS = {90: "4e998605-71a2-4e59-ac8e-b41659a69643", 96: "819277f8-67ec-4d55-8941-a1df91e9b7d1"}
"""The ids of gateways' ports, which later lists give in order."""
EXTERNAL = "76f84732-c9ee-428f-9853-c7aa5bc80c8a"
PRIVATE, PRIVATE_SUBNET = "54b37c07-a060-4773-aa0b-02d596b14e73", "6d67666e-0936-41b8-9aed-efc5cd7432df"
ROUTER, FIXED_ROUTER = "9c1a15f7-97b2-475c-b791-116e30186133", "ff48af5f-a2a4-4063-8998-7791f36cf2d7"
SDK_ROUTER = "4886568f-4dee-4771-aeef-02ede1b144e5"
FIRST_FLOATING, SERVER_FLOATING = "17dd97b5-61c2-4365-9cad-7fa8dcc9e701", "84143725-a122-4a6f-a97a-642a5d4b2572"
SILENT_SERVER, SILENT_PORT = "d6f6655e-a77c-415b-84d6-1ed4e5b37629", "213fd2fe-0bf7-4028-be13-0e3cf49bbff3"
SDK_SERVER, SDK_PORT = "cd246934-6a41-46fa-bbb0-067013965a67", "00798518-fccc-4559-b0ef-6640220db51f"
SMOKE_SERVER, SMOKE_PORT = "5bd53d68-3a20-473e-a6f7-549a51d72ec6", "cecbcffa-d40e-4cb3-8378-cb5601f4fc35"
NEVER = 1e6


async def before(setup: Setup, number: int) -> None:
    """Does what happened before an exchange."""
    step = STEPS.get(number)
    if step:
        await step(setup)


async def _touch_floating(setup: Setup) -> None:
    await setup.ask("PUT", f"floatingips/{FIRST_FLOATING}", {"floatingip": {"description": "smoke"}})


async def _drop_fixed_router(setup: Setup) -> None:
    await setup.ask("DELETE", f"routers/{FIXED_ROUTER}")


async def _rebuild_router(setup: Setup) -> None:
    """All floating addresses went, and the router was taken from its networks and put back."""
    for each in (await setup.ask("GET", "floatingips"))["floatingips"]:
        await setup.ask("DELETE", f"floatingips/{each['id']}")
    await setup.ask("PUT", f"routers/{ROUTER}/remove_router_interface", {"subnet_id": PRIVATE_SUBNET})
    await setup.ask("PUT", f"routers/{ROUTER}", {"router": {"external_gateway_info": {}}})
    setup.chance.wish(["10.20.0.204", "node-1.maas"])
    await setup.ask("PUT", f"routers/{ROUTER}", {"router": {"external_gateway_info": {"network_id": EXTERNAL}}})
    await setup.ask("PUT", f"routers/{ROUTER}/add_router_interface", {"subnet_id": PRIVATE_SUBNET})
    await setup.ask("PUT", f"routers/{ROUTER}", {"router": {"name": "provider-router"}})


async def _silence(setup: Setup) -> None:
    setup.up = {"1": False, "2": False}


async def _speak(setup: Setup) -> None:
    setup.up = {"1": True, "2": True}
    setup.bench.clock.advance(100)


async def _dead(setup: Setup) -> None:
    await _silence(setup)
    for _ in range(2):
        await setup.ask("GET", "agents")
        setup.bench.clock.advance(25)


async def _silent_server(setup: Setup) -> None:
    """The ovn-controllers are silent: the port never comes up."""
    _server(setup, DEMO, SILENT_SERVER, SILENT_PORT, "192.168.0.120 node-1.maas", seconds=NEVER)


async def _silent_server_gone(setup: Setup) -> None:
    await setup.ask("PUT", f"floatingips/{SERVER_FLOATING}", {"floatingip": {"port_id": SILENT_PORT}})
    setup.bench.clock.advance(5)
    setup.bench.cloud.network.delete_ports(SILENT_SERVER)


async def _sdk_server(setup: Setup) -> None:
    _server(setup, ADMIN_PROJECT, SDK_SERVER, SDK_PORT, "192.168.0.14 node-1.maas")


async def _sdk_server_gone(setup: Setup) -> None:
    setup.bench.cloud.network.delete_ports(SDK_SERVER)


async def _sdk_router(setup: Setup) -> None:
    setup.chance.wish([], {"routers": SDK_ROUTER})
    said = {"name": "sdk-r", "external_gateway_info": {"network_id": EXTERNAL}}
    await setup.ask("POST", "routers", {"router": said})


async def _smoke_server(setup: Setup) -> None:
    for _ in range(2):
        await setup.ask("PUT", f"routers/{ROUTER}", {"router": {"name": "provider-router"}})
    _server(setup, DEMO, SMOKE_SERVER, SMOKE_PORT, "192.168.0.23 node-2.maas")


def _server(setup: Setup, project: str, server: str, port: str, place: str, seconds: float = 1.0) -> None:
    """Nova plugs a server."""
    setup.chance.wish(place, {"ports": port})
    host = place.split()[1]
    admin = project == ADMIN_PROJECT
    network = setup.bench.cloud.network
    network.make_port(project_id=project, network_id=PRIVATE, device_id=server, host=host, seconds=seconds, admin=admin)
    setup.bench.clock.advance(5)


STEPS: dict[int, Callable[[Setup], Awaitable[None]]] = {
    158: _touch_floating,
    164: _drop_fixed_router,
    226: _rebuild_router,
    258: _silence,
    259: _silent_server,
    268: _speak,
    269: _silent_server_gone,
    317: _sdk_server,
    322: _sdk_server_gone,
    328: _sdk_router,
    347: _smoke_server,
    352: _dead,
}
