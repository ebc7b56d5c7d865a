// What is advised on errors of the server that do not explain themselves. The texts are those of Incus 6.0 and LXD 5.0.
import { describe, expect, it } from "vitest";
import { refusal } from "../../../provider/lxd/client/core/envelope";

describe("the server's error", () => {
  const late =
    'parsing time "56971-10-25 00:00:00+00:00" as "2006-01-02": cannot parse "1-10-25 00:00:00+00:00" as "-"';

  it.each([
    ["of an image", `Failed to fetch images: Failed to fetch images: ${late}`],
    ["of a project", `Failed to fetch from "images" table: Failed to fetch from "images" table: ${late}`],
    ["of an upload", `Fetch image "b1ddf8": Failed to fetch images: Failed to fetch images: ${late}`],
  ])("%s about a date after the year 9999 comes with the command that repairs the database", (_what, why) => {
    const { message } = refusal(why, 500, { method: "GET", path: "/1.0/projects/shop" });
    expect(message).toContain(why);
    expect(message).toMatch(
      /after the year 9999[^]*as root:\nincus admin sql global "UPDATE images SET creation_date = NULL/,
    );
  });

  it("about something else has no such advice", () => {
    const { details } = refusal("Failed to fetch images: disk I/O error", 500, { method: "GET", path: "/1.0/images" });
    expect(details.advice).toBeUndefined();
  });
});
