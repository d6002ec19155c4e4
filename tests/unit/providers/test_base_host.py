"""The base inside Pulumi's real dynamic provider host, spoken to as the engine does."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
import pytest
from google.protobuf import struct_pb2
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

ROOT = pathlib.Path(__file__).parents[3]
SAMPLE = """
    import threading
    from providers import _base
    from clients.errors import ClientError

    together = threading.Barrier(40)

    class Inputs(_base.Inputs):
        how: str

    class SampleProvider(_base.Provider[Inputs]):
        inputs = Inputs
        computed = ("seen",)

        def make(self, inputs):
            if inputs.how == "expected":
                raise _base.ExpectedError("the door has no hinges\\nsecond line")
            if inputs.how == "client":
                raise ClientError("the server said no", status=409)
            if inputs.how == "unexpected":
                raise KeyError("hinge")
            if inputs.how == "together":
                together.wait(30)
            return _base.Made(id="1", outputs={"seen": self.setting("maas:apiUrl")})
"""


@pytest.fixture
def host(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[provider_pb2_grpc.ResourceProviderStub, str]]:
    (tmp_path / "host_sample.py").write_text(textwrap.dedent(SAMPLE))
    monkeypatch.syspath_prepend(str(tmp_path))
    import host_sample

    env = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "PULUMI_PROJECT": "p"}
    process = subprocess.Popen([sys.executable, "-u", "-m", "pulumi.dynamic"], stdout=subprocess.PIPE, env=env, text=True)
    try:
        assert process.stdout is not None
        with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            stub.Configure(provider_pb2.ConfigureRequest(args=struct({"maas:apiUrl": "http://region/MAAS"})), wait_for_ready=True)
            yield stub, serialize_provider(host_sample.SampleProvider())
    finally:
        process.terminate()
        process.wait(30)
        if process.stdout is not None:
            process.stdout.close()
        sys.modules.pop("host_sample", None)


def struct(values: dict[str, Any]) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(values)
    return made


def create(host: tuple[provider_pb2_grpc.ResourceProviderStub, str], how: str) -> Any:
    stub, provider = host
    request = provider_pb2.CreateRequest(properties=struct({"__provider": provider, "how": how}))
    return stub.Create(request, timeout=60)


def test_a_provider_is_pickled_by_reference_and_configured(host: Any) -> None:
    assert len(host[1]) < 120
    assert create(host, "well").properties["seen"] == "http://region/MAAS"


@pytest.mark.parametrize(("how", "said"), [("expected", "the door has no hinges\nsecond line"), ("client", "the server said no")])
def test_an_expected_error_is_its_message_and_nothing_else(host: Any, how: str, said: str) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        create(host, how)
    assert caught.value.details() == said


def test_an_unexpected_error_keeps_its_traceback(host: Any) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        create(host, "unexpected")
    assert caught.value.details().startswith("Traceback")
    assert "in make" in caught.value.details()
    assert caught.value.details().endswith("KeyError: 'hinge'\n")


def test_forty_creates_run_at_the_same_time(host: Any) -> None:
    # the host's own bound is four: without the widening the barrier would never fill
    create(host, "well")
    with futures.ThreadPoolExecutor(40) as pool:
        assert all(made.id == "1" for made in pool.map(lambda _: create(host, "together"), range(40)))
