"""users/, account/ and the keys of users."""

from __future__ import annotations

import re
from typing import Any

from .. import auth, lookups, passwords
from ..call import Answer, Call, created, deleted
from ..errors import HTML, ApiError, FieldErrors, NotFound, Refused, forbidden
from ..forms import REQUIRED, Form
from ..records.people import SshKey, SslKey, Token, User
from ..region import Region
from ..render import people
from ..routing import Resource

many = Resource("UsersHandler", "users/", "Manages users.")
one = Resource("UserHandler", "users/{username}/", "Manages a user.")
account = Resource("AccountHandler", "account/", "Manages the caller's API keys.")
sshkeys = Resource("SSHKeysHandler", "account/prefs/sshkeys/", "Manages the caller's SSH keys.")
sshkey = Resource("SSHKeyHandler", "account/prefs/sshkeys/{id}/", "Manages an SSH key.")
sslkeys = Resource("SSLKeysHandler", "account/prefs/sslkeys/", "Manages the caller's certificates.")
sslkey = Resource("SSLKeyHandler", "account/prefs/sslkeys/{id}/", "Manages a certificate.")
RESOURCES = (many, one, account, sshkeys, sshkey, sslkeys, sslkey)

_SSH = re.compile(r"(ssh-(rsa|dss|ed25519)|ecdsa-sha2-nistp\d+|sk-[\w@.-]+) +[A-Za-z0-9+/]+=* *.*")
CONFLICT = "<html><head><title>409 Conflict</title></head><body><h1>Conflict</h1><p>Try again.</p></body></html>"


@many.rest("GET")
def read_all(region: Region, call: Call) -> Any:
    """Lists users."""
    return [people.user(row) for row in sorted(region.store.users.values(), key=lambda row: row.username)]


@many.op("GET", "whoami")
def whoami(region: Region, call: Call) -> Any:
    """Says who the caller is."""
    return people.user(call.who)


@many.rest("POST", admin=True)
def create(region: Region, call: Call) -> Any:
    """Makes a user. Fields: username, email, password, is_superuser (0 or 1)."""
    form = Form(call.body)
    username, email = form.text("username"), form.text("email")
    for field in ("username", "email", "password", "is_superuser"):
        if form.raw(field) is None:
            raise Refused(400, f"No provided {field}!")
    flag = form.text("is_superuser")
    if flag not in ("0", "1"):
        raise Refused(500, f"invalid literal for int() with base 10: '{flag}'")
    if any(username == row.username or email == row.email for row in region.store.users.values()):
        raise ApiError(409, CONFLICT, HTML, {"Retry-After": "5"})
    row = User(username=username, email=email, is_superuser=flag == "1", password=passwords.hashed(form.text("password")))
    region.store.add(region.store.users, row)
    return people.user(row)


@one.rest("GET")
def read(region: Region, call: Call) -> Any:
    """Reads a user."""
    return people.user(_get(region, call))


@one.rest("DELETE", admin=True)
def delete(region: Region, call: Call) -> Answer:
    """Deletes a user; one that isn't there is no error."""
    found = next((row for row in region.store.users.values() if row.username == call.params["username"]), None)
    if found is call.who:
        raise Refused(400, "An administrator cannot self-delete.")
    if found:
        owned = sum(1 for row in region.store.nodes.values() if row.owner == found.username)
        if owned:
            text = f"User {found.username} cannot be deleted: {owned} node(s) are still allocated."
            raise Refused(400, text)
        del region.store.users[found.id]
        region.store.tokens = {key: row for key, row in region.store.tokens.items() if row.user != found.username}
    return deleted()


def _get(region: Region, call: Call) -> User:
    found = next((row for row in region.store.users.values() if row.username == call.params["username"]), None)
    if not found:
        raise NotFound("User")
    return found


def new_token(region: Region, user: User, name: str) -> Token:
    """Makes an API key for a user."""
    made = Token(user=user.username, name=name, consumer=auth.random_key(), key=auth.random_key(), secret=auth.random_key(32))
    return region.store.add(region.store.tokens, made)


@account.op("GET", "list_authorisation_tokens")
def list_tokens(region: Region, call: Call) -> Any:
    """Lists the caller's API keys."""
    rows = [row for row in region.store.tokens.values() if row.user == call.who.username]
    return [{"name": row.name, "token": f"{row.consumer}:{row.key}:{row.secret}"} for row in rows]


@account.op("POST", "create_authorisation_token")
def create_token(region: Region, call: Call) -> Any:
    """Makes an API key. Field: name."""
    row = new_token(region, call.who, Form(call.body).text("name") or "MAAS consumer")
    return {"token_key": row.key, "token_secret": row.secret, "consumer_key": row.consumer, "name": row.name}


@account.op("POST", "update_token_name")
def rename_token(region: Region, call: Call) -> Any:
    """Renames an API key. Fields: token, name."""
    form = Form(call.body)
    if form.raw("token") is None:
        raise Refused(400, "No provided token!")
    row = _token(region, call, form.text("token").split(":")[-2 if ":" in form.text("token") else 0])
    row.name = form.text("name", row.name)
    return Answer(content_type="text/plain", body="Accepted")


@account.op("POST", "delete_authorisation_token")
def delete_token(region: Region, call: Call) -> Answer:
    """Deletes an API key. Field: token_key."""
    form = Form(call.body)
    if form.raw("token_key") is None:
        raise Refused(400, "No provided token_key!")
    del region.store.tokens[_token(region, call, form.text("token_key")).id]
    return deleted()


def _token(region: Region, call: Call, key: str) -> Token:
    rows = region.store.tokens.values()
    found = next((row for row in rows if row.key == key and row.user == call.who.username), None)
    if not found:
        raise NotFound("Token")
    return found


@sshkeys.rest("GET")
def read_sshkeys(region: Region, call: Call) -> Any:
    """Lists the caller's SSH keys."""
    return [people.sshkey(row) for row in region.store.sshkeys.values() if row.user == call.who.username]


@sshkeys.rest("POST")
def create_sshkey(region: Region, call: Call) -> Any:
    """Adds an SSH key. Field: key."""
    form = Form(call.body)
    key = form.text("key", required=True)
    form.check()
    if not _SSH.fullmatch(key):
        raise FieldErrors({"key": ["Invalid SSH public key: could not be parsed."]})
    if any((row.user, row.key) == (call.who.username, key) for row in region.store.sshkeys.values()):
        raise FieldErrors({"__all__": ["This key has already been added for this user."]})
    return created(people.sshkey(region.store.add(region.store.sshkeys, SshKey(user=call.who.username, key=key))))


@sshkeys.op("POST", "import")
def import_sshkeys(region: Region, call: Call) -> Any:
    """Takes keys over from a code host, which the simulated region cannot reach. Field: keysource."""
    if not Form(call.body).text("keysource"):
        raise FieldErrors({"__all__": [REQUIRED]})
    raise Refused(400, "Importing SSH keys failed: the key server cannot be reached.")


@sshkey.rest("GET")
def read_sshkey(region: Region, call: Call) -> Any:
    """Reads an SSH key, also another user's."""
    return people.sshkey(lookups.by_id("SSHKey", region.store.sshkeys, call.params["id"]))


@sshkey.rest("DELETE")
def delete_sshkey(region: Region, call: Call) -> Answer:
    """Deletes an SSH key of the caller's."""
    row = lookups.by_id("SSHKey", region.store.sshkeys, call.params["id"])
    if row.user != call.who.username:
        raise Refused(403, "Can't delete a key you don't own.")
    del region.store.sshkeys[row.id]
    return deleted()


@sslkeys.rest("GET")
def read_sslkeys(region: Region, call: Call) -> Any:
    """Lists the caller's certificates."""
    return [people.sslkey(row) for row in region.store.sslkeys.values() if row.user == call.who.username]


@sslkeys.rest("POST")
def create_sslkey(region: Region, call: Call) -> Any:
    """Adds a certificate. Field: key."""
    form = Form(call.body)
    key = form.text("key", required=True)
    form.check()
    return created(people.sslkey(region.store.add(region.store.sslkeys, SslKey(user=call.who.username, key=key))))


@sslkey.rest("GET")
def read_sslkey(region: Region, call: Call) -> Any:
    """Reads a certificate."""
    return people.sslkey(lookups.by_id("SSLKey", region.store.sslkeys, call.params["id"]))


@sslkey.rest("DELETE")
def delete_sslkey(region: Region, call: Call) -> Answer:
    """Deletes a certificate of the caller's."""
    row = lookups.by_id("SSLKey", region.store.sslkeys, call.params["id"])
    if row.user != call.who.username:
        raise forbidden()
    del region.store.sslkeys[row.id]
    return deleted()
