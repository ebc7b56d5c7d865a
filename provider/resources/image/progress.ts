// Shows what the daemon says of an image that it downloads or packs.

const words: Record<string, string> = { download_progress: "downloading " };

/** The daemons tell progress as texts under keys of their own, several of which end alike. */
export function showProgress(status: (text: string) => void): (metadata: Record<string, unknown>) => void {
  return (metadata) => {
    for (const [key, value] of Object.entries(metadata)) {
      if (key.endsWith("_progress") && typeof value === "string") status(`${words[key] ?? ""}${value}`);
    }
  };
}
