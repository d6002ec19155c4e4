"""Models, clouds, credentials, users, keys, spaces, secrets, storage, blocks: what is kept, and what is refused."""

import base64
import urllib.request

import pytest

from simulator.juju.version import VERSION
from tests.unit.simulator_juju.juju_site import Caller, put, run, until


@pytest.fixture
def juju(site, model):
    return Caller(site, model)


@pytest.fixture
def controller(site):
    return Caller(site)


def test_a_model_is_told_of_and_destroyed(site, controller):
    made = controller(
        "ModelManager.CreateModel", {"name": "short", "owner-tag": "user-admin", "config": {"default-space": "management"}}
    )
    assert (made["cloud-tag"], made["cloud-credential-tag"]) == ("cloud-maas-site", "cloudcred-maas-site_admin_maas-site")
    info = controller("ModelManager.ModelInfo", {"entities": [{"tag": f"model-{made['uuid']}"}]})["results"][0]["result"]
    assert (info["name"], info["status"]["status"], info["life"]) == ("short", "available", "alive")
    again = {"name": "short", "owner-tag": "user-admin"}
    text, code = controller.refusal("ModelManager.CreateModel", again)
    assert (text, code) == ('failed to create new model: model "short" for admin already exists', "already exists")
    gone = controller("ModelManager.DestroyModels", {"models": [{"model-tag": f"model-{made['uuid']}", "destroy-storage": True}]})
    assert gone == {"results": [{}]}
    names = [
        result["result"]["name"]
        for result in controller("ModelManager.ListModelSummaries", {"user-tag": "user-admin"})["results"]
    ]
    assert "short" not in names
    assert "controller" in names
    refused = controller.refusal("ModelManager.ModelInfo", {"entities": [{"tag": f"model-{made['uuid']}"}]})
    assert refused[1] == "not found"


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"name": "Bad_Name"}, "is not a valid name"),
        ({"name": "x", "cloud-tag": "cloud-nope"}, 'cloud "nope" not found'),
        ({"name": "x", "credential": "cloudcred-maas-site_admin_nope"}, 'credential "maas-site_admin_nope" not found'),
        ({"name": "x", "config": {"development": "perhaps"}}, "expected bool"),
    ],
)
def test_models_that_cannot_be(controller, params, text):
    assert text in controller.refusal("ModelManager.CreateModel", {"owner-tag": "user-admin"} | params)[0]


def test_the_controllers_own_model_stays(site, controller):
    home = next(m.uuid for m in site.parts.store.models() if m.is_controller)
    text, _ = controller.refusal("ModelManager.DestroyModels", {"models": [{"model-tag": f"model-{home}"}]})
    assert "controller model cannot be destroyed" in text


def test_a_models_settings(juju):
    config = juju("ModelConfig.ModelGet")["config"]
    assert config["default-base"] == {"value": "ubuntu@24.04", "source": "model"}
    assert config["charmhub-url"]["value"].startswith("http://127.0.0.1:")
    assert config["update-status-hook-interval"] == {"value": "5m", "source": "default"}
    juju("ModelConfig.ModelSet", {"config": {"development": "true", "net-bond-reconfigure-delay": "3"}})
    assert juju("ModelConfig.ModelGet")["config"]["net-bond-reconfigure-delay"] == {"value": 3, "source": "model"}
    juju("ModelConfig.ModelUnset", {"keys": ["development"]})
    assert juju("ModelConfig.ModelGet")["config"]["development"] == {"value": False, "source": "default"}
    assert "authorized-keys cannot be set" in juju.refusal("ModelConfig.ModelSet", {"config": {"authorized-keys": "x"}})[0]
    assert 'space "nowhere" not found' in juju.refusal("ModelConfig.ModelSet", {"config": {"default-space": "nowhere"}})[0]
    juju("ModelConfig.SetModelConstraints", {"application": "", "constraints": {"mem": 2048, "arch": "amd64", "tags": None}})
    assert juju("ModelConfig.GetModelConstraints")["constraints"] == {"mem": 2048, "arch": "amd64"}


def test_clouds_and_credentials(controller):
    cloud = {"type": "maas", "auth-types": ["oauth1"], "endpoint": "http://maas.example/MAAS", "regions": None}
    controller("Cloud.AddCloud", {"name": "second", "cloud": cloud})
    assert controller.refusal("Cloud.AddCloud", {"name": "second", "cloud": cloud})[1] == "already exists"
    assert "cloud-second" in controller("Cloud.Clouds")["clouds"]
    assert controller.refusal("Cloud.Cloud", {"entities": [{"tag": "cloud-nope"}]}) == ('cloud "nope" not found', "not found")
    tag = "cloudcred-second_admin_key"
    credential = {"tag": tag, "credential": {"auth-type": "oauth1", "attrs": {"maas-oauth": "c:t:s"}}}
    controller("Cloud.UpdateCredentialsCheckModels", {"credentials": [credential], "force": False})
    shown = controller("Cloud.Credential", {"entities": [{"tag": tag}]})["results"][0]["result"]
    assert (shown["attrs"], shown["redacted"]) == ({}, ["maas-oauth"])
    users = {"user-clouds": [{"user-tag": "user-admin", "cloud-tag": "cloud-second"}]}
    assert controller("Cloud.UserCredentials", users)["results"][0]["result"] == [tag]
    assert "cloud is used by" in controller.refusal("Cloud.RemoveClouds", {"entities": [{"tag": "cloud-maas-site"}]})[0]
    used = {"credentials": [{"tag": "cloudcred-maas-site_admin_maas-site", "force": False}]}
    assert "still used by" in controller.refusal("Cloud.RevokeCredentialsCheckModels", used)[0]
    controller("Cloud.RevokeCredentialsCheckModels", {"credentials": [{"tag": tag, "force": False}]})
    controller("Cloud.RemoveClouds", {"entities": [{"tag": "cloud-second"}]})
    assert "cloud-second" not in controller("Cloud.Clouds")["clouds"]


def test_users_and_their_passwords(site, controller):
    made = controller("UserManager.AddUser", {"users": [{"username": "carol", "display-name": "Carol", "password": "one"}]})
    assert made["results"][0] == {"tag": "user-carol"}
    controller("UserManager.SetPassword", {"changes": [{"tag": "user-carol", "password": "two"}]})
    info = controller("UserManager.UserInfo", {"entities": [{"tag": "user-carol"}], "include-disabled": True})["results"][0][
        "result"
    ]
    assert (info["display-name"], info["access"], info["disabled"]) == ("Carol", "login", False)
    controller("UserManager.DisableUser", {"entities": [{"tag": "user-carol"}]})
    listed = controller("UserManager.UserInfo", {"include-disabled": False})["results"]
    assert "carol" not in [result["result"]["username"] for result in listed]
    change = {"changes": [{"user-tag": "user-carol", "action": "grant", "access": "superuser"}]}
    controller("Controller.ModifyControllerAccess", change)
    controller("UserManager.RemoveUser", {"entities": [{"tag": "user-carol"}]})
    missing = controller.refusal("UserManager.UserInfo", {"entities": [{"tag": "user-carol"}], "include-disabled": True})
    assert missing == ("permission denied", "unauthorized access")


def test_ssh_keys_by_fingerprint(juju):
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPKSUTyz1HwHReFVvD5obVsALAgJRNarH4TRpNePnAS operator@site"
    juju("KeyManager.AddKeys", {"user": "admin", "ssh-keys": [key]})
    assert juju.refusal("KeyManager.AddKeys", {"user": "admin", "ssh-keys": [key]})[1] == "already exists"
    entities = {"entities": [{"tag": f"model-{juju.model}"}]}
    assert juju("KeyManager.ListKeys", {"entities": entities, "mode": True})["results"][0]["result"] == [key]
    (shown,) = juju("KeyManager.ListKeys", {"entities": entities, "mode": False})["results"][0]["result"]
    assert shown.endswith(" (operator@site)")
    juju("KeyManager.DeleteKeys", {"user": "admin", "ssh-keys": [shown.split()[0]]})
    assert juju("KeyManager.ListKeys", {"entities": entities, "mode": True})["results"][0]["result"] == []
    assert juju.refusal("KeyManager.AddKeys", {"user": "admin", "ssh-keys": ["rubbish"]})[0] == "invalid ssh key: rubbish"


def test_spaces_are_maas_own(site, juju):
    names = [space["name"] for space in juju("Spaces.ListSpaces")["results"]]
    assert names == ["alpha", "management", "outside"]
    management = next(s for s in juju("Spaces.ListSpaces")["results"] if s["name"] == "management")
    assert [subnet["cidr"] for subnet in management["subnets"]] == ["10.20.0.0/24"]
    assert (
        "not supported"
        in juju.refusal("Spaces.CreateSpaces", {"spaces": [{"space-tag": "space-x", "cidrs": [], "public": True}]})[0]
    )

    async def add():
        maas = site.maas()
        made = await maas.post("spaces/", fields=[("name", "bmc-space")])
        subnet = next(s for s in await maas.get("subnets/") if s["cidr"] == "10.10.0.0/24")
        await put(maas, f"vlans/{subnet['vlan']['id']}/", space="bmc-space")
        return made["id"]

    async def remove(number):
        await site.maas().delete(f"spaces/{number}/")

    number = run(add())
    assert "bmc-space" not in [space["name"] for space in juju("Spaces.ListSpaces")["results"]]
    juju("Spaces.ReloadSpaces")
    assert "bmc-space" in [space["name"] for space in juju("Spaces.ListSpaces")["results"]]
    run(remove(number))
    shown = juju("Spaces.ShowSpace", {"entities": [{"tag": "space-management"}]})["results"][0]
    assert shown["space"]["name"] == "management"
    subnets = juju("Subnets.ListSubnets", {"space-tag": "space-outside"})["results"]
    assert [subnet["cidr"] for subnet in subnets] == ["203.0.113.0/24"]


def test_secrets_are_kept_by_revision(juju):
    content = {"data": {"password": base64.b64encode(b"one").decode()}}
    made = {"args": [{"label": "db", "description": "of the database", "content": content, "owner-tag": f"model-{juju.model}"}]}
    uri = juju("Secrets.CreateSecrets", made)["results"][0]["result"]
    assert juju.refusal("Secrets.CreateSecrets", made)[1] == "already exists"
    newer = {"data": {"password": base64.b64encode(b"two").decode()}}
    juju("Secrets.UpdateSecrets", {"args": [{"uri": uri, "existing-label": "", "content": newer}]})
    (shown,) = juju("Secrets.ListSecrets", {"filter": None, "show-secrets": True})["results"]
    assert (shown["latest-revision"], shown["value"]["data"]) == (2, newer["data"])
    juju.deploy("vault")
    grant = {"uri": uri, "label": "", "applications": ["vault"]}
    assert juju("Secrets.GrantSecret", grant) == {"results": [{}]}
    assert juju("Secrets.RevokeSecret", grant) == {"results": [{}]}
    assert juju.refusal("Secrets.GrantSecret", grant | {"applications": ["nothing"]})[1] == "not found"
    juju("Secrets.RemoveSecrets", {"args": [{"uri": uri, "label": ""}]})
    assert juju("Secrets.ListSecrets", {"filter": None, "show-secrets": False}) == {"results": []}


def test_secrets_are_kept_in_the_backend_that_their_model_names(juju, controller):
    def listed(**params):
        answer = controller("SecretBackends.ListSecretBackends", {"names": [], "reveal": False, **params})
        return {found["result"]["name"]: found for found in answer["results"]}

    vault = {"name": "vault-1", "backend-type": "vault", "config": {"endpoint": "https://v:8200", "token": "t"}}
    whole = {**vault, "SecretBackend": vault}
    assert controller("SecretBackends.AddSecretBackends", {"args": [whole]}) == {"results": [{}]}
    assert controller.refusal("SecretBackends.AddSecretBackends", {"args": [whole]})[1] == "already exists"
    assert listed()["vault-1"]["result"]["config"] == {"endpoint": "https://v:8200"}
    assert listed(reveal=True)["vault-1"]["result"]["config"]["token"] == "t"
    content = {"data": {"password": base64.b64encode(b"one").decode()}}
    juju("Secrets.CreateSecrets", {"args": [{"label": "db", "content": content, "owner-tag": f"model-{juju.model}"}]})
    juju("ModelConfig.ModelSet", {"config": {"secret-backend": "vault-1"}})
    (shown,) = juju("Secrets.ListSecrets", {"filter": None, "show-secrets": False})["results"]
    assert shown["revisions"][0]["backend-name"] == "vault-1"
    assert listed()["vault-1"]["num-secrets"] == 1
    remove = {"args": [{"name": "vault-1", "force": False}]}
    text, code = controller.refusal("SecretBackends.RemoveSecretBackends", remove)
    assert (text, code) == ("removing backend with 1 stored secret revisions not supported", "not supported")
    change = {"name": "vault-1", "config": {"namespace": "n"}, "reset": ["endpoint"], "token-rotate-interval": 0}
    assert "endpoint: expected string" in controller.refusal("SecretBackends.UpdateSecretBackends", {"args": [change]})[0]
    juju("ModelConfig.ModelUnset", {"keys": ["secret-backend"]})
    assert controller("SecretBackends.RemoveSecretBackends", remove) == {"results": [{}]}
    assert controller.refusal("SecretBackends.RemoveSecretBackends", remove)[1] == "not found"
    assert juju.refusal("ModelConfig.ModelSet", {"config": {"secret-backend": "vault-1"}})[1] == "not found"


def test_agents_of_a_model_follow_their_controller_upwards_only(site, controller):
    made = controller(
        "ModelManager.CreateModel", {"name": "aged", "owner-tag": "user-admin", "config": {"agent-version": "3.6.9"}}
    )
    tag = f"model-{made['uuid']}"
    assert made["agent-version"] == "3.6.9"
    assert controller("ModelUpgrader.UpgradeModel", {"model-tag": tag, "target-version": "3.6.12"}) == {
        "chosen-version": "3.6.12"
    }
    again = controller("ModelUpgrader.UpgradeModel", {"model-tag": tag, "target-version": "3.6.10"})
    assert again["error"]["code"] == "already exists"
    newest = controller("ModelUpgrader.UpgradeModel", {"model-tag": tag, "target-version": "0.0.0"})
    assert newest == {"chosen-version": VERSION} == {"chosen-version": site.model(made["uuid"]).version}
    text, _ = controller.refusal("ModelUpgrader.UpgradeModel", {"model-tag": tag, "target-version": "4.0.0"})
    assert "greater than that of the controller" in text
    controller("ModelManager.DestroyModels", {"models": [{"model-tag": tag, "destroy-storage": True}]})


def test_storage_of_units_and_its_pools(juju):
    asked = {"Storage": {"osd-devices": {"Count": 2, "Pool": "maas", "Size": 10240}}}
    juju.deploy("ceph-osd", **asked)
    juju.unit("ceph-osd", juju.machine("worker-1"))
    (listed,) = juju("Storage.ListStorageDetails", {"filters": [{}]})["results"]
    assert [found["storage-tag"] for found in listed["result"]] == ["storage-osd-devices-0", "storage-osd-devices-1"]
    add = {"unit": "unit-ceph-osd-0", "name": "osd-devices", "storage": {"count": 1, "size": 1024}}
    assert juju("Storage.AddToUnit", {"storages": [add]})["results"][0]["result"]["storage-tags"] == ["storage-osd-devices-2"]
    remove = {"tag": "storage-osd-devices-2", "destroy-storage": True}
    assert juju.refusal("Storage.Remove", {"storage": [remove]})[1] == "storage is attached"
    assert juju("Storage.Remove", {"storage": [remove | {"force": True}]}) == {"results": [{}]}
    juju("Storage.CreatePool", {"pools": [{"name": "fast", "provider": "maas", "attrs": {"tags": "ssd"}}]})
    pools = juju("Storage.ListPools", {"filters": [{"names": None, "providers": ["maas"]}]})["results"][0]["storage-pools"]
    assert {pool["name"] for pool in pools} == {"maas", "fast"}
    destroy = {"models": [{"model-tag": f"model-{juju.model}"}]}
    refusal = Caller(juju.site).refusal("ModelManager.DestroyModels", destroy)
    assert refusal == ("cannot destroy model: model contains persistent storage", "controller/model has persistent storage")


def test_annotations_are_notes_on_what_is_there(juju):
    juju.deploy("vault")
    tag = "application-vault"
    juju("Annotations.Set", {"annotations": [{"entity": tag, "annotations": {"pulumi-name": "vault", "other": "x"}}]})
    juju("Annotations.Set", {"annotations": [{"entity": tag, "annotations": {"other": ""}}]})
    assert juju("Annotations.Get", {"entities": [{"tag": tag}]})["results"][0]["annotations"] == {"pulumi-name": "vault"}
    missing = juju("Annotations.Get", {"entities": [{"tag": "machine-9"}]})["results"][0]
    assert missing["error"]["error"]["code"] == "not found"


def test_blocks_forbid(juju):
    juju("Block.SwitchBlockOn", {"type": "BlockRemove", "message": "keep your hands off"})
    juju.deploy("vault")
    params = {"applications": [{"application-tag": "application-vault"}]}
    assert juju.refusal("Application.DestroyApplication", params) == ("keep your hands off", "operation is blocked")
    juju("Block.SwitchBlockOff", {"type": "BlockRemove"})
    juju("Application.DestroyApplication", params)
    assert juju.record.applications == {}


def test_resources_and_the_store(site, juju):
    juju.deploy("vault", resources={"core": "3"})
    shown = juju("Resources.ListResources", {"entities": [{"tag": "application-vault"}]})["results"][0]["resources"]
    assert {resource["name"]: resource["revision"] for resource in shown} == {"core": 3, "vault": 0}
    pending = {
        "tag": "application-x",
        "url": "ch:vault",
        "resources": [{"name": "core"}],
        "charm-origin": {"source": "charm-hub"},
    }
    assert len(juju("Resources.AddPendingResources", pending)["pending-ids"]) == 1
    with urllib.request.urlopen(f"{site.rack.endpoints['juju']['charmhub_url']}/v2/charms/info/vault", timeout=10) as answer:
        assert b'"default-release"' in answer.read()
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{site.rack.endpoints['juju']['charmhub_url']}/v2/charms/info/nope", timeout=10)


def test_a_model_with_everything_in_it_goes_in_order(site, controller):
    juju = Caller(site, controller("ModelManager.CreateModel", {"name": "full", "owner-tag": "user-admin"})["uuid"])
    for charm in ("keystone", "mysql-router", "mysql-innodb-cluster"):
        juju.deploy(charm)
    juju.relate("keystone", "mysql-router:shared-db")
    juju.relate("mysql-router:db-router", "mysql-innodb-cluster")
    host = juju.machine("control-1")
    juju.unit("keystone", juju.container(host))
    juju.unit("mysql-innodb-cluster", juju.container(host))
    juju.until_unit("mysql-router/0", "waiting")
    controller("ModelManager.DestroyModels", {"models": [{"model-tag": f"model-{juju.model}", "destroy-storage": True}]})
    assert juju.record is None or juju.record.life == "dying"
    until("the model to go", lambda: juju.record is None)
    assert run(site.maas().get("devices/")) == []
    until(
        "MAAS to have the machine", lambda: run(site.maas().get(f"machines/{site.ids['control-1']}/"))["status_name"] == "Ready"
    )
    answer = juju.answer  # a connection to what is gone is refused at login
    with pytest.raises(AssertionError, match="model not found"):
        answer("Client.FullStatus")
