"""Charm references of applications: Charmhub names, local paths, and what is left of older forms."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from . import problems

_NAME = r"[a-z][a-z0-9]*(?:-[a-z0-9]*[a-z][a-z0-9]*)*"
_CHARMHUB = re.compile(rf"^(?:ch:)?(?:(?P<arch>amd64|arm64|ppc64el|s390x|riscv64)/)?(?:(?P<series>[a-z]+)/)?(?P<name>{_NAME})$")
_REVISION = re.compile(r"^(?P<stem>.+)-(?P<revision>\d+)$")
_OWNERS = frozenset(
    {"openstack-charmers", "openstack-charmers-next", "openstack-charmers-testing", "containers", "memcached-team"}
)
"""Of the closed store: those whose charms went to Charmhub under the same names."""
_OLD_STORE = re.compile(rf"^cs:/?(?:~(?P<owner>[a-z0-9-]+)/)?(?:(?P<series>[a-z]+)/)?(?P<name>{_NAME})(?:-\d+)?$")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Charm:
    """What an application runs.

    Attributes:
        name: the charm's name on Charmhub, or the absolute path of a local charm.
        local: whether the name is a path.
        legacy: whether the bundle names it as the closed charm store did.
        series: that of the closed store's URL, which is its application's when that has none.
    """

    name: str
    local: bool = False
    legacy: bool = False
    series: str | None = None

    def __str__(self) -> str:
        return self.name


def parse(text: str, application: str, folder: Path, place: problems.Place, report: problems.Report) -> Charm | None:
    """Reads the `charm` value of an application.

    Args:
        text: as written.
        application: for errors.
        folder: where relative paths of local charms start.
        place: where the value stands.
        report: takes the errors.

    Returns:
        The charm; None after an error.
    """
    if not text.strip():
        report.error(place, f'application "{application}" has an empty charm path; write "charm: NAME"')
        return None
    if text.startswith((".", "/", "~", "local:")):
        return _local(text, application, folder, place, report)
    if text.startswith("cs:"):
        return _old_store(text, application, place, report)
    found = _CHARMHUB.match(text)
    revised = _REVISION.match(text)
    if revised and not found:
        report.error(
            place,
            f'cannot specify revision in "{text}", please use revision: write "charm: {revised["stem"]}", '
            f'"revision: {revised["revision"]}" and a channel',
        )
        return None
    if not found or found["series"]:
        name = text.rpartition("/")[2] or "NAME"
        report.error(
            place, f'invalid charm URL in application "{application}": "{text}"; write "charm: {name}", and its series as base'
        )
        return None
    return Charm(name=found["name"])


def _local(text: str, application: str, folder: Path, place: problems.Place, report: problems.Report) -> Charm | None:
    path = (folder / Path(text.removeprefix("local:")).expanduser()).resolve()
    if not path.exists():
        report.error(
            place,
            f'charm path in application "{application}" does not exist: {path}; paths start at the bundle\'s folder',
        )
        return None
    return Charm(name=str(path), local=True)


def _old_store(text: str, application: str, place: problems.Place, report: problems.Report) -> Charm | None:
    found = _OLD_STORE.match(text)
    owner = found["owner"] if found else ""
    if not found or (owner and owner not in _OWNERS):
        report.error(
            place,
            f'invalid charm URL in application "{application}": "{text}"; the charm store (cs:) is closed, and this one went to '
            f"nowhere that is known: name the charm's successor on Charmhub",
        )
        return None
    report.warn(place, f'"{text}" names the closed charm store; Charmhub\'s "{found["name"]}" is taken: write that')
    return Charm(name=found["name"], legacy=True, series=found["series"])
