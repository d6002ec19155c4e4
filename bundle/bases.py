"""Series and bases: `noble` and `ubuntu@24.04` both become `ubuntu@24.04/stable`."""

from __future__ import annotations

import re

from . import problems, tree

SERIES = {
    "precise": "12.04",
    "trusty": "14.04",
    "xenial": "16.04",
    "yakkety": "16.10",
    "zesty": "17.04",
    "artful": "17.10",
    "bionic": "18.04",
    "cosmic": "18.10",
    "disco": "19.04",
    "eoan": "19.10",
    "focal": "20.04",
    "groovy": "20.10",
    "hirsute": "21.04",
    "impish": "21.10",
    "jammy": "22.04",
    "kinetic": "22.10",
    "lunar": "23.04",
    "mantic": "23.10",
    "noble": "24.04",
    "oracular": "24.10",
    "plucky": "25.04",
    "questing": "25.10",
    "resolute": "26.04",
}
"""Ubuntu's series that Juju 2 and later knew, by their version."""

_DEPRECATED = "18.04"
_ENDED = ("18.10", "19.04", "19.10", "20.10", "21.04", "21.10", "22.10", "23.04", "23.10")
_GONE = frozenset({*(version for version in SERIES.values() if version < _DEPRECATED), *_ENDED})
"""Ubuntus that Juju 3.6 puts nothing on: those before 18.04, and what was between the long-term ones and has ended."""

_BASE = re.compile(r"^(?P<os>[a-z][a-z0-9]*)@(?P<track>[0-9][A-Za-z0-9.]*)(?:/(?P<risk>stable|candidate|beta|edge))?$")


def parse_base(text: str) -> str | None:
    """Returns the base as `os@track/risk`, or None when the text is no base."""
    found = _BASE.match(text)
    return found and f"{found['os']}@{found['track']}/{found['risk'] or 'stable'}"


def parse_series(text: str) -> str | None:
    """Returns the base of an Ubuntu series, or None when the series is unknown."""
    return f"ubuntu@{SERIES[text]}/stable" if text in SERIES else None


def read(body: tree.Map, base_key: str, what: str, report: problems.Report) -> str | None:
    """Reads the base of the bundle, an application or a machine.

    Args:
        body: holds `series` and the base key, or neither.
        base_key: `default-base` or `base`.
        what: names the owner in errors.
        report: takes the errors.

    Returns:
        The normalised base; None when none is given.
    """
    base = _text(body, base_key)
    series = _text(body, "series")
    from_base = parse_base(base) if base else None
    from_series = parse_series(series) if series else None
    if base and not from_base:
        report.error(body.where(base_key), f'{what} declares an invalid base "{base}"; write it like "ubuntu@24.04/stable"')
    if series and not from_series:
        near = problems.did_you_mean(series, SERIES)
        mend = near or f'; write {base_key}: like "ubuntu@24.04/stable"'
        report.error(body.where("series"), f'{what} declares an invalid series "{series}"{mend}')
    if from_base and from_series and from_base != from_series:
        report.error(
            body.where("series"),
            f'{what} has series "{series}" ({from_series}) and {base_key} "{base}", which differ; keep one of them',
        )
    _live(from_base or from_series, body.where(base_key if from_base else "series"), f"{what} asks for", base_key, report)
    return from_base or from_series


def of_url(series: str | None, place: problems.Place, what: str, report: problems.Report) -> str | None:
    """Returns the base of the series in a charm's URL; None when there is none, or none that is known."""
    base = parse_series(series) if series else None
    _live(base, place, f"the charm's URL of {what} asks for", "base", report)
    return base


def _live(base: str | None, place: problems.Place, what: str, base_key: str, report: problems.Report) -> None:
    """Refuses an Ubuntu that Juju 3.6 has left behind."""
    name, _, version = (base or "").partition("@")
    version = version.partition("/")[0]
    if name != "ubuntu":
        return
    if version in _GONE:
        mend = f'write {base_key}: "ubuntu@22.04" or later, with channels and releases of that Ubuntu'
        report.error(place, f"{what} Ubuntu {version}, which Juju 3.6 has left behind; {mend}")
    elif version == _DEPRECATED:
        mend = "move on to 20.04 or later"
        report.warn(place, f"{what} Ubuntu {version}, which Juju 3.6 calls deprecated and later ones refuse; {mend}")


def _text(body: tree.Map, key: str) -> str:
    node = body.get(key)
    return node.text if isinstance(node, tree.Scalar) and not node.null else ""
