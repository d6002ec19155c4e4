"""The passwords that keystone keeps for other charms' service users, and the actions about them."""

from __future__ import annotations

import secrets
from typing import Any

from .charmactions import ActionError, Answer, leading
from .parts import Parts
from .records import Model, Relation, Unit
from .store import relations_of, units_of

PASSWORDS = "service-passwords"
_NAMES = {"nova-cloud-controller": "nova", "neutron-api": "neutron", "ceph-radosgw": "swift"}
"""User names that are not the charm's."""


def service_users(model: Model, keystone: str) -> dict[str, Relation]:
    """The service users that an application of keystone has made, each with the relation that asked for it."""
    found = {}
    for relation in relations_of(model, keystone):
        end = relation.end_of(keystone)
        other = model.applications.get(relation.other_end(keystone).application)
        if end and end.name == "identity-service" and other:
            found[_NAMES.get(other.charm, other.charm)] = relation
    return found


def list_users(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """The service users whose passwords can be rotated."""
    return {"usernames": ",".join(sorted(service_users(model, unit.application)))}


def rotate(parts: Parts, model: Model, unit: Unit, asked: dict[str, Any]) -> dict[str, Any]:
    """Gives a service user a new password, which its units hear of over their relation."""
    user = str(asked.get("service-user") or "")
    if not leading(model, unit):
        raise ActionError(f"This unit is not the leader and therefore can't rotate the password for user {user}.")
    known = service_users(model, unit.application)
    if user not in known:
        raise ActionError(f"Invalid service requested: '{user}' not one of {', '.join(sorted(known))} services.")
    passwords = model.applications[unit.application].state.setdefault(PASSWORDS, {})
    passwords[user] = secrets.token_urlsafe(12)
    for member in units_of(model, known[user].other_end(unit.application).application):
        if known[user].id in member.joined and not member.stopping:
            parts.hooks.add(model, member, f"changed {known[user].id}")
    return {}


ANSWERS: dict[tuple[str, str], Answer] = {
    ("keystone", "list-service-usernames"): list_users,
    ("keystone", "rotate-service-user-password"): rotate,
}
