#!/bin/bash
# Pid 1 of the lab's kernel: mounts, modules, then the command loop until the serial line closes, then power off.
# The kernel hands over LAB (the lab's directory, at the same path inside and outside) and KREL (the modules' release).
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C LAB KREL
unset TERM mem
here=${0%/*}
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs run /run
# The machine's own root stays read-only in here; only the lab's directory can be written to.
mount -t hostfs -o "$LAB" lab "$LAB"
mkdir -p /run/netns /run/hosts /run/requests /run/mod/lib
ln -s /usr/lib/uml/modules /run/mod/lib/modules
modprobe="/sbin/modprobe -d /run/mod -S $KREL"
printf '#!/bin/sh\nexec %s "$@"\n' "$modprobe" > /run/modprobe
chmod +x /run/modprobe
echo /run/modprobe > /proc/sys/kernel/modprobe
# All at once: what the kernel fetches by itself later costs seconds in the middle of a handshake.
$modprobe -a overlay ipv6 veth dummy tun ip_vti ip6_vti xfrm_user xfrm4_tunnel esp4 esp6 \
  sch_netem sch_ingress cls_matchall cls_flower act_gact \
  cbc ctr gcm seqiv echainiv authenc authencesn hmac ghash-generic sha512_generic des_generic xcbc
echo 1 > /proc/sys/net/core/fb_tunnels_only_for_init_net # no ip_vti0 in every namespace
echo 1 > /proc/sys/net/core/devconf_inherit_init_net
echo 1 > /proc/sys/net/ipv6/conf/all/keep_addr_on_down # as IPv4 addresses stay
stty -F /dev/ttyS0 raw -echo
exec 0<>/dev/ttyS0 3>&0
echo "exit boot 0 $EPOCHREALTIME" >&3
. "$here/agent.sh"
echo o > /proc/sysrq-trigger
read -r _ # the power is off before anything arrives here; pid 1 must not end
