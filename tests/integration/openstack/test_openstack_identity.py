"""Domains, projects, users, groups, roles and what they may, through their lives."""

from __future__ import annotations

from typing import Any

import pytest

from clients import openstack
from providers.openstack import Domain, Group, Project, Quota, Role, RoleAssignment, User

PASSWORD = "a-secret-of-the-tests"


def test_a_project_through_its_life(life: Any, cloud: openstack.Cloud, name: str) -> None:
    project = life(Project, name=name, description="ours", tags=["b", "a"])
    assert (project.up(), project.preview(), project.refresh()) == ("create", "same", {})
    cloud.projects.update(project.id, description="theirs", is_enabled=False)
    assert project.refresh() == {"description": "theirs"}
    assert project.up(enabled=True) == "update"
    found = cloud.projects.read(project.id)
    assert (found.description, found.is_enabled) == ("ours", True)
    assert project.up(name=f"{name}-b", tags=["c"]) == "update"
    assert (project.refresh(), cloud.projects.read(project.id).name) == ({}, f"{name}-b")
    assert project.preview(domain="other") == "replace"
    id_ = project.id
    project.destroy()
    assert cloud.projects.read(id_) is None


def test_a_domain_goes_although_keystone_wants_it_disabled_first(life: Any, cloud: openstack.Cloud, name: str) -> None:
    domain = life(Domain, name=name)
    assert (domain.up(), domain.preview(), domain.refresh()) == ("create", "same", {})
    project = life.made(Project, name=name, domain=name)
    assert cloud.projects.read(project.id).domain_id == domain.id
    by_id = life.made(Project, name=f"{name}-b", domain=domain.id)
    assert (by_id.preview(), by_id.refresh()) == ("same", {})
    id_ = domain.id
    life.destroy()
    assert cloud.domains.read(id_) is None


def test_an_unknown_domain_is_named(life: Any, name: str) -> None:
    project = life(Project, name=name, domain="nowhere")
    with pytest.raises(openstack.NotFoundError, match="there is no domain 'nowhere'"):
        project.up()


def test_a_user_through_its_life(life: Any, cloud: openstack.Cloud, name: str) -> None:
    user = life(User, name=name, password=PASSWORD, email="a@example.com")
    assert (user.up(), user.preview(), user.refresh()) == ("create", "same", {})
    assert user.provider.secret == {"password"}
    cloud.users.update(user.id, email="b@example.com")
    assert user.refresh() == {"email": "b@example.com"}
    assert user.up() == "update"
    assert user.up(password=f"{PASSWORD}-2", email=None) == "update"
    assert cloud.users.read(user.id).email is None
    assert (user.preview(), user.refresh()) == ("same", {})


def test_an_adopted_user_keeps_no_password_of_ours_in_clear(life: Any, cloud: openstack.Cloud, name: str) -> None:
    theirs = cloud.users.create(name, lambda: None, name=name, domain_id="default", description="theirs")
    try:
        user = life.made(User, name=name, password=PASSWORD, description="ours")
        user.up(password=f"{PASSWORD}-2")
        assert user["adopted"] is True
        assert PASSWORD not in str(user["before"])
        user.destroy()
        assert cloud.users.read(theirs.id).description == "theirs"
    finally:
        cloud.users.delete(theirs.id)


def test_a_password_is_sent_only_when_it_is_another(life: Any, site: Any, name: str) -> None:
    user = life.made(User, name=name, password=PASSWORD)
    state = site.cloud.identity.state.users[user.id]
    before = state.password
    user.up(description="x")
    assert site.cloud.identity.state.users[user.id].password == before
    user.up(password=f"{PASSWORD}-2")
    assert site.cloud.identity.state.users[user.id].password != before


def test_roles_of_every_cloud_are_adopted(life: Any, cloud: openstack.Cloud, name: str) -> None:
    names = {role.name for role in cloud.roles.list()}
    member = life.made(Role, name="member" if "member" in names else min(names))
    assert (member["adopted"], member.preview(), member.refresh()) == (True, "same", {})
    id_ = member.id
    member.destroy()
    assert cloud.roles.read(id_) is not None
    own = life(Role, name=name, description="ours")
    assert (own.up(), own.refresh(), own["adopted"]) == ("create", {}, False)


def test_a_group_with_its_users(life: Any, cloud: openstack.Cloud, name: str) -> None:
    users = [life.made(User, name=f"{name}-{n}") for n in range(3)]
    group = life(Group, name=name, users=[users[1].id, users[0].id])
    assert (group.up(), group.preview(), group.refresh()) == ("create", "same", {})
    cloud.identity.leave(group.id, users[0].id)
    assert group.refresh() == {"users": [users[1].id]}
    assert group.up() == "update"
    assert group.up(users=[users[2].id]) == "update"
    assert cloud.identity.members(group.id) == [users[2].id]


def test_a_role_assignment_through_its_life(life: Any, cloud: openstack.Cloud, name: str) -> None:
    project, user, role = life.made(Project, name=name), life.made(User, name=name), life.made(Role, name=name)
    assignment = life(RoleAssignment, role=role.id, user=user.id, project=project.id)
    assert (assignment.up(), assignment.preview(), assignment.refresh()) == ("create", "same", {})
    grant = openstack.Grant(role=role.id, user=user.id, project=project.id)
    assert cloud.identity.granted(grant)
    cloud.identity.revoke(grant)
    assignment.refresh()
    assert (assignment.id, assignment.up(), assignment["adopted"]) == (None, "create", False)
    assignment.forget()
    assert (assignment.up(), assignment["adopted"]) == ("create", False)
    assignment.destroy()
    assert not cloud.identity.granted(grant)
    cloud.identity.grant(grant)
    assert (assignment.up(), assignment["adopted"]) == ("create", True)
    assignment.destroy()
    assert cloud.identity.granted(grant)


def test_roles_on_domains_and_on_the_whole_cloud(life: Any, name: str) -> None:
    domain, group, role = life.made(Domain, name=name), life.made(Group, name=name), life.made(Role, name=name)
    for place in ({"domain": domain.id}, {}):
        assignment = life(RoleAssignment, role=role.id, group=group.id, **place)
        assert (assignment.up(), assignment.preview(), assignment.refresh()) == ("create", "same", {})
    assert set(assignment.refusals(user="u")) == {"user"}
    assert set(assignment.refusals(project="p", domain="d")) == {"domain"}


NETWORK = {"networks": 3, "floating_ips": 2}


def test_network_quotas_through_their_life(life: Any, cloud: openstack.Cloud, name: str, needs: Any) -> None:
    needs("network:quotas", "network:router")
    project = life.made(Project, name=name)
    before = cloud.quotas.read("network", project.id)
    quota = life(Quota, project=project.id, **NETWORK)
    assert (quota.up(), quota.preview(), quota.refresh()) == ("create", "same", {})
    cloud.quotas.change("network", project.id, {"network": 9})
    assert quota.refresh() == {"networks": 9.0}
    assert quota.up() == "update"
    assert quota.up(networks=None, routers=-1) == "update"
    now = cloud.quotas.read("network", project.id)
    assert (now["network"], now["floatingip"], now["router"]) == (before["network"], 2, -1)
    quota.destroy()
    assert cloud.quotas.read("network", project.id) == before
    kept = cloud.raw("network", "get", "/quotas", "list the quotas")["quotas"]
    assert project.id not in [quota["project_id"] for quota in kept]


def test_quotas_that_were_set_before_come_back(life: Any, cloud: openstack.Cloud, name: str, needs: Any) -> None:
    needs("network:quotas", "network:router")
    project = life.made(Project, name=name)
    cloud.quotas.change("network", project.id, {"network": 7})
    try:
        life.made(Quota, project=project.id, **NETWORK).destroy()
        assert cloud.quotas.read("network", project.id)["network"] == 7
    finally:
        cloud.quotas.reset("network", project.id)


def test_quotas_of_all_services(life: Any, cloud: openstack.Cloud, name: str, needs: Any) -> None:
    needs("compute", "volume", "network:quotas", "network:router")
    project = life.made(Project, name=name)
    quota = life(Quota, project=project.id, instances=5, cores=10, ram=4096, volumes=4, gigabytes=50, **NETWORK)
    assert (quota.up(), quota.preview(), quota.refresh()) == ("create", "same", {})
    cloud.quotas.change("compute", project.id, {"cores": 1})
    cloud.quotas.change("block_storage", project.id, {"gigabytes": 1})
    assert quota.refresh() == {"cores": 1.0, "gigabytes": 1.0}
    assert (quota.up(), quota.refresh()) == ("update", {})


def test_quotas_go_with_their_project(life: Any, cloud: openstack.Cloud, name: str, needs: Any) -> None:
    needs("network:quotas")
    project = life.made(Project, name=name)
    quota = life.made(Quota, project=project.id, networks=3)
    cloud.projects.delete(project.id)
    quota.refresh()
    assert quota.id is None
    cloud.quotas.reset("network", project.id)  # Neutron keeps them
