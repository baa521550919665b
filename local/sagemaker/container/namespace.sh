#!/bin/sh
# Runs a command in which /opt/ml is the given folder. Meant for `unshare --user --map-root-user --mount`:
# the mounts are private, so the machine's own /opt is untouched and jobs don't see each other.
#   namespace.sh <scratch folder> <folder for /opt/ml> command argument...
set -eu
scratch=$1
target=$2
shift 2
mount --make-rprivate /
mkdir -p "$scratch"
mount -t tmpfs -o mode=755 tmpfs "$scratch"
mkdir "$scratch/ml"
for entry in /opt/* /opt/.[!.]*; do
  name=${entry#/opt/}
  if [ "$name" = ml ]; then
    continue
  elif [ -L "$entry" ]; then
    cp -P "$entry" "$scratch/$name"
  elif [ -d "$entry" ]; then
    mkdir "$scratch/$name"
    mount --rbind "$entry" "$scratch/$name"
  elif [ -f "$entry" ]; then
    : >"$scratch/$name"
    mount --bind "$entry" "$scratch/$name"
  fi
done
mount --rbind "$target" "$scratch/ml"
mount --rbind "$scratch" /opt
if command -v ip >/dev/null 2>&1; then
  ip link set lo up 2>/dev/null || true
fi
exec "$@"
