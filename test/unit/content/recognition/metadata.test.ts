// What of metadata.yaml is refused before a byte is sent. Each text was sent to Incus 6.0.4 and LXD 5.0.2: what they
// accept is no problem here. Only what they do not survive was never sent.
import { describe, expect, it } from "vitest";
import { metadataProblems } from "../../../../provider/content/recognition/image-metadata";

const date = "creation_date: 1600000000\n";
const base = `architecture: x86_64\n${date}`;

const problems = (text: string | Buffer): string[] =>
  metadataProblems(Buffer.from(text as string)).map(({ field, why }) => `${field ?? ""}: ${why}`);

describe("metadata.yaml is accepted", () => {
  it.each([
    ["a date as a float", "architecture: x86_64\ncreation_date: 1.6e9\n"],
    ["a date with a fraction", "architecture: x86_64\ncreation_date: 1600000000.5\n"],
    ["a date with underscores", "architecture: x86_64\ncreation_date: 1_600_000_000\n"],
    ["a hexadecimal date", "architecture: x86_64\ncreation_date: 0x5F5E1000\n"],
    ["a negative date", "architecture: x86_64\ncreation_date: -5\n"],
    ["a key twice", `${base}creation_date: 1600000001\n`],
    ["only the first document", `${base}---\nfoo: [\n`],
    ["marks of the document", `# made by hand\n---\n${base}...\n`],
    ["a byte order mark", `\uFEFF${base}`],
    ["a tag of others", `${base}foo: !bar baz\n`],
    ["properties without any", `${base}properties:\n`],
    ["properties of all kinds", `${base}properties: {a: 1, b: true, c: null, d: 2020-01-01, e: 1.50, 7: x}\n`],
    ["a negative expiry", `${base}expiry_date: -1\n`],
    ["an expiry without a value", `${base}expiry_date:\n`],
    ["an architecture that looks like a number", `architecture: 386\n${date}`],
    ["an architecture of newer releases", `architecture: loongarch64\n${date}`],
    ["a template without a value", `${base}templates: {/etc/x: }\n`],
    ["a template", `${base}templates: {/etc/x: {when: [create, copy], create_only: true, template: x.tpl}}\n`],
    ["Windows' ends of lines", base.replaceAll("\n", "\r\n")],
    ["merged keys", "x: &a {architecture: x86_64, creation_date: 1600000000}\n<<: *a\n"],
    ["JSON", '{"architecture":"x86_64","creation_date":1600000000}'],
    ["JSON with tabs", '{\n\t"architecture": "x86_64",\n\t"creation_date": 1600000000\n}'],
    ["block texts", `${base}properties:\n  description: |\n    two\n    ---lines\n  other: >-\n    folded\n`],
    ["the last second of 9999", `${base}expiry_date: 253402300799\n`],
  ])("%s", (_title, text) => {
    expect(problems(text)).toEqual([]);
  });
});

describe("metadata.yaml is refused", () => {
  it.each([
    ["an empty file", "", ": is empty"],
    ["only a comment", "# later\n", ": is empty"],
    ["a list", "- a\n", ": must be a map, but is a list"],
    ["a text", "hello\n", ': must be a map, but is the text "hello"'],
    ["no YAML", "a: b: c\n", ": is not valid YAML: line 1:"],
    ["an unknown anchor", "architecture: *foo\n", ": is not valid YAML: line 1: unidentified alias"],
    ["a control character", `${base}foo: "a\u0001b"\n`, ": is not valid YAML:"],
    ["Latin-1", Buffer.from(`${base}foo: "\xe4"\n`, "latin1"), ": is not valid UTF-8"],
    ["no architecture", date, "architecture: is required"],
    ["a key in upper case", `Architecture: x86_64\n${date}`, "architecture: is required"],
    ["an unknown architecture", `architecture: AMD64\n${date}`, 'architecture: "AMD64" is not an architecture'],
    ["a space", `architecture: "x86_64 "\n${date}`, 'architecture: "x86_64 " is not an architecture'],
    ["several architectures", `architecture: [x86_64]\n${date}`, "architecture: must be a name, but is a list"],
    ["no date", "architecture: x86_64\n", "creation_date: is required"],
    ["a date of null", "architecture: x86_64\ncreation_date: null\n", "creation_date: is required"],
    ["a date of zero", "architecture: x86_64\ncreation_date: 0\n", "creation_date: is required"],
    [
      "a date in quotes",
      'architecture: x86_64\ncreation_date: "1600000000"\n',
      'creation_date: must be a number of seconds, but is the text "1600000000"',
    ],
    ["a date as a date", "architecture: x86_64\ncreation_date: 2020-01-01\n", "seconds, but is a date"],
    ["a date of true", "architecture: x86_64\ncreation_date: true\n", "seconds, but is true"],
    ["a list of dates", "architecture: x86_64\ncreation_date: [1]\n", "seconds, but is a list"],
    ["milliseconds", "architecture: x86_64\ncreation_date: 1735689600000\n", "after the year 9999"],
    ["nanoseconds", "architecture: x86_64\ncreation_date: 1735689600000000000\n", "not in the years 0 to 9999"],
    ["an expiry too late", `${base}expiry_date: 253402300800\n`, "expiry_date: 253402300800 is after the year 9999"],
    [
      "an expiry in words",
      `${base}expiry_date: soon\n`,
      'expiry_date: must be a number of seconds, but is the text "soon"',
    ],
    ["a list of properties", `${base}properties: [a]\n`, "properties: must be a map of texts, but is a list"],
    ["properties as text", `${base}properties: abc\n`, 'properties: must be a map of texts, but is the text "abc"'],
    ["a list in properties", `${base}properties: {os: [a, b]}\n`, "properties.os: must be a text, but is a list"],
    ["a map in properties", `${base}properties: {os: {a: b}}\n`, "properties.os: must be a text, but is a map"],
    ["a list of templates", `${base}templates: [a]\n`, "templates: must be a map of paths, but is a list"],
    ["a template as text", `${base}templates: {/x: b}\n`, 'templates["/x"]: must be a map, but is the text "b"'],
    ["when as a text", `${base}templates: {/x: {when: create}}\n`, 'templates["/x"].when: must be a list'],
    [
      "a list in a template's properties",
      `${base}templates: {/x: {properties: {a: [b]}}}\n`,
      'templates["/x"].properties.a: must be a text, but is a list',
    ],
  ])("%s", (_title, text, problem) => {
    expect(problems(text)).toEqual([expect.stringContaining(problem) as string]);
  });

  it("with what to write for milliseconds", () => {
    const [problem] = metadataProblems(Buffer.from("architecture: x86_64\ncreation_date: 1735689600000\n"));
    expect(problem?.advice).toContain("use seconds: 1735689600");
  });

  it("with every problem at once", () => {
    expect(problems("properties: {a: [1], b: {}}\n")).toHaveLength(4);
  });
});
