"""What an instance is asked to be."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import pydantic

from .._base import Inputs
from . import _config, _devices
from ._lxd import DEFAULT_PROJECT
from ._object import ObjectInputs

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")


def seconds(text: str) -> float:
    """The length of a duration such as "5m" or "1h30m".

    Raises:
        ValueError: it is none.
    """
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"{text!r} is no duration; write it like 30s, 5m or 1h30m")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def _checked(text: str) -> str:
    seconds(text)
    return text


Duration = Annotated[str, pydantic.AfterValidator(_checked)]
Mode = Annotated[str, pydantic.StringConstraints(pattern=r"^0?[0-7]{3,4}$")]


class Timeouts(Inputs):
    """How long the four verbs may take."""

    create: Duration | None = None
    read: Duration | None = None
    update: Duration | None = None
    delete: Duration | None = None


class File(Inputs):
    """A file put into the instance before it starts; exactly one of content and source_path."""

    target_path: str
    content: str | None = None
    source_path: str | None = None
    uid: int | None = None
    gid: int | None = None
    mode: Mode | None = None
    create_directories: bool = False
    append: bool = False

    @pydantic.model_validator(mode="after")
    def _one_source(self) -> File:
        if (self.content is None) == (self.source_path is None):
            raise ValueError(f"{self.target_path}: give exactly one of content and source_path")
        return self


class Exec(Inputs):
    """A command run inside the instance; the last four fields are what became of it."""

    commands: list[str] = pydantic.Field(min_length=1)
    trigger: Literal["on_change", "on_start", "once"] = "on_change"
    enabled: bool = True
    environment: _config.Config = pydantic.Field(default_factory=dict)
    working_dir: str = ""
    record_output: bool = False
    fail_on_error: bool = False
    uid: int | None = None
    gid: int | None = None
    exit_code: int | None = None
    stdout: str | None = None
    stderr: str | None = None
    run_count: int | None = None


RESULTS = frozenset({"exit_code", "stdout", "stderr", "run_count"})
"""The fields of an Exec that are outputs."""


class WaitFor(Inputs):
    """What a start waits for."""

    type: Literal["agent", "delay", "ipv4", "ipv6", "ready"]
    delay: Duration | None = None
    nic: str | None = None


class InstanceInputs(ObjectInputs):
    """An instance. Without an image it has an empty disk, which suits a VM that boots from the network."""

    type: Literal["container", "virtual-machine"] = "container"
    image: str | None = None
    ephemeral: bool = False
    running: bool = True
    allow_restart: bool = False
    profiles: list[str] = pydantic.Field(default_factory=lambda: ["default"])
    devices: _devices.Devices = pydantic.Field(default_factory=list)
    files: list[File] = pydantic.Field(default_factory=list)
    execs: dict[str, Exec] = pydantic.Field(default_factory=dict)
    wait_fors: list[WaitFor] = pydantic.Field(default_factory=list)
    target: str | None = None
    timeouts: Timeouts | None = None
    project: str = DEFAULT_PROJECT

    def limit(self, verb: str) -> float | None:
        """Seconds that a verb may take, None when the program doesn't say."""
        text = getattr(self.timeouts, verb, None)
        return None if text is None else seconds(text)
