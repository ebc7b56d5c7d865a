// Builds the tree of an image's files, in an order independent of the input order.
import { LxdError } from "../../base/errors";
import { pathProblem } from "./path-rules";

/** The content of one file: text (as UTF-8), bytes, or the path of a local file. */
export type IsoFile = { text: string } | { bytes: Uint8Array } | { file: string };

export interface FileNode {
  kind: "file";
  name: string;
  /** The path in the image, for messages. */
  path: string;
  source: IsoFile;
}

export interface FolderNode {
  kind: "folder";
  name: string;
  path: string;
  children: IsoNode[];
}

export type IsoNode = FileNode | FolderNode;

export interface Tree {
  root: FolderNode;
  files: FileNode[];
  /** Invalid paths with their errors. Such files are not in the tree. */
  problems: { path: string; error: LxdError }[];
}

/** Builds the tree; folders need not be listed. */
export function buildTree(files: Readonly<Record<string, IsoFile>>): Tree {
  const root: FolderNode = { kind: "folder", name: "", path: "", children: [] };
  const tree: Tree = { root, files: [], problems: [] };
  const known = new Map<string, IsoNode>();
  for (const path of Object.keys(files).sort(byCodeUnits)) {
    const source = files[path];
    if (source === undefined) continue;
    const error = pathProblem(path) ?? insert({ root, known, path, source });
    if (error instanceof LxdError) tree.problems.push({ path, error });
    else tree.files.push(error);
  }
  return tree;
}

export function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

interface Insertion {
  root: FolderNode;
  /** Keyed by case-folded path: Windows is case-insensitive. */
  known: Map<string, IsoNode>;
  path: string;
  source: IsoFile;
}

function insert({ root, known, path, source }: Insertion): FileNode | LxdError {
  const names = path.split("/");
  const fileName = names.pop() ?? "";
  let parent = root;
  for (const name of names) {
    const folderPath = parent === root ? name : `${parent.path}/${name}`;
    const there = known.get(folded(folderPath));
    if (there !== undefined && (there.kind === "file" || there.path !== folderPath)) return clash(path, there);
    const folder = there ?? adopt(parent, known, { kind: "folder", name, path: folderPath, children: [] });
    parent = folder;
  }
  const there = known.get(folded(path));
  return there === undefined
    ? adopt(parent, known, { kind: "file", name: fileName, path, source })
    : clash(path, there);
}

function adopt<N extends IsoNode>(parent: FolderNode, known: Map<string, IsoNode>, node: N): N {
  parent.children.push(node);
  known.set(folded(node.path), node);
  return node;
}

function folded(path: string): string {
  return path.toLowerCase();
}

function clash(path: string, there: IsoNode): LxdError {
  const what = `the ${there.kind} ${JSON.stringify(there.path)}`;
  const differs = !path.startsWith(there.path);
  return new LxdError({
    code: "invalid-argument",
    why: `the path ${JSON.stringify(path)} conflicts with ${what}`,
    advice: differs ? "Windows does not distinguish upper case from lower case." : undefined,
  });
}
