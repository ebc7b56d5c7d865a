// What a piece of work has failed with.
import { expect } from "vitest";
import { LxdError } from "../../provider/base/errors";

export async function failure(work: Promise<unknown>): Promise<LxdError> {
  const thrown: unknown = await work.then(
    () => expect.fail("did not fail"),
    (reason: unknown) => reason,
  );
  expect(thrown).toBeInstanceOf(LxdError);
  return thrown as LxdError;
}
