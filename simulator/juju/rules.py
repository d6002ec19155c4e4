"""The charms' rules as data (rules.json): what a unit needs, how it says so, when it hands out data.

`requires`: endpoints that must be related and complete, but in the tracks that `spared` names for them; `instead`: by endpoint,
the one that does as well. Other endpoints with an interface of `needed-when-related` must be complete once they are related.
`peers`: how many units make a cluster. `certificates`: the unit works only with a server certificate. `check`: a condition that
needs code (checks.py). `publishes`: by endpoint, when its data is there: "ready" (the unit is active) if nothing is said, else
"started" or a condition of checks.py.
"""

from __future__ import annotations

import functools
import json
import pathlib

from pydantic import BaseModel, ConfigDict, Field

FILE = pathlib.Path(__file__).parent / "rules.json"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=lambda name: name.replace("_", "-"))


class Peers(_Part):
    """A cluster's least number of units: the value of an option, or a number."""

    least: int
    status: str
    text: str
    option: str | None = None


class Rule(_Part):
    """What one charm does."""

    requires: tuple[str, ...] = ()
    spared: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    instead: dict[str, str] = Field(default_factory=dict)
    reactive: bool = False
    singular: bool = False
    certificates: bool = False
    incomplete: str | None = None
    peers: Peers | None = None
    quorum_peer: str | None = None
    check: str | None = None
    ready: str = "Unit is ready"
    ready_leader: str | None = None
    publishes: dict[str, str] = Field(default_factory=dict)


class Rules(_Part):
    """All rules; `labels` are the words for interfaces in "Missing relations: …"."""

    labels: dict[str, str]
    needed_when_related: tuple[str, ...]
    charms: dict[str, Rule]

    def of(self, charm: str) -> Rule:
        """The rule of a charm; one without an entry needs only what it is related to."""
        return self.charms.get(charm, Rule())


@functools.cache
def rules() -> Rules:
    """The rules of rules.json."""
    return Rules.model_validate(json.loads(FILE.read_text()))
