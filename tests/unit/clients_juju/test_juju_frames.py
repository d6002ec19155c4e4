"""What is sent to a model and a controller, each frame held against the schema by the fixture."""

from __future__ import annotations

from typing import Any

import pytest

from clients import juju
from clients.juju import Access, Controller, Deployment, Model, errors
from clients.juju._session import Session

WIRE = Any


def test_deploy_leaves_the_revision_to_juju_and_takes_no_units(model: Model, wire: WIRE) -> None:
    model.applications.deploy(
        Deployment(name="keystone", charm="keystone", channel="2024.1", base="noble", options={"debug": True, "region": "R1"})
    )
    (sent,) = wire.sent("Application.DeployFromRepository")[0]["Args"]
    assert sent["num-units"] == 0
    assert "revision" not in sent
    assert sent["channel"] == "2024.1/stable"
    assert sent["base"] == {"name": "ubuntu", "channel": "24.04/stable"}
    assert sent["ConfigYAML"] == "keystone:\n  debug: true\n  region: R1\n"
    assert [name for name, _ in wire.frames] == ["Application.DeployFromRepository"]  # no charm store, no AddCharm


def test_a_text_that_looks_like_nothing_stays_a_text(model: Model, wire: WIRE) -> None:
    model.applications.deploy(Deployment(name="cinder", charm="cinder", options={"block-device": "None", "x": "null", "y": "12"}))
    (sent,) = wire.sent("Application.DeployFromRepository")[0]["Args"]
    assert sent["ConfigYAML"] == "cinder:\n  block-device: None\n  x: 'null'\n  y: '12'\n"


def test_deploy_errors_keep_their_codes(model: Model, wire: WIRE) -> None:
    wire.replies["Application.DeployFromRepository"] = {
        "Results": [{"Errors": [{"message": "application already exists", "code": "already exists"}], "Info": {}}]
    }
    with pytest.raises(juju.AlreadyExists, match="deploying 'vault'"):
        model.applications.deploy(Deployment(name="vault", charm="vault"))


def test_machines_carry_base_and_cloud_placement(model: Model, wire: WIRE) -> None:
    id_ = model.machines.add(base="ubuntu@22.04", constraints={"tags": ["a"], "mem": 4096}, placement="system-id=abc123")
    (sent,) = wire.sent("MachineManager.AddMachines")[0]["params"]
    assert id_ == "0"
    assert sent["base"] == {"name": "ubuntu", "channel": "22.04/stable"}
    assert sent["placement"] == {"scope": model.uuid, "directive": "system-id=abc123"}


def test_containers_are_placed_on_their_parent(model: Model, wire: WIRE) -> None:
    wire.replies["MachineManager.AddMachines"] = {"machines": [{"machine": "0/lxd/1"}]}
    id_ = model.machines.add_container(parent="0", container_type="lxd", base=None, constraints={})
    (sent,) = wire.sent("MachineManager.AddMachines")[0]["params"]
    assert id_ == "0/lxd/1"
    assert sent["placement"] == {"scope": "lxd", "directive": "0"}
    assert "base" not in sent


def test_a_machine_that_is_refused_says_why(model: Model, wire: WIRE) -> None:
    wire.replies["MachineManager.AddMachines"] = {
        "machines": [{"machine": "", "error": {"message": "no such space", "code": ""}}]
    }
    with pytest.raises(juju.Refused, match="adding a machine: no such space"):
        model.machines.add(base=None, constraints={})


def test_units_go_to_a_machine_that_is_there(model: Model, wire: WIRE) -> None:
    assert model.units.add("vault", "0/lxd/1") == "vault/2"
    assert wire.sent("Application.AddUnits")[0]["placement"] == [{"scope": "#", "directive": "0/lxd/1"}]


def test_max_wait_is_in_nanoseconds(model: Model, wire: WIRE) -> None:
    model.units.destroy("vault/0", force=True, max_wait=60)
    assert wire.sent("Application.DestroyUnit")[0]["units"][0]["max-wait"] == 60_000_000_000
    model.machines.destroy("0/lxd/1", force=True, max_wait=1.5)
    assert wire.sent("MachineManager.DestroyMachineWithParams")[0]["max-wait"] == 1_500_000_000
    assert wire.sent("MachineManager.DestroyMachineWithParams")[0]["machine-tags"] == ["machine-0-lxd-1"]


def test_storage_is_kept_unless_asked(model: Model, wire: WIRE) -> None:
    model.units.destroy("vault/0")
    model.applications.destroy("vault")
    assert wire.sent("Application.DestroyUnit")[0]["units"][0]["destroy-storage"] is False
    assert wire.sent("Application.DestroyApplication")[0]["applications"][0]["destroy-storage"] is False


def test_options_are_sent_as_text(model: Model, wire: WIRE) -> None:
    model.applications.set_options("vault", {"a": True, "b": 3, "c": 1.5, "d": "x"})
    assert wire.sent("Application.SetConfigs")[0]["Args"][0]["config"] == {"a": "true", "b": "3", "c": "1.5", "d": "x"}


def test_nothing_to_set_sends_nothing(model: Model, wire: WIRE) -> None:
    model.applications.set_options("vault", {})
    model.applications.reset_options("vault", [])
    model.set_config({})
    model.unset_config([])
    assert wire.frames == []


def test_another_channel_leaves_the_revision_open(model: Model, wire: WIRE) -> None:
    wire.replies["Charms.CharmInfo"] = {"meta": {}}
    model.applications.refresh("vault", channel="1.9/edge", revision=None, resources={})
    (asked,) = wire.sent("Charms.ResolveCharms")[0]["resolve"]
    assert asked["reference"] == "ch:vault"
    assert "revision" not in asked["charm-origin"]
    assert (asked["charm-origin"]["track"], asked["charm-origin"]["risk"]) == ("1.9", "edge")
    assert wire.sent("Application.SetCharm")[0]["charm-url"] == wire.replies["Charms.ResolveCharms"]["Results"][0]["url"]
    assert [n for n, _ in wire.frames] == [
        "Application.GetCharmURLOrigin",
        "Charms.ResolveCharms",
        "Charms.AddCharm",
        "Charms.CharmInfo",
        "Application.SetCharm",
    ]


def with_resources(wire: WIRE, **origins: str) -> None:
    """The charm has these resources, which came from the store or were uploaded."""
    metas = {name: {"name": name, "type": "file", "path": f"{name}.bin", "description": ""} for name in origins}
    wire.replies["Charms.CharmInfo"] = {"meta": {"resources": metas}}
    there = [{"name": name, "revision": 2, "origin": origin} for name, origin in origins.items()]
    wire.replies["Resources.ListResources"] = {"results": [{"resources": there}]}


def asked_for(wire: WIRE) -> dict[str, int]:
    return {r["name"]: r["revision"] for r in wire.sent("Resources.AddPendingResources")[0]["resources"]}


def test_resources_travel_with_the_charm(model: Model, wire: WIRE) -> None:
    with_resources(wire, snap="store", core="store", patch="upload")
    wire.replies["Resources.AddPendingResources"] = {"pending-ids": ["id-1", "id-2"]}
    model.applications.refresh("vault", channel=None, revision=124, resources={"snap": 3})
    assert asked_for(wire) == {"core": juju.RELEASED, "snap": 3}  # what was uploaded stays
    assert wire.sent("Application.SetCharm")[0]["resource-ids"] == {"core": "id-1", "snap": "id-2"}


def test_resources_move_without_their_charm(model: Model, wire: WIRE) -> None:
    with_resources(wire, snap="store")
    wire.replies["Resources.AddPendingResources"] = {"pending-ids": ["id-1"]}
    model.applications.set_resources("vault", {"snap": 7})
    assert asked_for(wire) == {"snap": 7}
    assert wire.sent("Application.SetCharm")[0]["charm-url"] == wire.replies["Application.GetCharmURLOrigin"]["url"]
    assert not wire.sent("Charms.ResolveCharms")


def test_what_the_model_already_has_of_resources(model: Model, wire: WIRE) -> None:
    with_resources(wire, snap="store", patch="upload")
    there = model.resources.of("vault")
    assert {name: (r.revision, r.uploaded) for name, r in there.items()} == {"snap": (2, False), "patch": (2, True)}


@pytest.mark.parametrize("fingerprint", ["AQL/", [1, 2, 255]])
def test_a_fingerprint_is_base64_on_the_wire_and_numbers_in_the_schema(model: Model, wire: WIRE, fingerprint: object) -> None:
    there = [{"name": "snap", "revision": 2, "origin": "store", "fingerprint": fingerprint}]
    wire.replies["Resources.ListResources"] = {"results": [{"resources": there}]}
    assert model.resources.of("vault")["snap"].digest == "0102ff"


def test_storage_is_told_by_volumes_and_filesystems(model: Model, wire: WIRE) -> None:
    def volume(number: int, unit: str) -> dict[str, object]:
        storage = {"storage-tag": f"storage-osd-devices-{number}", "owner-tag": f"unit-{unit}"}
        return {"volume-tag": f"volume-{number}", "info": {"pool": "maas", "size": 2048}, "storage": storage}

    volumes = [volume(11, "ceph-osd-0"), volume(2, "ceph-osd-0"), volume(3, "other-0"), {"volume-tag": "volume-9", "info": {}}]
    wire.replies["Storage.ListVolumes"] = {"results": [{"result": volumes}]}
    wire.replies["Storage.ListFilesystems"] = {"results": [{}]}
    found = model.storage.of("ceph-osd")
    assert [(s.id, s.unit, s.pool, s.size) for s in found] == [
        ("osd-devices/2", "ceph-osd/0", "maas", 2048),
        ("osd-devices/11", "ceph-osd/0", "maas", 2048),
    ]


def test_settings_tell_set_values_from_defaults(model: Model, wire: WIRE) -> None:
    settings = model.applications.get("vault")
    assert settings.options["channel"].value == "1.8/stable"
    assert not settings.options["channel"].set_by_user
    assert settings.trust is False
    assert settings.constraints["mem"] == 4096
    assert "zones" not in settings.constraints


def test_bindings_exposure_constraints_and_relations_are_sent_as_asked(model: Model, wire: WIRE) -> None:
    wire.replies["Application.MergeBindings"] = {"results": [{}]}
    model.applications.bind("vault", {"": "management"})
    model.applications.expose("vault", {"": {"expose-to-cidrs": ["10.0.0.0/8"]}})
    model.applications.unexpose("vault")
    model.applications.set_constraints("vault", {"mem": 4096})
    model.relations.add(["vault:shared-db", "mysql:db"])
    model.relations.destroy(["vault:shared-db", "mysql:db"], force=True, max_wait=2)
    assert wire.sent("Application.MergeBindings")[0]["args"][0]["bindings"] == {"": "management"}
    assert wire.sent("Application.Expose")[0]["exposed-endpoints"] == {"": {"expose-to-cidrs": ["10.0.0.0/8"]}}
    assert wire.sent("Application.DestroyRelation")[0]["max-wait"] == 2_000_000_000


def test_annotations_of_many_cost_one_request(model: Model, wire: WIRE) -> None:
    wire.replies["Annotations.Get"] = {
        "results": [
            {"entity": "machine-0", "annotations": {"pulumi-name": "control-1"}, "error": {}},
            {
                "entity": "machine-1",
                "annotations": {},
                "error": {"error": {"message": "machine 1 not found", "code": "not found"}},
            },
        ]
    }
    assert model.annotations("machine-0", "machine-1") == {"machine-0": {"pulumi-name": "control-1"}, "machine-1": {}}
    assert len(wire.frames) == 1
    model.annotate("machine-0", {"a": "b"})
    assert wire.sent("Annotations.Set")[0] == {"annotations": [{"entity": "machine-0", "annotations": {"a": "b"}}]}


def test_models_settings_and_keys(model: Model, wire: WIRE) -> None:
    wire.replies["ModelConfig.ModelUnset"] = {}
    assert model.config()["default-space"]["value"] == "alpha"
    model.set_config({"default-space": "management"})
    model.unset_config(["default-space"])
    model.set_constraints({"mem": 1024})
    assert model.constraints() == {"arch": "amd64"}
    assert model.ssh_keys() == ["ssh-ed25519 AAAA me@x"]
    model.add_ssh_key("ssh-ed25519 AAAA me@x")
    model.remove_ssh_key("aa:bb")
    assert wire.sent("KeyManager.ListKeys")[0]["mode"] is True


def test_actions_secrets_spaces_and_history(model: Model, wire: WIRE) -> None:
    wire.replies["Client.StatusHistory"] = {"results": [{"history": {"statuses": [{"status": "error", "info": "hook failed"}]}}]}
    wire.replies["Spaces.RemoveSpace"] = {"results": [{}]}
    started = model.actions.run("vault/0", "authorize-charm", {"token": "s.abc"})
    assert (started.id, started.status) == ("1", "pending")
    assert model.actions.get("2").output == {"return-code": 0, "output": "ok"}
    assert "authorize-charm" in model.actions.of_charm("vault")
    assert model.secrets.create("mysec", {"key": "val"}) == "secret:cq1"
    model.secrets.update("secret:cq1", {"key": "val2"})
    model.secrets.grant("secret:cq1", ["vault"])
    model.secrets.revoke("secret:cq1", ["vault"])
    assert model.secrets.list(show=True)[0].value == {"k": "v"}
    model.secrets.remove("secret:cq1")
    assert model.spaces.list() == {"alpha": []}
    model.spaces.reload()
    model.spaces.create("s1", ["10.0.0.0/24"])
    model.spaces.remove("s1")
    assert model.units.history("vault/0")[0]["info"] == "hook failed"
    model.units.resolve("vault/0", retry=True)
    wire.replies["MachineManager.RetryProvisioning"] = {"results": []}
    model.machines.retry(["3"])
    assert wire.sent("MachineManager.RetryProvisioning")[0] == {"all": False, "machines": ["machine-3"]}


@pytest.fixture
def controller(session: Session) -> Controller:
    access = Access(controller="site", addresses=("127.0.0.1:1",), user="admin", password="pw")
    return Controller(access, session)


def test_models_are_listed_made_and_ended(controller: Controller, wire: WIRE) -> None:
    (found,) = controller.models()
    assert (found.name, found.owner, found.is_controller, found.cloud) == ("controller", "admin", True, "maas")
    assert controller.version() == "3.6.8"
    uuid = controller.create_model("dev", cloud="maas2", credential="maascred", config={"default-space": "management"})
    assert uuid == "6c11d5e3-d3d7-4506-ac2e-a3ec88aef8db"
    assert wire.sent("ModelManager.CreateModel")[0]["credential"] == "cloudcred-maas2_admin_maascred"
    controller.destroy_model(uuid, destroy_storage=False)
    assert wire.sent("ModelManager.DestroyModels")[0]["models"] == [
        {"model-tag": f"model-{uuid}", "destroy-storage": False, "force": False}
    ]
    controller.destroy_model(uuid, destroy_storage=False, force=True, max_wait=60, timeout=90)
    sent = wire.sent("ModelManager.DestroyModels")[1]["models"][0]
    assert (sent["max-wait"], sent["timeout"]) == (60_000_000_000, 90_000_000_000)


def test_clouds_and_credentials_reach_the_controller(controller: Controller, wire: WIRE) -> None:
    wire.replies["Cloud.UpdateCloud"] = {"results": [{}]}
    wire.replies["Cloud.Cloud"] = {"results": [{"error": {"message": 'cloud "nope" not found', "code": "not found"}}]}
    assert controller.cloud("nope") is None
    controller.update_cloud("maas2", {"type": "maas", "auth-types": ["oauth1"], "endpoint": "http://127.0.0.1/MAAS"})
    controller.upload_credential("maas2", "maascred", "oauth1", {"maas-oauth": "a:b:c"})
    assert wire.sent("Cloud.UpdateCredentialsCheckModels")[0]["credentials"][0]["tag"] == "cloudcred-maas2_admin_maascred"


def test_a_credential_that_breaks_a_model_is_refused(controller: Controller, wire: WIRE) -> None:
    broken = {"tag": "t", "models": [{"name": "dev", "errors": [{"error": {"message": "unauthorized", "code": ""}}]}]}
    wire.replies["Cloud.UpdateCredentialsCheckModels"] = {"results": [broken]}
    with pytest.raises(juju.Refused, match="for the model dev: unauthorized"):
        controller.upload_credential("maas2", "maascred", "oauth1", {"maas-oauth": "a:b:c"})


def test_offers_are_made_read_consumed_and_withdrawn(controller: Controller, model: Model, wire: WIRE) -> None:
    controller.offer(model.uuid, "mysql", ["db"], "mysql")
    assert controller.offers("dev")[0]["offer-url"] == "admin/dev.mysql"
    details = controller.consume_details("admin/dev.mysql")
    model.relations.consume("db", "admin/dev.mysql", details)
    sent = wire.sent("Application.Consume")[0]["args"][0]
    assert (sent["application-alias"], sent["offer-url"]) == ("db", "admin/dev.mysql")
    wire.replies["ApplicationOffers.ModifyOfferAccess"] = {"results": [{}]}
    controller.change_offer_access("admin/dev.mysql", "ann", "grant", "consume")
    (change,) = wire.sent("ApplicationOffers.ModifyOfferAccess")[0]["changes"]
    assert change == {"user-tag": "user-ann", "action": "grant", "access": "consume", "offer-url": "admin/dev.mysql"}
    model.relations.destroy_consumed("db")
    controller.destroy_offer("admin/dev.mysql")
    assert wire.sent("ApplicationOffers.DestroyOffers")[0] == {"offer-urls": ["admin/dev.mysql"], "force": False}


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("not found", 'application "x" not found', errors.NotFound),
        ("model not found", 'unknown model: "u"', errors.NotFound),
        ("already exists", "relation already exists", errors.AlreadyExists),
        ("unauthorized access", "invalid entity name or password", errors.Unauthorised),
        ("", 'machine "4" not found', errors.NotFound),
        ("machine has assigned units", 'machine 0 has unit(s) "x/0" assigned', errors.Refused),
    ],
)
def test_errors_are_told_apart_by_code_then_by_text(code: str, message: str, kind: type[errors.JujuError]) -> None:
    error = errors.of({"message": message, "code": code}, "the call")
    assert type(error) is kind
    assert error.code == code
    assert str(error) == f"Juju refused the call: {message}"
