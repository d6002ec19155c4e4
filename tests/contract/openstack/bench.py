"""One cloud on a standing clock, with the people of the recordings in it: who asks, and which id stands for which."""

from __future__ import annotations

import re
from typing import Any

from simulator.clock import Clock
from simulator.openstack import areas
from simulator.openstack.call import Call, Refusal, Reply
from simulator.openstack.cloud import Cloud, Clouds
from simulator.openstack.gateway import response
from simulator.openstack.keystone import bootstrap
from simulator.openstack.keystone.records import Assignment, Project, Secret, State, User

from .surroundings import PASSWORD, Recorded

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<![0-9a-zA-Z])[0-9a-f]{32}(?![0-9a-zA-Z])")
_TOKEN = re.compile(r"<token:(\w+)>")

ADMIN, ADMIN_PROJECT = "36896a9b36ca4b3d8347e101d8299b5e", "9901227d6579417d83926f44e3926c81"
ALICE, DEMO = "9e08993b398044a9813f1494931ffd94", "e7e63abdbdc74f26a6abafbba5035cc9"
ALICE_PASSWORD = "alicepw"
ADMINS = frozenset({"admin", "f94021", "5fe5b3", "1902e3"})
MEMBERS = frozenset({"alice", "bb2663"})


class Answer:
    """What the simulator answered; `body` is decoded where it is JSON."""

    def __init__(self, reply: Reply, request_ids: tuple[str, ...]) -> None:
        sent = response(reply, request_ids)
        self.status = sent.status
        self.headers = {key.lower(): value for key, value in sent.headers.items()}
        kept = isinstance(reply.body, dict | list | bytes)
        self.body = reply.body if kept else (reply.body or None)


class Bench:
    """A fresh cloud as it was before a recording, without the setup's own preparations."""

    def __init__(self) -> None:
        self.clock = Clock(factor=0.0)
        self.facts = Recorded()
        made: list[Cloud] = []
        self.clouds = Clouds(self.clock, lambda key: made[0])
        self.cloud = Cloud(self.clock, self.facts)
        made.append(self.cloud)
        assert self.clouds.get("cloud") is self.cloud
        self.ids: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self._plain()

    @property
    def state(self) -> State:
        """Keystone's records."""
        return self.cloud.identity.state

    def people(self) -> None:
        """Adds what keystone's recording had made by the time that the others were made: alice, a member of demo."""
        self.state.projects[DEMO] = Project(id=DEMO, name="demo", domain_id="default", parent_id="default", description="new")
        self.state.users[ALICE] = User(id=ALICE, name="alice", domain_id="default", password=Secret.of(ALICE_PASSWORD))
        self.grant(ALICE, "member", DEMO)

    def grant(self, user: str, role: str, project: str) -> None:
        """Gives a user a role on a project."""
        found = next(each.id for each in self.state.roles.values() if each.name == role)
        self.state.assignments.append(Assignment(role=found, actor="user", actor_id=user, scope="project", scope_id=project))

    def token(self, mask: str) -> str:
        """The token that a masked one stands for: one that an answer gave, or one of somebody who logs in now."""
        found = _TOKEN.fullmatch(mask)
        name = found[1] if found else mask
        if name not in self.tokens and name in ADMINS | MEMBERS:
            user, project = (ADMIN, ADMIN_PROJECT) if name in ADMINS else (ALICE, DEMO)
            issued = self.cloud.identity.login(self.ids.get(user, user), self.ids.get(project, project))
            self.tokens[name] = issued
        return self.tokens.get(name, f"gAAAAA{name}")

    def translated(self, value: Any) -> Any:
        """A recorded value with our ids in the places of the recorded ones, and our tokens."""
        if isinstance(value, dict):
            return {self.translated(key): self.translated(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.translated(each) for each in value]
        if isinstance(value, str):
            text = ID.sub(lambda found: self.ids.get(found[0], found[0]), value)
            return _TOKEN.sub(lambda found: self.token(found[0]), text)
        return value

    async def ask(self, area: str, call: Call) -> Answer:
        """Sends a request to an area."""
        try:
            reply = await self.cloud.area(area).answer(call)
        except Refusal as refusal:
            reply = refusal.reply
        return Answer(reply, areas.AREAS[area].request_ids)

    def _plain(self) -> None:
        """Keystone as `keystone-manage bootstrap` leaves it, with the recorded ids and a project for services."""
        identity = self.cloud.identity
        identity.load({})
        state = identity.state
        bootstrap.plain(state, PASSWORD)
        state.admin = Secret.of(PASSWORD)
        _renumber(state, ADMIN, ADMIN_PROJECT)
        service = Project(name="service", domain_id="default", parent_id="default", description="")
        state.projects[service.id] = service
        bootstrap.follow(state, self.facts)


def _renumber(state: State, user: str, project: str) -> None:
    """Gives the administrator and the administrator's project the recorded ids."""
    old_user, old_project = next(iter(state.users.values())), next(iter(state.projects.values()))
    new = {old_user.id: user, old_project.id: project}
    state.users = {user: old_user.model_copy(update={"id": user})}
    state.projects = {project: old_project.model_copy(update={"id": project})}
    for found in state.assignments:
        found.actor_id = new.get(found.actor_id, found.actor_id)
        found.scope_id = new.get(found.scope_id, found.scope_id)
