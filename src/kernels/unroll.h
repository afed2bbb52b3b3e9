/* Asks the compiler to write a short loop of constant length out. */
#ifndef HONE_KERNELS_UNROLL_H
#define HONE_KERNELS_UNROLL_H

#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

#endif
