"""The operator's `juju` command, for what no API can do: making a controller, and ending one.

The command runs in a session of its own and writes to a file, so that it goes on when this program is killed; the next run finds
it by a note in the client store's folder and follows it to its end. No secret is in its arguments: configuration goes through
a file that only the owner reads.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import yaml

from . import errors

_TAIL = 20
"""Lines of the command's output that an error shows."""

_CLEANUP = 120
"""Seconds that an interrupted command has to give its machine back."""

_CREATED = re.compile(r"^created machine (\d+)$", re.MULTILINE)

Follow = Callable[[str], None]


class Juju:
    """The `juju` command with a client store.

    Args:
        binary: the command's name or path.
        folder: the client store, its `JUJU_DATA`.
        look: seconds between two looks at a running command.
    """

    def __init__(self, binary: str, folder: pathlib.Path, *, look: float = 0.2) -> None:
        self._binary = binary
        self._folder = folder
        self._look = look

    def bootstrap(
        self, cloud: str, name: str, *, options: Sequence[str], config: Mapping[str, Any], seconds: float, follow: Follow
    ) -> None:
        """Makes a controller, or follows the command of an earlier run that is still at it.

        Args:
            cloud: `cloud` or `cloud/region`.
            name: the controller's name.
            options: more arguments, none of them secret.
            config: controller and model settings for `--config`.
            seconds: the deadline; after it the command is interrupted, and cleans up what it made.
            follow: gets each line of output.

        Raises:
            CommandError: when the command fails, with the end of its output.
        """
        if running := self.running(name):
            follow(f"the bootstrap that an earlier run began goes on (process {running})")
            self._follow(_Other(running), name, seconds, follow)
            return
        with self._config_file(config) as extra:
            command = [self._binary, "bootstrap", cloud, name, "--no-switch", *options, *extra]
            self._run(command, name, seconds, follow)

    def destroy(self, name: str, *, options: Sequence[str], seconds: float, follow: Follow) -> None:
        """Ends a controller."""
        command = [self._binary, "destroy-controller", name, "--no-prompt", *options]
        self._run(command, name, seconds, follow)
        self.forget(name)

    def add_machine(self, controller: str, model: str, host: str, *, key: str | None, seconds: float) -> str:
        """Makes a machine that is there already a model's; returns its id.

        Args:
            controller: its name in the client store.
            model: the model's UUID.
            host: `user@address`, who may log in there and become root without a password.
            key: path of the private key to log in with; None is the command's own choice.
            seconds: the deadline.

        Raises:
            CommandError: when the command fails or takes too long, with what it said.
        """
        keys = ["--private-key", str(pathlib.Path(key).expanduser())] if key else []
        command = [self._binary, "add-machine", f"ssh:{host}", "--model", f"{controller}:{model}", *keys]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=self._env(), timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired:
            raise errors.CommandError(f"`juju add-machine ssh:{host}` was not done after {seconds:g} s and was stopped") from None
        except OSError as error:
            raise _missing(command[0], error) from None
        said = done.stderr.strip()
        found = _CREATED.search(said)
        if done.returncode != 0 or not found:
            raise errors.CommandError(f"`juju add-machine ssh:{host}` failed: {said.rpartition('ERROR ')[2]}", body=said)
        return found[1]

    def forget(self, name: str) -> None:
        """Drops the note and the output of a controller's bootstrap."""
        self._note(name).unlink(missing_ok=True)
        self._log(name).unlink(missing_ok=True)

    def _run(self, command: Sequence[str], name: str, seconds: float, follow: Follow) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._log(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=handle, stderr=handle, env=self._env(), start_new_session=True
            )
        except OSError as error:
            raise _missing(command[0], error) from None
        finally:
            os.close(handle)
        if command[1] == "bootstrap":
            self._note(name).write_text(json.dumps({"pid": child.pid, "started": _started(child.pid)}))
        self._follow(child, name, seconds, follow, " ".join(command[1:4]))

    def _follow(self, child: _Child, name: str, seconds: float, follow: Follow, what: str = "bootstrap") -> None:
        end = time.monotonic() + seconds
        with open(self._log(name), encoding="utf-8", errors="replace") as output:
            while (code := child.poll()) is None and time.monotonic() < end:
                _pass_on(output.readlines(), follow)
                time.sleep(self._look)
            _pass_on(output.readlines(), follow)
        if code is None:
            _stop(child, self._look)
            raise errors.CommandError(f"`juju {what}` was not done after {seconds:g} s and was stopped", body=self._tail(name))
        if code != 0:
            tail = self._tail(name)
            told = next((line for line in reversed(tail.splitlines()) if line.startswith("ERROR")), tail.rpartition("\n")[2])
            raise errors.CommandError(f"`juju {what}` failed: {told.removeprefix('ERROR ')}\n{tail}", body=tail)

    def running(self, name: str) -> int | None:
        """The process of an earlier run's bootstrap, while it goes on."""
        try:
            note = json.loads(self._note(name).read_text())
        except (OSError, ValueError):
            return None
        pid = int(note.get("pid", 0))
        return pid if pid and _started(pid) == note.get("started") is not None else None

    @contextlib.contextmanager
    def _config_file(self, config: Mapping[str, Any]) -> Iterator[list[str]]:
        if not config:
            yield []
            return
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, path = tempfile.mkstemp(dir=self._folder, prefix=".bootstrap-", suffix=".yaml")  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                yaml.safe_dump(dict(config), stream)
            yield ["--config", path]
        finally:
            pathlib.Path(path).unlink(missing_ok=True)

    def _env(self) -> dict[str, str]:
        """The operator's environment, without the passphrase of the stack's secrets."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PULUMI_")}
        return {**kept, "JUJU_DATA": str(self._folder)}

    def _tail(self, name: str) -> str:
        return "\n".join(self._log(name).read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL:])

    def _log(self, name: str) -> pathlib.Path:
        return self._folder / f"pulumi-{name}.log"

    def _note(self, name: str) -> pathlib.Path:
        return self._folder / f"pulumi-{name}.json"


class _Other:
    """A process that an earlier run began; its exit code is not ours to know."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._since = _started(pid)

    def poll(self) -> int | None:
        return None if _started(self.pid) == self._since else 0


_Child = _Other | subprocess.Popen[bytes]


def _missing(binary: str, error: OSError) -> errors.CommandError:
    return errors.CommandError(
        f"the command {binary!r} can't be run ({error.strerror}): install Juju "
        "(`sudo snap install juju --channel 3.6/stable`) or set juju:binary"
    )


def _pass_on(lines: Sequence[str], follow: Follow) -> None:
    for line in lines:
        if line.strip():
            follow(line.rstrip())


def _started(pid: int) -> str | None:
    """When a process began, in the kernel's ticks, so that a reused number isn't taken for it; None when it is gone."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def _stop(child: _Child, look: float) -> None:
    """Lets the command clean up, as Ctrl-C would, and ends it when that takes too long."""
    for number, seconds in ((signal.SIGINT, _CLEANUP), (signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        try:
            os.killpg(child.pid, number)
        except ProcessLookupError:
            return
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if child.poll() is not None:
                return
            time.sleep(look)
