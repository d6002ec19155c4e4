"""Who may use an offer: what to grant and revoke so that it is as asked.

Left alone unless the program names them: whoever made the offer, who is its admin always, and `everyone@external`, who may look
at every offer by Juju's default.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal

import pydantic

from clients import juju

from .._base import ExpectedError

Access = Literal["read", "consume", "admin"]
LEVELS: Final = ("", "read", "consume", "admin")
EVERYONE: Final = "everyone@external"
_LOCAL: Final = "@local"

Acl = Annotated[
    dict[str, Access], pydantic.AfterValidator(lambda acl: {user.removesuffix(_LOCAL): access for user, access in acl.items()})
]
"""Access by user; a local user's domain may be left out."""


def named(has: Mapping[str, str], asked: Mapping[str, str], owner: str) -> dict[str, str]:
    """Those of an offer's users that are the program's to say, with what they have.

    Args:
        has: access by user.
        asked: what the program asked for when it was last asked.
        owner: who made the offer.
    """
    return {user: access for user, access in has.items() if user in asked or user not in (owner, EVERYONE)}


def complete(asked: Mapping[str, str], before: Mapping[str, str], has: Mapping[str, str], owner: str) -> dict[str, str]:
    """What everybody should have.

    Args:
        asked: what the program asks for.
        before: what it asked for until now.
        has: access by user.
        owner: who made the offer.
    """
    kept = {user: has[user] for user in (owner, EVERYONE) if user in has}
    default = {EVERYONE: "read"} if EVERYONE in before else {}
    return {**kept, **default, **asked}


def steps(has: Mapping[str, str], wanted: Mapping[str, str]) -> Iterator[tuple[str, Literal["grant", "revoke"], str]]:
    """The changes (user, action, access) from one to the other; a revoked access leaves the next lower one."""
    for user in sorted(has.keys() | wanted.keys()):
        now, then = LEVELS.index(has.get(user, "")), LEVELS.index(wanted.get(user, ""))
        if then > now:
            yield user, "grant", LEVELS[then]
        elif then < now:
            yield user, "revoke", LEVELS[then + 1]


def bring(controller: juju.Controller, url: str, has: Mapping[str, str], wanted: Mapping[str, str]) -> None:
    """Grants and revokes; the users that there are get theirs, whoever is missing.

    Raises:
        ExpectedError: naming every user that the controller doesn't have.
    """
    missing = []
    for user, action, access in steps(has, wanted):
        try:
            controller.change_offer_access(url, user, action, access)
        except juju.NotFound as error:
            if action == "grant" and "does not exist locally" not in error.body:
                raise
            missing += [user] if action == "grant" else []
    if missing:
        raise ExpectedError(
            f"the offer {url} can't be granted to {', '.join(missing)}: the controller {controller.access.controller!r} has no "
            f"such user; make it with `juju add-user {missing[0]}`, or take it out of the offer's acl"
        )
