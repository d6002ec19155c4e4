"""What the state of a stack keeps of the Juju providers: a type token and the way to a class.

Both are formats: a class that moves or a type that is renamed leaves stacks that can be neither changed nor destroyed. Add to
the table; take nothing away. A class that must move leaves a re-export behind.
"""

from __future__ import annotations

import base64
import inspect
import pickletools

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from providers import _base, juju

REFERENCES = {
    "Action": "providers.juju.action ActionProvider",
    "Application": "providers.juju.application ApplicationProvider",
    "Cloud": "providers.juju.cloud CloudProvider",
    "Consume": "providers.juju.consume ConsumeProvider",
    "Controller": "providers.juju.controller ControllerProvider",
    "Credential": "providers.juju.credential CredentialProvider",
    "Integration": "providers.juju.integration IntegrationProvider",
    "Machine": "providers.juju.machine MachineProvider",
    "Model": "providers.juju.model ModelProvider",
    "Offer": "providers.juju.offer OfferProvider",
    "Secret": "providers.juju.secret SecretProvider",
    "Settled": "providers.juju.settled SettledProvider",
    "Space": "providers.juju.space SpaceProvider",
    "SshKey": "providers.juju.ssh_key SshKeyProvider",
    "Unit": "providers.juju.unit UnitProvider",
}


def resource(name: str) -> type[_base.Resource]:
    found: type[_base.Resource] = getattr(juju, name)
    return found


def test_the_table_is_complete() -> None:
    assert set(juju.__all__) == set(REFERENCES)


@pytest.mark.parametrize("name", REFERENCES)
def test_type_token(name: str) -> None:
    assert resource(name)._resource_type_name == f"dynamic/juju:{name}"


@pytest.mark.parametrize(("name", "reference"), REFERENCES.items())
def test_the_pickle_is_a_reference_and_nothing_else(name: str, reference: str) -> None:
    pickled = base64.b64decode(serialize_provider(resource(name).provider_class()))
    words = [argument for _, argument, _ in pickletools.genops(pickled) if isinstance(argument, str)]
    assert words == reference.split()


@pytest.mark.parametrize("name", REFERENCES)
def test_constructors_take_the_inputs_by_keyword_and_nothing_else(name: str) -> None:
    parameters = dict(inspect.signature(resource(name).__init__).parameters)
    for own in ("self", "resource_name", "opts"):
        parameters.pop(own)
    assert all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in parameters.values())
    assert parameters.keys() == resource(name).provider_class.inputs.model_fields.keys()


@pytest.mark.parametrize("name", REFERENCES)
def test_what_the_class_declares_is_an_input_or_an_output(name: str) -> None:
    provider = resource(name).provider_class
    known = provider.inputs.model_fields.keys() | set(provider.computed)
    assert {key for key in resource(name).__annotations__ if not key.startswith("_")} <= known
    assert provider.secret <= known
    assert provider.replace_on <= known
