"""scripts/: commissioning and testing scripts."""

from __future__ import annotations

import re
from typing import Any

import yaml

from .. import lookups
from ..call import Answer, Call, deleted
from ..errors import FieldErrors, NotFound, Refused
from ..forms import REQUIRED, Form
from ..records.images import Script
from ..region import Region
from ..routing import Resource

many = Resource("NodeScriptsHandler", "scripts/", "Manages commissioning and testing scripts.")
one = Resource("NodeScriptHandler", "scripts/{name}", "Manages a script.")
old = Resource("CommissioningScriptsHandler", "commissioning-scripts/", "Lists commissioning scripts by name.")
RESOURCES = (many, one, old)

_TYPES = {"commissioning": 0, "testing": 2, "release": 3}
_TYPE_NAMES = {0: "Commissioning script", 2: "Testing script", 3: "Release script"}
_HARDWARE = {"node": 0, "cpu": 1, "memory": 2, "storage": 3, "network": 4, "gpu": 5}
_HARDWARE_NAMES = {0: "Node", 1: "CPU", 2: "Memory", 3: "Storage", 4: "Network", 5: "GPU"}
_PARALLEL = {"disabled": 0, "instance": 1, "any": 2}
_PARALLEL_NAMES = {0: "Disabled", 1: "Run along other instances of this script", 2: "Run along any other script"}
_META = re.compile(r"# --- Start MAAS 1\.0 script metadata ---\n(.*?)# --- End MAAS 1\.0 script metadata ---", re.DOTALL)


def show(region: Region, row: Script, *, content: bool = False) -> dict[str, Any]:
    """A script in JSON."""
    shown: dict[str, Any] = row.model_dump(exclude={"history", "timeout"})
    shown |= {"timeout": length(row.timeout), "hardware_type_name": _HARDWARE_NAMES[row.hardware_type]}
    shown |= {"type_name": _TYPE_NAMES[row.type], "parallel_name": _PARALLEL_NAMES[row.parallel]}
    shown["history"] = [_version(region, each, content=content) for each in row.history]
    return shown | {"resource_uri": f"/MAAS/api/2.0/scripts/{row.name}"}


def _version(region: Region, each: dict[str, Any], *, content: bool) -> dict[str, Any]:
    shown = {"id": each["id"], "comment": each["comment"], "created": region.mail_date(each["created"])}
    return shown | {"data": each["data"]} if content else shown


def length(seconds: int) -> str:
    """A time span as H:MM:SS."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


@many.rest("GET")
def read_all(region: Region, call: Call) -> Any:
    """Lists scripts. Fields: type, hardware_type, filters, include_script."""
    rows = [row for row in region.store.scripts.values() if row.type in wanted(call, "type", _TYPES)]
    rows = [row for row in rows if row.hardware_type in wanted(call, "hardware_type", _HARDWARE)]
    names = Form(call.query).many("filters")
    rows = [row for row in rows if not names or row.name in names or set(names) & set(row.tags)]
    content = Form(call.query).strict_boolean("include_script")
    return [show(region, row, content=content) for row in sorted(rows, key=lambda row: row.name)]


def wanted(call: Call, field: str, numbers: dict[str, int]) -> set[int]:
    """The numbers that a query field means, by name or number; all when it isn't given."""
    given = call.first(field)
    if not given:
        return set(numbers.values())
    if given not in numbers and not given.isdigit():
        raise FieldErrors({field: [f"'{given}' is not a valid {field}."]})
    return {numbers[given] if given in numbers else int(given)}


@many.rest("POST", admin=True)
def create(region: Region, call: Call) -> Any:
    """Adds a script. Fields: script (the text), name, title, description, tags, type, and what its metadata may say."""
    form = Form(call.body)
    source = _source(call, form)
    if not source:
        raise FieldErrors({"script": [REQUIRED]})
    row = Script(name="")
    _fill(region, form, row, source)
    region.store.add(region.store.scripts, row)
    _remember(region, row, source, form.raw("comment"))
    return show(region, row)


def _source(call: Call, form: Form) -> str:
    given = next(iter(call.files.values()), None)
    return given.decode() if given else next((form.data[key][-1] for key in ("script", "content") if key in form), "")


def _remember(region: Region, row: Script, source: str, comment: str | None) -> None:
    number = region.store.next_ids.get("Version", 1)
    region.store.next_ids["Version"] = number + 1
    row.history.insert(0, {"id": number, "comment": comment, "created": region.now(), "data": source})


def _fill(region: Region, form: Form, row: Script, source: str) -> None:
    meta = _metadata(form, source)
    row.name = form.text("name") or str(meta.get("name") or row.name)
    if not row.name:
        form.error("name", REQUIRED)
    elif not re.fullmatch(r"[\w.@-]+", row.name) or row.name == "none":
        form.error("name", f"Name '{row.name}' contains disallowed characters, e.g. space or quotes.")
    elif any(each.name == row.name and each.id != row.id for each in region.store.scripts.values()):
        form.error("name", "Script with this Name already exists.")
    for field in ("title", "description"):
        setattr(row, field, form.text(field) or str(meta.get(field) or getattr(row, field)))
    row.type = _number(form, meta, ("type", "script_type"), _TYPES, row.type)
    row.hardware_type = _number(form, meta, ("hardware_type",), _HARDWARE, row.hardware_type)
    row.parallel = _number(form, meta, ("parallel",), _PARALLEL, row.parallel)
    tags = form.many("tags", None) or meta.get("tags") or row.tags
    row.tags = list(tags if isinstance(tags, list) else str(tags).split(","))
    kind = _HARDWARE_NAMES[row.hardware_type].lower()
    row.tags = row.tags if kind in row.tags else [*row.tags, kind]
    for flag in ("destructive", "may_reboot", "recommission", "apply_configured_networking"):
        setattr(row, flag, form.boolean(flag, bool(meta.get(flag, getattr(row, flag)))))
    row.timeout = _seconds(form, form.raw("timeout") or meta.get("timeout") or row.timeout)
    for field in ("packages", "parameters", "results"):
        setattr(row, field, meta.get(field) or getattr(row, field))
    row.for_hardware = form.many("for_hardware", None) or list(meta.get("for_hardware") or row.for_hardware)
    form.check()


def _metadata(form: Form, source: str) -> dict[str, Any]:
    found = _META.search(source)
    text = re.sub(r"^# ?", "", found[1], flags=re.MULTILINE) if found else ""
    try:
        meta = yaml.safe_load(text) or {}
    except yaml.YAMLError:
        raise FieldErrors({"script": ["Invalid YAML in the script's metadata."]}) from None
    return meta if isinstance(meta, dict) else {}


def _number(form: Form, meta: dict[str, Any], fields: tuple[str, ...], numbers: dict[str, int], current: int) -> int:
    given = next((form.raw(field) for field in fields if form.raw(field)), None)
    if given is None:
        given = next((str(meta[field]) for field in fields if meta.get(field) is not None), None)
    if given is None:
        return current
    name = str(given).lower()
    if name in numbers or (name.isdigit() and int(name) in numbers.values()):
        return numbers[name] if name in numbers else int(name)
    form.error(fields[0], f"Must be one of {', '.join(numbers)}.")
    return current


def _seconds(form: Form, given: Any) -> int:
    parts = str(given).split(":")
    if not all(part.isdigit() for part in parts) or len(parts) > 3:
        form.error("timeout", "Enter a valid duration.")
        return 0
    return sum(int(part) * 60**power for power, part in enumerate(reversed(parts)))


def _get(region: Region, call: Call) -> Script:
    rows = region.store.scripts
    return lookups.find("Script", rows, call.params["name"], {"name": lambda row: row.name})


@one.rest("GET")
def read(region: Region, call: Call) -> Any:
    """Reads a script. Field: include_script."""
    return show(region, _get(region, call), content=Form(call.query).strict_boolean("include_script"))


@one.rest("PUT", admin=True)
def update(region: Region, call: Call) -> Any:
    """Changes a script; a new text is a new version."""
    row, form = _get(region, call), Form(call.body)
    if row.default:
        raise Refused(400, "Not allowed to change default scripts other than their timeout and tags.")
    source = _source(call, form)
    changed = row.model_copy(deep=True)
    _fill(region, form, changed, source)
    region.store.scripts[row.id] = changed
    if source:
        _remember(region, changed, source, form.raw("comment"))
    return show(region, changed)


@one.rest("DELETE", admin=True)
def delete(region: Region, call: Call) -> Answer:
    """Deletes a script that is not a default one."""
    row = _get(region, call)
    if row.default:
        raise Refused(400, "Unable to delete default script")
    del region.store.scripts[row.id]
    return deleted()


@one.op("GET", "download")
def download(region: Region, call: Call) -> Any:
    """The script's text. Field: revision."""
    row = _get(region, call)
    wanted = call.first("revision")
    found = next((each for each in row.history if wanted in (None, str(each["id"]))), None)
    if not found:
        raise NotFound("VersionedTextFile")
    return Answer(body=str(found["data"]).encode(), content_type="application/binary")


@one.op("POST", "revert", admin=True)
def revert(region: Region, call: Call) -> Any:
    """Goes back to an earlier version. Field: to."""
    row, to = _get(region, call), Form(call.body).text("to")
    numbers = [each["id"] for each in row.history]
    if not to.lstrip("-").isdigit() or int(to) not in numbers:
        raise Refused(400, f"No history for {row.name} at {to}.")
    row.history = row.history[numbers.index(int(to)) :]
    return show(region, row)


def _tag(call: Call) -> str:
    tag = Form(call.body).text("tag")
    if not tag or "," in tag:
        raise FieldErrors({"tag": [REQUIRED if not tag else "Invalid tag."]})
    return tag


@one.op("POST", "add_tag", admin=True)
def add_tag(region: Region, call: Call) -> Any:
    """Adds a tag. Field: tag."""
    row, tag = _get(region, call), _tag(call)
    row.tags = row.tags if tag in row.tags else [*row.tags, tag]
    return show(region, row)


@one.op("POST", "remove_tag", admin=True)
def remove_tag(region: Region, call: Call) -> Any:
    """Takes a tag off. Field: tag."""
    row, tag = _get(region, call), _tag(call)
    row.tags = [each for each in row.tags if each != tag]
    return show(region, row)


@old.rest("GET")
def read_old(region: Region, call: Call) -> Any:
    """Lists the names of the first commissioning scripts, as old clients know them."""
    names = sorted(row.name for row in region.store.scripts.values() if row.type == 0)
    return [name for name in names if name.startswith("20-")] + [
        row.name for row in region.store.scripts.values() if row.type == 0 and not row.default
    ]
