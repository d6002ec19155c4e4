"""AllWatcher and the connection: long polls, answers out of order, lines that break."""

import asyncio

import aiohttp
import pytest

from tests.unit.simulator_juju.juju_site import Caller, rpc, run, until


@pytest.fixture
def juju(site, model):
    return Caller(site, model)


def test_the_first_poll_is_the_whole_model_and_later_ones_wait(site, model):
    async def look():
        async with rpc(site, model) as connection:
            watcher = (await connection.get("Client", 8, "WatchAll"))["watcher-id"]
            first = await connection.ask("AllWatcher", 3, "Next", Id=watcher)
            waiting = await connection.send("AllWatcher", 3, "Next", id=watcher)
            asked = await connection.send("Pinger", 1, "Ping")
            deploy = {"Args": [{"CharmName": "vault", "num-units": 0}]}
            deployed = await connection.send("Application", 20, "DeployFromRepository", deploy)
            answers = [await connection.socket.receive_json() for _ in range(3)]
            stopped = await connection.ask("AllWatcher", 3, "Stop", Id=watcher)
            again = await connection.ask("AllWatcher", 3, "Next", Id=watcher)
            return first, [waiting, asked, deployed], answers, stopped, again

    first, (waiting, asked, deployed), answers, stopped, again = run(look())
    kinds = [delta[0] for delta in first["response"]["deltas"]]
    assert kinds == ["model"]
    assert first["response"]["deltas"][0][2]["config"]["default-base"] == "ubuntu@24.04"
    assert [answer["request-id"] for answer in answers] == [asked, deployed, waiting]
    kinds = {(kind, change) for kind, change, _ in answers[-1]["response"]["deltas"]}
    assert ("application", "change") in kinds
    assert ("charm", "change") in kinds
    assert stopped["response"] == {}
    assert again["error-code"] == "not found"


def test_deltas_follow_a_unit_from_first_to_last(site, juju):
    seen = []

    async def follow():
        async with rpc(site, juju.model) as connection:
            watcher = (await connection.get("Client", 8, "WatchAll"))["watcher-id"]
            machine = {
                "placement": {"scope": juju.model, "directive": f"system-id={site.ids['control-1']}"},
                "jobs": ["JobHostUnits"],
            }
            await connection.get("MachineManager", 10, "AddMachines", {"params": [machine]})
            await connection.get(
                "Application", 20, "DeployFromRepository", {"Args": [{"CharmName": "rabbitmq-server", "num-units": 0}]}
            )
            add = {"application": "rabbitmq-server", "num-units": 1, "placement": [{"scope": "#", "directive": "0"}]}
            await connection.get("Application", 20, "AddUnits", add)
            async with asyncio.timeout(60):
                while not (seen and seen[-1][:2] == ("unit", "remove")):
                    answer = await connection.ask("AllWatcher", 3, "Next", Id=watcher)
                    for kind, change, entity in answer["response"]["deltas"]:
                        if kind == "unit":
                            seen.append((kind, change, entity["workload-status"]["current"], entity["agent-status"]["current"]))
                    if seen and seen[-1][2:] == ("active", "idle"):
                        gone = {"applications": [{"application-tag": "application-rabbitmq-server"}]}
                        await connection.get("Application", 20, "DestroyApplication", gone)

    run(follow())
    states = [state[2:] for state in seen]
    assert states[0] == ("waiting", "allocating")
    assert ("active", "idle") in states


def test_a_removed_model_ends_its_watchers(site):
    controller = Caller(site)
    uuid = controller("ModelManager.CreateModel", {"name": "watched", "owner-tag": "user-admin"})["uuid"]

    async def look():
        async with rpc(site, uuid) as connection:
            watcher = (await connection.get("Client", 8, "WatchAll"))["watcher-id"]
            await connection.ask("AllWatcher", 3, "Next", Id=watcher)
            async with rpc(site) as other:
                await other.get("ModelManager", 10, "DestroyModels", {"models": [{"model-tag": f"model-{uuid}"}]})
            return await connection.ask("AllWatcher", 3, "Next", Id=watcher)

    answer = run(look())
    assert [delta[:2] for delta in answer["response"]["deltas"]] == [["model", "remove"]]


@pytest.mark.parametrize(("when", "deployed"), [("before", False), ("after", True)])
def test_a_line_breaks_before_or_after_the_effect(site, juju, when, deployed):
    site.rack.fault("drop-connection", times=1, method="Application.DeployFromRepository", when=when)

    async def look():
        async with rpc(site, juju.model) as connection:
            await connection.send("Application", 20, "DeployFromRepository", {"Args": [{"CharmName": "vault", "num-units": 0}]})
            return (await connection.socket.receive()).type

    assert run(look()) in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    assert ("vault" in juju.record.applications) is deployed
    assert site.rack.world.data.faults == []


def test_a_slow_controller_answers_late(site, juju):
    site.rack.fault("slow", "juju", times=1, seconds="0.3")

    async def look():
        began = asyncio.get_running_loop().time()
        async with rpc(site, juju.model) as connection:
            await connection.get("Pinger", 1, "Ping")
        return asyncio.get_running_loop().time() - began

    assert run(look()) >= 0.3


def test_every_request_is_recorded_with_whether_it_changes_anything(site, juju):
    juju.deploy("vault")
    juju.status()
    lines = {line["method"]: line for line in site.rack.requests("juju")}
    assert lines["Application.DeployFromRepository"]["mutates"] is True
    assert lines["Client.FullStatus"]["mutates"] is False
    assert lines["Admin.Login"]["mutates"] is False
    assert lines["Client.FullStatus"]["path"] == f"/model/{juju.model}/api"


def test_a_connection_that_ends_leaves_nothing_behind(site, juju):
    async def look():
        async with rpc(site, juju.model) as connection:
            watcher = (await connection.get("Client", 8, "WatchAll"))["watcher-id"]
            await connection.ask("AllWatcher", 3, "Next", Id=watcher)
            await connection.send("AllWatcher", 3, "Next", Id=watcher)

    run(look())
    until("the connection to go", lambda: not site.parts.connections)
    assert site.parts.store._watchers == []


def test_what_was_asked_is_done_though_its_client_went(site):
    async def leave():
        async with rpc(site) as connection:
            await connection.send("ModelManager", 10, "CreateModel", {"name": "orphan", "owner-tag": "user-admin"})

    run(leave())
    found = until("the model", lambda: next((m for m in site.parts.store.models() if m.name == "orphan" and m.spaces), None))
    assert [space.name for space in found.spaces] == ["alpha", "management", "outside"]
    Caller(site)("ModelManager.DestroyModels", {"models": [{"model-tag": f"model-{found.uuid}"}]})
