"""config: show, get, set, rm."""

from __future__ import annotations

import argparse
import getpass
import json
import math
import re
import sys
from typing import Any

from engine import property_path
from engine.cli.session import Session
from engine.config import (
    StackConfig,
    get_at_path,
    has_secure,
    key_of,
    open_value,
    remove_at_path,
    set_at_path,
    text_of,
    typed,
)
from engine.errors import EngineError
from engine.store.backend import StackRef

_LOOKS_SECRET = re.compile(r"[A-Za-z0-9+/_.\-]{24,}")
_ENTROPY = 4.0


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Runs one of the config commands; returns the exit code."""
    ref = session.existing()
    commands = {None: _show, "get": _get, "set": _set, "rm": _remove}
    commands[arguments.subcommand](arguments, session, ref)
    return 0


def _split(key: str, project: str, *, path: bool) -> tuple[str, property_path.Path]:
    """Returns the configuration key and the path inside its value."""
    if not path:
        return key_of(key, project), ()
    namespace, separator, rest = key.partition(":")
    try:
        steps = property_path.parse(rest if separator else key)
    except ValueError as error:
        raise EngineError(f"invalid configuration key path: {error}") from error
    if not steps or not isinstance(steps[0], str):
        raise EngineError(f"invalid configuration key path {key!r}: it must begin with a name")
    return key_of(f"{namespace}:{steps[0]}" if separator else steps[0], project), steps[1:]


def _show(arguments: argparse.Namespace, session: Session, ref: StackRef) -> None:
    config = session.config(ref)
    if arguments.json:
        print(json.dumps(_as_json(arguments, session, config), indent=2, ensure_ascii=False))
        return
    rows = [("KEY", "VALUE")]
    for key, value in sorted(config.values.items()):
        decrypt = _decrypter(session, config) if arguments.show_secrets else lambda _: "[secret]"
        shown = text_of(open_value(value, decrypt))
        rows.append((key.removeprefix(f"{session.project.name}:"), shown))
    width = max(len(key) for key, _ in rows)
    print("\n".join(f"{key:<{width}}  {value}" for key, value in rows))


def _as_json(arguments: argparse.Namespace, session: Session, config: StackConfig) -> dict[str, Any]:
    found = {}
    for key, value in sorted(config.values.items()):
        entry: dict[str, Any] = {}
        if not has_secure(value) or arguments.show_secrets:
            opened = open_value(value, _decrypter(session, config))
            entry["value"] = text_of(opened)
            if isinstance(opened, dict | list):
                entry["objectValue"] = opened
        found[key] = {**entry, "secret": has_secure(value)}
    return found


def _decrypter(session: Session, config: StackConfig) -> Any:
    return lambda ciphertext: session.secrets(config.salt).decrypt(ciphertext)


def _get(arguments: argparse.Namespace, session: Session, ref: StackRef) -> None:
    config = session.config(ref)
    key, inner = _split(arguments.key, session.project.name, path=arguments.path)
    try:
        value = get_at_path(config.values[key], inner)
    except KeyError:
        raise EngineError(f"configuration key '{arguments.key}' not found for stack '{ref.name}'") from None
    opened = open_value(value, _decrypter(session, config))
    if not arguments.json:
        print(text_of(opened))
        return
    entry: dict[str, Any] = {"value": text_of(opened)}
    if isinstance(opened, dict | list):
        entry["objectValue"] = opened
    print(json.dumps({**entry, "secret": has_secure(value)}, indent=2, ensure_ascii=False))


def _set(arguments: argparse.Namespace, session: Session, ref: StackRef) -> None:
    text = arguments.value
    if text is None:
        text = getpass.getpass("value: ") if session.interactive and arguments.secret else sys.stdin.read().rstrip("\n")
    config = session.config(ref)
    if not arguments.secret and not arguments.plaintext and _looks_secret(arguments.key, text):
        raise EngineError(
            f"config value for '{arguments.key}' looks like a secret; rerun with --secret to encrypt it,"
            " or --plaintext if you meant to store in plaintext"
        )
    key, inner = _split(arguments.key, session.project.name, path=arguments.path)
    value: Any = typed(text) if arguments.path and not arguments.secret else text
    if arguments.secret:
        value = {"secure": session.stack_secrets(ref, config).encrypt(text)}
    config.set(key, set_at_path(config.values.get(key), inner, value) if inner else value)
    config.save()


def _looks_secret(key: str, text: str) -> bool:
    """Tells whether a value looks like a credential, by its name and its disorder."""
    named = re.search(r"password|pwd|token|secret", key, re.IGNORECASE)
    return bool(named) and bool(_LOOKS_SECRET.fullmatch(text)) and _entropy(text) > _ENTROPY


def _entropy(text: str) -> float:
    shares = [text.count(character) / len(text) for character in set(text)]
    return -sum(share * math.log2(share) for share in shares)


def _remove(arguments: argparse.Namespace, session: Session, ref: StackRef) -> None:
    config = session.config(ref)
    key, inner = _split(arguments.key, session.project.name, path=arguments.path)
    if inner and key in config.values:
        config.set(key, remove_at_path(config.values[key], inner))
    elif not inner:
        config.remove(key)
    config.save()


def apply_assignments(session: Session, ref: StackRef, assignments: list[str], *, paths: bool) -> None:
    """Sets the values given as ``--config KEY=VALUE``; they stay."""
    if not assignments:
        return
    config = session.config(ref)
    for assignment in assignments:
        name, separator, text = assignment.partition("=")
        key, inner = _split(name, session.project.name, path=paths)
        value = (typed(text) if paths else text) if separator else ""
        config.set(key, set_at_path(config.values.get(key), inner, value) if inner else value)
    config.save()
