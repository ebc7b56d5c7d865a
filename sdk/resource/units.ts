// The types of sizes and durations.

/** Excludes negative numbers. */
type Digits = `${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}${string}`;
/** Matches the number in a template such as `${count}GiB`, but no literal, which `Digits` could not exclude then. */
type Computed = number & Pick<number, "toFixed">;

type SizeUnit = "" | "B" | "kB" | "MB" | "GB" | "TB" | "PB" | "KiB" | "MiB" | "GiB" | "TiB" | "PiB";

/**
 * A size in bytes: an integer and a unit, such as `"10GiB"`, `"512MiB"` or `` `${count}GB` ``. Without a unit, it is a
 * number of bytes.
 *
 * A variable of type `string` is not accepted, because it could contain anything. Declare it as a size –
 * `config.require<lxd.Size>("size")` – or pass it as an output, which only the provider checks: `pulumi.output(text)`.
 */
export type Size = (`${bigint}${SizeUnit}` & Digits) | `${Computed}${SizeUnit}`;

type TimeUnit = "d" | "h" | "m" | "s" | "ms";
/** One, two or three parts. */
type Parts<Count extends number> =
  | `${Count}${TimeUnit}`
  | `${Count}${"d" | "h" | "m" | "s"}${Count}${TimeUnit}`
  | `${Count}${"d" | "h" | "m"}${Count}${"h" | "m" | "s"}${Count}${TimeUnit}`;

/**
 * A duration: a number and one of the units `d`, `h`, `m`, `s` and `ms`, or several of these, such as `"90m"`,
 * `"1h30m"` or `` `${count}s` ``.
 *
 * A variable of type `string` is not accepted, because it could contain anything. Declare it as a duration –
 * `config.require<lxd.Duration>("timeout")` – or pass it as an output, which only the provider checks:
 * `pulumi.output(text)`.
 */
export type Duration = (Parts<number> & Digits) | Parts<Computed>;
