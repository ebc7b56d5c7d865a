// What is wrong with the files of an image, before they are hashed or sent.
import { type Failure } from "../../kind/kind";
import { fileFailures } from "../shared/source-file";
import { isContent } from "./source";
import { partsOf } from "./source-parts";
import { type ImageSource } from "./source-types";

export function contentFailures(source: ImageSource): Promise<Failure[]> {
  return isContent(source) ? fileFailures(partsOf(source)) : Promise.resolve([]);
}
