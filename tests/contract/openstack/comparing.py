"""Whether our answer is the recorded one, binding ids as they are met.

Times are anything of their form; lists of objects are compared without regard to order, since databases give them in the order
of ids made up by chance. What the recorder masked or cut down is compared as far as it goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from .bench import ID

_TIMES = (
    re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?"),
    re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"),
    re.compile(r"req-[0-9a-f-]{36}"),
)
_CUT = re.compile(r"<\d+ (chars|bytes)[^<>]*>|<same [^<>]*>")
_MASK = re.compile(r"<(token:\w+|secret|password|traceback|private key|public key|fernet|[a-z_ ]*key[a-z_ ]*)>")


class Comparison:
    """Compares one answer after the other, with the ids known so far.

    Args:
        ids: from recorded ids to ours; grows.
        loose: names of fields that may be anything of the same type.
    """

    def __init__(self, ids: dict[str, str], loose: Iterable[str] = ()) -> None:
        self._ids = ids
        self._loose = frozenset(loose)

    def differences(self, recorded: Any, ours: Any, where: str = "") -> list[str]:
        """Where and how our answer is another."""
        if isinstance(recorded, str) and _CUT.fullmatch(recorded):
            return [] if ours else [f"{where}: {recorded!r} != {ours!r}"]
        if isinstance(recorded, dict) and isinstance(ours, dict):
            return self._objects(recorded, ours, where)
        if isinstance(recorded, list) and isinstance(ours, list):
            return self._lists(recorded, ours, where)
        if isinstance(recorded, str) and isinstance(ours, str):
            return [] if self._same_text(recorded, ours) else [f"{where}: {recorded!r} != {ours!r}"]
        same = recorded == ours and isinstance(recorded, bool) == isinstance(ours, bool)
        return [] if same else [f"{where}: {recorded!r} != {ours!r}"]

    def headers(self, recorded: dict[str, Any], ours: dict[str, str], skipped: Iterable[str] = ()) -> list[str]:
        """Recorded headers that ours are not like, and request-id headers that are missing."""
        left_out = {"request-id headers", "date", "content-length", *(name.lower() for name in skipped)}
        lines = [f"header {name}: missing" for name in recorded.get("request-id headers", []) if name.lower() not in ours]
        if "Content-Type" not in recorded and "content-type" in ours and ours["content-type"] != "application/octet-stream":
            lines.append(f"header Content-Type: not expected, {ours['content-type']!r}")
        for name, value in recorded.items():
            found = ours.get(name.lower())
            if name.lower() not in left_out and (found is None or not self._same_text(str(value), found)):
                lines.append(f"header {name}: {value!r} != {found!r}")
        return lines

    def _objects(self, recorded: dict[str, Any], ours: dict[str, Any], where: str) -> list[str]:
        lines: list[str] = []
        theirs = {self._ids.get(key, key) if ID.fullmatch(key) else key: value for key, value in recorded.items()}
        for key in sorted(set(theirs) | set(ours)):
            if key not in ours or key not in theirs:
                lines.append(f"{where}.{key}: {'missing' if key in theirs else f'not expected, {ours[key]!r}'}")
            elif key not in self._loose or type(theirs[key]) is not type(ours[key]):
                lines += self.differences(theirs[key], ours[key], f"{where}.{key}")
        return lines

    def _lists(self, recorded: list[Any], ours: list[Any], where: str) -> list[str]:
        lines = [] if len(recorded) == len(ours) else [f"{where}: {len(recorded)} items != {len(ours)} items"]
        if not any(isinstance(each, dict) for each in recorded):
            if lines:
                return [f"{where}: {recorded!r} != {ours!r}"]
            for number, (theirs, mine) in enumerate(zip(recorded, ours, strict=True)):
                lines += self.differences(theirs, mine, f"{where}[{number}]")
            return lines
        left = list(ours)
        for number, each in sorted(enumerate(recorded), key=lambda pair: not self._known(pair[1])):
            best = min(left, key=lambda mine: len(self._tried(each, mine)), default=None)
            if best is None:
                lines.append(f"{where}[{number}]: missing {each!r}")
                continue
            left.remove(best)
            lines += self.differences(each, best, f"{where}[{number}]")
        return lines + [f"{where}: not expected {each!r}" for each in left]

    def _known(self, each: Any) -> bool:
        """Whether an object's id has been met: such objects choose first."""
        return isinstance(each, dict) and str(each.get("id")) in self._ids

    def _tried(self, recorded: Any, ours: Any) -> list[str]:
        return Comparison(dict(self._ids), self._loose).differences(recorded, ours)

    def _same_text(self, recorded: str, ours: str) -> bool:
        if (
            recorded == ours
            or _MASK.fullmatch(recorded)
            or any(form.fullmatch(recorded) and form.fullmatch(ours) for form in _TIMES)
        ):
            return True
        for form in _TIMES:
            recorded, ours = form.sub("<time>", recorded), form.sub("<time>", ours)
        theirs, mine = ID.findall(recorded), ID.findall(ours)
        if len(theirs) != len(mine) or not _alike(ID.split(recorded), ID.split(ours)):
            return False
        return all(self._bound(one, other) for one, other in zip(theirs, mine, strict=True))

    def _bound(self, recorded: str, ours: str) -> bool:
        if len(recorded) != len(ours):
            return False
        if recorded not in self._ids and ours not in self._ids.values():
            self._ids[recorded] = ours
        return self._ids.get(recorded, recorded) == ours


def _alike(recorded: list[str], ours: list[str]) -> bool:
    """Texts around ids: the same but for what is masked inside them."""
    pairs = zip(recorded, ours, strict=True)
    return all(one == other or _pattern(one).fullmatch(other) is not None for one, other in pairs)


def _pattern(text: str) -> re.Pattern[str]:
    parts = _MASK.split(text)[::2]
    return re.compile(".*".join(re.escape(part) for part in parts), re.DOTALL)
