// What is shown on a resource's row while an image is downloaded, uploaded, packed and unpacked.
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { beforeEach, expect, it, vi } from "vitest";

import { makeInstance, setState } from "../harness";
import { StackResource } from "../harness/stack";
import { noRealContainer } from "./guests";
import { describeImages, noUrls, sha256 } from "./site";

const shown = vi.hoisted((): { texts: string[]; watch: (text: string) => void } => ({
  texts: [],
  watch: () => undefined,
}));

// The rows of Pulumi's display, without a display.
vi.mock("../../../provider/engine/pulumi/progress", () => ({
  progressRow: () => ({
    status: (text: string) => {
      shown.texts.push(text);
      shown.watch(text);
    },
    note: () => undefined,
    clear: () => undefined,
  }),
}));

describeImages("progress of an image", (site) => {
  const { daemon } = site;
  beforeEach(() => {
    shown.texts = [];
    shown.watch = () => undefined;
  });
  const missing = (): string | undefined => noRealContainer(site);

  it("shows its hashing and its upload with percent, rate and time left", async () => {
    await site.resource().up(site.args());
    const pattern = (verb: string): RegExp =>
      new RegExp(`^${verb} .*[\\d.]+ \\w+ of [\\d.]+ \\w+, \\d+ %, [\\d.]+ \\w+/s(, \\d+ s left)?$`);
    expect(shown.texts.filter((text) => pattern("hashing").test(text))).not.toEqual([]);
    expect(shown.texts.filter((text) => pattern("uploading").test(text))).not.toEqual([]);
  });

  /** The first half comes at once, the second one when the first one's progress has been seen. */
  const halves = async (use: (url: string) => Promise<void>): Promise<void> => {
    const seen = new Promise<void>((resolve) => {
      shown.watch = (text) => text.startsWith("downloading ") && resolve();
    });
    const answer = async (response: ServerResponse): Promise<void> => {
      const middle = Math.floor(site.bytes.length / 2);
      response.write(site.bytes.subarray(0, middle));
      await seen;
      response.end(site.bytes.subarray(middle));
    };
    const web = createServer((request, response) => {
      const product = daemon.product === "incus" ? "Incus" : "LXD";
      response.setHeader(`${product}-Image-Hash`, sha256(site.bytes));
      response.setHeader(`${product}-Image-URL`, `http://${request.headers.host ?? ""}/image.tar.gz`);
      response.setHeader("Content-Length", site.bytes.length);
      if (request.method === "HEAD") response.end();
      else void answer(response);
    });
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    await use(`http://127.0.0.1:${(web.address() as AddressInfo).port}/`).finally(() => web.close());
  };

  daemon.test("shows a download of the daemon while it goes on", { missing: () => missing() ?? noUrls(daemon) }, () =>
    halves(async (url) => {
      await site.resource().up({ source: { url }, properties: { run: site.name() } });
      expect(shown.texts.filter((text) => /^downloading \d+% \(.*\/s\)$/.test(text))).not.toEqual([]);
    }),
  );

  // Random bytes keep bzip2 busy for seconds, in both directions.
  daemon.test("shows packing and unpacking while they go on", { missing, timeoutMs: 120_000 }, async () => {
    const base = await site.upload(site.content("-base"));
    const path = await makeInstance(daemon, "packed", {
      type: "container",
      config: {},
      source: { type: "image", fingerprint: base },
      devices: { root: { type: "disk", path: "/", pool: "default" } },
    });
    await setState(daemon, path, { action: "start" });
    const fill = ["/bin/busybox", "dd", "if=/dev/urandom", "of=/random", "bs=1M", "count=48"];
    const exec = { command: fill, "wait-for-websocket": false };
    expect(await daemon.settle(daemon.raw.post(`${path}/exec`, exec))).toMatchObject({ metadata: { return: 0 } });
    const image = site.resource();
    await image.up({
      source: { instance: daemon.name("packed"), compression: "bzip2", stopRunning: true },
      properties: { run: site.name() },
    });
    await setState(daemon, path, { action: "stop", force: true });
    expect(shown.texts.filter((text) => /^(Image pack|Exporting): \d+%/.test(text))).not.toEqual([]);
    const instance = new StackResource("Instance", daemon.name("unpacked"), daemon.socket);
    await instance.up({ source: { image: image.outputs["fingerprint"] }, rootDisk: { pool: "default" } });
    expect(shown.texts.filter((text) => /^Unpack(ing image)?: \d+%/.test(text))).not.toEqual([]);
    await instance.destroy();
  });
});
