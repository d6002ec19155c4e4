"""When a model counts as settled, and when it never will."""

from __future__ import annotations

from typing import Any

import pytest

from providers.juju import _settling
from providers.juju._settling import Hold, Wanted, judge

AWAITING = "waiting: 'certificates' awaiting server certificate data"


def missing(status: Any, wanted: Wanted) -> list[str]:
    return list(judge(status, wanted).unsettled)


def failed(status: Any) -> list[str]:
    return [f.text for f in judge(status, Wanted(applications={})).failures]


def test_all_there_is_settled(words: Any) -> None:
    status = words.status(words.machine("0"), words.machine("0/lxd/0"), words.unit("keystone/0"), words.unit("router/0"))
    verdict = judge(status, Wanted(applications={"keystone": 1, "router": 1}, machines=2))
    assert verdict.unsettled == ()
    assert verdict.failures == ()


def test_what_is_missing_is_said_one_by_one(words: Any) -> None:
    status = words.status(
        words.machine("0", agent="pending", instance="allocating: Deploying"),
        words.unit("keystone/0", "waiting: for the database", "executing: running install hook"),
        words.unit("glance/0", "active", "executing: running config-changed hook"),
        words.relation("keystone:shared-db", "glance:x", status="joining"),
    )
    assert missing(status, Wanted(applications={"keystone": 2, "glance": 1, "nova": 1}, machines=2)) == [
        "1 of 2 machines are there",
        "machine 0: allocating (Deploying), agent pending",
        "glance/0: active, agent executing (running config-changed hook)",
        "keystone: 1 of 2 units",
        "keystone/0: waiting (for the database)",
        "nova: not there",
        "relation glance:x keystone:shared-db: joining",
    ]


def test_a_charm_that_never_speaks_is_fine(words: Any) -> None:
    assert missing(words.status(words.unit("quiet/0", "unknown")), Wanted(applications={"quiet": 1})) == []


def test_the_hook_of_every_five_minutes_disturbs_nobody(words: Any) -> None:
    status = words.status(words.unit("a/0", "active", "executing: running update-status hook"))
    assert missing(status, Wanted(applications={"a": 1})) == []


def test_an_unexpected_block_is_not_settled(words: Any) -> None:
    status = words.status(words.unit("vault/0", "blocked: Vault needs to be initialized"))
    assert missing(status, Wanted(applications={"vault": 1})) == ["vault/0: blocked (Vault needs to be initialized)"]


def vault(words: Any, *parts: Any) -> Any:
    return words.status(words.unit("vault/0", "blocked: Vault needs to be initialized"), *parts)


def vault_wanted(**applications: int) -> Wanted:
    return Wanted(applications={"vault": 1, **applications}, expected_blocked={"vault": "Vault needs to be initialized"})


def test_vault_may_wait_for_its_first_initialisation(words: Any) -> None:
    assert missing(vault(words), vault_wanted()) == []


def test_vault_may_not_be_blocked_for_another_reason(words: Any) -> None:
    status = words.status(words.unit("vault/0", "blocked: Missing relation: shared-db"))
    assert missing(status, vault_wanted()) == ["vault/0: blocked (Missing relation: shared-db)"]


def test_those_that_wait_for_vaults_certificates_are_fine(words: Any) -> None:
    related = words.relation("ovn-central:certificates", "vault:certificates", interface="tls-certificates")
    status = vault(words, words.unit("ovn-central/0", AWAITING), related)
    assert missing(status, vault_wanted(**{"ovn-central": 1})) == []


def test_those_that_wait_for_them_in_turn_are_fine(words: Any) -> None:
    status = vault(
        words,
        words.unit("ovn-central/0", AWAITING),
        words.unit("ovn-chassis/0", "waiting: 'ovsdb' incomplete"),
        words.relation("ovn-central:certificates", "vault:certificates", interface="tls-certificates"),
        words.relation("ovn-chassis:ovsdb", "ovn-central:ovsdb", interface="ovsdb"),
    )
    assert missing(status, vault_wanted(**{"ovn-central": 1, "ovn-chassis": 1})) == []


def test_a_certificate_user_that_waits_for_something_else_is_not_fine(words: Any) -> None:
    related = words.relation("keystone:certificates", "vault:certificates", interface="tls-certificates")
    status = vault(words, words.unit("keystone/0", "waiting: Incomplete relations: database"), related)
    assert missing(status, vault_wanted(keystone=1)) == ["keystone/0: waiting (Incomplete relations: database)"]


def test_nobody_may_wait_for_certificates_once_vault_works(words: Any) -> None:
    related = words.relation("ovn-central:certificates", "vault:certificates", interface="tls-certificates")
    status = words.status(words.unit("vault/0"), words.unit("ovn-central/0", AWAITING), related)
    assert len(missing(status, vault_wanted(**{"ovn-central": 1}))) == 1


def test_a_dying_unit_is_waited_for(words: Any) -> None:
    import dataclasses

    leaving = words.unit("a/0")
    leaving = dataclasses.replace(leaving, agent=dataclasses.replace(leaving.agent, life="dying"))
    assert missing(words.status(leaving), Wanted(applications={"a": 1})) == ["a/0: on its way out"]


def test_what_is_about_to_leave_is_not_waited_for(words: Any) -> None:
    """Pulumi takes out last of all: the model settles while a dead worker is still in it."""
    long_ago = words.now - 2 * _settling.AGENT_GRACE
    status = words.status(
        words.machine("0"),
        words.machine("1", agent="down", since=long_ago),
        words.unit("osd/0"),
        words.unit("osd/1", "unknown", "lost", since=long_ago, machine="1"),
    )
    without = judge(status, Wanted(applications={"osd": 1}, machines=1))
    assert (without.unsettled, without.failures) == ((), ())
    with_it = judge(status, Wanted(applications={"osd": 2}, machines=2))
    assert with_it.unsettled
    assert [failure.machine for failure in with_it.failures] == ["1", "1"]


@pytest.mark.parametrize("word", ["provisioning error", "error"])
def test_a_machine_that_the_cloud_failed_to_deploy_fails_at_once_and_may_be_retried(words: Any, word: str) -> None:
    status = words.status(words.machine("0/lxd/1", agent="pending", instance=f"{word}: no image", since=words.now))
    (failure,) = judge(status, Wanted(applications={})).failures
    assert failure.text == "machine 0/lxd/1 can't be provisioned: no image"
    assert failure.retryable


@pytest.mark.parametrize(("age", "count"), [(_settling.HOOK_GRACE - 1, 0), (_settling.HOOK_GRACE, 1)])
def test_a_failed_hook_has_a_short_grace(words: Any, age: float, count: int) -> None:
    status = words.status(words.unit("a/0", 'error: hook failed: "install"', since=words.now - age))
    assert failed(status) == ['a/0 has failed: hook failed: "install"'] * count


@pytest.mark.parametrize(("age", "count"), [(_settling.AGENT_GRACE - 1, 0), (_settling.AGENT_GRACE, 1)])
def test_a_lost_agent_has_a_longer_grace(words: Any, age: float, count: int) -> None:
    since = words.now - age
    unit, machine = words.unit("a/0", "active", "lost", since=since), words.machine("0", agent="down", since=since)
    assert failed(words.status(unit)) == ["a/0 has lost its agent: lost"] * count
    assert failed(words.status(machine)) == ["machine 0 is lost: down"] * count


def test_settled_must_hold_by_the_controllers_clock(words: Any) -> None:
    wanted, hold = Wanted(applications={"a": 1}), Hold(15)

    def over(workload: str, since: float, at: float) -> bool:
        status = words.status(words.unit("a/0", workload, since=since), at=at)
        return hold.over(status, judge(status, wanted))

    assert not over("active", since=100, at=100)
    assert not over("active", since=100, at=110)
    assert not over("maintenance", since=111, at=112)
    assert not over("active", since=113, at=114)
    assert not over("active", since=113, at=128)
    assert over("active", since=113, at=129)


def test_what_has_been_quiet_for_long_is_watched_all_the_same(words: Any) -> None:
    """It may be about to react to what was changed a moment ago."""
    hold, wanted = Hold(15), Wanted(applications={"a": 1})
    status = words.status(words.unit("a/0", since=words.now - 3600))
    assert not hold.over(status, judge(status, wanted))
    later = words.status(words.unit("a/0", since=words.now - 3600), at=words.now + 15)
    assert hold.over(later, judge(later, wanted))


def test_agents_that_work_now_and_then_dont_start_the_wait_anew(words: Any) -> None:
    """With many units, one always runs its hook of every five minutes."""
    wanted, hold = Wanted(applications={"a": 1}), Hold(15)
    for at in (0, 5, 10, 15):
        agent = "executing: running update-status hook" if at % 10 else "idle"
        status = words.status(words.unit("a/0", "active", agent, since=float(at)), at=float(at))
        over = hold.over(status, judge(status, wanted))
    assert over
