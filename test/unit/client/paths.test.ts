// Names of any kind in request paths.
import { describe, expect, it } from "vitest";
import { path, withQuery } from "../../../provider/lxd/client/transport/paths";

describe("a path", () => {
  it.each([
    [["storage-pools", "default", "volumes"], "/1.0/storage-pools/default/volumes"],
    [["images", "aliases", "a/b c?d#e%"], "/1.0/images/aliases/a%2Fb%20c%3Fd%23e%25"],
    [["x", ".", "y", ".."], "/1.0/x/%2E/y/%2E%2E"],
    [["x", "..."], "/1.0/x/..."],
    [["x", "ü"], "/1.0/x/%C3%BC"],
  ])("of %j is %s", (segments, expected) => expect(path(...segments)).toBe(expected));
});

describe("a query", () => {
  it("has the parameters that have a value", () => {
    expect(withQuery("/1.0/x", { project: "a b&c", target: undefined, recursion: "1" })).toBe(
      "/1.0/x?project=a+b%26c&recursion=1",
    );
    expect(withQuery("/1.0/x", { target: undefined })).toBe("/1.0/x");
  });
});
