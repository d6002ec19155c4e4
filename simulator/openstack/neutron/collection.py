"""What all collections of Neutron share: list, show, create, update, delete, with policy, quotas, tags and revisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from multidict import MultiMapping

from . import bodies, query
from .attributes import Attribute, optional, read_only, text
from .caller import Caller
from .errors import Refused, disallowed
from .store import Row

if TYPE_CHECKING:
    from .plant import Plant

Action = Callable[[Row, dict[str, Any], Caller], dict[str, Any]]
STANDARD: Mapping[str, Attribute] = {
    "id": read_only(),
    "project_id": Attribute(put=False, check=optional(text())),
    "description": Attribute(default="", check=text()),
    "tags": read_only(),
    "created_at": read_only(),
    "updated_at": read_only(),
    "revision_number": read_only(),
}
NAME = Attribute(default="", check=text())


class Collection:
    """One resource of the API; a subclass says what its plugin does.

    Args:
        plant: all of Neutron, for what a resource asks of the others.
    """

    plural: ClassVar[str]
    """Name of the table and of a list's key, e.g. "security_groups"."""
    singular: ClassVar[str]
    """Name of the key of one, and of its quota and its policy rules."""
    missing_error: ClassVar[tuple[str, str]]
    """Class and message of the 404; {} is the id."""
    attributes: ClassVar[Mapping[str, Attribute]]
    first_revision: ClassVar[int] = 1
    taggable: ClassVar[bool] = True

    def __init__(self, plant: Plant) -> None:
        self.plant = plant

    @property
    def path(self) -> str:
        """Its segment of a URL."""
        return self.plural.replace("_", "-")

    @property
    def rows(self) -> dict[str, Row]:
        """All rows by id."""
        return self.plant.store.table(self.plural)

    @property
    def actions(self) -> Mapping[str, Action]:
        """What can be PUT below a row besides tags, by the last segment of the path."""
        return {}

    # What a request does

    def index(self, wanted: MultiMapping[str], caller: Caller, url: str) -> dict[str, Any]:
        """The list, as the query wants it."""
        query.check(wanted, self.attributes)
        views = [self.view(row, caller) for row in list(self.rows.values()) if self.visible(row, caller)]
        found, links = query.page(query.ordered(query.matching(views, wanted), wanted), wanted, self.plural, url)
        body: dict[str, Any] = {self.plural: [query.picked(view, wanted) for view in found]}
        return body | ({f"{self.plural}_links": links} if links else {})

    def show(self, key: str, wanted: MultiMapping[str], caller: Caller) -> dict[str, Any]:
        """One of them."""
        return {self.singular: query.picked(self.view(self.find(key, caller), caller), wanted)}

    def create(self, body: Any, caller: Caller) -> dict[str, Any]:
        """Carries a POST out."""
        if isinstance(body, dict) and isinstance(body.get(self.plural), list):
            return {self.plural: [self._created({self.singular: one}, caller) for one in body[self.plural]]}
        return {self.singular: self._created(body, caller)}

    def update(self, key: str, body: Any, caller: Caller, if_match: str = "") -> dict[str, Any]:
        """Carries a PUT out."""
        values = bodies.for_update(bodies.resource(body, self.singular), self.attributes)
        row = self.find(key, caller)
        self.own(row, caller, "update")
        self._allowed(values, caller, "update")
        _revision(row, if_match)
        self.changed(row, values, caller)
        return {self.singular: self.view(row, caller)}

    def delete(self, key: str, caller: Caller, if_match: str = "") -> None:
        """Carries a DELETE out."""
        row = self.find(key, caller)
        self.own(row, caller, "delete")
        _revision(row, if_match)
        self.removed(row, caller)

    # What a plugin does; subclasses override these

    def made(self, values: dict[str, Any], caller: Caller) -> Row:
        """Makes a row of checked values."""
        return self.plant.store.born(self.plural, revision=self.first_revision, **values)

    def changed(self, row: Row, values: dict[str, Any], caller: Caller) -> None:
        """Changes a row to checked values."""
        row.update(values)
        self.plant.store.touch(row)

    def removed(self, row: Row, caller: Caller) -> None:
        """Takes a row out, unless it's in use."""
        del self.rows[row["id"]]

    def visible(self, row: Row, caller: Caller) -> bool:
        """Whether the caller sees the row at all."""
        return caller.owns(row["project_id"])

    def view(self, row: Row, caller: Caller) -> Row:
        """The row as the caller sees it."""
        hidden = set() if caller.is_admin else {name for name, one in self.attributes.items() if one.hidden}
        shown = {name: row[name] for name in self.attributes if name in row and name not in hidden}
        return {**shown, "tenant_id": row["project_id"]}

    def fresh(self, row: Row, caller: Caller) -> Row:
        """The row in the answer to the POST that made it."""
        return self.view(row, caller)

    # What the others use

    def find(self, key: str, caller: Caller | None = None) -> Row:
        """The row of an id, if the caller sees it."""
        row = self.rows.get(key)
        if row is None or (caller and not self.visible(row, caller)):
            raise self.missing(key)
        return row

    def missing(self, key: str) -> Refused:
        """The 404 of this resource."""
        kind, message = self.missing_error
        return Refused(404, kind, message.format(key))

    def own(self, row: Row, caller: Caller, verb: str) -> None:
        """Refuses a change of what the caller sees but doesn't own."""
        if not caller.owns(row["project_id"]):
            raise disallowed(f"{verb}_{self.singular}")

    def used(self, project_id: str) -> int:
        """How many of them count against a project's quota."""
        return sum(1 for row in self.rows.values() if row["project_id"] == project_id)

    def of_project(self, project_id: str, values: dict[str, Any]) -> Row:
        """Makes a row as an administrator would for a project, without its quota: for Neutron's own needs."""
        caller = Caller(project_id=project_id, is_admin=True)
        return self.made(bodies.for_create({**values, "project_id": project_id}, self.attributes), caller)

    def _created(self, body: Any, caller: Caller) -> Row:
        values = bodies.with_project(bodies.resource(body, self.singular), caller.project_id)
        checked = bodies.for_create(values, self.attributes)
        self.precheck(checked, caller)
        self.plant.quotas.check(self, checked["project_id"])
        if not caller.owns(checked["project_id"]):
            raise disallowed(f"create_{self.singular}")
        self._allowed(checked, caller, "create")
        return self.fresh(self.made(checked, caller), caller)

    def precheck(self, values: dict[str, Any], caller: Caller) -> None:
        """What is looked at before the quota and the policy: ownership of what the new row is part of."""

    def _allowed(self, values: dict[str, Any], caller: Caller, verb: str) -> None:
        if caller.is_admin:
            return
        for name, value in values.items():
            attribute = self.attributes[name]
            if attribute.admin and (verb == "update" or value != attribute.default):
                raise disallowed(f"{verb}_{self.singular}", f"{verb}_{self.singular}:{name}")


def _revision(row: Row, if_match: str) -> None:
    if not if_match.startswith("revision_number="):
        return
    wanted = if_match.removeprefix("revision_number=")
    if str(row["revision_number"]) != wanted:
        message = f"Constrained to {wanted}, but current revision is {row['revision_number']}"
        raise Refused(412, "RevisionNumberConstraintFailed", message)
