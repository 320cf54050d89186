#!/bin/sh
# Installs what the tests need beside npm's packages, where something is missing: Debian 12, as root. The lab's kernel
# and strongSwan, a browser, promtool, systemd-analyze, openssl, strace. No service is started.
set -eu
packages='user-mode-linux gcc libc6-dev kmod strongswan strongswan-starter strongswan-swanctl strongswan-pki
  libcharon-extra-plugins libcharon-extauth-plugins libstrongswan-extra-plugins iproute2 iputils-ping curl
  prometheus chromium systemd openssl strace openssh-server openssh-client rsyslog'

missing=''
for package in $packages; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || :)" = installed ] ||
    missing="$missing $package"
done
[ -n "$missing" ] || exit 0

fail() {
  echo "tests: missing$missing; $1" >&2
  exit 1
}
. /etc/os-release 2>/dev/null || fail 'they are installed on Debian 12 only'
[ "${ID:-} ${VERSION_ID:-}" = 'debian 12' ] || fail 'they are installed on Debian 12 only'
[ "$(id -u)" = 0 ] || fail 'run this as root'

policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod +x "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
echo "tests: installing$missing" >&2
apt='apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3'
# shellcheck disable=SC2086 # lists of words
$apt install -y --no-install-recommends $missing > /dev/null 2>&1 ||
  { $apt update && $apt install -y --no-install-recommends $missing > /dev/null; } ||
  fail 'apt-get could not install them; its messages are above'
