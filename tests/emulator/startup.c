/* What a Cortex-M needs before main: the vector table, the floating-point unit switched on. The rest is
 * newlib's, with semihosting for printf and the exit status. */
#include <stdint.h>

extern char __stack[];
extern void _start(void);

static void reset(void)
{
#if defined __ARM_FP
    volatile uint32_t *const coprocessors =
        (volatile uint32_t *)0xE000ED88; /* CPACR: full access to CP10, CP11 */
    *coprocessors |= 0xFu << 20;
    __asm__ volatile("dsb\n isb");
#endif
    _start();
}

static void stop(void)
{
    for (;;) {}
}

struct vectors {
    char *stack;
    void (*handlers[15])(void);
};
extern const struct vectors vectors;
__attribute__((section(".vectors"), used))
const struct vectors vectors = {__stack, {reset, stop, stop, stop, stop, stop}};
