from __future__ import annotations

import json
import os
import pathlib
import socket
import subprocess

from engine.store import locks


def lock(folder: pathlib.Path, **owner: object) -> pathlib.Path:
    path = folder / "lock.json"
    path.write_text(json.dumps({"pid": os.getpid(), "hostname": socket.gethostname(), **owner}))
    return path


def ended() -> int:
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return process.pid


def test_a_lock_whose_process_has_ended_is_stale(tmp_path: pathlib.Path) -> None:
    assert locks.is_stale(lock(tmp_path, pid=ended()))


def test_a_lock_of_a_living_process_is_not(tmp_path: pathlib.Path) -> None:
    assert not locks.is_stale(lock(tmp_path))


def test_nobody_can_say_of_another_host_s_lock(tmp_path: pathlib.Path) -> None:
    assert not locks.is_stale(lock(tmp_path, pid=ended(), hostname="elsewhere"))


def test_an_unreadable_lock_is_left_alone(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "lock.json"
    path.write_text("{")
    assert not locks.is_stale(path)
