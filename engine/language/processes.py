"""Child processes: the program and the provider hosts, their output line by line, their end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pathlib
import signal
from collections.abc import Awaitable, Callable
from typing import Any

from engine.errors import EngineError, ProviderError

Say = Callable[[str, str], None]
"""Takes a severity and a line of output."""

_PATIENCE = 5.0
_START = 60.0
_LONGEST_LINE = 64 * 1024 * 1024
_HOST = pathlib.Path(__file__).with_name("exec_provider.py")


class Child:
    """A child process in a session of its own, so that Ctrl-C reaches the engine alone."""

    def __init__(self, process: asyncio.subprocess.Process, say: Say):
        self._process = process
        self._say = say
        self._readers = [
            asyncio.ensure_future(self._relay(process.stdout, "info")),
            asyncio.ensure_future(self._relay(process.stderr, "info#err")),
        ]

    @classmethod
    async def start(cls, command: list[str], cwd: str, env: dict[str, str], say: Say) -> Child:
        """Starts a process whose output is passed on from its first line."""
        return cls(await _spawn(command, cwd, env), say)

    async def _relay(self, stream: asyncio.StreamReader | None, severity: str) -> None:
        while stream is not None and (line := await stream.readline()):
            self._say(severity, line.decode(errors="replace"))

    async def wait(self) -> int:
        """Returns the exit code once the process has ended and its output has been read."""
        code = await self._process.wait()
        await asyncio.wait(self._readers, timeout=_PATIENCE)
        return code

    async def end(self, first: signal.Signals = signal.SIGTERM) -> None:
        """Ends the process: asks, then kills."""
        for number in (first, signal.SIGKILL):
            if self._process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    self._process.send_signal(number)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.wait(), _PATIENCE)
                return


async def _spawn(command: list[str], cwd: str, env: dict[str, str]) -> asyncio.subprocess.Process:
    pipes: dict[str, Any] = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.PIPE}
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            cwd=cwd,
            env=env,
            stdin=asyncio.subprocess.DEVNULL,
            limit=_LONGEST_LINE,
            start_new_session=True,
            **pipes,
        )
    except OSError as error:
        raise EngineError(f"cannot start {command[0]}: {error}") from error


async def start_provider_host(
    python: str, cwd: str, project: str, engine: str, say: Say
) -> tuple[str, Callable[[], Awaitable[None]]]:
    """Starts a dynamic provider host; returns its address and what ends it."""
    command = [python, "-u", str(_HOST), engine]
    process = await _spawn(command, cwd, {**os.environ, "PULUMI_PROJECT": project})
    stdout = process.stdout
    if stdout is None:
        raise ProviderError("the provider host has no output")
    try:
        port = (await asyncio.wait_for(stdout.readline(), _START)).decode().strip()
    except TimeoutError:
        port = ""
    child = Child(process, say)
    if not port.isdigit():
        await child.end()
        raise ProviderError(
            f"the provider host did not start: `{' '.join(command)}` printed {port!r} instead of a port;"
            " its own messages are above"
        )
    return f"127.0.0.1:{port}", child.end
