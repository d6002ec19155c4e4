"""What all LXD resources share: the server they are on, and what is asked of it before anything is changed."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, TypeVar

import pulumi

from clients import lxd as client
from clients.errors import ClientError

from .._base import ExpectedError, Inputs, Props, Provider, Resource, is_unknown, plain
from . import _explicit, _naming, _secrets
from ._remotes import Remotes

DEFAULT_PROJECT = "default"


class LxdInputs(Inputs):
    """Every LXD object is on a server; `remote` names it, None is the only or the default one."""

    remote: str | None = None


class InProject(LxdInputs):
    """An object inside an LXD project."""

    project: str = DEFAULT_PROJECT


InputsT = TypeVar("InputsT", bound=LxdInputs)


class LxdProvider(Provider[InputsT]):
    """A provider that knows its server.

    Attributes:
        extension: the API extension that the resource needs, with words for it, e.g. ("network_acl", "network ACLs").
        explicit: settings of a `Provider` in the program, in place of the stack's configuration.
    """

    extension: ClassVar[tuple[str, str] | None] = None
    explicit: Mapping[str, Any] | None = None
    libraries = ("pylxd", "pylxd.client", "pylxd.exceptions")

    @functools.cached_property
    def remotes(self) -> Remotes:
        """The servers of this stack."""
        return Remotes.of(self.setting, _explicit.known(self.explicit))

    def lxd(self, remote: str | None) -> client.Lxd:
        """The server that a resource is on."""
        return self.remotes.lxd(remote)

    def changed(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
        """A remote that is now named, and was the default one before, is the same server still."""
        found = super().changed(olds, news)
        if "remote" in found and not is_unknown(news.get("remote")):
            was, is_ = (self.lxd(plain(props).get("remote")).remote.where for props in (olds, news))
            return found - {"remote"} if was == is_ else found
        return found

    def refusals(self, news: Props) -> Iterator[tuple[str, str]]:
        """Asks the server, unless it isn't known yet which one: does it answer, has it what is needed, any `objections`?"""
        if is_unknown(news.get("remote")):
            return
        try:
            lxd = self.lxd(news.get("remote"))
            if self.extension is not None:
                lxd.require(*self.extension)
            lxd.reach()
            yield from self.objections(lxd, news)
        except (ClientError, ExpectedError) as error:
            if _first_time(str(error)):
                yield "", str(error)

    def objections(self, lxd: client.Lxd, news: Props) -> Iterator[tuple[str, str]]:
        """Yields (input, reason) for what this server will refuse. `news` may hold unknowns."""
        yield from ()


class LxdResource(Resource):
    """A resource whose server is known by the stack's configuration, or by a `Provider` among its options."""

    provider_class: ClassVar[type[LxdProvider[Any]]]

    def __init__(self, name: str, props: Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        named = "name" in self.provider_class.inputs.model_fields
        if named and props.get("name") is None:
            props = {**props, "name": _naming.automatic(name, self._resource_type_name, opts)}
        super().__init__(name, {**props, **_secrets.veiled(props)}, opts)

    def _made_provider(self, opts: pulumi.ResourceOptions | None) -> LxdProvider[Any]:
        provider = self.provider_class()
        chosen = _explicit.chosen(opts)
        if chosen is not None:
            provider.explicit = chosen.settings
            provider.serialize_as_secret_always = True
        return provider


_told: set[str] = set()


def _first_time(message: str) -> bool:
    """Whether this is news: a server that is down is one message, not one for each of its resources."""
    new = message not in _told
    _told.add(message)
    return new


def identity(remote: str | None, *names: str) -> str:
    """The id of an object: `[remote:]project/name`."""
    return (f"{remote}:" if remote else "") + "/".join(names)


def attempt(create: Callable[[], Any], find: Callable[[], client.Object | None]) -> client.Object:
    """Creates, and lets what is there afterwards say whether it worked.

    LXD's statuses don't tell "exists" from other errors, and an answer can get lost. `find` found nothing before.
    """
    try:
        create()
    except ClientError:
        found = find()
        if found is None:
            raise
        return found
    found = find()
    if found is None:
        raise ExpectedError("LXD said that it made the object, but it isn't there")
    return found
