"""The program's process: which interpreter runs it, with which arguments, and how it ended."""

from __future__ import annotations

import json
import os
import pathlib
import signal

from engine.language.monitor import RunInfo
from engine.language.processes import Child, Say

ERROR_SHOWN = 32
_SCRIPT = pathlib.Path(__file__).with_name("exec_program.py")


class Program:
    """One run of the program against one server."""

    def __init__(self, child: Child):
        self._child = child

    @classmethod
    async def start(cls, python: str, directory: str, info: RunInfo, address: str, say: Say) -> Program:
        """Starts the program in ``directory`` with the interpreter ``python``."""
        command = [python, "-u", str(_SCRIPT)]
        arguments = {
            "monitor": address,
            "engine": address,
            "project": info.project,
            "stack": info.stack,
            "organization": info.organization,
            "root_directory": info.root,
            "pwd": directory,
            "dry_run": "true" if info.dry_run else "false",
            "parallel": str(info.parallel),
        }
        for name, value in arguments.items():
            command += [f"--{name}", value]
        environment = {
            **os.environ,
            "PULUMI_CONFIG": json.dumps(info.config),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(info.secret_keys),
        }
        return cls(await Child.start([*command, directory], directory, environment, say))

    async def wait(self) -> tuple[bool, str]:
        """Waits for the end; returns whether it went well and what is still to be said about it."""
        code = await self._child.wait()
        if code in (0, ERROR_SHOWN):
            return code == 0, ""
        return False, f"program exited with non-zero exit code: {code}"

    async def interrupt(self) -> None:
        """Ends the program as Ctrl-C would."""
        await self._child.end(signal.SIGINT)
