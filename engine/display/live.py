"""The live tree on a terminal: what is under way and for how long, why it waits, how much is done.

Finished resources scroll away into counts, so that a site of a thousand fits a screen; errors stay.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator

import rich.console
import rich.live
import rich.table
import rich.text

from engine import events, values
from engine import urn as urns
from engine.display import property_diff, text
from engine.display.plain import closing
from engine.steps import Op, Step

_STYLES = {"+": "green", "-": "red", "~": "yellow", ">": "cyan", "<": "red", "=": "green"}
_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_RECENT = 4.0
_MESSAGES = 6
_RESERVED = 8


@dataclasses.dataclass(slots=True)
class _Row:
    step: Step
    started: float
    ended: float | None = None
    words: str = ""
    note: str = ""
    failed: bool = False


class LiveDisplay:
    """Draws an operation while it runs; a context manager."""

    def __init__(
        self,
        console: rich.console.Console,
        *,
        preview: bool,
        show_diff: bool,
        show_secrets: bool,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._console = console
        self._preview = preview
        self._show_diff = show_diff
        self._show_secrets = show_secrets
        self._clock = clock
        self._began = clock()
        self._rows: dict[str, _Row] = {}
        self._names: dict[str, str] = {}
        self._messages: list[str] = []
        self._counts: dict[str, int] = {}
        self._live = rich.live.Live(
            console=console, get_renderable=self.render, refresh_per_second=8, transient=True, redirect_stderr=False
        )

    def __enter__(self) -> LiveDisplay:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def __call__(self, event: events.Event) -> None:
        if isinstance(event, events.StepStarted):
            self._begin(event.step)
        elif isinstance(event, events.StepDone):
            self._end(event.step, event.op)
        elif isinstance(event, events.StepFailed):
            self._fail(event.step)
        elif isinstance(event, events.Diagnostic):
            self._tell(event)

    def _begin(self, step: Step) -> None:
        if step.internal or step.op in (Op.SAME, Op.REPLACE):
            return
        self._rows[step.urn] = _Row(step, self._clock(), words=text.doing(step.op))
        self._names[urns.name_of(step.urn)] = step.urn

    def _end(self, step: Step, op: Op) -> None:
        if step.logical and not step.internal:
            self._counts[op] = self._counts.get(op, 0) + 1
        row = self._rows.get(step.urn)
        if row is None or row.ended is not None:
            return
        row.ended, row.words = self._clock(), text.planned(op) if self._preview else text.done(op)
        if op is not Op.SAME and (self._preview or self._show_diff):
            self._print_change(step, op, row)

    def _print_change(self, step: Step, op: Op, row: _Row) -> None:
        """Leaves a line above the live part: a preview's steps, and changes asked for with ``--diff``."""
        sign = text.PREFIXES[op]
        self._console.print(rich.text.Text(f" {sign} {text.label(step)} {row.words}", style=_style(op)))
        if self._show_diff:
            for line in property_diff.lines(step, show_secrets=self._show_secrets):
                self._console.print(rich.text.Text(line))

    def _fail(self, step: Step) -> None:
        row = self._rows.get(step.urn)
        if row is not None:
            row.ended, row.failed, row.words = self._clock(), True, f"{text.doing(step.op)} failed"

    def _tell(self, event: events.Diagnostic) -> None:
        if event.severity == "debug":
            return
        line = event.message.strip().splitlines()[0] if event.message.strip() else ""
        row = self._rows.get(event.urn) or self._rows.get(self._names.get(line.partition(":")[0], ""))
        if event.severity in ("error", "warning"):
            style = "bold red" if event.severity == "error" else "yellow"
            name = f"{urns.name_of(event.urn)}: " if event.urn else ""
            message = f"{event.severity}: {name}{event.message.rstrip()}"
            self._console.print(rich.text.Text(message, style=style))
        elif row is not None and row.ended is None:
            row.note = line.partition(":")[2].strip() if line.startswith(urns.name_of(row.step.urn)) else line
        elif line and not event.ephemeral:
            self._messages = [*self._messages, line][-_MESSAGES:]

    def render(self) -> rich.table.Table:
        """Returns the present picture."""
        now = self._clock()
        table = rich.table.Table.grid(padding=(0, 1))
        for _ in range(4):
            table.add_column(no_wrap=True, overflow="ellipsis")
        rows = list(self._shown(now))
        room = max(3, self._console.height - _RESERVED - len(self._messages))
        for row in rows[:room]:
            table.add_row(*self._cells(row, now))
        if len(rows) > room:
            table.add_row("", rich.text.Text(f"… and {len(rows) - room} more under way", style="dim"), "", "")
        for line in self._messages:
            table.add_row("", rich.text.Text(line, style="dim"), "", "")
        table.add_row("", rich.text.Text(self._progress(now), style="bold"), "", "")
        return table

    def _shown(self, now: float) -> Iterator[_Row]:
        """Yields what runs, what has failed, and what has just ended, children below their parents."""
        alive = {u: r for u, r in self._rows.items() if r.ended is None or r.failed or now - r.ended < _RECENT}
        yield from sorted(alive.values(), key=lambda row: self._path(row.step))

    def _path(self, step: Step) -> tuple[str, ...]:
        names = [urns.name_of(step.urn)]
        parent = step.resource.parent
        while parent and len(names) < 16:
            names.append(urns.name_of(parent))
            above = self._rows.get(parent)
            parent = above.step.resource.parent if above else ""
        return tuple(reversed(names))

    def _cells(self, row: _Row, now: float) -> tuple[rich.text.Text, ...]:
        style = "bold red" if row.failed else _style(row.step.op)
        sign = _SPINNER[int(now * 8) % len(_SPINNER)] if row.ended is None else text.PREFIXES[row.step.op]
        indent = "  " * (len(self._path(row.step)) - 1)
        elapsed = text.duration((row.ended or now) - row.started)
        return (
            rich.text.Text(sign, style=style),
            rich.text.Text(f"{indent}{urns.name_of(row.step.urn)}  ", style=style).append(row.step.type, style="dim"),
            rich.text.Text(f"{row.words} ({elapsed})", style=style),
            rich.text.Text(row.note, style="dim"),
        )

    def _progress(self, now: float) -> str:
        running = sum(row.ended is None for row in self._rows.values())
        done = ", ".join(f"{number} {op}" for op, number in sorted(self._counts.items()))
        return f"{text.duration(now - self._began)}   {running} under way   {done}"

    def finish(self, summary: events.Summary, outputs: values.PropertyMap, olds: values.PropertyMap) -> None:
        """Prints the outputs and the counts below what has scrolled by."""
        for line in closing(summary, outputs, olds, show_secrets=self._show_secrets):
            self._console.print(rich.text.Text(line))


def _style(op: Op) -> str:
    return _STYLES.get(text.PREFIXES[op][0], "")
