// The executable `pulumi-resource-lxd`: serves the provider, and prints the port, as Pulumi's engine expects.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LxdError } from "../base/errors";
import { PluginProvider } from "./provider";
import { serve } from "./server";

async function main(args: readonly string[]): Promise<void> {
  const provider = new PluginProvider();
  // The engine's address is the last argument; `pulumi` in debug mode passes it by Attach instead.
  const engine = args.findLast((arg) => /^[^=]+:\d+$/.test(arg));
  if (engine !== undefined) provider.attach(engine);
  const { port } = await serve({ provider, version: ownVersion(), schema: () => textBeside("schema.json") });
  process.stdout.write(`${port}\n`);
}

/** The version of the package that this file is in. */
function ownVersion(): string {
  const { version } = JSON.parse(textBeside("package.json")) as { version: string };
  return version;
}

/** Reads a file of the package: in a bundle it is beside this file, otherwise in a folder above it. */
function textBeside(name: string): string {
  const file = [".", "..", "../..", "../../.."].map((up) => join(__dirname, up, name)).find((each) => existsSync(each));
  if (file === undefined) throw new LxdError({ code: "failed", why: `the package is incomplete: it has no ${name}` });
  return readFileSync(file, "utf8");
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${LxdError.from(error).message}\n`);
  process.exitCode = 1;
});
