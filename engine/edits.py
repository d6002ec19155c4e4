"""Edits of a state by hand: marks, removals and new names on stored records, which keep their secrets sealed.

A record is a resource in its stored form; the order of records is topological: what is needed stands before what needs it.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from engine import urn as urns
from engine.errors import EngineError
from engine.urn import ProviderRef

Record = dict[str, Any]
_SUGGESTIONS = 3
_HINT = "To list the resource URNs in the stack, run `stack --show-urns`; to inspect the full state, run `stack export`."


def locate(records: list[Record], urn: str) -> Record:
    """Returns the one record of a URN.

    Raises:
        EngineError: it is no URN, no record has it, or several have.
    """
    if not urns.is_urn(urn):
        raise EngineError(f'"{urn}" is not a valid resource URN\n{_HINT}')
    found = [record for record in records if record["urn"] == urn]
    if len(found) > 1:
        ids = "\n".join(f"  {record.get('id', '')}" for record in found)
        raise EngineError(f"Resource URN ambiguously referred to multiple resources. Did you mean:\n{ids}")
    if not found:
        raise unknown(records, urn)
    return found[0]


def unknown(records: list[Record], urn: str) -> EngineError:
    """Returns the error that no record has a URN; it names the nearest that there are."""
    near = difflib.get_close_matches(urn, {record["urn"] for record in records}, _SUGGESTIONS)
    suggested = "".join(f"  {each}\n" for each in near)
    said = f"Did you mean:\n{suggested}" if near else ""
    return EngineError(f'No such resource "{urn}" exists in the current state\n{said}{_HINT}')


def mark(records: list[Record], chosen: Iterable[Record], key: str, *, on: bool) -> None:
    """Sets or clears ``protect`` or ``taint`` of the chosen records."""
    identities = {id(record) for record in chosen}
    for record in records:
        if id(record) in identities:
            record.pop(key, None)
            if on:
                record[key] = True


def remove(records: list[Record], chosen: Iterable[Record], *, dependents: bool, allow: Callable[[Record], bool]) -> None:
    """Takes records out of the state; nothing that they stand for is touched.

    Args:
        records: All records; changed in place.
        chosen: Those to remove, in any order.
        dependents: Whether what needs them goes as well.
        allow: Is asked for each protected record.

    Raises:
        EngineError: a protected one isn't allowed, or one that stays needs one that goes.
    """
    wanted = {id(record) for record in chosen}
    for number in reversed(range(len(records))):
        if number < len(records) and id(records[number]) in wanted:
            _remove_one(records, number, dependents=dependents, allow=allow)


def _remove_one(records: list[Record], number: int, *, dependents: bool, allow: Callable[[Record], bool]) -> None:
    needing = _dependents(records, number)
    if needing and not dependents:
        raise _still_needed(records[number], [records[each] for each in needing])
    going = {number, *needing}
    for each in sorted(going):
        record = records[each]
        if record.get("protect") and not allow(record):
            raise EngineError(
                f"{record['urn']} can't be safely deleted because it is protected."
                " Re-run this command with --force to force deletion"
            )
    records[:] = [record for each, record in enumerate(records) if each not in going]


def _still_needed(record: Record, needing: list[Record]) -> EngineError:
    listed = "".join(f" * {json.dumps(urns.name_of(each['urn'])):<15} ({each['urn']})\n" for each in needing)
    return EngineError(
        f"{record['urn']} can't be safely deleted because the following resources depend on it:\n{listed}\n"
        "Delete those resources first or pass --target-dependents."
    )


def _dependents(records: list[Record], condemned: int) -> list[int]:
    """Returns who needs a record, directly or not; a second image of its URN that stays carries them on."""
    going = {condemned}
    for number in range(condemned + 1, len(records)):
        if any(_lost(needed, records, going, number) for needed in _references(records[number])):
            going.add(number)
    return sorted(going - {condemned})


def _lost(needed: tuple[str, str | None], records: list[Record], going: set[int], limit: int) -> bool:
    urn, id_ = needed
    images = [n for n in range(limit) if records[n]["urn"] == urn and id_ in (None, records[n].get("id"))]
    return bool(images) and all(number in going for number in images)


def _references(record: Record) -> Iterator[tuple[str, str | None]]:
    """Yields URNs that a record needs, a provider's with its id."""
    for key in ("parent", "deletedWith"):
        if record.get(key):
            yield record[key], None
    for urn in (*(record.get("dependencies") or ()), *(record.get("replaceWith") or ())):
        yield urn, None
    for needed in (record.get("propertyDependencies") or {}).values():
        for urn in needed or ():
            yield urn, None
    if record.get("provider"):
        reference = ProviderRef.parse(record["provider"])
        yield reference.urn, reference.id


def rename(records: list[Record], record: Record, name: str) -> None:
    """Gives a record another name, and tells all that need it.

    Raises:
        EngineError: the state has a record of that URN.
    """
    old = record["urn"]
    new = old[: len(old) - len(urns.name_of(old))] + name
    if any(each["urn"] == new for each in records):
        raise EngineError("The chosen new urn for the state corresponds to an already existing resource")
    record["urn"] = new
    for each in records:
        _rewrite(each, old, new)


def _rewrite(record: Record, old: str, new: str) -> None:
    def renamed(found: Any) -> Any:
        return [new if urn == old else urn for urn in found or ()]

    for key in ("parent", "deletedWith"):
        if record.get(key) == old:
            record[key] = new
    for key in ("dependencies", "replaceWith"):
        if record.get(key):
            record[key] = renamed(record[key])
    if record.get("propertyDependencies"):
        record["propertyDependencies"] = {key: renamed(found) for key, found in record["propertyDependencies"].items()}
    if record.get("provider") and ProviderRef.parse(record["provider"]).urn == old:
        record["provider"] = record["provider"].replace(old, new, 1)
