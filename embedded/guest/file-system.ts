// The file system of a simulated guest: files written to it, and the folders that every system has.
import { posix } from "node:path";

import { failed, notFound } from "../errors";
import type { GuestFile, InstanceRecord } from "../store/records";
import { keyOf, type Store } from "../store/store";

type Ref = Pick<InstanceRecord, "project" | "name">;
type Files = Record<string, GuestFile>;

const BASE = ["/", "/bin", "/dev", "/etc", "/home", "/proc", "/root", "/sbin", "/sys", "/tmp", "/usr", "/var"];
const MAX_LINKS = 20;

const folder: GuestFile = {
  type: "directory",
  uid: 0,
  gid: 0,
  mode: 0o755,
  modifiedAt: "2020-09-13T12:26:40.000Z",
  content: "",
};

export class FileSystem {
  constructor(
    private readonly store: Store,
    private readonly ref: Ref,
  ) {}

  /** The file at a path; a link as the last component is not followed. */
  find(path: string): GuestFile | undefined {
    const at = this.#resolve(path);
    return this.#files[at] ?? (BASE.includes(at) ? folder : undefined);
  }

  /** The names in a folder. */
  list(path: string): string[] {
    const at = this.#resolve(path);
    const all = [...BASE, ...Object.keys(this.#files)];
    return [
      ...new Set(all.filter((each) => each !== "/" && posix.dirname(each) === at).map((each) => posix.basename(each))),
    ];
  }

  /** The bytes of a file, with links followed; undefined if there is no file. */
  read(path: string): Buffer | undefined {
    const found = this.find(this.#follow(path));
    return found?.type === "file" ? Buffer.from(found.content, "base64") : undefined;
  }

  /** An existing file keeps its owner and mode, as on the real daemons. */
  write(path: string, bytes: Buffer, owner: Pick<GuestFile, "uid" | "gid" | "mode">): void {
    const at = this.#follow(path);
    const existing = this.find(at);
    if (existing?.type === "directory") throw failed(`sftp: "open ${path}: is a directory" (SSH_FX_FAILURE)`);
    this.#put(at, { ...owner, ...existing, type: "file", content: bytes.toString("base64") });
  }

  makeDirectory(path: string, owner: Pick<GuestFile, "uid" | "gid" | "mode">): void {
    if (this.find(path) === undefined) this.#put(this.#resolve(path), { ...owner, type: "directory", content: "" });
  }

  link(path: string, target: string, owner: Pick<GuestFile, "uid" | "gid">): void {
    if (this.find(path) === undefined) {
      this.#put(this.#resolve(path), { ...owner, mode: 0o777, type: "symlink", content: target });
    }
  }

  delete(path: string): void {
    const at = this.#resolve(path);
    if (this.#files[at] === undefined) throw notFound("Not Found");
    if (this.list(at).length > 0) throw failed(`sftp: "remove ${path}: directory not empty" (SSH_FX_FAILURE)`);
    this.#save(Object.fromEntries(Object.entries(this.#files).filter(([each]) => each !== at)));
  }

  get #files(): Files {
    return this.store.instances.find(keyOf(this.ref.project, this.ref.name))?.disk.files ?? {};
  }

  #put(at: string, file: Omit<GuestFile, "modifiedAt">): void {
    if (this.find(posix.dirname(at))?.type !== "directory") throw notFound("Not Found");
    this.#save({ ...this.#files, [at]: { ...file, modifiedAt: new Date().toISOString() } });
  }

  #save(files: Files): void {
    const key = keyOf(this.ref.project, this.ref.name);
    const instance = this.store.instances.find(key);
    if (instance) this.store.instances.set(key, { ...instance, disk: { ...instance.disk, files } });
  }

  /** Resolves links in the folders of a path. */
  #resolve(path: string): string {
    const at = posix.resolve("/", path);
    return at === "/" ? at : posix.join(this.#follow(posix.dirname(at)), posix.basename(at));
  }

  /** Also resolves a link as the last component. */
  #follow(path: string): string {
    let at = this.#resolve(path);
    for (let links = 0; links < MAX_LINKS; links++) {
      const link = this.#files[at];
      if (link?.type !== "symlink") return at;
      at = posix.resolve(posix.dirname(at), link.content);
    }
    throw failed("too many levels of symbolic links");
  }
}
