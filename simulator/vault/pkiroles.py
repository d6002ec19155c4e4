"""The settings of a PKI role: what a request leaves out has Vault's default."""

from __future__ import annotations

from typing import Any, Final

from .durations import seconds

_LISTS: Final = (
    "allowed_domains", "allowed_other_sans", "allowed_serial_numbers", "allowed_uri_sans", "country", "ext_key_usage",
    "ext_key_usage_oids", "locality", "organization", "ou", "policy_identifiers", "postal_code", "province", "street_address",
)  # fmt: skip
_OFF: Final = (
    "allow_any_name", "allow_bare_domains", "allow_glob_domains", "allow_subdomains", "allow_token_displayname",
    "allowed_domains_template", "basic_constraints_valid_for_non_ca", "code_signing_flag", "email_protection_flag",
    "generate_lease", "no_store",
)  # fmt: skip
_ON: Final = (
    "allow_ip_sans", "allow_localhost", "allow_wildcard_certificates", "client_flag", "enforce_hostnames", "require_cn",
    "server_flag", "use_csr_common_name", "use_csr_sans",
)  # fmt: skip


def settings(asked: dict[str, Any]) -> dict[str, Any]:
    """A role as it is stored: durations in seconds."""
    flags = {**dict.fromkeys(_OFF, False), **dict.fromkeys(_ON, True)}
    return {
        **{name: bool(asked.get(name, default)) for name, default in flags.items()},
        **{name: _several(asked.get(name)) for name in _LISTS},
        "key_bits": int(asked.get("key_bits") or 2048),
        "key_type": str(asked.get("key_type") or "rsa"),
        "key_usage": _several(asked.get("key_usage")) or ["DigitalSignature", "KeyAgreement", "KeyEncipherment"],
        "max_ttl": seconds(asked.get("max_ttl")),
        "not_before_duration": seconds(asked.get("not_before_duration"), 30),
        "ttl": seconds(asked.get("ttl")),
    }


def _several(value: Any) -> list[str]:
    return value.split(",") if isinstance(value, str) and value else list(value or [])
