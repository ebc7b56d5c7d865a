// Adds an image to a catalogue as the newest version of its product, and removes it everywhere else.
import { type Catalogue, type Product, type Version } from "./catalogue";
import { type Described } from "./describe";
import { fingerprintsIn, isMachine } from "./version";

export interface Merged {
  catalogue: Catalogue;
  serial: string;
  isNew: boolean;
}

/** An image that already is the newest of its product stays so; its description is updated. */
export function merge(before: Catalogue, { key, product }: Described, version: Version, now: Date): Merged {
  const [fingerprint = ""] = fingerprintsIn(version);
  const existing = before.products[key]?.versions ?? {};
  const newest = Object.keys(existing).sort().at(-1);
  const isNew = newest === undefined || !has(existing[newest], fingerprint);
  const serial = isNew ? nextSerial(newest, now) : newest;
  const products = without(before.products, { key, product, version, fingerprint, serial });
  const versions = { ...products[key]?.versions, [serial]: version };
  return { catalogue: { ...before, products: { ...products, [key]: { ...product, versions } } }, serial, isNew };
}

function has(version: Version | undefined, fingerprint: string): boolean {
  return version !== undefined && fingerprintsIn(version).includes(fingerprint);
}

/**
 * Returns everything else, without this image (clients fail if an image is listed twice) and without its aliases (if
 * two products have the same alias, clients choose either).
 */
function without(
  products: Catalogue["products"],
  mine: { key: string; product: Described["product"]; version: Version; fingerprint: string; serial: string },
): Catalogue["products"] {
  const others = Object.entries(products).map(([key, product]): [string, Product] => {
    const versions = Object.entries(product.versions).filter(([, version]) => !has(version, mine.fingerprint));
    const rest = { ...product, versions: Object.fromEntries(versions) };
    return [key, key === mine.key ? rest : { ...rest, aliases: aliasesWithout(product, mine) }];
  });
  return Object.fromEntries(others.filter(([, { versions }]) => Object.keys(versions).length > 0));
}

function aliasesWithout(product: Product, mine: { product: Described["product"]; version: Version }): string {
  const [some] = Object.values(product.versions);
  // An alias may name one image for each architecture and type.
  const isOther = product.arch !== mine.product.arch || (some && isMachine(some)) !== isMachine(mine.version);
  if (isOther) return product.aliases;
  const taken = mine.product.aliases.split(",");
  return product.aliases
    .split(",")
    .filter((alias) => !taken.includes(alias))
    .join(",");
}

/**
 * Returns a serial such as `20261231_235959`: clients parse the first eight digits as a date, and the greatest text is
 * the newest.
 */
function nextSerial(newest: string | undefined, now: Date): string {
  const oneSecondMs = 1000;
  for (let at = now; ; at = new Date(at.getTime() + oneSecondMs)) {
    const [day = "", time = ""] = at.toISOString().replaceAll(/[-:]/g, "").split(/[T.]/);
    const serial = `${day}_${time}`;
    if (newest === undefined || serial > newest) return serial;
  }
}
