/* A plugin of QEMU that counts the instructions that a program runs between two marks: a mark is the system
 * call getppid, which Hone never makes. At each mark it prints how many there were since the last. The few
 * declarations stand here because Debian's qemu-user comes without qemu-plugin.h; they are those of its
 * version 1 (QEMU 4.2 to 8). */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct qemu_info qemu_info;
struct qemu_plugin_tb;
typedef void on_block(uint64_t id, struct qemu_plugin_tb *block);
typedef void on_call(uint64_t id, unsigned cpu, int64_t number, uint64_t a1, uint64_t a2, uint64_t a3,
                     uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8);
enum { ADD = 0 };
extern void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, on_block *call);
extern void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *block, int operation, void *to,
                                                     uint64_t by);
extern void qemu_plugin_register_vcpu_syscall_cb(uint64_t id, on_call *call);
extern uint64_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
extern void qemu_plugin_outs(const char *text);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;
static uint64_t count, marked;
static int64_t mark_number = 173; /* getppid on arm64 and riscv64 */

static void count_block(uint64_t id, struct qemu_plugin_tb *block)
{
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_inline(block, ADD, &count, qemu_plugin_tb_n_insns(block));
}

static void see_call(uint64_t id, unsigned cpu, int64_t number, uint64_t a1, uint64_t a2, uint64_t a3,
                     uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8)
{
    char line[64];
    (void)id, (void)cpu, (void)a1, (void)a2, (void)a3, (void)a4, (void)a5, (void)a6, (void)a7, (void)a8;
    if (number != mark_number)
        return;
    snprintf(line, sizeof line, "%" PRIu64 "\n", count - marked);
    qemu_plugin_outs(line);
    marked = count;
}

__attribute__((visibility("default"))) int qemu_plugin_install(uint64_t id, const qemu_info *info, int argc,
                                                               char **argv)
{
    (void)info, (void)argc, (void)argv;
    qemu_plugin_register_vcpu_tb_trans_cb(id, count_block);
    qemu_plugin_register_vcpu_syscall_cb(id, see_call);
    return 0;
}
