# The command loop of the guest and of each host in it; sourced with the requests on fd 0 and the answers on fd 3.
# A request is one line, "HOST ID VERB …"; HOST is "-" for the guest itself.
#   HOST ID run              runs commands/ID.sh; answers "start ID PID GROUP TIME", later "exit ID STATUS TIME"
#   HOST ID kill SIGNAL PID  a negative PID is a process group; answers "exit ID STATUS TIME"
#   HOST ID clock            answers "exit ID 0 TIME"
#   - ID host NAME           starts the host NAME (host.sh), which answers "exit ID 0 TIME" once it listens
# Each command runs in the background, so any number of them can run at once. A bash fork costs some 15 ms in here.
set -m # every command in a process group of its own, and SIGINT not ignored
commands=$LAB/commands

run() {
  local id=$1 group=$BASHPID input=/dev/null
  [[ -e $commands/$id.in ]] && input=$commands/$id.in
  (
    echo "start $id $BASHPID $group $EPOCHREALTIME" >&3
    exec <"$input" >"$commands/$id.out" 2>"$commands/$id.err" 3>&-
    . "$commands/$id.sh"
  )
  echo "exit $id $? $EPOCHREALTIME" >&3
}

# The network namespace NAME was made by the topology; the host gets mounts, processes and a host name of its own.
start_host() {
  local id=$1 name=$2
  [[ -p /run/requests/$name ]] || mkfifo "/run/requests/$name"
  nsenter --net="/run/netns/$name" unshare --mount --pid --uts --fork --kill-child \
    bash "$here/host.sh" "$id" "$name" <>"/run/requests/$name" &
}

while read -r host id verb argument pid; do
  if [[ $host != "${hostname:--}" ]]; then
    echo "$host $id $verb $argument $pid" 1<>"/run/requests/$host"
    continue
  fi
  case $verb in
    run) run "$id" & ;;
    kill)
      kill -s "$argument" -- "$pid" 2>/dev/null
      echo "exit $id $? $EPOCHREALTIME" >&3
      ;;
    clock) echo "exit $id 0 $EPOCHREALTIME" >&3 ;;
    host) start_host "$id" "$argument" ;;
  esac
done
