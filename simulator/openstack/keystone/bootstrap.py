"""What is in Keystone before anybody asks: what `keystone-manage bootstrap` makes, and what the charms register.

The charm bootstraps with a user of its own; the administrator that people use is in a domain of its own, without the system.
Each service's user is there twice, in the default domain and in one for services.
"""

from __future__ import annotations

import secrets

from ..facts import Facts
from .catalog import remove_service
from .records import Assignment, Domain, Endpoint, Project, Region, Role, Secret, Service, State, User

NAMES = {
    "identity": "keystone",
    "image": "glance",
    "compute": "nova",
    "placement": "placement",
    "network": "neutron",
    "volumev3": "cinderv3",
    "load-balancer": "octavia",
    "orchestration": "heat",
    "key-manager": "barbican",
    "dns": "designate",
    "container-infra": "magnum",
    "share": "manila",
    "sharev2": "manilav2",
    "alarming": "aodh",
    "metric": "gnocchi",
    "object-store": "swift",
}
"""The services' names in the catalog, which are their users' too."""
PATHS = {
    "identity": "/v3",
    "compute": "/v2.1",
    "volumev3": "/v3/$(tenant_id)s",
    "orchestration": "/v1/$(tenant_id)s",
    "container-infra": "/v1",
    "share": "/v1/$(tenant_id)s",
    "sharev2": "/v2",
    "object-store": "/swift/v1",
}
"""What follows a service's base URL in the catalog."""
ROLES = {
    "octavia": ("load-balancer_admin", "load-balancer_member", "load-balancer_observer"),
    "heat": ("heat_stack_owner", "heat_stack_user"),
    "barbican": ("creator", "observer", "audit", "key-manager:service-admin"),
    "swift": ("ResellerAdmin",),
}
"""Roles that a service's charm asks for."""
_IMPLIED = {"admin": "manager", "manager": "member", "member": "reader"}
_INTERFACES = ("public", "internal", "admin")
DEFAULT, ADMIN, SERVICES = "default", "admin_domain", "service_domain"
CHARM_USER = "_charm-keystone-admin"
_BOOTSTRAP = "Bootstrap project for initializing the cloud."


def plain(state: State, password: str, name: str = "admin") -> None:
    """What `keystone-manage bootstrap` makes: a user and a project in the default domain, the user with the system too."""
    state.domains[DEFAULT] = Domain(id=DEFAULT, name="Default", description="The default domain")
    roles = {role: Role(name=role, options={"immutable": True}) for role in ("admin", "manager", "member", "reader", "service")}
    state.roles |= {role.id: role for role in roles.values()}
    state.implied = {roles[prior].id: [roles[name].id] for prior, name in _IMPLIED.items()}
    admin = _user(state, name, DEFAULT, _project(state, "admin", DEFAULT, _BOOTSTRAP), password)
    _grant(state, admin, "admin", "system", "all")


def charmed(state: State, password: str) -> None:
    """What the charm makes: a bootstrap user of its own, the administrator's domain, and one for the services' users."""
    plain(state, secrets.token_urlsafe(48), CHARM_USER)
    for role in state.roles.values():
        role.name = "Admin" if role.name == "admin" else role.name
    for name in (ADMIN, SERVICES):
        made = Domain(name=name, description="Created by Juju")
        state.domains[made.id] = made
    _project(state, "services", DEFAULT)
    _project(state, "services", _domain(state, SERVICES).id)
    home = _domain(state, ADMIN).id
    project = _project(state, "admin", home)
    admin = _user(state, "admin", home, project, password)
    _grant(state, admin, "member", "project", project.id)
    _grant(state, admin, "admin", "domain", home)
    state.admin = Secret.of(password)


def follow(state: State, facts: Facts) -> None:
    """Does what the charms do when something about them changed: passwords, services that came, moved or went."""
    password = facts.admin_password()
    if password and not state.admin.holds(password):
        state.admin = Secret.of(password)
        admins = [user for user in state.users.values() if user.name == "admin"]
        for user in admins:
            user.password = Secret.of(password)
        gone = {user.id for user in admins}
        state.tokens = {key: issued for key, issued in state.tokens.items() if issued.user_id not in gone}
    wanted = facts.endpoints()
    for kind in [kind for kind in state.registered if kind not in wanted]:
        _deregister(state, kind)
    for kind, url in wanted.items():
        if state.registered.get(kind) != url:
            register(state, kind, url, facts.region())
            state.registered[kind] = url


def register(state: State, kind: str, url: str, region: str) -> None:
    """Puts a service with its endpoints into the catalog, or moves it."""
    state.regions.setdefault(region, Region(id=region))
    service = _service(state, kind)
    if not service:
        service = Service(name=NAMES.get(kind, kind), type=kind)
        state.services[service.id] = service
        _service_user(state, NAMES.get(kind, kind))
    old = [each for each in state.endpoints.values() if each.service_id == service.id]
    for interface in _INTERFACES:
        found = next((each for each in old if each.interface == interface), None)
        if not found:
            found = Endpoint(interface=interface, region_id=region, service_id=service.id, url="")
            state.endpoints[found.id] = found
        found.url = url + PATHS.get(kind, "")


def _deregister(state: State, kind: str) -> None:
    del state.registered[kind]
    service = _service(state, kind)
    if service:
        remove_service(state, service.id)


def _service(state: State, kind: str) -> Service | None:
    return next((each for each in state.services.values() if each.type == kind), None)


def _service_user(state: State, name: str) -> None:
    """The users, in two domains, under which a service works, with the roles that its charm asks for."""
    homes = [each.id for each in state.domains.values() if each.name in ("Default", SERVICES)]
    if name == "keystone" or len(homes) == 1:
        return
    for home in homes:
        project = next(each for each in state.projects.values() if (each.name, each.domain_id) == ("services", home))
        if all((user.name, user.domain_id) != (name, home) for user in state.users.values()):
            _user(state, name, home, project)
    for wanted in ROLES.get(name, ()):
        if all(role.name != wanted for role in state.roles.values()):
            made = Role(name=wanted)
            state.roles[made.id] = made


def _project(state: State, name: str, domain: str, text: str = "Created by Juju") -> Project:
    project = Project(name=name, domain_id=domain, parent_id=domain, description=text)
    state.projects[project.id] = project
    return project


def _user(state: State, name: str, domain: str, project: Project, password: str = "") -> User:
    """A user who administers a project; without a password nobody knows it."""
    user = User(name=name, domain_id=domain, password=Secret.of(password or secrets.token_urlsafe(48)))
    state.users[user.id] = user
    _grant(state, user, "admin", "project", project.id)
    return user


def _grant(state: State, user: User, role: str, scope: str, scope_id: str) -> None:
    found = next(each for each in state.roles.values() if each.name.lower() == role)
    made = {"role": found.id, "actor": "user", "actor_id": user.id, "scope": scope, "scope_id": scope_id}
    state.assignments.append(Assignment.model_validate(made))


def _domain(state: State, name: str) -> Domain:
    return next(each for each in state.domains.values() if each.name == name)
