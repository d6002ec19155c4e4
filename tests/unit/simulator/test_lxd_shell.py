"""The shell inside instances."""

import pytest

from simulator.lxd import filesystem, shell
from simulator.lxd.programs import Session
from simulator.lxd.records import File, Instance


@pytest.fixture
def session():
    config = {"volatile.base_image": "0", "image.os": "Debian"}
    instance = Instance(name="c1", project="default", type="container", created_at="", config=config)
    return Session(instance=instance, environment={"HOME": "/root"})


@pytest.mark.parametrize(
    ("text", "code", "stdout"),
    [
        ("echo hello", 0, "hello\n"),
        ("echo -n a; echo b", 0, "ab\n"),
        ("false", 1, ""),
        ("false || echo rescued", 0, "rescued\n"),
        ("false && echo never", 1, ""),
        ("true && echo yes", 0, "yes\n"),
        ("exit 3; echo never", 3, ""),
        ("echo 'one  two' | grep one", 0, "one  two\n"),
        ("A=1; echo \"$A ${A}\" '$A'", 0, "1 1 $A\n"),
        ("false; echo $?", 0, "1\n"),
        ("echo x > /tmp/f; echo y >> /tmp/f; cat /tmp/f", 0, "x\ny\n"),
        ("mkdir -p /srv/a/b && ls /srv/a", 0, "b\n"),
        ("test -d /etc && [ -f /etc/hostname ] && cat < /etc/hostname", 0, "c1\n"),
        ("[ a = b ] || hostname", 0, "c1\n"),
        ("echo hidden > /dev/null", 0, ""),
        ("sh -c 'echo inner; exit 4'", 4, "inner\n"),
        ("cd /tmp; pwd", 0, "/tmp\n"),
        ("# nothing\necho line", 0, "line\n"),
        ("rm /no/such", 1, ""),
        ("cat /no/such 2>/dev/null; echo on", 0, "on\n"),
        ("no-such-program", 127, ""),
        ("printf '%s-%s' a b", 0, "a-b"),
    ],
)
def test_scripts(session, text, code, stdout):
    result = shell.run(session, ["sh", "-c", text])
    assert (result.code, result.stdout.decode()) == (code, stdout)


def test_errors_go_to_standard_error(session):
    result = shell.run(session, ["sh", "-c", "cat /no/such; echo err >&2"])
    assert result.stdout == b""
    assert result.stderr == b"cat: can't open '/no/such': No such file or directory\nerr\n"


def test_a_script_file_and_standard_input(session):
    filesystem.write(session.instance, "/root/s", File(content=filesystem.encode(b"echo from file")))
    assert shell.run(session, ["sh", "/root/s"]).stdout == b"from file\n"
    assert shell.run(session, ["sh"], b"echo typed").stdout == b"typed\n"
    assert shell.run(session, ["tee", "/root/t"], b"kept").stdout == b"kept"
    assert filesystem.content(session.instance, "/root/t") == b"kept"


def test_sleeping_takes_virtual_time_only(session):
    assert shell.run(session, ["sh", "-c", "sleep 5; sleep 2"]).seconds == 7


@pytest.mark.parametrize(
    ("command", "wants"),
    [
        (["cat"], True),
        (["cat", "/etc/hostname"], False),
        (["sh"], True),
        (["sh", "-c", "cat > /tmp/x"], True),
        (["sh", "-c", "echo hi"], False),
        (["tee", "/x"], True),
        (["true"], False),
    ],
)
def test_only_readers_wait_for_input(command, wants):
    assert shell.wants_input(command) is wants


def test_links_are_followed_and_loops_end(session):
    link = File(type="symlink", content=filesystem.encode(b"/etc/hostname"))
    filesystem.write(session.instance, "/root/link", link)
    assert filesystem.content(session.instance, "/root/link") == b"c1\n"
    filesystem.write(session.instance, "/root/self", File(type="symlink", content=filesystem.encode(b"self")))
    assert shell.run(session, ["cat", "/root/self"]).code == 1
