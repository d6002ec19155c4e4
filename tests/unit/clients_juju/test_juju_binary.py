"""The `juju` command, by a stand-in written in shell."""

from __future__ import annotations

import os
import pathlib
import stat
import subprocess
import threading
import time

import pytest

from clients.juju import CommandError, Juju


def command(folder: pathlib.Path, script: str) -> str:
    path = folder / "juju-stand-in"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def juju(tmp_path: pathlib.Path, script: str) -> Juju:
    return Juju(command(tmp_path, script), tmp_path / "data", look=0.01)


def test_bootstrap_shows_its_lines_and_passes_its_arguments(tmp_path: pathlib.Path) -> None:
    lines: list[str] = []
    made = juju(tmp_path, 'echo "Creating Juju controller" >&2; echo "$JUJU_DATA" "$@"')
    made.bootstrap("maas-site", "site", options=["--credential", "maas-site"], config={}, seconds=30, follow=lines.append)
    assert lines == [
        "Creating Juju controller",
        f"{tmp_path / 'data'} bootstrap maas-site site --no-switch --credential maas-site",
    ]


def test_configuration_goes_through_a_private_file(tmp_path: pathlib.Path) -> None:
    lines: list[str] = []
    script = 'for f; do :; done; stat -c %a "$f"; cat "$f"; echo "$@"'
    made = juju(tmp_path, script)
    made.bootstrap("maas", "site", options=[], config={"admin-secret": "hush"}, seconds=30, follow=lines.append)
    assert lines[:2] == ["600", "admin-secret: hush"]
    assert "hush" not in lines[2]
    assert not list((tmp_path / "data").glob(".bootstrap-*"))


def test_the_stacks_passphrase_is_not_handed_on(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "hush")
    lines: list[str] = []
    juju(tmp_path, "env").bootstrap("maas", "site", options=[], config={}, seconds=30, follow=lines.append)
    assert not [line for line in lines if "hush" in line]


def test_a_failure_shows_the_error_first_and_then_the_output(tmp_path: pathlib.Path) -> None:
    script = 'echo "Launching controller instance"; echo "ERROR no matching machine"; echo "see log"; exit 1'
    with pytest.raises(CommandError) as caught:
        juju(tmp_path, script).bootstrap("maas", "site", options=[], config={}, seconds=30, follow=lambda _: None)
    first, *rest = str(caught.value).splitlines()
    assert first == "`juju bootstrap maas site` failed: no matching machine"
    assert rest == ["Launching controller instance", "ERROR no matching machine", "see log"]


def test_a_command_that_is_not_there_says_how_to_get_it(tmp_path: pathlib.Path) -> None:
    made = Juju(str(tmp_path / "nothing"), tmp_path / "data")
    with pytest.raises(CommandError, match="snap install juju"):
        made.bootstrap("maas", "site", options=[], config={}, seconds=30, follow=lambda _: None)


def test_a_bootstrap_past_its_deadline_is_interrupted(tmp_path: pathlib.Path) -> None:
    script = f"trap 'echo cleaned up; touch {tmp_path}/cleaned; exit 1' INT; echo begun; while :; do sleep 0.05; done"
    with pytest.raises(CommandError, match=r"not done after 0\.5 s and was stopped"):
        juju(tmp_path, script).bootstrap("maas", "site", options=[], config={}, seconds=0.5, follow=lambda _: None)
    end = time.monotonic() + 30
    while not (tmp_path / "cleaned").exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert (tmp_path / "cleaned").exists()


def test_the_next_run_follows_a_bootstrap_that_goes_on(tmp_path: pathlib.Path) -> None:
    go = tmp_path / "go"
    script = f"echo begun; while [ ! -e {go} ]; do sleep 0.02; done; echo done >> {tmp_path}/times; echo finished"
    first, second = juju(tmp_path, script), juju(tmp_path, script)  # both now: a file that is open to be written can't be run
    thread = threading.Thread(
        target=lambda: first.bootstrap("maas", "site", options=[], config={}, seconds=60, follow=lambda _: None)
    )
    thread.start()
    lines: list[str] = []
    end = time.monotonic() + 30
    while not second.running("site") and time.monotonic() < end:
        time.sleep(0.01)

    def follow(line: str) -> None:
        lines.append(line)
        go.touch()

    second.bootstrap("maas", "site", options=[], config={}, seconds=60, follow=follow)
    thread.join(60)
    assert "goes on" in lines[0]
    assert lines[-1] == "finished"
    assert (tmp_path / "times").read_text() == "done\n"


def test_a_number_that_another_process_has_now_is_not_taken_for_it(tmp_path: pathlib.Path) -> None:
    made = juju(tmp_path, "exit 0")
    made.bootstrap("maas", "site", options=[], config={}, seconds=30, follow=lambda _: None)
    note = tmp_path / "data" / "pulumi-site.json"
    note.write_text(f'{{"pid": {os.getpid()}, "started": "1"}}')
    assert made.running("site") is None
    note.write_text("not json")
    assert made.running("site") is None


def test_destroying_a_controller_drops_what_was_noted(tmp_path: pathlib.Path) -> None:
    made, lines = juju(tmp_path, 'echo "$@"'), list[str]()
    made.bootstrap("maas", "site", options=[], config={}, seconds=30, follow=lambda _: None)
    made.destroy("site", options=["--force"], seconds=30, follow=lines.append)
    assert lines == ["destroy-controller site --no-prompt --force"]
    assert list((tmp_path / "data").iterdir()) == []


def test_the_log_is_private(tmp_path: pathlib.Path) -> None:
    juju(tmp_path, "echo hello").bootstrap("maas", "site", options=[], config={}, seconds=30, follow=lambda _: None)
    assert stat.S_IMODE((tmp_path / "data" / "pulumi-site.log").stat().st_mode) == 0o600


def test_the_command_outlives_this_program(tmp_path: pathlib.Path) -> None:
    """Runs the client in a process of its own, kills that, and finds the command alive."""
    go, done = tmp_path / "go", tmp_path / "done"
    path = command(tmp_path, f"while [ ! -e {go} ]; do sleep 0.02; done; echo to nobody; touch {done}")
    program = (
        "import pathlib; from clients.juju.binary import Juju; "
        f"Juju({path!r}, pathlib.Path({str(tmp_path / 'data')!r})).bootstrap("
        "'maas', 'site', options=[], config={}, seconds=60, follow=print)"
    )
    import sys

    child = subprocess.Popen([sys.executable, "-c", program], cwd=pathlib.Path(__file__).parents[3])
    made = Juju(path, tmp_path / "data")
    end = time.monotonic() + 60
    while not made.running("site") and time.monotonic() < end:
        time.sleep(0.02)
    child.kill()
    child.wait(30)
    assert made.running("site")
    go.touch()
    while not done.exists() and time.monotonic() < end:
        time.sleep(0.02)
    assert done.exists()


def test_a_machine_is_added_over_ssh_and_its_id_is_read(tmp_path: pathlib.Path) -> None:
    made = juju(tmp_path, f'echo "$@" > {tmp_path}/said; echo "$JUJU_DATA" >> {tmp_path}/said; echo "created machine 7" >&2')
    assert made.add_machine("site", "uuid-1", "ubuntu@10.20.0.31", key="/keys/id", seconds=30) == "7"
    asked, folder = (tmp_path / "said").read_text().splitlines()
    assert asked == "add-machine ssh:ubuntu@10.20.0.31 --model site:uuid-1 --private-key /keys/id"
    assert folder == str(tmp_path / "data")


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ('echo "ERROR machine is already provisioned" >&2; exit 1', r"ssh:u@h` failed: machine is already provisioned"),
        ("exit 0", r"ssh:u@h` failed: $"),
        ("exec sleep 30", r"ssh:u@h` was not done after 0\.2 s and was stopped"),
    ],
)
def test_a_machine_that_cant_be_added_says_why(tmp_path: pathlib.Path, script: str, error: str) -> None:
    with pytest.raises(CommandError, match=error):
        juju(tmp_path, script).add_machine("site", "uuid-1", "u@h", key=None, seconds=0.2 if "sleep" in script else 30)
