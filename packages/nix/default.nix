# Hone for Nix:  nix-build packages/nix        (in a checkout; result/bin/hone, result/lib, result/include)
{ pkgs ? import <nixpkgs> { } }:

pkgs.stdenv.mkDerivation {
  pname = "hone";
  version = "0.1.0";
  src = pkgs.lib.cleanSource ../..;

  nativeBuildInputs = with pkgs; [ cmake ninja pkg-config protobufc ];
  buildInputs = with pkgs; [ libzip libyaml cairo zlib libpng libjpeg protobufc curl oneDNN ];

  cmakeFlags = [
    "-DCMAKE_BUILD_TYPE=Release" "-DHONE_TESTS=OFF" "-DHONE_EXAMPLES=OFF"
    # loaded when they are first used, from where the loader looks for what libhone.so and hone need
    "-DCMAKE_INSTALL_RPATH=${pkgs.lib.makeLibraryPath (with pkgs; [ cairo curl ])}"
  ];

  doInstallCheck = true;
  installCheckPhase = ''
    $out/bin/hone --version
    printf 'a,b,y\n0,0,0\n0,1,1\n1,0,1\n1,1,2\n' > sums.csv
    $out/bin/hone init sums.csv#target=y --output sums.yaml
    $out/bin/hone train sums.yaml --epochs 2 --verbose 0 --output sums.keras
    test -s sums.keras
  '';

  meta = {
    description = "Train deep neural networks in C and from the shell";
    license = pkgs.lib.licenses.asl20;
    platforms = pkgs.lib.platforms.unix;
    mainProgram = "hone";
  };
}
