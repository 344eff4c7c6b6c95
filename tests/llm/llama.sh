#!/usr/bin/env bash
# Builds a real inference server and a model of noise for it: tests/llm/llama.sh FOLDER
#
# Leaves FOLDER/llama-server and FOLDER/noise.gguf; does nothing for what is there already. The source is llama.cpp as the
# source distribution of llama-cpp-python carries it, because that comes from where all our Python packages come from, and is
# pinned by its hash. Needs python3 with pip, a C++17 compiler, about 490 s of one core, and 500 MB in FOLDER while it builds.
# Start it with: FOLDER/llama-server -m FOLDER/noise.gguf --host 127.0.0.1 --port PORT --jinja --no-webui -fa on -np 2 -s 1
set -euo pipefail

[ $# = 1 ] || { echo "usage: tests/llm/llama.sh FOLDER" >&2; exit 2; }
here="$(cd "$(dirname "$0")" && pwd)"
mkdir -p "$1"
cd "$1"
python3 "$here/tiny_gguf.py" noise.gguf
[ ! -x llama-server ] || exit 0

rm -rf work
mkdir work
cat > work/tools.txt << 'TOOLS'
cmake==4.4.4 --hash=sha256:f773a0544c66370408f451acd487c2c643b0dfebb48c5d64f3638bc1bb820238
ninja==1.13.2 --hash=sha256:65a24341b5ac09fcadcc37082660be40a94174e51a937fabf6e2cae26225fa2c
scikit-build-core==1.1.2 --hash=sha256:7f4f959a467692db50bdd1ea7ce1507f2c7972e6023b753ee302d169bc4cec85
packaging==26.3 --hash=sha256:d7193f7c8e4e93f444fde0262bf90af30e16fa0ad0ad44cb553c87339b23cd1c
pathspec==1.1.1 --hash=sha256:a00ce642f577bf7f473932318056212bc4f8bfdf53128c78bbd5af0b9b20b189
TOOLS
cat > work/source.txt << 'SOURCE'
llama-cpp-python==0.3.36 --hash=sha256:832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e
SOURCE
python3 -m venv work/venv
export PATH="$PWD/work/venv/bin:$PATH"
pip install -q --disable-pip-version-check --require-hashes -r work/tools.txt
# pip asks a source distribution for its metadata, for which scikit-build-core has to be there.
pip download -q --disable-pip-version-check --no-binary :all: --no-deps --no-build-isolation --require-hashes -r work/source.txt -d work
tar -xzf work/llama_cpp_python-0.3.36.tar.gz -C work

# Nothing of the machine it is built on, of the network, or of what a test of protocols does not need. The C++ around the
# kernels need not be fast, only soon compiled.
cmake -S work/llama_cpp_python-0.3.36/vendor/llama.cpp -B work/build -G Ninja > work/configure.log \
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE="-O1 -DNDEBUG" -DBUILD_SHARED_LIBS=OFF \
  -DGGML_NATIVE=OFF -DGGML_OPENMP=OFF -DGGML_CCACHE=OFF -DGGML_LLAMAFILE=OFF \
  -DLLAMA_OPENSSL=OFF -DLLAMA_SUBPROCESS=OFF -DLLAMA_BUILD_UI=OFF -DLLAMA_USE_PREBUILT_UI=OFF \
  -DLLAMA_BUILD_APP=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_TESTS=OFF
cmake --build work/build --target llama-server -j "$(nproc)" > work/build.log || { tail -n 40 work/build.log >&2; exit 1; }
strip -o work/llama-server work/build/bin/llama-server
mv work/llama-server llama-server
rm -rf work
