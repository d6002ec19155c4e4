"""Whether our answer is the recorded one.

Times, UUIDs and random keys are anything of their form; numbers of rows were aligned before (see `aligning`). Lists of objects
are compared without regard to order: a region gives them in the order in which its database happens to hold them. What the
recorder cut down (`__trimmed__`, a name in place of an object) is compared as far as it goes.
"""

from __future__ import annotations

import json
import re
from typing import Any

_TIMES = (
    re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+"),
    re.compile(r"\w{3}, \d\d \w{3}\.? \d{4} \d\d:\d\d:\d\d( -0000)?"),
)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MASKED = re.compile(r"<[A-Za-z_ ]+>|\.\.\.")
_NUMBERED = re.compile(r"(given|now|before=|after=) ?\d+")
_VERSION = re.compile(r"^\d{8}$")
_UNTESTED = ("testing_status_name", "Pending", "Passed")
"""The recorder's stand-in for a machine sent commissioning results and never ran the tests that were due after them."""
LOOSE_KEYS = frozenset(
    {"created", "updated", "started", "ended", "starttime", "endtime", "last_ping", "runtime", "serial", "user_id"}
)


def differences(recorded: Any, ours: Any, where: str = "") -> list[str]:
    """Where and how our answer is another."""
    if isinstance(recorded, dict) and isinstance(ours, dict):
        return _objects(recorded, ours, where)
    if isinstance(recorded, list) and isinstance(ours, list):
        return _lists(recorded, ours, where)
    if isinstance(ours, dict) and not isinstance(recorded, dict):
        return _cut(recorded, ours, where)
    if isinstance(recorded, str) and isinstance(ours, str):
        return [] if _same_text(recorded, ours) else [f"{where}: {recorded!r} != {ours!r}"]
    return [] if recorded == ours and type(recorded) is type(ours) else [f"{where}: {recorded!r} != {ours!r}"]


def _free(key: str, recorded: Any, ours: Any) -> bool:
    """Whether a field may be anything."""
    loose = key in LOOSE_KEYS and (recorded is None) == (ours is None)
    return loose or key.startswith("__") or (key, recorded, ours) == _UNTESTED


def _skipped(recorded: dict[str, Any]) -> frozenset[str]:
    """Numbers of rows that no answer showed when they were made."""
    if "last_ping" in recorded or "exit_status" in recorded or {"level", "type", "node"} <= set(recorded):
        return frozenset({"id", "resource_uri", "script_id"})
    return frozenset()


def _objects(recorded: dict[str, Any], ours: dict[str, Any], where: str) -> list[str]:
    cut = "__trimmed__" in recorded or "__incomplete__" in recorded or ("resource_uri" in ours and "resource_uri" not in recorded)
    cut = cut or ("hostname" in ours and "system_id" in ours and len(recorded) < len(ours) / 2)
    found = [f"{where}.{key}: recorded has no such key" for key in ours if key not in recorded and not cut]
    for key, value in recorded.items():
        if _free(key, value, ours.get(key)) or key in _skipped(recorded):
            continue
        if key not in ours:
            found.append(f"{where}.{key}: missing (recorded {value!r})")
        elif key == "sets" and isinstance(value, dict):
            found += differences(list(value.values()), list(ours[key].values()), f"{where}.{key}")
        else:
            found += differences(value, ours[key], f"{where}.{key}")
    return found


def _lists(recorded: list[Any], ours: list[Any], where: str) -> list[str]:
    if len(recorded) != len(ours):
        return [f"{where}: {len(recorded)} items recorded, {len(ours)} here"]
    straight = [line for n, (a, b) in enumerate(zip(recorded, ours, strict=True)) for line in differences(a, b, f"{where}[{n}]")]
    if not straight or not all(isinstance(each, dict | str | list) for each in recorded):
        return straight
    left = list(ours)
    for each in recorded:
        found = next((other for other in left if not differences(each, other)), None)
        if found is None:
            return straight
        left.remove(found)
    return []


def _cut(recorded: Any, ours: dict[str, Any], where: str) -> list[str]:
    """The recorder kept a name, a number or a few fields of an object."""
    if isinstance(recorded, list):
        if any(not differences(recorded, form) for form in _forms(ours)):
            return []
    elif recorded in (ours.get("id"), ours.get("hostname"), ours.get("system_id"), ours.get("name")) or (
        recorded == "machine" and "hardware_info" in ours
    ):
        return []
    return [f"{where}: {recorded!r} is not a cut of {json.dumps(ours)[:300]}"]


def _forms(ours: dict[str, Any]) -> list[list[Any]]:
    if "block_size" in ours:
        parts = [[part["path"], part["size"], part["filesystem"]] for part in ours["partitions"]]
        return [[ours["name"], ours["type"], ours["partition_table_type"], ours["filesystem"], parts]]
    if "mac_address" in ours:
        modes = [link["mode"] for link in ours["links"]]
        return [[ours["name"], ours["type"], ours["parents"], ours["children"]], [ours["name"], ours["type"], modes]]
    return []


def _same_text(recorded: str, ours: str) -> bool:
    if recorded == ours or re.fullmatch(".+".join(re.escape(part) for part in _MASKED.split(recorded)), ours, re.DOTALL):
        return True
    return _plain(recorded) == _plain(ours)


def _plain(text: str) -> str:
    for pattern in _TIMES:
        text = pattern.sub("TIME", text)
    text = _UUID.sub("UUID", text)
    text = _NUMBERED.sub(r"\1 N", text)
    return _VERSION.sub("DATE", text)


def headers(recorded: dict[str, str], ours: dict[str, str]) -> list[str]:
    """Where our headers are others than the recorded ones."""
    found = []
    for name, value in recorded.items():
        given = ours.get(name, "")
        same = set(value.split(", ")) == set(given.split(", ")) if name == "Allow" else value == given
        if not same:
            found.append(f"header {name}: {value!r} != {given!r}")
    return found
