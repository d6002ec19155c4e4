"""The client store: the YAML files in which `juju` keeps clouds, credentials, controllers, accounts and models."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
from typing import Any

import yaml

from .. import files

PROGRAM_FOLDER = ".local/share/juju"


class ClientStore:
    """The files in $JUJU_DATA (or ~/.local/share/juju)."""

    def __init__(self, directory: pathlib.Path | None = None) -> None:
        default = pathlib.Path.home() / PROGRAM_FOLDER
        self.directory = directory or pathlib.Path(os.environ.get("JUJU_DATA") or default)

    def clouds(self) -> dict[str, Any]:
        """Clouds by name."""
        return self._part("clouds.yaml", "clouds")

    def put_cloud(self, name: str, cloud: dict[str, Any]) -> None:
        """Adds or changes a cloud."""
        self._write("clouds.yaml", {"clouds": self.clouds() | {name: cloud}})

    def credentials(self, cloud: str) -> dict[str, Any]:
        """A cloud's credentials by name."""
        known = self._part("credentials.yaml", "credentials").get(cloud) or {}
        return {name: found for name, found in known.items() if isinstance(found, dict)}

    def put_credential(self, cloud: str, name: str, credential: dict[str, Any]) -> None:
        """Adds or changes a credential."""
        everything = self._part("credentials.yaml", "credentials")
        everything[cloud] = (everything.get(cloud) or {}) | {name: credential}
        self._write("credentials.yaml", {"credentials": everything})

    def controllers(self) -> dict[str, Any]:
        """Controllers by name."""
        return self._part("controllers.yaml", "controllers")

    def current(self) -> str:
        """The controller that commands without a name mean, "" when there is none."""
        return str(self._read("controllers.yaml").get("current-controller") or "")

    def account(self, name: str) -> dict[str, Any]:
        """User and password for a controller."""
        return dict(self._part("accounts.yaml", "controllers").get(name) or {})

    def current_model(self, name: str) -> str:
        """OWNER/NAME of the model that commands without a name mean, "" when there is none."""
        models = self._part("models.yaml", "controllers").get(name) or {}
        return str(models.get("current-model") or "")

    def add_controller(self, name: str, facts: dict[str, dict[str, Any]], *, switch: bool) -> None:
        """Notes a controller down.

        Args:
            name: the controller's.
            facts: the entries for "controllers", "accounts", "models" and "bootstrap-config".
            switch: whether commands without a name mean it from now on.
        """
        for kind in ("accounts", "models", "bootstrap-config"):
            known = self._part(f"{kind}.yaml", "controllers")
            self._write(f"{kind}.yaml", {"controllers": known | {name: facts[kind]}})
        whole = self._read("controllers.yaml")
        whole["controllers"] = self.controllers() | {name: facts["controllers"]}
        if switch or not whole.get("current-controller"):
            whole["current-controller"] = name
        self._write("controllers.yaml", whole)
        cookies = files.folder(self.directory / "cookies") / f"{name}.json"
        files.write(cookies, json.dumps(None))

    def remove_controller(self, name: str) -> None:
        """Forgets a controller; one that isn't there is no error."""
        for kind in ("accounts", "models", "bootstrap-config"):
            known = self._part(f"{kind}.yaml", "controllers")
            if known.pop(name, None) is not None:
                self._write(f"{kind}.yaml", {"controllers": known})
        whole = self._read("controllers.yaml")
        if name in (whole.get("controllers") or {}):
            del whole["controllers"][name]
            if whole.get("current-controller") == name:
                del whole["current-controller"]
            self._write("controllers.yaml", whole)
        with contextlib.suppress(FileNotFoundError):
            (self.directory / "cookies" / f"{name}.json").unlink()

    def _part(self, name: str, key: str) -> dict[str, Any]:
        return dict(self._read(name).get(key) or {})

    def _read(self, name: str) -> dict[str, Any]:
        path = self.directory / name
        return dict(yaml.safe_load(path.read_text()) or {}) if path.exists() else {}

    def _write(self, name: str, content: dict[str, Any]) -> None:
        files.folder(self.directory)
        files.write(self.directory / name, yaml.safe_dump(content, sort_keys=False))
