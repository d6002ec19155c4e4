"""One controller: its models, clouds, credentials and offers."""

from __future__ import annotations

import dataclasses
import pathlib
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from . import errors, replies
from ._session import CALL_SECONDS, Session, Wire
from .model import Model
from .secret_backends import SecretBackends
from .store import ClientStore, ControllerEntry


@dataclasses.dataclass(frozen=True, kw_only=True)
class Access:
    """How to reach a controller: by its name in the client store, or by addresses given here.

    Attributes:
        controller: the controller's name.
        folder: the client store; None is the `juju` command's own.
        addresses: `host:port` each; when given, the store isn't looked at.
        ca_cert: PEM; empty trusts the system's authorities.
        poll: seconds between two looks at a model's status while anybody waits.
    """

    controller: str
    folder: pathlib.Path | None = None
    addresses: tuple[str, ...] = ()
    user: str = "admin"
    password: str = dataclasses.field(default="", repr=False)
    ca_cert: str = ""
    poll: float = 5.0

    def entry(self) -> ControllerEntry:
        """Where the controller is and how to log in, as the store has it at this moment.

        Raises:
            StoreError: when the store doesn't know it.
        """
        if self.addresses:
            return ControllerEntry(
                name=self.controller,
                uuid="",
                addresses=self.addresses,
                ca_cert=self.ca_cert,
                cloud="",
                user=self.user,
                password=self.password,
            )
        store = ClientStore(self.folder)
        entry = store.controller(self.controller)
        if entry is None or not entry.addresses:
            raise errors.NoController(
                f"Juju's client store in {store.folder} has no controller {self.controller!r}: bootstrap it, log in to it with "
                "`juju login`, or set juju:dataDir"
            )
        if not entry.password:
            raise errors.StoreError(
                f"Juju's client store in {store.folder} holds no password for the controller {self.controller!r}: "
                "run `juju change-user-password`, or set juju:user and juju:password"
            )
        return entry


@dataclasses.dataclass(frozen=True, kw_only=True)
class ModelSummary:
    """A model as the controller lists it; `life` is empty while it is alive."""

    name: str
    uuid: str
    owner: str
    life: str
    is_controller: bool
    status: str
    message: str
    cloud: str
    credential: str
    version: str = ""

    @classmethod
    def _from_dict(cls, data: Mapping[str, Any]) -> ModelSummary:
        status = data.get("status") or {}
        return cls(
            name=data.get("name") or "",
            uuid=data.get("uuid") or "",
            owner=(data.get("owner-tag") or "").removeprefix("user-"),
            life="" if data.get("life") in (None, "alive") else str(data["life"]),
            is_controller=bool(data.get("is-controller")),
            status=status.get("status") or "",
            message=status.get("info") or "",
            cloud=(data.get("cloud-tag") or "").removeprefix("cloud-"),
            credential=(data.get("cloud-credential-tag") or "").rpartition("_")[2],
            version=str(data.get("agent-version") or ""),
        )


class Controller:
    """A controller, over one connection, with one more for each model that is asked for."""

    def __init__(self, access: Access, session: Session | None = None) -> None:
        self.access = access
        self.session = session or self._session(None)
        self.secret_backends = SecretBackends(self.session.call)
        self._models: dict[str, Model] = {}
        self._lock = threading.Lock()

    @property
    def user(self) -> str:
        """Who we are to the controller."""
        return self.access.entry().user

    def model(self, uuid: str) -> Model:
        """A model by its UUID; nothing is asked yet."""
        with self._lock:
            if uuid not in self._models:
                self._models[uuid] = Model(uuid, self._session(uuid), self.access.poll, self.access.entry)
            return self._models[uuid]

    def version(self) -> str:
        """The controller's agent version, which also says that it answers."""
        controller = next((m for m in self._summaries() if m.get("is-controller")), {})
        return str(controller.get("agent-version") or "")

    def models(self) -> list[ModelSummary]:
        """The models that we can see."""
        return [ModelSummary._from_dict(m) for m in self._summaries()]

    def create_model(
        self, name: str, *, cloud: str, credential: str | None, region: str | None = None, config: Mapping[str, Any] | None = None
    ) -> str:
        """Makes a model and returns its UUID.

        Raises:
            AlreadyExists: when we have one by that name.
        """
        params: dict[str, Any] = {
            "name": name,
            "owner-tag": f"user-{self.user}",
            "cloud-tag": f"cloud-{cloud}",
            "config": dict(config or {}),
        }
        if region:
            params["region"] = region
        if credential:
            params["credential"] = self.credential_tag(cloud, credential)
        return str(self.session.call("ModelManager", "CreateModel", params, seconds=5 * CALL_SECONDS)["uuid"])

    def destroy_model(
        self, uuid: str, *, destroy_storage: bool, force: bool = False, max_wait: float = 600, timeout: float = 1800
    ) -> None:
        """Asks for a model's end, with everything in it.

        Args:
            uuid: the model.
            destroy_storage: whether storage goes too; otherwise it is released from Juju and kept.
            force: whether to go on past steps that fail.
            max_wait: seconds a forced step may take.
            timeout: seconds after which Juju goes on by force when `force` is set.
        """
        model: dict[str, Any] = {"model-tag": f"model-{uuid}", "destroy-storage": destroy_storage, "force": force}
        if force:
            model |= {"max-wait": replies.nanoseconds(max_wait), "timeout": replies.nanoseconds(timeout)}
        reply = self.session.call("ModelManager", "DestroyModels", {"models": [model]})
        replies.first(reply, f"the destruction of model {uuid}")

    def upgrade_model(self, uuid: str, version: str) -> None:
        """Brings a model's agents to a version, which no newer than the controller's can be; they follow by themselves."""
        params = {"model-tag": f"model-{uuid}", "target-version": version, "agent-stream": "", "dry-run": False}
        reply = self.session.call("ModelUpgrader", "UpgradeModel", {**params, "ignore-agent-versions": False})
        errors.raise_first([reply], f"the upgrade of model {uuid} to {version}")

    def change_model_credential(self, uuid: str, cloud: str, credential: str) -> None:
        """Lets a model use another credential of its cloud."""
        tag = self.credential_tag(cloud, credential)
        params = {"model-credentials": [{"model-tag": f"model-{uuid}", "credential-tag": tag}]}
        replies.first(self.session.call("ModelManager", "ChangeModelCredential", params), "changing the model's credential")

    def set_config(self, values: Mapping[str, Any]) -> None:
        """Sets some of the controller's own settings."""
        if values:
            self.session.call("Controller", "ConfigSet", {"config": dict(values)})

    def cloud(self, name: str) -> Mapping[str, Any] | None:
        """A cloud as the controller knows it."""
        try:
            reply = self.session.call("Cloud", "Cloud", replies.entities(f"cloud-{name}"))
            return dict(replies.first(reply, f"reading the cloud {name}").get("cloud") or {})
        except errors.NotFound:
            return None

    def update_cloud(self, name: str, cloud: Mapping[str, Any]) -> None:
        """Replaces a cloud's definition on the controller; `cloud` in wire form."""
        reply = self.session.call("Cloud", "UpdateCloud", {"clouds": [{"name": name, "cloud": dict(cloud), "force": False}]})
        replies.first(reply, f"updating the cloud {name}")

    def upload_credential(self, cloud: str, name: str, auth_type: str, attributes: Mapping[str, str]) -> None:
        """Gives the controller a credential, or a new version of it; the models that use it take it at once."""
        credential = {"auth-type": auth_type, "attrs": dict(attributes)}
        params = {"credentials": [{"tag": self.credential_tag(cloud, name), "credential": credential}], "force": False}
        reply = self.session.call("Cloud", "UpdateCredentialsCheckModels", params, seconds=2 * CALL_SECONDS)
        result = replies.first(reply, f"updating the credential {name}")
        for model in result.get("models") or []:
            what = f"the credential {name} for the model {model.get('name')}"
            errors.raise_first(model.get("errors") or [], what)

    def credential_tag(self, cloud: str, name: str) -> str:
        """The tag of a credential of ours."""
        return f"cloudcred-{cloud}_{self.user}_{name}"

    def offer(self, model: str, application: str, endpoints: Sequence[str], name: str) -> None:
        """Offers an application's endpoints to other models."""
        offer = {
            "model-tag": f"model-{model}",
            "application-name": application,
            "application-description": "",
            "offer-name": name,
            "endpoints": {e: e for e in endpoints},
        }
        replies.first(self.session.call("ApplicationOffers", "Offer", {"Offers": [offer]}), f"the offer {name}")

    def offers(self, model_name: str) -> list[dict[str, Any]]:
        """The offers of a model, in wire form."""
        # an empty filter is needed for "all": Juju refuses none
        filter_ = {
            "owner-name": self.user,
            "model-name": model_name,
            "offer-name": "",
            "application-name": "",
            "application-description": "",
            "application-user": "",
            "endpoints": [],
            "connected-users": [],
            "allowed-users": [],
        }
        reply = self.session.call("ApplicationOffers", "ListApplicationOffers", {"Filters": [filter_]})
        return [dict(o) for o in reply.get("results") or []]

    def change_offer_access(self, url: str, user: str, action: Literal["grant", "revoke"], access: str) -> None:
        """Grants a user an access to an offer, or takes it and those above it away.

        Raises:
            NotFound: when there is no such user.
        """
        change = {"user-tag": f"user-{user}", "action": action, "access": access, "offer-url": url}
        what = f"to {action} {user} {access} of the offer {url}"
        replies.first(self.session.call("ApplicationOffers", "ModifyOfferAccess", {"changes": [change]}), what)

    def destroy_offer(self, url: str, *, force: bool = False) -> None:
        """Withdraws an offer; without force it must have no connections."""
        params = {"offer-urls": [url], "force": force}
        replies.first(self.session.call("ApplicationOffers", "DestroyOffers", params), f"withdrawing the offer {url}")

    def consume_details(self, url: str) -> dict[str, Any]:
        """What another model needs to consume an offer."""
        params = {"offer-urls": {"offer-urls": [url]}, "user-tag": f"user-{self.user}"}
        return replies.first(self.session.call("ApplicationOffers", "GetConsumeDetails", params), f"reading the offer {url}")

    def close(self) -> None:
        """Closes all connections."""
        with self._lock:
            sessions = [self.session, *(m.session for m in self._models.values())]
        for session in sessions:
            session.close()

    def _summaries(self) -> list[dict[str, Any]]:
        params = {"user-tag": f"user-{self.user}", "all": True}
        reply = self.session.call("ModelManager", "ListModelSummaries", params)
        results = replies.checked(reply, "listing the models")
        return [dict(r["result"]) for r in results if r.get("result")]

    def _session(self, uuid: str | None) -> Session:
        name = f"the Juju controller {self.access.controller!r}"

        async def dial() -> Wire:
            from . import _libjuju

            entry = self.access.entry()
            return await _libjuju.dial(
                entry.addresses,
                uuid=uuid,
                user=entry.user,
                password=entry.password,
                ca_cert=entry.ca_cert or None,
                timeout=30,
            )

        return Session(dial, name if uuid is None else f"{name} (model {uuid})")
