"""What the state of a stack keeps of the Vault providers: a type token and the way to a class; both are formats."""

from __future__ import annotations

import base64
import inspect
import pickletools

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from providers import _base, vault

REFERENCES = {
    "Authorisation": "providers.vault.authorisation AuthorisationProvider",
    "Initialisation": "providers.vault.initialisation InitialisationProvider",
    "RecoveryKey": "providers.vault.recovery_key RecoveryKeyProvider",
    "RootCertificate": "providers.vault.root_certificate RootCertificateProvider",
    "Unsealed": "providers.vault.unsealed UnsealedProvider",
}


def resource(name: str) -> type[_base.Resource]:
    found: type[_base.Resource] = getattr(vault, name)
    return found


def test_the_table_is_complete() -> None:
    assert set(vault.__all__) == set(REFERENCES)


@pytest.mark.parametrize(("name", "reference"), REFERENCES.items())
def test_type_token_and_reference(name: str, reference: str) -> None:
    assert resource(name)._resource_type_name == f"dynamic/vault:{name}"
    pickled = base64.b64decode(serialize_provider(resource(name).provider_class()))
    words = [argument for _, argument, _ in pickletools.genops(pickled) if isinstance(argument, str)]
    assert words == reference.split()


@pytest.mark.parametrize("name", REFERENCES)
def test_constructors_take_the_inputs_by_keyword_and_nothing_else(name: str) -> None:
    parameters = dict(inspect.signature(resource(name).__init__).parameters)
    inputs = set(resource(name).provider_class.inputs.model_fields)
    assert {n for n, p in parameters.items() if p.kind is p.KEYWORD_ONLY} == inputs | {"opts"}
