"""How results are shown: a table for people, plain lines for pipes, a file for later. None of them shows a secret."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import pathlib
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import rich.console
import rich.table
import rich.text

from .outcome import Finding, Result, Status, passed

_COLOURS: Final = {Status.OK: "green", Status.WARNING: "yellow", Status.FAILED: "bold red", Status.SKIPPED: "dim"}
_HIDDEN: Final = "[secret]"


def without(results: Iterable[Result], secrets: Iterable[str]) -> tuple[Result, ...]:
    """The same results with every secret text taken out."""
    longest_first = sorted(secrets, key=len, reverse=True)

    def clean(text: str) -> str:
        for secret in longest_first:
            text = text.replace(secret, _HIDDEN)
        return text

    def cleaned(finding: Finding) -> Finding:
        return dataclasses.replace(finding, place=clean(finding.place), said=clean(finding.said), mend=clean(finding.mend))

    return tuple(dataclasses.replace(result, findings=tuple(map(cleaned, result.findings))) for result in results)


def summary(results: Sequence[Result], seconds: float) -> str:
    """One line: how many checks came to what."""
    counts = Counter(result.status for result in results)
    parts = ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])
    return f"pre-flight: {len(results)} checks in {seconds:.1f} s: {parts}"


def table(results: Sequence[Result], console: rich.console.Console, *, brief: bool = False) -> None:
    """A row a finding; `brief` leaves out what is well."""
    rows = [(result.name, finding) for result in results for finding in _shown(result, brief=brief)]
    if not rows:
        return
    drawn = rich.table.Table(box=None, pad_edge=False, show_header=False)
    for _ in range(3):
        drawn.add_column()
    previous = ""
    for name, finding in rows:
        status = rich.text.Text(finding.status.value, style=_COLOURS[finding.status])
        drawn.add_row(rich.text.Text("" if name == previous else name), status, rich.text.Text(str(finding)))
        previous = name
    console.print(drawn)


def lines(results: Sequence[Result], *, brief: bool = False) -> list[str]:
    """The same for a pipe: check, status and text, tabs between, in the order of the catalogue."""
    return [f"{result.name}\t{finding.status}\t{finding}" for result in results for finding in _shown(result, brief=brief)]


def document(results: Sequence[Result], stack: str, seconds: float, at: datetime.datetime) -> dict[str, Any]:
    """The whole outcome as plain data."""
    return {
        "stack": stack,
        "time": at.isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        "passed": passed(results),
        "counts": {status.value: sum(result.status is status for result in results) for status in Status},
        "checks": [
            {
                "name": result.name,
                "status": result.status.value,
                "seconds": round(result.seconds, 3),
                "findings": [dataclasses.asdict(finding) for finding in result.findings],
            }
            for result in results
        ],
    }


def save(path: pathlib.Path, content: dict[str, Any]) -> None:
    """Writes a file that only its owner reads; an interrupted write leaves what was there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=2, ensure_ascii=False)
        stream.write("\n")
    os.replace(temporary, path)


def _shown(result: Result, *, brief: bool) -> list[Finding]:
    """A check that found something wrong shows that; one that didn't shows all it found."""
    bad = [finding for finding in result.findings if finding.status in (Status.FAILED, Status.WARNING)]
    return bad if bad or brief else list(result.findings)
