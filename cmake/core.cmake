# What the core alone (-DHONE_CORE_ONLY=ON: libc, libm, threads) leaves out: patterns of paths. A file that stays and can do more
# with another library asks HONE_CORE_ONLY.
set(hone_outside_core
  "^src/formats/(hdf5|keras|store|shards|onnx)[^/]*\\.c$"                   # protobuf-c; files of whole models
  "^src/formats/(zip|gzip|npz|tar|events|picture|png)[^/]*\\.c$"           # libzip, zlib, libpng, libjpeg
  "^src/base/late[^/]*\\.c$"                                               # the loader of libraries
  "^src/recipe/"                                                           # libyaml
  "^src/(charts/(cairo|canvas|chart|curves|find_rate_plot|heat|legend|maps|marks|panel|parallel|series|sheet|ticks)[^/]*|diagram/plot(_test)?)\\.c$" # cairo
  "^src/report/(classes|curves|describe|doctor|effects|temperature|threshold|maps|model|numbers|page|importance|regression|report|rows|scores|worst)[^/]*\\.c$" # pictures_core.c stands in for both
  "^src/readers/((archive|curl|fetch|transfer)[^/]*|images(_test)?)\\.c$"           # libzip, libpng, libjpeg, libcurl; core.c stands in
  "^src/callbacks/weight_image\\.c$"                                       # libpng
  "^src/(files/(keras|onnx|optimizer)|train/(checkpoint|state|state_carried|state_history))(_test)?\\.c$" # files/core.c, train/checkpoint_core.c stand in
  "^src/keras/(legacy|legacy_optimizer|walk|by_name|slots|staging_objects|release|vocabularies|quantized_parts)(_test)?\\.c$"
  "^src/onnx/"
  "^src/kernels/onednn/")
set(hone_tests_outside_core
  "^src/(keras/(compile|quantization|graph|integers|graph_node|literals|loading|read|write)|model/(arguments|facts|schema))_test\\.c$"
  "^tests/(cli|interop|fuzz|golden|trust)/"
  "^tests/integration/(calls|ends|recurrent|generate|texts|resume|stateful_resume|values|files|tensor_board|report)[^/]*$"
  "^src/(callbacks/(tensor_board|weight_image)|files/files|keras/(staging|unknown|forms)|train/watch_maps)_test\\.c$"
  "^cli/")
