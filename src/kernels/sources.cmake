# Flags of single kernel files: instruction sets, and contraction where a kernel wants fused multiply-add. Included by
# CMakeLists.txt, which also leaves out onednn/ and x86/ where they cannot be built, and adds -O3 in a release. For example:
#
#   set_property(SOURCE src/kernels/x86/avx2.c APPEND PROPERTY COMPILE_OPTIONS -mavx2 -mfma)

# The simple loops (generic/simple.inc), the same source for each instruction set. No trapping: comparisons become selections.
set(simple_flags -O3 -fno-math-errno -fno-trapping-math -ffp-contract=off)
set_property(SOURCE src/kernels/generic/simple_generic.c APPEND PROPERTY COMPILE_OPTIONS ${simple_flags})
set_property(SOURCE src/kernels/x86/simple_avx2.c APPEND PROPERTY COMPILE_OPTIONS ${simple_flags} -mavx2 -mfma)
set_property(SOURCE src/kernels/x86/simple_avx512.c APPEND PROPERTY COMPILE_OPTIONS ${simple_flags}
  -mavx2 -mfma -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512)

# What is written by hand for an instruction set; the plain product gains from the same.
set(avx2_flags -O3 -ffp-contract=off -mavx2 -mfma)
set(avx512_flags ${avx2_flags} -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512)
set_property(SOURCE src/kernels/product.c src/kernels/product_generic.c APPEND PROPERTY COMPILE_OPTIONS -O3)
set_property(SOURCE src/kernels/x86/product_avx2.c APPEND PROPERTY COMPILE_OPTIONS ${avx2_flags})
set_property(SOURCE src/kernels/x86/product_avx512.c APPEND PROPERTY COMPILE_OPTIONS ${avx512_flags})
set_property(SOURCE src/kernels/x86/product_bfloat16_avx512.c APPEND PROPERTY COMPILE_OPTIONS ${avx512_flags} -mavx512bf16)
set_property(SOURCE src/kernels/x86/classes_avx512.c APPEND PROPERTY COMPILE_OPTIONS ${avx512_flags} -fno-math-errno -fno-trapping-math)
set_property(SOURCE src/kernels/x86/optimizer_avx512.c src/kernels/x86/channels_avx512.c
  APPEND PROPERTY COMPILE_OPTIONS ${avx512_flags})
