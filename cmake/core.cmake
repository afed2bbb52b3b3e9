# What the core alone (-DHONE_CORE_ONLY=ON: libc, libm, threads) leaves out: patterns of paths. A file that stays and can do more
# with another library asks HONE_CORE_ONLY.
set(hone_outside_core
  "^src/formats/"                       # HDF5, libzip, jansson
  "^src/recipe/"                        # libyaml
  "^src/insight/(chart[^/]*|curves|diagram_test|page|report[^/]*|[^/]*_plot)\\.c$" # cairo, libpng; pictures_core.c stands in
  "^src/data/(picture|images)[^/]*\\.c$" # libpng, libjpeg
  "^src/data/(gzip|npz|tar|fetch|transfer)[^/]*\\.c$" # zlib, libzip, libcurl; network_core.c stands in
  "^src/callbacks/weight_image\\.c$"    # libpng
  "^src/model/(files|legacy|checkpoint|tensors|walk|by_name|slots|release|onnx_[^/]*)\\.c$" # files_core.c stands in
  "^src/kernels/onednn/")
set(hone_tests_outside_core
  "^tests/(cli|interop|fuzz|golden|trust)/"
  "^tests/integration/(resume|files|tensor_board|report)[^/]*$"
  "^cli/")
