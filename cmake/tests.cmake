# Every *_test.c under src/, cli/ and tests/ is one test: src/fields/spec_test.c is the test "fields/spec", the target and the
# program tests/fields_spec_test. Linking takes longer than most tests do, so the tests of a folder are one program,
# tests/src_fields_tests, and tests/fields_spec_test is a link to it (testing/test.c runs the file whose name it is called by; such a
# path is no target, so that what runs programs of another machine stands before it).
# Every *_test.sh and *_test.py under tests/ is a test too. All run in the repository's root.
#
#   exit status 77       a test that cannot run here (it says why)
#   tests/threads.txt    names of the tests that also run under the thread sanitizer (label "threads")
#   tests/long.txt       names of those that CI leaves to `make test-full` under the other sanitizers (label "long")
#   HONE_COMMAND         in a test's environment: the built command
#   HONE_BUILD_DIR       in a test's environment: the build folder
#   HONE_TEST_FULL=1     from `make test-full`: tests that can do more do it
find_package(PkgConfig REQUIRED)
pkg_check_modules(CMOCKA IMPORTED_TARGET cmocka)
if(NOT CMOCKA_FOUND)
  message(FATAL_ERROR "The tests need cmocka (Debian: libcmocka-dev), which is not here; without it: cmake -S . -B build -DHONE_TESTS=OFF")
endif()

file(GLOB_RECURSE testing_sources RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS src/testing/*.c)
list(FILTER testing_sources EXCLUDE REGEX "_test\\.c$")
add_library(hone_testing INTERFACE)
target_link_libraries(hone_testing INTERFACE hone_inside PkgConfig::CMOCKA)
if(NOT HONE_CORE_ONLY) # libhdf5 makes files that Hone does not write, and reads those that it does;
  # cairo reads pictures again
  pkg_search_module(HONE_HDF5 REQUIRED IMPORTED_TARGET hdf5-serial hdf5)
  target_link_libraries(hone_testing INTERFACE PkgConfig::HONE_HDF5 PkgConfig::HONE_cairo)
endif()
if(HONE_CORE_ONLY)
  list(FILTER testing_sources EXCLUDE REGEX "check_onnx")
endif()
if(testing_sources)
  add_library(hone_harness STATIC ${testing_sources})
  target_link_libraries(hone_harness PUBLIC hone_testing)
endif()

foreach(label threads long)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/tests/${label}.txt)
  file(STRINGS tests/${label}.txt ${label}_tests REGEX "^[^#]")
endforeach()
add_custom_target(threads_tests)
add_custom_target(test_programs) # what the tests without label "long" run: no fuzz targets, no examples, no pages
set(source_tests includes house words symbols headers/headers headers/narrow headers/abi) # the same in every build: one runs them

set(test_environment
  HONE_BUILD_DIR=${CMAKE_CURRENT_BINARY_DIR}
  HONE_SOURCE_DIR=${CMAKE_CURRENT_SOURCE_DIR}
  LSAN_OPTIONS=suppressions=${CMAKE_CURRENT_SOURCE_DIR}/tests/leaks.supp:print_suppressions=0
  UBSAN_OPTIONS=print_stacktrace=1
  ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1:quarantine_size_mb=16 # kept aside after free; 256 MB are slow to touch
  TSAN_OPTIONS=suppressions=${CMAKE_CURRENT_SOURCE_DIR}/tests/races.supp:second_deadlock_stack=1:die_after_fork=0)
if(TARGET hone_command)
  add_dependencies(test_programs hone_command)
  list(APPEND test_environment HONE_COMMAND=$<TARGET_FILE:hone_command>)
endif()

function(finish_test name)
  set_tests_properties(${name} PROPERTIES
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} ENVIRONMENT "${test_environment}" TIMEOUT 900 SKIP_RETURN_CODE 77)
  foreach(label threads long source)
    if(name IN_LIST ${label}_tests)
      set_property(TEST ${name} APPEND PROPERTY LABELS ${label})
    endif()
  endforeach()
  if(name IN_LIST long_tests OR name MATCHES "^headers/") # first, so that no core waits for them at the end
    set_property(TEST ${name} PROPERTY COST 1000)
  endif()
endfunction()

file(GLOB_RECURSE test_files RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS
  src/*_test.c cli/*_test.c tests/*_test.c tests/*_test.sh tests/*_test.py)
if(HONE_CORE_ONLY)
  foreach(pattern ${hone_outside_core} ${hone_tests_outside_core})
    string(REPLACE "\\.c$" "\\.[a-z]+$" pattern "${pattern}")
    list(FILTER test_files EXCLUDE REGEX "${pattern}")
  endforeach()
  list(FILTER test_files EXCLUDE REGEX "\\.(sh|py)$")
endif()
if(NOT hone_have_onednn)
  list(FILTER test_files EXCLUDE REGEX "^src/kernels/onednn/")
endif()
if(NOT hone_have_x86)
  list(FILTER test_files EXCLUDE REGEX "^src/kernels/x86/")
endif()

# Programs of their own: what stands in for a part of the library, or is built alone under the thread sanitizer.
set(own_programs ${threads_tests} fields/fields fields/fields_read fields/field_integers fields/field_lists fields/field_objects
  fields/field_scalars fields/field_specs fields/spec fields/spec_config
  fuzz/fuzz integration/copies)

function(add_test_program target)
  add_executable(${target} ${ARGN})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/tests)
  target_link_libraries(${target} PRIVATE hone_testing)
  if(testing_sources)
    target_link_libraries(${target} PRIVATE hone_harness)
  endif()
  add_dependencies(test_programs ${target})
endfunction()

set(shared_programs "") # of folders; <program>_files are its sources, <program>_targets what they are called
foreach(file ${test_files})
  string(REGEX REPLACE "^(src|tests)/|_test\\.(c|sh|py)$" "" name "${file}")
  string(REGEX REPLACE "^(src|tests)/" "" name "${name}")
  string(MAKE_C_IDENTIFIER "${name}_test" target)
  if(file MATCHES "\\.sh$")
    add_test(NAME ${name} COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  elseif(file MATCHES "\\.py$")
    add_test(NAME ${name} COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  elseif(name IN_LIST own_programs)
    add_test_program(${target} ${file})
    add_test(NAME ${name} COMMAND ${target})
    if(name IN_LIST threads_tests)
      add_dependencies(threads_tests ${target})
    endif()
  else()
    get_filename_component(folder ${file} DIRECTORY)
    string(MAKE_C_IDENTIFIER "${folder}_tests" program)
    list(APPEND shared_programs ${program})
    list(APPEND ${program}_files ${file})
    list(APPEND ${program}_targets ${target})
    add_test(NAME ${name} COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} ${CMAKE_CURRENT_BINARY_DIR}/tests/${target})
  endif()
  finish_test(${name})
endforeach()
list(REMOVE_DUPLICATES shared_programs)
file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/tests)
foreach(program ${shared_programs})
  add_test_program(${program} ${${program}_files})
  foreach(target ${${program}_targets})
    add_custom_target(${target} DEPENDS ${program})
    file(CREATE_LINK ${program} ${CMAKE_CURRENT_BINARY_DIR}/tests/${target} SYMBOLIC)
  endforeach()
endforeach()

# What Keras computes, also with the tables that this processor would not choose.
if(have_golden)
  set(other_tables generic)
  if(hone_have_x86)
    list(APPEND other_tables avx2)
  endif()
  foreach(table ${other_tables})
    add_test(NAME layers/golden/${table} COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} ${CMAKE_CURRENT_BINARY_DIR}/tests/layers_golden_test)
    finish_test(layers/golden/${table})
    set_property(TEST layers/golden/${table} APPEND PROPERTY ENVIRONMENT HONE_KERNELS=${table})
  endforeach()
endif()

# A plugin with a copy of the library inside, none of whose symbols another copy sees.
add_library(copies_plugin MODULE tests/integration/copies_plugin.c)
target_link_libraries(copies_plugin PRIVATE hone_inside)
target_link_options(copies_plugin PRIVATE -Wl,--exclude-libs,ALL -Wl,-Bsymbolic)
target_compile_definitions(integration_copies_test PRIVATE HONE_COPIES_PLUGIN="$<TARGET_FILE:copies_plugin>")
target_link_libraries(integration_copies_test PRIVATE ${CMAKE_DL_LIBS})
add_dependencies(integration_copies_test copies_plugin)

add_test(NAME includes COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/scripts/check-includes.py)
finish_test(includes)
add_test(NAME house COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/scripts/check-house.py)
finish_test(house)
add_test(NAME symbols COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/scripts/check-symbols.py ${CMAKE_CURRENT_BINARY_DIR})
finish_test(symbols)
add_test(NAME words COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/scripts/check-words.py)
finish_test(words)

# Fuzz targets, tests/fuzz/fuzz_NAME.c, replay their seeds (corpus.py) and what was found once (found/NAME/) with mutations, as the
# tests fuzz/NAME; tests/fuzz/fuzz.sh runs them under libFuzzer.
if(NOT HONE_CORE_ONLY)
  file(GLOB fuzz_sources RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS tests/fuzz/fuzz_*.c)
  list(FILTER fuzz_sources EXCLUDE REGEX "_test\\.c$")
  add_test(NAME fuzz/corpus COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/tests/fuzz/corpus.py ${CMAKE_CURRENT_BINARY_DIR}/corpus)
  finish_test(fuzz/corpus)
  set_tests_properties(fuzz/corpus PROPERTIES FIXTURES_SETUP corpus LABELS long)
  foreach(file ${fuzz_sources})
    get_filename_component(target ${file} NAME_WE)
    string(REPLACE "fuzz_" "" name ${target})
    add_executable(${target} ${file})
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/tests)
    target_include_directories(${target} PRIVATE tests/fuzz)
    target_link_libraries(${target} PRIVATE hone_inside PkgConfig::HONE_HDF5)
    if(name STREQUAL command) # main.c is in it
      target_link_libraries(${target} PRIVATE hone_command_parts)
    endif()
    add_test(NAME fuzz/${name} COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/tests/fuzz/replay.sh $<TARGET_FILE:${target}>
      ${CMAKE_CURRENT_BINARY_DIR}/corpus/${name} ${CMAKE_CURRENT_SOURCE_DIR}/tests/fuzz/found/${name})
    finish_test(fuzz/${name})
    set_tests_properties(fuzz/${name} PROPERTIES FIXTURES_REQUIRED corpus LABELS long)
  endforeach()
endif()
