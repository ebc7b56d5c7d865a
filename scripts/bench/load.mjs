// The time that a provider process and a program take to load this package, beside @pulumi/pulumi, which both load first.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { root } from "../root.mjs";
import { median, steadyMedian } from "./measure.mjs";

/** What each process loads after @pulumi/pulumi. The kind of a resource is loaded with the first call. */
const works = {
  provider: "require('pulumi-lxd/provider').Instance().configure({ config: { get: () => undefined } })",
  sdk: "require('pulumi-lxd')",
};
const program = (work) => `
  const started = performance.now();
  require("@pulumi/pulumi");
  const between = performance.now();
  Promise.resolve(${work}).then(() => {
    console.log(JSON.stringify({ pulumi: between - started, own: performance.now() - between }));
  });
`;

export async function benchLoad() {
  const provider = [];
  const sdk = [];
  const ratio = await steadyMedian(async () => {
    provider.push(await load(works.provider));
    sdk.push(await load(works.sdk));
    return provider.at(-1).own / provider.at(-1).pulumi;
  });
  const [pulumiMs, providerMs, sdkMs] = [
    median(provider.map(({ pulumi }) => pulumi)),
    median(provider.map(({ own }) => own)),
    median(sdk.map(({ own }) => own)),
  ];
  const unsteady = ratio.isSteady ? "" : ", unsteady";
  return [
    { what: "@pulumi/pulumi, loaded", figure: showMs(pulumiMs) },
    {
      what: "provider with one kind, loaded",
      figure: `${showMs(providerMs)}, ${ratio.median.toFixed(3)} of Pulumi${unsteady}`,
      target: "at most 0.2",
      met: ratio.median <= 0.2,
    },
    { what: "SDK, loaded by a program", figure: showMs(sdkMs), target: "at most 20 ms", met: sdkMs <= 20 },
  ];
}

async function load(work) {
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", program(work)], { cwd: root });
  return JSON.parse(stdout);
}

const showMs = (value) => `${value.toFixed(0)} ms`;
