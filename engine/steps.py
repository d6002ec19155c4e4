"""Steps: what the engine has decided to do to one resource. Data only, nothing is done here."""

from __future__ import annotations

import asyncio
import dataclasses
import enum
from typing import Any

from engine import urn as urns
from engine import values
from engine.state import Resource


class Op(enum.StrEnum):
    """Pulumi's names of the operations."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    REPLACE = "replace"
    CREATE_REPLACEMENT = "create-replacement"
    DELETE_REPLACED = "delete-replaced"
    READ = "read"
    READ_REPLACEMENT = "read-replacement"
    REFRESH = "refresh"
    DISCARD = "discard"
    DISCARD_REPLACED = "discard-replaced"
    REMOVE_PENDING_REPLACE = "remove-pending-replace"
    IMPORT = "import"
    IMPORT_REPLACEMENT = "import-replacement"


_PHYSICAL = {
    Op.CREATE_REPLACEMENT,
    Op.DELETE_REPLACED,
    Op.READ_REPLACEMENT,
    Op.REFRESH,
    Op.DISCARD_REPLACED,
    Op.REMOVE_PENDING_REPLACE,
    Op.IMPORT_REPLACEMENT,
}


class Outcome(enum.Enum):
    """How a registration ended, as the program is told."""

    SUCCESS = "success"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclasses.dataclass(frozen=True, slots=True)
class Registered:
    """The answer to a registration."""

    resource: Resource
    outcome: Outcome = Outcome.SUCCESS
    unknown: bool = False
    """The resource was left out of the operation, so its outputs are not known."""


class Registration:
    """A program's wait for one resource."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[Registered] = asyncio.get_running_loop().create_future()

    def done(self, answer: Registered) -> None:
        """Answers, unless the program has been told that the operation ends."""
        if not self.answer.done():
            self.answer.set_result(answer)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """What the program asks of one resource."""

    type: str
    name: str
    custom: bool
    parent: str = ""
    properties: values.PropertyMap = dataclasses.field(default_factory=dict)
    dependencies: list[str] = dataclasses.field(default_factory=list)
    property_dependencies: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    provider: str = ""
    protect: bool | None = None
    retain_on_delete: bool | None = None
    delete_before_replace: bool | None = None
    ignore_changes: list[str] = dataclasses.field(default_factory=list)
    replace_on_changes: list[str] = dataclasses.field(default_factory=list)
    hide_diff: list[str] = dataclasses.field(default_factory=list)
    replacement_trigger: Any = None
    additional_secret_outputs: list[str] = dataclasses.field(default_factory=list)
    aliases: list[Alias] = dataclasses.field(default_factory=list)
    import_id: str = ""
    custom_timeouts: dict[str, float] = dataclasses.field(default_factory=dict)
    deleted_with: str = ""
    replace_with: list[str] = dataclasses.field(default_factory=list)
    source_position: str = ""
    hooks: dict[str, list[str]] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Alias:
    """A former name of a resource: a whole URN, or the parts that differed."""

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str = ""
    no_parent: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ReadGoal:
    """What the program asks to be read without being managed."""

    type: str
    name: str
    id: str
    provider: str
    parent: str = ""
    properties: values.PropertyMap = dataclasses.field(default_factory=dict)
    dependencies: list[str] = dataclasses.field(default_factory=list)
    additional_secret_outputs: list[str] = dataclasses.field(default_factory=list)
    source_position: str = ""


@dataclasses.dataclass(eq=False, kw_only=True, slots=True)
class Step:
    """One operation on one resource: from ``old`` to ``new``, either of which may be missing."""

    op: Op
    old: Resource | None = None
    new: Resource | None = None
    registration: Registration | None = None
    keys: list[str] = dataclasses.field(default_factory=list)
    """The properties that make a replacement necessary."""
    diffs: list[str] = dataclasses.field(default_factory=list)
    detailed_diff: dict[str, str] | None = None
    pending_delete: bool = False
    """A create that leaves the old resource to be deleted later."""
    pending_replacement: bool = False
    """A delete that goes ahead of the create."""
    skipped_create: bool = False
    untargeted: bool = False
    ignore_changes: list[str] = dataclasses.field(default_factory=list)
    original: Resource | None = None
    """What an import replaces."""
    result_op: Op | None = None
    """What a refresh found: same, update or delete."""

    @property
    def resource(self) -> Resource:
        """The state the step is about: the new one where there is one, but a refresh's old one."""
        chosen = self.old if self.op is Op.REFRESH else self.new or self.old
        if chosen is None:
            raise ValueError(f"a {self.op} step without a resource")
        return chosen

    @property
    def urn(self) -> str:
        """The URN, after any renaming."""
        return (self.new or self.resource).urn

    @property
    def type(self) -> str:
        """The resource's type."""
        return (self.new or self.resource).type

    @property
    def logical(self) -> bool:
        """Whether the step counts as one of the program's changes."""
        return self.op not in _PHYSICAL

    @property
    def internal(self) -> bool:
        """Whether the step is the engine's own affair."""
        return self.op is Op.REMOVE_PENDING_REPLACE or urns.is_default_provider(self.urn)

    def settle(self, outcome: Outcome) -> None:
        """Tells the program that the step was not carried out."""
        if self.registration is not None and self.new is not None:
            self.registration.done(Registered(self.new, outcome))
