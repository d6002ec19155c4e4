"""A drawing of who sits where, as SVG: machines as columns of a pool, containers and units inside."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from . import plan

_WIDTH, _MOST_WIDTH, _GAP, _PAD, _MARGIN = 268, 400, 22, 14, 32
_TITLE, _HEAD, _UNIT, _SUB, _SPACE = 96, 46, 30, 20, 8
_GROUP = 34
_COLUMNS = 6
_LEAST_WIDTH = 760
_NAME_SIZE, _DETAIL_SIZE, _LABEL_SIZE, _SIDE_SIZE = 15, 11, 13, 11.5
_EM = 0.64
"""Width of a letter in its size, taken from the widest of the fonts below; names have few wide letters."""

_KINDS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "data": ("#7c5cbf", "database, messages", ("mysql", "percona", "rabbitmq", "memcached", "etcd")),
    "trust": ("#b4690e", "certificates, secrets", ("vault", "barbican", "easyrsa")),
    "network": ("#0f7b6c", "network", ("neutron", "ovn", "octavia", "designate")),
    "storage": ("#c2414b", "storage", ("ceph", "cinder", "swift", "manila", "glance")),
    "compute": ("#2563b8", "compute", ("nova", "placement", "magnum", "masakari", "ironic", "lxd")),
    "other": ("#4b5563", "identity, dashboard, services", ()),
}
_FONT = "font-family=\"'Ubuntu','Noto Sans','DejaVu Sans',Helvetica,Arial,sans-serif\""


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Seat:
    """A unit in the drawing, with the subordinates beside it."""

    label: str
    application: str
    beside: tuple[str, ...]
    container: str | None

    @property
    def width(self) -> float:
        """What the words need, with the box around them."""
        label = 20 + _length(self.label, _LABEL_SIZE) + (38 if self.container else 10)
        return max([label, *(40 + _length(f"+ {name}", _SIDE_SIZE) for name in self.beside)])

    @property
    def height(self) -> int:
        return _UNIT + (_SUB * len(self.beside) + 6 if self.beside else 0)


def placement_svg(
    made: plan.Plan, labels: Mapping[str, str] | None = None, *, title: str = "Placement", notes: Mapping[str, str] | None = None
) -> str:
    """Draws the plan.

    Args:
        made: the plan.
        labels: names to show for machines, by key, such as host names; a pool's name can be relabelled too.
        title: heading of the drawing.
        notes: words to show instead of the English ones: of the legend by `data`, `trust`, `network`, `storage`,
            `compute`, `other`, `container`, `subordinate`; of the totals by `machines`, `containers`, `applications`,
            `units`, `subordinates`.

    Returns:
        A whole SVG document.
    """
    return _Drawing(made, labels or {}, notes or {}).render(title)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Frame:
    """The box of a machine pool, its machines in rows; `heights` of the rows in pixels."""

    name: str
    left: int
    right: int
    bottom: int
    rows: list[list[plan.MachinePlan]]
    heights: list[int]


class _Drawing:
    def __init__(self, made: plan.Plan, labels: Mapping[str, str], notes: Mapping[str, str]) -> None:
        self._made, self._labels, self._notes = made, labels, notes
        self._counts = made.unit_counts()
        self._beside: dict[str, list[str]] = {}
        for unit in made.expected_units():
            if unit.beside is not None:
                self._beside.setdefault(unit.beside, []).append(unit.application)
        self._seats = {machine.key: list(self._seated(machine.key)) for machine in made.machines}
        self._width = self._column()

    def render(self, title: str) -> str:
        frames = list(self._frames())
        bottom = max((frame.bottom for frame in frames), default=_TITLE)
        width = max((frame.right + _MARGIN for frame in frames), default=0)
        width, height = max(width, _LEAST_WIDTH), bottom + 78
        body = "".join(part for frame in frames for part in self._frame(frame, bottom))
        head = (
            f'<text x="{_MARGIN}" y="46" font-size="22" font-weight="600" fill="#111827">{_fitted(title, 22, width - 64)}</text>'
            f'<text x="{_MARGIN}" y="70" font-size="13" fill="#6b7280">{escape(self._totals())}</text>'
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'role="img" aria-label={quoteattr(title)} {_FONT}>'
            f'<rect width="100%" height="100%" fill="#ffffff"/>{head}{body}{self._legend(bottom + 28)}</svg>\n'
        )

    def _column(self) -> int:
        """How wide a machine is drawn: as its longest name asks, up to a limit."""
        names = [_length(self._labels.get(machine.key, machine.key), _NAME_SIZE) for machine in self._made.machines]
        seats = [seat.width for seats in self._seats.values() for seat in seats]
        return math.ceil(min(_MOST_WIDTH, max([_WIDTH, *(need + 2 * _PAD for need in (*names, *seats))])))

    def _totals(self) -> str:
        units = len(self._made.units)
        numbers = {
            "machines": len(self._made.machines),
            "containers": len(self._made.containers),
            "applications": len(self._made.applications),
            "units": units,
            "subordinates": len(self._made.expected_units()) - units,
        }
        return " · ".join(f"{number} {self._notes.get(word, word)}" for word, number in numbers.items())

    def _seated(self, key: str) -> Iterator[_Seat]:
        spots = {key: None} | {c.key: c.container_type for c in self._made.containers if c.host == key}
        principals = [unit for unit in self._made.units if unit.machine in spots]
        for unit in sorted(principals, key=lambda each: spots[each.machine] is not None):
            beside = tuple(self._beside.get(unit.key, ()))
            label = unit.application if self._counts[unit.application] == 1 else f"{unit.application}/{unit.index}"
            yield _Seat(label=label, application=unit.application, beside=beside, container=spots[unit.machine])

    def _height(self, machine: plan.MachinePlan) -> int:
        return _HEAD + sum(seat.height + _SPACE for seat in self._seats[machine.key]) + _PAD

    def _frames(self) -> Iterator[_Frame]:
        groups: dict[str, list[plan.MachinePlan]] = {}
        for machine in self._made.machines:
            groups.setdefault(machine.pool or "", []).append(machine)
        left = _MARGIN
        for name, machines in groups.items():
            rows = [machines[index : index + _COLUMNS] for index in range(0, len(machines), _COLUMNS)]
            heights = [max(map(self._height, row)) for row in rows]
            right = left + 2 * _PAD + len(rows[0]) * (self._width + _GAP) - _GAP
            bottom = _TITLE + _GROUP + sum(heights) + (len(rows) - 1) * _GAP + _PAD
            yield _Frame(name=name, left=left, right=right, bottom=bottom, rows=rows, heights=heights)
            left = right + _GAP

    def _frame(self, frame: _Frame, bottom: int) -> Iterator[str]:
        label = self._labels.get(frame.name, frame.name)
        yield (
            f'<rect x="{frame.left}" y="{_TITLE}" width="{frame.right - frame.left}" height="{bottom - _TITLE}" rx="14" '
            f'fill="#f3f4f6" stroke="#e5e7eb"/><text x="{frame.left + _PAD}" y="{_TITLE + 23}" font-size="13" '
            f'font-weight="600" letter-spacing="0.4" fill="#374151">{escape(label)}</text>'
        )
        y = _TITLE + _GROUP
        for row, height in zip(frame.rows, frame.heights, strict=True):
            for column, machine in enumerate(row):
                yield from self._machine(frame.left + _PAD + column * (self._width + _GAP), y, machine, height)
            y += height + _GAP

    def _machine(self, x: int, y: int, machine: plan.MachinePlan, height: int) -> Iterator[str]:
        name = self._labels.get(machine.key, machine.key)
        tags = machine.constraints.get("tags")
        detail = ", ".join(tags) if isinstance(tags, tuple) else (machine.base or "")
        yield (
            f'<rect x="{x}" y="{y}" width="{self._width}" height="{height}" rx="10" fill="#ffffff" stroke="#d1d5db"/>'
            f'<text x="{x + _PAD}" y="{y + 21}" font-size="{_NAME_SIZE}" font-weight="600" fill="#111827">'
            f"{_fitted(name, _NAME_SIZE, self._width - 2 * _PAD)}</text>"
            f'<text x="{x + _PAD}" y="{y + 37}" font-size="{_DETAIL_SIZE}" fill="#6b7280">'
            f"{_fitted(detail, _DETAIL_SIZE, self._width - 2 * _PAD)}</text>"
        )
        y += _HEAD
        for seat in self._seats[machine.key]:
            yield from self._seat(x + _PAD, y, seat)
            y += seat.height + _SPACE

    def _seat(self, x: int, y: int, seat: _Seat) -> Iterator[str]:
        colour, width = _colour(seat.application), self._width - 2 * _PAD
        dashes = ' stroke-dasharray="4 3"' if seat.container else ""
        fill = "#ffffff" if seat.container else colour
        ink = "#111827" if seat.container else "#ffffff"
        yield (
            f'<rect x="{x}" y="{y}" width="{width}" height="{seat.height}" rx="7" fill="{fill}" fill-opacity="1" '
            f'stroke="{colour}" stroke-width="1.2"{dashes}/>'
        )
        if seat.container:
            yield f'<rect x="{x + 8}" y="{y + 9}" width="4" height="{seat.height - 18}" rx="2" fill="{colour}"/>'
        label = _fitted(seat.label, _LABEL_SIZE, width - (58 if seat.container else 30))
        yield f'<text x="{x + 20}" y="{y + 20}" font-size="{_LABEL_SIZE}" fill="{ink}">{label}</text>'
        if seat.container:
            yield (
                f'<text x="{x + width - 10}" y="{y + 19}" font-size="10" text-anchor="end" fill="#9ca3af">'
                f"{escape(seat.container)}</text>"
            )
        for index, name in enumerate(seat.beside):
            shade = "#4b5563" if seat.container else "#ffffff"
            words = _fitted(f"+ {name}", _SIDE_SIZE, width - 40)
            line = y + _UNIT + 10 + index * _SUB
            yield f'<text x="{x + 30}" y="{line}" font-size="{_SIDE_SIZE}" fill="{shade}">{words}</text>'

    def _legend(self, y: int) -> str:
        used = {_kind(unit.application) for unit in self._made.units}
        parts, x = [], _MARGIN
        for kind, (colour, words, _) in _KINDS.items():
            if kind in used:
                text = self._notes.get(kind, words)
                parts.append(
                    f'<rect x="{x}" y="{y}" width="12" height="12" rx="3" fill="{colour}"/>'
                    f'<text x="{x + 18}" y="{y + 10.5}" font-size="12" fill="#374151">{escape(text)}</text>'
                )
                x += 18 + round(len(text) * 7.2) + 20
        hints = (
            self._notes.get("container", "dashed: in a container; filled: on the machine itself"),
            self._notes.get("subordinate", "+ subordinate beside its principal"),
        )
        line = escape(" · ".join(hints))
        return "".join(parts) + f'<text x="{_MARGIN}" y="{y + 30}" font-size="11.5" fill="#6b7280">{line}</text>'


def _length(text: str, size: float) -> float:
    return len(text) * size * _EM


def _fitted(text: str, size: float, room: float) -> str:
    """Returns the text as SVG, shortened to the room in pixels; the whole of it is told where the pointer rests."""
    most = math.floor(room / (size * _EM) + 0.01)
    if len(text) <= most:
        return escape(text)
    tail = most // 4  # in which names differ: a unit's number, what a router is for
    return f"<title>{escape(text)}</title>{escape(text[: most - 1 - tail])}…{escape(text[-tail:])}"


def _kind(application: str) -> str:
    for kind, (_, _, prefixes) in _KINDS.items():
        if application.startswith(prefixes) and prefixes:
            return kind
    return "other"


def _colour(application: str) -> str:
    return _KINDS[_kind(application)][0]
