# The front door of Hone: a thin front of CMake. `make help` says what there is.

BUILD ?= build/release
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
PREFIX ?= /usr/local
DESTDIR ?=
CMAKE_ARGS ?=
BENCH ?=

# A build folder keeps the generator that it was made with.
configure = cmake -S . -B $(BUILD) -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=$(PREFIX) \
	$$(test -e $(BUILD)/CMakeCache.txt || ! command -v ninja >/dev/null || echo -G Ninja) --log-level=WARNING
build = cmake --build $(BUILD) --parallel $(JOBS)
hone = $(BUILD)/hone

.DEFAULT_GOAL := build-installed
.PHONY: build-installed help python all demo demo-cnn demo-text test test-full fuzz bench bench-peers examples install uninstall deb site clean format check packages

help:
	@echo "make demo         install what is missing, build, and train a network on 60,000 images; about a minute"
	@echo "make demo-cnn     the same with a network of convolutions and augmentation; some minutes"
	@echo "make demo-text    train a model of characters on the King James text, and let it write; about a minute"
	@echo "make              build what is installed: the library, the command, its pages"
	@echo "make all          build the library, the command, the tests and the examples in $(BUILD)"
	@echo "make test         install what is missing and run the tests"
	@echo "make test-full    the same without a limit of time: whole trainings, long fuzzing"
	@echo "make examples     run every program of examples/ in full"
	@echo "make fuzz         fuzz every reader of files, TIME=60 seconds each; TARGETS=\"json npy\" for some"
	@echo "make bench        speed and memory beside peers, one table; BENCH=\"--only a,b --quick\" for less"
	@echo "make bench-peers  set up those peers: Keras, PyTorch, JAX from PyPI; libnnc, KANN, FANN"
	@echo "make install      into PREFIX ($(PREFIX)), below DESTDIR"
	@echo "make uninstall    remove what make install has put there"
	@echo "make deb          Debian packages libhone0, libhone-dev and hone in build/deb"
	@echo "make python       a wheel for Python in build/python"
	@echo "make site         docs/ and the reference of the headers as HTML in build/site"
	@echo "make check        format, include directions, house rules and public headers"
	@echo "make format       clang-format all sources"
	@echo "make clean        remove build/ and what make demo wrote"

packages:
	@scripts/install-packages.sh build test

all: packages
	@$(configure) -DHONE_TESTS=ON $(CMAKE_ARGS)
	@$(build)

demo demo-cnn demo-text:
	@scripts/install-packages.sh build demo $(if $(filter demo-text,$@),text)
	@$(configure) $$(pkg-config --exists cmocka || echo -DHONE_TESTS=OFF) $(CMAKE_ARGS)
	@$(build) --target hone_command
	@scripts/$@.sh $(hone)

test: all
	ctest --test-dir $(BUILD) --output-on-failure --parallel $(JOBS)

test-full: all
	HONE_TEST_FULL=1 ctest --test-dir $(BUILD) --output-on-failure --parallel $(JOBS) --timeout 86400
	@if [ -x tests/full.sh ]; then tests/full.sh $(BUILD); fi

TIME ?= 60
TARGETS ?=
fuzz: packages
	@scripts/install-packages.sh ci
	@BUILD=$(BUILD) JOBS=$(JOBS) tests/fuzz/fuzz.sh $(TIME) $(TARGETS)

examples: all
	@scripts/run-examples.sh $(BUILD)

bench: packages
	@$(configure) -DHONE_BENCH=ON $(CMAKE_ARGS)
	@$(build)
	@bench/run.py --build $(BUILD) $(BENCH)

bench-peers:
	@scripts/install-packages.sh build ci peers
	@scripts/venv.sh build/venv
	@scripts/venv.sh build/venv-peers peers
	@bench/peers/c_peers.sh

build-installed:
	@scripts/install-packages.sh build
	@$(configure) $$(pkg-config --exists cmocka || echo -DHONE_TESTS=OFF) $(CMAKE_ARGS)
	@$(build) --target hone_installed

# A program finds libhone.so at once only if the linker's cache knows of it; a folder of one's own is told how.
install: build-installed
	@DESTDIR="$(DESTDIR)" cmake --install $(BUILD)
	@scripts/after-install.sh $(BUILD) "$(DESTDIR)"

# By the list that make install has left in the build folder.
uninstall:
	@scripts/uninstall.sh $(BUILD) "$(DESTDIR)"

deb:
	@scripts/install-packages.sh build full
	@scripts/deb.sh $(JOBS)

site:
	@scripts/install-packages.sh site
	@scripts/site.py

check:
	@scripts/format.sh --check
	@scripts/check-includes.py
	@scripts/check-words.py
	@scripts/check-house.py
	@tests/headers/headers_test.sh

format:
	@scripts/format.sh

clean:
	rm -rf build fashion.keras fashion.csv fashion.png convnet.keras convnet.csv convnet.png verses.txt verses.keras verses.csv

# The library is built without tests; a wheel holds it with the Python files and their table of arguments.
python:
	@scripts/install-packages.sh build
	@$(configure) $$(pkg-config --exists cmocka || echo -DHONE_TESTS=OFF) $(CMAKE_ARGS)
	@$(build) --target hone_command
	@python3 python/make_wheel.py $(BUILD) build/python
