# The Python environments of this project as Nix derivations, from lock files alone: no nixpkgs, no network.
#
# Artefacts (Debian packages, wheels) are fixed-output derivations that can't be built: the driver puts the
# files into the store under the same path (`sandbox build`), where Nix finds them. The crate `environment`
# computes the same derivations without Nix; a change here needs the same change there (derivations.rs),
# and `.ci/run` compares the two.
{ name }:
let
  system = "x86_64-linux";
  # A store name allows fewer characters than a file name.
  storeName = builtins.replaceStrings [ "~" "%" "!" ] [ "-" "-" "-" ];
  artefact = mode: { file, sha256, ... }: derivation {
    name = storeName file;
    inherit system;
    builder = "/artefact-is-not-in-the-store/run-sandbox-build";
    outputHashMode = mode;
    outputHashAlgo = "sha256";
    outputHash = sha256;
  };
  script = file: [ "ash" "-e" "-u" "-c" (builtins.readFile file) ];

  lock = builtins.fromJSON (builtins.readFile (../. + "/${name}/lock.json"));
  busybox = artefact "recursive" { file = "busybox"; sha256 = lock.busybox.nar_sha256; };
  # What all our derivations share: busybox runs a script.
  builder = { inherit system busybox; inherit (lock) python; builder = "${busybox}/bin/busybox"; };

  root = derivation (builder // {
    name = "debian-root";
    args = script ./root.sh;
    debs = map (artefact "flat") lock.debs;
  });
  environment = derivation (builder // {
    inherit name root;
    args = script ./environment.sh;
    wheels = map (artefact "flat") lock.wheels;
    installer = artefact "flat" lock.installer;
    install = builtins.readFile ./install.py;
    modules = builtins.readFile ./modules.py;
    inherit (lock) imports;
  });
  kit = derivation (builder // {
    name = "kit";
    inherit root;
    args = script ./kit.sh;
    taskkit = builtins.path {
      name = "taskkit";
      path = ../kit/taskkit;
      filter = path: type:
        if type == "directory" then baseNameOf path != "__pycache__"
        else builtins.match ".*\\.py" (baseNameOf path) != null;
    };
  });
in
{ inherit busybox root environment kit; }
