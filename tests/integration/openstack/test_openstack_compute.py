"""Flavors, key pairs, aggregates, server groups and volume types through their lives."""

from __future__ import annotations

from typing import Any

import pytest

from clients import openstack
from providers import _base
from providers.openstack import Flavor, FlavorAccess, HostAggregate, KeyPair, Project, ServerGroup, User, VolumeType

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGCFSJA1fIrmxHFtbzaNnA7nAN9Gx9VLcLpbbfBkRrQp"


@pytest.fixture(autouse=True)
def with_compute(needs: Any) -> None:
    needs("compute")


def test_a_flavor_through_its_life(life: Any, cloud: openstack.Cloud, name: str) -> None:
    flavor = life(Flavor, name=name, ram=512, vcpus=1, disk=5, extra_specs={"hw:cpu_policy": "shared", "a:b": "c"})
    assert (flavor.up(), flavor.preview(), flavor.refresh()) == ("create", "same", {})
    cloud.compute.set_extra_specs(flavor.id, {"hw:cpu_policy": "shared"}, {"hw:cpu_policy": "dedicated"})
    assert flavor.refresh() == {"extra_specs": {"hw:cpu_policy": "dedicated", "a:b": "c"}}
    assert (flavor.up(), flavor.refresh()) == ("update", {})
    assert flavor.up(description="ours", extra_specs={"x:y": "z"}) == "update"
    found = cloud.flavors.read(flavor.id)
    assert (found.description, found.extra_specs) == ("ours", {"x:y": "z"})
    assert flavor.up(extra_specs=None) == "update"
    assert cloud.flavors.read(flavor.id).extra_specs == {}
    for change in ({"ram": 1024}, {"vcpus": 2}, {"disk": 6}, {"name": "x"}, {"public": False}):
        assert flavor.preview(**change) == "replace"
    cloud.flavors.delete(flavor.id)
    flavor.refresh()
    assert (flavor.id, flavor.up()) == (None, "create")


def test_a_flavor_that_is_another_is_not_taken(life: Any, cloud: openstack.Cloud, name: str) -> None:
    theirs = cloud.flavors.create(name, lambda: None, name=name, ram=256, vcpus=1, disk=1)
    try:
        with pytest.raises(_base.ExpectedError, match="ram is 256 there and 512 here, which can't be changed"):
            life(Flavor, name=name, ram=512, vcpus=1, disk=1).up()
        same = life.made(Flavor, name=name, ram=256, vcpus=1, disk=1, extra_specs={"a:b": "c"})
        assert same["adopted"] is True
        same.destroy()
        assert cloud.flavors.read(theirs.id).extra_specs == {}
    finally:
        cloud.flavors.delete(theirs.id)


def test_a_private_flavor_for_a_project(life: Any, cloud: openstack.Cloud, name: str) -> None:
    project = life.made(Project, name=name)
    flavor = life.made(Flavor, name=name, ram=256, vcpus=1, public=False)
    assert (flavor.preview(), flavor.refresh()) == ("same", {})
    access = life(FlavorAccess, flavor=flavor.id, project=project.id)
    assert (access.up(), access.preview(), access.refresh()) == ("create", "same", {})
    cloud.compute.withdraw(flavor.id, project.id)
    access.refresh()
    assert (access.id, access.up()) == (None, "create")
    access.destroy()
    assert cloud.compute.access(flavor.id) == []


def test_a_key_pair_through_its_life(life: Any, cloud: openstack.Cloud, name: str) -> None:
    pair = life(KeyPair, name=name, public_key=f"{KEY} me@here")
    assert (pair.up(), pair.preview(), pair.refresh()) == ("create", "same", {})
    assert (pair.preview(public_key=KEY), pair["private_key"]) == ("same", "")  # the comment is not the key
    pair.forget()
    assert (pair.up(), pair["adopted"]) == ("create", False)
    cloud.key_pairs.delete(name)
    pair.refresh()
    assert pair.id is None


def test_a_key_pair_that_is_made_here(life: Any, cloud: openstack.Cloud, name: str) -> None:
    pair = life(KeyPair, name=name)
    assert (pair.up(), pair.preview(), pair.refresh()) == ("create", "same", {})
    assert pair["private_key"].startswith("-----BEGIN OPENSSH PRIVATE KEY-----")
    assert "private_key" in pair.provider.secret
    first = cloud.key_pairs.read(name).public_key
    pair.forget()  # its private half is lost with the state: another one comes in its place
    assert (pair.up(), pair["adopted"]) == ("create", False)
    assert cloud.key_pairs.read(name).public_key != first


def test_a_key_pair_of_another_user(life: Any, cloud: openstack.Cloud, name: str) -> None:
    user = life.made(User, name=name)
    pair = life(KeyPair, name=name, public_key=KEY, user=user.id)
    assert (pair.up(), pair.preview(), pair.refresh()) == ("create", "same", {})
    assert cloud.key_pairs.read(name) is None
    pair.destroy()
    assert cloud.key_pairs.read(name, user_id=user.id) is None


def test_a_host_aggregate_through_its_life(life: Any, cloud: openstack.Cloud, name: str) -> None:
    host = next((service.host for service in cloud.compute.services() if service.binary == "nova-compute"), None)
    if host is None:
        pytest.skip("no nova-compute has registered with this cloud")
    aggregate = life(HostAggregate, name=name, hosts=[host], metadata={"ssd": True})
    assert (aggregate.up(), aggregate.preview(), aggregate.refresh()) == ("create", "same", {})
    cloud.compute.remove_host(aggregate.id, host)
    cloud.compute.set_metadata(aggregate.id, {"ssd": None, "theirs": "x"})
    assert aggregate.refresh() == {"hosts": [], "metadata": {"theirs": "x"}}
    assert (aggregate.up(), aggregate.refresh()) == ("update", {})
    assert aggregate.up(name=f"{name}-b", hosts=None) == "update"
    assert (aggregate.refresh(), cloud.aggregates.read(aggregate.id).hosts) == ({}, ())
    assert aggregate.up(availability_zone=name) == "update"
    assert (aggregate.preview(), aggregate.refresh()) == ("same", {})
    aggregate.up(hosts=[host], availability_zone=None)
    id_ = aggregate.id
    aggregate.destroy()
    assert cloud.aggregates.read(id_) is None


def test_a_server_group_through_its_life(life: Any, cloud: openstack.Cloud, name: str) -> None:
    group = life(ServerGroup, name=name, policy="anti-affinity")
    assert (group.up(), group.preview(), group.refresh()) == ("create", "same", {})
    assert group.preview(policy="affinity") == "replace"
    cloud.server_groups.delete(group.id)
    group.refresh()
    assert group.id is None


def test_a_volume_type_through_its_life(life: Any, cloud: openstack.Cloud, name: str, needs: Any) -> None:
    needs("volume")
    kind = life(VolumeType, name=name, description="ours", extra_specs={"volume_backend_name": "ceph", "a": "b"})
    assert (kind.up(), kind.preview(), kind.refresh()) == ("create", "same", {})
    cloud.volume_types.update(kind.id, description="theirs")
    assert kind.refresh() == {"description": "theirs"}
    assert kind.up(extra_specs={"volume_backend_name": "rbd"}, name=f"{name}-b") == "update"
    found = cloud.volume_types.read(kind.id)
    assert (found.name, found.description, found.extra_specs) == (f"{name}-b", "ours", {"volume_backend_name": "rbd"})
    assert kind.refresh() == {}
