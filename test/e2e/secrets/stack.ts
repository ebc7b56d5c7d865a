// A stack on a daemon of its own, with what the programs of these tests need beside them.
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmbeddedDaemon, startEmbeddedDaemon } from "../../../embedded";
import { RawClient } from "../../contract/harness";
import { writeTinyIso } from "../../contract/harness/tiny-iso";
import { PulumiProject } from "../harness/project";

export class SecretStack {
  private constructor(
    readonly project: PulumiProject,
    readonly raw: RawClient,
    /** `host:port` of the web server. */
    readonly web: string,
    readonly end: () => Promise<void>,
  ) {}

  /** A guest that is typed to must not be done before the last character. */
  static async start(serve: RequestListener, guestBootMs = 1500): Promise<SecretStack> {
    const dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-secrets-"));
    const daemon = await startEmbeddedDaemon({ dir, guestBootMs });
    const server = createServer(serve);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const project = await PulumiProject.create({ program: "", config: { "lxd:socket": daemon.socket } });
    await writeTinyIso(join(project.dir, "installer.iso"), { bootable: true, marker: "power off" });
    const { port } = server.address() as AddressInfo;
    const end = (): Promise<void> => stop({ dir, daemon, server, project });
    return new SecretStack(project, new RawClient(() => daemon.socket), `127.0.0.1:${port}`, end);
  }
}

interface Parts {
  dir: string;
  daemon: EmbeddedDaemon;
  server: Server;
  project: PulumiProject;
}

async function stop({ dir, daemon, server, project }: Parts): Promise<void> {
  await project.dispose();
  server.closeAllConnections();
  server.close();
  await daemon.stop();
  await rm(dir, { recursive: true });
}
