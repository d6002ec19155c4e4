"""The embedded deployment engine: Pulumi's protocol, state files and commands, without the CLI.

``python -m engine up`` runs the unmodified program and its dynamic providers over gRPC and keeps
Pulumi's own file backend, so that the real CLI can take over the stack at any time. It owns no
provider binaries: packages other than dynamic providers are refused by name.
"""
