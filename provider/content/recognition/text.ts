// Recognises text, and what kind of text it is.
import { parseYaml } from "../../base/yaml";
import { type TextKind } from "./found";

/** Undefined if the bytes are not text. `isWhole`: nothing follows. */
export function textKind(head: Buffer, isWhole: boolean): TextKind | undefined {
  const text = decode(head, isWhole);

  if (text === undefined || text.trim() === "" || /[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text)) return undefined;
  const start = text.replace(/^\uFEFF?\s*(<!--[^]*?-->\s*)*/, "");
  if (/^<(!doctype html|html|head|body|title|script|meta)\b/i.test(start)) return "html";
  if (/^<(\?xml|!doctype|[a-z][\w:.-]*[\s>])/i.test(start)) return "xml";
  if (start.startsWith("version https://git-lfs.github.com/spec/")) return "lfs";
  if (/^[{[]/.test(start) && isJson(start, isWhole)) return "json";
  return isYaml(text, isWhole) ? "yaml" : "text";
}

/** The last character may be cut. */
function decode(head: Buffer, isWhole: boolean): string | undefined {
  try {
    return new TextDecoder("utf8", { fatal: true }).decode(head, { stream: !isWhole });
  } catch {
    return undefined;
  }
}

function isJson(text: string, isWhole: boolean): boolean {
  if (!isWhole) return /^(\{\s*"|\[\s*[[{"\d])/.test(text);
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A map; any text at all is YAML. */
function isYaml(text: string, isWhole: boolean): boolean {
  if (!/^[\w."'-]+:(\s|$)/m.test(text)) return false;
  if (!isWhole) return true;
  try {
    const parsed = parseYaml(text);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}
