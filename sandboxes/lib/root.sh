# Unpacks pinned Debian packages into $out: the C library, CPython and what they link to.
#
# Run by busybox ash with -eu. Inputs: busybox (the folder with its applets), debs (the packages),
# python (3.11). It configures nothing: no maintainer script of a package runs.
export PATH="$busybox/bin"
umask 022

mkdir -p "$out/usr/lib" "$out/usr/bin" "$out/usr/lib64" "$out/usr/sbin"
for folder in lib bin lib64 sbin; do ln -s "usr/$folder" "$out/$folder"; done

# bookworm's packages are not usr-merged: each is unpacked aside, and its /lib moves under /usr/lib.
for deb in $debs; do
  mkdir aside
  # -o: files belong to whoever builds; a builder without root can't give them away.
  (cd aside && ar p "$deb" data.tar.xz | xz -dc | tar -x -o -f -)
  for folder in lib bin lib64 sbin; do
    if [ -d "aside/$folder" ]; then
      mkdir -p "aside/usr/$folder"
      cp -RP "aside/$folder/." "aside/usr/$folder/"
      rm -rf "aside/$folder"
    fi
  done
  cp -RP aside/. "$out/"
  rm -rf aside
done

# A loader that is a link to an absolute path would lead out of the store.
if [ -L "$out/usr/lib64/ld-linux-x86-64.so.2" ]; then
  rm "$out/usr/lib64/ld-linux-x86-64.so.2"
  ln -s ../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 "$out/usr/lib64/ld-linux-x86-64.so.2"
fi

# What no program here reads: manuals, system configuration, administration tools, charset converters
# that only iconv(3) loads (Python brings its own codecs).
cd "$out"
rm -rf etc var usr/share usr/include usr/lib/binfmt.d usr/lib/sysctl.d usr/sbin/*
cd "$out/usr/lib/x86_64-linux-gnu"
rm -rf gconv audit engines-3 ossl-modules

# Parts of the standard library that are tests, graphical, or installers, and what Debian links to /etc.
cd "$out/usr/lib/python$python"
rm -rf test turtle.py pydoc_data __phello__ __hello__.py unittest/test ctypes/test distutils/tests \
  sitecustomize.py EXTERNALLY-MANAGED
# Test helpers, and modules whose libraries (Berkeley DB, NIS, readline, curses, crypt) are not here.
cd lib-dynload
rm -f _test* _xxtest* _ctypes_test.* xxlimited* ossaudiodev.* _dbm.* nis.* readline.* _curses.* \
  _curses_panel.* _crypt.*
