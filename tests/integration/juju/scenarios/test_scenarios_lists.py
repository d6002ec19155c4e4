"""A model that was made by hand comes under the program: what others do by listing it, we do by its exported bundle.

Pulumi has no query that lists what is there and writes the program for it. `juju export-bundle` writes the model as a bundle,
which our reader takes; each resource finds its object by its natural key and takes it up as it is.
"""

from __future__ import annotations

import pathlib
from typing import Any

import pytest

import bundle
from clients import juju
from providers.juju import Application, Integration, Machine, Model, Offer, Secret, Space, SshKey, StoragePool, Unit
from tests.integration.juju.scenarios.steps import deployed, unchanged

pytestmark = pytest.mark.xdist_group("juju-scenarios")
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBkd3uIBr2YVrlkSrDmYnbV9tVQfI7lHoCk9FYcDXQpb them@home"


def exported(model: juju.Model, folder: pathlib.Path) -> bundle.Plan:
    """The model as `juju export-bundle` writes it, read and expanded."""
    file = folder / "exported.yaml"
    file.write_text(str(model.session.call("Bundle", "ExportBundle", {})["result"]))
    return bundle.expand(bundle.load(file, []), bundle.Catalogue.builtin())


def made_by_hand(life: Any) -> None:
    """Keystone on a machine, related to Glance."""
    theirs = type(life)(life.config, **life.shared)
    theirs(Machine, name="hand-made", base="ubuntu@24.04").up()
    theirs(Application, name="keystone", charm="keystone", base="ubuntu@24.04", options={"region": "Hand", "debug": True}).up()
    deployed(theirs, "glance")
    for name in ("keystone", "glance"):
        theirs(Unit, application=name, machine="0").up()
    theirs(Integration, endpoints=["keystone:identity-service", "glance:identity-service"]).up()


def test_ListApplications_ListIntegrations_ListMachines_Query(
    life: Any, model: juju.Model, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_by_hand(life)
    plan = exported(model, tmp_path)
    assert {app.name: dict(app.options) for app in plan.applications} == {
        "keystone": {"region": "Hand", "debug": True},
        "glance": {},
    }
    (tmp_path / "program").mkdir()
    monkeypatch.chdir(tmp_path / "program")  # another checkout: it has made nothing of this
    taken = [
        life.made(
            Application,
            name=app.name,
            charm=app.charm,
            base=app.base,
            channel=app.channel,
            revision=app.revision,
            **({"options": dict(app.options)} if app.options else {}),
        )
        for app in plan.applications
    ]
    for relation in plan.integrations:
        ends = [f"{end.application}:{end.endpoint}" for end in relation.endpoints]
        taken.append(life.made(Integration, endpoints=ends))
    assert len(taken) == 3
    assert all(thing["adopted"] for thing in taken)
    assert all(unchanged(thing) for thing in taken)
    assert [(unit.application, unit.machine) for unit in plan.units] == [("keystone", "0"), ("glance", "0")]
    assert [machine.key for machine in plan.machines] == ["0"]


def test_ListModels_ListOffers_ListSecrets_ListSpaces_ListSSHKeys_ListStoragePools_Query(
    life: Any, outer: Any, model: juju.Model, controller: juju.Controller
) -> None:
    """What a bundle doesn't hold is listed by the client, and taken up by name."""
    deployed(life, "keystone")
    controller.offer(model.uuid, "keystone", ["identity-service"], "theirs")
    model.secrets.create("theirs", {"key": "value"}, "of theirs")
    model.add_ssh_key(KEY)
    model.storage.create_pool(juju.StoragePool(name="theirs", provider="loop", attributes={}))
    (summary,) = [found for found in controller.models() if found.uuid == model.uuid]
    offers, secrets = controller.offers(summary.name), model.secrets.list(show=True)
    ends = [end["name"] for end in offers[0]["endpoints"]]
    taken = [
        life.made(Offer, name=offers[0]["offer-name"], application=offers[0]["application-name"], endpoints=ends),
        life.made(Secret, name=secrets[0].label, value=dict(secrets[0].value or {}), info=secrets[0].description),
        life.made(Space, name=next(name for name in model.spaces.list() if name != "alpha")),
        life.made(SshKey, payload=next(key for key in model.ssh_keys() if key == KEY)),
        life.made(StoragePool, name="theirs", provider="loop"),
        outer.made(Model, name=summary.name, cloud=summary.cloud, credential=summary.credential),
    ]
    assert all(unchanged(thing) for thing in taken)
    assert all(thing["adopted"] for thing in taken[:-1])
    outer.things.clear()  # the test's own model, which its fixture destroys
    for thing in taken[:-1]:
        thing.destroy()
    assert controller.offers(summary.name)
    assert model.secrets.list()
    assert KEY in model.ssh_keys()
    controller.destroy_offer(offers[0]["offer-url"])
