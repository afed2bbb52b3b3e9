# How kernels are compiled: instruction sets by the names of files, and contraction nowhere but where a kernel asks for fused
# multiply-add. Included by CMakeLists.txt, which also leaves out onednn/, x86/ and arm/ where they cannot be built, and adds -O3 in a release.

set(kernel_optimization $<IF:$<CONFIG:Debug>,-O1,-O3>) # their loops are the time; sanitizers want them soon
set(avx2_flags ${kernel_optimization} -ffp-contract=off -mavx2 -mfma)
if(WIN32) # whose stack is aligned to 16 bytes, of which gcc takes no notice
  list(APPEND avx2_flags -Wa,-muse-unaligned-vector-move)
endif()
set(avx512_flags ${avx2_flags} -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512)
set(neon_flags ${kernel_optimization} -ffp-contract=off -DHONE_FUSED=1) # the instructions are part of the architecture
set(sve_flags ${neon_flags} -march=armv8.2-a+sve -msve-vector-bits=256)
set(no_trapping -fno-math-errno -fno-trapping-math) # comparisons become selections

# The plain loops of generic/: the same files for each instruction set.
set(loops ${hone_sources})
list(FILTER loops INCLUDE REGEX "^src/kernels/generic/")
list(REMOVE_ITEM hone_sources ${loops})
set(levels generic)
if(hone_have_x86)
  list(APPEND levels avx2 avx512)
endif()
if(hone_have_arm)
  list(APPEND levels neon)
endif()
foreach(level ${levels})
  add_library(hone_loops_${level} OBJECT ${loops})
  target_include_directories(hone_loops_${level} PRIVATE include src)
  target_compile_definitions(hone_loops_${level} PRIVATE ${hone_definitions} HONE_LOOPS=${level})
  target_compile_options(hone_loops_${level} PRIVATE ${kernel_optimization} ${no_trapping} -ffp-contract=off ${${level}_flags})
  target_link_libraries(hone_loops_${level} PRIVATE hone_flags)
  list(APPEND hone_kernel_objects $<TARGET_OBJECTS:hone_loops_${level}>)
endforeach()

# What is written by hand: NAME_avx2.c, NAME_avx512.c, NAME_amx.c, NAME_neon.c, NAME_sve.c.
set(amx_flags ${avx512_flags} -mavx512bf16 -mamx-tile -mamx-bf16)
foreach(source ${hone_sources})
  if(source MATCHES "^src/kernels/(x86|arm)/.*_(avx2|avx512|amx|neon|sve)\\.c$")
    set_property(SOURCE ${source} APPEND PROPERTY COMPILE_OPTIONS ${${CMAKE_MATCH_2}_flags})
  endif()
endforeach()
set_property(SOURCE src/kernels/x86/softmax_avx512.c APPEND PROPERTY COMPILE_OPTIONS ${no_trapping})
# Sums wait in all registers there are: moved about before registers are given out, they would wait in memory.
foreach(name product_neon product_bfloat16_neon product_sve product_bfloat16_sve)
  set_property(SOURCE src/kernels/arm/${name}.c APPEND PROPERTY COMPILE_OPTIONS $<$<C_COMPILER_ID:GNU>:-fno-schedule-insns>)
endforeach()
set_property(SOURCE src/kernels/arm/product_bfloat16_neon.c APPEND PROPERTY COMPILE_OPTIONS -march=armv8.2-a+bf16)
set_property(SOURCE src/kernels/arm/product_bfloat16_sve.c APPEND PROPERTY COMPILE_OPTIONS -march=armv8.2-a+sve+bf16)
set_property(SOURCE src/kernels/x86/product_bfloat16_avx512.c APPEND PROPERTY COMPILE_OPTIONS -mavx512bf16)
set_property(SOURCE src/kernels/product.c src/kernels/product_packed.c src/kernels/product_split.c src/kernels/product_generic.c src/kernels/convolution.c src/kernels/convolution_direct.c src/kernels/window_copy.c APPEND PROPERTY COMPILE_OPTIONS ${kernel_optimization})
