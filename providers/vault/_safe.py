"""Where Vault's keys lie between Vault's answer and the saved state: a file that only the state can open.

Vault says its keys once ever. A run that is killed between that and the engine's next save would lose them; so they are sealed
with a key that the state has had since before, written and synced before the provider returns, and dropped once the state has
them.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import tempfile
from typing import Final

from cryptography import fernet

from clients import vault

from .._base import ExpectedError

FOLDER: Final = pathlib.Path(".cache") / "vault"


def new_key() -> str:
    """A key for a safe."""
    return fernet.Fernet.generate_key().decode()


class Safe:
    """The sealed file of one Vault, by its model and application."""

    def __init__(self, model: str, application: str, folder: pathlib.Path = FOLDER) -> None:
        """Touches nothing."""
        self.path = folder / f"{model}-{application}.sealed"

    def keep(self, made: vault.Initialised, key: str) -> None:
        """Writes what Vault said; it is on the disk when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        said = json.dumps({"keys": made.keys, "root_token": made.root_token}).encode()
        handle, temporary = tempfile.mkstemp(dir=self.path.parent)  # readable by its owner alone
        with os.fdopen(handle, "wb") as file:
            file.write(fernet.Fernet(key.encode()).encrypt(said))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def take(self, key: str) -> vault.Initialised | None:
        """What was kept, None when nothing was.

        Raises:
            ExpectedError: when it was sealed with another key.
        """
        try:
            sealed = self.path.read_bytes()
        except OSError:
            return None
        try:
            said = json.loads(fernet.Fernet(key.encode()).decrypt(sealed))
        except (fernet.InvalidToken, ValueError):
            raise ExpectedError(
                f"{self.path.absolute()} holds Vault's keys, sealed with a recovery key that is not this state's: bring back the "
                f"state that it belongs to (see .pulumi-state's history), or remove the file if these keys are of no use"
            ) from None
        return vault.Initialised(keys=tuple(said["keys"]), root_token=said["root_token"])

    def forget(self) -> None:
        """Drops it; the state has what was in it."""
        with contextlib.suppress(OSError):
            self.path.unlink()
