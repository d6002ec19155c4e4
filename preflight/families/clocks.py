"""Clocks: signatures, certificates and quorums all go by them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

from ..checks import Check
from ..outcome import Finding, failed, ok, skipped, warning

LARGE: Final = 60.0
SMALL: Final = 5.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Clock:
    """A server's clock: seconds that it is ahead of ours, None when it didn't say."""

    who: str
    ahead: float | None


def skew(*clocks: Clock | None) -> Iterator[Finding]:
    """Nobody is far from this machine's time."""
    known = [clock for clock in clocks if clock]
    if not known:
        yield skipped("", "no server answers that could tell its time")
    for clock in known:
        if clock.ahead is None:
            yield skipped(clock.who, "it does not tell its time")
            continue
        said = f"its clock is {abs(clock.ahead):.0f} s {'ahead of' if clock.ahead > 0 else 'behind'} this machine's"
        if abs(clock.ahead) > LARGE:
            mend = "set both right (`timedatectl`, chrony): MAAS refuses requests more than 5 minutes off, and certificates fail"
            yield failed(clock.who, said, mend)
        elif abs(clock.ahead) > SMALL:
            yield warning(clock.who, said, "let both follow the same time servers")
        else:
            yield ok(clock.who, "its clock agrees with this machine's")


CHECKS = (Check(name="clocks", title="clocks agree", needs=(), may=("maas_clock", "lxd_clock", "store_clock"), judge=skew),)
