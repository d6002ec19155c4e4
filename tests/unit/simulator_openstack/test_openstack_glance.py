"""Glance: what an upload makes of an image, who sees it, and how it fails on demand."""

from __future__ import annotations

import hashlib
import pathlib
from typing import Any

import pytest

from simulator.openstack import image_file
from tests.unit.simulator_openstack.planted import Answer, Planted, send

OCTETS = {"Content-Type": "application/octet-stream"}
PATCH = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
QCOW2 = {"disk_format": "qcow2", "container_format": "bare"}


class Glance:
    """Asks as one user."""

    def __init__(self, rack: Planted, token: str) -> None:
        self._base = rack.url("glance", 9292) + "/v2/images"
        self._token = token

    def ask(self, method: str, path: str = "", body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        return send(method, self._base + path, body, self._token, headers)

    def make(self, **fields: Any) -> str:
        answer = self.ask("POST", body=QCOW2 | fields)
        assert answer.status == 201, answer.body
        return str(answer.body["id"])

    def names(self, query: str = "") -> list[str]:
        return [image["name"] for image in self.ask("GET", query).body["images"]]


@pytest.fixture
def admin(rack: Planted) -> Glance:
    return Glance(rack, rack.login())


@pytest.fixture
def member(rack: Planted) -> tuple[Glance, str]:
    """A member of a project of its own, and that project's id."""
    token, base = rack.login(), rack.url("keystone", 5000) + "/v3"
    project = send("POST", f"{base}/projects", {"project": {"name": "lab"}}, token).body["project"]["id"]
    user = send("POST", f"{base}/users", {"user": {"name": "bob", "password": "bobs"}}, token).body["user"]["id"]
    role = send("GET", f"{base}/roles?name=member", None, token).body["roles"][0]["id"]
    send("PUT", f"{base}/projects/{project}/users/{user}/roles/{role}", None, token)
    identity = {"methods": ["password"], "password": {"user": {"id": user, "password": "bobs"}}}
    asked = {"auth": {"identity": identity, "scope": {"project": {"id": project}}}}
    answer = send("POST", f"{base}/auth/tokens", asked)
    return Glance(rack, answer.headers["x-subject-token"]), project


def test_an_upload_is_measured(rack: Planted, admin: Glance) -> None:
    content = pathlib.Path(rack.rack.endpoints["openstack"]["image"]).read_bytes()
    key = admin.make(name="noble")
    assert admin.ask("PUT", f"/{key}/file", content, OCTETS).status == 204
    image = admin.ask("GET", f"/{key}").body
    assert (image["status"], image["size"], image["virtual_size"]) == ("active", len(content), image_file.VIRTUAL_SIZE)
    assert image["checksum"] == hashlib.md5(content, usedforsecurity=False).hexdigest()
    assert image["os_hash_value"] == hashlib.sha512(content).hexdigest()
    assert admin.ask("GET", f"/{key}/file").body == content


def test_what_is_no_qcow2_has_no_virtual_size(admin: Glance) -> None:
    key = admin.make(name="odd")
    admin.ask("PUT", f"/{key}/file", b"no header", OCTETS)
    assert admin.ask("GET", f"/{key}").body["virtual_size"] is None


def test_a_failed_upload_keeps_the_image_queued(rack: Planted, admin: Glance) -> None:
    key = admin.make(name="noble")
    rack.rack.fault("image-upload-fails", "noble", times=1)
    assert admin.ask("PUT", f"/{key}/file", b"x", OCTETS).status == 503
    assert admin.ask("GET", f"/{key}").body["status"] == "queued"
    assert admin.ask("PUT", f"/{key}/file", b"x", OCTETS).status == 204


def test_an_import_that_fails_leaves_the_image_queued(rack: Planted, admin: Glance) -> None:
    key = admin.make(name="noble")
    admin.ask("PUT", f"/{key}/stage", b"x", OCTETS)
    rack.rack.fault("image-import-fails", "noble", times=1)
    assert admin.ask("POST", f"/{key}/import", {"method": {"name": "glance-direct"}}).status == 202
    rack.rack.advance(5)
    image = admin.ask("GET", f"/{key}").body
    assert (image["status"], image["os_glance_failed_import"]) == ("queued", "local")
    assert admin.ask("GET", f"/{key}/tasks").body["tasks"][0]["status"] == "failure"


def test_the_rack_downloads_nothing_from_the_web(rack: Planted, admin: Glance) -> None:
    key = admin.make(name="noble")
    asked = {"method": {"name": "web-download", "uri": "http://images.invalid/noble.img"}}
    assert admin.ask("POST", f"/{key}/import", asked).status == 202
    rack.rack.advance(5)
    task = admin.ask("GET", f"/{key}/tasks").body["tasks"][0]
    assert (task["status"], "http://images.invalid/noble.img" in task["message"]) == ("failure", True)


def test_import_needs_the_right_state(admin: Glance) -> None:
    key = admin.make(name="noble")
    answer = admin.ask("POST", f"/{key}/import", {"method": {"name": "glance-direct"}})
    assert (answer.status, "'uploading'" in answer.body["message"]) == (409, True)


def test_a_member_sees_public_own_and_accepted_images(admin: Glance, member: tuple[Glance, str]) -> None:
    bob, project = member
    shared = admin.make(name="shared")
    admin.make(name="open", visibility="public")
    admin.make(name="closed", visibility="private")
    hidden = admin.make(name="ours", visibility="community")
    bob.make(name="mine")
    assert sorted(bob.names()) == ["mine", "open"]
    assert bob.ask("GET", f"/{shared}").status == 404
    assert bob.names("?visibility=community") == ["ours"]
    assert bob.ask("GET", f"/{hidden}").status == 200
    assert admin.ask("POST", f"/{shared}/members", {"member": project}).status == 200
    assert admin.ask("POST", f"/{shared}/members", {"member": project}).status == 409
    assert bob.ask("GET", f"/{shared}").status == 200
    assert bob.ask("PUT", f"/{shared}/members/{project}", {"status": "accepted"}).body["status"] == "accepted"
    assert sorted(bob.names()) == ["mine", "open", "shared"]
    assert admin.ask("DELETE", f"/{shared}/members/{project}").status == 204
    assert bob.ask("GET", f"/{shared}").status == 404


def test_a_member_changes_own_images_only(admin: Glance, member: tuple[Glance, str]) -> None:
    bob, _ = member
    theirs, mine = admin.make(name="open", visibility="public"), bob.make(name="mine")
    rename = [{"op": "replace", "path": "/name", "value": "new"}]
    assert bob.ask("PATCH", f"/{theirs}", rename, PATCH).status == 403
    assert bob.ask("PATCH", f"/{mine}", rename, PATCH).body["name"] == "new"
    publish = [{"op": "replace", "path": "/visibility", "value": "public"}]
    assert bob.ask("PATCH", f"/{mine}", publish, PATCH).status == 403
    assert admin.ask("PATCH", f"/{mine}", publish, PATCH).body["visibility"] == "public"


def test_a_wrong_patch_changes_nothing(admin: Glance) -> None:
    key = admin.make(name="noble")
    changes = [{"op": "replace", "path": "/name", "value": "new"}, {"op": "replace", "path": "/min_disk", "value": "x"}]
    assert admin.ask("PATCH", f"/{key}", changes, PATCH).status == 400
    assert admin.ask("GET", f"/{key}").body["name"] == "noble"


def test_pages_follow_one_another(admin: Glance) -> None:
    made = [admin.make(name=f"i{number}") for number in range(5)]
    seen: list[str] = []
    path: str | None = "/v2/images?sort_key=name&sort_dir=asc&limit=2"
    while path:
        page = admin.ask("GET", path.removeprefix("/v2/images")).body
        seen += [image["id"] for image in page["images"]]
        path = page.get("next")
    assert seen == made


def test_a_deleted_image_takes_its_data_with_it(rack: Planted, admin: Glance) -> None:
    key = admin.make(name="noble")
    admin.ask("PUT", f"/{key}/file", b"x", OCTETS)
    kept = list((rack.rack.directory / "openstack").rglob("*.data"))
    assert [path.stat().st_mode & 0o777 for path in kept] == [0o600]
    assert admin.ask("DELETE", f"/{key}").status == 204
    assert not list((rack.rack.directory / "openstack").rglob("*.data"))
    assert admin.ask("DELETE", f"/{key}").status == 404
