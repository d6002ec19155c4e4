"""What Octavia refuses: a status and one sentence, in the form of its web framework."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A request that Octavia refuses, with the status and the sentence of the answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def body(self) -> dict[str, Any]:
        """The body of the answer."""
        return {"faultcode": "Client", "faultstring": self.message, "debuginfo": None}


def invalid(message: str) -> Refused:
    """Values that don't go together."""
    return Refused(400, f"Validation failure: {message}")


def missing(label: str, key: str) -> Refused:
    """No object of that id that the caller sees."""
    return Refused(404, f"{label} {key} not found.")


def unknown_part(label: str, key: str) -> Refused:
    """A body names an object that isn't there."""
    return Refused(400, f"{label} {key} not found.")


def immutable(label: str, key: str) -> Refused:
    """Something is still being done to the load balancer."""
    return Refused(409, f"{label} {key} is immutable and cannot be updated.")


def forbidden() -> Refused:
    """The caller's roles are not enough."""
    return Refused(403, "Policy does not allow this request to be performed.")
