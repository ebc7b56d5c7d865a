#!/bin/sh
# Creates installer.iso with Debian's kernel, a static busybox and the scripts in installer/, bootable by UEFI.
#
#   ./make-installer.sh [FILE]        default: ./installer.iso
#
# Requires Debian or Ubuntu with: apt-get install busybox-static grub-common grub-efi-amd64-bin grub-pc-bin xorriso mtools
set -eu
target=$(realpath -m "${1:-installer.iso}")
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pulumi-lxd-golden-image
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The kernel's package is downloaded once, and unpacked without being installed.
package=$(apt-cache depends --important linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[^ ]*\)/\1/p')
if [ -z "$package" ]; then
  echo "apt knows no linux-image-cloud-amd64: run apt-get update first" >&2
  exit 1
fi
mkdir -p "$cache"
if [ ! -e "$cache/$package/boot" ]; then
  (cd "$work" && apt-get download "$package" && dpkg -x ./*.deb "unpacked")
  rm -rf "${cache:?}/$package"
  mv "$work/unpacked" "$cache/$package"
fi
kernel=$cache/$package
version=$(ls "$kernel/lib/modules")

# One initramfs for the installer and for the installed system; the kernel's command line selects the mode.
root=$work/initramfs
modules=lib/modules/$version/kernel
mkdir -p "$root/bin" "$root/proc" "$root/sys" "$root/dev" "$root/medium" "$root/answers" "$root/target"
cp /bin/busybox "$root/bin/busybox"
cp "$here/installer/init" "$here/installer/install" "$here/installer/system" "$root/"
chmod +x "$root/init" "$root/install" "$root/system"
for module in drivers/virtio drivers/scsi/scsi_common.ko drivers/scsi/scsi_mod.ko drivers/scsi/virtio_scsi.ko \
  drivers/scsi/sd_mod.ko drivers/scsi/sr_mod.ko drivers/cdrom/cdrom.ko fs/isofs fs/fat fs/nls/nls_ascii.ko \
  fs/nls/nls_cp437.ko lib/crc64.ko lib/crc-t10dif.ko lib/crc64-rocksoft.ko crypto/crct10dif_common.ko \
  crypto/crct10dif_generic.ko crypto/crc64_rocksoft_generic.ko; do
  [ -e "$kernel/$modules/$module" ] || continue
  mkdir -p "$root/$modules/$(dirname "$module")"
  cp -r "$kernel/$modules/$module" "$root/$modules/$module"
done
busybox depmod -b "$root" "$version"
(cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null | gzip -1) >"$work/initramfs.gz"

# What the installer writes to the disk: a boot loader of one file, and the same kernel and initramfs.
medium=$work/medium
mkdir -p "$medium/boot/grub" "$medium/payload"
cp "$kernel/boot/vmlinuz-$version" "$medium/payload/vmlinuz"
cp "$work/initramfs.gz" "$medium/payload/initramfs.gz"
parts="part_msdos fat linux normal search search_fs_file serial terminal"
grub-mkstandalone -O x86_64-efi -o "$medium/payload/bootx64.efi" --install-modules="$parts" --modules="$parts" \
  --locales= --themes= --fonts= "boot/grub/grub.cfg=$here/installer/grub-system.cfg"

cp "$here/installer/grub-installer.cfg" "$medium/boot/grub/grub.cfg"
grub-mkrescue -o "$target" "$medium" -- -volid INSTALLER >/dev/null 2>&1
echo "$target"
