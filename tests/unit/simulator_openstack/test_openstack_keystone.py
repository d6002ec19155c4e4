"""Keystone as the charm sets it up: who may log in for what, and what ends a token."""

from __future__ import annotations

from typing import Any

from simulator.juju.actions import ANSWERS
from tests.unit.simulator_openstack.planted import Answer, Planted, send


def _auth(rack: Planted, user: dict[str, Any], scope: Any = None) -> Answer:
    asked: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": user}}}
    asked |= {"scope": scope} if scope else {}
    return send("POST", rack.url("keystone", 5000) + "/v3/auth/tokens", {"auth": asked})


def _admin(rack: Planted, **more: Any) -> dict[str, Any]:
    return {"name": "admin", "domain": {"name": "admin_domain"}, "password": rack.password} | more


def _ask(rack: Planted, method: str, path: str, token: str, body: Any = None) -> Answer:
    return send(method, rack.url("keystone", 5000) + f"/v3{path}", body, token)


def _id(rack: Planted, token: str, kind: str, name: str) -> str:
    found = _ask(rack, "GET", f"/{kind}?name={name}", token).body[kind]
    return str(found[0]["id"])


def _member(rack: Planted, token: str) -> tuple[str, str, str]:
    """A user bob with the role member on a project lab; ids of user, project and role."""
    project = _ask(rack, "POST", "/projects", token, {"project": {"name": "lab"}}).body["project"]["id"]
    user = _ask(rack, "POST", "/users", token, {"user": {"name": "bob", "password": "bobs"}}).body["user"]["id"]
    role = _id(rack, token, "roles", "Member")
    assert _ask(rack, "PUT", f"/projects/{project}/users/{user}/roles/{role}", token).status == 204
    return user, project, role


def test_the_charms_administrator_has_a_project_and_a_domain(rack: Planted) -> None:
    domain = {"name": "admin_domain"}
    for scope in ({"project": {"name": "admin", "domain": domain}}, {"domain": domain}):
        answer = _auth(rack, _admin(rack), scope)
        assert answer.status == 201, scope
        assert answer.body["token"]["roles"][0]["name"] == "Admin"
    for scope in ({"system": {"all": True}}, {"project": {"name": "services", "domain": {"name": "service_domain"}}}):
        assert _auth(rack, _admin(rack), scope).status == 401


def test_the_charm_keeps_a_user_of_its_own(rack: Planted) -> None:
    users = _ask(rack, "GET", "/users?domain_id=default", rack.login()).body["users"]
    assert "_charm-keystone-admin" in {user["name"] for user in users}
    assert "admin" not in {user["name"] for user in users}


def test_services_have_users_in_their_own_domain(rack: Planted) -> None:
    token = rack.login()
    home = _id(rack, token, "domains", "service_domain")
    users = _ask(rack, "GET", f"/users?domain_id={home}", token).body["users"]
    assert {"glance", "nova", "neutron", "cinderv3", "placement"} <= {user["name"] for user in users}


def test_a_rotated_password_ends_the_administrators_tokens(rack: Planted) -> None:
    old, token = rack.password, rack.login()
    unit = rack.model.units["keystone/0"]
    rack.rack.call(ANSWERS["keystone", "rotate-admin-password"], rack.model, unit, {})
    assert rack.password != old
    assert _ask(rack, "GET", "/projects", token).status == 401
    assert _auth(rack, _admin(rack, password=old)).status == 401
    assert _ask(rack, "GET", "/projects", rack.login()).status == 200


def test_the_catalog_follows_the_deployment(rack: Planted) -> None:
    def types() -> set[str]:
        catalog = _ask(rack, "GET", "/auth/catalog", rack.login()).body["catalog"]
        return {each["type"] for each in catalog}

    assert {"identity", "image", "compute", "network", "volumev3", "object-store", "orchestration"} <= types()
    relation = next(number for number, each in rack.model.relations.items() if each.end_of("heat"))
    rack.rack.call(rack.model.relations.pop, relation)
    assert "orchestration" not in types()


def test_an_endpoint_moves_with_its_unit(rack: Planted) -> None:
    token = rack.login()
    service = _id(rack, token, "services", "glance")
    before = _ask(rack, "GET", f"/endpoints?service_id={service}", token).body["endpoints"]
    rack.model.machines["1"].addresses[0]["value"] = "10.20.0.77"
    after = _ask(rack, "GET", f"/endpoints?service_id={service}", token).body["endpoints"]
    assert {each["id"] for each in before} == {each["id"] for each in after}
    assert all("/10.20.0.77/9292" in each["url"] for each in after)


def test_a_token_lives_an_hour(rack: Planted) -> None:
    token = rack.login()
    rack.rack.advance(3590)
    assert _ask(rack, "GET", "/auth/projects", token).status == 200
    rack.rack.advance(11)
    assert _ask(rack, "GET", "/auth/projects", token).status == 401


def test_a_token_may_end_before_its_time(rack: Planted) -> None:
    token = rack.login()
    rack.rack.fault("token-ends", "admin", times=1)
    assert rack.get("glance", 9292, "/v2/images", token).status == 401
    assert rack.get("glance", 9292, "/v2/images", token).status == 401
    assert rack.get("glance", 9292, "/v2/images", rack.login()).status == 200


def test_a_revoked_role_ends_the_tokens_that_stood_on_it(rack: Planted) -> None:
    admin = rack.login()
    user, project, role = _member(rack, admin)
    bob = {"id": user, "password": "bobs"}
    token = _auth(rack, bob, {"project": {"id": project}}).headers["x-subject-token"]
    unscoped = _auth(rack, bob).headers["x-subject-token"]
    assert _ask(rack, "GET", "/projects", token).status == 403
    assert _ask(rack, "DELETE", f"/projects/{project}/users/{user}/roles/{role}", admin).status == 204
    assert _ask(rack, "GET", "/auth/projects", token).status == 401
    assert _ask(rack, "GET", "/auth/projects", unscoped).body["projects"] == []
    assert _ask(rack, "PUT", f"/projects/{project}/users/{user}/roles/{role}", admin).status == 204
    assert _ask(rack, "GET", "/auth/projects", token).status == 401


def test_a_group_gives_its_roles(rack: Planted) -> None:
    admin = rack.login()
    user, project, role = _member(rack, admin)
    _ask(rack, "DELETE", f"/projects/{project}/users/{user}/roles/{role}", admin)
    group = _ask(rack, "POST", "/groups", admin, {"group": {"name": "crew"}}).body["group"]["id"]
    assert _ask(rack, "PUT", f"/projects/{project}/groups/{group}/roles/{role}", admin).status == 204
    scope = {"project": {"id": project}}
    assert _auth(rack, {"id": user, "password": "bobs"}, scope).status == 401
    assert _ask(rack, "PUT", f"/groups/{group}/users/{user}", admin).status == 204
    roles = _auth(rack, {"id": user, "password": "bobs"}, scope).body["token"]["roles"]
    assert [each["name"] for each in roles] == ["member", "reader"]


def test_a_deleted_user_is_gone_everywhere(rack: Planted) -> None:
    admin = rack.login()
    user, project, _ = _member(rack, admin)
    token = _auth(rack, {"id": user, "password": "bobs"}, {"project": {"id": project}}).headers["x-subject-token"]
    assert _ask(rack, "DELETE", f"/users/{user}", admin).status == 204
    assert _ask(rack, "GET", "/auth/projects", token).status == 401
    assigned = _ask(rack, "GET", f"/role_assignments?scope.project.id={project}", admin).body["role_assignments"]
    assert assigned == []


def test_a_project_with_children_stays(rack: Planted) -> None:
    admin = rack.login()
    parent = _ask(rack, "POST", "/projects", admin, {"project": {"name": "over"}}).body["project"]["id"]
    child = _ask(rack, "POST", "/projects", admin, {"project": {"name": "under", "parent_id": parent}}).body["project"]["id"]
    assert _ask(rack, "DELETE", f"/projects/{parent}", admin).status == 403
    assert _ask(rack, "DELETE", f"/projects/{child}", admin).status == 204
    assert _ask(rack, "DELETE", f"/projects/{parent}", admin).status == 204


def test_immutable_roles_stay(rack: Planted) -> None:
    admin = rack.login()
    role = _id(rack, admin, "roles", "member")
    answer = _ask(rack, "DELETE", f"/roles/{role}", admin)
    assert answer.status == 403
    assert "immutable" in answer.body["error"]["message"]


def test_names_are_compared_without_regard_to_case(rack: Planted) -> None:
    admin = rack.login()
    assert _ask(rack, "POST", "/roles", admin, {"role": {"name": "Member"}}).status == 409
    assert _ask(rack, "POST", "/users", admin, {"user": {"name": "Admin"}}).status == 409


def test_an_empty_password_opens_nothing(rack: Planted) -> None:
    admin = rack.login()
    assert _ask(rack, "POST", "/users", admin, {"user": {"name": "nobody"}}).status == 201
    user = {"name": "nobody", "domain": {"name": "admin_domain"}, "password": ""}
    assert _auth(rack, user).status == 401


def test_projects_have_tags(rack: Planted) -> None:
    admin = rack.login()
    project = _ask(rack, "POST", "/projects", admin, {"project": {"name": "lab", "tags": ["a"]}}).body["project"]["id"]
    path = f"/projects/{project}/tags"
    assert _ask(rack, "PUT", f"{path}/b", admin).status == 201
    assert _ask(rack, "DELETE", f"{path}/a", admin).status == 204
    assert _ask(rack, "GET", f"{path}/a", admin).status == 404
    assert _ask(rack, "GET", path, admin).body["tags"] == ["b"]
    assert _ask(rack, "PUT", path, admin, {"tags": ["c", "c", "d"]}).body["tags"] == ["c", "d"]


def test_an_implied_role_comes_and_goes(rack: Planted) -> None:
    admin = rack.login()
    user, project, member = _member(rack, admin)
    role = _ask(rack, "POST", "/roles", admin, {"role": {"name": "pilot"}}).body["role"]["id"]

    def roles() -> set[str]:
        shown = _auth(rack, {"id": user, "password": "bobs"}, {"project": {"id": project}}).body["token"]["roles"]
        return {each["name"] for each in shown}

    path = f"/roles/{member}/implies/{role}"
    assert _ask(rack, "PUT", path, admin).status == 201
    assert roles() == {"member", "reader", "pilot"}
    assert _ask(rack, "DELETE", path, admin).status == 204
    assert _ask(rack, "HEAD", path, admin).status == 404
    assert roles() == {"member", "reader"}


def test_what_keystone_has_and_the_simulator_lacks_is_501(rack: Planted) -> None:
    admin = rack.login()
    assert _ask(rack, "POST", "/credentials", admin, {"credential": {}}).status == 501
    assert _ask(rack, "PUT", "/OS-INHERIT/projects/x/users/y/roles/z/inherited_to_projects", admin).status == 501
