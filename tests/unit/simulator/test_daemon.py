"""The simulator's process: what it keeps over stops, restarts and kills, and what its command line says."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

import simulator.__main__
from simulator import control, daemon, requestlog
from simulator.ports import Ports
from simulator.testing import Rack, running_rack

CHECKOUT = pathlib.Path(__file__).parents[3]


def run(directory: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simulator", *arguments, "--dir", str(directory)]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def directory(tmp_path: pathlib.Path) -> Iterator[pathlib.Path]:
    yield tmp_path / "sim"
    if control.running(tmp_path / "sim"):
        control.stop(tmp_path / "sim")


def endpoints(directory: pathlib.Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((directory / "endpoints.json").read_text())
    return found


def ask(url: str, method: str = "GET") -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as exc:
        with exc:
            return exc.code, exc.read()


@pytest.mark.slow
def test_start_stop_restart_keep_ports_keys_and_state(directory: pathlib.Path) -> None:
    assert run(directory, "start", "--factor", "0").returncode == 0
    before = endpoints(directory)
    again = run(directory, "start")
    assert again.returncode == 0
    assert "runs already" in again.stdout
    assert run(directory, "clock", "advance", "5000").returncode == 0
    now = json.loads(run(directory, "clock").stdout)["now"]
    assert run(directory, "stop").stdout == "the simulator has stopped\n"
    assert not (directory / "endpoints.json").exists()
    assert run(directory, "start").returncode == 0
    after = endpoints(directory)
    assert {key: after[key] for key in ("maas", "admin")} == {key: before[key] for key in ("maas", "admin")}
    clock = json.loads(run(directory, "clock").stdout)
    assert (clock["now"], clock["factor"]) == (now, 0.0)


@pytest.mark.slow
def test_a_killed_simulator_leaves_no_lock_and_starts_again_where_it_was(directory: pathlib.Path) -> None:
    assert run(directory, "start", "--factor", "0").returncode == 0
    assert run(directory, "fault", "add", "http-503", "--target", "nobody").returncode == 0
    before = endpoints(directory)
    os.kill(before["pid"], signal.SIGKILL)
    deadline = time.monotonic() + 30
    while control.running(directory):
        assert time.monotonic() < deadline, "the killed simulator still holds its lock"
        time.sleep(0.05)
    assert run(directory, "status").returncode == 3
    assert run(directory, "start").returncode == 0
    assert endpoints(directory)["maas"] == before["maas"]
    active = json.loads(run(directory, "fault", "list").stdout)["active"]
    assert [each["name"] for each in active] == ["http-503"]


@pytest.mark.slow
def test_what_the_simulator_writes_is_for_its_owner_only(directory: pathlib.Path) -> None:
    assert run(directory, "start").returncode == 0
    assert directory.stat().st_mode & 0o777 == 0o700
    for name in ("endpoints.json", "world.json", "ports.json", "simulator.log", "maas-key.json", "lock"):
        assert (directory / name).stat().st_mode & 0o777 == 0o600, name


@pytest.mark.slow
def test_the_command_line_refuses_in_one_line(directory: pathlib.Path, tmp_path: pathlib.Path) -> None:
    for arguments in (
        ["start", "--world", str(tmp_path / "none.yaml")],
        ["clock"],
        ["fault", "list"],
    ):
        failed = run(directory, *arguments)
        assert failed.returncode == 1
        assert len(failed.stderr.strip().splitlines()) == 1, failed.stderr
        assert "Traceback" not in failed.stderr
    assert run(directory, "start").returncode == 0
    unknown = run(directory, "fault", "add", "nosuch")
    assert unknown.returncode == 1
    assert "no fault is called 'nosuch'" in unknown.stderr
    assert "commission-fails" in unknown.stderr


@pytest.fixture
def rack(tmp_path: pathlib.Path) -> Iterator[Rack]:
    with running_rack(factor=0, directory=tmp_path, services=("maas",)) as running:
        yield running


def test_a_place_that_cannot_be_written_to_is_one_line(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").touch()
    assert simulator.__main__.main(["start", "--dir", str(tmp_path / "taken" / "rack")]) == 1
    assert capsys.readouterr().err == f"simulator: {tmp_path / 'taken' / 'rack'}: Not a directory\n"


def test_an_unknown_route_answers_501_and_names_itself(rack: Rack) -> None:
    base = rack.endpoints["maas"]["url"].removesuffix("MAAS/")
    status, body = ask(base + "nowhere/at/all", "POST")
    assert status == 501
    assert json.loads(body) == {"error": "simulator: POST /nowhere/at/all is not modelled"}
    status, body = ask(base + "MAAS/api/2.0/networks/")
    assert status == 501
    assert b"/MAAS/api/2.0/networks/ is not modelled" in body


def test_requests_are_recorded_with_what_they_change(rack: Rack) -> None:
    ask(rack.endpoints["maas"]["url"] + "api/2.0/version/")
    ask(rack.endpoints["maas"]["url"] + "api/2.0/fabrics/", "POST")
    lines = rack.requests("maas")
    assert [(line["method"], line["mutates"], line["status"]) for line in lines] == [("GET", False, 200), ("POST", True, 401)]
    assert lines[0]["path"] == "/MAAS/api/2.0/version/"


def test_a_restarted_rack_goes_on_where_it_was(tmp_path: pathlib.Path) -> None:
    rack = Rack(factor=0, directory=tmp_path, services=("maas",))
    rack.start()
    rack.call(rack.world.power_on, "worker-1")
    rack.advance(3)
    before = rack.endpoints["maas"]
    rack.stop()
    rack.start()
    try:
        assert rack.endpoints["maas"] == before
        assert rack.world.machine("worker-1").boot == "starting"
        rack.advance(117)
        assert rack.world.machine("worker-1").boot == "idle"
    finally:
        rack.stop()


def test_a_crash_loses_at_most_the_last_moment(tmp_path: pathlib.Path) -> None:
    rack = Rack(factor=0, directory=tmp_path, services=("maas",))
    rack.start()
    status, _ = ask(rack.endpoints["admin"]["url"] + "faults", "DELETE")
    rack.call(rack.world.power_on, "worker-2")
    rack.call(rack.world.changed)
    deadline = time.monotonic() + 30
    while json.loads((tmp_path / "world.json").read_text())["world"]["machines"]["worker-2"]["power"] != "on":
        assert time.monotonic() < deadline, "the change was not saved"
        time.sleep(0.02)
    rack.crash()
    rack.start()
    try:
        assert status == 200
        assert rack.world.machine("worker-2").power == "on"
    finally:
        rack.stop()


def test_reset_puts_the_rack_back_but_keeps_keys(rack: Rack) -> None:
    before = rack.endpoints["maas"]
    rack.call(rack.world.power_on, "worker-1")
    rack.fault("slow", "nobody")
    rack.call(rack.daemon.reset)
    assert rack.endpoints["maas"] == before
    assert rack.world.machine("worker-1").power == "off"
    assert rack.world.data.faults == []
    assert rack.requests() == []


def test_another_world_in_the_same_folder_is_refused(tmp_path: pathlib.Path) -> None:
    with running_rack(factor=0, directory=tmp_path / "sim", services=("maas",)):
        pass
    other = tmp_path / "other.yaml"
    other.write_text("networks: []\n")
    with (
        pytest.raises(Exception, match="run `reset` to begin with another world"),
        running_rack(other, directory=tmp_path / "sim", services=("maas",)),
    ):
        pytest.fail("started")


def test_a_timer_that_fails_is_an_error_of_the_test(tmp_path: pathlib.Path) -> None:
    def fail() -> None:
        raise RuntimeError("broken timer")

    def use() -> None:
        with running_rack(factor=1000, directory=tmp_path, services=("maas",)) as rack:
            rack.call(rack.clock.on, "test.fails", fail)
            rack.call(rack.clock.after, 0.0, "test.fails")
            deadline = time.monotonic() + 30
            while not rack.daemon.clockwork.errors:
                assert time.monotonic() < deadline
                time.sleep(0.01)

    with pytest.raises(RuntimeError, match="broken timer"):
        use()


def test_faults_of_the_wire_strike_one_service_for_so_many_times(rack: Rack) -> None:
    url = rack.endpoints["maas"]["url"] + "api/2.0/version/"
    rack.fault("http-503", "lxd")
    rack.fault("http-504", "maas GET */version/", times=1)
    assert [ask(url)[0] for _ in range(2)] == [504, 200]


def test_a_connection_dropped_after_the_effect_has_had_its_effect(rack: Rack) -> None:
    rack.fault("drop-after-effect", "maas", times=1)
    before = len(rack.requests())
    with pytest.raises(OSError, match=r"(?i)closed|reset|remote end"):
        ask(rack.endpoints["maas"]["url"] + "accounts/authenticate/", "POST")
    assert len(rack.requests()) == before + 1


def test_ports_are_chosen_once_and_kept(tmp_path: pathlib.Path) -> None:
    ports = Ports(tmp_path / "ports.json")
    chosen = {label: ports.get(label) for label in ("a", "b")}
    assert len(set(chosen.values())) == 2
    again = Ports(tmp_path / "ports.json")
    assert {label: again.get(label) for label in chosen} == chosen


def test_a_request_log_that_is_not_there_is_empty(tmp_path: pathlib.Path) -> None:
    assert requestlog.read(tmp_path) == []


@pytest.mark.parametrize("content", ["{", "{}", json.dumps({"world_file": str(daemon.GUIDE), "world": {"rack": 3}}), "[]"])
def test_a_state_that_cannot_be_read_says_what_to_do(tmp_path: pathlib.Path, content: str) -> None:
    (tmp_path / "world.json").write_text(content)
    with pytest.raises(daemon.DaemonError, match=r"world.json is damaged.*python -m simulator reset"):
        daemon.Daemon(tmp_path)
