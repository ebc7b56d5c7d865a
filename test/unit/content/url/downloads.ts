// A file that is downloaded from web servers on loopback, and what arrives of it.
import { type Content } from "../../../../provider/content/content";
import { urlContent } from "../../../../provider/content/url/url-content";
import { read, sample, settings } from "./loopback";

const mebibyte = 1024 * 1024;
export const file = sample(3 * mebibyte + 7);
export const third = mebibyte;
export const checksum = file.sha256;

/** Compared as a whole: element by element, as `toEqual` does it, takes seconds. */
export const arrives = async (source: Content): Promise<boolean> => file.bytes.equals(await read(source));

export const content = (...urls: string[]): Promise<Content> => urlContent({ urls, checksum }, settings);
