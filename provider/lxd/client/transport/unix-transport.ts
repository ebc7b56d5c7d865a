// Connects to a server on this machine through its unix socket.
import { LxdError } from "../../../base/errors";
import { type HttpReply, type HttpRequest, Transport, type Unreachable } from "./transport";
import { socketSetting } from "../discovery/setting-advice";

/** `sun_path` on Linux has 108 bytes, including the terminating zero. */
const longestSocketPath = 107;

export class UnixTransport extends Transport {
  protected readonly origin = "http://daemon";
  protected readonly unreachable: Record<string, Unreachable>;

  constructor(
    readonly place: string,
    { parallel, namedBy }: { parallel?: number | undefined; namedBy?: string | undefined } = {},
  ) {
    super({ socketPath: place }, parallel);
    this.unreachable = unreachable(namedBy);
  }

  /** The system would truncate a longer path, which would then name another file. */
  override async send(request: HttpRequest): Promise<HttpReply> {
    if (Buffer.byteLength(this.place) <= longestSocketPath) return super.send(request);
    if (typeof request.body === "object") request.body.destroy();
    const why = `the path is too long for a socket: ${this.place}`;
    const advice = `Use a path of at most ${longestSocketPath} bytes, for example a symbolic link.`;
    throw new LxdError({ code: "invalid-argument", why, advice });
  }
}

function unreachable(namedBy: string | undefined): Record<string, Unreachable> {
  const advice = `Start the daemon (\`systemctl start incus\` or \`snap start lxd\`), or name its socket with ${socketSetting(namedBy)}.`;
  const noSocket: Unreachable = { code: "unavailable", why: "no daemon's socket at PLACE", advice };
  return {
    ENOENT: noSocket,
    ENOTDIR: noSocket,
    ECONNREFUSED: { code: "unavailable", why: "no daemon listens at PLACE", advice },
    EACCES: {
      code: "permission-denied",
      why: "this user may not use the daemon's socket at PLACE",
      advice:
        "Add the user to the group that owns the socket (`incus-admin` or `lxd`; `incus` for a user's own project) and log in again.",
    },
  };
}
