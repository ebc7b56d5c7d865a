// Empty texts and unusual spellings: what a program writes is stored once, and no later run or refresh sees a change.
import { expect } from "vitest";
import { type Props } from "../harness/stack-run";
import { type KindName } from "../../../sdk/resource/resource";
import { forEachKind } from "./table";

interface Spelling {
  title: string;
  more: Props;
  /** Only kinds of this title; otherwise all of the kind's name. */
  of?: string;
}

const empty = { description: "" };
const emptyKey = { title: "an empty config value", more: { config: { "user.a": "" } } };
const emptyDescription = { title: "an empty description", more: empty };
const emptyCloudInit = {
  title: "empty cloud-init texts",
  more: { cloudInit: { userData: "", vendorData: "", networkConfig: "" } },
};
const someCloudInit = {
  title: "an empty cloud-init text beside others",
  more: { cloudInit: { userData: "#cloud-config\n", vendorData: "" } },
};
const emptyOptions = {
  title: "empty options of devices",
  more: {
    nics: [{ nictype: "p2p", mac: "", ipv4Address: "", ipv6Address: "", options: { mtu: "" } }],
    disks: [{ hostPath: "/tmp", path: "/mnt", options: { "limits.read": "" } }],
    devices: { extra: { type: "nic", nictype: "p2p", mtu: "" } },
  },
};
const upperMac = { title: "a MAC address in capitals", more: { nics: [{ nictype: "p2p", mac: "02:AB:CD:EF:00:01" }] } };
const plainMac = {
  title: "a MAC address in capitals of a plain device",
  more: { devices: { extra: { type: "nic", nictype: "p2p", hwaddr: "02:AB:CD:EF:00:02" } } },
};
const otherWords = {
  title: "numbers and booleans in other words",
  more: { config: { "boot.autostart": "YES", "boot.autostart.priority": 1, "security.nesting": true } },
};
const otherSizes = { title: "sizes in other units", more: { rootDisk: { pool: "default", size: "65536KiB" } } };
const offset = (time: string): Spelling => ({ title: "a time with an offset", more: { expiresAt: time } });

const spellings: Partial<Record<KindName, Spelling[]>> = {
  IsoVolume: [emptyDescription],
  Image: [
    offset("2040-01-01T02:00:00.000+02:00"),
    { title: "an empty property", more: { properties: { os: "", other: "" } } },
    { title: "aliases in reverse order", more: { aliases: ["spelling-z", { name: "spelling-a", description: "" }] } },
    { title: "no profiles", more: { profiles: [] } },
  ],
  Instance: [
    ...[emptyDescription, emptyKey, emptyCloudInit, someCloudInit, emptyOptions, upperMac, plainMac, otherSizes],
    { ...otherWords, of: "container" },
    { title: "a memory size in bytes", more: { config: { "limits.memory": 268435456 } } },
    { title: "an architecture of Debian's", more: { architecture: "amd64" } },
    { title: "a duration in seconds", more: { shutdownTimeout: "60s" } },
  ],
  InstanceSnapshot: [offset("2040-01-01T02:00:00+02:00")],
  StorageVolume: [
    emptyDescription,
    emptyKey,
    { title: "a size in bytes", more: { size: "67108864" } },
    { title: "booleans in other words", more: { config: { "security.shifted": "Yes" } } },
  ],
  Profile: [
    ...[emptyDescription, emptyKey, emptyCloudInit, someCloudInit, emptyOptions, upperMac, plainMac, otherWords],
    otherSizes,
  ],
  Network: [
    ...[emptyDescription, emptyKey],
    { title: "booleans in other words", more: { config: { "ipv4.dhcp": "No", "ipv4.firewall": 0 } } },
    { title: "a MAC address in capitals", more: { config: { "bridge.hwaddr": "02:AB:CD:EF:00:03" } } },
    { title: "an address that is not in its short form", more: { ipv6: { address: "FD42:0010:0000::0001/64" } } },
  ],
  Project: [
    ...[emptyDescription, emptyKey],
    { title: "booleans in other words", more: { config: { "features.images": "NO", restricted: 0 } } },
    { title: "sizes in other units", more: { config: { "limits.memory": "1024MiB" } } },
  ],
  StoragePool: [emptyDescription, emptyKey],
  Exec: [{ title: "an empty variable", more: { environment: { A: "", B: true } } }],
  GoldenBuild: [
    { title: "empty texts", more: { image: { properties: { os: "" }, expiresAt: "2040-01-01T02:00:00+02:00" } } },
  ],
};

forEachKind((kind, test) => {
  for (const { title, more, of } of spellings[kind.kindName] ?? []) {
    if (of !== undefined && of !== kind.title) continue;
    test(title, async (subject) => {
      const { stack } = subject;
      const same = async (): Promise<void> => {
        await stack.up(subject.program(more));
        expect(stack.steps.map(({ step }) => step)).toEqual(stack.state.resources.map(() => "same"));
      };
      await stack.up(subject.program(more));
      const made = await subject.requireLook();
      const stored = subject.outputs;
      await same();
      await stack.refresh();
      expect(subject.outputs).toEqual(stored);
      await same();
      expect(await subject.requireLook()).toEqual(made);
      // The same texts in an update of an object that has none of them.
      await stack.up(subject.program());
      await stack.up(subject.program(more));
      await same();
      await subject.end();
    });
  }
});
