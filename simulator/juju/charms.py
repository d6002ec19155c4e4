"""The charm store's facts: charms with their endpoints, options, actions and channels, from charms.json."""

from __future__ import annotations

import dataclasses
import functools
import json
import pathlib
import zlib
from collections.abc import Mapping
from typing import Any

from .errors import ApiError

FILE = pathlib.Path(__file__).parent / "charms.json"
OTHERS = FILE.with_name("others.json")
"""Names of further charms that the store has: what they need, offer and can be told is taken as it comes."""
_LONG_TERM = ("18.04", "20.04", "22.04", "24.04")
RISKS = ("stable", "candidate", "beta", "edge")
JUJU_INFO = "juju-info"
_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "secret": (str,),
    "int": (int,),
    "float": (float, int),
    "boolean": (bool,),
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class CharmEndpoint:
    """One endpoint of a charm; `limit` 0 is no limit."""

    name: str
    role: str
    interface: str
    scope: str = "global"
    limit: int = 0

    def wire(self) -> dict[str, Any]:
        """As a CharmRelation."""
        return dataclasses.asdict(self) | {"optional": False}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Release:
    """What a channel holds for a base."""

    revision: int
    track: str
    risk: str
    bases: tuple[str, ...]

    @property
    def channel(self) -> str:
        """TRACK/RISK."""
        return f"{self.track}/{self.risk}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Charm:
    """A charm of the store or a local one.

    What is known of it are the facts of its default track. Of a `partial` charm, and of any charm's other tracks, less is known:
    there an option or endpoint that the facts don't have is taken as it comes, unless it is known to be `absent`.

    Attributes:
        since: by option, the charm's revision that brought it, where that is known.
        resource_revisions: by resource: every revision that there is, and by charm revision the one that was released with it.
        bases: those of a local charm, None when it names none.
    """

    name: str
    subordinate: bool
    reactive: bool
    default_track: str
    tracks: Mapping[str, Mapping[str, Any]]
    endpoints: Mapping[str, CharmEndpoint]
    extra_bindings: tuple[str, ...]
    options: Mapping[str, tuple[str, Any]]
    actions: Mapping[str, Mapping[str, list[str]]]
    storage: Mapping[str, Mapping[str, str]]
    resources: Mapping[str, str]
    since: Mapping[str, int] = dataclasses.field(default_factory=dict)
    resource_revisions: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    bases: tuple[str, ...] | None = None
    absent: frozenset[str] = frozenset()
    partial: bool = False

    def at(self, revision: int) -> Charm:
        """The charm as it is in one of its revisions, which may lack options that later ones have."""
        absent = frozenset(option for option, first in self.since.items() if revision < first)
        if not absent:
            return self
        return dataclasses.replace(self, options={k: v for k, v in self.options.items() if k not in absent}, absent=absent)

    def lenient(self, channel: str) -> bool:
        """Whether options and endpoints beyond the facts are taken as they come in this channel."""
        return self.partial or bool(channel and self._channel(channel)[0] not in (self.default_track, "latest"))

    def endpoint(self, name: str) -> CharmEndpoint | None:
        """The endpoint of this name; every charm provides juju-info."""
        if name == JUJU_INFO and name not in self.endpoints:
            return CharmEndpoint(name=name, role="provider", interface=JUJU_INFO)
        return self.endpoints.get(name)

    def release(self, channel: str, base: str | None = None, revision: int | None = None) -> Release:
        """What the store gives for a channel ("" is the default one), for a base "ubuntu@24.04" if one is asked.

        Raises:
            ApiError: the channel, the revision in it, or the base is not there.
        """
        track, risk = self._channel(channel)
        found = self.tracks.get(track) or (self.tracks[self.default_track] if self.partial else None)
        if found is None or risk not in RISKS:
            raise self._no_release(f"{track}/{risk}", base)
        bases = tuple(f"ubuntu@{version}" for version in found["bases"])
        if base and base not in bases:
            raise self._no_release(f"{track}/{risk}", base)
        newest = _newest(found, risk)
        if revision is not None and not self.has(revision):
            raise ApiError(f'charm "{self.name}" revision {revision} not found', "not found")
        return Release(revision=newest if revision is None else revision, track=track, risk=risk, bases=bases)

    def has(self, revision: int) -> bool:
        """Whether there is this revision; any may be where the facts don't say what the channels' are."""
        return revision in self.revisions() or all("risks" not in found for found in self.tracks.values())

    def revisions(self) -> set[int]:
        """Every revision that was ever in a channel."""
        return {revision for found in self.tracks.values() for revision in _revisions(found)}

    def convert(self, option: str, value: Any, *, lenient: bool = False) -> Any:
        """A value as the option's type.

        Args:
            option: name of the option.
            value: a value, or the string of one.
            lenient: whether an option that the facts don't have is taken as it comes.

        Raises:
            ApiError: there is no such option, or the value doesn't fit.
        """
        if option not in self.options and lenient and option not in self.absent:
            return value
        if option not in self.options:
            raise ApiError(f'unknown option "{option}"', "not found")
        kind = self.options[option][0]
        if isinstance(value, str) and kind in ("int", "float", "boolean"):
            value = _parse(option, kind, value)
        if not isinstance(value, _KINDS[kind]) or (kind != "boolean" and isinstance(value, bool)):
            shown = json.dumps(value)
            raise ApiError(f'option "{option}" expected {kind}, got {shown}', "bad request")
        return value

    def bindings(self) -> list[str]:
        """Names that may be bound to a space."""
        return [*self.endpoints, *self.extra_bindings]

    def _channel(self, channel: str) -> tuple[str, str]:
        first, _, second = channel.partition("/")
        if not second:
            return (self.default_track, first or "stable") if first in ("", *RISKS) else (first, "stable")
        return first, second

    def _no_release(self, channel: str, base: str | None) -> ApiError:
        shown = f"amd64/ubuntu/{base.split('@')[1]}" if base else "amd64"
        known = "\n  ".join(f"channel \"{track}/stable\": available bases are: {', '.join(_bases(found))}" for track, found in
                            self.tracks.items())  # fmt: skip
        return ApiError(
            f'selecting releases: charm or bundle not found for channel "{channel}", base "{shown}"\n'
            f"available releases are:\n  {known}",
            "not found",
        )


def _newest(track: Mapping[str, Any], risk: str) -> int:
    """What a track has for a risk; one that is closed gives what the next safer one has."""
    step = RISKS.index(risk)
    if "risks" not in track:
        return int(track["revision"]) + step
    return next((int(track["risks"][safer]) for safer in RISKS[step::-1] if safer in track["risks"]), int(track["revision"]))


def _revisions(track: Mapping[str, Any]) -> list[int]:
    """A track's revisions: those that are known by their channels, or a run of them around its newest."""
    if "risks" in track:
        return [*track["risks"].values(), *track.get("earlier", ())]
    return [int(track["revision"]) + step for step in range(-5, len(RISKS))]


def _bases(found: Mapping[str, Any]) -> list[str]:
    return [f"ubuntu@{version}" for version in found["bases"]]


def _parse(option: str, kind: str, value: str) -> Any:
    if kind == "boolean" and value.lower() in ("true", "false"):
        return value.lower() == "true"
    try:
        return {"int": int, "float": float}[kind](value)
    except (KeyError, ValueError):
        raise ApiError(f'option "{option}" expected {kind}, got "{value}"', "bad request") from None


@functools.cache
def catalogue() -> Mapping[str, Charm]:
    """The charms of the store by name."""
    known = {name: charm_of(name, facts) for name, facts in json.loads(FILE.read_text()).items()}
    others = json.loads(OTHERS.read_text())
    named = {name: _other(name, kind == "subordinates") for kind, names in others.items() for name in names}
    return named | known


def _other(name: str, subordinate: bool) -> Charm:
    """A charm of which the name alone is known, and whether it is a subordinate."""
    return Charm(
        name=name,
        subordinate=subordinate,
        reactive=False,
        default_track="latest",
        tracks={"latest": {"revision": 20 + zlib.crc32(name.encode()) % 400, "bases": list(_LONG_TERM)}},
        endpoints={},
        extra_bindings=(),
        options={},
        actions={},
        storage={},
        resources={},
        partial=True,
    )


def charm_of(name: str, facts: Mapping[str, Any]) -> Charm:
    """Makes a charm of its facts, as charms.json has them."""
    ends = {
        end: CharmEndpoint(name=end, role=facts_[0], interface=facts_[1], scope="container" if len(facts_) > 2 else "global")
        for end, facts_ in facts["endpoints"].items()
    }
    return Charm(
        name=name,
        subordinate=facts["subordinate"],
        reactive=facts["reactive"],
        default_track=facts["default-track"],
        tracks=facts["tracks"],
        endpoints=ends,
        extra_bindings=tuple(facts["extra-bindings"]),
        options={option: (kind, default) for option, (kind, default) in facts["options"].items()},
        actions=facts["actions"],
        storage=facts["storage"],
        resources=facts["resources"],
        since=facts.get("since", {}),
        resource_revisions=facts.get("resource-revisions", {}),
        bases=tuple(facts["bases"]) if facts.get("bases") else None,
        partial=bool(facts.get("partial")),
    )


def find(name: str) -> Charm:
    """The charm of this name; ApiError in the store's words when it has none."""
    try:
        return catalogue()[name]
    except KeyError:
        raise ApiError(f'resolving with preferred channel: No charm or bundle with name "{name}".', "not found") from None


def parse_name(reference: str) -> str:
    """The charm's name in "keystone", "ch:keystone" or "ch:amd64/noble/keystone-123"."""
    last = reference.removeprefix("ch:").split("/")[-1]
    head, _, tail = last.rpartition("-")
    return head if head and tail.isdigit() else last
