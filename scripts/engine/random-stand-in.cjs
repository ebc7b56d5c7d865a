// Replaces the plugin of @pulumi/random where it cannot be downloaded: RandomId, with the same outputs.
"use strict";
const { randomBytes } = require("node:crypto");
const { isDeepStrictEqual } = require("node:util");
const provider = require("@pulumi/pulumi/provider");
const { version } = require("@pulumi/random/package.json");
const { endWithEngine } = require("./end-with-engine.cjs");

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** The real plugin creates a new ID if one of these changes. */
const inputNames = ["byteLength", "keepers", "prefix"];

/** A secret is an object that wraps its value. */
function plain(value) {
  return value !== null && typeof value === "object" && "4dabf18193072939515e22adb298388d" in value
    ? value.value
    : value;
}

function requireRandomId(urn) {
  const type = urn.split("::")[2]?.split("$").at(-1);
  if (type === "random:index/randomId:RandomId") return;
  throw new Error(
    `${type}: the stand-in for the random plugin knows only RandomId; install the Pulumi CLI for the rest`,
  );
}

function outputs(bytes, { keepers, prefix }) {
  const start = plain(prefix) ?? "";
  const hex = bytes.toString("hex");
  return {
    byteLength: bytes.length,
    ...(keepers === undefined ? {} : { keepers }),
    ...(prefix === undefined ? {} : { prefix }),
    b64Std: start + bytes.toString("base64"),
    b64Url: start + bytes.toString("base64url"),
    dec: start + BigInt(`0x${hex}`).toString(),
    hex: start + hex,
  };
}

endWithEngine();
provider.main(
  {
    version,
    async check(urn, _olds, news) {
      requireRandomId(urn);
      const length = plain(news.byteLength);
      const valid = length === unknown || (Number.isInteger(length) && length >= 1);
      return { inputs: news, failures: valid ? [] : [{ property: "byteLength", reason: "expected at least 1" }] };
    },
    async diff(_id, _urn, olds, news) {
      const replaces = inputNames.filter((name) => !isDeepStrictEqual(olds[name], news[name]));
      return { changes: replaces.length > 0, replaces };
    },
    async create(_urn, inputs) {
      const bytes = randomBytes(plain(inputs.byteLength));
      return { id: bytes.toString("base64url"), outs: outputs(bytes, inputs) };
    },
    /** The ID is sufficient, with a prefix before a comma, as for imports with the real plugin. */
    async read(id, urn, props) {
      requireRandomId(urn);
      if (props.hex !== undefined) return { id, props };
      const [encoded, prefix] = id.split(",").reverse();
      const found = outputs(Buffer.from(encoded, "base64url"), { prefix });
      return { id: encoded, props: found, inputs: { byteLength: found.byteLength, ...(prefix && { prefix }) } };
    },
    async delete() {},
  },
  process.argv.slice(2),
);
