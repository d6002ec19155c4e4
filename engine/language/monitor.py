"""The resource monitor: what the SDK calls to register, read and invoke. Converts and passes on."""

from __future__ import annotations

import asyncio
import dataclasses
import pathlib
from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import callback_pb2, provider_pb2, resource_pb2, resource_pb2_grpc

from engine import assets, hooks, values, wire
from engine import urn as urns
from engine.deployment import Deployment
from engine.errors import BailError, EngineError, ProviderError
from engine.hooks import Hooks
from engine.language import goals, transforms
from engine.language.callbacks import Callbacks, HookCallback
from engine.provider.registry import refusal
from engine.steps import Outcome, Registered

_RESULTS = {
    Outcome.SUCCESS: resource_pb2.SUCCESS,
    Outcome.FAILED: resource_pb2.FAIL,
    Outcome.SKIPPED: resource_pb2.SKIP,
}
_FEATURES = [
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_SENDS_OPTIONS_TO_HOOKS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_DEPENDS_ON,
    resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_PARENT,
]
_FEATURE_IDS = {
    "secrets", "resourceReferences", "outputValues", "aliasSpecs", "replacementTrigger", "deletedWith", "replaceWith",
    "transforms", "resourceHooks", "errorHooks", "sendsOptionsToHooks",
}  # fmt: skip


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RunInfo:
    """What a program may know about the run that it is part of."""

    organization: str
    project: str
    stack: str
    config: dict[str, str]
    secret_keys: list[str]
    dry_run: bool
    parallel: int
    root: str
    """The folder of Pulumi.yaml."""


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Serves one program."""

    def __init__(
        self,
        info: RunInfo,
        deployment: Deployment,
        hook_table: Hooks,
        package_config: Callable[[str], values.PropertyMap],
    ):
        self._info = info
        self._deployment = deployment
        self._hooks = hook_table
        self._package_config = package_config
        self._stack_transforms: list[callback_pb2.Callback] = []
        self._transforms: dict[str, list[callback_pb2.Callback]] = {}
        self._parents: dict[str, str] = {}
        self._folder = pathlib.Path(info.root)
        self.callbacks = Callbacks()
        self.finished: asyncio.Future[None] | None = None
        """The work that is done once the program has said all; None until then."""

    async def GetDeploymentInfo(self, request: empty_pb2.Empty, context: Any) -> resource_pb2.DeploymentInfo:
        info = self._info
        return resource_pb2.DeploymentInfo(
            project=info.project,
            stack=info.stack,
            organization=info.organization,
            config=info.config,
            configSecretKeys=info.secret_keys,
            dryRun=info.dry_run,
            parallel=info.parallel,
            supportedFeatures=_FEATURES,
        )

    async def SupportsFeature(
        self, request: resource_pb2.SupportsFeatureRequest, context: Any
    ) -> resource_pb2.SupportsFeatureResponse:
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _FEATURE_IDS)

    async def RegisterResource(
        self, request: resource_pb2.RegisterResourceRequest, context: Any
    ) -> resource_pb2.RegisterResourceResponse:
        try:
            registered = await self._register(request)
        except (BailError, ProviderError) as error:
            await context.abort(grpc.StatusCode.UNAVAILABLE, str(error))
            raise
        except EngineError as error:
            await context.abort(grpc.StatusCode.UNKNOWN, str(error))
            raise
        if registered.outcome is not Outcome.SUCCESS and not request.supportsResultReporting:
            await context.abort(grpc.StatusCode.INTERNAL, "resource registration failed")
        resource = registered.resource
        outputs = (resource.outputs or {}) if request.custom else {}
        if not request.supportsPartialValues:
            outputs = {k: v for k, v in outputs.items() if not values.has_unknowns(v)}
        keep = wire.Keep(secrets=request.acceptSecrets, resources=request.acceptResources)
        return resource_pb2.RegisterResourceResponse(
            urn=resource.urn,
            id=resource.id,
            object=wire.to_struct(outputs, keep),
            result=_RESULTS[registered.outcome],
            unknown=registered.unknown,
        )

    async def _register(self, request: resource_pb2.RegisterResourceRequest) -> Registered:
        if request.remote:
            raise EngineError(f"'{request.type}' is a remote component: {refusal(urns.package_of(request.type))}")
        options = goals.options_of(request)
        parent = self._deployment.context.goals.get(request.parent)
        if parent is not None:
            goals.inherit(options, parent, custom=request.custom)
        properties, options = await transforms.apply(
            self.callbacks, self._transforms_for(request), request, transforms.properties_of(request), options
        )
        provider = ""
        if request.custom and not urns.is_provider_type(request.type):
            provider = options.provider or await self._default_provider(request.type)
        properties["values"] = assets.with_hashes(properties["values"], self._folder)
        goal = goals.goal_of(request, options, properties, provider, self._info.root)
        registered = await self._deployment.register(goal)
        self._parents[registered.resource.urn] = request.parent
        self._transforms[registered.resource.urn] = list(request.transforms)
        return registered

    def _transforms_for(self, request: resource_pb2.RegisterResourceRequest) -> list[callback_pb2.Callback]:
        """Returns the resource's own transforms, then its ancestors', then the stack's."""
        found = list(request.transforms)
        ancestor = request.parent
        while ancestor:
            found += self._transforms.get(ancestor, [])
            ancestor = self._parents.get(ancestor, "")
        return found + self._stack_transforms

    async def _default_provider(self, type_: str) -> str:
        package = urns.package_of(type_)
        return await self._deployment.default_provider(package, self._package_config(package))

    async def RegisterResourceOutputs(
        self, request: resource_pb2.RegisterResourceOutputsRequest, context: Any
    ) -> empty_pb2.Empty:
        try:
            await self._deployment.executor.register_outputs(request.urn, self._outputs(request))
        except EngineError as error:
            await context.abort(grpc.StatusCode.UNKNOWN, str(error))
        return empty_pb2.Empty()

    def _outputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> values.PropertyMap:
        outputs: values.PropertyMap = assets.with_hashes(wire.from_struct(request.outputs), self._folder)
        return outputs

    async def ReadResource(self, request: resource_pb2.ReadResourceRequest, context: Any) -> resource_pb2.ReadResourceResponse:
        try:
            provider = request.provider or await self._default_provider(request.type)
            goal = goals.read_goal_of(request, provider, self._info.root)
            registered = await self._deployment.read(goal)
        except EngineError as error:
            await context.abort(grpc.StatusCode.UNAVAILABLE, str(error))
            raise
        keep = wire.Keep(secrets=request.acceptSecrets, resources=request.acceptResources)
        struct = wire.to_struct(registered.resource.outputs, keep)
        return resource_pb2.ReadResourceResponse(urn=registered.resource.urn, properties=struct)

    async def Invoke(self, request: resource_pb2.ResourceInvokeRequest, context: Any) -> provider_pb2.InvokeResponse:
        try:
            outputs = self._invoke(request.tok, wire.from_struct(request.args))
        except EngineError as error:
            await context.abort(grpc.StatusCode.UNKNOWN, str(error))
            raise
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(wire.to_struct(outputs))
        return response

    def _invoke(self, token: str, arguments: values.PropertyMap) -> values.PropertyMap:
        context = self._deployment.context
        if token == "pulumi:pulumi:getResource":  # noqa: S105 - a function's name
            resource = context.news.get(arguments["urn"]) or context.reads.get(arguments["urn"])
            if resource is None:
                raise EngineError(f"unknown resource {arguments['urn']}")
            return {"urn": resource.urn, "id": resource.id, "provider": resource.provider, "state": resource.outputs}
        if token == "pulumi:pulumi:readStackOutputs":  # noqa: S105 - a function's name
            return context.registry.builtin.stack_outputs(arguments)
        raise EngineError(f"function '{token}' is not served here: {refusal(urns.package_of(token))}")

    async def Call(self, request: Any, context: Any) -> provider_pb2.CallResponse:
        package = urns.package_of(request.tok)
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, f"method '{request.tok}': {refusal(package)}")
        raise EngineError(request.tok)

    async def RegisterPackage(self, request: Any, context: Any) -> resource_pb2.RegisterPackageResponse:
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, refusal(request.name))
        raise EngineError(request.name)

    async def RegisterStackTransform(self, request: callback_pb2.Callback, context: Any) -> empty_pb2.Empty:
        self._stack_transforms.append(request)
        return empty_pb2.Empty()

    async def RegisterResourceHook(self, request: resource_pb2.RegisterResourceHookRequest, context: Any) -> empty_pb2.Empty:
        call = HookCallback(self.callbacks, request.callback)
        try:
            self._hooks.register(request.name, hooks.Hook(call, request.on_dry_run, request.ignore_errors))
        except EngineError as error:
            await context.abort(grpc.StatusCode.ALREADY_EXISTS, str(error))
        return empty_pb2.Empty()

    async def RegisterErrorHook(self, request: resource_pb2.RegisterErrorHookRequest, context: Any) -> empty_pb2.Empty:
        call = HookCallback(self.callbacks, request.callback)
        try:
            self._hooks.register_error_hook(request.name, call.wants_retry)
        except EngineError as error:
            await context.abort(grpc.StatusCode.ALREADY_EXISTS, str(error))
        return empty_pb2.Empty()

    async def SignalAndWaitForShutdown(self, request: empty_pb2.Empty, context: Any) -> empty_pb2.Empty:
        self.finished = asyncio.ensure_future(self._deployment.finish())
        await asyncio.shield(self.finished)
        return empty_pb2.Empty()
