"""Endpoints of an application, offered to other models."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pulumi

from clients import juju

from .._base import ExpectedError, Found, Made, Props, Resource
from . import _offer_access
from ._common import InModel, InModelProvider


class OfferInputs(InModel):
    """An offer; without a name it has the application's.

    Attributes:
        acl: access (read, consume or admin) by user; who is not in it has none, but for the one who offers and for
            `everyone@external`. None leaves it to others.
        timeout: seconds that destroy waits for those who still use it.
        allow_force_destroy: whether it is then withdrawn from under them.
    """

    application: str
    endpoints: list[str]
    name: str | None = None
    acl: _offer_access.Acl | None = None
    timeout: float = 300
    allow_force_destroy: bool = False


class OfferProvider(InModelProvider[OfferInputs]):
    """Offers by model and name."""

    inputs = OfferInputs
    computed = ("url", "adopted", "before")
    replace_on = frozenset({"model", "application", "endpoints", "name"})

    def make(self, inputs: OfferInputs) -> Made:
        controller = self.controller(inputs.controller)
        intent = self._intent(inputs.model_dump())
        there, noted = _find(controller, inputs.model, inputs.name or inputs.application), intent.recall()
        before = dict((noted or {}).get("before") or {})
        adopted = there is not None and (noted is None or "before" in noted)
        if there is None:
            intent.note()
            controller.offer(inputs.model, inputs.application, inputs.endpoints, inputs.name or inputs.application)
            there = _find(controller, inputs.model, inputs.name or inputs.application)
        elif (found := _endpoints(there)) != sorted(inputs.endpoints):
            raise ExpectedError(f"there is an offer {there['offer-url']} already, of the endpoints {', '.join(found)}")
        elif adopted and noted is None:
            before = _users(there)
            intent.note(before=before)
        if there is None:
            raise ExpectedError(f"Juju took the offer of {inputs.application}, but doesn't list it: run again")
        self._share(controller, there, {}, inputs.acl)
        return Made(id=there["offer-url"], outputs={"url": there["offer-url"], "adopted": adopted, "before": before})

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        controller = self.controller(old.get("controller"))
        there = _find(controller, old["model"], id_.rpartition(".")[2])
        if there is None:
            return None
        seen = {"application": there["application-name"], "endpoints": _endpoints(there), "name": there["offer-name"]}
        acl = _offer_access.named(_users(there), old.get("acl") or {}, controller.user)
        return Found(inputs={**seen, "acl": acl}, outputs={"url": there["offer-url"]})

    def change(self, id_: str, old: Props, inputs: OfferInputs) -> Mapping[str, Any]:
        controller = self.controller(inputs.controller)
        there = _find(controller, inputs.model, id_.rpartition(".")[2])
        if there is None:
            raise ExpectedError(f"there is no offer {id_} any more: run `pulumi refresh`, then up")
        asked = old.get("acl")
        if inputs.acl is not None or asked is None:
            self._share(controller, there, asked or {}, inputs.acl)
        elif old.get("adopted"):
            _offer_access.bring(controller, id_, _users(there), old.get("before") or {})
        else:
            self._share(controller, there, asked, {})
        return {}

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        inputs, controller = self.parse(old), self.controller(old.get("controller"))
        there = _find(controller, inputs.model, id_.rpartition(".")[2])
        if there is not None and not old.get("adopted"):
            self._withdraw(controller, id_, inputs)
        elif there is not None and inputs.acl is not None and old.get("before"):
            _offer_access.bring(controller, id_, _users(there), old["before"])
        self._intent(old).forget()

    def same(self, name: str, old: Any, new: Any) -> bool:
        return sorted(old) == sorted(new) if name == "endpoints" else super().same(name, old, new)

    def _share(
        self, controller: juju.Controller, there: Mapping[str, Any], before: Mapping[str, str], acl: Mapping[str, str] | None
    ) -> None:
        """Lets those use an offer whom the program names."""
        owner, has = controller.user, _users(there)
        if acl is None:
            return
        if acl.get(owner, "admin") != "admin":
            raise ExpectedError(
                f"the offer {there['offer-url']} is {owner}'s own, who can't have {acl[owner]!r} of it only: "
                f"say admin, or leave {owner} out of the acl"
            )
        _offer_access.bring(controller, there["offer-url"], has, _offer_access.complete(acl, before, has, owner))

    def _withdraw(self, controller: juju.Controller, url: str, inputs: OfferInputs) -> None:
        end = time.monotonic() + inputs.timeout
        while True:
            try:
                controller.destroy_offer(url)
                return
            except juju.NotFound:
                return
            except juju.Refused as error:
                if time.monotonic() < end:
                    time.sleep(controller.access.poll)
                    continue
                if not inputs.allow_force_destroy:
                    raise ExpectedError(
                        f"the offer {url} is still in use after {inputs.timeout:g} s ({error.body}): remove the integrations "
                        "with it, or set allow_force_destroy=True"
                    ) from None
                controller.destroy_offer(url, force=True)
                return

    def _intent(self, inputs: Mapping[str, Any]) -> Any:
        return self.own("offer", inputs, inputs.get("name") or inputs["application"])


class Offer(Resource, module="juju", name="Offer"):
    """Endpoints of an application, offered to other models."""

    provider_class = OfferProvider

    url: pulumi.Output[str]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        application: pulumi.Input[str],
        endpoints: pulumi.Input[list[str]],
        controller: pulumi.Input[str] | None = None,
        name: pulumi.Input[str] | None = None,
        acl: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        timeout: pulumi.Input[float] | None = None,
        allow_force_destroy: pulumi.Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "controller": controller,
            "model": model,
            "application": application,
            "endpoints": endpoints,
            "name": name,
            "acl": acl,
            "timeout": timeout,
            "allow_force_destroy": allow_force_destroy,
        }
        super().__init__(resource_name, props, opts)


def _find(controller: juju.Controller, model: str, name: str) -> dict[str, Any] | None:
    summary = next((m for m in controller.models() if m.uuid == model), None)
    if summary is None:
        return None
    return next((o for o in controller.offers(summary.name) if o.get("offer-name") == name), None)


def _endpoints(offer: Mapping[str, Any]) -> list[str]:
    return sorted(e["name"] for e in offer.get("endpoints") or [])


def _users(offer: Mapping[str, Any]) -> dict[str, str]:
    """Access by user; those without any are left out."""
    users = {str(u["user"]).removesuffix("@local"): str(u.get("access") or "") for u in offer.get("users") or []}
    return {user: access for user, access in users.items() if access}
