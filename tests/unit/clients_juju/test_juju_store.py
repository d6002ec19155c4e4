"""The client store: other entries kept, files replaced whole, private, shared by threads."""

from __future__ import annotations

import concurrent.futures
import pathlib
import stat

import pytest
import yaml

from clients.juju import Access, ClientStore, NoController, StoreError

CLOUD = {"type": "maas", "auth-types": ["oauth1"], "endpoint": "http://10.0.0.1:5240/MAAS"}


def test_other_entries_are_kept(tmp_path: pathlib.Path) -> None:
    (tmp_path / "clouds.yaml").write_text(yaml.safe_dump({"clouds": {"theirs": {"type": "lxd"}}, "other": 1}))
    store = ClientStore(tmp_path)
    store.set_cloud("ours", CLOUD)
    document = yaml.safe_load((tmp_path / "clouds.yaml").read_text())
    assert document == {"clouds": {"theirs": {"type": "lxd"}, "ours": CLOUD}, "other": 1}
    store.remove_cloud("ours")
    store.remove_cloud("ours")
    assert yaml.safe_load((tmp_path / "clouds.yaml").read_text())["clouds"] == {"theirs": {"type": "lxd"}}


def test_credentials_live_below_their_cloud(tmp_path: pathlib.Path) -> None:
    store = ClientStore(tmp_path)
    store.set_credential("maas", "a", {"auth-type": "oauth1", "maas-oauth": "x:y:z"})
    store.set_credential("maas", "b", {"auth-type": "oauth1", "maas-oauth": "1:2:3"})
    store.remove_credential("maas", "a")
    assert store.credential("maas", "a") is None
    assert store.credential("maas", "b") == {"auth-type": "oauth1", "maas-oauth": "1:2:3"}
    store.remove_credential("maas", "b")
    assert yaml.safe_load((tmp_path / "credentials.yaml").read_text()) == {"credentials": {}}


def test_files_are_private_and_nothing_is_left_behind(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "juju"
    ClientStore(folder).set_credential("maas", "a", {"auth-type": "oauth1", "maas-oauth": "x:y:z"})
    assert stat.S_IMODE((folder / "credentials.yaml").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(p.name for p in folder.iterdir()) == [".pulumi.lock", "credentials.yaml"]


def test_an_unchanged_entry_leaves_the_file_alone(tmp_path: pathlib.Path) -> None:
    store = ClientStore(tmp_path)
    store.set_cloud("ours", CLOUD)
    before = (tmp_path / "clouds.yaml").stat().st_mtime_ns, (tmp_path / "clouds.yaml").stat().st_ino
    store.set_cloud("ours", CLOUD)
    assert ((tmp_path / "clouds.yaml").stat().st_mtime_ns, (tmp_path / "clouds.yaml").stat().st_ino) == before


def test_many_threads_lose_nothing(tmp_path: pathlib.Path) -> None:
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: ClientStore(tmp_path).set_cloud(f"c{i}", CLOUD), range(24)))
    assert len(yaml.safe_load((tmp_path / "clouds.yaml").read_text())["clouds"]) == 24


def test_a_file_that_is_no_yaml_is_named(tmp_path: pathlib.Path) -> None:
    (tmp_path / "clouds.yaml").write_text("a: [")
    with pytest.raises(StoreError, match=r"clouds\.yaml"):
        ClientStore(tmp_path).cloud("x")
    (tmp_path / "clouds.yaml").write_text("- a")
    with pytest.raises(StoreError, match="holds no mapping"):
        ClientStore(tmp_path).cloud("x")


def controllers(folder: pathlib.Path, password: str | None = "pw") -> None:
    entry = {"uuid": "u", "api-endpoints": ["127.0.0.1:17070"], "ca-cert": "PEM", "cloud": "maas-site"}
    (folder / "controllers.yaml").write_text(yaml.safe_dump({"controllers": {"site": entry}}))
    account = {"user": "admin", **({"password": password} if password else {})}
    (folder / "accounts.yaml").write_text(yaml.safe_dump({"controllers": {"site": account}}))


def test_a_controller_is_found_by_its_name(tmp_path: pathlib.Path) -> None:
    controllers(tmp_path)
    entry = Access(controller="site", folder=tmp_path).entry()
    assert (entry.addresses, entry.user, entry.password, entry.ca_cert) == (("127.0.0.1:17070",), "admin", "pw", "PEM")
    assert "pw" not in repr(entry)
    assert ClientStore(tmp_path).controllers_on("maas-site") == ["site"]
    assert ClientStore(tmp_path).controllers_on("other") == []


def test_a_controller_that_is_unknown_says_what_to_do(tmp_path: pathlib.Path) -> None:
    with pytest.raises(NoController, match=r"no controller 'site': bootstrap it, log in to it"):
        Access(controller="site", folder=tmp_path).entry()


def test_a_controller_without_a_password_says_what_to_do(tmp_path: pathlib.Path) -> None:
    controllers(tmp_path, password=None)
    with pytest.raises(StoreError, match="juju:password"):
        Access(controller="site", folder=tmp_path).entry()


def test_addresses_given_here_need_no_store(tmp_path: pathlib.Path) -> None:
    access = Access(controller="site", folder=tmp_path / "none", addresses=("10.0.0.1:17070",), user="me", password="secret")
    assert access.entry().user == "me"
    assert "secret" not in repr(access)
