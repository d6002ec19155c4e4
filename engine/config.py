"""A stack's configuration file (Pulumi.STACK.yaml): values, secrets, and edits that keep comments."""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from engine import property_path, values, yaml12
from engine.errors import EngineError

Decrypt = Callable[[str], str]

_SALT = "encryptionsalt"


def key_of(text: str, project: str) -> str:
    """Returns the full name of a key; a bare one belongs to the project."""
    parts = text.split(":")
    if len(parts) == 1:
        return f"{project}:{text}"
    if len(parts) == 3 and parts[1] == "config":
        return f"{parts[0]}:{parts[2]}"
    if len(parts) != 2 or not all(parts):
        raise EngineError(
            f"invalid configuration key: could not parse {text} as a configuration key"
            " (configuration keys should be of the form `<namespace>:<name>`)"
        )
    return text


def is_secure(value: Any) -> bool:
    """Tells whether ``value`` is an encrypted one."""
    return isinstance(value, dict) and set(value) == {"secure"} and isinstance(value["secure"], str)


def has_secure(value: Any) -> bool:
    """Tells whether anything in ``value`` is encrypted."""
    if is_secure(value):
        return True
    if isinstance(value, dict):
        return any(map(has_secure, value.values()))
    return isinstance(value, list) and any(map(has_secure, value))


def open_value(value: Any, decrypt: Decrypt, at: str = "") -> Any:
    """Returns ``value`` with its secrets in clear; ``at`` is where it stands, for the error of one that can't be read."""
    if is_secure(value):
        try:
            return decrypt(value["secure"])
        except EngineError as error:
            raise EngineError(f"{at}: {error}" if at else str(error)) from error
    if isinstance(value, dict):
        return {k: open_value(v, decrypt, f"{at}.{k}" if at else k) for k, v in value.items()}
    if isinstance(value, list):
        return [open_value(v, decrypt, f"{at}[{n}]") for n, v in enumerate(value)]
    return value


def secrets_of(value: Any, decrypt: Decrypt) -> Iterator[str]:
    """Yields every secret text in ``value``."""
    if is_secure(value):
        yield decrypt(value["secure"])
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from secrets_of(item, decrypt)


def text_of(value: Any) -> str:
    """Returns the text under which a program sees a value: objects as JSON, their keys in order."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


class StackConfig:
    """One configuration file; changes are written by ``save``."""

    def __init__(self, path: pathlib.Path):
        self.path = path
        try:
            self._text = path.read_text(encoding="utf-8") if path.exists() else ""
            document = yaml12.load(self._text) or {}
        except yaml.YAMLError as error:
            raise EngineError(f"could not read the stack's configuration {path}: {yaml12.explained(error)}") from error
        except (OSError, UnicodeDecodeError) as error:
            raise EngineError(f"could not read the stack's configuration {path}: {error}") from error
        if not isinstance(document, dict) or not isinstance(document.get("config") or {}, dict):
            raise EngineError(f"could not read the stack's configuration {path}: it is not a mapping with 'config'")
        self._document: dict[str, Any] = document
        self.values: dict[str, Any] = dict(document.get("config") or {})

    @property
    def salt(self) -> str:
        """The salt line of the stack's secrets, empty while there is none."""
        return str(self._document.get(_SALT) or "")

    @salt.setter
    def salt(self, salt: str) -> None:
        self._document = {_SALT: salt, **{k: v for k, v in self._document.items() if k != _SALT}}

    def set(self, key: str, value: Any) -> None:
        """Sets a whole value."""
        self.values[key] = value

    def remove(self, key: str) -> None:
        """Removes a value; tolerates its absence."""
        self.values.pop(key, None)

    def save(self) -> None:
        """Writes the file; comments stay where a plain edit of lines is possible."""
        document = {k: v for k, v in self._document.items() if k != "config"}
        if self.values:
            document["config"] = self.values
        edited = _edit(self._text, document)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(edited if edited is not None else yaml12.dump(document))
        self._text, self._document = self.path.read_text(), document


def _edit(text: str, document: dict[str, Any]) -> str | None:
    """Returns ``text`` changed to say ``document``, None when lines alone can't do it."""
    if not text.strip():
        return None
    lines = _set_block(text.splitlines(), "", _SALT, document.get(_SALT), at_top=True)
    before = (yaml12.load(text) or {}).get("config") or {}
    after = document.get("config") or {}
    if after and not any(re.match(r"config:\s*(#.*)?$", line) for line in lines):
        lines += ["config:"]
    for key in {**before, **after}:
        if key not in after or key not in before or before[key] != after[key]:
            lines = _set_block(lines, "  ", key, after.get(key), at_top=False)
    if not after:
        lines = [line for line in lines if not re.match(r"config:\s*(\{\})?\s*$", line)]
    result = "\n".join(lines) + "\n"
    try:
        return result if (yaml12.load(result) or {}) == document else None
    except yaml.YAMLError:
        return None


def _set_block(lines: list[str], indent: str, key: str, value: Any, *, at_top: bool) -> list[str]:
    """Replaces, adds or (for None) removes the block of one key at one depth."""
    block = [] if value is None else [indent + row for row in yaml12.dump({key: value}).splitlines()]
    start = next((n for n, line in enumerate(lines) if re.match(rf"{indent}[\"']?{re.escape(key)}[\"']?:(\s|$)", line)), None)
    if start is None:
        return [*block, *lines] if at_top else [*lines, *block]
    end = start + 1
    while end < len(lines) and (lines[end].startswith(f"{indent} ") or lines[end].startswith(f"{indent}- ")):
        end += 1
    return [*lines[:start], *block, *lines[end:]]


def set_at_path(current: Any, path: property_path.Path, value: Any) -> Any:
    """Returns ``current`` with ``value`` at ``path``; containers on the way are made."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        items = list(current) if isinstance(current, list) else []
        if current is not None and not isinstance(current, list):
            raise EngineError(f"a value that is not a list cannot take the index [{step}]")
        if not 0 <= step <= len(items):
            raise EngineError(f"array index out of range: [{step}] in a list of {len(items)}")
        return [*items[:step], set_at_path(items[step] if step < len(items) else None, rest, value), *items[step + 1 :]]
    if current is not None and (not isinstance(current, dict) or is_secure(current)):
        raise EngineError(f"a value that is not a map cannot take the key '{step}'")
    mapping = dict(current or {})
    mapping[step] = set_at_path(mapping.get(step), rest, value)
    return mapping


def remove_at_path(current: Any, path: property_path.Path) -> Any:
    """Returns ``current`` without what is at ``path``."""
    step, rest = path[0], path[1:]
    if isinstance(current, list) and isinstance(step, int) and 0 <= step < len(current):
        middle = [remove_at_path(current[step], rest)] if rest else []
        return [*current[:step], *middle, *current[step + 1 :]]
    if isinstance(current, dict) and step in current:
        kept = {k: v for k, v in current.items() if k != step}
        return {**current, step: remove_at_path(current[step], rest)} if rest else kept
    return current


def get_at_path(current: Any, path: property_path.Path) -> Any:
    """Returns what is at ``path``; raises ``KeyError`` where nothing is."""
    for step in path:
        try:
            current = current[step]
        except (LookupError, TypeError) as error:
            raise KeyError(step) from error
    return current


def typed(text: str) -> Any:
    """Returns the number or boolean that ``text`` reads as, else the text: as ``--path`` does."""
    if text in ("true", "false"):
        return text == "true"
    return int(text) if re.fullmatch(r"0|-?[1-9][0-9]*", text) else text


def properties(config: dict[str, Any], decrypt: Decrypt) -> values.PropertyMap:
    """Returns the configuration as a provider is given it: texts, secret where anything inside is."""
    found: values.PropertyMap = {}
    for key, value in config.items():
        text = text_of(open_value(value, decrypt, key))
        found[key] = values.Secret(text) if has_secure(value) else text
    return found
