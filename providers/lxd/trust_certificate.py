"""Certificates that LXD trusts."""

from __future__ import annotations

import base64
import pathlib
from collections.abc import Iterator
from typing import Any, Literal

import pulumi
import pydantic
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from clients import lxd as client

from .._base import ExpectedError, Props, is_unknown
from ._lxd import LxdInputs, LxdResource, identity
from ._object import Body, ObjectProvider


class TrustCertificateInputs(LxdInputs):
    """A certificate, by its text or the file that holds it; with projects it is good for those only."""

    name: str
    content: str | None = None
    path: str | None = None
    type: Literal["client", "metrics"] = "client"
    projects: list[str] = pydantic.Field(default_factory=list)

    @pydantic.model_validator(mode="after")
    def _certificate(self) -> TrustCertificateInputs:
        if self.content is not None and self.path is not None:
            raise ValueError("give content or path, not both")
        return self


class TrustCertificateProvider(ObjectProvider[TrustCertificateInputs]):
    """Trusted certificates, known by their fingerprint: another certificate is another object."""

    inputs = TrustCertificateInputs
    computed = (*ObjectProvider.computed, "fingerprint")
    secret = frozenset({"content"})
    replace_on = frozenset({"content", "path", "remote"})
    collection = ("certificates",)
    noun = "certificate"
    configurable = False

    def at(self, inputs: TrustCertificateInputs) -> tuple[str, ...]:
        return ("certificates", _load(inputs).fingerprint(hashes.SHA256()).hex())

    def key(self, inputs: TrustCertificateInputs) -> str:
        return identity(inputs.remote, self.at(inputs)[1])

    def editable(self, inputs: TrustCertificateInputs) -> Body:
        return {
            "name": inputs.name,
            "type": inputs.type,
            "projects": inputs.projects,
            "restricted": bool(inputs.projects),
        }

    def fresh(self, inputs: TrustCertificateInputs) -> Body:
        der = _load(inputs).public_bytes(serialization.Encoding.DER)
        return {**self.editable(inputs), "certificate": base64.b64encode(der).decode()}

    def seen(self, actual: client.Object, old: TrustCertificateInputs) -> dict[str, Any]:
        body = actual.body
        projects = body.get("projects") or [] if body.get("restricted") else []
        return {"name": body["name"], "type": body["type"], "projects": list(projects)}

    def outputs(self, lxd: client.Lxd, actual: client.Object, inputs: TrustCertificateInputs) -> dict[str, Any]:
        return {"fingerprint": self.at(inputs)[1]}

    def same(self, name: str, old: Any, new: Any) -> bool:
        if name == "projects":
            return set(old) == set(new)
        return old.split() == new.split() if name == "content" else super().same(name, old, new)

    def objections(self, lxd: client.Lxd, news: Props) -> Iterator[tuple[str, str]]:
        if news.get("content") is None and news.get("path") is None:
            yield "content", "give the certificate: its text as content, or the file that holds it as path"
        elif not is_unknown([news.get("content"), news.get("path")]):
            try:
                _pem(news.get("content"), news.get("path"))
            except ExpectedError as error:
                yield "path" if news.get("path") else "content", str(error)

    def _put_back(self, actual: client.Object) -> Body:
        return {key: actual.body.get(key) for key in ("name", "type", "projects", "restricted")}


def _load(inputs: TrustCertificateInputs) -> x509.Certificate:
    return _pem(inputs.content, inputs.path)


def _pem(content: str | None, path: str | None) -> x509.Certificate:
    try:
        data = pathlib.Path(str(path)).expanduser().read_bytes() if content is None else content.encode()
        return x509.load_pem_x509_certificate(data)
    except OSError as error:
        raise ExpectedError(f"the certificate {path} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise ExpectedError(f"{path or 'content'} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)") from error


class TrustCertificate(LxdResource, module="lxd", name="TrustCertificate"):
    """A trusted certificate."""

    provider_class = TrustCertificateProvider
    name: pulumi.Output[str]
    content: pulumi.Output[str | None]
    path: pulumi.Output[str | None]
    type: pulumi.Output[str]
    projects: pulumi.Output[list[str]]
    fingerprint: pulumi.Output[str]
    remote: pulumi.Output[str | None]
