"""How values look on the wire: times, tags, bases, constraints, statuses."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .errors import ApiError, bad_tag

if TYPE_CHECKING:
    from .records import Status

ZERO_TIME = "0001-01-01T00:00:00Z"
NANOSECONDS = 1e9
_CONSTRAINTS = (
    "arch",
    "container",
    "cores",
    "cpu-power",
    "mem",
    "root-disk",
    "root-disk-source",
    "tags",
    "instance-role",
    "instance-type",
    "spaces",
    "virt-type",
    "zones",
    "allocate-public-ip",
    "image-id",
)


def time(seconds: float | None) -> str:
    """A time in RFC 3339; Go's zero time for None."""
    if seconds is None:
        return ZERO_TIME
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def without_nulls(value: Any) -> Any:
    """The value with every null member of an object left out: to Go they are absent."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def untag(tag: str, kind: str) -> str:
    """The id in a tag: "unit-glance-0" is unit glance/0, "machine-0-lxd-1" machine 0/lxd/1.

    Raises:
        ApiError: it is not a tag of this kind.
    """
    name = tag.removeprefix(f"{kind}-")
    if name == tag or not name:
        raise bad_tag(tag, kind)
    if kind == "machine":
        return name.replace("-", "/")
    if kind == "unit":
        return "/".join(name.rsplit("-", 1))
    return name


def tag(kind: str, name: str) -> str:
    """The tag of an id."""
    return f"{kind}-{name.replace('/', '-')}" if kind in ("unit", "machine") else f"{kind}-{name}"


def base_of(base: str) -> dict[str, str]:
    """Gives "ubuntu@24.04" as a Base."""
    name, _, channel = base.partition("@")
    return {"name": name, "channel": f"{channel}/stable" if channel else ""}


def read_base(base: Mapping[str, str] | None) -> str:
    """A Base as "ubuntu@24.04", "" when nothing is asked."""
    if not base or not base.get("name"):
        return ""
    return f"{base['name']}@{base.get('channel', '').split('/')[0]}"


def parse_base(text: str) -> str:
    """Reads "ubuntu@24.04/stable" as "ubuntu@24.04"; ApiError when it is no base."""
    name, at, channel = text.partition("@")
    if not at or not name or not channel:
        raise ApiError(f"invalid base \"{text}\": expected base string to contain os and channel separated by '@'", "not valid")
    return f"{name}@{channel.split('/')[0]}"


def constraint_text(constraints: Mapping[str, Any]) -> str:
    """Constraints as the command line shows them: "cores=8 mem=20480M tags=a,b"."""
    parts = []
    for key in _CONSTRAINTS:
        value = constraints.get(key)
        if value in (None, "", [], 0):
            continue
        if isinstance(value, list):
            value = ",".join(value)
        elif key in ("mem", "root-disk"):
            value = f"{value}M"
        parts.append(f"{key}={str(value).lower() if isinstance(value, bool) else value}")
    return " ".join(parts)


def hardware_text(hardware: Mapping[str, Any], zone: str) -> str:
    """Hardware as the status shows it."""
    parts = [f"arch={hardware['arch']}"] if hardware.get("arch") else []
    if hardware.get("cpu-cores"):
        parts.append(f"cores={hardware['cpu-cores']}")
    if hardware.get("mem"):
        parts.append(f"mem={hardware['mem']}M")
    if hardware.get("root-disk"):
        parts.append(f"root-disk={hardware['root-disk']}M")
    if hardware.get("tags"):
        parts.append(f"tags={','.join(hardware['tags'])}")
    return " ".join([*parts, f"availability-zone={zone}"] if zone else parts)


def detailed(status: Status, life: str = "", version: str = "") -> dict[str, Any]:
    """A status as FullStatus has it."""
    return {
        "status": status.status,
        "info": status.info,
        "data": status.data,
        "since": time(status.since),
        "kind": "",
        "version": version,
        "life": "" if life == "alive" else life,
    }


def delta_status(status: Status, version: str = "") -> dict[str, Any]:
    """A status as AllWatcher has it."""
    shown: dict[str, Any] = {"current": status.status, "message": status.info, "since": time(status.since), "version": version}
    return shown | ({"data": status.data} if status.data else {})


def entity_status(status: Status) -> dict[str, Any]:
    """A status as model information has it."""
    return {"status": status.status, "info": status.info, "data": status.data, "since": time(status.since)}


def owned(name: str) -> str:
    """The bare name in a user name with or without its domain."""
    return name.removesuffix("@external").removesuffix("@local")
