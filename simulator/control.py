"""Starts, asks and stops the simulator's process from outside: what the command line does.

A daemon holds an exclusive lock on DIR/lock as long as it lives, also when it dies of kill -9: the lock says who runs, not a pid.
"""

from __future__ import annotations

import fcntl
import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any, TextIO

from . import files
from .daemon import ENDPOINTS, LOG, STATE

START_SECONDS = 60.0
STOP_SECONDS = 20.0
_CHECKOUT = pathlib.Path(__file__).parents[1]


class ControlError(Exception):
    """The simulator does not do as told; one line for the operator."""


def acquire(directory: pathlib.Path) -> TextIO | None:
    """Takes the lock of a folder; None when a running simulator has it. Closing the file lets go."""
    stream = os.fdopen(os.open(files.folder(directory) / "lock", os.O_WRONLY | os.O_CREAT, 0o600), "w")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.close()
        return None
    return stream


def running(directory: pathlib.Path) -> bool:
    """Whether a simulator runs in this folder."""
    if not (directory / "lock").exists():
        return False
    lock = acquire(directory)
    if lock:
        lock.close()
    return lock is None


def start(directory: pathlib.Path, options: list[str]) -> dict[str, Any]:
    """Starts a daemon (`options` go to its command line) and waits until all its APIs answer; returns the endpoints.

    Raises:
        ControlError: it ended, or was not ready in time; the message ends with its last log line.
    """
    files.folder(directory)
    (directory / ENDPOINTS).unlink(missing_ok=True)
    command = [sys.executable, "-m", __package__, "start", "--foreground", "--dir", str(directory), *options]
    with os.fdopen(os.open(directory / LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as log:
        process = subprocess.Popen(
            command, cwd=_CHECKOUT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    try:
        return wait_ready(directory, process)
    finally:
        process.returncode = process.returncode or 0  # it lives on without us; Popen need not warn of that


def wait_ready(directory: pathlib.Path, process: subprocess.Popen[bytes] | None = None) -> dict[str, Any]:
    """Waits until a starting daemon answers; returns the endpoints. ControlError when it ends first or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while not (directory / ENDPOINTS).exists():
        if process and process.poll() is not None:
            raise ControlError(f"the simulator ended at once: {last_line(directory)}")
        if time.monotonic() > deadline:
            raise ControlError(f"the simulator did not answer within {START_SECONDS:.0f} s: {last_line(directory)}")
        time.sleep(0.05)
    return endpoints(directory)


def stop(directory: pathlib.Path) -> bool:
    """Stops the daemon and waits until it is gone; False when none ran."""
    if not running(directory):
        return False
    call(directory, "POST", "stop", {})
    deadline = time.monotonic() + STOP_SECONDS
    while running(directory):
        if time.monotonic() > deadline:
            raise ControlError(f"the simulator (process {endpoints(directory).get('pid')}) did not stop in {STOP_SECONDS:.0f} s")
        time.sleep(0.05)
    return True


def forget(directory: pathlib.Path) -> None:
    """Deletes the saved state of a simulator that is not running; ports and keys stay."""
    (directory / STATE).unlink(missing_ok=True)


def endpoints(directory: pathlib.Path) -> dict[str, Any]:
    """The content of endpoints.json; ControlError when the simulator is down."""
    try:
        found: dict[str, Any] = json.loads((directory / ENDPOINTS).read_text())
    except FileNotFoundError:
        raise ControlError(f"no simulator runs in {directory}; start one with `python -m simulator start`") from None
    return found


def call(directory: pathlib.Path, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Asks the admin API; ControlError carries its refusal."""
    url = endpoints(directory)["admin"]["url"] + path
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)  # noqa: S310 our own URL
    try:
        with urllib.request.urlopen(request, timeout=STOP_SECONDS) as answer:  # noqa: S310 our own URL
            found: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as exc:
        with exc:
            raise ControlError(_reason(exc.read())) from exc
    except OSError as exc:
        raise ControlError(f"the simulator in {directory} does not answer at {url}: {exc}") from exc
    return found


def last_line(directory: pathlib.Path) -> str:
    """The last line of the simulator's log."""
    lines = (directory / LOG).read_text().strip().splitlines()
    return lines[-1] if lines else "its log is empty"


def _reason(body: bytes) -> str:
    try:
        return str(json.loads(body)["error"])
    except (ValueError, KeyError):
        return body.decode(errors="replace").strip()
