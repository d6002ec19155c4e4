"""The registry of provider resources: itself the provider of type ``pulumi:providers:…``."""

from __future__ import annotations

import uuid

from engine import urn as urns
from engine import values
from engine.diff import NO_CHANGE, Changes, Diff
from engine.errors import EngineError, ProviderError
from engine.provider import interface
from engine.provider.builtin import BuiltinProvider
from engine.provider.dynamic import DynamicProvider, StartHost
from engine.state import Resource
from engine.urn import ProviderRef

_DYNAMIC = "pulumi-python"
_INTERNAL = "__internal"


class Registry:
    """Knows the configured provider of each provider reference."""

    def __init__(self, start_host: StartHost, builtin: BuiltinProvider, *, preview: bool):
        self._start_host = start_host
        self._preview = preview
        self.builtin = builtin
        self._providers: dict[ProviderRef, interface.Provider] = {}
        self._aliases: dict[str, str] = {}

    def get(self, reference: str) -> interface.Provider | None:
        """Returns the provider of a reference, None while it is not loaded."""
        return self._providers.get(ProviderRef.parse(reference))

    def require(self, resource: Resource) -> interface.Provider:
        """Returns the provider that serves ``resource``."""
        if urns.is_provider_type(resource.type):
            return self
        provider = self.get(resource.provider)
        if provider is None:
            raise ProviderError(f"unknown provider '{resource.provider}' for resource {resource.urn}")
        return provider

    def alias(self, new: str, old: str) -> None:
        """Lets a renamed provider serve those that still know it by its old URN."""
        self._aliases[new] = old

    def same(self, resource: Resource) -> None:
        """Loads a provider as the state has it, once."""
        reference = ProviderRef(resource.urn, resource.id)
        if reference not in self._providers:
            self._set(reference, resource.type, resource.inputs)

    def _set(self, reference: ProviderRef, type_: str, inputs: values.PropertyMap) -> None:
        provider = self._load(urns.package_of(type_), _configuration(inputs))
        self._providers[reference] = provider
        if reference.urn in self._aliases:
            self._providers[ProviderRef(self._aliases[reference.urn], reference.id)] = provider

    def _load(self, package: str, config: values.PropertyMap) -> interface.Provider:
        if package == "pulumi":
            return self.builtin
        if package == _DYNAMIC:
            return DynamicProvider(self._start_host, config, preview=self._preview)
        raise EngineError(refusal(package))

    async def check(self, urn: str, olds: values.PropertyMap, news: values.PropertyMap) -> interface.Checked:
        package = urns.package_of(urns.type_of(urn))
        if package not in ("pulumi", _DYNAMIC):
            raise EngineError(refusal(package))
        return interface.Checked(news)

    async def diff(self, old: Resource, new_urn: str, news: values.PropertyMap, ignore: list[str]) -> Diff:
        if values.equal(old.outputs or {}, _configuration(news)):
            return NO_CHANGE
        return Diff(changes=Changes.SOME)

    async def create(self, new: Resource, *, preview: bool) -> interface.Created:
        id_ = values.UNKNOWN_TEXT if preview else str(uuid.uuid4())
        self._set(ProviderRef(new.urn, id_), new.type, new.inputs)
        return interface.Created(id_, _configuration(new.inputs))

    async def update(self, old: Resource, new: Resource, ignore: list[str], *, preview: bool) -> values.PropertyMap:
        reference = ProviderRef(new.urn, old.id)
        former = self._providers.pop(reference, None)
        self._set(reference, new.type, new.inputs)
        if former is not None:
            await former.close()
        return _configuration(new.inputs)

    async def delete(self, old: Resource) -> None:
        provider = self._providers.pop(ProviderRef(old.urn, old.id), None)
        if provider is not None:
            await provider.close()

    async def read(self, resource: Resource, id_: str, state: values.PropertyMap | None) -> interface.Read:
        raise ProviderError("provider resources may not be read")

    async def close(self) -> None:
        for provider in set(self._providers.values()):
            await provider.close()


def _configuration(inputs: values.PropertyMap) -> values.PropertyMap:
    return {key: value for key, value in inputs.items() if key != _INTERNAL}


def refusal(package: str) -> str:
    """Says why ``package`` is not served and what to do."""
    return (
        f"package '{package}' needs a plugin binary, and this engine serves dynamic providers and components"
        " only; install the Pulumi CLI (https://www.pulumi.com/docs/install/) and run this command with it"
    )
