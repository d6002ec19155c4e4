"""Typed facades over the libraries that speak to MAAS, LXD, Juju and OpenStack; the only place that talks to a server."""
