# What the core alone (-DHONE_CORE_ONLY=ON: libc, libm, threads) leaves out: patterns of paths.
set(hone_outside_core
  "^src/formats/(hdf5|zip|json|keras|store|weights|png|jpeg|safetensors|onnx|h5)[^/]*\\.c$" # HDF5, libzip, jansson
  "^src/recipe/"                                # libyaml
  "^src/insight/(chart|plot|report)[^/]*\\.c$"  # cairo
  "^src/data/(gzip|gz|npz|image)[^/]*\\.c$"     # zlib, libzip
  "^src/kernels/onednn/")
set(hone_tests_outside_core
  "^tests/(cli|interop|fuzz|golden)/"
  "^cli/")
