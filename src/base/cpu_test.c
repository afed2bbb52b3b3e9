/* What this process may use: control groups made of files, and the machine itself. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "base/cpu.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char mount[64];

static void make_folder(const char *path)
{
    char whole[256];

    snprintf(whole, sizeof whole, "%s/%s", mount, path);
    assert_int_equal(mkdir(whole, 0700), 0);
}

static void write_file(const char *path, const char *content)
{
    char whole[256];
    FILE *file;

    snprintf(whole, sizeof whole, "%s/%s", mount, path);
    file = fopen(whole, "w");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
}

static int make_groups(void **state)
{
    (void)state;
    strcpy(mount, "/tmp/hone-cpu-XXXXXX");
    return mkdtemp(mount) ? 0 : -1;
}

static int remove_groups(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", mount);
    return system(command);
}

static void test_version_2(void **state)
{
    (void)state;
    assert_int_equal(hone_internal_cpu_quota("0::/\n", mount), 0);
    make_folder("outer");
    make_folder("outer/inner");
    write_file("outer/inner/cpu.max", "max 100000\n");
    assert_int_equal(hone_internal_cpu_quota("0::/outer/inner\n", mount), 0);
    write_file("outer/cpu.max", "250000 100000\n");
    assert_int_equal(hone_internal_cpu_quota("0::/outer/inner\n", mount),
                     3); /* rounded up, of the group above */
    write_file("outer/inner/cpu.max", "100000 100000\n");
    assert_int_equal(hone_internal_cpu_quota("0::/outer/inner\n", mount), 1);
    assert_int_equal(hone_internal_cpu_quota("0::/not/here\n", mount), 0);
    write_file("cpu.max", "400000 100000\n"); /* as a container sees its own group */
    assert_int_equal(hone_internal_cpu_quota("0::/not/here\n", mount), 4);
    write_file("cpu.max", "rubbish\n");
    assert_int_equal(hone_internal_cpu_quota("0::/\n", mount), 0);
    assert_int_equal(hone_internal_cpu_quota("0::/../../..\n", mount), 0);
}

static void test_version_1(void **state)
{
    static const char membership[] = "12:memory:/job\n4:cpu,cpuacct:/job\n1:name=systemd:/\n";

    (void)state;
    make_folder("cpu,cpuacct");
    make_folder("cpu,cpuacct/job");
    write_file("cpu,cpuacct/job/cpu.cfs_quota_us", "-1\n");
    write_file("cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
    assert_int_equal(hone_internal_cpu_quota(membership, mount), 0);
    write_file("cpu,cpuacct/job/cpu.cfs_quota_us", "150000\n");
    assert_int_equal(hone_internal_cpu_quota(membership, mount), 2);
    assert_int_equal(hone_internal_cpu_quota("4:cpuset:/job\n", mount), 0);
    assert_int_equal(hone_internal_cpu_quota("nonsense", mount), 0);
    assert_int_equal(hone_internal_cpu_quota("", mount), 0);
}

static void test_this_machine(void **state)
{
    const hone_cpu *cpu = hone_internal_cpu();

    (void)state;
    assert_ptr_equal(cpu, hone_internal_cpu());
    assert_in_range(cpu->processors, 1, sysconf(_SC_NPROCESSORS_CONF));
    if (cpu->avx512)
        assert_true(cpu->avx2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_version_2, make_groups, remove_groups),
        cmocka_unit_test_setup_teardown(test_version_1, make_groups, remove_groups),
        cmocka_unit_test(test_this_machine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
