"""Keystone: users, projects, roles, the catalog, and the tokens that all other areas ask about."""

from __future__ import annotations

from typing import Any

from ..call import Call, Refusal, Reply
from ..cloud import Cloud
from . import bootstrap
from .auth import Auth
from .catalog import Catalog
from .credentials import Credentials
from .desk import Desk, anybody
from .grants import Assignments, Grants
from .groups import Groups
from .projects import Domains, Projects
from .records import State
from .roles import Roles
from .token import Token
from .tokens import ENDS
from .users import Users

__all__ = ["FAULTS", "Area", "Token"]

FAULTS = {ENDS: "a token ends before its time, at whichever service it is shown (target: user name)"}

_VERSION = "v3.14"
_MEDIA = [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}]
_FLAT = "Limit enforcement and validation does not take project hierarchy into consideration."


class Area:
    """The identity service of a cloud."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._desk = Desk(cloud)
        router = self._desk.router
        router.add("GET", "/", self._root)
        router.add("GET", "/v3", self._version)
        router.add("GET", "/v3/", self._version)
        for handlers in (Auth, Catalog, Domains, Projects, Users, Groups, Credentials, Roles, Grants, Assignments):
            handlers(self._desk)
        self._desk.add("GET", "/limits/model", "get_limit_model", self._limit_model, own=anybody)
        for name in ("registered_limits", "limits"):
            self._desk.add("GET", f"/{name}", f"list_{name}", self._no_limits(name), own=anybody)
        bootstrap.charmed(self.state, cloud.facts.admin_password())

    @property
    def state(self) -> State:
        """The records."""
        return self._desk.store.state

    async def answer(self, call: Call) -> Reply:
        """Answers a request."""
        bootstrap.follow(self.state, self._cloud.facts)
        try:
            reply = self._desk.router.answer(call)
        except Refusal as refusal:
            reply = refusal.reply
        if reply.status == 500:
            return reply
        return Reply(status=reply.status, body=reply.body, headers={"Vary": "X-Auth-Token"} | dict(reply.headers))

    def token(self, call: Call) -> Token | None:
        """What the caller's token says, None when it is not valid."""
        bootstrap.follow(self.state, self._cloud.facts)
        return self._desk.tokens.describe(call.token)

    def authorise(self, call: Call) -> Token:
        """What the caller's token says.

        Raises:
            Refusal: 401 as Keystone words it.
        """
        bootstrap.follow(self.state, self._cloud.facts)
        return self._desk.tokens.authorise(call)

    def login(self, user: str, project: str) -> str:
        """A token of a user for a project, for services that act in somebody's name."""
        issued = self._desk.tokens.new(user, ["password"])
        issued.project_id = project
        return self._desk.tokens.issue(issued)

    def project(self, key: str) -> dict[str, Any] | None:
        """A project's id, name and domain_id, None when there is none of this id."""
        found = self.state.projects.get(key)
        return {"id": found.id, "name": found.name, "domain_id": found.domain_id} if found else None

    def dump(self) -> dict[str, Any]:
        """The records as JSON values."""
        return self.state.model_dump(mode="json")

    def load(self, data: dict[str, Any]) -> None:
        """Takes dumped records back."""
        self._desk.store.state = State.model_validate(data)

    def _described(self, call: Call) -> dict[str, Any]:
        links = [{"rel": "self", "href": f"{call.base}/v3/"}]
        return {"id": _VERSION, "status": "stable", "updated": "2020-04-07T00:00:00Z", "links": links, "media-types": _MEDIA}

    def _root(self, call: Call) -> Reply:
        body = {"versions": {"values": [self._described(call)]}}
        return Reply(status=300, body=body, headers={"Location": f"{call.base}/v3/"})

    def _version(self, call: Call) -> Reply:
        return Reply(body={"version": self._described(call)})

    def _limit_model(self, call: Call, token: Token) -> Reply:
        return Reply(body={"model": {"name": "flat", "description": _FLAT}})

    def _no_limits(self, name: str) -> Any:
        def listed(call: Call, token: Token) -> Reply:
            return Reply(body={name: [], "links": {"next": None, "self": call.url, "previous": None}})

        return listed
