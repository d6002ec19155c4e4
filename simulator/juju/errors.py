"""Errors as a Juju controller sends them: a message for people and a code for programs."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A call, or one item of a call, that the controller refuses."""

    def __init__(self, message: str, code: str = "", info: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.info = info

    def wire(self) -> dict[str, Any]:
        """The error as part of a result."""
        return {"message": self.message, "code": self.code} | ({"info": self.info} if self.info else {})


def not_found(kind: str, name: str) -> ApiError:
    """No entity of this kind has this name."""
    return ApiError(f'{kind} "{name}" not found', "not found")


def no_machine(machine: str) -> ApiError:
    """There is no such machine."""
    return ApiError(f"machine {machine} not found", "not found")


def denied() -> ApiError:
    """The user may not do this, or may not know whether it exists."""
    return ApiError("permission denied", "unauthorized access")


def bad_tag(tag: str, kind: str) -> ApiError:
    """A tag that is not one of this kind."""
    return ApiError(f'"{tag}" is not a valid {kind} tag', "bad request")
