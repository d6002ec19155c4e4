"""A rack on loopback: MAAS, LXD and Juju APIs over one model of machines, networks and time."""
