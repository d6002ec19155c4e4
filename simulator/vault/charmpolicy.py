"""What the vault charm lets itself do: everything under names of its own, and looking at what is mounted."""

from __future__ import annotations

_ALL = '["create", "read", "update", "delete", "list", "sudo"]'
_GRANTS = {
    "sys/policy/charm-*": _ALL,
    "sys/policies/acl/charm-*": _ALL,
    "auth/approle/role/charm-*": _ALL,
    "auth/approle/role": '["read", "list"]',
    "sys/mounts/charm-*": _ALL,
    "charm-*": _ALL,
    "sys/mounts": '["read", "list"]',
    "sys/storage/raft/remove-peer": '["create", "update"]',
}

POLICY = "\n".join(f'path "{path}" {{ capabilities = {granted} }}' for path, granted in _GRANTS.items())
