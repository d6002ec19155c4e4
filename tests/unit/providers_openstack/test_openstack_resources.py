"""The resources as a program meets them, and the small pieces behind them."""

from __future__ import annotations

import pathlib

import pulumi
import pytest

from clients import openstack
from providers import _base
from providers.openstack import CloudAccess, Image, KeyPair, Network, SmokeTest, User, _access_files, _login
from providers.openstack._progress import Percent
from tests.mocks import is_secret, mocks, value

__all__ = ["mocks"]

SECRET = "a-secret-of-the-admin"


@pytest.mark.usefixtures("mocks")
@pulumi.runtime.test
async def test_passwords_are_secret_and_the_rest_is_not() -> None:
    user = User("u", name="u", password=SECRET, email="a@example.com")
    assert await is_secret(user.password)  # type: ignore[attr-defined]
    assert not await is_secret(user.name)


def test_what_is_secret_is_known_by_name() -> None:
    assert CloudAccess.provider_class.secret == {"password", "clouds_yaml", "openrc"}
    assert KeyPair.provider_class.secret == {"private_key"}


@pytest.mark.usefixtures("mocks")
@pulumi.runtime.test
async def test_inputs_are_attributes_under_their_own_names() -> None:
    network = Network("n", name="ext_net", external=True, cloud="site/uuid")
    assert await value(network.name) == "ext_net"
    assert await value(network.id) == "n-id"
    smoke = SmokeTest("s", image="i", flavor="f", network="n", cloud="site/uuid")
    assert await value(smoke.network) == "n"  # type: ignore[attr-defined]


def access(ca: str = "") -> openstack.Access:
    return openstack.Access(auth_url="https://10.20.0.33:5000/v3", password="it's; a $secret", region="RegionOne", ca=ca)


def test_openrc_survives_any_password(tmp_path: pathlib.Path) -> None:
    import subprocess

    _access_files.write(str(tmp_path / "a"), _access_files.texts("rack", access(), str(tmp_path / "a")))
    script = f'. {tmp_path}/a/openrc && printf %s "$OS_PASSWORD"'
    told = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True, text=True)
    assert told.stdout == "it's; a $secret"


def test_the_ca_lies_beside_the_files_that_name_it(tmp_path: pathlib.Path) -> None:
    files = _access_files.texts("rack", access("PEM"), str(tmp_path))
    assert sorted(files) == ["ca.pem", "clouds.yaml", "openrc"]
    assert str(tmp_path / "ca.pem") in files["clouds.yaml"]
    assert "cacert" not in _access_files.texts("rack", access("PEM"), None)["clouds.yaml"]


def test_files_are_for_their_owner_only(tmp_path: pathlib.Path) -> None:
    folder, files = tmp_path / "a", {"openrc": "x"}
    _access_files.write(str(folder), files)
    assert [(folder / "openrc").stat().st_mode & 0o777, folder.stat().st_mode & 0o777] == [0o600, 0o700]
    assert _access_files.differ(str(folder), files) == []
    (folder / "openrc").chmod(0o640)
    assert _access_files.differ(str(folder), files) == ["openrc"]
    _access_files.remove(str(folder))
    assert list(folder.iterdir()) == []
    _access_files.remove(str(folder))


def test_a_place_is_its_text() -> None:
    plain = _login.Place(controller="site", model="uuid")
    assert str(plain) == "site/uuid"
    other = _login.Place(controller="site", model="uuid", keystone="ks", region="a b")
    assert _login.Place.parse(str(other)) == other
    for bad in ("", "site", "site/"):
        with pytest.raises(_base.ExpectedError, match="give the id of a CloudAccess"):
            _login.Place.parse(bad)


def test_a_line_each_ten_percent_at_most() -> None:
    lines: list[str] = []
    percent = Percent("noble: uploading", lines.append, now=lambda: 0.0)
    for done in range(1001):
        percent(done, 1000)
    assert lines == [f"noble: uploading {n}%" for n in range(10, 101, 10)]


def test_a_line_each_hundred_mib_when_nobody_knows_the_total() -> None:
    lines: list[str] = []
    clock = iter([0.0] + [10.0] * 99)
    percent = Percent("x", lines.append, now=lambda: next(clock))
    for done in range(0, 250 * 1024 * 1024 + 1, 1024 * 1024):
        percent(done, 0)
    assert lines == ["x 100 MiB, 10 MiB/s", "x 200 MiB, 20 MiB/s"]


@pytest.mark.parametrize("bad", ["abc", "sha256:abc", "sha1:" + "0" * 40, "sha256:" + "g" * 64])
def test_checksums_are_checked_for_their_form(bad: str) -> None:
    result = Image.provider_class().check({}, {"name": "a", "url": "http://x/", "checksum": bad})
    assert [failure.property for failure in result.failures] == ["checksum"]


def test_nothing_of_a_secret_is_in_a_refusal() -> None:
    result = User.provider_class().check({}, {"name": "u" * 99, "password": [SECRET]})
    assert {failure.property for failure in result.failures} == {"name", "password"}
    assert SECRET not in str([failure.reason for failure in result.failures])
