"""What the charm store says of the bundle's charms."""

from __future__ import annotations

import dataclasses
import urllib.parse
from collections.abc import Iterator, Mapping
from concurrent import futures
from typing import Any, Final

import bundle
import config

from . import web

DEFAULT: Final = "https://api.charmhub.io"
_AT_ONCE: Final = 8


@dataclasses.dataclass(frozen=True, kw_only=True)
class Release:
    """A revision that a channel serves; `base` in Juju's short form, such as `ubuntu@24.04`."""

    track: str
    risk: str
    revision: int
    bases: frozenset[str]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Store:
    """Answers by charm: its releases, None for a charm that the store doesn't have.

    Attributes:
        unreachable: why the store could not be asked; empty when it could.
        ahead: seconds that its clock is ahead of ours; None when it doesn't say.
    """

    url: str
    charms: Mapping[str, tuple[Release, ...] | None] = dataclasses.field(default_factory=dict)
    unreachable: str = ""
    ahead: float | None = None


def read(found: Mapping[str, Any], site: config.SiteSpec, plan: bundle.Plan) -> Store:
    """Asks for every charm of the bundle; a store that can't be reached is told of, not an error.

    `found` are the stack's settings for Juju.
    """
    url = address(found, site)
    names = sorted({app.charm for app in plan.applications if not app.local})
    with futures.ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            answers = list(pool.map(lambda name: _info(url, name), names))
        except web.UnreachableError as error:
            pool.shutdown(wait=False, cancel_futures=True)
            return Store(url=url, unreachable=str(error))
    clocks = [answer.ahead for answer in answers if answer.ahead is not None]
    charms = {name: _releases(answer) for name, answer in zip(names, answers, strict=True)}
    return Store(url=url, charms=charms, ahead=clocks[-1] if clocks else None)


def address(found: Mapping[str, Any], site: config.SiteSpec) -> str:
    """The store that Juju is told to use: the models' own setting, else the stack's, else the public one."""
    options = {**site.juju.bootstrap_config, **site.juju.model_config_}
    named = options.get("charmhub-url") or found.get("charmhub_url") or DEFAULT
    return str(named).rstrip("/")


def _info(url: str, name: str) -> web.Answer:
    path = f"/v2/charms/info/{urllib.parse.quote(name, safe='')}?fields=channel-map"
    answer = web.get(url + path, proxied=True)
    if answer.status not in (200, 404):
        raise web.UnreachableError(f"{url} answers {answer.status}")
    return answer


def _releases(answer: web.Answer) -> tuple[Release, ...] | None:
    if answer.status == 404:
        return None
    return tuple(_of(answer.json().get("channel-map") or ()))


def _of(entries: Any) -> Iterator[Release]:
    for entry in entries:
        channel, revision = entry["channel"], entry["revision"]
        bases = [channel.get("base"), *(revision.get("bases") or ())]
        known = {f"{base['name']}@{base['channel']}" for base in bases if base}
        yield Release(track=channel["track"], risk=channel["risk"], revision=int(revision["revision"]), bases=frozenset(known))
