// A secret in a name would be in clear in the resource's ID: it is refused before anything is made, and not repeated.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Planted } from "./planted";
import { SecretStack } from "./stack";

const planted = new Planted(["Pool", "Name"]);
const s = planted.secret.bind(planted);

const program = (pool: string, name: string): string => `
  const pulumi = require("@pulumi/pulumi");
  const lxd = require("pulumi-lxd");
  new lxd.StorageVolume("volume", { pool: ${pool}, name: ${name} });
`;

describe("secrets in names", () => {
  let stack: SecretStack;
  beforeAll(async () => {
    stack = await SecretStack.start((_, response) => response.end());
  }, 60_000);
  afterAll(() => stack.end());

  it("are refused with the property and the reason, and are in nothing that comes out", async () => {
    await stack.project.setProgram(program(s("Pool"), s("Name")));
    const up = await stack.project.up({ preview: true });
    expect(up.code).not.toBe(0);
    for (const key of ["pool", "name"]) {
      expect(up.stdout).toMatch(new RegExp(`has a problem: ${key}: cannot be a secret: the resource's ID`));
    }
    expect(planted.leaksIn(JSON.stringify(up))).toEqual([]);
    expect(planted.leaksIn(await stack.project.stateText())).toEqual([]);
  }, 60_000);

  it("are taken once the program says that everybody may know them", async () => {
    await stack.project.setProgram(program(`"default"`, `pulumi.unsecret(${s("Name")})`));
    expect(await stack.project.up()).toMatchObject({ code: 0 });
    const path = `/1.0/storage-pools/default/volumes/custom/${planted.values.Name}`;
    expect((await stack.raw.get(path)).status).toBe(200);
    expect(await stack.project.destroy()).toMatchObject({ code: 0 });
  }, 60_000);
});
