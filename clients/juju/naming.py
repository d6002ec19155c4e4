"""Juju's names: tags, bases, channels, units and relations."""

from __future__ import annotations

from typing import Final

SERIES: Final = {"focal": "20.04", "jammy": "22.04", "noble": "24.04"}
"""Ubuntu's releases by the name that some people still use for them."""


def unit_tag(name: str) -> str:
    """`keystone/0` → `unit-keystone-0`."""
    return "unit-" + name.replace("/", "-")


def machine_tag(id_: str) -> str:
    """`0/lxd/1` → `machine-0-lxd-1`."""
    return "machine-" + id_.replace("/", "-")


def application_of(unit: str) -> str:
    """`keystone/0` → `keystone`."""
    return unit.partition("/")[0]


def base(text: str) -> dict[str, str]:
    """`ubuntu@24.04`, `ubuntu@24.04/stable` or `noble` as the wire has it.

    Raises:
        ValueError: when it is none of those.
    """
    if text in SERIES:
        text = f"ubuntu@{SERIES[text]}"
    name, at, channel = text.partition("@")
    if not name or not at or not channel:
        raise ValueError(f"a base is written like ubuntu@24.04, not {text!r}")
    return {"name": name, "channel": channel if "/" in channel else f"{channel}/stable"}


def base_text(wire: dict[str, str] | None) -> str | None:
    """The wire's base as `ubuntu@24.04/stable`; None when it says nothing."""
    if not wire or not wire.get("name"):
        return None
    channel = wire.get("channel") or ""
    return f"{wire['name']}@{channel if '/' in channel else channel + '/stable'}"


def channel(text: str) -> str:
    """A channel with track and risk: `stable` → `latest/stable`, `2024.1` → `2024.1/stable`."""
    parts = text.split("/")
    risks = ("stable", "candidate", "beta", "edge")
    if parts[0] in risks:
        return "/".join(["latest", *parts])
    return text if len(parts) > 1 else f"{text}/stable"


def charm_name(url: str) -> str:
    """`ch:amd64/jammy/vault-123`, `ch:vault`, `vault` → `vault`."""
    _schema, colon, rest = url.rpartition(":")
    last = rest.rpartition("/")[2]
    name, dash, revision = last.rpartition("-")
    return name if colon and dash and revision.isdigit() else last


def endpoint(text: str) -> tuple[str, str]:
    """`keystone:shared-db` → (`keystone`, `shared-db`); without a colon the endpoint is empty."""
    application, _, name = text.partition(":")
    return application, name
