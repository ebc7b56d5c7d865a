"""A virtual machine that boots an installer, and a lookup."""

import pulumi
import pulumi_lxd as lxd

iso = lxd.IsoVolume("installer", pool="default", source=lxd.IsoSourceArgs(file="./installer.iso"))
machine = lxd.Instance(
    "machine",
    type=lxd.InstanceType.VIRTUAL_MACHINE,
    config={"limits.memory": "2GiB"},
    root_disk={"pool": "default", "size": "20GiB"},
    cdroms=[{"volume": {"pool": iso.pool, "name": iso.name, "digest": iso.digest}, "after_waits": lxd.CdromAfterWaits.EJECT}],
    wait_for=[lxd.PoweredOffWaitArgs(condition="powered-off", timeout="90m"), lxd.AgentWaitArgs(condition="agent")],
    files=[lxd.GuestFileArgs(path="/etc/motd", content=pulumi.StringAsset("hello"))],
)
found = lxd.lookup_image_output(alias="debian-13")
pulumi.export("fingerprint", found.fingerprint)
pulumi.export("ipv4", machine.ipv4)
