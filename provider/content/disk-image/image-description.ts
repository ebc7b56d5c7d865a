// What the metadata of an image says, for images that come without.

export const templateTriggers = ["create", "copy", "start", "rename"] as const;

/** A file that the server writes into an instance. */
export interface ImageTemplate {
  when: (typeof templateTriggers)[number][];
  /** In the servers' template language. */
  content: string;
  /** Whether a file that exists stays. */
  createOnly?: boolean | undefined;
}

export interface ImageDescription {
  os?: string | undefined;
  release?: string | undefined;
  variant?: string | undefined;
  serial?: string | undefined;
  description?: string | undefined;
  architecture?: string | undefined;
  /** RFC 3339. */
  creationDate?: string | undefined;
  expiresAt?: string | undefined;
  requirements?: Record<string, string | number | boolean> | undefined;
  /** By absolute path in the instance. */
  templates?: Record<string, ImageTemplate> | undefined;
}

export const describedProperties = ["os", "release", "variant", "serial", "description"] as const;
