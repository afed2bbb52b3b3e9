#!/usr/bin/env python3
"""C source that reads the rows of a table: the numbers of hone predict, for categories, dates, missing values, standardized numbers."""
import csv
import os
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cli_test import Case  # noqa: E402

ROWS = ["city,when,area,rooms,sold", '"Oslo, N",2024-01-05,81.5,3,no', "Rome,2023-12-31,40.25,NA,yes", "Bonn,2024-02-29,120,5,no",
        '"Oslo, N",2022-07-01,33.125,1,yes', "Rome,2024-02-28,75,2,no", "Bonn,2023-03-03,64,4,yes"]
NET = """model: [{input: [%d]}, {dense: {units: 4, activation: tanh}}, {dense: {units: 1, activation: sigmoid}}]
compile: {loss: binary_crossentropy}
data: {train: "t.csv#target=sold,dates=[when],missing=mean%s"%s}
fit: {epochs: 2, verbose: 0}
"""
MAIN = r"""#include "net.h"
#include <stdio.h>
#include <string.h>
int main(void)
{
    char line[1024];
    while (fgets(line, sizeof line, stdin) != NULL) {
        const char *row[NET_COLUMNS];
        float input[NET_INPUT_SIZE], output[NET_OUTPUT_SIZE];
        int i, wrong;
        line[strcspn(line, "\n")] = 0;
        row[0] = strtok(line, "\t");
        for (i = 1; i < NET_COLUMNS; i++)
            row[i] = strtok(NULL, "\t");
        wrong = net_read_row(row, input);
        if (wrong != 0) {
            printf("%s\n", net_columns[wrong - 1]);
            continue;
        }
        net_predict(input, output);
        printf("%.9g %s\n", (double)output[0], net_classes[output[0] > NET_THRESHOLD]);
    }
    return 0;
}
"""


@unittest.skipIf(shutil.which("cc") is None, "there is no C compiler")
class Rows(Case):
    def check(self, width, options, more=""):
        self.write("t.csv", "\n".join(ROWS) + "\n")
        self.write("t.yaml", NET % (width, options, more))
        self.run_hone("train", "t.yaml", "--output", "t.keras")
        self.run_hone("threshold", "t.keras", "0.45", "--output", "t.keras")
        self.run_hone("export", "t.keras", "--output", "net.c")
        self.write("main.c", MAIN)
        subprocess.run(["cc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "main.c", "net.c", "-lm", "-o", "main"], cwd=self.folder, check=True)
        expected = self.run_hone("predict", "t.keras", "--data", "t.csv").split()
        named = [line.split(",")[0] for line in self.run_hone("predict", "t.keras", "--data", "t.csv", "--classes").splitlines()]
        rows = ["\t".join(row[:4]) for row in csv.reader(ROWS[1:])] + ["Paris\t2024-01-01\t1\t1", "Rome\t2024-13-01\t1\t1", "Rome\t2024-01-01\tx\t1"]
        told = subprocess.run(["./main"], cwd=self.folder, input="\n".join(rows), stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
        for line, number, name in zip(told, expected, named):
            self.assertAlmostEqual(float(line.split()[0]), float(number), 6)
            self.assertEqual(line.split()[1], name)
        self.assertEqual(told[6:], ["city", "when", "area"])

    def test_categories_as_numbers(self):
        self.check(7, "", ", scale: 0.01")

    def test_one_hot_and_standardized(self):
        self.check(9, ",encoding=one_hot,standardize=true")


if __name__ == "__main__":
    unittest.main()
