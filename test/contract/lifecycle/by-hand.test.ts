// Every kind, and what people do to its objects past the program: delete, rename, delete with all around.
import { expect } from "vitest";
import { type TestDaemon } from "../harness";
import { type Props } from "../harness/stack-run";
import { type Site } from "../instance/site";
import { type Kind } from "./kinds";
import { type Case, forEachKind, type Test } from "./table";

const isKnown = (object: Props): boolean =>
  (object["config"] as Props | undefined)?.["volatile.uuid"] !== undefined ||
  Date.parse(String(object["created_at"])) > 0;

/** Everything in the state is as a run without changes finds it. */
async function expectSettled({ stack }: Case, program: Parameters<Case["stack"]["up"]>[0]): Promise<void> {
  await stack.up(program);
  expect(stack.steps.map(({ step }) => step)).toEqual(program.map(() => "same"));
}

function testsOf(kind: Kind, test: Test, daemon: TestDaemon): void {
  const { identity, isNamed, place } = kind;

  test("deleted by hand, it is gone for refresh, and up makes it again", async (subject) => {
    const { stack } = subject;
    await stack.up(subject.program());
    const known = subject.outputs;
    await subject.removeByHand();
    await stack.refresh();
    expect(subject.step).toBe("gone");
    expect(stack.find(subject.at.name)).toBeUndefined();
    await stack.up(subject.program());
    expect(subject.step).toBe("created");
    await subject.requireLook();
    await expectSettled(subject, subject.program());
    await subject.end(known);
  });

  test(
    "deleted by hand, it is made again by an update",
    async (subject) => {
      const { stack } = subject;
      const change = subject.subject.changes.find(({ cost }) => cost === "updated");
      await stack.up(subject.program());
      await subject.removeByHand();
      await stack.up(subject.program(change?.more));
      await subject.requireLook();
      await expectSettled(subject, subject.program(change?.more));
      await subject.end();
    },
    {
      // The update of a command says so: its machine was no resource of its own that changed.
      missing: kind.kindName === "Exec" ? "a command makes no machine" : undefined,
    },
  );

  test("deleted by hand, it is destroyed without an error, also a second time", async (subject) => {
    const { stack } = subject;
    await stack.up(subject.program());
    const { resources } = stack.state;
    const known = subject.outputs;
    await subject.removeByHand();
    await stack.destroy();
    stack.state.resources = resources;
    await stack.destroy();
    await subject.end(known);
  });

  test(
    "renamed by hand, it is found again and shown as drift",
    async (subject) => {
      const { stack } = subject;
      await stack.up(subject.program());
      const [before, known, name] = [await subject.requireLook(), subject.outputs, subject.site.name()];
      await subject.renameByHand(name);
      const renamed = { ...known, name };
      await stack.refresh();
      if (!isKnown(before)) return endAsStranger(subject, renamed);
      expect(subject.outputs).toMatchObject({ name });
      await stack.up(subject.program());
      const [desired, unwanted] = kind.hasAutomaticName === true ? [renamed, known] : [known, renamed];
      expect(subject.outputs["name"]).toBe(desired["name"]);
      expect(await subject.look(unwanted)).toBeUndefined();
      const after = await subject.requireLook();
      if (subject.step !== "replaced") expect(identity?.(after)).toEqual(identity?.(before));
      await expectSettled(subject, subject.program());
      const last = subject.site.name();
      await subject.renameByHand(last);
      await subject.end(known, renamed, { ...known, name: last });
    },
    { missing: isNamed === true ? lostFile(kind, daemon) : "it has nothing but its name to be known by" },
  );

  test(
    "deleted by hand with the place that it was in, it is gone for refresh and destroy",
    async (subject) => {
      const { stack, at, site } = subject;
      await stack.up(subject.program());
      for (const { outputs, kindName } of [...stack.state.resources].reverse())
        if (kindName === kind.kindName) await subject.removeByHand(outputs);
      await removeMachines(site, at.project);
      await site.change("DELETE", placeOf(at, place));
      const { resources } = stack.state;
      await stack.refresh();
      expect(stack.state.resources).toEqual([]);
      // Without a refresh before.
      stack.state.resources = resources;
      await subject.end();
    },
    {
      missing: place === undefined ? "no pool or project holds it" : undefined,
      place: (site) => makePlace(site, kind),
    },
  );
}

/** Where nothing but a name says which object it is, one of another name is a stranger. */
async function endAsStranger(subject: Case, renamed: Props): Promise<void> {
  const { stack } = subject;
  expect(subject.step).toBe("gone");
  await stack.up(subject.program());
  expect(subject.step).toBe("created");
  await subject.end();
  await subject.requireLook(renamed);
  await subject.removeByHand(renamed);
}

/** The volume of the new name has no content then, and the old name cannot be used again. */
function lostFile({ kindName, hasAutomaticName }: Kind, { kind }: TestDaemon): string | undefined {
  if (kindName !== "IsoVolume" || hasAutomaticName === true || kind !== "incus") return undefined;
  return "Incus 6.0 leaves the file of an ISO volume that is renamed under its old name";
}

async function makePlace(
  site: Site,
  { place, needsImage, needsVolume }: Kind,
): Promise<{ pool?: string; project?: string }> {
  const name = site.name();
  if (place === "pool") {
    await site.change("POST", "/1.0/storage-pools", { name, driver: "dir", config: {} });
    return { pool: name };
  }
  await site.change("POST", "/1.0/projects", {
    name,
    config: {
      ...(needsImage === true && { "features.images": "false" }),
      ...(needsVolume === true && { "features.storage.volumes": "false" }),
    },
  });
  return { project: name };
}

function placeOf({ pool, project }: Case["at"], place: Kind["place"]): string {
  return place === "pool" ? `/1.0/storage-pools/${pool}` : `/1.0/projects/${project}`;
}

async function removeMachines(site: Site, project: string): Promise<void> {
  if (project === "default") return;
  for (const { name, status } of await site.get<{ name: string; status: string }[]>(
    `/1.0/instances?recursion=1&project=${project}`,
  )) {
    const path = `/1.0/instances/${name}`;
    if (status === "Running")
      await site.change("PUT", `${path}/state?project=${project}`, { action: "stop", force: true });
    await site.change("DELETE", `${path}?project=${project}`);
  }
}

forEachKind(testsOf);
