"""Replies in Vault's forms."""

from __future__ import annotations

import uuid
from typing import Any

from ..openstack import call
from ..openstack.call import Reply

NONE = Reply(status=204, headers={"Content-Type": "application/json"})
"""Done, and nothing to say."""


class Refusal(call.Refusal):
    """Vault says no, in its own form."""

    def __init__(self, status: int, *errors: str) -> None:
        super().__init__(Reply(status=status, body={"errors": list(errors)}))


def plain(body: dict[str, Any], status: int = 200) -> Reply:
    """A reply without the frame that most have."""
    return Reply(status=status, body=body)


def framed(
    data: dict[str, Any] | None = None,
    *,
    auth: dict[str, Any] | None = None,
    warnings: list[str] | None = None,
    lease: int = 0,
    above: bool = False,
) -> Reply:
    """A reply in the common frame.

    Args:
        data: what was asked for.
        auth: the token that was made.
        warnings: what Vault adds.
        lease: seconds for which the data are good.
        above: whether the data also stand beside the frame's own fields, as the older parts of the API have it.
    """
    frame = {
        "request_id": str(uuid.uuid4()),
        "lease_id": "",
        "renewable": False,
        "lease_duration": lease,
        "data": data,
        "wrap_info": None,
        "warnings": warnings,
        "auth": auth,
    }
    return Reply(status=200, body={**(data or {} if above else {}), **frame})


def text(body: str, content_type: str) -> Reply:
    """A reply that isn't JSON; an empty one is 204."""
    return Reply(status=200 if body else 204, body=body or None, headers={"Content-Type": content_type})
