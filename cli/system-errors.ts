// Converts errors of the operating system to sentences with advice.
import { getSystemErrorMap } from "node:util";
import { type ErrorCode, LxdError } from "../provider/base/errors";

/** What was attempted, by system call. */
const verbs: Record<string, string> = {
  mkdir: "make the folder",
  mkdtemp: "make a folder in",
  open: "open",
  read: "read",
  write: "write",
  rename: "move a file to",
  listen: "listen on",
  connect: "connect to",
  spawn: "run",
  getaddrinfo: "find the address of",
};

/** Cause and advice by error code. */
const known: Record<string, readonly [ErrorCode, string, string]> = {
  EACCES: ["permission-denied", "this user has no permission", "Use another path, or give this user access to it."],
  EPERM: ["permission-denied", "this user has no permission", "Use another path, or give this user access to it."],
  EROFS: ["permission-denied", "the file system is read-only", "Use another path."],
  ENOENT: ["not-found", "there is no such file or folder, and none can be made there", "Use another path."],
  ENOTDIR: ["invalid-argument", "a part of that path is a file, not a folder", "Use another path."],
  EISDIR: ["invalid-argument", "that is a folder, not a file", "Use another path."],
  EEXIST: ["already-exists", "something with that name already exists", "Use another path, or move it away."],
  ENOTEMPTY: ["already-exists", "that folder already exists and is not empty", "Use another path, or move it away."],
  ENAMETOOLONG: ["invalid-argument", "that path is too long", "Use a shorter path."],
  ELOOP: ["invalid-argument", "its symbolic links form a loop", "Use another path, or correct the links."],
  EXDEV: ["invalid-argument", "the target is on another file system", "Use a path on the same file system."],
  EBUSY: ["in-use", "it is in use", "Stop what uses it, or use another path."],
  ENOSPC: ["failed", "there is no space left on the device", "Make room there, or use another path."],
  EDQUOT: ["failed", "this user's disk quota is used up", "Make room there, or use another path."],
  EFBIG: ["failed", "the file is larger than the file system or `ulimit -f` allows", "Use another path."],
  EIO: ["failed", "the device reported an I/O error", "Look at the system's log, and use another device."],
  EMFILE: ["failed", "this process has too many open files", "Raise the limit with `ulimit -n`."],
  ENFILE: ["failed", "the system has too many open files", "Stop programs that have many files open."],
  ENOMEM: ["failed", "the system has no memory left", "Stop other programs."],
  EADDRINUSE: ["in-use", "another process already listens there", "Stop it, or use another path."],
  ECONNREFUSED: [
    "unavailable",
    "nothing listens there",
    "Start the daemon. `pulumi-lxd doctor` lists the places that are searched.",
  ],
  ECONNRESET: ["unavailable", "the connection was reset", "Run the command again when the daemon is up."],
  EPIPE: ["unavailable", "the other side closed the connection", "Run the command again when the daemon is up."],
  ETIMEDOUT: ["unavailable", "the connection timed out", "Check the address, the network and the firewall."],
  EHOSTUNREACH: ["unavailable", "that host is unreachable", "Check the address and the network."],
  ENETUNREACH: ["unavailable", "that network is unreachable", "Check the address and the network."],
  ENOTFOUND: [
    "unavailable",
    "there is no host with that name",
    "Check the name, and the name servers of this machine.",
  ],
  // A system call before the code, where the code alone means something else.
  "spawn ENOENT": ["unsupported", "there is no such program on the PATH", "Install it."],
  EAI_AGAIN: ["unavailable", "no name server responds", "Check the network and the name servers of this machine."],
};

/** Returns the error in words. Errors that have their own words, or that are not the system's, stay unchanged. */
export function explained(error: unknown): LxdError {
  if (error instanceof LxdError || !isSystemError(error)) return LxdError.from(error);
  const { code, syscall } = error;
  const reason = known[`${syscall?.split(" ")[0] ?? ""} ${code}`] ?? known[code];
  const [kind, why, advice] = reason ?? ["failed", meaningOf(error), "Check what it stands for, or use another path."];
  return new LxdError({ code: kind, doing: doing(error), why, advice, cause: error });
}

type SystemError = NodeJS.ErrnoException & { code: string; dest?: string; address?: string; port?: number };

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && "syscall" in error && "code" in error && typeof error.code === "string";
}

function doing({ syscall = "", path, dest, address, port }: SystemError): string {
  const verb = verbs[syscall.split(" ")[0] ?? ""] ?? "use";
  const where = dest ?? path ?? (port === undefined ? address : `${String(address)}:${port}`);
  return `${verb} ${where ?? (syscall === "write" ? "the output" : "a file")}`;
}

function meaningOf({ errno, code }: SystemError): string {
  const [, words] = getSystemErrorMap().get(errno ?? 0) ?? [];
  return words === undefined ? `the system reports ${code}` : `the system reports ${code} (${words})`;
}
