// The first process of the guest that end-to-end tests boot: a script that tells on the serial console what it sees.
import { busybox } from "./modules";

/**
 * `run.sh` of a medium that has one is run once, with the console as its input. Then, again and again, comes a line about
 * the machine, and the files of every medium that is no boot medium: names through Rock Ridge, and their content.
 *
 * The power button is heard as a key of an input device. It is noted on the root disk, behind what an installer writes,
 * so that the next start can tell of it.
 */
export const init = (modules: readonly string[]): string => `#!${busybox} sh
${busybox} --install -s /bin
export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev
for m in ${modules.join(" ")}; do insmod /$m.ko; done
for try in 1 2 3 4 5 6 7 8 9 10; do [ -b /dev/sda ] && [ -b /dev/sr0 ] && break; sleep 0.1; done

boot=$(cut -c 1-8 /proc/sys/kernel/random/boot_id)
presses=$(dd if=/dev/sda bs=1M skip=${noteMiB} count=1 2>/dev/null | head -c 1)
case $presses in [0-9]) ;; *) presses=0 ;; esac
listen() {
  grep -q "Power Button" /sys/class/input/$1/device/name && head -c 24 /dev/input/$1 >/dev/null || return
  echo "the power button was pressed"
  printf $((presses + 1)) | dd of=/dev/sda bs=1M seek=${noteMiB} conv=notrunc,fsync 2>/dev/null
  poweroff -f
}
for device in /sys/class/input/event*; do listen $(basename $device) & done

each_medium() {
  for medium in /dev/sr*; do
    mount -t iso9660 -o ro $medium /mnt 2>/dev/null || continue
    [ -d /mnt/boot ] || $1
    umount /mnt
  done
}
take() { if [ -e /mnt/run.sh ]; then cp /mnt/run.sh /run.sh; fi; }
tell() {
  echo "label: $(dd if=$medium bs=8 skip=4101 count=4 2>/dev/null)"
  echo "medium begins"
  (cd /mnt && find . -type f | sort | while read -r file; do echo "$file: $(cat "$file")"; done)
  echo "medium ends"
}
each_medium take
if [ -e /run.sh ]; then . /run.sh; fi
while true; do
  memory=$(grep MemTotal /proc/meminfo | tr -dc 0-9)
  echo "boot=$boot cpus=$(nproc) memoryKiB=$memory sectors=$(cat /sys/block/sda/size) presses=$presses"
  each_medium tell
  sleep 1
done
`;

/** Where on the root disk the guest keeps how often its power button was pressed. */
const noteMiB = 60;
