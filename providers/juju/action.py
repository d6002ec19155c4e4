"""An action on a unit, run once for each set of triggers; its output is a secret."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
import pydantic

from clients import juju
from clients.juju import actions

from .._base import ExpectedError, Found, Made, Props, Resource, is_unknown
from . import _values
from ._common import InModel, InModelProvider


class ActionInputs(InModel):
    """An action.

    Attributes:
        unit: `vault/0`, or `vault/leader`.
        name: the action.
        parameters: as the charm wants them; Juju stores them in clear, so pass short-lived tokens only.
        triggers: anything; a change runs the action again.
        timeout: seconds that it may take.
    """

    unit: str
    name: str
    parameters: _values.Settings = pydantic.Field(default_factory=dict)
    triggers: Any = None
    timeout: float = 1800


class ActionProvider(InModelProvider[ActionInputs]):
    """Actions; nothing is left to read or to remove once one has run."""

    inputs = ActionInputs
    computed = ("action_id", "output", "status")
    secret = frozenset({"parameters", "output"})
    replace_on = frozenset({"model", "unit", "name", "triggers"})
    attempts = 1  # whether a lost request was carried out can't be seen

    def refusals(self, news: Props) -> Iterator[tuple[str, str]]:
        unit = news.get("unit", "")
        if not is_unknown(unit) and not str(unit).rpartition("/")[0]:
            yield "unit", "is written like vault/0 or vault/leader"

    def make(self, inputs: ActionInputs) -> Made:
        model = self.model(inputs)
        intent = self.own("action", inputs.model_dump(), f"{inputs.unit}/{inputs.name}/{inputs.triggers}")
        noted = intent.recall()
        id_ = noted["id"] if noted else model.actions.run(_unit(model, inputs.unit), inputs.name, inputs.parameters).id
        intent.note(id=id_)  # a run that is interrupted now is taken up again by the next one
        ended = self._await_end(model, id_, inputs)
        intent.forget()
        if ended.status != "completed":
            raise ExpectedError(
                f"the action {inputs.name} on {inputs.unit} ended as {ended.status}: {ended.message or 'no reason given'} "
                f"(`juju show-task {id_}` has its log)"
            )
        outputs = {"action_id": id_, "output": dict(ended.output), "status": ended.status}
        return Made(id=f"{inputs.model}/{id_}", outputs=outputs)

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        return Found(inputs={})

    def change(self, id_: str, old: Props, inputs: ActionInputs) -> Mapping[str, Any]:
        """Other parameters alone don't run it again: triggers do."""
        return {}

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        """What has run stays run."""

    def _await_end(self, model: juju.Model, id_: str, inputs: ActionInputs) -> juju.Action:
        end = time.monotonic() + inputs.timeout
        pause = min(1.0, self.controller(inputs.controller).access.poll)
        while (action := model.actions.get(id_)).status not in actions.FINAL:
            if time.monotonic() > end:
                raise ExpectedError(
                    f"the action {inputs.name} on {inputs.unit} is still {action.status} after {inputs.timeout:g} s: see "
                    f"`juju show-task {id_}`"
                )
            time.sleep(pause)
        return action


class Action(Resource, module="juju", name="Action"):
    """An action on a unit."""

    provider_class = ActionProvider

    action_id: pulumi.Output[str]
    output: pulumi.Output[dict[str, Any]]
    status: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        unit: pulumi.Input[str],
        name: pulumi.Input[str],
        controller: pulumi.Input[str] | None = None,
        parameters: pulumi.Input[Mapping[str, Any]] | None = None,
        triggers: pulumi.Input[Any] | None = None,
        timeout: pulumi.Input[float] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "controller": controller,
            "model": model,
            "unit": unit,
            "name": name,
            "parameters": parameters,
            "triggers": triggers,
            "timeout": timeout,
        }
        super().__init__(resource_name, props, opts)


def _unit(model: juju.Model, name: str) -> str:
    application, _, which = name.rpartition("/")
    units = model.status().units_of(application)
    if which == "leader":
        leader = next((u.name for u in units if u.leader), None)
        if leader is None:
            raise ExpectedError(f"{application} has no leader yet: wait for it to settle")
        return leader
    if name not in {u.name for u in units}:
        raise ExpectedError(f"there is no unit {name}; {application} has {', '.join(u.name for u in units) or 'none'}")
    return name
