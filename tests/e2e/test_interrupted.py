"""Stopped at any moment, by Ctrl-C or by kill -9: the next `up` finishes the job, with nothing twice and nothing left over."""

from __future__ import annotations

import itertools
import signal
from collections import Counter
from collections.abc import Iterator

import pytest
from looking import JujuLook, MaasLook, instances_of, lxd_look
from rehearsal import Rehearsal

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.xdist_group("interrupted"), pytest.mark.timeout(1800)]

UP = [
    (3, signal.SIGINT),
    (12, signal.SIGKILL),
    (30, signal.SIGKILL),
    (60, signal.SIGINT),
    (90, signal.SIGKILL),
    (150, signal.SIGKILL),
]
"""After how many requests that change something, counted from the first, the run is stopped, and how."""
DESTROY = [(5, signal.SIGINT), (12, signal.SIGKILL)]


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal(tmp_path_factory.mktemp("interrupted") / "checkout")
    rehearsal.start()
    yield rehearsal
    rehearsal.stop()


def interrupt(rehearsal: Rehearsal, verb: str, after: int, how: signal.Signals) -> None:
    start = len(rehearsal.mutations())
    rehearsal.interrupted(verb, lambda: len(rehearsal.mutations()) - start >= after, how)
    assert rehearsal.pulumi("cancel", "--yes", "--stack", "dev").returncode == 0


def test_an_interrupted_up_is_finished_by_the_next(rehearsal: Rehearsal) -> None:
    done = 0
    for total, how in UP:
        interrupt(rehearsal, "up", total - done, how)
        done = total
    rehearsal.up()
    rehearsal.refresh("--clear-pending-creates")
    assert rehearsal.plan() == set()
    machines = MaasLook(rehearsal.endpoints["maas"]).machines()
    assert len(machines) == 6
    assert len(instances_of(rehearsal.endpoints["lxd"], "openstack")) == 4
    status = JujuLook(rehearsal.endpoints["juju"]).status()
    assert len(status.machines) == 5
    assert sum(len(machine.containers or {}) for machine in status.machines.values()) == 19
    units = Counter({name: len(app.units or {}) for name, app in status.applications.items()})
    assert sum(units.values()) == 23
    assert len([relation for relation in status.relations if len(relation.endpoints) == 2]) == 58


def test_every_resource_stands_in_the_state_once(rehearsal: Rehearsal) -> None:
    urns = [resource["urn"] for resource in rehearsal.resources()]
    assert [urn for urn, count in Counter(urns).items() if count > 1] == []
    ids = [(r["type"], r["id"]) for r in rehearsal.resources() if r.get("id")]
    assert [pair for pair, group in itertools.groupby(sorted(ids)) if len(list(group)) > 1] == []


def test_an_interrupted_destroy_is_finished_by_the_next(rehearsal: Rehearsal) -> None:
    for after, how in DESTROY:
        interrupt(rehearsal, "destroy", after, how)
    rehearsal.destroy()
    assert rehearsal.resources() == []
    maas = MaasLook(rehearsal.endpoints["maas"])
    assert maas.machines() == {}
    assert {subnet["vlan"]["fabric"] for subnet in maas.subnets().values()} == {"fabric-0", "fabric-1", "fabric-2"}
    assert [p.name for p in lxd_look(rehearsal.endpoints["lxd"]).projects.all()] == ["default"]
