"""Users and what belongs to them."""

from __future__ import annotations

from pydantic import Field

from .base import Row


class User(Row):
    """A user; `password` is a salted hash, empty for users that cannot log in."""

    username: str
    email: str = ""
    is_superuser: bool = False
    password: str = Field(default="", repr=False)


class Token(Row):
    """An API key of a user: CONSUMER:KEY:SECRET."""

    user: str
    name: str
    consumer: str
    key: str
    secret: str = Field(repr=False)


class SshKey(Row):
    """A public SSH key of a user."""

    user: str
    key: str


class SslKey(Row):
    """An X.509 certificate of a user."""

    user: str
    key: str


class Notification(Row):
    """A message on the region's front page."""

    ident: str | None = None
    user: str | None = None
    users: bool = False
    admins: bool = False
    message: str = ""
    context: dict[str, str] = Field(default_factory=dict)
    category: str = "info"
    dismissable: bool = True
