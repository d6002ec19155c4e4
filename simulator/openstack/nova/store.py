"""Nova's database."""

from __future__ import annotations

import pydantic

from .records import Aggregate, Flavor, Group, Keypair, Migration, Server, Service


class Store(pydantic.BaseModel):
    """All rows; what has numbers counts them itself, from 1."""

    flavors: dict[str, Flavor] = {}
    keypairs: dict[str, Keypair] = {}
    """By user and name, with a slash between."""
    servers: dict[str, Server] = {}
    deleted: dict[str, Server] = {}
    services: dict[str, Service] = {}
    aggregates: dict[int, Aggregate] = {}
    groups: dict[str, Group] = {}
    migrations: list[Migration] = []
    quotas: dict[str, dict[str, int]] = {}
    silenced: list[str] = []
    """Host and unit of each nova-compute that runs but was deleted: it registers again only when it is started anew."""
    numbers: dict[str, int] = {}

    def number(self, kind: str) -> int:
        """The next number for a row of this kind."""
        self.numbers[kind] = self.numbers.get(kind, 0) + 1
        return self.numbers[kind]
