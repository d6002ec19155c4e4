"""What Placement refuses, as it words it."""

from __future__ import annotations

import uuid

from ..call import Refusal, Reply

_TITLES = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    409: "Conflict",
}
_LEADS = {
    400: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
    403: "Access was denied to this resource.",
    404: "The resource could not be found.",
    405: "The method specified is not allowed for this resource.",
    406: "The resource could not be generated that was acceptable to your browser.",
    409: "There was a conflict when trying to complete your request.",
}


def refused(status: int, detail: str) -> Refusal:
    """An answer that refuses a request."""
    error = {
        "status": status,
        "title": _TITLES[status],
        "detail": f"{_LEADS[status]}\n\n {detail}  ",
        "code": "placement.undefined_code",
        "request_id": f"req-{uuid.uuid4()}",
    }
    return Refusal(Reply(status=status, body={"errors": [error]}))


def no_provider(provider_id: str) -> Refusal:
    """No resource provider of this id."""
    return refused(
        404, f"No resource provider with uuid {provider_id} found : No resource provider with uuid {provider_id} found"
    )
