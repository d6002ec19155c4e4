from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients import lxd as client
from clients.errors import DeadlineError
from providers._base import ExpectedError
from providers.lxd import _capacity, _config, _devices, _instance_inputs, _power, _remotes, _rows, _sizes
from providers.lxd.instance_snapshot import epoch
from providers.lxd.network_forward import Port


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("4096", 4096),
        ("4GiB", 4 * 2**30),
        ("4GB", 4 * 10**9),
        ("512kB", 512_000),
        ("60000MiB", 60000 * 2**20),
        ("50%", 32),
        ("many", None),
        ("4 parsecs", None),
        ("", None),
    ],
)
def test_sizes(text: str, size: int | None) -> None:
    assert _sizes.parse_bytes(text, whole=64) == size


@pytest.mark.parametrize(("text", "cpus"), [("4", 4), ("0-3", 4), ("0,2,4-5", 4), ("3-1", None), ("all", None), ("", None)])
def test_threads(text: str, cpus: int | None) -> None:
    assert _sizes.parse_cpus(text) == cpus


def test_sizes_in_words() -> None:
    assert [_sizes.words(n) for n in (12, 2048, 3 * 2**29, 2**41)] == ["12 B", "2 KiB", "1.5 GiB", "2 TiB"]


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30.0), ("1h30m", 5400.0), ("1.5s", 1.5), ("250ms", 0.25)])
def test_durations(text: str, seconds: float) -> None:
    assert _instance_inputs.seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "5", "5m later"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration; write it like 30s"):
        _instance_inputs.seconds(text)


CONFIGS = st.dictionaries(st.sampled_from(["a", "b", "volatile.x", "image.os", "user.k"]), st.sampled_from(["", "1", "2"]))
FILLED = _config.Filled("image.*")


@given(actual=CONFIGS, asked=CONFIGS, before=CONFIGS)
def test_what_is_put_is_seen_as_asked(actual: dict[str, str], asked: dict[str, str], before: dict[str, str]) -> None:
    put = _config.whole(actual, asked, before, FILLED)
    assert _config.meant(_config.shown(put, asked, FILLED)) == _config.meant(asked)
    kept = {k for k in actual if k in FILLED and k not in before and k not in asked}
    assert kept <= put.keys()


def test_devices_and_rows_have_no_order() -> None:
    one = {"name": "a", "type": "none", "properties": {}}
    other = {"name": "b", "type": "nic", "properties": {"parent": "br0"}}
    assert _devices.same([one, other], [other, one])
    assert not _devices.same([one], [one, other])
    ours = _devices.to_lxd(_devices.Device.model_validate(device) for device in (other, one))
    added = {"c": {"type": "none", **_devices.OWNED}}
    assert _devices.from_lxd({**ours, **added}, [other, one]) == [other, one]
    assert _devices.added({**ours, **added}) == added

    port = {"listen_port": "80", "protocol": "tcp", "target_address": "192.0.2.1", "target_port": "", "description": ""}
    assert _rows.same([port], [{"listen_port": "80", "protocol": "tcp", "target_address": "192.0.2.1"}])
    assert _rows.to_lxd(Port.model_validate(port)) == {"listen_port": "80", "protocol": "tcp", "target_address": "192.0.2.1"}


def test_whose_power_it_is() -> None:
    assert _power.is_external({"user.power": "external"})
    assert not _power.is_external({"user.power": "ours"})
    assert not _power.is_external(None)


class Guest:
    """A server whose instance gets on with every look at it."""

    remote = client.Remote(name="a", address="/s")

    def __init__(self, *states: client.InstanceState) -> None:
        self._states = list(states)

    def state(self, _name: str, _project: str) -> client.InstanceState:
        return self._states.pop(0) if len(self._states) > 1 else self._states[0]


def seen(status: str, processes: int = 0, *addresses: str) -> client.InstanceState:
    found = [client.Address(address=a, family="inet6" if ":" in a else "inet", scope="global") for a in addresses]
    nic = client.Interface(name="eth0", mac="", state="up", type="broadcast", addresses=tuple(found))
    return client.InstanceState(status=status, processes=processes, interfaces={"eth0": nic})


@pytest.mark.parametrize(
    ("wait", "ready"),
    [
        ({"type": "agent"}, seen("Running", 12)),
        ({"type": "ready"}, seen("Ready")),
        ({"type": "ipv4"}, seen("Running", -1, "192.0.2.7")),
        ({"type": "ipv6", "nic": "eth0"}, seen("Running", -1, "2001:db8::7")),
        ({"type": "delay", "delay": "3s"}, seen("Running", -1)),
    ],
)
def test_a_start_waits_for_what_it_is_told_to(wait: dict[str, str], ready: client.InstanceState) -> None:
    slept: list[float] = []
    booting = seen("Running", -1)
    conditions = [_instance_inputs.WaitFor.model_validate(wait)]
    guest = Guest(booting, booting, ready)
    clock = itertools.count().__next__
    _power.wait_until_of_use(guest, "c", "p", conditions, limit=60, poll=2.0, now=clock, sleep=slept.append)  # type: ignore[arg-type]
    assert slept == ([3.0] if wait["type"] == "delay" else [2.0, 2.0])


def test_a_wait_that_lasts_too_long_says_for_what() -> None:
    conditions = [_instance_inputs.WaitFor(type="ipv4", nic="eth1")]
    clock = itertools.count(step=20).__next__
    with pytest.raises(DeadlineError, match=r"instance c has no ipv4 address on eth1 after 60 s; it is Running"):
        _power.wait_until_of_use(
            Guest(seen("Running", -1, "192.0.2.7")),  # type: ignore[arg-type]
            "c",
            "p",
            conditions,
            limit=60,
            now=clock,
            sleep=lambda _seconds: None,
        )


def test_times_as_lxd_writes_them() -> None:
    assert epoch("2026-11-22T10:26:30.661615079Z") == 1795343190
    assert epoch("") == 0


# Where servers are


@pytest.mark.parametrize(
    ("address", "url", "socket"),
    [
        ("https://10.0.0.1:8443", "https://10.0.0.1:8443", None),
        ("10.0.0.1", "https://10.0.0.1:8443", None),
        ("https://[2001:db8::1]", "https://[2001:db8::1]:8443", None),
        ("https://[2001:db8::1]:443/", "https://[2001:db8::1]:443", None),
        ("/run/lxd.socket", None, "/run/lxd.socket"),
        ("unix:///run/lxd.socket", None, "/run/lxd.socket"),
    ],
)
def test_addresses(address: str, url: str | None, socket: str | None) -> None:
    remote = client.Remote(name="a", address=address)
    assert remote.socket == socket
    assert remote.where == (socket or url)


def test_remotes_by_name() -> None:
    rows = [
        {"name": "a", "address": "h1"},
        {"name": "b", "address": "h2"},
        {"name": "i", "address": "h3", "protocol": "simplestreams"},
    ]
    remotes = _remotes.Remotes({"remotes": rows, "default_remote": "b", "cpu_overcommit": "2.5"})
    assert remotes.lxd(None).remote.url == "https://h2:8443"
    assert remotes.lxd("a") is remotes.lxd("a")
    assert remotes.cpu_overcommit == 2.5
    with pytest.raises(ExpectedError, match="remote 'i' serves images"):
        remotes.lxd("i")
    found = [remotes.image_server(name) for name in ("i", "ubuntu", "nowhere")]
    assert [remote and remote.protocol for remote in found] == ["simplestreams", "simplestreams", None]


# What fits


class Lxd:
    """A server with 16 threads, 64 GiB and a pool of 100 GiB, and one VM that takes half."""

    remote = client.Remote(name="a", address="/s")

    def __init__(self) -> None:
        self.asked = 0

    def host(self) -> client.Host:
        self.asked += 1
        return client.Host(cpus=16, memory=64 * 2**30)

    def objects(self, *_place: str, everywhere: bool) -> list[client.Object]:
        assert everywhere
        config = {"limits.cpu": "8", "limits.memory": "32GiB"}
        devices = {"root": {"type": "disk", "path": "/", "pool": "p", "size": "50GiB"}}
        return [
            client.Object(
                name="has", description="", config=config, devices=devices, body={"type": "virtual-machine", "project": "x"}
            )
        ]

    def space(self, pool: str) -> client.Space:
        if pool != "p":
            raise client.NotFoundError("no pool")
        return client.Space(total=100 * 2**30, used=0)


def plan(ledger: _capacity.Ledger, name: str, overcommit: float = 1.0, **needs: Any) -> list[str]:
    return list(ledger.objections(("x", name), lambda _memory: _capacity.Need(**needs), overcommit))


def test_what_is_there_and_what_is_planned_is_counted_together() -> None:
    ledger = _capacity.Ledger(Lxd())  # type: ignore[arg-type]
    assert plan(ledger, "a", memory=20 * 2**30) == []
    (reason,) = plan(ledger, "b", memory=20 * 2**30)
    assert "b's memory of 20 GiB doesn't fit: LXD's host at /s has 64 GiB, and 72 GiB would be promised" in reason
    assert plan(ledger, "c", memory=12 * 2**30) == [], "b is not counted"
    ledger.forget(("x", "a"))
    assert plan(ledger, "b", memory=20 * 2**30) == []


def test_threads_may_be_promised_more_than_once() -> None:
    ledger = _capacity.Ledger(Lxd())  # type: ignore[arg-type]
    assert "may be promised, and 18 would be" in plan(ledger, "a", cpus=10)[0]
    assert plan(ledger, "a", 4.0, cpus=10) == []
    assert "which is 16; lower limits.cpu" in plan(ledger, "b", 4.0, cpus=17)[0]


def test_room_in_a_pool() -> None:
    ledger = _capacity.Ledger(Lxd())  # type: ignore[arg-type]
    assert "root disk of 60 GiB doesn't fit: pool p" in plan(ledger, "a", disk=60 * 2**30, pool="p")[0]
    assert plan(ledger, "a", disk=50 * 2**30, pool="p") == []
    assert plan(ledger, "b", disk=500 * 2**30, pool="made by the program") == []


def test_an_instance_that_has_its_share_already_is_no_reason_to_refuse() -> None:
    ledger = _capacity.Ledger(Lxd())  # type: ignore[arg-type]
    assert plan(ledger, "a", memory=31 * 2**30) == []
    assert plan(ledger, "has", memory=32 * 2**30, cpus=8) == []
    assert "has's memory" in plan(ledger, "has", memory=34 * 2**30)[0]


def test_many_checks_ask_the_server_once() -> None:
    lxd, now = Lxd(), itertools.chain([0.0] * 20, itertools.repeat(60.0))
    ledger = _capacity.Ledger(lxd, now=now.__next__)  # type: ignore[arg-type]
    for name in "abcdef":
        plan(ledger, name, memory=2**20)
    assert lxd.asked == 1


def test_what_an_instance_takes() -> None:
    root = {"root": {"type": "disk", "path": "/", "pool": "p"}}
    assert _capacity.need("virtual-machine", {}, root, 0) == _capacity.Need(cpus=1, memory=2**30, disk=10 * 2**30, pool="p")
    assert _capacity.need("container", {}, {}, 0) == _capacity.Need()
    assert _capacity.need("container", {"limits.memory": "50%"}, root, 100) == _capacity.Need(memory=50, pool="p")
