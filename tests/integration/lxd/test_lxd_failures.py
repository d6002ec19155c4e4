"""What goes wrong around LXD: servers that are down, answers that get lost, settings that don't fit. Simulator only."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest

from clients import lxd as client
from clients.errors import DeadlineError
from providers.lxd import _lxd
from providers.lxd.instance import InstanceProvider
from providers.lxd.network_acl import NetworkAclProvider
from providers.lxd.project import ProjectProvider


@pytest.fixture
def rack(server: Any) -> Any:
    if server.rack is None:
        pytest.skip("a real LXD can't be made to fail")
    yield server.rack
    server.rack.clear_faults()


@pytest.fixture(autouse=True)
def _nothing_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_lxd, "_told", set())


def test_an_answer_that_was_lost_leaves_nothing_behind(server: Any, rack: Any) -> None:
    rack.fault("drop-after-effect", "lxd POST /1.0/projects", 1)
    life = server.life(ProjectProvider, name=server.name("project")).create()
    assert "adopted" not in life.outs
    life.destroy()


def test_a_create_that_fails_half_way_is_finished_by_the_next(server: Any, rack: Any, pool: str, image: str) -> None:
    root = {"name": "root", "type": "disk", "properties": {"path": "/", "pool": pool}}
    life = server.life(InstanceProvider, name=server.name("c"), image=image, profiles=[], devices=[root])
    rack.fault("lxd-operation-fails", "lxd Starting instance*", 1, error="no memory left")
    with pytest.raises(client.FailedError, match="no memory left"):
        life.create()
    assert server.lxd.state(life.props["name"], "default").status == "Stopped"
    life.create()
    assert "adopted" not in life.outs
    life.destroy()
    assert server.lxd.find("instances", life.props["name"]) is None


def test_a_server_that_starts_anew_is_read_again(server: Any, rack: Any) -> None:
    rack.fault("http-503", "lxd GET /1.0/projects/default", 2)
    assert server.lxd.get("projects", "default").name == "default"


def test_a_stale_etag_is_read_again(server: Any, rack: Any) -> None:
    life = server.life(ProjectProvider, name=server.name("project")).create()
    rack.fault("stale-etag", "*", 2)
    life.up(description="third time lucky")
    rack.fault("stale-etag", "*", None)
    life.props = {**life.props, "description": "never"}
    with pytest.raises(client.StaleError, match="ETag doesn't match"):
        life.provider.update(life.id, life.outs, life.news())
    rack.clear_faults()
    life.destroy()


def test_an_operation_that_takes_too_long(rack: Any, server: Any) -> None:
    hasty = client.Lxd(server.lxd.remote, now=iter(range(0, 10_000, 100)).__next__)
    endless = client.Operation(id="x", done=False, failed=False, error="", kind="task", metadata={}, created_at="")
    with pytest.raises(DeadlineError, match="the thing has taken more than 50 s and is not done"):
        hasty.wait(endless, "the thing", 50)
    with pytest.raises(client.UnknownOutcomeError, match="nobody can tell how the thing ended"):
        client.connect(server.lxd.remote).wait(endless, "the thing", 50)


def test_a_server_that_is_down_is_one_message_for_all_its_resources(server: Any) -> None:
    config = {"lxd:remotes": json.dumps([{"name": "gone", "address": "https://127.0.0.1:1"}])}
    first = server.life(ProjectProvider, name="a", config={})
    second = server.life(NetworkAclProvider, name="b")
    for life in (first, second):
        life.provider.configure(_configured(config))
    (failure,) = first.check()
    assert failure.startswith("LXD at https://127.0.0.1:1 can't be reached: connection refused")
    assert second.check() == []


def _configured(config: dict[str, str]) -> Any:
    from pulumi.dynamic import Config, ConfigureRequest

    return ConfigureRequest(Config(config, "test"))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({}, "no LXD server is known: set lxd:remotes"),
        ({"lxd:remotes": "[{"}, "lxd:remotes must be a JSON list of remotes"),
        ({"lxd:remotes": "{}"}, "lxd:remotes must be a list of remotes, each with name and address"),
        ({"lxd:remotes": '[{"name": "a"}]'}, "remote a in lxd:remotes: address is missing"),
        ({"lxd:remotes": '[{"name": "a", "address": "", "adress": "x"}]'}, "there is no setting 'adress'; known: address"),
        ({"lxd:remotes": '[{"name": "a", "address": "x"}, {"name": "b", "address": "y"}]'}, "which LXD server?"),
        (
            {"lxd:remotes": '[{"name": "a", "address": "x"}]', "lxd:defaultRemote": "c"},
            "there is no LXD remote 'c'; lxd:remotes has: a",
        ),
        ({"lxd:remotes": '[{"name": "i", "address": "x", "protocol": "simplestreams"}]'}, "no LXD server is known"),
        ({"lxd:endpointsFile": "nosuch.json"}, "is the simulator down? Run `make simulator`"),
        (
            {"lxd:remotes": '[{"name": "a", "address": "https://h", "clientCertificateFile": "/nosuch", "clientKey": "k"}]'},
            "remote a: client_certificate_file: /nosuch can't be read: No such file",
        ),
        (
            {"lxd:remotes": '[{"name": "a", "address": "https://h", "clientKey": "k"}]'},
            "client_certificate and client_key belong together",
        ),
    ],
)
def test_settings_that_do_not_fit_are_named(server: Any, config: dict[str, str], message: str) -> None:
    life = server.life(ProjectProvider, name="a")
    life.provider.configure(_configured(config))
    (failure,) = life.check()
    assert message in failure


def test_a_stranger_is_told_how_to_be_trusted(server: Any, rack: Any) -> None:
    found = rack.endpoints["lxd"]
    remote = {"name": "a", "address": found["url"], "serverCertificateFile": found["server_cert"]}
    life = server.life(ProjectProvider, name="a")
    life.provider.configure(_configured({"lxd:remotes": json.dumps([remote])}))
    (failure,) = life.check()
    assert "doesn't trust this client: give remote 'a' a client certificate and key" in failure
    wrong = {"name": "b", "address": found["url"], "serverCertificateFingerprint": "ab" * 32}
    life.provider = type(life.provider)()
    life.provider.configure(_configured({"lxd:remotes": json.dumps([wrong])}))
    (failure,) = life.check()
    assert "its certificate is not the pinned one" in failure


def test_settings_in_the_text_of_a_remote(server: Any, rack: Any) -> None:
    found = rack.endpoints["lxd"]
    texts = {"client_certificate": pathlib.Path(found["cert"]).read_text(), "client_key": pathlib.Path(found["key"]).read_text()}
    remote = client.Remote(name="x", address=found["url"], server_certificate_file=found["server_cert"], **texts)
    lxd = client.Lxd(remote)
    assert lxd.server().trusted
    lxd.close()
