"""Microversions: which behaviour of a service a request asks for, by header.

A version is its minor number here: within a service the major one never changes.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

from .faults import Fault

HEADER = "OpenStack-API-Version"
_FORM = re.compile(r"(\d+)\.(\d+)")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Microversions:
    """The versions of a service.

    Attributes:
        service: its type in the header (`compute`).
        major: the number before the dot.
        low: the least minor version; what a request without the header gets.
        high: the greatest.
        legacy: an older header that bears the bare number, or nothing.
    """

    service: str
    major: int
    low: int
    high: int
    legacy: str = ""

    def read(self, headers: Mapping[str, str]) -> int:
        """The minor version that a request asks for.

        Raises:
            Fault: 400 for what is no version, 406 for one that isn't served.
        """
        wanted = self._wanted(headers)
        if wanted is None:
            return self.low
        if wanted == "latest":
            return self.high
        found = _FORM.fullmatch(wanted)
        if not found:
            text = f"API Version String {wanted} is of invalid format. Must be of format MajorNum.MinorNum."
            raise Fault(400, text)
        major, minor = int(found[1]), int(found[2])
        if major != self.major or not self.low <= minor <= self.high:
            text = (
                f"Version {wanted} is not supported by the API. Minimum is {self.major}.{self.low}"
                f" and maximum is {self.major}.{self.high}."
            )
            raise Fault(406, text, self._stamp(wanted))
        return minor

    def headers(self, minor: int) -> dict[str, str]:
        """What an answer says of the version it was given in."""
        return self._stamp(f"{self.major}.{minor}")

    def _wanted(self, headers: Mapping[str, str]) -> str | None:
        for part in headers.get(HEADER, "").split(","):
            service, _, version = part.strip().partition(" ")
            if service == self.service and version:
                return version.strip()
        return headers.get(self.legacy) if self.legacy else None

    def _stamp(self, version: str) -> dict[str, str]:
        names = [HEADER, *([self.legacy] if self.legacy else [])]
        stamp = {HEADER: f"{self.service} {version}", "Vary": ", ".join(names)}
        return stamp | ({self.legacy: version} if self.legacy else {})
