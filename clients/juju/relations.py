"""Relations between applications of a model, and with offers of others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import replies


class Relations:
    """Adds and removes relations and consumed offers."""

    def __init__(self, call: replies.Call) -> None:
        self._call = call

    def add(self, endpoints: Sequence[str], via_cidrs: Sequence[str] | None = None) -> None:
        """Relates two endpoints, `application:endpoint` each."""
        params: dict[str, Any] = {"endpoints": list(endpoints)}
        if via_cidrs:
            params["via-cidrs"] = list(via_cidrs)
        self._call("Application", "AddRelation", params)

    def destroy(self, endpoints: Sequence[str], *, force: bool = False, max_wait: float = 60) -> None:
        """Asks for a relation's end; it is gone when its last unit has left its scope."""
        params: dict[str, Any] = {"endpoints": list(endpoints)}
        if force:
            params |= {"force": True, "max-wait": replies.nanoseconds(max_wait)}
        self._call("Application", "DestroyRelation", params)

    def consume(self, alias: str, url: str, details: dict[str, Any]) -> None:
        """Makes an offer known in this model under a name.

        Args:
            alias: the name.
            url: the offer's; one of another controller begins with that one's name and a colon.
            details: as GetConsumeDetails gave them.
        """
        offer = {**(details.get("offer") or {}), "offer-url": url}
        argument = {**offer, "application-alias": alias, **replies.given(macaroon=details.get("macaroon"))}
        if external := details.get("external-controller"):
            argument["external-controller"] = external
        replies.first(self._call("Application", "Consume", {"args": [argument]}), f"consuming {offer.get('offer-url')}")

    def destroy_consumed(self, alias: str, *, force: bool = False) -> None:
        """Forgets a consumed offer."""
        params = {"applications": [{"application-tag": f"application-{alias}", "force": force}]}
        reply = self._call("Application", "DestroyConsumedApplications", params)
        replies.first(reply, f"the removal of the consumed offer {alias}")
