"""Domains and projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..call import Call, Reply
from . import schemas, views
from .auth import projects_of
from .desk import Desk, body_of, done, filtered, many, mine, one
from .errors import absent, broken, conflict, malformed, refusal
from .records import Domain, Project
from .store import named
from .token import Token

_FILTERS = ("name", "domain_id", "enabled", "parent_id")


def _in_it(token: Token, path: Mapping[str, str]) -> bool:
    return path.get("key") == token.project_id


def _split(sent: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The known properties, and the others."""
    known = {key: value for key, value in sent.items() if key in Project.model_fields and key not in ("id", "extra")}
    known["description"] = known.get("description") or ""
    for name in ("domain_id", "parent_id"):
        if not known.get(name):
            known.pop(name, None)
    other = {key: value for key, value in sent.items() if key not in Project.model_fields and key != "is_domain"}
    return known, other


def _update(found: Domain, sent: Mapping[str, Any]) -> None:
    for name, value in sent.items():
        if name in ("name", "description", "enabled", "tags", "options"):
            setattr(found, name, value if value is not None else "")
        elif name not in Project.model_fields and name != "is_domain":
            found.extra[name] = value


class Projects:
    """Handlers of /v3/projects."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._store = desk.store
        desk.add("GET", "/projects", "list_projects", self.index)
        desk.add("POST", "/projects", "create_project", self.create)
        desk.add("GET", "/projects/{key}", "get_project", self.show, own=_in_it)
        desk.add("PATCH", "/projects/{key}", "update_project", self.update)
        desk.add("DELETE", "/projects/{key}", "delete_project", self.delete)
        desk.add("GET", "/projects/{key}/tags", "list_project_tags", self.tags, own=_in_it)
        desk.add("PUT", "/projects/{key}/tags", "update_project_tags", self.set_tags)
        desk.add("PUT", "/projects/{key}/tags/{tag}", "create_project_tag", self.tag)
        desk.add("GET", "/projects/{key}/tags/{tag}", "get_project_tag", self.has_tag, own=_in_it)
        desk.add("DELETE", "/projects/{key}/tags/{tag}", "delete_project_tag", self.untag)
        desk.add("GET", "/users/{user_id}/projects", "list_user_projects", self.of_user, own=mine)

    def index(self, call: Call, token: Token) -> Reply:
        """GET /v3/projects."""
        found = (views.project(call, each) for each in self._store.state.projects.values())
        return many(call, "projects", filtered(call, found, *_FILTERS))

    def of_user(self, call: Call, token: Token, user_id: str) -> Reply:
        """GET /v3/users/ID/projects."""
        self._store.get(self._store.state.users, "user", user_id)
        return many(call, "projects", filtered(call, projects_of(self._desk, call, user_id), *_FILTERS))

    def create(self, call: Call, token: Token) -> Reply:
        """POST /v3/projects; without a domain it is in the token's."""
        sent = body_of(call, "project", schemas.CREATE["project"])
        known, extra = _split(sent)
        domain = known.pop("domain_id", None) or token.domain_id or token.project_domain_id or "default"
        if domain not in self._store.state.domains:
            raise refusal(400, f"Could not find domain: {domain}.")
        parent = known.pop("parent_id", None) or domain
        if parent != domain and parent not in self._store.state.projects:
            raise absent("project", parent)
        made = Project(**known, domain_id=domain, parent_id=parent, extra=extra)
        if self._same_name(made):
            text = "it is not permitted to have two projects with either the same name or same id in the same domain"
            raise conflict("project", f"{text}: name is {made.name}, project id {made.id}")
        self._store.state.projects[made.id] = made
        return one("project", views.project(call, made), 201)

    def show(self, call: Call, token: Token, key: str) -> Reply:
        """GET /v3/projects/ID."""
        return one("project", views.project(call, self._find(key)))

    def update(self, call: Call, token: Token, key: str) -> Reply:
        """PATCH /v3/projects/ID; a name that is taken breaks this Keystone."""
        found = self._find(key)
        sent = body_of(call, "project", schemas.UPDATE["project"])
        if sent.get("domain_id", found.domain_id) != found.domain_id:
            raise refusal(400, "Cannot change Domain ID")
        if sent.get("parent_id", found.parent_id) != found.parent_id:
            raise refusal(403, f"Update of `parent_id` is not allowed for project {key}.")
        if self._same_name(found.model_copy(update={"name": sent.get("name", found.name)})):
            raise broken()
        _update(found, sent)
        return one("project", views.project(call, found) | {"extra": found.extra})

    def delete(self, call: Call, token: Token, key: str) -> Reply:
        """DELETE /v3/projects/ID; what other services have in it stays."""
        found = self._find(key)
        if any(each.parent_id == found.id for each in self._store.state.projects.values()):
            text = f"Cannot delete the project {key} since it is not a leaf in the hierarchy. Use the cascade option if you want"
            raise refusal(403, text + " to delete a whole subtree.")
        remove_project(self._desk, found)
        return done()

    # --- tags

    def tags(self, call: Call, token: Token, key: str) -> Reply:
        """GET /v3/projects/ID/tags."""
        return Reply(body={"tags": self._find(key).tags, "links": {"next": None, "self": call.url, "previous": None}})

    def set_tags(self, call: Call, token: Token, key: str) -> Reply:
        """PUT /v3/projects/ID/tags."""
        found, sent = self._find(key), call.json(malformed)
        wanted = sent.get("tags") if isinstance(sent, dict) else None
        if not isinstance(wanted, list):
            raise refusal(400, "'tags' is a required property")
        found.tags = [str(tag) for tag in dict.fromkeys(wanted)]
        return self.tags(call, token, key)

    def tag(self, call: Call, token: Token, key: str, tag: str) -> Reply:
        """PUT /v3/projects/ID/tags/TAG."""
        found = self._find(key)
        found.tags = list(dict.fromkeys([*found.tags, tag]))
        return Reply(status=201)

    def has_tag(self, call: Call, token: Token, key: str, tag: str) -> Reply:
        """HEAD /v3/projects/ID/tags/TAG."""
        if tag not in self._find(key).tags:
            raise absent("project tag", tag)
        return done()

    def untag(self, call: Call, token: Token, key: str, tag: str) -> Reply:
        """DELETE /v3/projects/ID/tags/TAG."""
        self.has_tag(call, token, key, tag)
        self._find(key).tags.remove(tag)
        return done()

    def _find(self, key: str) -> Project:
        return self._store.get(self._store.state.projects, "project", key)

    def _same_name(self, wanted: Project) -> bool:
        others = [each for each in self._store.state.projects.values() if each.id != wanted.id]
        return any(each.domain_id == wanted.domain_id for each in named(others, wanted.name))


def remove_project(desk: Desk, found: Project) -> None:
    """Takes a project away, with the roles on it and its application credentials."""
    state = desk.store.state
    desk.store.drop_assignments(scope="project", scope_id=found.id)
    state.credentials = {key: each for key, each in state.credentials.items() if each.project_id != found.id}
    del state.projects[found.id]


class Domains:
    """Handlers of /v3/domains."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._store = desk.store
        desk.add("GET", "/domains", "list_domains", self.index)
        desk.add("POST", "/domains", "create_domain", self.create)
        desk.add("GET", "/domains/{key}", "get_domain", self.show, own=lambda token, path: path["key"] == token.project_domain_id)
        desk.add("PATCH", "/domains/{key}", "update_domain", self.update)
        desk.add("DELETE", "/domains/{key}", "delete_domain", self.delete)

    def index(self, call: Call, token: Token) -> Reply:
        """GET /v3/domains."""
        found = (views.domain(call, each) for each in self._store.state.domains.values())
        return many(call, "domains", filtered(call, found, "name", "enabled"))

    def create(self, call: Call, token: Token) -> Reply:
        """POST /v3/domains."""
        sent = body_of(call, "domain", schemas.CREATE["domain"])
        known, extra = _split(sent)
        made = Domain(**{key: value for key, value in known.items() if key in Domain.model_fields}, extra=extra)
        self._check_name(made)
        self._store.state.domains[made.id] = made
        return one("domain", views.domain(call, made), 201)

    def show(self, call: Call, token: Token, key: str) -> Reply:
        """GET /v3/domains/ID."""
        return one("domain", views.domain(call, self._find(key)))

    def update(self, call: Call, token: Token, key: str) -> Reply:
        """PATCH /v3/domains/ID."""
        found = self._find(key)
        sent = body_of(call, "domain", schemas.UPDATE["domain"])
        self._check_name(found.model_copy(update={"name": sent.get("name", found.name)}))
        _update(found, sent)
        return one("domain", views.domain(call, found))

    def delete(self, call: Call, token: Token, key: str) -> Reply:
        """DELETE /v3/domains/ID, once it is disabled; what is in it goes too."""
        found, state = self._find(key), self._store.state
        if found.enabled:
            raise refusal(403, "Cannot delete a domain that is enabled, please disable it first.")
        for project in [each for each in state.projects.values() if each.domain_id == key]:
            remove_project(self._desk, project)
        for group in [each for each in state.groups.values() if each.domain_id == key]:
            self._store.drop_assignments(actor="group", actor_id=group.id)
            del state.groups[group.id]
        for user in [each for each in state.users.values() if each.domain_id == key]:
            self._store.drop_assignments(actor="user", actor_id=user.id)
            self._store.revoke([user.id])
            del state.users[user.id]
        self._store.drop_assignments(scope="domain", scope_id=key)
        del state.domains[key]
        return done()

    def _find(self, key: str) -> Domain:
        return self._store.get(self._store.state.domains, "domain", key)

    def _check_name(self, wanted: Domain) -> None:
        others = [each for each in self._store.state.domains.values() if each.id != wanted.id]
        if named(others, wanted.name):
            text = f"it is not permitted to have two projects acting as domains with the same name: {wanted.name}"
            raise conflict("project", text)
