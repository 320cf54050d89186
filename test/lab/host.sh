#!/bin/bash
# Pid 1 of one host: the machine's file system under a layer of its own, so that /etc, /log, /run and /var are this
# host's alone, are forgotten with it, and have what hostfs lacks (inotify, link counts). Then the command loop.
id=$1 hostname=$2 here=${0%/*}
layers=/run/hosts/$hostname
root=$layers/root
mkdir -p "$layers"
mount -t tmpfs "$hostname" "$layers"
mkdir -p "$layers"/{upper/log,work,root}
cat > "$layers/fstab" <<FSTAB
$hostname $root     overlay lowerdir=/,upperdir=$layers/upper,workdir=$layers/work 0 0
proc      $root/proc proc   defaults    0 0
sys       $root/sys  sysfs  defaults    0 0
/dev      $root/dev  none   rbind       0 0
run       $root/run  tmpfs  defaults    0 0
lab       $root$LAB  hostfs $LAB        0 0
FSTAB
mount -a -T "$layers/fstab"
echo "$hostname" > /proc/sys/kernel/hostname
cd "$root" || exit
exec chroot . /bin/bash -c '
  hostname=$1
  echo "exit $2 0 $EPOCHREALTIME" >&3
  . "$3/agent.sh"
' "$hostname" "$hostname" "$id" "$here"
