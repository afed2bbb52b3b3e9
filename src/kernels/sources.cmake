# Flags of single kernel files: instruction sets, and contraction where a kernel wants fused multiply-add. Included by
# CMakeLists.txt, which also leaves out onednn/ and x86/ where they cannot be built, and adds -O3 in a release. For example:
#
#   set_property(SOURCE src/kernels/x86/avx2.c APPEND PROPERTY COMPILE_OPTIONS -mavx2 -mfma)
