// A project of the real CLI whose way to the daemon can be held up and watched.
import { PulumiProject } from "./project";
import { type Site } from "./site";
import { SlowSocket } from "./slow-socket";

/** The request that sends the bytes of an ISO volume. */
export const isUpload = (line: string): boolean => /^POST .*\/volumes\/custom$/.test(line);

export interface SlowProject {
  project: PulumiProject;
  slow: SlowSocket;
  dispose: () => Promise<void>;
}

export async function startSlowProject(site: Pick<Site, "socket" | "config">, program: string): Promise<SlowProject> {
  const slow = new SlowSocket(site.socket);
  await slow.start();
  const config = { ...site.config, "lxd:socket": slow.socket };
  const project = await PulumiProject.create({ program, config });
  const dispose = async (): Promise<void> => {
    await slow.stop();
    await project.dispose();
  };
  return { project, slow, dispose };
}
