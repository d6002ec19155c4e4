"""The drop-in against the generated SDK's schema: class by class, argument by argument.

Truth: schema-3.0.2.json (names, optionality, outputs, secrets) and attributes-3.0.2.json (replacement rules, defaults).
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
import os
import pathlib
import re
import typing
from types import ModuleType
from typing import Any

import pulumi_lxd
import pydantic_core
import pytest
from pulumi_lxd import _inputs

HERE = pathlib.Path(__file__).parent
SHARED = pathlib.Path(os.environ.get("SHARED_DIR") or HERE.parents[3] / "shared")
TRUTH = SHARED / "truth" / "lxd"


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


left_out = _load("left_out")
SCHEMA: dict[str, Any] = {}
ATTRIBUTES: dict[str, Any] = {}
if TRUTH.is_dir():
    SCHEMA = json.loads((TRUTH / "schema-3.0.2.json").read_text())
    ATTRIBUTES = json.loads((TRUTH / "attributes-3.0.2.json").read_text())["resources"]
else:
    pytestmark = pytest.mark.skip(reason=f"the recorded truth is not at {TRUTH}")


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def short(token: str) -> str:
    return token.rpartition(":")[2]


def resources() -> dict[str, Any]:
    return {short(token): found for token, found in SCHEMA.get("resources", {}).items()}


def there() -> list[str]:
    return sorted(resources().keys() - left_out.CLASSES.keys())


def args_class(name: str) -> type:
    return getattr(pulumi_lxd, f"{name}InitArgs" if name in ("InstanceDevice", "InstanceFile") else f"{name}Args")


def arguments(function: Any) -> dict[str, bool]:
    """The arguments by name: whether they must be given."""
    given = inspect.signature(function).parameters.values()
    return {p.name: p.default is p.empty for p in given if p.name not in ("self", "__self__", "opts")}


def test_every_class_is_there_or_left_out_with_a_reason() -> None:
    missing = {name for name in resources() if not hasattr(pulumi_lxd, name)}
    assert missing == set(left_out.CLASSES)
    assert all(len(reason) > 5 for reason in left_out.CLASSES.values())


@pytest.mark.parametrize("name", there())
def test_arguments_have_the_names_and_the_optionality(name: str) -> None:
    wanted = resources()[name]
    required = set(wanted.get("requiredInputs") or [])
    expected = {snake(argument): argument in required for argument in wanted["inputProperties"]}
    assert arguments(args_class(name)) == expected
    provider = getattr(pulumi_lxd, name).provider_class
    assert provider.inputs.model_fields.keys() == expected.keys()


@pytest.mark.parametrize("name", there())
def test_both_forms_of_the_constructor_take_the_same_arguments(name: str) -> None:
    parameters = inspect.signature(getattr(pulumi_lxd, name).__init__).parameters
    assert list(parameters)[:4] == ["self", "resource_name", "args", "opts"]
    keywords = getattr(importlib.import_module(f"pulumi_lxd.{snake(name)}"), f"{args_class(name).__name__}Dict")
    assert parameters["given"].annotation == f"Unpack[{keywords.__name__}]"
    assert set(keywords.__annotations__) == set(arguments(args_class(name)))


@pytest.mark.parametrize("name", there())
def test_outputs_are_declared(name: str) -> None:
    wanted = {snake(found) for found in resources()[name]["properties"]}
    wanted -= {output for kind, output in left_out.PROPERTIES if kind == name}
    declared: set[str] = set()
    for base in getattr(pulumi_lxd, name).__mro__:
        declared |= set(inspect.get_annotations(base))
    assert wanted <= declared


@pytest.mark.parametrize("name", there())
def test_outputs_beyond_the_inputs_are_computed(name: str) -> None:
    found = resources()[name]
    beyond = {snake(output) for output in found["properties"].keys() - found["inputProperties"].keys()}
    assert beyond <= set(getattr(pulumi_lxd, name).provider_class.computed)


@pytest.mark.parametrize("name", there())
def test_secrets_are_secret(name: str) -> None:
    wanted = {snake(output) for output, found in resources()[name]["properties"].items() if found.get("secret")}
    besides = {output for kind, output in left_out.SECRET_BESIDES if kind == name}
    assert set(getattr(pulumi_lxd, name).provider_class.secret) == wanted | besides


@pytest.mark.parametrize("name", there())
def test_the_same_arguments_replace(name: str) -> None:
    plural = {"device": "devices", "file": "files", "wait_for": "wait_fors", "egress": "egresses", "ingress": "ingresses"}
    attributes = {plural.get(key, key): found for key, found in ATTRIBUTES[name].items() if "." not in key}
    wanted = {key for key, found in attributes.items() if found.get("force_new")}
    own = {argument for kind, argument in left_out.MANAGED_BY_SERVER if kind == name}
    replaces = set(getattr(pulumi_lxd, name).provider_class.replace_on)
    assert replaces - set(left_out.REPLACED) - own == wanted - set(left_out.REPLACED) - own
    assert "remote" in replaces


@pytest.mark.parametrize("name", there())
def test_defaults_are_the_same(name: str) -> None:
    fields = getattr(pulumi_lxd, name).provider_class.inputs.model_fields
    for key, found in ATTRIBUTES[name].items():
        if found.get("default") is None or key not in fields:
            continue
        default = fields[key].get_default(call_default_factory=True, validated_data={})
        assert default is not pydantic_core.PydanticUndefined
        assert _same_default(found["default"], default), (name, key, found["default"], default)


def _same_default(wanted: str, default: Any) -> bool:
    if wanted.startswith("{}"):
        return default in ({}, [], None)
    if isinstance(default, bool):
        return wanted == str(default).lower()
    return wanted == str(default)


@pytest.mark.parametrize("name", there())
def test_the_values_that_are_allowed_are_the_same(name: str) -> None:
    fields = getattr(pulumi_lxd, name).provider_class.inputs.model_fields
    for key, found in ATTRIBUTES[name].items():
        if found.get("one_of") and key in fields and name != "StoragePool":  # pools: the server says which drivers it has
            assert list(typing.get_args(fields[key].annotation)) == found["one_of"], key


def nested() -> list[str]:
    """Argument types below those of the resources that are there."""
    pending = [found for name, found in resources().items() if name in there()]
    pending.append(SCHEMA.get("provider", {}))
    seen: set[str] = set()
    while pending:
        found = pending.pop()
        text = json.dumps(found.get("inputProperties") or found.get("properties") or {})
        for token in set(re.findall(r"#/types/([^\"]+)", text)) - seen:
            seen.add(token)
            pending.append(SCHEMA["types"][token])
    return sorted(token for token in seen if not token.startswith("lxd:config"))


@pytest.mark.parametrize("token", nested())
def test_nested_arguments_have_the_names_and_the_optionality(token: str) -> None:
    wanted = SCHEMA["types"][token]
    required = set(wanted.get("required") or [])
    expected = {snake(argument): argument in required for argument in wanted["properties"]}
    kind = getattr(pulumi_lxd, f"{short(token)}Args")
    assert arguments(kind.__init__) == expected
    assert kind is getattr(_inputs, f"{short(token)}Args")


def test_the_provider_takes_the_same_arguments() -> None:
    expected = {snake(argument): False for argument in SCHEMA["provider"]["inputProperties"]}
    assert arguments(pulumi_lxd.ProviderArgs) == expected


def functions() -> dict[str, Any]:
    found = {snake(short(token)): function for token, function in SCHEMA.get("functions", {}).items()}
    return {name: function for name, function in found.items() if name.startswith("get_")}


def test_every_function_is_there_or_left_out_with_a_reason() -> None:
    missing = {name for name in functions() if not hasattr(pulumi_lxd, name)}
    assert missing == set(left_out.FUNCTIONS)


@pytest.mark.parametrize("name", sorted(functions().keys() - left_out.FUNCTIONS.keys()))
def test_functions_take_and_return_the_same(name: str) -> None:
    wanted = functions()[name]
    required = set(wanted["inputs"].get("required") or [])
    expected = {snake(argument): argument in required for argument in wanted["inputs"]["properties"]}
    expected = {argument: must for argument, must in expected.items() if (name, argument) not in left_out.FUNCTION_ARGUMENTS}
    assert arguments(getattr(pulumi_lxd, name)) == expected
    assert arguments(getattr(pulumi_lxd, f"{name}_output")) == expected
    result = name.title().replace("_", "") + "Result"
    outputs = set(inspect.get_annotations(getattr(pulumi_lxd, result)))
    assert outputs == {snake(output) for output in wanted["outputs"]["properties"]}
    assert hasattr(pulumi_lxd, f"Awaitable{result}")
