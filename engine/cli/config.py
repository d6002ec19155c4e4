"""config: show, get, set, set-all, rm, copy."""

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
    is_secure,
    key_of,
    open_value,
    remove_at_path,
    set_at_path,
    text_of,
    typed,
)
from engine.errors import EngineError
from engine.state import Decrypt, Encrypt
from engine.store.backend import StackRef

_LOOKS_SECRET = re.compile(r"[A-Za-z0-9+/_.\-]{24,}")
_ENTROPY = 4.0


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Runs one of the config commands; returns the exit code."""
    ref = session.existing()
    commands = {None: _show, "get": _get, "set": _set, "set-all": _set_all, "rm": _remove, "copy": _copy}
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
        shown = text_of(open_value(value, decrypt, key))
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
    value: Any = typed(text) if arguments.path else text
    if arguments.secret:
        value = {"secure": session.stack_secrets(ref, config).encrypt(text)}
    _put(config, _split(arguments.key, session.project.name, path=arguments.path), value)
    config.save()


def _put(config: StackConfig, where: tuple[str, property_path.Path], value: Any) -> None:
    key, inner = where
    config.set(key, set_at_path(config.values.get(key), inner, value) if inner else value)


def _set_all(arguments: argparse.Namespace, session: Session, ref: StackRef) -> None:
    """Sets all of the values or, where one can't be, none."""
    config = session.config(ref)
    if arguments.values and (arguments.plaintext or arguments.secret or arguments.path):
        raise EngineError("the --json option cannot be used with the --plaintext, --secret or --path options")
    for key, entry in _entries(arguments.values):
        plain = entry.get("objectValue", entry["value"])
        sealed = entry.get("secret") and {"secure": session.stack_secrets(ref, config).encrypt(entry["value"])}
        _put(config, _split(key, session.project.name, path=False), sealed or plain)
    for assignment in arguments.plaintext:
        where, text = _assigned(assignment, session, path=arguments.path)
        _put(config, where, typed(text) if arguments.path else text)
    for assignment in arguments.secret:
        where, text = _assigned(assignment, session, path=arguments.path)
        _put(config, where, {"secure": session.stack_secrets(ref, config).encrypt(text)})
    config.save()


def _entries(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Reads what `config --json` prints; each entry must have a value."""
    try:
        entries = list(json.loads(text or "{}").items())
        missing = [key for key, entry in entries if not isinstance(entry["value"], str)]
    except (ValueError, AttributeError, TypeError) as error:
        raise EngineError(f"could not parse --json argument: {error}") from error
    except KeyError:
        missing = [key for key, entry in entries if "value" not in entry]
    if missing:
        raise EngineError(f'value for --json object key "{missing[0]}" is nil; use `config --json --show-secrets` for all values')
    return entries


def _assigned(assignment: str, session: Session, *, path: bool) -> tuple[tuple[str, property_path.Path], str]:
    name, separator, text = assignment.partition("=")
    if not separator:
        raise EngineError("config value must be in the form [key]=[value]")
    return _split(name, session.project.name, path=path), text


def _copy(arguments: argparse.Namespace, session: Session, ref: StackRef) -> None:
    """Copies values to another stack's configuration; its secrets are sealed with that stack's key."""
    target = StackRef.parse(arguments.dest, session.project.name)
    if target == ref:
        raise EngineError("current stack and destination stack are the same")
    session.backend.require(target, session.project.name)
    source, into = session.config(ref), StackConfig(session.config_path(target))
    chosen = (
        [_split(arguments.key, session.project.name, path=arguments.path)] if arguments.key else [(k, ()) for k in source.values]
    )
    for where in chosen:
        try:
            value = get_at_path(source.values[where[0]], where[1])
        except KeyError:
            raise EngineError(f"configuration key '{arguments.key}' not found for stack '{ref.name}'") from None
        _put(
            into,
            where,
            _resealed(value, _decrypter(session, source), lambda text: session.stack_secrets(target, into).encrypt(text)),
        )
    into.save()


def _resealed(value: Any, decrypt: Decrypt, encrypt: Encrypt) -> Any:
    if is_secure(value):
        return {"secure": encrypt(decrypt(value["secure"]))}
    if isinstance(value, dict):
        return {key: _resealed(each, decrypt, encrypt) for key, each in value.items()}
    return [_resealed(each, decrypt, encrypt) for each in value] if isinstance(value, list) else value


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
        value = (typed(text) if paths else text) if separator else ""
        _put(config, _split(name, session.project.name, path=paths), value)
    config.save()
