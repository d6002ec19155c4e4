"""A stand-in for the engine: drives providers through the lives of resources, for tests against servers."""

from __future__ import annotations

from typing import Any

from pulumi import dynamic

from providers import _base


class Life:
    """Drives providers as the engine does: check, then diff, then what follows; destroys what is left in reverse order."""

    def __init__(self, config: dict[str, str], **shared: Any) -> None:
        self.config = config
        self.shared = shared
        self.things: list[Thing] = []

    def __call__(self, resource: type[_base.Resource], **props: Any) -> Thing:
        """A new resource of the program; nothing happens yet."""
        provider = resource.provider_class()
        provider.configure(dynamic.ConfigureRequest(config=self.config))  # type: ignore[arg-type]
        fields = provider.inputs.model_fields
        thing = Thing(provider, {**{k: v for k, v in self.shared.items() if k in fields}, **props})
        self.things.append(thing)
        return thing

    def made(self, resource: type[_base.Resource], **props: Any) -> Thing:
        """A resource that is there."""
        thing = self(resource, **props)
        thing.up()
        return thing

    def destroy(self) -> None:
        """Destroys what is left in reverse order; what can't be destroyed doesn't keep the others, and is told at the end."""
        failed: list[Exception] = []
        left: list[Thing] = []
        for thing in reversed(self.things):
            try:
                thing.destroy()
            except Exception as error:
                failed.append(error)
                left.insert(0, thing)
        self.things[:] = left
        if failed:
            raise failed[0] if len(failed) == 1 else ExceptionGroup("several things can't be destroyed", failed)


class Thing:
    """One resource: its state, and what the engine would do with it."""

    def __init__(self, provider: _base.Provider[Any], props: dict[str, Any]) -> None:
        self.provider = provider
        self.props = props
        self.id: str | None = None
        self.outs: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        return self.outs[name]

    def check(self, **props: Any) -> list[tuple[str, str]]:
        """What check refuses of the given properties, each with its reason."""
        result = self.provider.check({}, travelled({**self.props, **props}))
        return [(f.property, f.reason) for f in result.failures]

    def refusals(self, **props: Any) -> dict[str, str]:
        """The same by property."""
        return dict(self.check(**props))

    def preview(self, **changes: Any) -> str:
        """What an up would do: create, same, update or replace."""
        news = self._checked(changes)
        if self.id is None:
            return "create"
        diff = self.provider.diff(self.id, self.outs, news)
        return "replace" if diff.replaces else "update" if diff.changes else "same"

    def up(self, **changes: Any) -> str:
        """Brings the resource to its properties and says how."""
        kind = self.preview(**changes)
        self.props = {**self.props, **changes}
        news = self._checked({})
        if kind == "update":
            assert self.id is not None
            self.outs = travelled(self.provider.update(self.id, self.outs, news).outs)
        elif kind != "same":
            if kind == "replace":
                self.destroy()
            made = self.provider.create(news)
            self.id, self.outs = made.id, travelled(made.outs)
        return kind

    def refresh(self) -> dict[str, Any]:
        """Reads the resource; returns the inputs and outputs that differ from before, None for those that went."""
        assert self.id is not None
        read = self.provider.read(self.id, self.outs)
        before, now = self.outs, travelled(read.outs or {})
        self.outs, self.id = now, read.id or None
        return {k: now.get(k) for k in before.keys() | now.keys() if before.get(k) != now.get(k)}

    def forget(self) -> None:
        """The state lost it, as when a run was killed before it was saved."""
        self.id, self.outs = None, {}

    def destroy(self) -> None:
        if self.id is not None:
            self.provider.delete(self.id, self.outs)
            self.id, self.outs = None, {}

    def _checked(self, changes: dict[str, Any]) -> dict[str, Any]:
        result = self.provider.check({}, travelled({**self.props, **changes}))
        assert result.failures == [], [f"{f.property}: {f.reason}" for f in result.failures]
        return travelled(result.inputs)


def travelled(props: Any) -> Any:
    """Properties as they come back from the engine: no nulls, every number a floating point one."""
    if isinstance(props, dict):
        return {k: travelled(v) for k, v in props.items() if v is not None}
    if isinstance(props, (list, tuple)):
        return [travelled(v) for v in props]
    return float(props) if isinstance(props, int) and not isinstance(props, bool) else props
