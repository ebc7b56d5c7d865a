// An image on a server before the daemon has pulled it, and the download of its files.
import type { Readable } from "node:stream";

import type { Config, InstanceType } from "../store/records";
import { json } from "./fetch";

export interface PullSource {
  server: string;
  protocol: string;
  alias?: string | undefined;
  fingerprint?: string | undefined;
  certificate?: string | undefined;
  secret?: string | undefined;
  imageType?: string | undefined;
  project?: string | undefined;
}

export interface RemoteImage {
  fingerprint: string;
  type: InstanceType;
  properties: Config;
  expiresAt?: string | undefined;
  /** A unified tarball, or metadata and root in this order. */
  files: () => AsyncGenerator<Readable, void>;
}

export const readJson = (source: PullSource, url: string): Promise<unknown> =>
  json(url, { certificate: source.certificate });

export const placeOf = ({ server }: PullSource): string => server.replace(/\/+$/, "");

/** A nested field of a server's response as text; empty if it is absent. */
export function textIn(value: unknown, ...path: string[]): string {
  const found = fieldIn(value, ...path);
  return typeof found === "string" ? found : "";
}

export function fieldIn(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (current, key) => (typeof current === "object" && current !== null ? (current as Config)[key] : undefined),
    value,
  );
}

export function mapIn(value: unknown, ...path: string[]): Record<string, unknown> {
  const found = fieldIn(value, ...path);
  return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
}
