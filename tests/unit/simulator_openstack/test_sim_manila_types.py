"""Manila's types of shares: what it insists on, what it tells, and that the rest of it is not there."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from multidict import CIMultiDict

from simulator.clock import Clock
from simulator.openstack.call import Call, NotModelled, Refusal, Reply
from simulator.openstack.cloud import Cloud
from tests.contract.openstack.surroundings import Recorded

SPECS = {"driver_handles_share_servers": "False"}


@pytest.fixture
def cloud() -> Cloud:
    return Cloud(Clock(factor=0), Recorded())


def ask(cloud: Cloud, method: str, path: str, body: Any = None, *, anonymous: bool = False) -> Reply:
    state = cloud.identity.state
    admin = next(user.id for user in state.users.values() if user.name == "admin")
    project = next(a.scope_id for a in state.assignments if a.actor_id == admin and a.scope == "project")
    headers: CIMultiDict[str] = CIMultiDict({} if anonymous else {"X-Auth-Token": cloud.identity.login(admin, project)})
    sent = b"" if body is None else json.dumps(body).encode()
    call = Call(method=method, path=path, headers=headers, body=sent, base="http://gateway/at/h/8786")
    reply: Reply = asyncio.run(cloud.shares.answer(call))
    return reply


def made(cloud: Cloud, name: str = "nfs", **specs: str) -> str:
    body = {"share_type": {"name": name, "extra_specs": {**SPECS, **specs}}}
    return str(ask(cloud, "POST", "/v2/types", body).body["share_type"]["id"])


def refused(cloud: Cloud, method: str, path: str, body: Any = None, **how: Any) -> int:
    with pytest.raises(Refusal) as told:
        ask(cloud, method, path, body, **how)
    return told.value.reply.status


def test_a_type_through_its_life(cloud: Cloud) -> None:
    key = made(cloud, storage_protocol="NFS")
    shown = ask(cloud, "GET", f"/v2/types/{key}").body["share_type"]
    assert shown["extra_specs"] == {"snapshot_support": "True", **SPECS, "storage_protocol": "NFS"}
    assert shown["required_extra_specs"] == SPECS
    ask(cloud, "POST", f"/v2/types/{key}/extra_specs", {"extra_specs": {"snapshot_support": "False"}})
    ask(cloud, "DELETE", f"/v2/types/{key}/extra_specs/storage_protocol")
    saved = cloud.dump()
    again = Cloud(Clock(factor=0), Recorded())
    again.load(saved)
    assert ask(again, "GET", f"/v2/types/{key}/extra_specs").body == {"extra_specs": {"snapshot_support": "False", **SPECS}}
    assert ask(cloud, "DELETE", f"/v2/types/{key}").status == 202
    assert ask(cloud, "GET", "/v2/types").body["share_types"] == []


def test_what_it_refuses(cloud: Cloud) -> None:
    key = made(cloud)
    assert refused(cloud, "POST", "/v2/types", {"share_type": {"name": "nfs", "extra_specs": SPECS}}) == 409
    assert refused(cloud, "POST", "/v2/types", {"share_type": {"name": "other"}}) == 400
    wrong = {"driver_handles_share_servers": "perhaps"}
    assert refused(cloud, "POST", f"/v2/types/{key}/extra_specs", {"extra_specs": wrong}) == 400
    assert refused(cloud, "DELETE", f"/v2/types/{key}/extra_specs/driver_handles_share_servers") == 403
    assert refused(cloud, "DELETE", f"/v2/types/{key}/extra_specs/nothing") == 404
    assert refused(cloud, "GET", "/v2/types/nothing") == 404
    assert refused(cloud, "GET", "/v2/types", anonymous=True) == 401


def test_its_microversions_and_what_is_not_modelled(cloud: Cloud) -> None:
    current = next(v for v in ask(cloud, "GET", "/").body["versions"] if v["id"] == "v2.0")
    assert (current["min_version"], current["version"]) == ("2.0", "2.85")
    assert ask(cloud, "GET", "/v2/shares/detail").body == {"shares": []}
    with pytest.raises(NotModelled):
        ask(cloud, "POST", "/v2/shares", {"share": {}})
