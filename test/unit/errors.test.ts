// The grammar of errors: what was being done, the daemon's words, the code, the request, and what to do.
import { describe, expect, it } from "vitest";
import { isCode, LxdError } from "../../provider/base/errors";

describe("an error", () => {
  const request = { method: "POST", path: "/1.0/x", status: 409 };

  it("says all that is known of it, in one order", () => {
    const error = new LxdError({ code: "already-exists", doing: "create x", why: "taken", advice: "Choose.", request });
    expect(error.message).toBe("create x: taken [already-exists] (POST /1.0/x → 409)\nChoose.");
  });

  it("says no more than is known", () => {
    expect(new LxdError({ code: "failed", why: "broken" }).message).toBe("broken [failed]");
    const unanswered = new LxdError({ code: "failed", why: "broken", request: { method: "GET", path: "/1.0" } });
    expect(unanswered.message).toBe("broken [failed] (GET /1.0 → no answer)");
  });

  it("is dressed with what was being done, and keeps its own advice", () => {
    const plain = new LxdError({ code: "in-use", why: "used", request });
    expect(plain.during("delete x", "Wait.").message).toBe("delete x: used [in-use] (POST /1.0/x → 409)\nWait.");
    const advised = new LxdError({ code: "in-use", why: "used", advice: "Stop it." });
    expect(advised.during("delete x", "Wait.").message).toBe("delete x: used [in-use]\nStop it.");
  });

  it("is made of whatever was thrown", () => {
    const own = new LxdError({ code: "conflict", why: "x" });
    expect(LxdError.from(own)).toBe(own);
    const cause = new TypeError("oops");
    expect(LxdError.from(cause)).toMatchObject({ code: "failed", message: "oops [failed]", cause });
    expect(LxdError.from("text").message).toBe("text [failed]");
  });

  it("is known by its code", () => {
    expect(isCode(new LxdError({ code: "conflict", why: "x" }), "conflict")).toBe(true);
    expect(isCode(new LxdError({ code: "conflict", why: "x" }), "failed")).toBe(false);
    expect(isCode(Object.assign(new Error("x"), { code: "conflict" }), "conflict")).toBe(false);
  });
});
