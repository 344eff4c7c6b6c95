# Installs pinned wheels beside a standard library into $out, so that $out/bin/python3 runs them.
#
# Run by busybox ash with -eu. Inputs: busybox, root (from root.sh), wheels, installer (a wheel that
# installs wheels), install (the text of install.py), python (3.11), imports (modules that must work).
export PATH="$busybox/bin"
umask 022
libraries="$root/usr/lib/x86_64-linux-gnu"
packages="$out/lib/python$python/dist-packages"
mkdir -p "$out/bin" "$out/share" "$packages"

# Debian's python is not position-independent and does not survive patchelf; started through its own
# loader it needs no patch. With --argv0, sys.prefix and sys.executable come out as $out.
cat > "$out/bin/python3" <<END
#!$busybox/bin/sh
exec $root/lib64/ld-linux-x86-64.so.2 --argv0 "\$0" --library-path $libraries $root/usr/bin/python$python "\$@"
END
chmod 755 "$out/bin/python3"
ln -s python3 "$out/bin/python"

cp -RP "$root/usr/lib/python$python/." "$out/lib/python$python/"
chmod -R u+w "$out/lib"

# Nothing of this process may reach the files it writes.
export LC_ALL=C.UTF-8 PYTHONUTF8=1 PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1 TZ=UTC
export HOME="$NIX_BUILD_TOP" OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

"$out/bin/python3" -P -s -c "$install" "$installer" "$packages" $wheels

# Tests, headers and sources for building extensions: a third of the size. The data sets inside
# scikit-learn stay: they are raw datasets of this project.
cd "$packages"
find . -type d \( -name tests -o -name test \) -prune -print | while read -r folder; do
  case "$folder" in
    # These are imported by their package, whatever their name says.
    ./numpy/testing*|./sklearn/datasets/data*) ;;
    *) rm -rf "$folder" ;;
  esac
done
find . -type f \( -name '*.pyx' -o -name '*.pxd' -o -name '*.pxi' -o -name '*.tp' -o -name '*.a' \
  -o -name '*.h' -o -name '*.hpp' -o -name '*.c' -o -name '*.cpp' -o -name '*.cc' -o -name '*.f' -o -name '*.build' \) \
  -exec rm -f {} +
rm -rf pyarrow/include pyarrow/src numpy/f2py/src numpy/_core/include
# Of pyarrow: remote file systems and RPC (there is no network), and the copies that only a linker reads.
rm -f pyarrow/_flight.* pyarrow/libarrow_flight.* pyarrow/libarrow_python_flight.* pyarrow/_s3fs.* \
  pyarrow/libarrow_s3.* pyarrow/_gcsfs.* pyarrow/_azurefs.* pyarrow/_hdfs.* pyarrow/_pyarrow_cpp_tests.* \
  pyarrow/libarrow*.so pyarrow/libarrow_python*.so.*.*.*

cd "$out"
# One process, sorted order, no time stamps: what marshal writes depends on what it wrote before.
"$out/bin/python3" -P -s -m compileall -q -j 1 --invalidation-mode unchecked-hash "$out/lib/python$python"

# The modules that import here, one per line; the build fails where one that must work does not.
"$out/bin/python3" -P -s -c "$modules" "$packages" $imports > "$out/share/modules.txt"
