// In which order files are run: the kinds that take long come first, so that no worker is left with one of them alone.
import { BaseSequencer, type TestSpecification } from "vitest/node";

const kinds = ["/test/e2e/", "/test/contract/", "/test/unit/"];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => kinds.findIndex((kind) => moduleId.includes(kind));
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}
