"""Spaces of a model. On MAAS they are MAAS's: Juju reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import replies


class Spaces:
    """Lists, reloads, makes and removes spaces."""

    def __init__(self, call: replies.Call) -> None:
        self._call = call

    def list(self) -> dict[str, list[str]]:
        """The CIDRs of each space, by its name."""
        results = replies.checked(self._call("Spaces", "ListSpaces"), "listing the spaces")
        return {r["name"]: sorted(_cidr(s) for s in r.get("subnets") or []) for r in results}

    def reload(self) -> None:
        """Lets Juju read the cloud's spaces anew."""
        self._call("Spaces", "ReloadSpaces")

    def create(self, name: str, cidrs: Sequence[str]) -> None:
        """Makes a space of subnets that Juju knows; clouds with spaces of their own refuse it."""
        space = {"space-tag": f"space-{name}", "cidrs": list(cidrs), "public": False}
        replies.first(self._call("Spaces", "CreateSpaces", {"spaces": [space]}), f"the space {name}")

    def remove(self, name: str) -> None:
        """Removes a space; its subnets fall back to `alpha`."""
        params = {"space-param": [{"space": {"tag": f"space-{name}"}}]}
        replies.first(self._call("Spaces", "RemoveSpace", params), f"the removal of the space {name}")

    def move(self, name: str, subnets: Sequence[str]) -> None:
        """Puts subnets, by their ids, into a space."""
        argument = {"space-tag": f"space-{name}", "subnets": [f"subnet-{s}" for s in subnets], "force": False}
        replies.first(self._call("Spaces", "MoveSubnets", {"args": [argument]}), f"moving subnets into {name}")


def _cidr(subnet: Mapping[str, Any]) -> str:
    return str(subnet.get("cidr") or "")
