"""What the generated SDK has and the drop-in hasn't, or has otherwise, each with its reason.

Kept apart from the test so that it reads as the list that it is; the package's README tells the same to its users.
"""

from __future__ import annotations

CLASSES = {
    "AuthGroup": "the OpenFGA-like authorisation of LXD 5.21 and later; the program uses certificates restricted to projects",
    "AuthIdentity": "as AuthGroup",
    "NetworkLb": "load balancers need OVN networks, which the site has not",
    "NetworkPeer": "peering needs OVN networks",
    "NetworkZone": "LXD's DNS: names are MAAS's business here",
    "NetworkZoneRecord": "as NetworkZone",
}
"""Resources left out."""

FUNCTIONS = {
    "get_auth_group": "as AuthGroup",
    "get_auth_identity": "as AuthIdentity",
}
"""Functions left out."""

FUNCTION_ARGUMENTS = {
    ("get_profile", "devices"): "an argument by an accident of the bridge: what is looked up can't be given",
}
"""Arguments of functions left out."""

PROPERTIES = {
    ("StorageBucket", "target"): "an output only in a cluster",
}
"""Outputs left out; those that are inputs too are there when they were given."""

REPLACED = {
    "remote": "an object on another server is another object: Terraform would look for it on the new server and fail",
}
"""Arguments of every class whose change replaces, where the generated SDK's doesn't."""

REFUSED = {
    ("ImageSourceImage", "copy_aliases"): "aliases aren't read from other servers; they can be listed",
    ("Instance", "target"): "clusters aren't managed",
    ("InstanceDevice", "target"): "clusters aren't managed",
    ("Network", "member_overrides"): "clusters aren't managed",
    ("StorageBucket", "target"): "clusters aren't managed",
    ("StoragePool", "member_overrides"): "clusters aren't managed",
    ("StorageVolume", "target"): "clusters aren't managed",
    ("StorageVolumeCopy", "source_remote"): "volumes are copied within one server",
    ("StorageVolumeCopy", "target"): "clusters aren't managed",
}
"""Arguments that are taken, and refused at preview when they ask for what is left out."""

MANAGED_BY_SERVER = {
    ("StorageVolume", "target"): "conditional in the generated SDK: replaces only in a cluster",
    ("StorageBucket", "target"): "conditional in the generated SDK: replaces only in a cluster",
    ("TrustCertificate", "content"): "replaces when the certificate in it is another one, by its fingerprint",
    ("TrustCertificate", "path"): "replaces when the certificate in it is another one, by its fingerprint",
}
"""Replacement rules that the table of attributes can't say."""

SECRET_BESIDES = {
    ("TrustToken", "token"): "whoever has it gains LXD's trust",
}
"""Outputs that are secret here and not in the generated SDK."""
