"""What a command works on: the project, its backend, a stack, the stack's configuration and secrets."""

from __future__ import annotations

import getpass
import os
import pathlib
import sys
from typing import Any

from engine import config_schema, project, state, values
from engine.config import StackConfig, open_value, text_of
from engine.errors import EngineError
from engine.project import Project
from engine.store import checkpoint
from engine.store.backend import FileBackend, Loaded, StackRef, open_backend
from engine.store.passphrase import SecretsManager


class Session:
    """One command's surroundings; everything is read when it is first needed."""

    def __init__(self, cwd: str, stack: str, config_file: str = "", *, interactive: bool, check_integrity: bool):
        self.project: Project = project.find(pathlib.Path(cwd).absolute())
        self._url = os.environ.get("PULUMI_BACKEND_URL") or self.project.backend_url
        self.backend: FileBackend = open_backend(self._url)
        self.interactive = interactive
        self._stack = stack
        self._config_file = config_file
        self._check_integrity = check_integrity
        self._passphrase: str | None = None
        self._managers: dict[str, SecretsManager] = {}

    def ref(self, name: str = "") -> StackRef:
        """Returns the stack a command is about; it need not exist, unless it is the selected one."""
        if name and self._stack:
            raise EngineError("only one of --stack or argument stack name may be specified, not both")
        if name or self._stack:
            return StackRef.parse(name or self._stack, self.project.name)
        selected = self.selected()
        if selected is None or not self.backend.exists(selected):
            raise EngineError(
                "no stack selected; please use `stack select` or `stack init` to choose one, or name it with --stack"
            )
        return selected

    def selected(self) -> StackRef | None:
        """Returns the selected stack, which may be gone by now."""
        name = project.selected_stack(self.project, self._url)
        return StackRef.parse(name, self.project.name) if name else None

    def select(self, ref: StackRef | None) -> None:
        """Selects a stack, or none."""
        project.select_stack(self.project, self._url, ref.full_name if ref else "")

    def existing(self, name: str = "") -> StackRef:
        """Returns the stack a command is about; raises ``StackNotFoundError`` if there is none."""
        ref = self.ref(name)
        self.backend.require(ref, self.project.name)
        return ref

    def config(self, ref: StackRef) -> StackConfig:
        """Reads the stack's configuration file."""
        if self._config_file:
            return StackConfig(pathlib.Path(self._config_file))
        return StackConfig(self.config_path(ref))

    def config_path(self, ref: StackRef) -> pathlib.Path:
        """Returns the path of the stack's configuration file."""
        return self.project.root / self.project.stack_config_dir / f"Pulumi.{ref.name}.yaml"

    def passphrase(self) -> str:
        """Returns the passphrase of the environment, or asks for it on a terminal."""
        if self._passphrase is None:
            self._passphrase = self._find_passphrase()
        return self._passphrase

    def _find_passphrase(self) -> str:
        if "PULUMI_CONFIG_PASSPHRASE" in os.environ:
            return os.environ["PULUMI_CONFIG_PASSPHRASE"]
        path = os.environ.get("PULUMI_CONFIG_PASSPHRASE_FILE")
        if path:
            try:
                return pathlib.Path(path).read_text().strip()
            except OSError as error:
                raise EngineError(f"could not read PULUMI_CONFIG_PASSPHRASE_FILE: {error}") from error
        if self.interactive and sys.stdin.isatty():
            return getpass.getpass("Enter your passphrase to unlock config/secrets: ")
        raise EngineError(
            "passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables"
        )

    def secrets(self, salt: str) -> SecretsManager:
        """Opens the secrets of a salt line, once."""
        if salt not in self._managers:
            self._managers[salt] = SecretsManager.open(self.passphrase(), salt)
        return self._managers[salt]

    def stack_secrets(self, ref: StackRef, config: StackConfig) -> SecretsManager:
        """Returns the stack's secrets; a stack without any gets them, in its configuration file."""
        if not config.salt:
            stored = self._stored_salt(ref)
            manager = self.secrets(stored) if stored else SecretsManager.create(self.passphrase())
            self._managers[manager.salt] = manager
            config.salt = manager.salt
            config.save()
        return self.secrets(config.salt)

    def _stored_salt(self, ref: StackRef) -> str:
        loaded = self.backend.load(ref) if self.backend.exists(ref) else None
        return salt_of(loaded.deployment) if loaded else ""

    def load(self, ref: StackRef) -> Loaded | None:
        """Reads the stack's state and refuses one that contradicts itself."""
        loaded = self.backend.load(ref)
        if loaded is not None and self._check_integrity:
            checkpoint.verify(loaded.deployment)
        return loaded

    def resources(self, deployment: checkpoint.Deployment) -> list[state.Resource]:
        """Returns a deployment's resources with their secrets opened."""
        return [state.from_json(r, self.decrypter(deployment)) for r in deployment.get("resources") or []]

    def decrypter(self, deployment: checkpoint.Deployment) -> state.Decrypt:
        """Returns what opens a deployment's secrets; asks for the passphrase when it is first used."""
        salt = salt_of(deployment)

        def decrypt(ciphertext: str) -> str:
            if not salt:
                raise EngineError("the state holds secrets of a secrets provider that is not served here")
            return self.secrets(salt).decrypt(ciphertext)

        return decrypt

    def outputs(self, ref: StackRef) -> values.PropertyMap:
        """Returns a stack's outputs, secrets opened."""
        loaded = self.backend.load(ref)
        for resource in loaded.deployment.get("resources") or [] if loaded else []:
            if resource["type"] == "pulumi:pulumi:Stack" and not resource.get("delete"):
                opened: values.PropertyMap = state.load(
                    resource.get("outputs") or {}, self.decrypter(loaded.deployment if loaded else {})
                )
                return opened
        return {}

    def referenced_outputs(self, name: str) -> values.PropertyMap:
        """Returns the outputs of a stack that a program refers to."""
        ref = StackRef.parse(name, self.project.name)
        if not self.backend.exists(ref):
            raise EngineError(f'unknown stack "{name}"')
        return self.outputs(ref)

    def effective_config(self, ref: StackRef, config: StackConfig) -> dict[str, Any]:
        """Returns the stack's configuration, completed by the project's declarations."""
        return config_schema.apply(self.project.config, config.values, self.project.name, ref.name)


def salt_of(deployment: checkpoint.Deployment) -> str:
    """Returns the salt line that a deployment's secrets belong to."""
    providers = deployment.get("secrets_providers") or {}
    return str((providers.get("state") or {}).get("salt") or "") if providers.get("type") == "passphrase" else ""


def opened_texts(config: dict[str, Any], decrypt: state.Decrypt) -> dict[str, str]:
    """Returns each value as the program sees it."""
    return {key: text_of(open_value(value, decrypt, key)) for key, value in config.items()}
