"""The certificate authority of the cloud: one that Vault makes, or one that another authority signs for it."""

from __future__ import annotations

import base64
import datetime
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

import pulumi
import pydantic
from pulumi import dynamic

from clients import juju

from .._base import ExpectedError, Found, Made, Props, Resource, is_unknown, plain
from ..juju._common import say
from . import _certificates
from ._common import OnVault, VaultProvider
from .authorisation import leading

_DEFAULT_SECONDS: Final = 8759 * 3600
"""The charm mounts its authority so that no server's certificate lives longer."""
_ONLY_ANEW: Final = ("ttl", "max_ttl", "subject", "kind")
_RENEW: Final = "renew it: change openstack.vault.rotation (see docs/vault.md)"
_REISSUE: Final = "renew them: change openstack.vault.reissue (see docs/vault.md)"


class RootCertificateInputs(OnVault):
    """Whose authority, and how long it lives.

    Attributes:
        kind: "generate" lets Vault make it; "csr" hands out a request, and takes the signed certificate.
        certificate: the signed certificate (PEM), once the operator has it.
        root_certificate: that of the authority which signed it (PEM): what clients trust.
        subject: of the request: common-name, country, province, locality, organization, organizational-unit.
        ttl: how long the authority that Vault makes lives, e.g. "87599h".
        max_ttl: how long servers' certificates may live.
        triggers: anything; a change makes a new authority, or a new request.
        reissue: anything; a change renews all servers' certificates.
    """

    kind: Literal["generate", "csr"] = "generate"
    certificate: str | None = None
    root_certificate: str | None = None
    subject: dict[str, str] = pydantic.Field(default_factory=dict)
    ttl: str | None = None
    max_ttl: str | None = None
    triggers: Any = None
    reissue: Any = None


class RootCertificateProvider(VaultProvider[RootCertificateInputs]):
    """Makes an authority, or gets it signed, by the charm's actions."""

    inputs = RootCertificateInputs
    computed = ("ca", "csr", "expires", "fingerprint", "certificates_expire")
    replace_on = frozenset({"model", "application"})
    attempts = 1  # a new authority for each lost answer would be one too many; another run takes up what is there

    def refusals(self, news: Props) -> Iterator[tuple[str, str]]:
        if news.get("kind") != "csr" and news.get("certificate"):
            yield "certificate", 'only goes with root_ca: "csr"; Vault signs its own'
        if news.get("certificate") and not news.get("root_certificate"):
            yield "root_certificate", "must come with the certificate: it is what clients trust"

    def check(self, olds: Props, news: Props) -> dynamic.CheckResult:
        """Refuses what would only show with the next authority, and an old signature for a new request."""
        result = super().check(olds, news)
        was, now = plain(olds), plain(result.inputs)
        if not was or is_unknown(now):
            return result
        anew = was.get("triggers") != now.get("triggers")
        late = [name for name in _ONLY_ANEW if (was.get(name) or None) != (now.get(name) or None) and not anew]
        for name in late:
            reason = "takes a new authority: change openstack.vault.rotation too (any value), which renews all certificates"
            result.failures.append(dynamic.CheckFailure(name, reason))
        if anew and now.get("kind") == "csr" and now.get("certificate"):
            reason = "take it out when you ask for a new request: it was signed for the old one"
            result.failures.append(dynamic.CheckFailure("certificate", reason))
        return result

    def diff(self, _id: str, olds: Props, news: Props) -> dynamic.DiffResult:
        """Also the moment to say that something ends soon: every preview comes by."""
        _warn(plain(olds), datetime.datetime.now(datetime.UTC))
        return super().diff(_id, olds, news)

    def make(self, inputs: RootCertificateInputs) -> Made:
        unit = self.until(inputs, leading).unit.name
        there = self._published(inputs, unit)
        outputs = self._signed(inputs, unit) if inputs.kind == "csr" else self._described(there or self._generate(inputs, unit))
        return Made(id=f"{inputs.model}/{inputs.application}/ca", outputs={**outputs, **self._issued(inputs, outputs["ca"])})

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        """What Vault signs with; a sealed one can't tell."""
        status = model.glance()
        if old["application"] not in status.applications:
            return None
        server = next((m.server for m in self.members(status, old) if m.open), None)
        if server is None or (old.get("kind") == "csr" and not old.get("certificate")):
            return Found(inputs={})
        _warn(old, datetime.datetime.fromtimestamp(status.at, datetime.UTC))
        signing = server.ca()
        if not signing:
            return None
        if old.get("kind") == "csr":
            return Found(inputs={} if _same(signing, str(old["certificate"])) else {"certificate": signing})
        return Found(inputs={}, outputs={} if _same(signing, str(old.get("ca", ""))) else self._described(signing))

    def change(self, id_: str, old: Props, inputs: RootCertificateInputs) -> Mapping[str, Any]:
        unit = self.until(inputs, leading).unit.name
        anew = old.get("triggers") != inputs.triggers or old.get("kind") != inputs.kind
        if anew:
            self.act(inputs, unit, "disable-pki")
            self._intent(inputs).forget()
            outputs = self._signed(inputs, unit) if inputs.kind == "csr" else self._described(self._generate(inputs, unit))
        elif inputs.kind == "csr" and old.get("certificate") != inputs.certificate:
            self._intent(inputs).note(csr=old.get("csr"))
            outputs = self._signed(inputs, unit)
        elif old.get("reissue") != inputs.reissue:
            self.act(inputs, unit, "reissue-certificates")
            say(f"{unit}: certificates are being renewed")
            outputs = {}
        else:
            return {}
        return {**outputs, **self._issued(inputs, str(outputs.get("ca", old.get("ca", ""))))}

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        """It goes with Vault; while that is there, its certificates are in use."""

    def _published(self, inputs: RootCertificateInputs, unit: str) -> str:
        """The CA that the charm hands out; it says "None" where it has none."""
        said = str(self.act(inputs, unit, "get-root-ca").get("output", ""))
        return said.strip() if _certificates.BEGIN in said else ""

    def _generate(self, inputs: RootCertificateInputs, unit: str) -> str:
        asked = {"ttl": inputs.ttl, "max-ttl": inputs.max_ttl}
        made = str(self.act(inputs, unit, "generate-root-ca", {k: v for k, v in asked.items() if v})["output"])
        say(f"{unit}: has a new certificate authority")
        return made.strip()

    def _signed(self, inputs: RootCertificateInputs, unit: str) -> dict[str, Any]:
        """Uploads the signed certificate, or gets the request that is to be signed: one, until it is used."""
        intent = self._intent(inputs)
        csr = str((intent.recall() or {}).get("csr") or "")
        if not csr:
            csr = str(self.act(inputs, unit, "get-csr", dict(inputs.subject))["output"]).strip()
            intent.note(csr=csr)
        if not inputs.certificate:
            say(
                f"{unit}: waits for a signed certificate; sign the stack's output vault.csr, then set openstack.vault.certificate"
            )
            return {"csr": csr, "ca": "", "expires": "", "fingerprint": ""}
        self._upload(inputs, unit, csr)
        root = str(inputs.root_certificate)
        return {**self._described(root, inputs.certificate), "csr": csr}

    def _upload(self, inputs: RootCertificateInputs, unit: str, csr: str) -> None:
        certificate, root = str(inputs.certificate), str(inputs.root_certificate)
        _certificates.read(root, "openstack.vault.root_certificate")
        if not _certificates.fits(certificate, csr):
            raise ExpectedError(
                f"openstack.vault.certificate was not made from the request that Vault waits for; sign this and set it:\n{csr}"
            )
        if _same(self._signing(inputs), certificate):
            return  # an earlier run came this far
        asked = {"pem": _encoded(certificate), "root-ca": _encoded(root), "max-ttl": inputs.max_ttl}
        self.act(inputs, unit, "upload-signed-csr", {k: v for k, v in asked.items() if v})
        say(f"{unit}: has its signed certificate")

    def _signing(self, inputs: RootCertificateInputs) -> str:
        return self.until(inputs, leading).server.ca()

    def _intent(self, inputs: RootCertificateInputs) -> Any:
        return self.own("vault-csr", inputs.model_dump(), inputs.application)

    def _described(self, ca: str, *more: str) -> dict[str, Any]:
        ends = _certificates.ends(ca, *more)
        return {"ca": ca, "expires": ends.isoformat() if ends else "", "fingerprint": _certificates.fingerprint(ca)}

    def _issued(self, inputs: RootCertificateInputs, ca: str) -> dict[str, Any]:
        """When the certificates end that servers get now; those of units that come later end later."""
        if not ca:
            return {"certificates_expire": ""}
        now = self.model(inputs).glance().at
        end = datetime.datetime.fromtimestamp(now + min(_DEFAULT_SECONDS, _seconds(inputs.max_ttl)), datetime.UTC)
        last = _certificates.ends(ca, inputs.certificate or "")
        return {"certificates_expire": (min(end, last) if last else end).isoformat(timespec="seconds")}


class RootCertificate(Resource, module="vault", name="RootCertificate"):
    """The certificate authority of a cloud."""

    provider_class = RootCertificateProvider

    ca: pulumi.Output[str]
    csr: pulumi.Output[str | None]
    expires: pulumi.Output[str | None]
    fingerprint: pulumi.Output[str | None]
    certificates_expire: pulumi.Output[str | None]

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        controller: pulumi.Input[str] | None = None,
        application: pulumi.Input[str] | None = None,
        scheme: pulumi.Input[str] | None = None,
        server_ca: pulumi.Input[str] | None = None,
        kind: pulumi.Input[str] | None = None,
        certificate: pulumi.Input[str] | None = None,
        root_certificate: pulumi.Input[str] | None = None,
        subject: pulumi.Input[Mapping[str, str]] | None = None,
        ttl: pulumi.Input[str] | None = None,
        max_ttl: pulumi.Input[str] | None = None,
        triggers: pulumi.Input[Any] | None = None,
        reissue: pulumi.Input[Any] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "controller": controller,
            "model": model,
            "application": application,
            "scheme": scheme,
            "server_ca": server_ca,
            "kind": kind,
            "certificate": certificate,
            "root_certificate": root_certificate,
            "subject": subject,
            "ttl": ttl,
            "max_ttl": max_ttl,
            "triggers": triggers,
            "reissue": reissue,
        }
        super().__init__(resource_name, props, opts)


def _warn(old: Mapping[str, Any], now: datetime.datetime) -> None:
    for what, name, mend in (
        ("the cloud's certificate authority", "expires", _RENEW),
        ("the servers' certificates: the first", "certificates_expire", _REISSUE),
    ):
        line = _certificates.warning(what, old.get(name), now, mend)
        if line:
            say(line)


def _seconds(ttl: str | None) -> float:
    """A duration in hours, as the charm writes it; without one the charm's own limit."""
    if not ttl:
        return _DEFAULT_SECONDS
    try:
        return float(ttl.removesuffix("h")) * 3600
    except ValueError:
        raise ExpectedError(f"{ttl!r} is no duration in hours, such as 8760h") from None


def _same(one: str, other: str) -> bool:
    return "".join(one.split()) == "".join(other.split())


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
