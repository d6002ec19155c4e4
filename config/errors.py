"""What is wrong with a site: every problem at once, each with its path, its value and the mend."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pydantic

from .vocabulary import UNSET

_MUST = "must be "
_MAPPING = f"{_MUST}a mapping of keys to values"
_LIST = f"{_MUST}a list"
_WHOLE = f"{_MUST}a whole number"
_NUMBER = f"{_MUST}a number"
_SWITCH = f"{_MUST}true or false"
_KINDS = {
    "model_type": _MAPPING,
    "dict_type": _MAPPING,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "string_type": f"{_MUST}a text",
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "bool_type": _SWITCH,
    "bool_parsing": _SWITCH,
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
}
"""The mends for what is of another kind altogether, by Pydantic's name of the error."""
_SECRET_WORDS = re.compile(r"password|secret|key$|token|pass$")


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing to mend: `path` as in `pulumi config set --path`, the value found, what to do about it."""

    path: str
    value: str
    mend: str

    def __str__(self) -> str:
        shown = f" = {self.value}" if self.value else ""
        return f"{self.path}{shown}: {self.mend}"


class SiteError(Exception):
    """The site can't be built as it is written."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = f"{len(self.problems)} problem{'s' if len(self.problems) != 1 else ''}"
        lines = [f"  {problem}" for problem in self.problems]
        super().__init__("\n".join([f"the site has {count}:", *lines]))


def join(*parts: str | int) -> str:
    """A path of keys and list positions, e.g. `workers[0].bmc.address`."""
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else str(part))
    return text


def shown(path: str, value: Any) -> str:
    """A value as it may be printed: a secret one is not, a long one is cut."""
    if _SECRET_WORDS.search(path.rpartition(".")[2]) and value not in (None, UNSET):
        return "[secret]"
    if isinstance(value, Mapping):
        return ""  # a whole section says nothing, and may hold secrets
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def from_pydantic(error: pydantic.ValidationError, prefix: tuple[str | int, ...], models: Mapping[str, Any]) -> list[Problem]:
    """Problems of one section; `models` are the fields a key at the failing place might have meant.

    What fits no member of a union is one problem, not one a member.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for item in error.errors():
        problem = _problem(item, prefix, models)
        found.setdefault((problem.path, problem.value), []).append(problem.mend)
    return [Problem(path, value, _either(mends)) for (path, value), mends in found.items()]


def _either(mends: list[str]) -> str:
    """One mend for several ways of being right."""
    first, *others = dict.fromkeys(mends)
    return " or ".join([first, *(mend.removeprefix(_MUST) for mend in others)])


def _problem(item: Any, prefix: tuple[str | int, ...], models: Mapping[str, Any]) -> Problem:
    loc = tuple(part for part in (*prefix, *item["loc"]) if not _is_tag(part))
    path = join(*loc)
    if item["type"] == "extra_forbidden":
        return Problem(path, "", _unknown_key(str(loc[-1]), _fields_at(models, item["loc"][:-1])))
    if item["type"] == "missing":
        return Problem(path, "", f"is missing; {how_to_set(path)}")
    if item["input"] == UNSET:
        return unset(path)
    return Problem(path, shown(path, item["input"]), _reason(item))


def _reason(item: Any) -> str:
    """What is wrong, in the operator's words rather than in Python's."""
    if item["type"] in _KINDS:
        quoted = item["type"] == "string_type" and isinstance(item["input"], (int, float))
        return _KINDS[item["type"]] + ("; put it in quotes" if quoted else "")
    reason = re.sub(r"^Value error, ", "", item["msg"]).replace("Input should be ", _MUST)
    return reason if reason[1:2].isupper() else reason[:1].lower() + reason[1:]


def unset(path: str) -> Problem:
    """The problem of a place that the operator has yet to fill in."""
    return Problem(path, UNSET, f"must be set for this site; {how_to_set(path)}")


def how_to_set(path: str) -> str:
    """The command that sets a place of the site."""
    secret = "--secret " if _SECRET_WORDS.search(path.rpartition(".")[2]) else ""
    return f"pulumi config set {secret}--path 'openstack-on-metal:site.{path}' VALUE"


def near(name: str, there: Iterable[str]) -> str:
    """A hint at the name that may have been meant, or at what there is."""
    names = list(there)
    found = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if found:
        return f" (did you mean {found[0]}?)"
    return f", where there is {', '.join(names)}" if names else ", where there is nothing"


def _is_tag(part: str | int) -> bool:
    """Pydantic names the members of a union in its paths; the operator never wrote those."""
    return isinstance(part, str) and (part in ("str", "int", "float", "bool") or bool(re.fullmatch(r"[\w-]*\[.*\]", part)))


def _unknown_key(key: str, fields: list[str]) -> str:
    near = difflib.get_close_matches(key, fields, n=1, cutoff=0.6)
    if near:
        return f"there is no such key; did you mean {near[0]}?"
    return f"there is no such key; here are: {', '.join(fields)}" if fields else "there is no such key; remove it"


def _fields_at(models: Mapping[str, Any], loc: tuple[str | int, ...]) -> list[str]:
    """The keys that the specification at `loc` has, following annotations down."""
    current: Any = models
    for part in loc:
        if isinstance(part, int):
            continue
        field = current.get(part) if isinstance(current, Mapping) else None
        model = _model_in(getattr(field, "annotation", None))
        if model is None:
            return []
        current = model.model_fields
    return sorted(current)


def _model_in(annotation: Any) -> type[pydantic.BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_in(inner)
        if found is not None:
            return found
    return None
