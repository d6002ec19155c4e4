"""Pulumi's file backend: checkpoints, journal, locks, history and passphrase secrets."""
