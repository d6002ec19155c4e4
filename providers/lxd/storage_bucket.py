"""S3 buckets in LXD's storage pools, and the keys to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pulumi

from clients import lxd as client

from .._base import Props
from ._cluster import NO_CLUSTER
from ._lxd import DEFAULT_PROJECT, InProject, LxdResource, identity
from ._object import Body, ObjectInputs, ObjectProvider

EXTENSION = ("storage_buckets", "storage buckets")


class StorageBucketInputs(ObjectInputs):
    """A bucket."""

    pool: str
    target: str | None = None
    project: str = DEFAULT_PROJECT


class StorageBucketProvider(ObjectProvider[StorageBucketInputs]):
    """Buckets."""

    inputs = StorageBucketInputs
    extension = EXTENSION
    computed = (*ObjectProvider.computed, "location")
    replace_on = frozenset({"name", "pool", "project", "target", "remote"})
    noun = "storage bucket"

    def home(self, inputs: StorageBucketInputs) -> tuple[str, ...]:
        return ("storage-pools", inputs.pool, "buckets")

    def key(self, inputs: StorageBucketInputs) -> str:
        return identity(inputs.remote, inputs.project, inputs.pool, inputs.name)

    def outputs(self, lxd: client.Lxd, actual: client.Object, inputs: StorageBucketInputs) -> dict[str, Any]:
        return {"location": str(actual.body.get("location") or "")}

    def objections(self, lxd: client.Lxd, news: Props) -> Iterator[tuple[str, str]]:
        yield from self.refused_where(news, {"target": NO_CLUSTER})


class StorageBucketKeyInputs(InProject):
    """A key to a bucket."""

    name: str
    pool: str
    bucket: str
    description: str = ""
    role: Literal["admin", "read-only"] = "read-only"


class StorageBucketKeyProvider(ObjectProvider[StorageBucketKeyInputs]):
    """Keys; LXD makes up both halves."""

    inputs = StorageBucketKeyInputs
    extension = EXTENSION
    computed = (*ObjectProvider.computed, "access_key", "secret_key")
    secret = frozenset({"access_key", "secret_key"})
    replace_on = frozenset({"name", "pool", "bucket", "role", "project", "remote"})
    noun = "storage bucket key"
    configurable = False
    fixed = ("role",)

    def home(self, inputs: StorageBucketKeyInputs) -> tuple[str, ...]:
        return ("storage-pools", inputs.pool, "buckets", inputs.bucket, "keys")

    def key(self, inputs: StorageBucketKeyInputs) -> str:
        return identity(inputs.remote, inputs.project, inputs.pool, inputs.bucket, inputs.name)

    def editable(self, inputs: StorageBucketKeyInputs) -> Body:
        return {"description": inputs.description, "role": inputs.role}

    def seen(self, actual: client.Object, old: StorageBucketKeyInputs) -> dict[str, Any]:
        return {"description": actual.description, "role": actual.body["role"]}

    def outputs(self, lxd: client.Lxd, actual: client.Object, inputs: StorageBucketKeyInputs) -> dict[str, Any]:
        return {"access_key": actual.body.get("access-key", ""), "secret_key": actual.body.get("secret-key", "")}

    def _put_back(self, actual: client.Object) -> Body:
        return {"description": actual.description, "role": actual.body["role"]}


class StorageBucket(LxdResource, module="lxd", name="StorageBucket"):
    """A bucket."""

    provider_class = StorageBucketProvider
    name: pulumi.Output[str]
    pool: pulumi.Output[str]
    description: pulumi.Output[str]
    config: pulumi.Output[dict[str, str]]
    location: pulumi.Output[str]
    target: pulumi.Output[str | None]
    project: pulumi.Output[str]
    remote: pulumi.Output[str | None]


class StorageBucketKey(LxdResource, module="lxd", name="StorageBucketKey"):
    """A key to a bucket."""

    provider_class = StorageBucketKeyProvider
    name: pulumi.Output[str]
    pool: pulumi.Output[str]
    bucket: pulumi.Output[str]
    description: pulumi.Output[str]
    role: pulumi.Output[str]
    access_key: pulumi.Output[str]
    secret_key: pulumi.Output[str]
    project: pulumi.Output[str]
    remote: pulumi.Output[str | None]
