"""Connections, records and the single pieces of the client."""

from __future__ import annotations

import hashlib
import io
import pathlib
import types as plain
from typing import Any

import pytest
import yaml

from clients import openstack
from clients.openstack import access, probe, quotas, sources, types


def test_the_environment_counts_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"OS_CLOUD": "other", "OS_USERNAME": "eve", "OS_REGION_NAME": "Mars", "OS_CACERT": "/nowhere"}.items():
        monkeypatch.setenv(name, value)
    given = openstack.Access(auth_url="http://keystone:5000/v3", password="x", region="RegionOne")
    config = access.region_of(given)
    assert config.config["auth"]["username"] == "admin"
    assert config.region_name == "RegionOne"
    assert config.get_requests_verify_args()[0] is True


def clouds(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    auth = {"auth_url": "http://keystone:5000/v3", "username": "me", "password": "x", "project_name": "p"}
    path = tmp_path / "anywhere.yaml"
    path.write_text(yaml.safe_dump({"clouds": {"mine": {"auth": auth, "region_name": "R"}}}))
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(path))


def test_a_name_is_looked_up_in_the_operators_file(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clouds(tmp_path, monkeypatch)
    config = access.region_of(openstack.Access(cloud="mine", project_id="other"))
    assert (config.config["auth"]["username"], config.config["auth"]["project_id"]) == ("me", "other")


def test_a_name_that_is_none_is_said_so(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clouds(tmp_path, monkeypatch)
    with pytest.raises(openstack.CloudError, match="must be a name in clouds"):
        access.region_of(openstack.Access(cloud="theirs"))


def test_one_client_for_each_access() -> None:
    first = openstack.Access(auth_url="http://a/v3", password="x")
    again, other = openstack.Access(auth_url="http://a/v3", password="x"), first.in_project("p")
    assert openstack.connect(first) is openstack.connect(again)
    assert openstack.connect(first) is not openstack.connect(other)


def test_records_take_what_is_there() -> None:
    fields = dict.fromkeys(types.Server.__dataclass_fields__)
    body = plain.SimpleNamespace(**{**fields, "id": "1", "name": "a", "compute_host": "worker-1", "addresses": {"net": []}})
    server = types.Server.of(body)
    assert (server.id, server.host, server.addresses, server.metadata) == ("1", "worker-1", {"net": []}, {})
    subnet = dict.fromkeys(types.Subnet.__dataclass_fields__)
    found = types.Subnet.of(plain.SimpleNamespace(**{**subnet, "id": "2", "dns_nameservers": ["a"]}))
    assert (found.dns_nameservers, found.allocation_pools) == (("a",), ())


def test_images_have_their_own_properties_beside_glances() -> None:
    body = {"id": "1", "name": "a", "tags": ["b", "a"], "os_distro": "ubuntu", "file": "/v2/x", "self": "y", "checksum": None}
    image = types.Image.from_wire(body)
    assert (image.tags, image.properties, image.checksum) == (("a", "b"), {"os_distro": "ubuntu"}, None)


def test_only_one_or_none() -> None:
    one, two = types.Role(id="1"), types.Role(id="2")
    assert openstack.only([], "roles", "x") is None
    assert openstack.only([one], "roles", "x") is one
    with pytest.raises(openstack.AmbiguousError, match=r"x: there are 2 roles \(1, 2\); rename or delete all but one"):
        openstack.only([one, two], "roles", "x")


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ({"user": "u", "project": "p"}, "/projects/p/users/u/roles/r"),
        ({"group": "g", "domain": "d"}, "/domains/d/groups/g/roles/r"),
        ({"user": "u"}, "/system/users/u/roles/r"),
    ],
)
def test_where_keystone_keeps_a_grant(place: dict[str, str], path: str) -> None:
    assert openstack.Grant(role="r", **place).path == path


def test_a_body_is_sent_from_its_start_each_time() -> None:
    told: list[int] = []
    body = openstack.Upload(lambda: io.BytesIO(b"abc" * 1024 * 1024), 3 * 1024 * 1024, told.append)
    assert len(body) == 3 * 1024 * 1024
    assert [b"".join(body), b"".join(body)] == [b"abc" * 1024 * 1024] * 2
    assert told == [1024 * 1024 * n for n in (1, 2, 3)] * 2


def test_checksums_of_a_file(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    found = sources.digests(path)
    assert (found.size, found.digests["sha256"]) == (3, hashlib.sha256(b"abc").hexdigest())
    sources.check(found, f"sha512:{hashlib.sha512(b'abc').hexdigest().upper()}", "x")
    with pytest.raises(openstack.CloudError, match="is not the image that was asked for: its md5 is 90015"):
        sources.check(found, f"md5:{'0' * 32}", str(path))
    with pytest.raises(openstack.CloudError, match="can't be read: No such file"):
        sources.digests(tmp_path / "absent")


def test_a_file_by_its_url(tmp_path: pathlib.Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    with sources.opened(f"file://{tmp_path}/x", lambda done, total: None) as found:
        assert found.path == tmp_path / "x"


def test_silence_has_a_reason() -> None:
    reason = probe.silence("127.0.0.1", 1)
    assert reason.startswith("127.0.0.1:1: ")
    assert "refused" in reason
    assert probe.silence("10.0.0.1", 22, "http://127.0.0.1:1/at/{host}/{port}") == "127.0.0.1:1: ConnectionError"


class Raw:
    """A cloud that answers one request."""

    def __init__(self, reply: Any) -> None:
        self.reply, self.asked = reply, []

    def raw(self, service: str, verb: str, path: str, what: str, **options: Any) -> Any:
        self.asked.append((service, verb, path, options))
        return self.reply


def test_quotas_are_numbers() -> None:
    cloud = Raw({"quota_set": {"id": "p", "cores": 20, "unlimited": True, "ram": -1}})
    assert quotas.Quotas(cloud).read("compute", "p") == {"cores": 20, "ram": -1}  # type: ignore[arg-type]
    assert cloud.asked == [("compute", "get", "/os-quota-sets/p", {"microversion": "2.56"})]
