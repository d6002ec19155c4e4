"""How providers talk to the operator while they work."""

from __future__ import annotations


def say(text: str) -> None:
    """Shows a line of progress in the operator's display."""
    print(text, flush=True)


def span(seconds: float) -> str:
    """A duration for people: `45s`, `12m`, `1h05m`."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return f"{int(seconds)}s"
    return f"{minutes}m" if minutes < 60 else f"{minutes // 60}h{minutes % 60:02d}m"
