"""/v3/auth: tokens by password, token and application credential; what a token may reach."""

from __future__ import annotations

from typing import Any

from ..call import Call, Reply
from . import catalog, schemas, views
from .desk import Desk, anybody, done, many
from .errors import absent, expecting, malformed, refusal, unauthorized
from .records import Domain, Issued, Project, User
from .store import named
from .token import Token

_SCOPES = ("project", "domain", "system", "OS-TRUST:trust")
_SCOPE_NAMES = "system, project, domain, OS-TRUST:trust or unscoped"


class Auth:
    """Handlers of /v3/auth."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._store = desk.store
        self._tokens = desk.tokens
        desk.router.add("POST", "/v3/auth/tokens", self.issue)
        desk.add("GET", "/auth/tokens", "validate_token", self.validate, own=anybody)
        desk.add("DELETE", "/auth/tokens", "revoke_token", self.revoke, own=anybody)
        for path, handler in {"catalog": self.catalog, "projects": self.projects, "domains": self.domains}.items():
            desk.add("GET", f"/auth/{path}", f"get_auth_{path}", handler, own=anybody)
        desk.add("GET", "/auth/system", "get_auth_system", self.system, own=anybody)

    def issue(self, call: Call) -> Reply:
        """POST /v3/auth/tokens."""
        sent = call.json(malformed)
        asked = sent.get("auth") if isinstance(sent, dict) else None
        if not isinstance(asked, dict):
            raise expecting("auth", "request body")
        schemas.check(schemas.AUTH, asked)
        scope = self._scope(call, asked.get("scope"))
        issued = self._authenticate(call, asked["identity"])
        self._apply(call, issued, scope, explicit="scope" in asked)
        token = self._tokens.issue(issued)
        return Reply(status=201, body=self._body(call, issued), headers={"X-Subject-Token": token})

    def validate(self, call: Call, token: Token) -> Reply:
        """GET /v3/auth/tokens."""
        subject = call.headers.get("X-Subject-Token", "")
        issued = self._tokens.find(subject)
        if not issued:
            raise refusal(404, "Could not recognize Fernet token")
        return Reply(body=self._body(call, issued), headers={"X-Subject-Token": subject})

    def revoke(self, call: Call, token: Token) -> Reply:
        """DELETE /v3/auth/tokens."""
        subject = call.headers.get("X-Subject-Token", "")
        if not self._tokens.find(subject):
            raise refusal(404, "Could not recognize Fernet token")
        self._tokens.end(subject)
        return done()

    def catalog(self, call: Call, token: Token) -> Reply:
        """GET /v3/auth/catalog."""
        shown = catalog.catalog(self._store.state, token.project_id, token.user_id)
        return Reply(body={"catalog": shown, "links": {"self": call.url}})

    def projects(self, call: Call, token: Token) -> Reply:
        """GET /v3/auth/projects."""
        return many(call, "projects", projects_of(self._desk, call, token.user_id))

    def domains(self, call: Call, token: Token) -> Reply:
        """GET /v3/auth/domains."""
        state = self._store.state
        mine = [found for found in state.domains.values() if self._store.roles_of(token.user_id, "domain", found.id)]
        return many(call, "domains", (views.domain(call, found) for found in mine if found.enabled))

    def system(self, call: Call, token: Token) -> Reply:
        """GET /v3/auth/system."""
        mine = [{"all": True}] if self._store.roles_of(token.user_id, "system", "all") else []
        return Reply(body={"system": mine, "links": {"self": call.url}})

    # --- who asks

    def _authenticate(self, call: Call, identity: dict[str, Any]) -> Issued:
        methods: list[str] = identity["methods"]
        for method in methods:
            if method not in identity:
                raise expecting(method, "identity")
        known = {"password": self._by_password, "token": self._by_token, "application_credential": self._by_credential}
        if not methods or any(method not in known for method in methods):
            raise unauthorized(call)
        return known[methods[0]](call, identity[methods[0]])

    def _by_password(self, call: Call, sent: dict[str, Any]) -> Issued:
        if "user" not in sent:
            raise expecting("user", "password")
        user = self._user(call, sent["user"])
        if not user.password.holds(str(sent["user"].get("password", ""))):
            raise unauthorized(call)
        return self._tokens.new(user.id, ["password"])

    def _by_token(self, call: Call, sent: dict[str, Any]) -> Issued:
        parent = self._tokens.find(sent["id"])
        if not parent or parent.credential:
            raise unauthorized(call)
        methods = [*parent.methods, *(["token"] if "token" not in parent.methods else [])]
        return self._tokens.new(parent.user_id, methods, parent)

    def _by_credential(self, call: Call, sent: dict[str, Any]) -> Issued:
        found = self._store.state.credentials.get(str(sent.get("id", "")))
        if not found and "name" in sent:
            user = self._user(call, sent.get("user") or {})
            mine = [each for each in self._store.state.credentials.values() if each.user_id == user.id]
            found = next(iter(named(mine, sent["name"])), None)
        if not found or not found.secret.holds(str(sent.get("secret", ""))):
            raise unauthorized(call)
        if not self._store.usable(self._store.state.users[found.user_id]):
            raise unauthorized(call)
        issued = self._tokens.new(found.user_id, ["application_credential"])
        issued.project_id, issued.credential = found.project_id, found.id
        return issued

    def _user(self, call: Call, sent: dict[str, Any]) -> User:
        if "id" not in sent and "name" not in sent:
            raise expecting("id or name", "user")
        if "id" in sent:
            user = self._store.state.users.get(sent["id"])
        else:
            domain = self._domain(sent.get("domain"), "user")
            among = [each for each in self._store.state.users.values() if domain and each.domain_id == domain.id]
            user = next(iter(named(among, sent["name"])), None)
        if not user or not self._store.usable(user):
            raise unauthorized(call)
        return user

    # --- for what

    def _scope(self, call: Call, sent: Any) -> Domain | str | None:
        """The project or domain of the scope, "system", or None for an unscoped token."""
        if not isinstance(sent, dict) or not sent:
            return None
        if len([name for name in _SCOPES if name in sent]) != 1:
            raise expecting(_SCOPE_NAMES, "scope")
        if "system" in sent:
            return "system"
        found = self._project(sent["project"]) if "project" in sent else self._domain(sent.get("domain"), "scope")
        if not found or not found.enabled:
            raise unauthorized(call)
        return found

    def _project(self, sent: dict[str, Any]) -> Project | None:
        projects = self._store.state.projects
        if "id" in sent:
            return projects.get(sent["id"])
        if "name" not in sent:
            raise expecting("id or name", "project")
        domain = self._domain(sent.get("domain"), "project")
        among = [each for each in projects.values() if domain and each.domain_id == domain.id]
        return next(iter(named(among, sent["name"])), None)

    def _domain(self, sent: Any, target: str) -> Domain | None:
        if not sent:
            raise expecting("domain", target)
        domains = self._store.state.domains
        if "id" in sent:
            return domains.get(sent["id"])
        return next(iter(named(domains.values(), sent.get("name", ""))), None)

    def _apply(self, call: Call, issued: Issued, scope: Domain | str | None, *, explicit: bool) -> None:
        """Gives the token its scope; without one the user's default project, where that works."""
        if issued.credential:
            if explicit:
                raise unauthorized(call)
            return
        if scope is None and not explicit:
            default = self._store.state.users[issued.user_id].default_project_id
            issued.project_id = default if default and self._store.roles_of(issued.user_id, "project", default) else None
            issued.project_id = issued.project_id if self._store.open_scope(issued) else None
            return
        issued.system = scope == "system"
        issued.project_id = scope.id if isinstance(scope, Project) else None
        issued.domain_id = scope.id if isinstance(scope, Domain) and not isinstance(scope, Project) else None
        if self._store.scope_of(issued) and not self._store.token_roles(issued):
            raise unauthorized(call)

    # --- the answer

    def _body(self, call: Call, issued: Issued) -> dict[str, Any]:
        state = self._store.state
        user = state.users[issued.user_id]
        shown: dict[str, Any] = {
            "methods": issued.methods,
            "user": self._named(user) | {"password_expires_at": None},
            "audit_ids": issued.audit_ids,
            "expires_at": views.stamp(issued.expires),
            "issued_at": views.stamp(issued.issued),
        }
        if not self._store.scope_of(issued):
            return {"token": shown}
        if issued.project_id:
            shown |= {"project": self._named(state.projects[issued.project_id]), "is_domain": False}
        elif issued.domain_id:
            shown["domain"] = self._short(issued.domain_id)
        else:
            shown["system"] = {"all": True}
        shown["roles"] = [{"id": role.id, "name": role.name} for role in self._store.token_roles(issued)]
        if "nocatalog" not in call.query:
            shown["catalog"] = catalog.catalog(state, issued.project_id, issued.user_id)
        credential = state.credentials.get(issued.credential or "")
        if credential:
            restricted = {"id": credential.id, "name": credential.name, "restricted": not credential.unrestricted}
            shown["application_credential"] = restricted
        return {"token": shown}

    def _named(self, found: User | Project) -> dict[str, Any]:
        return {"domain": self._short(found.domain_id), "id": found.id, "name": found.name}

    def _short(self, domain: str) -> dict[str, str]:
        found = self._store.state.domains.get(domain)
        if not found:
            raise absent("domain", domain)
        return {"id": found.id, "name": found.name}


def projects_of(desk: Desk, call: Call, user: str) -> list[views.View]:
    """The enabled projects that a user has a role on."""
    among = desk.store.state.projects.values()
    mine = [found for found in among if found.enabled and desk.store.roles_of(user, "project", found.id)]
    return [views.project(call, found) for found in mine]
