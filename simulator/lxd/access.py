"""Who is calling, and what they may: the socket's owner and trusted certificates everything, restricted ones their projects."""

from __future__ import annotations

import dataclasses
import enum

from aiohttp import web

from . import tls
from .errors import forbidden
from .records import Certificate, State


class Level(enum.Enum):
    """Whom a route serves: strangers too, all who are trusted, those of them who may use the project, or administrators."""

    ANYONE = "anyone"
    TRUSTED = "trusted"
    CLIENT = "client"
    ADMIN = "admin"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Caller:
    """The other side of a connection; `certificate` in DER is what it showed, `record` what the trust list has of it."""

    local: bool
    certificate: bytes | None = None
    record: Certificate | None = None

    @property
    def trusted(self) -> bool:
        """Whether LXD knows the caller."""
        return self.local or self.record is not None

    @property
    def is_admin(self) -> bool:
        """Whether the caller may do everything."""
        return self.local or (self.record is not None and not self.record.restricted)

    def may_use(self, project: str) -> bool:
        """Whether a project is open to the caller."""
        return self.is_admin or (self.record is not None and project in self.record.projects)


def caller(request: web.Request, state: State) -> Caller:
    """Reads the caller off the connection."""
    transport = request.transport
    channel = transport.get_extra_info("ssl_object") if transport else None
    if channel is None:
        return Caller(local=True)
    shown = channel.getpeercert(binary_form=True)
    record = state.certificates.get(tls.fingerprint(shown)) if shown else None
    known = record if record and record.type == "client" else None
    return Caller(local=False, certificate=shown, record=known)


def require(who: Caller, level: Level, project: str) -> None:
    """Refuses with LXD's "not authorized"."""
    if level is Level.ANYONE:
        return
    allowed = {
        Level.TRUSTED: who.trusted,
        Level.CLIENT: who.trusted and who.may_use(project),
        Level.ADMIN: who.is_admin,
    }
    if not allowed[level]:
        raise forbidden()
