# Copies the Python task kit into $out and compiles it.
#
# Run by busybox ash with -eu. Inputs: busybox, root, taskkit (the source folder), python (3.11).
export PATH="$busybox/bin"
umask 022
packages="$out/lib/python$python/dist-packages"
mkdir -p "$packages"
cp -RP "$taskkit" "$packages/taskkit"
chmod -R u+w "$packages"

export LC_ALL=C.UTF-8 PYTHONUTF8=1 PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1 TZ=UTC
"$root/lib64/ld-linux-x86-64.so.2" --argv0 "$root/usr/bin/python$python" \
  --library-path "$root/usr/lib/x86_64-linux-gnu" "$root/usr/bin/python$python" \
  -P -s -S -m compileall -q -j 1 --invalidation-mode unchecked-hash "$packages"
