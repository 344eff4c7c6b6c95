# Python environments of tasks (they need no nixpkgs), and a shell with what contributors use.
#
# An environment's artefacts are never downloaded by Nix: `cargo xtask sandbox build tabular --realiser nix` puts
# them into the store first, and builds the same derivations as `nix build .#tabular` afterwards.
{
  description = "mle-smith: verified, reproducible machine-learning-engineering tasks from raw datasets";

  # For the development shell only. Inputs are lazy: no environment fetches this.
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs = { self, nixpkgs }:
    let
      system = "x86_64-linux";
      folders = builtins.readDir ./sandboxes;
      isEnvironment = name:
        folders.${name} == "directory" && builtins.pathExists (./sandboxes + "/${name}/lock.json");
      names = builtins.filter isEnvironment (builtins.attrNames folders);
      derivations = name: import ./sandboxes/lib { inherit name; };
      environments = builtins.listToAttrs (map (name: { inherit name; value = (derivations name).environment; }) names);
      pkgs = nixpkgs.legacyPackages.${system};
    in
    {
      packages.${system} = environments // { inherit (derivations "tabular") kit root; };

      devShells.${system}.default = pkgs.mkShell {
        packages = with pkgs; [
          cargo
          cargo-insta
          cargo-nextest
          clippy
          jq
          nix
          nodejs
          (python3.withPackages (packages: [ packages.pip ]))
          rust-analyzer
          rustc
          rustfmt
        ];
      };
    };
}
