"""The wait: what it costs, what it says, what it tries again."""

from __future__ import annotations

from typing import Any

import pytest

from clients import juju
from clients.juju._session import Session
from providers._base import ExpectedError
from providers.juju import settled


def unit_frame(workload: str = "active", info: str = "", agent: str = "idle", since: str = "2026-11-22T09:00:00Z") -> Any:
    return {
        "workload-status": {"status": workload, "info": info, "since": since},
        "agent-status": {"status": agent, "info": "", "since": since},
        "machine": "0",
        "public-address": "10.20.0.5",
    }


def frame(applications: dict[str, Any], at: str = "2026-11-22T10:00:00Z", machine: str = "running", since: str = "") -> Any:
    machines = {
        "0": {
            "id": "0",
            "instance-id": "abc",
            "agent-status": {"status": "started" if machine == "running" else "pending"},
            "instance-status": {"status": machine, "info": "" if machine == "running" else "Failed deployment", "since": since},
        }
    }
    named = {a: {"charm": f"ch:amd64/{a}-1", "units": u, "status": {"status": "active"}} for a, u in applications.items()}
    return {"controller-timestamp": at, "machines": machines, "applications": named, "relations": []}


def inputs(**more: Any) -> settled.SettledInputs:
    fields = {"model": "uuid", "applications": {"keystone": 1}, "machines": 1, "timeout": 60.0}
    return settled.SettledInputs(**{**fields, **more})


def wait(wire: Any, wanted: settled.SettledInputs, settle: float = 15) -> juju.Status:
    async def dial() -> Any:
        return wire

    model = juju.Model("uuid", Session(dial, "the test"), 0.001, juju.Access(controller="site").entry)
    waiting = settled.Wait(model, wanted, settle)
    return model.wait(waiting.over, seconds=wanted.timeout or 60, describe=waiting.describe, on_change=waiting.show)


def test_waiting_for_50_applications_costs_the_same_requests_as_for_one(film: Any) -> None:
    def requests(count: int) -> int:
        names = [f"app{i}" for i in range(count)]

        def picture(word: str, at: int) -> Any:
            units = {n: {f"{n}/0": unit_frame(word, since=f"2026-11-22T10:00:{at:02}Z")} for n in names}
            return frame(units, at=f"2026-11-22T10:00:{at:02}Z")

        wire = film([*(picture("maintenance", at) for at in range(10)), *(picture("active", at) for at in (10, 20, 30))])
        wait(wire, inputs(applications=dict.fromkeys(names, 1)))
        assert {n for n, _ in wire.frames} == {"Client.FullStatus"}
        return len(wire.frames)

    assert requests(50) == requests(1)


def test_progress_is_told_as_changes_only(film: Any, capsys: pytest.CaptureFixture[str]) -> None:
    pictures = [
        frame({"keystone": {"keystone/0": unit_frame("waiting", "for the machine", "allocating")}}, machine="allocating"),
        frame({"keystone": {"keystone/0": unit_frame("waiting", "for the database", "allocating")}}, machine="allocating"),
        frame({"keystone": {"keystone/0": unit_frame("maintenance", "installing", "executing")}}),
        frame({"keystone": {"keystone/0": unit_frame()}}),
        frame({"keystone": {"keystone/0": unit_frame()}}, at="2026-11-22T10:00:15Z"),
    ]
    wait(film(pictures), inputs())
    assert capsys.readouterr().out.splitlines() == [
        "machine 0: allocating → started (0s)",
        "keystone/0: waiting → maintenance (0s)",
        "keystone/0: maintenance → active (0s)",
    ]


def test_a_failed_hook_ends_the_wait_with_unit_message_machine_and_history(film: Any) -> None:
    wire = film([frame({"keystone": {"keystone/0": unit_frame("error", 'hook failed: "install"')}})])
    with pytest.raises(ExpectedError) as caught:
        wait(wire, inputs())
    lines = str(caught.value).splitlines()
    assert lines[0] == 'the model doesn\'t settle: keystone/0 has failed: hook failed: "install" (on machine 0)'
    assert "    2026-11-22T10:00:00Z workload error: hook failed: install" in lines
    assert "juju resolved keystone/0" in lines[-1]


def test_a_machine_that_maas_failed_to_deploy_is_tried_again_as_configured(film: Any, capsys: pytest.CaptureFixture[str]) -> None:
    fine = frame({"keystone": {"keystone/0": unit_frame()}})
    broken = frame({"keystone": {"keystone/0": unit_frame()}}, machine="provisioning error", since="2026-11-22T09:59:00Z")
    later = frame({"keystone": {"keystone/0": unit_frame()}}, at="2026-11-22T10:00:15Z")
    wire = film([broken, broken, broken, fine, later])
    wait(wire, inputs(provisioning_retries=1))
    assert [p for n, p in wire.frames if n == "MachineManager.RetryProvisioning"] == [{"all": False, "machines": ["machine-0"]}]
    assert "machine 0 can't be provisioned: Failed deployment; trying again (1 of 1)" in capsys.readouterr().out


def test_tries_come_to_an_end(film: Any) -> None:
    def broken(second: int) -> Any:
        units = {"keystone": {"keystone/0": unit_frame()}}
        return frame(units, machine="provisioning error", since=f"2026-11-22T09:59:0{second}Z")

    wire = film([broken(0), broken(1), broken(2)])
    with pytest.raises(ExpectedError, match="machine 0 can't be provisioned: Failed deployment"):
        wait(wire, inputs(provisioning_retries=2))
    assert wire.count("MachineManager.RetryProvisioning") == 2


def test_the_deadline_lists_what_is_missing(film: Any) -> None:
    from clients.errors import DeadlineError

    wire = film([frame({"keystone": {"keystone/0": unit_frame("waiting", "for the database")}})])
    with pytest.raises(DeadlineError) as caught:
        wait(wire, inputs(applications={"keystone": 1, "nova": 2}, timeout=0.05))
    assert "  keystone/0: waiting (for the database)\n  nova: not there" in str(caught.value)


def test_a_long_list_is_cut(film: Any) -> None:
    from clients.errors import DeadlineError

    with pytest.raises(DeadlineError, match="… and 12 more"):
        wait(film([frame({})]), inputs(applications={f"a{i:02}": 1 for i in range(32)}, timeout=0.05))


def at_rest(at: str, agent: str = "idle") -> Any:
    units = {
        "keystone": {"keystone/0": unit_frame("waiting", "for Vault")},
        "vault": {"vault/0": unit_frame("blocked", "sealed", agent)},
    }
    return frame(units, at=at)


def test_a_blocked_unit_of_a_model_at_rest_ends_the_wait(film: Any) -> None:
    """Somebody has to do something; two hours of waiting wouldn't."""
    wire = film([at_rest("2026-11-22T10:00:00Z"), at_rest("2026-11-22T10:15:00Z"), at_rest("2026-11-22T10:30:00Z")])
    with pytest.raises(ExpectedError) as caught:
        wait(wire, inputs(applications={"keystone": 1, "vault": 1}))
    lines = str(caught.value).splitlines()
    assert lines[0] == "the model doesn't settle: nothing has moved for 30 minutes, and somebody is waited for"
    assert lines[1:3] == ["  vault/0: blocked (sealed)", "  keystone/0: waiting (for Vault)"]
    assert "`refresh`" in lines[-1]


def test_a_blocked_unit_is_waited_for_while_anything_moves(film: Any) -> None:
    fine = {"keystone": {"keystone/0": unit_frame()}, "vault": {"vault/0": unit_frame()}}
    wire = film(
        [
            at_rest("2026-11-22T10:00:00Z"),
            at_rest("2026-11-22T10:29:00Z", agent="executing"),
            at_rest("2026-11-22T10:31:00Z"),
            frame(fine, at="2026-11-22T11:00:00Z"),
            frame(fine, at="2026-11-22T11:01:00Z"),
        ]
    )
    assert wait(wire, inputs(applications={"keystone": 1, "vault": 1})).at > 0
