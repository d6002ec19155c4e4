"""The recorded status, typed; one request for everybody who looks or waits."""

from __future__ import annotations

import concurrent.futures
from typing import Any

import pytest

from clients.errors import DeadlineError
from clients.juju import Model, Status, naming
from clients.juju.status import moment


def test_the_recorded_status_is_read_whole(recorded: dict[str, Any]) -> None:
    status = Status._from_dict(recorded["Client.FullStatus"])
    machine, container = status.machines["0"], status.machines["0/lxd/0"]
    assert (machine.instance_id, machine.agent.current, machine.instance.current) == ("abc0", "started", "running")
    assert (container.parent, container.container_type) == ("0", "lxd")
    assert machine.parent is None
    assert machine.base == "ubuntu@22.04/stable"
    assert [u.name for u in status.units_of("vault")] == ["vault/0", "vault/1", "vault/2"]
    assert status.units["vault/0"].leader
    assert status.applications["vault"].charm == "vault-123"
    assert status.units_on("0")
    assert {c.id for c in status.containers_of("0")} >= {"0/lxd/0", "0/lxd/1"}


def test_subordinates_stand_beside_their_principals() -> None:
    unit = {"machine": "1", "public-address": "10.0.0.1", "workload-status": {"status": "active"}, "agent-status": {}}
    nested = {**unit, "subordinates": {"chassis/0": {"workload-status": {"status": "waiting", "info": "for it"}}}}
    status = Status._from_dict(
        {"applications": {"nova": {"charm": "ch:amd64/nova-1", "units": {"nova/0": nested}}, "chassis": {}}}
    )
    found = status.units["chassis/0"]
    assert (found.principal, found.machine, found.address, found.application) == ("nova/0", "1", "10.0.0.1", "chassis")
    assert [u.name for u in status.units_on("1")] == ["nova/0"]


def test_relations_are_found_in_either_order_and_without_names() -> None:
    ends = [{"application": "vault", "name": "shared-db"}, {"application": "mysql", "name": "db"}]
    status = Status._from_dict({"relations": [{"id": 3, "key": "k", "endpoints": ends, "status": {"status": "joined"}}]})
    for asked in (("vault:shared-db", "mysql:db"), ("mysql:db", "vault:shared-db"), ("mysql", "vault")):
        found = status.relation(asked)
        assert found is not None
        assert found.id == 3
    assert status.relation(("vault:certificates", "mysql:db")) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-11-22T10:40:14Z", 1795344014.0),
        ("2026-11-22T10:40:14.500000001Z", 1795344014.5),
        ("", 0.0),
        (None, 0.0),
        ("x", 0.0),
    ],
)
def test_moments(text: str | None, seconds: float) -> None:
    assert moment(text) == seconds


def test_goes_zero_time_is_never() -> None:
    assert moment("0001-01-01T00:00:00Z") == 0.0


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("ch:amd64/jammy/vault-123", "vault"),
        ("ch:vault", "vault"),
        ("vault", "vault"),
        ("ch:amd64/mysql-innodb-cluster-9", "mysql-innodb-cluster"),
        ("rabbitmq-server", "rabbitmq-server"),
    ],
)
def test_charm_names(url: str, name: str) -> None:
    assert naming.charm_name(url) == name


@pytest.mark.parametrize("text", ["ubuntu@24.04", "ubuntu@24.04/stable", "noble"])
def test_bases_have_one_form(text: str) -> None:
    assert naming.base_text(naming.base(text)) == "ubuntu@24.04/stable"


@pytest.mark.parametrize("text", ["24.04", "ubuntu@", "@24.04", "windows"])
def test_what_is_no_base_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"a base is written like ubuntu@24\.04"):
        naming.base(text)


@pytest.mark.parametrize(
    ("text", "channel"),
    [("stable", "latest/stable"), ("2024.1", "2024.1/stable"), ("1.8/edge", "1.8/edge"), ("edge/fix", "latest/edge/fix")],
)
def test_channels_have_one_form(text: str, channel: str) -> None:
    assert naming.channel(text) == channel


def test_looking_together_costs_few_requests(model: Model, wire: Any) -> None:
    with concurrent.futures.ThreadPoolExecutor(30) as pool:
        found = list(pool.map(lambda _: model.status(), range(30)))
    assert len(found) == 30
    assert len(wire.sent("Client.FullStatus")) < 30


def test_a_look_never_sees_what_was_before_it(model: Model, wire: Any) -> None:
    model.status()
    wire.replies["Client.FullStatus"] = {"applications": {}, "machines": {}}
    assert model.status().applications == {}


def test_waiting_says_how_it_stands_at_the_deadline(model: Model) -> None:
    def describe(status: Status | None) -> str:
        return f"vault/0 to be lost; it is {status and status.units['vault/0'].workload.current}"

    with pytest.raises(DeadlineError, match="vault/0 to be lost; it is active"):
        model.wait(lambda _: False, seconds=0.05, describe=describe)


def test_those_who_only_look_share_a_status_until_we_change_something(model: Model, wire: Any) -> None:
    for _ in range(20):
        model.glance()
    assert len(wire.sent("Client.FullStatus")) == 1
    model.applications.get("vault")
    model.glance()
    assert len(wire.sent("Client.FullStatus")) == 1
    model.applications.set_options("vault", {"a": 1})
    model.glance()
    assert len(wire.sent("Client.FullStatus")) == 2


def test_a_relations_provider_is_known() -> None:
    ends = [
        {"application": "vault", "name": "certificates", "role": "provider"},
        {"application": "a", "name": "c", "role": "requirer"},
    ]
    status = Status._from_dict({"relations": [{"id": 1, "key": "k", "endpoints": ends}]})
    assert status.relations[0].provider == "vault"
