"""The project (Pulumi.yaml) and the workspace's choice of a stack."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import pathlib
import sys
from typing import Any

import yaml

from engine import yaml12
from engine.errors import EngineError

_NAMES = ("Pulumi.yaml", "Pulumi.yml")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """A project file, read."""

    name: str
    path: pathlib.Path
    runtime: str
    virtualenv: str
    main: str
    backend_url: str
    stack_config_dir: str
    config: dict[str, Any]
    """The schema of the configuration: key → declaration or plain value."""

    @property
    def root(self) -> pathlib.Path:
        """The folder of the project file."""
        return self.path.parent

    @property
    def program(self) -> pathlib.Path:
        """The folder or file that is run."""
        return (self.root / self.main).resolve() if self.main else self.root

    def python(self) -> str:
        """Returns the interpreter that runs the program and its providers."""
        if self.virtualenv:
            found = self.root / self.virtualenv / "bin" / "python"
            if found.exists():
                return str(found)
        return sys.executable

    def require_python(self) -> None:
        """Refuses programs in other languages."""
        if self.runtime != "python":
            raise EngineError(
                f"{self.path}: runtime '{self.runtime}' is not served, this engine runs Python programs only;"
                " install the Pulumi CLI (https://www.pulumi.com/docs/install/) for it"
            )


def find(start: pathlib.Path) -> Project:
    """Reads the project that ``start`` is in; looks upwards."""
    for folder in (start, *start.parents):
        for name in _NAMES:
            if (folder / name).is_file():
                return _read(folder / name)
    raise EngineError(
        f"no Pulumi.yaml project file found in {start} or the folders above it;"
        " change to the project's folder or name it with --cwd"
    )


def _read(path: pathlib.Path) -> Project:
    try:
        data = yaml12.load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise EngineError(f"could not read the project file {path}: {yaml12.explained(error)}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise EngineError(f"could not read the project file {path}: {error}") from error
    if not isinstance(data, dict) or not isinstance(data.get("name"), str):
        raise EngineError(f"could not read the project file {path}: it has no 'name'")
    runtime: Any = data.get("runtime") or "python"
    details: dict[str, Any] = runtime if isinstance(runtime, dict) else {"name": runtime}
    options = details.get("options") or {}
    schema = data.get("config")
    return Project(
        name=data["name"],
        path=path,
        runtime=str(details.get("name")),
        virtualenv=str(options.get("virtualenv") or ""),
        main=str(data.get("main") or ""),
        backend_url=str((data.get("backend") or {}).get("url") or ""),
        stack_config_dir=str(data.get("stackConfigDir") or ""),
        config=schema if isinstance(schema, dict) else {},
    )


def home() -> pathlib.Path:
    """Returns the folder for what belongs to the user rather than to a project."""
    return pathlib.Path(os.environ.get("PULUMI_HOME") or pathlib.Path.home() / ".pulumi")


def _workspace(project: Project) -> pathlib.Path:
    where = hashlib.sha1(str(project.path).encode(), usedforsecurity=False).hexdigest()
    return home() / "workspaces" / f"{project.name}-{where}-workspace.json"


def selected_stack(project: Project, backend: str) -> str:
    """Returns the stack that is selected for a backend's URL, empty when none is."""
    if os.environ.get("PULUMI_STACK"):
        return os.environ["PULUMI_STACK"]
    return str(_settings(project).get("stacks", {}).get(backend) or "")


def select_stack(project: Project, backend: str, stack: str) -> None:
    """Stores the choice of a stack, by its full name; an empty one takes it back."""
    settings = _settings(project)
    chosen = {**settings.get("stacks", {}), backend: stack}
    path = _workspace(project)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**settings, "stacks": {k: v for k, v in chosen.items() if v}}, indent=4))


def _settings(project: Project) -> dict[str, Any]:
    try:
        settings: dict[str, Any] = json.loads(_workspace(project).read_text())
    except (OSError, ValueError):
        return {}
    return settings
