"""stack: show, init, ls, select, output, export, import, rm, history."""

from __future__ import annotations

import argparse
import datetime
import json
import pathlib
import sys
from typing import Any

from engine import state, urn, values
from engine.cli import outputs
from engine.cli.session import Session
from engine.config import has_secure, open_value, text_of
from engine.errors import EngineError
from engine.store import checkpoint
from engine.store.backend import Loaded, StackRef


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Runs one of the stack commands; returns the exit code."""
    commands = {
        None: _show,
        "init": _init,
        "ls": _list,
        "select": _select,
        "output": outputs.run,
        "export": _export,
        "import": _import,
        "rm": _remove,
        "history": _history,
    }
    commands[arguments.subcommand](arguments, session)
    return 0


def _show(arguments: argparse.Namespace, session: Session) -> None:
    ref = session.existing()
    if arguments.show_name:
        print(ref.name)
        return
    loaded = session.load(ref)
    resources = loaded.deployment.get("resources") or [] if loaded else []
    print(f"Current stack is {ref.name}:")
    if session.backend.locked(ref):
        print("    An update is in progress, or has left its lock behind")
    print(f"Current stack resources ({len(resources)}):")
    for resource in resources:
        shown = resource["urn"] if arguments.show_urns else urn.name_of(resource["urn"])
        print(f"    {resource['type']:<50} {shown}")
    print(f"\nCurrent stack outputs ({len(session.outputs(ref))}): see `stack output`")


def _init(arguments: argparse.Namespace, session: Session) -> None:
    ref = session.ref(arguments.name)
    _create(session, ref)
    if not arguments.no_select:
        session.select(ref)


def _create(session: Session, ref: StackRef) -> None:
    if session.backend.exists(ref):
        raise EngineError(f"stack '{ref.full_name}' already exists")
    manager = session.stack_secrets(ref, session.config(ref))
    session.backend.create(ref, {"type": manager.type, "state": {"salt": manager.salt}})
    print(f"Created stack '{ref.name}'", file=sys.stderr)


def _list(arguments: argparse.Namespace, session: Session) -> None:
    selected = session.selected()
    refs = session.backend.stacks(None if arguments.all else session.project.name)
    rows = []
    for ref in refs:
        loaded = session.backend.load(ref)
        shown = ref.shown(session.project.name)
        rows.append(
            {
                "name": shown,
                "current": ref == selected,
                **({"lastUpdate": last} if (last := _last_update(session, ref, loaded)) else {}),
                "updateInProgress": session.backend.locked(ref),
                "resourceCount": len(loaded.deployment.get("resources") or []) if loaded else 0,
            }
        )
    if arguments.json:
        print(json.dumps([{k: v for k, v in row.items() if k != "updateInProgress" or v} for row in rows], indent=2))
        return
    print(f"{'NAME':<24}{'LAST UPDATE':<28}RESOURCES")
    for row in rows:
        name = f"{row['name']}{'*' if row['current'] else ''}"
        print(f"{name:<24}{row.get('lastUpdate', 'n/a'):<28}{row['resourceCount']}")


def _last_update(session: Session, ref: StackRef, loaded: Loaded | None) -> str:
    stamp = (loaded.deployment.get("manifest") or {}).get("time") if loaded else None
    if stamp or not loaded:
        return str(stamp or "")
    return ""


def _select(arguments: argparse.Namespace, session: Session) -> None:
    ref = session.ref(arguments.name)
    if arguments.create and not session.backend.exists(ref):
        _create(session, ref)
    session.backend.require(ref, session.project.name)
    session.select(ref)


def _export(arguments: argparse.Namespace, session: Session) -> None:
    ref = session.existing()
    loaded = session.backend.load(ref)
    deployment: dict[str, Any] = dict(loaded.deployment) if loaded else {}
    if arguments.show_secrets and loaded:
        deployment = _reveal(deployment, session)
    used = checkpoint.version_of(deployment)
    text = json.dumps({**used, "deployment": {"manifest": checkpoint.manifest(), **deployment}}, indent=4)
    if arguments.file:
        pathlib.Path(arguments.file).write_text(text + "\n")
    else:
        print(text)


def _reveal(deployment: dict[str, Any], session: Session) -> dict[str, Any]:
    decrypt = session.decrypter(deployment)

    def reveal(value: Any) -> Any:
        if isinstance(value, dict):
            if value.get(values.SIGNATURE) == values.SECRET_KIND and "ciphertext" in value:
                return {values.SIGNATURE: values.SECRET_KIND, "plaintext": decrypt(value["ciphertext"])}
            return {k: reveal(v) for k, v in value.items()}
        return [reveal(v) for v in value] if isinstance(value, list) else value

    revealed: dict[str, Any] = reveal(deployment)
    return revealed


def _import(arguments: argparse.Namespace, session: Session) -> None:
    ref = session.existing()
    text = pathlib.Path(arguments.file).read_text() if arguments.file else sys.stdin.read()
    try:
        document = json.loads(text)
        deployment = document["deployment"] or {}
    except (ValueError, KeyError, TypeError) as error:
        raise EngineError(f"could not read the deployment to import: {error!r}; it must come from `stack export`") from error
    problems = [
        f"resource '{r['urn']}' is from a different stack ({urn.stack_of(r['urn'])} != {ref.name})"
        for r in deployment.get("resources") or []
        if urn.stack_of(r["urn"]) != ref.name
    ]
    if problems and not arguments.force:
        listed = "\n".join(f"  * {problem}" for problem in problems)
        raise EngineError(f"importing this file could be dangerous; rerun with --force to proceed anyway\n{listed}")
    if not arguments.force:
        checkpoint.verify(deployment)
    with session.backend.lock(ref):
        session.backend.settle_journal(ref)
        session.backend.save(ref, _sealed(deployment, session, ref))
    print("Import complete.")


def _sealed(deployment: dict[str, Any], session: Session, ref: StackRef) -> dict[str, Any]:
    """Encrypts a deployment with the stack's own secrets."""
    manager = session.stack_secrets(ref, session.config(ref))
    decrypt = session.decrypter(deployment)

    def seal(resource: dict[str, Any]) -> dict[str, Any]:
        return state.to_json(state.from_json(resource, decrypt), manager.encrypt)

    return {
        **{k: v for k, v in deployment.items() if k != "manifest"},
        "secrets_providers": {"type": manager.type, "state": {"salt": manager.salt}},
        "resources": [seal(r) for r in deployment.get("resources") or []],
        "pending_operations": [{**o, "resource": seal(o["resource"])} for o in deployment.get("pending_operations") or []],
    }


def _remove(arguments: argparse.Namespace, session: Session) -> None:
    ref = session.existing(arguments.name)
    if not arguments.yes:
        if not session.interactive:
            raise EngineError("non-interactive mode requires --yes flag")
        if input(f"This will permanently remove the '{ref.name}' stack! Type its name to go on: ") != ref.name:
            raise EngineError("confirmation declined")
    with session.backend.lock(ref):
        loaded = session.backend.load(ref)
        if loaded and loaded.deployment.get("resources") and not arguments.force:
            raise EngineError(
                f"'{ref.name}' still has resources; removal rejected. Possible actions:\n"
                f"- Make sure that '{ref.name}' is the stack that you want to destroy\n"
                "- Run `destroy` to delete the resources, then run `stack rm`\n"
                "- Run `stack rm --force` to override this error"
            )
        session.backend.remove(ref)
    if not arguments.preserve_config:
        session.config_path(ref).unlink(missing_ok=True)
    session.select(None)
    print(f"Stack '{ref.name}' has been removed!")


def _history(arguments: argparse.Namespace, session: Session) -> None:
    ref = session.existing()
    first = (arguments.page - 1) * arguments.page_size
    entries = session.backend.history(ref)[first : first + arguments.page_size]
    if arguments.json:
        print(json.dumps([_entry(arguments, session, ref, e) for e in entries], indent=2, ensure_ascii=False))
        return
    for entry in entries:
        when = datetime.datetime.fromtimestamp(entry["startTime"], datetime.UTC)
        changes = ", ".join(f"{n} {op}" for op, n in sorted((entry.get("resourceChanges") or {}).items()))
        print(f"{when:%Y-%m-%d %H:%M:%S} UTC  {entry['kind']:<8} {entry['result']:<10} {changes}")
        if entry.get("message"):
            print(f"    {entry['message']}")


def _entry(arguments: argparse.Namespace, session: Session, ref: StackRef, entry: dict[str, Any]) -> dict[str, Any]:
    def moment(seconds: int) -> str:
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def decrypt(ciphertext: str) -> str:
        return session.secrets(session.config(ref).salt).decrypt(ciphertext)

    config = {}
    for key, value in (entry.get("config") or {}).items():
        secret = has_secure(value)
        shown = {} if secret and not arguments.show_secrets else {"value": text_of(open_value(value, decrypt))}
        config[key] = {**shown, "secret": secret}
    return {
        "kind": entry["kind"],
        "startTime": moment(entry["startTime"]),
        "message": entry.get("message", ""),
        "environment": entry.get("environment") or {},
        "config": config,
        "result": entry["result"],
        "endTime": moment(entry["endTime"]),
        "resourceChanges": entry.get("resourceChanges") or {},
    }
