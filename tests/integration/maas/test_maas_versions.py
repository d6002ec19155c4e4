"""MAAS 3.4 to 3.8: what differs between the versions, as the simulated region holds it and the providers meet it."""

from __future__ import annotations

import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from clients import maas
from clients.maas import errors
from providers import _base
from providers.maas import Deployment, NodeScript, SshKey, Subnet, VmHost
from simulator.daemon import GUIDE
from simulator.testing import running_rack

from .conftest import REAL

pytestmark = pytest.mark.skipif(REAL, reason="chooses the region's version, which a real one does not allow")
VERSIONS = ("3.4.10", "3.5.13", "3.6.5", "3.7.3")
SCRIPT = """#!/bin/sh
# --- Start MAAS 1.0 script metadata ---
# name: wipe
# script_type: release
# --- End MAAS 1.0 script metadata ---
"""


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    """The region's version."""
    return str(request.param)


@pytest.fixture
def rack(tmp_path_factory: pytest.TempPathFactory, version: str) -> Iterator[Any]:
    """The guide's rack with a MAAS of that version."""
    folder = tmp_path_factory.mktemp("rack")
    world = yaml.safe_load(GUIDE.read_text())
    world["rack"]["maas_version"] = version
    file = folder / "world.yaml"
    file.write_text(yaml.safe_dump(world))
    with running_rack(world=file, factor=3600, directory=folder / "state", services=("maas",)) as running:
        yield running


@pytest.fixture
def post(rack: Any, config: dict[str, str]) -> Callable[..., tuple[int, str]]:
    """Sends a request as no client of ours would; returns status and body."""

    def send(path: str, body: bytes = b"", method: str = "POST", leave_out: str = "", **headers: str) -> tuple[int, str]:
        consumer, token, secret = config["maas:apiKey"].split(":")
        parts = {
            "oauth_consumer_key": consumer,
            "oauth_token": token,
            "oauth_signature_method": "PLAINTEXT",
            "oauth_signature": f"%26{secret}",
            "oauth_timestamp": str(int(time.time())),
            "oauth_nonce": secrets.token_hex(8),
        }
        parts.pop(leave_out, None)
        headers["Authorization"] = "OAuth " + ", ".join(f'{key}="{value}"' for key, value in parts.items())
        url = f"{config['maas:apiUrl']}api/2.0/{path}"
        request = urllib.request.Request(url, body or None, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    return send


def test_a_machine_goes_through_its_life_on_each_version(
    rack: Any, life: Any, region: maas.Maas, ready: Any, version: str
) -> None:
    assert region.version == tuple(int(part) for part in version.split(".")[:2])
    machine = ready("worker-1")
    deployment = life(Deployment, machine=machine.id, distro_series="jammy")
    deployment.up()
    assert (deployment.preview(), deployment.refresh(), machine.refresh().keys() & {"hostname", "power_type"}) == (
        "same",
        {},
        set(),
    )
    deployment.destroy()  # sends a form without fields: newer versions refuse the same call with an empty JSON body
    assert region.machines.read(machine.id).status == maas.Status.READY
    machine.destroy()
    assert region.machines.by_hostname("worker-1") is None


@pytest.mark.parametrize("version", ["3.5.13", "3.6.5"], indirect=True)
def test_a_release_with_an_empty_json_body(post: Any, ready: Any, version: str) -> None:
    path = f"machines/{ready('worker-1').id}/?op=release"
    status, body = post(path, b"{}", **{"Content-Type": "application/json"})
    assert (status, body) == (400, "{}") if version > "3.6" else status == 200


@pytest.mark.parametrize("version", ["3.4.10", "3.5.13"], indirect=True)
def test_release_scripts_need_3_5(life: Any, region: maas.Maas, ready: Any, version: str) -> None:
    life(NodeScript, name="wipe", script=SCRIPT, type="release").up()
    deployment = life(Deployment, machine=ready("worker-1").id, release_scripts=["wipe"])
    if version < "3.5":
        with pytest.raises(errors.Unsupported, match=r"that needs 3\.5 or later"):
            deployment.up()
        return
    deployment.up()
    with pytest.raises(errors.Refused, match="absent is not one of the available choices"):
        region.machines.act(deployment["machine"], "release", scripts="absent")
    deployment.destroy()


@pytest.mark.parametrize("version", ["3.5.13", "3.6.5"], indirect=True)
def test_a_kernel_crash_dump_needs_3_6(life: Any, ready: Any, version: str) -> None:
    deployment = life(Deployment, machine=ready("worker-1").id, enable_kernel_crash_dump=True)
    if version < "3.6":
        with pytest.raises(errors.Unsupported, match=r"that needs 3\.6 or later"):
            deployment.up()
        return
    deployment.up()
    assert (deployment.preview(), deployment.refresh()) == ("same", {})


@pytest.mark.parametrize("version", ["3.5.13", "3.6.5"], indirect=True)
def test_a_rack_controller_is_no_longer_deployed_since_3_6(region: maas.Maas, ready: Any, version: str) -> None:
    machine = ready("worker-1")
    if version < "3.6":
        region.machines.act(machine.id, "deploy", install_rackd="true")
        return
    with pytest.raises(errors.Refused, match="Deploying a machine as a rackd has been disabled"):
        region.machines.act(machine.id, "deploy", install_rackd="true")


@pytest.mark.parametrize("version", ["3.6.5", "3.7.3"], indirect=True)
def test_a_subnet_in_use_stays_since_3_7(post: Any, life: Any, region: maas.Maas, ready: Any, version: str) -> None:
    life(Deployment, machine=ready("worker-1").id).up()
    subnet = next(each for each in region.subnets.list() if each.cidr == "10.20.0.0/24")
    status, body = post(f"subnets/{subnet.id}/", method="DELETE")
    if version < "3.7":
        assert status == 204
        return
    assert (status, "has IP addresses in use by nodes" in body) == (400, True)
    assert post(f"subnets/{subnet.id}/?force=true", method="DELETE")[0] == 204


@pytest.mark.parametrize("version", ["3.4.10", "3.5.13"], indirect=True)
def test_a_header_without_a_part_is_a_bad_request_since_3_5(post: Any, version: str) -> None:
    status, body = post("users/?op=whoami", method="GET", leave_out="oauth_timestamp")
    assert (status, "Bad Request" in body) == ((400, True) if version > "3.5" else (401, False))


@pytest.mark.parametrize("version", ["3.5.13", "3.6.5"], indirect=True)
def test_addresses_are_reserved_since_3_6(post: Any, region: maas.Maas, version: str) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    status, body = post("reservedips/", b"ip=10.20.0.77&mac_address=52:54:00:00:00:77&comment=printer", **form)
    if version < "3.6":
        assert status == 404
        return
    made = json.loads(body)
    assert (status, made["ip"], made["subnet"]["cidr"]) == (200, "10.20.0.77", "10.20.0.0/24")
    assert "already exists" in post("reservedips/", b"ip=10.20.0.77&mac_address=52:54:00:00:00:78", **form)[1]
    assert "immutable" in post(f"reservedips/{made['id']}/", b"ip=10.20.0.78&comment=x", "PUT", **form)[1]
    assert post(f"reservedips/{made['id']}/", method="DELETE")[0] == 204


@pytest.mark.parametrize("version", ["3.7.3", "3.8.0"], indirect=True)
def test_vm_hosts_are_gone_since_3_8(post: Any, life: Any, region: maas.Maas, version: str) -> None:
    region.session.backoff = 0.001
    host = life(VmHost, name="h1", type="lxd", power_address="https://10.20.0.2:8443", project="maas")
    expected = errors.Unreachable if version < "3.8" else _base.ExpectedError
    with pytest.raises(expected, match="talking to pod" if version < "3.8" else "has no VM hosts"):
        host.up()
    assert post("vm-hosts/", method="GET")[0] == (200 if version < "3.8" else 404)


def test_keys_and_subnets_are_the_same_on_each_version(life: Any, region: maas.Maas, version: str) -> None:
    key = life(SshKey, key="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJv0nXg2Yx5Q2xFS8C1jP0pW7G0sJ9yXk2bX6m1o1c9Z someone")
    fabric = region.fabrics.list()[0]
    subnet = life(Subnet, cidr="192.0.2.0/24", vlan=fabric.vlans[0].id, name="more", gateway_ip="192.0.2.1")
    for thing in (key, subnet):
        assert (thing.up(), thing.preview(), thing.refresh()) == ("create", "same", {})
    assert subnet.up(gateway_ip="192.0.2.254") == "update"
    subnet.destroy()
    assert not [each for each in region.subnets.list() if each.cidr == "192.0.2.0/24"]
