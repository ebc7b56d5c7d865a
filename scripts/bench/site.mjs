// A real Incus with a temporary project, used directly over its socket.
import { randomBytes } from "node:crypto";
import { Agent, request } from "node:http";

export class Site {
  project = `bench-${randomBytes(4).toString("hex")}`;
  #agent = new Agent({ keepAlive: true, maxSockets: 16 });

  /** @param {string} socket */
  constructor(socket) {
    this.socket = socket;
  }

  async create() {
    const config = { "features.images": "true", "features.storage.volumes": "true" };
    await this.send("POST", "/1.0/projects", { name: this.project, config });
  }

  /** Also removes what a failed run has left. */
  async remove() {
    for (const { name } of await this.send("GET", "/1.0/instances?recursion=1")) await this.deleteMachine(name);
    for (const { name } of await this.volumes()) await this.deleteVolume(name);
    const profiles = await this.send("GET", "/1.0/profiles?recursion=1");
    for (const { name } of profiles.filter((profile) => profile.name !== "default")) {
      await this.send("DELETE", `/1.0/profiles/${name}`);
    }
    await this.send("DELETE", `/1.0/projects/${this.project}`);
    this.#agent.destroy();
  }

  volumes() {
    return this.send("GET", "/1.0/storage-pools/default/volumes/custom?recursion=1");
  }

  createVolume(name, bytes) {
    const headers = { "Content-Type": "application/octet-stream", "X-Incus-name": name, "X-Incus-type": "iso" };
    return this.send("POST", "/1.0/storage-pools/default/volumes/custom", bytes, headers);
  }

  deleteVolume(name) {
    return this.send("DELETE", `/1.0/storage-pools/default/volumes/custom/${name}`);
  }

  createMachine(name) {
    const devices = { root: { type: "disk", path: "/", pool: "default", size: "16MiB" } };
    const machine = { name, type: "virtual-machine", source: { type: "none" }, profiles: [], devices };
    return this.send("POST", "/1.0/instances", machine);
  }

  deleteMachine(name) {
    return this.send("DELETE", `/1.0/instances/${name}`);
  }

  /** Sends a request and waits for its operation; resolves to the metadata. */
  async send(method, path, body, headers = {}) {
    const own = `${path}${path.includes("?") ? "&" : "?"}project=${this.project}`;
    const reply = await this.#exchange(method, path.startsWith("/1.0/projects") ? path : own, body, headers);
    if (reply.type === "async") return this.send("GET", `${reply.operation}/wait`);
    if (reply.type === "error") throw new Error(`${method} ${own}: ${reply.error}`);
    return reply.metadata;
  }

  #exchange(method, path, body, headers) {
    const content = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    return new Promise((resolve, reject) => {
      const options = { socketPath: this.socket, agent: this.#agent, method, path, host: "incus", headers };
      const sent = request(options, async (response) => {
        const chunks = await response.toArray();
        resolve(JSON.parse(Buffer.concat(chunks).toString("utf8")));
      });
      sent.on("error", reject).end(content);
    });
  }
}
