// Bootable ISO images for real daemons, made as the quickstart makes them.
export { type IsoOptions, makeBootableIso, missingIsoTools } from "../../../scripts/quickstart/grub-iso.cjs";
