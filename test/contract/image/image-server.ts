// A second real Incus as an image server over HTTPS: images are put on it by its socket, and pulled from its port.
import { createHash, type X509Certificate } from "node:crypto";

import { RawClient, textAt } from "../harness";
import { httpsAddress } from "../harness/https";
import { settle } from "../harness/operation";

export class ImageServer {
  readonly raw: RawClient;
  url = "";
  certificate = "";

  constructor(socket: string) {
    this.raw = new RawClient(() => socket);
  }

  /** What to do to have one; undefined when it is there. */
  static missing(): string | undefined {
    const isThere = (process.env["IMAGE_SERVER_SOCKET"] ?? "") !== "";
    return isThere ? undefined : "set IMAGE_SERVER_SOCKET to the socket of a second Incus";
  }

  static async start(): Promise<ImageServer> {
    const server = new ImageServer(process.env["IMAGE_SERVER_SOCKET"] ?? "");
    const { body } = await server.raw.get("/1.0");
    server.certificate = textAt(body, "metadata", "environment", "certificate");
    server.url = `https://${await httpsAddress(server.raw)}`;
    return server;
  }

  async put(bytes: Buffer, alias: string, { isPublic = true, project = "default" } = {}): Promise<void> {
    const headers = { "Content-Type": "application/octet-stream", "X-Incus-public": String(isPublic) };
    const outcome = await settle(this.raw, await this.raw.post(`/1.0/images?project=${project}`, bytes, headers));
    if (!outcome.ok) throw new Error(outcome.error);
    const target = textAt(outcome.metadata, "fingerprint");
    await this.raw.post(`/1.0/images/aliases?project=${project}`, { name: alias, target });
  }

  /** An image in two files; returns its fingerprint. */
  async putSplit(files: { metadata: Buffer; rootfs: Buffer; type: string }, alias: string): Promise<string> {
    const root = files.type === "container" ? "rootfs" : "rootfs.img";
    const part = (name: string, bytes: Buffer): (string | Buffer)[] => [
      `--split\r\nContent-Disposition: form-data; name="${name}"; filename="${name}"\r\n\r\n`,
      bytes,
      "\r\n",
    ];
    const parts = [...part("metadata", files.metadata), ...part(root, files.rootfs), "--split--\r\n"];
    const body = Buffer.concat(parts.map((each) => Buffer.from(each)));
    const headers = { "Content-Type": "multipart/form-data; boundary=split", "X-Incus-public": "true" };
    const outcome = await settle(this.raw, await this.raw.post("/1.0/images", body, headers));
    if (!outcome.ok) throw new Error(outcome.error);
    const target = textAt(outcome.metadata, "fingerprint");
    await this.raw.post("/1.0/images/aliases", { name: alias, target });
    return target;
  }

  /** Points an alias at a new image. */
  async move(alias: string, bytes: Buffer): Promise<void> {
    await this.put(bytes, `${alias}-new`);
    const { body } = await this.raw.get(`/1.0/images/aliases/${alias}-new`);
    await this.raw.put(`/1.0/images/aliases/${alias}`, { target: textAt(body, "metadata", "target"), description: "" });
  }

  async remove(fingerprint: string, project = "default"): Promise<void> {
    await settle(this.raw, await this.raw.delete(`/1.0/images/${fingerprint}?project=${project}`));
  }

  /** Lets a client in, for as long as a test runs. */
  async trust({ raw }: X509Certificate, name: string): Promise<() => Promise<void>> {
    const said = { name, type: "client", certificate: raw.toString("base64") };
    const { status, body } = await this.raw.post("/1.0/certificates", said);
    if (status !== 201) throw new Error(body.error);
    const fingerprint = createHash("sha256").update(raw).digest("hex");
    return async () => {
      await this.raw.delete(`/1.0/certificates/${fingerprint}`);
    };
  }
}
