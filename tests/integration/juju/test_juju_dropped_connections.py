"""A connection that breaks at each step of up and of destroy, before and after the step took effect.

Either the run succeeds all the same, or it ends in a clear error; from both the next run finishes with nothing twice.
"""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from clients import juju
from clients.errors import ClientError
from providers._base import ExpectedError
from providers.juju import Action, Application, Consume, Integration, Machine, Model, Offer, Secret, Settled, Space, SshKey, Unit

pytestmark = pytest.mark.long

BASE = "ubuntu@24.04"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBkd3uIBr2YVrlkSrDmYnbV9tVQfI7lHoCk9FYcDXQpb"
ENDS = ["keystone:identity-service", "placement:identity-service"]

UP = [
    "Action.Actions",
    "Action.EnqueueOperation",
    "Annotations.Get",
    "Annotations.Set",
    "Application.AddRelation",
    "Application.AddUnits",
    "Application.Consume",
    "Application.DeployFromRepository",
    "Application.Expose",
    "Application.Get",
    "Application.SetConfigs",
    "ApplicationOffers.GetConsumeDetails",
    "ApplicationOffers.ListApplicationOffers",
    "ApplicationOffers.Offer",
    "Client.FullStatus",
    "KeyManager.AddKeys",
    "KeyManager.ListKeys",
    "MachineManager.AddMachines",
    "ModelConfig.GetModelConstraints",
    "ModelConfig.ModelGet",
    "ModelConfig.ModelSet",
    "ModelConfig.SetModelConstraints",
    "ModelManager.CreateModel",
    "ModelManager.ListModelSummaries",
    "Secrets.CreateSecrets",
    "Secrets.GrantSecret",
    "Secrets.ListSecrets",
    "Spaces.ListSpaces",
    "Spaces.ReloadSpaces",
]
DESTROY = [
    "Application.DestroyApplication",
    "Application.DestroyConsumedApplications",
    "Application.DestroyRelation",
    "Application.DestroyUnit",
    "ApplicationOffers.DestroyOffers",
    "ApplicationOffers.ListApplicationOffers",
    "Client.FullStatus",
    "KeyManager.DeleteKeys",
    "KeyManager.ListKeys",
    "MachineManager.DestroyMachineWithParams",
    "ModelManager.DestroyModels",
    "ModelManager.ListModelSummaries",
    "Secrets.RemoveSecrets",
]
QUIET = {"Admin.Login", "Pinger.Ping"}


class Program:
    """A small program: a model with a bit of everything, and in another model a consumer of its offer."""

    def __init__(self, life: Any, config: dict[str, str], name: str) -> None:
        self.outer = type(life)(config)
        self.far = type(life)(config, model=life.shared["model"])
        config_ = {"automatically-retry-hooks": False}
        self.model = self.outer(
            Model, name=name, cloud="maas-site", credential="maas-site", config=config_, constraints={"mem": 1024}
        )
        self.inner: Any = None

    def up(self) -> None:
        self.model.up()
        if self.inner is None:
            self.inner = self._things(type(self.outer)(self.outer.config, model=self.model.id))
        for thing in self.inner.things:
            thing.up()
        if not self.far.things:
            self.far(Consume, offer_url=f"admin/{self.model.props['name']}.keystone", name="identity")
        self.far.things[0].up()

    def change(self) -> None:
        """Reads what is there and changes it in place."""
        for thing in self.things:
            thing.refresh()
        self.model.up(config={"automatically-retry-hooks": True})
        self.inner.things[2].up(options={"debug": True}, expose={"": {}})

    @property
    def things(self) -> list[Any]:
        return [*self.inner.things, *self.far.things]

    def destroy(self) -> None:
        self.far.destroy()
        if self.inner is not None:
            self.inner.destroy()
        self.outer.destroy()

    @staticmethod
    def _things(life: Any) -> Any:
        life(Machine, name="host", base=BASE)
        life(SshKey, payload=KEY)
        life(Application, name="keystone", charm="keystone", base=BASE)
        life(Application, name="placement", charm="placement", base=BASE)
        life(Unit, application="keystone", machine="0")
        life(Integration, endpoints=ENDS)
        life(Secret, name="token", value={"k": "v"}, access=["keystone"])
        life(Offer, application="keystone", endpoints=["identity-service"])
        life(Machine, name="spare", base=BASE)  # the other one goes with its last unit
        life(Space, name="management")
        life(Settled, applications={"keystone": 1}, machines=2, expected_blocked={"keystone": "Missing relations"})
        life(Action, unit="keystone/0", name="resume", triggers=[1])
        return life


def methods(rack: Any, since: int) -> set[str]:
    return {r["method"] for r in rack.requests("juju")[since:]} | {r["path"] for r in rack.requests("juju")[since:]}


@pytest.fixture
def program(life: Any, site: dict[str, str], request: pytest.FixtureRequest, controller: juju.Controller) -> Any:
    made = Program(life, site, "p" + str(abs(hash(request.node.name)))[:12])
    yield made
    made.destroy()
    assert made.model.props["name"] not in {m.name for m in controller.models()}


def test_the_lists_name_every_request(program: Program, rack: Any) -> None:
    before = len(rack.requests("juju"))
    program.up()
    program.change()
    middle = len(rack.requests("juju"))
    named = {m for m in methods(rack, before) if "." in m} - QUIET
    assert named == set(UP)
    program.destroy()
    named = {m for m in methods(rack, middle) if "." in m} - QUIET
    assert named == set(DESTROY)


def whole(model: juju.Model) -> None:
    """Everything is there, and once."""
    status = model.status()
    assert sorted(status.applications) == ["keystone", "placement"]
    assert list(status.machines) == ["0", "1"]
    assert list(status.units) == ["keystone/0"]
    assert [r.endpoints for r in status.relations if len(r.endpoints) == 2] == [tuple(ENDS)]
    assert len([k for k in model.ssh_keys() if k.split()[:2] == KEY.split()]) == 1
    assert [s.label for s in model.secrets.list()] == ["token"]
    assert list(status.offers) == ["keystone"]
    assert status.units["keystone/0"].workload.current == "blocked"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("method", UP)
def test_dropped_in_up(program: Program, rack: Any, controller: juju.Controller, method: str, when: str) -> None:
    rack.fault("drop-connection", method=method, when=when, times=1)
    with contextlib.suppress(ExpectedError, ClientError):
        program.up()
        program.change()
    rack.clear_faults()
    program.up()
    program.change()
    whole(controller.model(program.model.id))
    for thing in program.things:
        assert bool(thing.outs.get("adopted")) == isinstance(thing.provider, Space.provider_class), thing.provider
        assert thing.preview() == "same"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("method", DESTROY)
def test_dropped_in_destroy(program: Program, rack: Any, method: str, when: str) -> None:
    program.up()
    rack.fault("drop-connection", method=method, when=when, times=1)
    with contextlib.suppress(ExpectedError, ClientError):
        program.destroy()
    rack.clear_faults()
    program.destroy()


def test_a_wait_survives_a_connection_that_breaks(program: Program, life: Any, rack: Any) -> None:
    program.up()
    settled = type(life)(life.config, model=program.model.id)(
        Settled, applications={"keystone": 1}, machines=1, expected_blocked={"keystone": "Missing relations"}
    )
    rack.fault("drop-connection", method="Client.FullStatus", when="before", times=3)
    settled.up()


def test_connections_in_a_run_stay_few(program: Program, rack: Any) -> None:
    before = len(rack.requests("juju"))
    program.up()
    program.change()
    logins = [r for r in rack.requests("juju")[before:] if "Admin.Login" in (r["method"], r["path"])]
    assert len(logins) < 5
