"""Layouts, disks, partitions, RAIDs and volume groups."""

from __future__ import annotations

from typing import Any

import pytest

from clients import maas
from providers import _base
from providers.maas import BlockDevice, LogicalVolume, Partition, Raid, StorageLayout, VolumeGroup

pytestmark = pytest.mark.usefixtures("rack")
GIB = 1024**3


@pytest.fixture
def machine(ready: Any) -> str:
    return str(ready("worker-1").id)


@pytest.fixture
def blank(life: Any, machine: str) -> str:
    """A Ready machine with nothing on its disks."""
    life(StorageLayout, machine=machine, layout="blank").up()
    return machine


def disk(region: maas.Maas, machine: str, name: str) -> Any:
    return next(disk for disk in region.block_devices(machine).list() if disk.name == name)


def test_layouts(life: Any, region: maas.Maas, machine: str) -> None:
    layout = life(StorageLayout, machine=machine, layout="lvm", vg_name="vg1", lv_name="root", lv_size="30G")
    layout.up()
    assert (layout.preview(), layout.refresh()) == ("same", {})
    assert "vg1-root" in {disk.name for disk in region.block_devices(machine).list()}
    assert layout.up(layout="flat", vg_name=None, lv_name=None, lv_size=None) == "update"
    assert (layout.preview(), layout.refresh()) == ("same", {})
    region.machines.act(machine, "set_storage_layout", storage_layout="blank")
    assert layout.refresh() == {"layout": "blank"}
    assert layout.up() == "update"
    assert layout.refresh() == {}


def test_a_layout_needs_a_ready_machine(life: Any, region: maas.Maas, machine: str) -> None:
    region.session.call("Machines", "allocate", "…", system_id=machine)
    with pytest.raises(_base.ExpectedError, match="worker-1 is Allocated: its storage can be laid out while it is Ready only"):
        life(StorageLayout, machine=machine, layout="flat").up()


def test_options_of_another_layout_are_refused(life: Any) -> None:
    layout = life(StorageLayout, machine="abc", layout="flat", vg_name="vg")
    assert layout.check() == [("vg_name", "a flat layout has no such option")]


def test_BlockDevice(life: Any, region: maas.Maas, blank: str) -> None:
    thing = life(BlockDevice, machine=blank, name="sdb", tags=["osd"], fs_type="ext4", label="data", mount_point="/data")
    thing.up()
    assert (thing.preview(), thing.refresh()) == ("same", {})
    found = disk(region, blank, "sdb")
    assert "osd" in found.tags
    assert (found.filesystem.fstype, found.filesystem.mount_point) == ("ext4", "/data")
    uuid_of = found.filesystem
    assert thing.up(tags=["osd", "fast"]) == "update"
    assert disk(region, blank, "sdb").filesystem == uuid_of  # a tag formats nothing
    assert thing.up(mount_point=None) == "update"
    assert disk(region, blank, "sdb").filesystem.mount_point is None
    region.block_devices(blank).act(found.id, "remove_tag", tag="osd")
    assert thing.refresh() == {"tags": ["fast"]}
    assert thing.up() == "update"
    thing.destroy()
    left = disk(region, blank, "sdb")  # disks are never deleted
    assert left.filesystem is None
    assert not {"osd", "fast"} & set(left.tags)


def test_BlockDeviceTag(life: Any, region: maas.Maas, blank: str) -> None:
    before = disk(region, blank, "sdc").tags
    thing = life(BlockDevice, machine=blank, name="sdc", tags=["osd"])
    thing.up()
    region.block_devices(blank).act(disk(region, blank, "sdc").id, "add_tag", tag="theirs")
    thing.destroy()
    assert set(disk(region, blank, "sdc").tags) == {*before, "theirs"}


def test_another_boot_disk(life: Any, region: maas.Maas, blank: str) -> None:
    thing = life(BlockDevice, machine=blank, name="sdb", boot_disk=True)
    thing.up()
    assert region.machines.read(blank).boot_disk == disk(region, blank, "sdb").id
    assert (thing.preview(), thing.refresh()) == ("same", {})


def test_a_disk_that_is_not_there_is_named_beside_those_that_are(life: Any, blank: str) -> None:
    with pytest.raises(_base.ExpectedError, match=r"has no disk sdz; it has sda \(.*480 GB\), sdb"):
        life(BlockDevice, machine=blank, name="sdz").up()


def test_partitions_do_not_touch_one_another(life: Any, region: maas.Maas, blank: str) -> None:
    # the peers rebuild all partitions of a disk for one tag
    sdb = disk(region, blank, "sdb")
    first = life(Partition, machine=blank, block_device=sdb.id, size="100G", fs_type="ext4", mount_point="/srv")
    first.up()
    before = region.partitions(blank, sdb.id).read(int(first["partition_id"]))
    second = life(Partition, machine=blank, block_device=sdb.id, size="50G", tags=["a"])
    second.up()
    second.up(tags=["a", "b"])
    life(BlockDevice, machine=blank, name="sdb", tags=["osd"]).up()
    assert region.partitions(blank, sdb.id).read(int(first["partition_id"])) == before
    assert (first.preview(), first.refresh(), second.refresh()) == ("same", {}, {})
    assert first.preview(size="200G") == "replace"
    second.destroy()
    assert region.partitions(blank, sdb.id).read(int(first["partition_id"])) == before


def test_an_interrupted_partition_is_not_made_twice(life: Any, region: maas.Maas, blank: str) -> None:
    sdb = disk(region, blank, "sdb")
    first = life(Partition, machine=blank, block_device=sdb.id, size="100G")
    first.up()
    life.things.remove(first)
    second = life(Partition, machine=blank, block_device=sdb.id, size="100G")
    second.up()
    assert second.id == first.id
    assert len(region.partitions(blank, sdb.id).list()) == 1


def test_partitions_alike_are_told_apart_by_their_key(life: Any, region: maas.Maas, blank: str) -> None:
    sdb = disk(region, blank, "sdb")
    things = [life(Partition, machine=blank, block_device=sdb.id, size="100G", key=key) for key in ("a", "b")]
    for thing in things:
        thing.up()
    assert len({thing.id for thing in things}) == 2


def test_RAID_basic_and_formatAndMount(life: Any, region: maas.Maas, blank: str) -> None:
    ids = [disk(region, blank, name).id for name in ("sdb", "sdc")]
    raid = life(Raid, machine=blank, name="md0", level="raid-1", block_devices=ids, fs_type="ext4", mount_point="/srv")
    raid.up()
    assert (raid.preview(), raid.refresh()) == ("same", {})
    found = region.raids(blank).read(int(raid["raid_id"]))
    assert (found.level, found.virtual_device.filesystem.mount_point) == ("raid-1", "/srv")
    assert raid.up(mount_point="/data") == "update"
    assert raid.preview(level="raid-0") == "replace"
    id_ = int(raid["raid_id"])
    raid.destroy()
    assert region.raids(blank).read(id_) is None


def test_RAID_differentLevels_need_their_members(life: Any) -> None:
    raid = life(Raid, machine="abc", name="md0", level="raid-5", block_devices=[1, 2])
    assert raid.check() == [("block_devices", "a raid-5 needs at least 3 members besides spares (got 2)")]
    assert raid.check(partitions=[3]) == []


def test_VolumeGroup_and_LogicalVolume_basic_and_formatAndMount(life: Any, region: maas.Maas, blank: str) -> None:
    sdb, sdc = (disk(region, blank, name).id for name in ("sdb", "sdc"))
    group = life(VolumeGroup, machine=blank, name="vg0", block_devices=[sdb])
    group.up()
    assert (group.preview(), group.refresh(), group["adopted"]) == ("same", {}, False)
    volume = life(
        LogicalVolume,
        machine=blank,
        volume_group=group["volume_group_id"],
        name="lv0",
        size="10G",
        fs_type="xfs",
        mount_point="/srv",
    )
    volume.up()
    assert (volume.preview(), volume.refresh()) == ("same", {})
    assert group.up(block_devices=[sdb, sdc]) == "update"
    assert region.volume_groups(blank).read(int(group["volume_group_id"])).block_devices == {sdb, sdc}
    assert group.refresh() == {}
    assert volume.up(mount_point="/data") == "update"
    assert volume.preview(size="20G") == "replace"
    region.block_devices(blank).act(int(volume["block_device_id"]), "unmount")
    assert volume.refresh() == {"mount_point": None}
    assert volume.up() == "update"
    volume.destroy()
    group.destroy()
    assert region.volume_groups(blank).list() == []


def test_filesystems_that_can_not_be_are_refused(life: Any) -> None:
    thing = life(BlockDevice, machine="abc", name="sdb")
    assert thing.check(mount_point="/x") == [("mount_point", "needs fs_type")]
    assert thing.check(fs_type="ext4", mount_point="x") == [("mount_point", "must begin with a slash (got 'x')")]
    assert thing.check(fs_type="ext4", mount_options="noatime") == [("mount_options", "needs mount_point")]
    assert thing.check(boot_disk=False)[0][0] == "boot_disk"
