"""Objects that LXD keeps whole: made once, compared field by field, changed in place, gone without complaint."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest

from clients import lxd as client
from providers.lxd.client_certificate import ClientCertificateProvider
from providers.lxd.network import NetworkProvider
from providers.lxd.network_acl import NetworkAclProvider
from providers.lxd.network_forward import NetworkForwardProvider
from providers.lxd.profile import ProfileProvider
from providers.lxd.project import ProjectProvider
from providers.lxd.server_config import ServerConfigProvider
from providers.lxd.storage_bucket import StorageBucketKeyProvider, StorageBucketProvider
from providers.lxd.storage_pool import StoragePoolProvider
from providers.lxd.storage_volume import StorageVolumeProvider
from providers.lxd.storage_volume_copy import StorageVolumeCopyProvider
from providers.lxd.trust_certificate import TrustCertificateProvider
from providers.lxd.trust_token import TrustTokenProvider

NO_ADDRESSES = {"ipv4.address": "none", "ipv6.address": "none"}


@pytest.fixture
def project(server: Any) -> Iterator[str]:
    life = server.life(ProjectProvider, name=server.name("project")).create()
    yield life.outs["name"]
    life.destroy()


@pytest.fixture
def bridge(server: Any) -> Iterator[str]:
    name = server.name("br")
    life = server.life(NetworkProvider, name=name, config={"ipv4.address": "10.123.7.1/24", "ipv6.address": "none"}).create()
    yield name
    life.destroy()


def test_a_project_keeps_what_the_server_adds_and_mends_what_others_change(server: Any) -> None:
    life = server.life(ProjectProvider, name=server.name("project"), description="base").create()
    assert life.id == life.props["name"]
    assert life.outs["config"] == {}
    life.up(description="other", config={"user.owner": "site"})

    server.lxd.modify(
        "projects", life.props["name"], change=lambda now: {"description": "x", "config": {**now.config, "user.x": "1"}}
    )
    assert life.refresh()
    assert life.outs["config"] == {"user.owner": "site", "user.x": "1"}
    assert life.pending() == ({"description", "config"}, [])
    life.up()
    assert "user.x" not in server.lxd.get("projects", life.props["name"]).config

    life.destroy()
    assert not life.refresh()


def test_a_project_that_others_made_is_adopted_and_given_back(server: Any) -> None:
    name = server.name("project")
    server.lxd.create("projects", body={"name": name, "description": "theirs", "config": {"user.keep": "1"}})
    life = server.life(ProjectProvider, name=name, description="ours").create()
    assert life.outs["adopted"] is True
    assert server.lxd.get("projects", name).description == "ours"
    life.destroy()
    back = server.lxd.get("projects", name)
    assert (back.description, back.config["user.keep"]) == ("theirs", "1")
    server.lxd.remove("projects", name)


def test_what_keeps_an_object_from_being_deleted_is_named(server: Any) -> None:
    life = server.life(ProjectProvider, name=server.name("project")).create()
    name = life.props["name"]
    server.lxd.create("profiles", body={"name": "theirs"}, project=name)
    with pytest.raises(Exception, match=r"Only empty projects can be removed \(used by .*profiles/theirs.*\); remove what uses"):
        life.destroy()
    server.lxd.remove("profiles", "theirs", project=name)
    life.destroy()


def test_a_create_that_is_refused_is_forgotten(server: Any) -> None:
    name = server.name("project")
    with pytest.raises(Exception, match="nosuch"):
        server.life(ProjectProvider, name=name, config={"features.nosuch": "true"}).create()
    server.lxd.create("projects", body={"name": name})
    life = server.life(ProjectProvider, name=name).create()
    assert life.outs["adopted"] is True, "somebody else made it after that"
    life.destroy()
    server.lxd.remove("projects", name)


def test_what_an_interrupted_create_left_is_ours(server: Any) -> None:
    life = server.life(StoragePoolProvider, name=server.name("pool"), driver="dir").create()
    again = server.life(StoragePoolProvider, **life.props).create()
    assert "adopted" not in again.outs
    again.destroy()
    assert server.lxd.find("storage-pools", life.props["name"]) is None


def test_an_object_that_can_not_become_what_is_asked_is_refused_by_name(server: Any) -> None:
    name = server.name("net")
    server.lxd.create("networks", body={"name": name, "type": "bridge", "config": NO_ADDRESSES})
    with pytest.raises(Exception, match=rf"has a network {name} already, with type 'bridge' and not 'macvlan'"):
        server.life(NetworkProvider, name=name, type="macvlan", config={"parent": "lo"}).create()
    server.lxd.remove("networks", name)


def test_a_pool_and_its_volumes(server: Any, pool: str) -> None:
    volume = server.life(StorageVolumeProvider, name=server.name("vol"), pool=pool, config={"size": "8MiB"}).create()
    assert volume.outs["location"] == "none"
    volume.up(description="scratch")
    copied = {"pool": pool, "source_pool": pool, "source_name": volume.props["name"]}
    copy = server.life(StorageVolumeCopyProvider, name=server.name("copy"), **copied).create()
    assert server.lxd.find("storage-pools", pool, "volumes", "custom", copy.props["name"])
    assert server.life(StorageVolumeProvider, name="x", pool=pool, target="member").check()[0].startswith("target: this SDK")
    copy.destroy()
    volume.destroy()
    assert not volume.refresh()


def test_a_driver_that_the_server_lacks_is_refused_at_preview(server: Any) -> None:
    failures = server.life(StoragePoolProvider, name="p", driver="powerflex").check()
    assert len(failures) == 1
    assert "can't make a pool of 'powerflex'" in failures[0]


def test_a_network_without_addresses(server: Any) -> None:
    life = server.life(NetworkProvider, name=server.name("br"), config=NO_ADDRESSES).create()
    assert life.outs["managed"] is True
    assert life.outs["ipv4_address"] == ""
    life.up(config={**NO_ADDRESSES, "ipv4.dhcp": "false"})
    life.up(config=NO_ADDRESSES)
    assert server.lxd.get("networks", life.props["name"]).config.get("ipv4.dhcp") is None
    life.destroy()


def test_a_network_whose_addresses_the_server_picks_has_no_drift(server: Any) -> None:
    life = server.life(NetworkProvider, name=server.name("br")).create()
    assert life.outs["config"] == {}
    assert life.outs["ipv4_address"].endswith("/24")
    life.destroy()


def test_a_name_too_long_for_a_bridge_is_refused_at_preview(server: Any) -> None:
    assert "the kernel takes 15 characters" in server.life(NetworkProvider, name="a-bridge-with-a-long-name").check()[0]


def test_an_acl_is_changed_and_renamed_in_place(server: Any) -> None:
    rule = {"action": "allow", "state": "enabled", "protocol": "tcp", "destination_port": "22"}
    life = server.life(NetworkAclProvider, name=server.name("acl"), ingresses=[rule]).create()
    life.up(egresses=[{"action": "drop", "state": "logged", "destination": "192.0.2.0/24"}])
    life.up(name=server.name("acl"))
    assert server.lxd.get("network-acls", life.props["name"]).body["ingress"][0]["destination_port"] == "22"
    life.destroy()


def test_a_forward_has_no_perpetual_difference(server: Any, bridge: str) -> None:
    ports = [
        {"protocol": "tcp", "listen_port": "8080", "target_port": "80", "target_address": "10.123.7.5"},
        {"protocol": "udp", "listen_port": "53", "target_address": "10.123.7.6", "description": "names"},
    ]
    life = server.life(NetworkForwardProvider, network=bridge, listen_address="127.0.0.77", ports=ports).create()
    assert life.id == f"default/{bridge}/127.0.0.77"
    life.up(config={"target_address": "10.123.7.9"})
    life.props = {**life.props, "ports": ports[::-1]}
    assert life.pending() == (set(), [])
    life.destroy()


def test_a_profile_in_a_project(server: Any, project: str, pool: str) -> None:
    devices = [
        {"name": "root", "type": "disk", "properties": {"path": "/", "pool": pool}},
        {"name": "eth1", "type": "nic", "properties": {"nictype": "p2p"}},
    ]
    life = server.life(
        ProfileProvider, name="control", project=project, config={"boot.autostart": True}, devices=devices
    ).create()
    assert life.id == f"{project}/control"
    assert life.outs["config"] == {"boot.autostart": "true"}
    life.props = {**life.props, "devices": devices[::-1]}
    assert life.pending() == (set(), [])
    life.up(devices=devices[:1])
    assert list(server.lxd.get("profiles", "control", project=project).devices) == ["root"]
    life.destroy()


def test_the_default_profile_is_filled_and_emptied_but_not_that_of_the_default_project(server: Any, project: str) -> None:
    life = server.life(ProfileProvider, name="default", project=project, config={"limits.cpu": 2}).create()
    assert life.outs["adopted"] is True
    life.destroy()
    assert server.lxd.get("profiles", "default", project=project).config == {}
    assert "shared by everybody" in server.life(ProfileProvider, name="default").check()[0]


def test_two_devices_of_one_name_are_refused(server: Any) -> None:
    device = {"name": "root", "type": "disk", "properties": {"path": "/"}}
    assert server.life(ProfileProvider, name="p", devices=[device, device]).check() == [
        "devices: two devices are named 'root' (got " + repr([device, device])[:79] + "…)"
    ]


def test_a_certificate_is_trusted_for_a_project_and_stays_out_of_the_way(
    server: Any, project: str, tmp_path: pathlib.Path
) -> None:
    pair = server.life(ClientCertificateProvider, common_name="maas").create()
    pem = pair.outs["certificate"]
    life = server.life(TrustCertificateProvider, name="maas", content=pem, projects=[project]).create()
    assert life.outs["fingerprint"] == pair.outs["fingerprint"]
    assert server.lxd.get("certificates", pair.outs["fingerprint"]).body["restricted"] is True
    life.up(projects=[])
    assert server.lxd.get("certificates", pair.outs["fingerprint"]).body["restricted"] is False

    other = server.life(ClientCertificateProvider, common_name="other").create()
    life.props = {**life.props, "content": other.outs["certificate"]}
    assert life.pending() == ({"content"}, ["content"])
    life.destroy()

    file = tmp_path / "client.crt"
    file.write_text(pem)
    by_path = server.life(TrustCertificateProvider, name="maas", path=str(file), type="metrics").create()
    by_path.destroy()
    assert server.life(TrustCertificateProvider, name="x").check()[0].startswith("content: give the certificate")
    assert "holds no certificate" in server.life(TrustCertificateProvider, name="x", content="hello").check()[0]


@pytest.fixture
def listening(server: Any) -> Iterator[None]:
    """A server that clients could come to over the network."""
    if server.lxd.server().config.get("core.https_address"):
        yield
        return
    life = server.life(ServerConfigProvider, config={"core.https_address": "127.0.0.1:8443"}).create()
    yield
    life.destroy()


@pytest.mark.usefixtures("listening")
def test_a_token_is_pending_until_it_is_taken_back(server: Any) -> None:
    life = server.life(TrustTokenProvider, name=server.name("token")).create()
    assert len(life.outs["token"]) > 40
    pending = {operation.id for operation in server.lxd.operations() if not operation.done}
    assert life.outs["operation_id"] in pending
    life.destroy()
    assert life.refresh(), "a token is used once: that it is gone is no drift"
    always = server.life(TrustTokenProvider, name=server.name("token"), trigger="always").create()
    always.destroy()
    assert not always.refresh()


@pytest.mark.usefixtures("listening")
def test_a_token_makes_a_new_client_trusted(server: Any) -> None:
    if server.lxd.remote.socket is not None:
        pytest.skip("trust is a matter of HTTPS; this server is reached over its socket")
    token = server.life(TrustTokenProvider, name=server.name("token")).create()
    pair = server.life(ClientCertificateProvider, common_name="newcomer").create().outs
    remote = dataclasses.replace(
        server.lxd.remote,
        client_certificate=pair["certificate"],
        client_key=pair["private_key"],
        trust_token=token.outs["token"],
    )
    newcomer = client.Lxd(remote)
    assert newcomer.get("projects", "default").name == "default"
    newcomer.close()
    server.lxd.remove("certificates", pair["fingerprint"])


def test_keys_of_the_server_are_given_back(server: Any) -> None:
    key = "images.auto_update_interval"
    before = server.lxd.server().config.get(key)
    life = server.life(ServerConfigProvider, config={key: 12}).create()
    life.up(config={key: 13, "images.remote_cache_expiry": 5})
    server.lxd.configure({key: "7"})
    assert life.refresh()
    assert life.outs["config"][key] == "7"
    life.up()
    assert server.lxd.server().config[key] == "13"
    life.up(config={"images.remote_cache_expiry": 5})
    assert server.lxd.server().config.get(key) == before
    life.destroy()
    assert server.lxd.server().config.get("images.remote_cache_expiry") is None


def test_buckets_need_an_lxd_that_has_them(server: Any, pool: str) -> None:
    life = server.life(StorageBucketProvider, name="b", pool=pool)
    if "storage_buckets" in server.lxd.server().extensions:
        life.create()
        key = server.life(StorageBucketKeyProvider, name="k", bucket="b", pool=pool, role="admin").create()
        assert key.outs["secret_key"]
        key.destroy()
        life.destroy()
    else:
        assert "has no storage buckets: it lacks the API extension 'storage_buckets'" in life.check()[0]


def test_a_change_that_was_overtaken_is_made_on_what_is_there_now(server: Any) -> None:
    name, turns = server.name("project"), []
    server.lxd.create("projects", body={"name": name})

    def change(now: client.Object) -> dict[str, Any]:
        turns.append(now.description)
        if len(turns) == 1:
            server.lxd.modify("projects", name, change=lambda then: {"description": "first", "config": dict(then.config)})
        return {"description": now.description + " second", "config": dict(now.config)}

    server.lxd.modify("projects", name, change=change)
    assert turns == ["", "first"]
    assert server.lxd.get("projects", name).description == "first second"
    server.lxd.remove("projects", name)
