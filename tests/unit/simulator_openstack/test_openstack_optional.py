"""The optional services: each says its versions, shows empty lists to who has a token, and owns up to what it lacks."""

from __future__ import annotations

import asyncio

import pytest
from multidict import CIMultiDict

from simulator.clock import Clock
from simulator.openstack.areas import LISTENERS
from simulator.openstack.call import Call, NotModelled, Refusal, Reply
from simulator.openstack.cloud import Cloud
from simulator.openstack.juju_facts import TYPES
from simulator.openstack.keystone.bootstrap import NAMES
from tests.contract.openstack.surroundings import Recorded

CASES = {
    "heat": (300, "/v1/p/stacks", {"stacks": []}),
    "barbican": (300, "/v1/secrets", {"secrets": []}),
    "designate": (200, "/v2/zones", {"zones": []}),
    "magnum": (200, "/v1/clusters", {"clusters": []}),
    "manila": (300, "/v2/shares/detail", {"shares": []}),
    "aodh": (200, "/v2/alarms", []),
    "gnocchi": (200, "/v1/metric", []),
}


@pytest.fixture
def cloud() -> Cloud:
    return Cloud(Clock(factor=0), Recorded())


def ask(cloud: Cloud, charm: str, path: str, method: str = "GET", token: str = "") -> Reply:
    headers: CIMultiDict[str] = CIMultiDict({"X-Auth-Token": token} if token else {})
    call = Call(method=method, path=path, headers=headers, base=f"http://gateway/at/h/{LISTENERS[charm].port}")
    reply: Reply = asyncio.run(cloud.versions.answer(call))
    return reply


@pytest.mark.parametrize("charm", CASES)
def test_a_service_is_found_and_empty(cloud: Cloud, charm: str) -> None:
    status, path, empty = CASES[charm]
    root = ask(cloud, charm, "/")
    assert root.status == status
    found = root.body["versions"]
    for version in found["values"] if isinstance(found, dict) else found:
        link = version["links"][0]["href"]
        assert link.startswith(f"http://gateway/at/h/{LISTENERS[charm].port}/v")
        shown = ask(cloud, charm, "/" + link.split("/")[-2] + "/").body["version"]
        assert shown["id"] == version["id"]
    with pytest.raises(Refusal):
        ask(cloud, charm, path)
    admin = next(user.id for user in cloud.identity.state.users.values() if user.name == "admin")
    project = next(a.scope_id for a in cloud.identity.state.assignments if a.actor_id == admin and a.scope == "project")
    assert ask(cloud, charm, path, token=cloud.identity.login(admin, project)).body == empty
    with pytest.raises(NotModelled):
        ask(cloud, charm, path, method="POST")
    with pytest.raises(NotModelled):
        ask(cloud, charm, "/v9/things")


def test_what_a_charm_registers_has_a_name_and_a_port() -> None:
    assert {kind for kinds in TYPES.values() for kind in kinds} == set(NAMES)
    assert set(TYPES) <= set(LISTENERS)
