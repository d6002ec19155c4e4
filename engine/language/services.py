"""The engine service (log lines, root resource) and the gRPC server for both services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc.aio
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, resource_pb2_grpc

from engine.language.monitor import Monitor
from engine.provider.dynamic import GRPC_OPTIONS

Say = Callable[[str, str, str, bool], None]
"""Takes severity, message, URN and whether it is ephemeral."""

_SEVERITIES = {
    engine_pb2.DEBUG: "debug",
    engine_pb2.INFO: "info",
    engine_pb2.WARNING: "warning",
    engine_pb2.ERROR: "error",
}


class EngineService(engine_pb2_grpc.EngineServicer):
    """Takes log messages of the program and the provider hosts."""

    def __init__(self, say: Say):
        self._say = say
        self._root = ""

    async def Log(self, request: engine_pb2.LogRequest, context: Any) -> empty_pb2.Empty:
        self._say(_SEVERITIES[request.severity], request.message, request.urn, request.ephemeral)
        return empty_pb2.Empty()

    async def GetRootResource(
        self, request: engine_pb2.GetRootResourceRequest, context: Any
    ) -> engine_pb2.GetRootResourceResponse:
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    async def SetRootResource(
        self, request: engine_pb2.SetRootResourceRequest, context: Any
    ) -> engine_pb2.SetRootResourceResponse:
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()


class Server:
    """A gRPC server on loopback, at a port of its own choice."""

    def __init__(self, say: Say):
        self._server: Any = grpc.aio.server(options=GRPC_OPTIONS)
        engine_pb2_grpc.add_EngineServicer_to_server(EngineService(say), self._server)
        self.address = ""

    def serve(self, monitor: Monitor) -> None:
        """Adds the resource monitor; before ``start``."""
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, self._server)

    async def start(self) -> None:
        """Begins to serve; ``address`` is set from here on."""
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        await self._server.start()

    async def stop(self) -> None:
        """Ends all calls that are still waiting."""
        await self._server.stop(grace=0)
