"""The version of Juju that is simulated."""

VERSION = "3.6.25"
