"""The stack's configuration, secrets decrypted, as the Pulumi CLI or the embedded engine reads it.

The passphrase reaches that command through the environment that this program was started with; values come back over a pipe.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

import yaml

from .checks import SourceError

_SECONDS: Final = 60
_SECRET: Final = re.compile(r"pass|secret|token|key")
_PUBLIC: Final = re.compile(r"public|key_pairs|ssh_keys")
"""Keys of what anybody may read; its texts, such as a user's name, stand in other places too."""
_UNLOCK: Final = "set PULUMI_CONFIG_UNLOCK or PULUMI_CONFIG_PASSPHRASE_FILE to the passphrase of this stack"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack's configuration: values by full key such as `maas:apiUrl`, and the keys whose values hold secrets."""

    name: str
    project: str
    values: Mapping[str, str] = dataclasses.field(repr=False)
    secret: frozenset[str] = frozenset()

    def get(self, key: str) -> str | None:
        """A value, None when it is not set."""
        return self.values.get(key)

    def hidden(self) -> frozenset[str]:
        """Every text that a report must not show: secret values, and all texts inside the structured ones among them."""
        texts: set[str] = set()
        for key in self.secret:
            texts |= _secret_texts(self.values[key])
        return frozenset(text for text in texts if len(text) > 3)


def read(name: str, folder: pathlib.Path) -> Stack:
    """The configuration of a stack of the program in `folder`.

    Raises:
        SourceError: when it can't be read.
    """
    command = [*_engine(), "config", "--stack", name, "--show-secrets", "--json"]
    try:
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise SourceError(f"the configuration of stack {name} was not there after {_SECONDS} s", _UNLOCK) from None
    if done.returncode != 0:
        raise _refused(name, done.stderr or done.stdout)
    entries: Mapping[str, Mapping[str, Any]] = json.loads(done.stdout or "{}")
    return Stack(
        name=name,
        project=project_of(folder),
        values={key: str(entry["value"]) for key, entry in entries.items() if entry.get("value") is not None},
        secret=frozenset(key for key, entry in entries.items() if entry.get("secret")),
    )


def project_of(folder: pathlib.Path) -> str:
    """The project's name as Pulumi.yaml has it."""
    return str(yaml.safe_load((folder / "Pulumi.yaml").read_text(encoding="utf-8"))["name"])


def _engine() -> Sequence[str]:
    found = shutil.which("pulumi")
    return [found] if found else [sys.executable, "-m", "engine"]


def _refused(name: str, output: str) -> SourceError:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    said = lines[0].removeprefix("error:").strip() if lines else "no reason given"
    text = f"the configuration of stack {name} can't be read: {said}"
    if "passphrase" in output.lower() or "decrypt" in output.lower():
        return SourceError(text, _UNLOCK)
    backend = os.environ.get("PULUMI_BACKEND_URL", "")
    where = f" (the backend is {backend})" if backend else ""
    return SourceError(text, f"select or make it: `pulumi stack select {name} --create`{where}")


def _secret_texts(value: str) -> set[str]:
    """A secret value; of a structured one the texts below keys that name secrets, for the rest of it may be shown."""
    try:
        parsed = json.loads(value)
    except ValueError:
        return {value}
    return _below(parsed, hidden=False) if isinstance(parsed, (dict, list)) else {value}


def _below(value: Any, *, hidden: bool) -> set[str]:
    if isinstance(value, Mapping):
        return {t for k, v in value.items() for t in _below(v, hidden=hidden or _names_secret(str(k)))}
    if isinstance(value, list):
        return {text for inner in value for text in _below(inner, hidden=hidden)}
    return {str(value)} if hidden and value is not None else set()


def _names_secret(key: str) -> bool:
    return bool(_SECRET.search(key.lower())) and not _PUBLIC.search(key.lower())
