"""What charms are: endpoints, options, actions, storage, resources. One JSON file a charm, each with its source.

The facts serve to check a bundle before anything is deployed. A charm changes from channel to channel, so an entry says
for which tracks it holds; for other tracks what it contradicts is a warning.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import pydantic

from . import problems

BUILTIN = Path(__file__).parent.parent / "bundles" / "charms"
"""The facts of the charms that our bundles use."""

Role = Literal["provides", "requires", "peers"]
Scope = Literal["global", "container"]
OptionType = Literal["string", "int", "float", "boolean", "secret"]


class _Fact(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Source(_Fact):
    """Where the facts come from: a commit of the charm's repository, or a revision on Charmhub."""

    repository: str = ""
    branch: str = ""
    commit: str = ""
    revision: int | None = None


class Endpoint(_Fact):
    """An endpoint's interface; a container-scoped relation attaches a subordinate to its principal."""

    interface: str
    scope: Scope = "global"


class Option(_Fact):
    """A configuration option; charms that declare no type take text."""

    type: OptionType = "string"
    default: str | int | float | bool | None = None


class Action(_Fact):
    """An action's parameters."""

    params: tuple[str, ...] = ()
    required: tuple[str, ...] = ()


class Storage(_Fact):
    """A storage that the charm declares; `multiple` is its range such as `0-`."""

    type: str = "block"
    multiple: str | None = None
    minimum_size: str | None = pydantic.Field(default=None, alias="minimum-size")


class Charm(_Fact):
    """The facts of one charm.

    Attributes:
        tracks: of the channels for which the facts hold.
        partial: only what public bundles show of the charm; what is not listed may still be right.
    """

    name: str
    source: Source = Source()
    tracks: tuple[str, ...] = ()
    partial: bool = False
    subordinate: bool = False
    provides: Mapping[str, Endpoint] = {}
    requires: Mapping[str, Endpoint] = {}
    peers: Mapping[str, Endpoint] = {}
    extra_bindings: tuple[str, ...] = pydantic.Field(default=(), alias="extra-bindings")
    options: Mapping[str, Option] = {}
    actions: Mapping[str, Action] = {}
    storage: Mapping[str, Storage] = {}
    resources: Mapping[str, str] = {}

    def covers(self, channel: str | None) -> bool:
        """Tells whether the facts hold for a channel; no channel means the charm's default track."""
        if channel is None or not self.tracks:
            return True
        track = channel.split("/")[0] if "/" in channel else "latest"
        return track in self.tracks

    def endpoints(self) -> Iterator[tuple[str, Role, Endpoint]]:
        """Yields name, role and facts of every endpoint that relations can use, the implicit `juju-info` last."""
        for name, endpoint in self.provides.items():
            yield name, "provides", endpoint
        for name, endpoint in self.requires.items():
            yield name, "requires", endpoint
        if "juju-info" not in self.provides and "juju-info" not in self.requires:
            yield "juju-info", "provides", JUJU_INFO

    def without(self, endpoints: Collection[str]) -> Charm:
        """Returns the charm as it was before it had these endpoints."""
        left = {role: {k: v for k, v in getattr(self, role).items() if k not in endpoints} for role in ("provides", "requires")}
        return self.model_copy(update=left)

    def check_action(self, name: str, parameters: Collection[str] = ()) -> None:
        """Checks that an action can be run with these parameters.

        Raises:
            ValueError: naming the action or parameter that the charm does not have, or the one that is missing.
        """
        if name not in self.actions:
            near = problems.did_you_mean(name, self.actions) or f"; it has {', '.join(sorted(self.actions)) or 'none'}"
            raise ValueError(f'charm "{self.name}" has no action "{name}"{near}')
        action = self.actions[name]
        for parameter in parameters:
            if parameter not in action.params:
                near = problems.did_you_mean(parameter, action.params) or f"; it takes {', '.join(action.params) or 'none'}"
                raise ValueError(f'action "{name}" of charm "{self.name}" has no parameter "{parameter}"{near}')
        missing = sorted(set(action.required) - set(parameters))
        if missing:
            raise ValueError(f'action "{name}" of charm "{self.name}" needs {", ".join(missing)}; give it')

    @property
    def bindable(self) -> frozenset[str]:
        """Names that can be bound to a space."""
        return frozenset((*self.provides, *self.requires, *self.peers, *self.extra_bindings, "juju-info"))


JUJU_INFO = Endpoint(interface="juju-info")
"""Every charm provides this without declaring it."""


class Catalogue:
    """Facts of charms by name.

    Args:
        charms: the entries; of entries with the same name the last one counts.
    """

    def __init__(self, charms: Iterable[Charm] = ()) -> None:
        self._charms: dict[str, Charm] = {charm.name: charm for charm in charms}

    @classmethod
    def load(cls, path: str | Path) -> Catalogue:
        """Reads a folder of `NAME.json` files, or one such file.

        Raises:
            ValueError: when a file is no catalogue entry; names the file and the fault.
        """
        path = Path(path)
        files = sorted(path.glob("*.json")) if path.is_dir() else [path]
        return cls(_read(file) for file in files)

    @classmethod
    def builtin(cls) -> Catalogue:
        """Reads the facts that come with this program."""
        return cls.load(BUILTIN)

    def get(self, name: str) -> Charm | None:
        """Returns the facts of a charm; None when the catalogue does not know it."""
        return self._charms.get(name)

    def extended(self, charms: Iterable[Charm]) -> Catalogue:
        """Returns a catalogue with further (or newer) entries, such as facts from the store at run time."""
        return Catalogue((*self._charms.values(), *charms))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._charms))

    def __len__(self) -> int:
        return len(self._charms)


def _read(file: Path) -> Charm:
    try:
        return Charm.model_validate(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ValueError(f"{file}: no catalogue entry: {str(error).splitlines()[0]}; regenerate it") from error


def dump(charm: Charm) -> str:
    """Returns an entry as JSON text: one line an endpoint, option or action, so that a change shows in a diff."""
    fields = charm.model_dump(by_alias=True, exclude_defaults=True, mode="json")
    lines = []
    for key, value in fields.items():
        if isinstance(value, dict) and key != "source":
            inner = ",\n".join(f"    {json.dumps(name)}: {json.dumps(value[name])}" for name in sorted(value))
            lines.append(f"  {json.dumps(key)}: {{\n{inner}\n  }}")
        else:
            lines.append(f"  {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"
