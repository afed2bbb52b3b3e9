/* What this process may use: control groups made of files, and the machine itself. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "base/cpu.h"
#include "testing/test.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static void make_groups(void)
{
    strcpy(mount, "/tmp/hone-cpu-XXXXXX");
    assert_non_null(mkdtemp(mount));
}

static void remove_groups(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", mount);
    assert_int_equal(system(command), 0);
}

TEST(reads_quotas_of_cgroups_2)
{
    make_groups();
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
    remove_groups();
}

TEST(reads_quotas_of_cgroups_1)
{
    static const char membership[] = "12:memory:/job\n4:cpu,cpuacct:/job\n1:name=systemd:/\n";

    make_groups();
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
    remove_groups();
}

TEST(this_machine_is_described_once)
{
    const hone_cpu *cpu = hone_internal_cpu();

    assert_ptr_equal(cpu, hone_internal_cpu());
    assert_in_range(cpu->processors, 1, sysconf(_SC_NPROCESSORS_CONF));
    if (cpu->avx512)
        assert_true(cpu->avx2);
}
