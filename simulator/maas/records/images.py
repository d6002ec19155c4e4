"""Images, scripts, repositories, settings."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from .base import Row


class BootSource(Row):
    """Where images come from."""

    url: str
    keyring_filename: str = ""
    keyring_data: str = ""
    created: float = 0.0
    updated: float = 0.0


class Selection(Row):
    """Which images of a source are wanted."""

    source: int
    os: str
    release: str
    arches: list[str] = Field(default_factory=list)
    subarches: list[str] = Field(default_factory=list)
    labels: list[str] = Field(default_factory=list)


class BootResource(Row):
    """An image. `kernels` are the names under which synced ones carry a kernel each."""

    type: str
    name: str
    architecture: str
    title: str = ""
    subarches: str = ""
    platform: str | None = None
    filetype: str = "tgz"
    sha256: str = ""
    size: int = 0
    uploaded: int = 0
    file_id: int = 0
    version: str = ""
    last_deployed: float | None = None


class Script(Row):
    """A commissioning, testing or release script."""

    name: str
    type: int = 2
    title: str = ""
    description: str = ""
    tags: list[str] = Field(default_factory=list)
    hardware_type: int = 0
    parallel: int = 0
    results: dict[str, Any] = Field(default_factory=dict)
    parameters: dict[str, Any] = Field(default_factory=dict)
    packages: dict[str, Any] = Field(default_factory=dict)
    timeout: int = 0
    destructive: bool = False
    default: bool = False
    for_hardware: list[str] = Field(default_factory=list)
    may_reboot: bool = False
    recommission: bool = False
    apply_configured_networking: bool = False
    history: list[dict[str, Any]] = Field(default_factory=list)


class ScriptResult(Row):
    """What one script said on one machine."""

    name: str
    status: int = 0
    exit_status: int | None = None
    script_id: int | None = None
    created: float = 0.0
    updated: float = 0.0
    started: float | None = None
    ended: float | None = None
    output: str = ""
    suppressed: bool = False


class ScriptSet(Row):
    """The scripts of one commissioning, test or installation of one machine, with their results."""

    node: str
    type: int
    created: float = 0.0
    last_ping: float | None = None
    results: list[ScriptResult] = Field(default_factory=list)


class Repository(Row):
    """A package repository."""

    name: str
    url: str
    distributions: list[str] = Field(default_factory=list)
    disabled_pockets: list[str] = Field(default_factory=list)
    disabled_components: list[str] = Field(default_factory=list)
    disable_sources: bool = False
    components: list[str] = Field(default_factory=list)
    arches: list[str] = Field(default_factory=lambda: ["amd64", "i386"])
    key: str = ""
    enabled: bool = True
    default: bool = False
