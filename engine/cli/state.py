"""state: protect, unprotect, taint, untaint, remove, rename."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Callable

from engine import edits
from engine.cli.session import Session
from engine.edits import Record
from engine.errors import EngineError

_WARNING = "This command will edit your stack's state directly. Confirm? [yes/no] "


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Runs one of the state commands; returns the exit code."""
    if arguments.subcommand in _MARKS:
        _edit(arguments, session, _marked)
    else:
        _edit(arguments, session, {"remove": _removed, "rename": _renamed}[arguments.subcommand])
    return 0


def _edit(arguments: argparse.Namespace, session: Session, change: Callable[[argparse.Namespace, list[Record]], str]) -> None:
    """Reads the state, changes its records and writes it, all or nothing, while nobody else may."""
    ref = session.existing()
    if session.interactive and not arguments.yes and input(_WARNING).strip().lower() not in ("y", "yes"):
        raise EngineError("confirmation declined")
    with session.backend.lock(ref):
        for warning in session.backend.settle_journal(ref):
            print(f"warning: {warning}", file=sys.stderr)
        loaded = session.load(ref)
        deployment = dict(loaded.deployment) if loaded else {}
        deployment["resources"] = [dict(record) for record in deployment.get("resources") or []]
        said = change(arguments, deployment["resources"])
        if loaded:
            session.backend.save(ref, deployment)
    print(said)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Mark:
    """What a command does with a mark, and its participle."""

    key: str
    on: bool
    done: str


_MARKS = {
    "protect": _Mark(key="protect", on=True, done="protected"),
    "unprotect": _Mark(key="protect", on=False, done="unprotected"),
    "taint": _Mark(key="taint", on=True, done="tainted"),
    "untaint": _Mark(key="taint", on=False, done="untainted"),
}


def _marked(arguments: argparse.Namespace, records: list[Record]) -> str:
    mark = _MARKS[arguments.subcommand]
    if arguments.all:
        edits.mark(records, records, mark.key, on=mark.on)
        return f"All resources {mark.done}"
    by_urn = {record["urn"]: record for record in records if not record.get("delete")}
    for urn in _named(arguments):
        if urn not in by_urn:
            raise edits.unknown(list(by_urn.values()), urn)
    edits.mark(records, [by_urn[urn] for urn in arguments.urns], mark.key, on=mark.on)
    return f"{len(arguments.urns)} resources {mark.done}"


def _named(arguments: argparse.Namespace) -> list[str]:
    if not arguments.urns:
        raise EngineError("Must supply <resource URN>")
    return list(arguments.urns)


def _removed(arguments: argparse.Namespace, records: list[Record]) -> str:
    chosen = list(records) if arguments.all else [edits.locate(records, urn) for urn in _named(arguments)]
    edits.remove(records, chosen, dependents=arguments.target_dependents, allow=lambda record: _forced(arguments, record))
    if arguments.all:
        return "Resources deleted"
    return "Resource deleted" if len(chosen) == 1 else f"{len(chosen)} resources deleted"


def _forced(arguments: argparse.Namespace, record: Record) -> bool:
    if arguments.force:
        print(f"warning: deleting protected resource {record['urn']} due to presence of --force", file=sys.stderr)
    return bool(arguments.force)


def _renamed(arguments: argparse.Namespace, records: list[Record]) -> str:
    edits.rename(records, edits.locate(records, arguments.urn), arguments.name)
    return "Resource renamed"
