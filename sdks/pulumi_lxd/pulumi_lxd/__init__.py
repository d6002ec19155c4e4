"""LXD as Pulumi resources."""
