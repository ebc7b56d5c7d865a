// How many requests a resource takes beside those that all resources of a run share, per kind and operation.
import { afterAll, expect } from "vitest";
import { describeEachDaemon, type TestDaemon, tinyIso } from "../harness";
import { FlakySocket } from "../harness/flaky-socket";
import { type Declared, type Props, Stack } from "../harness/stack-run";
import { blank, Site } from "../instance/site";
import { type Kind, kinds, type Subject } from "../lifecycle/kinds";

/** Requests by method; `wait`: a wait for an operation. */
type Requests = Partial<Record<"GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "wait", number>>;

interface Budget {
  create: Requests;
  /** An in-place change of one input. */
  update?: Requests;
  delete: Requests;
}

const deleted: Requests = { GET: 1, DELETE: 1 };
const deletedLater: Requests = { ...deleted, wait: 1 };
const volume: Budget = {
  create: { GET: 3, POST: 1, wait: 1 },
  update: { GET: 2, PUT: 1 },
  delete: deleted,
};
const setting: Budget = { create: { GET: 3, POST: 1 }, update: { GET: 2, PUT: 1 }, delete: deleted };
/** The second write of a create removes the mark of an unfinished one. */
const machine: Budget = {
  create: { GET: 3, POST: 1, PUT: 1, wait: 2 },
  update: { GET: 3, PUT: 1, wait: 1 },
  delete: deletedLater,
};

/**
 * By kind. Shared by the run and so not counted: the server, project, storage pool and profiles. The free space of the
 * pool is read again after each change.
 */
const budgets: Record<string, Budget> = {
  "ISO volume with an automatic name": volume,
  // All instances are searched for those from which it was detached.
  "ISO volume with a fixed name": {
    ...volume,
    create: { GET: 4, POST: 1, wait: 1 },
    update: { GET: 3, PUT: 1 },
  },
  image: {
    create: { GET: 9, POST: 1, PUT: 1, wait: 1 },
    // The preview reads what other stacks have set on the image.
    update: { GET: 5, PUT: 1 },
    delete: { GET: 3, DELETE: 1, wait: 1 },
  },
  // Its image is read before and after the preview.
  container: { ...machine, create: { GET: 4, POST: 1, PUT: 1, wait: 2 } },
  "virtual machine": machine,
  snapshot: {
    create: { GET: 9, POST: 1, PUT: 2, wait: 3 },
    update: { GET: 4, PUT: 1, wait: 1 },
    delete: { GET: 2, DELETE: 1, wait: 1 },
  },
  // The streams of a command are requests, too.
  command: {
    create: { GET: 6, POST: 1, wait: 1 },
    update: { GET: 6, POST: 1, wait: 1 },
    delete: { GET: 7, POST: 1, wait: 1 },
  },
  "storage volume": { ...setting, create: { GET: 4, POST: 1, PUT: 1 } },
  profile: setting,
  network: setting,
  project: setting,
  "storage pool": setting,
};

interface Resource {
  name: string;
  subject: Subject;
}

describeEachDaemon({ name: "requests", on: ["embedded", "incus"] }, (daemon: TestDaemon) => {
  const site = new Site(daemon);
  afterAll(() => site.removeFiles());

  // A golden image polls for as long as its installation takes.
  const measured = kinds.filter(({ kindName }) => kindName !== "GoldenBuild");
  for (const kind of measured) {
    daemon.test(`of the ${kind.title}`, { needs: kind.needs ?? [], timeoutMs: 60_000 }, async () => {
      const [one, two] = [await requestsOf(kind, 1), await requestsOf(kind, 2)];
      expect(perResource(one, two)).toEqual({ same: {}, ...budgets[kind.title] });
    });
  }

  daemon.test("of a refresh do not grow with the number of resources", { needs: ["custom_volume_iso"] }, async () => {
    const proxy = new FlakySocket(daemon.socket);
    await proxy.start();
    const stack = new Stack(proxy.socket, "bulk");
    const many = Array.from({ length: 20 }, () => site.name());
    const file = await site.file(tinyIso({ marker: site.name() }));
    const program = many.flatMap((name): Declared[] => [
      { kindName: "IsoVolume", name: `${name}-iso`, args: { pool: "default", source: { file } } },
      { kindName: "Instance", name, args: { ...blank, profiles: [], name } },
    ]);
    try {
      await stack.up(program);
      await stack.refresh();
      const before = structuredClone(stack.state.resources);
      const [changed = "", deleted = ""] = many.slice(-2);
      await site.change("PATCH", `/1.0/instances/${changed}`, { description: "by hand" });
      await site.change("DELETE", `/1.0/instances/${deleted}`);
      const from = proxy.lines.length;
      await stack.refresh();
      // Three objects of a collection, the list, and the object that the list does not have.
      expect(tally(proxy.lines.slice(from)).GET).toBeLessThanOrEqual(12);
      const expected = before.filter(({ name }) => name !== deleted);
      expected.forEach(({ name, outputs, inputs }) => {
        if (name === changed) outputs["description"] = inputs["description"] = "by hand";
      });
      expect(stack.state.resources).toEqual(expected);
    } finally {
      await stack.destroy();
      await proxy.stop();
    }
  });

  /** The requests of a stack with a number of resources, by operation. */
  async function requestsOf(kind: Kind, count: number): Promise<Record<string, Requests>> {
    const proxy = new FlakySocket(daemon.socket);
    await proxy.start();
    const stack = new Stack(proxy.socket, `budget${count}`);
    const resources: Resource[] = [];
    for (let i = 0; i < count; i++) {
      const name = site.name();
      resources.push({ name, subject: await kind.subject(site, { name, pool: "default", project: "default" }) });
    }
    const change = ({ subject }: Resource): Props => {
      const more = subject.changes.find(({ cost }) => cost === "updated")?.more ?? {};
      return typeof more === "function" ? {} : more;
    };
    const parents = resources.flatMap(({ subject }) => subject.before ?? []);
    const program = (more: (resource: Resource) => Props): Declared[] => [
      ...parents,
      ...resources.map((each): Declared => {
        const { args } = each.subject;
        const all = (of: (name: string) => Props): Props => ({
          ...(typeof args === "function" ? args(of) : args),
          ...more(each),
        });
        return { kindName: kind.kindName, name: each.name, args: all };
      }),
    ];
    const during = async (run: () => Promise<void>): Promise<Requests> => {
      const from = proxy.lines.length;
      await run();
      return tally(proxy.lines.slice(from));
    };
    try {
      await stack.up(parents);
      return {
        create: await during(() => stack.up(program(() => ({})))),
        same: await during(() => stack.up(program(() => ({})))),
        update: await during(() => stack.up(program(change))),
        delete: await during(() => stack.up(parents)),
      };
    } finally {
      await stack.destroy();
      await proxy.stop();
    }
  }
});

function tally(lines: string[]): Requests {
  const all: Requests = {};
  for (const line of lines) {
    const method = line.split(" ")[0] as keyof Requests;
    const kind = /\/operations\/[^/]+\/wait/.test(line) ? "wait" : method;
    all[kind] = (all[kind] ?? 0) + 1;
  }
  return all;
}

/** What the second resource has added. */
function perResource(one: Record<string, Requests>, two: Record<string, Requests>): Record<string, Requests> {
  const verbs = Object.entries(two).map(([verb, all]) => [verb, less(all, one[verb] ?? {})] as const);
  return Object.fromEntries(verbs);
}

function less(all: Requests, part: Requests): Requests {
  const methods = Object.keys(all) as (keyof Requests)[];
  const counts = methods.map((method) => [method, (all[method] ?? 0) - (part[method] ?? 0)] as const);
  return Object.fromEntries(counts.filter(([, count]) => count !== 0));
}
