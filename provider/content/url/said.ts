// Words for the headers of an answer, as far as they explain what is wrong with its bytes.
import { type AnswerHeaders } from "../content";

/** ` (Content-Type: text/html, Content-Encoding: gzip)`, or nothing. */
export function saidWith(said: AnswerHeaders | undefined): string {
  const headers = [
    said?.contentType === undefined ? undefined : `Content-Type: ${said.contentType}`,
    said?.contentEncoding === undefined ? undefined : `Content-Encoding: ${said.contentEncoding}`,
  ].filter((header) => header !== undefined);
  return headers.length === 0 ? "" : ` (${headers.join(", ")})`;
}

export const encodingAdvice =
  "The request has Accept-Encoding: identity, but the server compresses the file on its way. Turn that off on the server, or use another server.";
