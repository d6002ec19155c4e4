"""Vault's resources: from its first keys to the cloud's certificate authority."""

from __future__ import annotations

from .authorisation import Authorisation
from .initialisation import Initialisation
from .recovery_key import RecoveryKey
from .root_certificate import RootCertificate
from .unsealed import Unsealed

__all__ = ["Authorisation", "Initialisation", "RecoveryKey", "RootCertificate", "Unsealed"]
