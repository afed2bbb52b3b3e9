#!/usr/bin/env python3
"""The definitions in packages/ (Nix, vcpkg, Homebrew, conda) agree with the tree: its version, its licence, the libraries that CMakeLists.txt
asks for, its options; what their tests run works with the command that was built. What reads such files is asked too, where it is installed."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "packages"
CMAKE = (ROOT / "CMakeLists.txt").read_text()
VERSION = re.search(r"^project\(hone VERSION ([0-9.]+)", CMAKE, re.M)[1]
FILES = {name: (PACKAGES / path).read_text() for name, path in {
    "nix": "nix/default.nix", "vcpkg": "vcpkg/ports/hone/vcpkg.json", "port": "vcpkg/ports/hone/portfile.cmake",
    "homebrew": "homebrew/hone.rb", "conda": "conda/meta.yaml"}.items()}

# What a module of pkg-config, or oneDNN, is called there: nix, vcpkg, homebrew, conda, Debian.
NAMES = {
    "libzip": ("libzip", "libzip", "libzip", "libzip", "libzip-dev"),
    "yaml-0.1": ("libyaml", "libyaml", "libyaml", "yaml", "libyaml-dev"),
    "cairo": ("cairo", "cairo", "cairo", "cairo", "libcairo2-dev"),
    "zlib": ("zlib", "zlib", "zlib", "zlib", "zlib1g-dev"),
    "libpng": ("libpng", "libpng", "libpng", "libpng", "libpng-dev"),
    "libjpeg": ("libjpeg", "libjpeg-turbo", "jpeg-turbo", "libjpeg-turbo", "libjpeg-dev"),
    "libprotobuf-c": ("protobufc", "protobuf-c", "protobuf-c", "protobuf-c", "libprotobuf-c-dev"),
    "libcurl": ("curl", "curl", "curl", "libcurl", "libcurl4-openssl-dev"),
    "dnnl": ("oneDNN", "onednn", "onednn", "onednn", "libdnnl-dev"),
}


def libraries_named():
    """Of each kind of package, the libraries that it lists: what is only a tool of the build is left out."""
    nix = re.search(r" buildInputs = with pkgs; \[(.*?)\]", FILES["nix"], re.S)[1].split()
    port = json.loads(FILES["vcpkg"])
    vcpkg = [item for item in port["dependencies"] if isinstance(item, str)] + port["features"]["onednn"]["dependencies"]
    brew = re.findall(r'^  (?:depends_on|uses_from_macos) "([^"]+)"$', FILES["homebrew"], re.M)
    host = re.search(r"^  host:\n((?:    - .*\n)+)", FILES["conda"], re.M)[1]
    debian = re.search(r"^Package: libhone-dev$.*?^Recommends: (.*?)^Description", (ROOT / "debian/control").read_text(), re.M | re.S)[1]
    return nix, vcpkg, brew, re.findall(r"- (\S+)", host), re.findall(r"(lib\S+-dev|zlib1g-dev)", debian)


class Packages(unittest.TestCase):
    def test_versions(self):
        self.assertIn(f'version = "{VERSION}"', FILES["nix"])
        self.assertEqual(VERSION, json.loads(FILES["vcpkg"])["version"])
        self.assertIn(f'version "{VERSION}"', FILES["homebrew"])
        self.assertIn(f'version: "{VERSION}"', FILES["conda"])

    def test_licence(self):
        self.assertIn("Apache License", (ROOT / "LICENSE").read_text())
        for name in ("vcpkg", "homebrew", "conda"):
            self.assertIn("Apache-2.0", FILES[name], name)
        self.assertIn("asl20", FILES["nix"])

    def test_libraries_are_those_of_cmake(self):
        linked, late = (words.split() for words in re.findall(r"foreach\(module (.*?)\)", CMAKE))
        modules = linked + late + ["dnnl"]
        self.assertEqual(sorted(modules), sorted(NAMES), "a library is new or gone: say here what it is called elsewhere")
        *packages, debian = libraries_named()
        for kind, listed in enumerate(packages):
            self.assertEqual(sorted(set(listed)), sorted({names[kind] for names in NAMES.values()}))
        # What is loaded when it is first used is linked by nobody: Debian's programs have no use for its headers.
        self.assertEqual(sorted(set(debian)), sorted(names[-1] for module, names in NAMES.items() if module not in late))

    def test_options_are_in_cmake(self):
        for name, text in FILES.items():
            for option in re.findall(r"\bHONE_[A-Z]+\b", text):
                self.assertRegex(CMAKE, rf"option\({option}\b", f"{name}: {option}")

    def test_targets_and_folders_are_there(self):
        install = (ROOT / "cmake/install.cmake").read_text()
        self.assertIn("add_custom_target(hone_installed)", install)
        self.assertIn("/cmake/hone)", install)
        self.assertTrue((PACKAGES / "vcpkg/ports/hone/../../../../LICENSE").resolve().samefile(ROOT / "LICENSE"))
        self.assertTrue((PACKAGES / "nix/../../CMakeLists.txt").resolve().samefile(ROOT / "CMakeLists.txt"))

    def test_what_a_package_runs(self):
        """The commands of conda's test, which the others have too."""
        commands = re.search(r"^test:\n  commands:\n((?:    - .*\n)+)", FILES["conda"], re.M)[1]
        lines = [line.strip()[2:] for line in commands.splitlines()]
        for line in lines[1:-1]:
            if line.startswith("hone"):
                self.assertIn(line, FILES["nix"].replace("$out/bin/", ""))
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(os.environ["HONE_COMMAND"]).resolve().parent
            for line in lines[:-1]:
                ran = subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, text=True,
                                     env=dict(os.environ, PATH=f"{path}:{os.environ['PATH']}"))
                self.assertEqual(0, ran.returncode, f"{line}: {ran.stdout}{ran.stderr}")

    def parse(self, program, *words):
        if not shutil.which(program):
            self.skipTest(f"{program} is not installed")
        ran = subprocess.run([program, *words], capture_output=True, text=True)
        self.assertEqual(0, ran.returncode, ran.stderr)

    def test_nix_reads_it(self):
        self.parse("nix-instantiate", "--parse", PACKAGES / "nix/default.nix")

    def test_ruby_reads_it(self):
        self.parse("ruby", "-c", PACKAGES / "homebrew/hone.rb")

    def test_cmake_reads_it(self):
        """With functions of vcpkg that do nothing: names and parentheses are right."""
        known = "vcpkg_check_features vcpkg_find_acquire_program vcpkg_cmake_configure vcpkg_cmake_install vcpkg_cmake_config_fixup " \
                "vcpkg_fixup_pkgconfig vcpkg_copy_tools vcpkg_install_copyright"
        with tempfile.TemporaryDirectory() as folder:
            script = pathlib.Path(folder, "port.cmake")
            script.write_text("cmake_minimum_required(VERSION 3.22)\n" + "".join(f"function({name})\nendfunction()\n" for name in known.split()) +
                              f'set(CURRENT_PORT_DIR "{PACKAGES}/vcpkg/ports/hone")\nset(CURRENT_PACKAGES_DIR "{folder}/none")\n'
                              f'include("{PACKAGES}/vcpkg/ports/hone/portfile.cmake")\n'
                              'if(NOT EXISTS "${SOURCE_PATH}/CMakeLists.txt")\nmessage(FATAL_ERROR "${SOURCE_PATH}")\nendif()\n')
            self.parse("cmake", "-P", script)


if __name__ == "__main__":
    unittest.main()
