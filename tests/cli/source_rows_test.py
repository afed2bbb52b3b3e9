#!/usr/bin/env python3
"""C source that reads the rows of a table: the numbers of hone predict, for categories, dates, missing values, standardized numbers."""
import csv
import json
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

    def weather(self, layers, target, words, thresholds, program):
        """A model of two yes-or-no columns, its source in a program of one statement over `output`; what predict and that program say of each row."""
        self.write("w.csv", "a,b,rain,wind\n" + "".join("%g,%g,%s,%s\n" % (i % 7, i % 11, words[i % 7 > 3], words[2 + (i % 11 > 8)]) for i in range(77)))
        self.write("w.yaml", "model:\n  - input: {shape: [2], name: x}\n  - normalization\n" + layers + "compile: {optimizer: adam(0.05), loss: binary_crossentropy}\n"
                   "fit: {epochs: 5, verbose: 0}\n")
        self.run_hone("train", "w.yaml", "--data", "w.csv#target=" + target, "--output", "w.keras")
        self.run_hone("threshold", "w.keras", thresholds, "--output", "w.keras")
        self.run_hone("export", "w.keras", "--output", "net.c")
        self.write("main.c", '#include "net.h"\n#include <stdio.h>\nint main(void)\n{\n    float x[2];\n    while (scanf("%f,%f,%*s", &x[0], &x[1]) == 2) {\n'
                   + program + '        printf("\\n");\n    }\n    return 0;\n}\n')
        subprocess.run(["cc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "main.c", "net.c", "-lm", "-o", "main"], cwd=self.folder, check=True)
        rows = self.read("w.csv").decode().split("\n", 1)[1]
        return (self.run_hone("predict", "w.keras", "--data", "w.csv", "--classes", "--json").splitlines(),
                subprocess.run(["./main"], cwd=self.folder, input=rows, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines())

    def test_thresholds_of_labels(self):
        expected, told = self.weather("  - dense: {units: 2, activation: sigmoid}\n", "[rain,wind]", "0101", "rain=0.3,wind=0.25", """        float output[NET_OUTPUT_SIZE];
        int i;
        net_predict(x, output);
        for (i = 0; i < NET_LABELS; i++)
            if (output[i] > net_thresholds[i])
                printf("%s ", net_labels[i]);
""")
        self.assertEqual([json.loads(line)["labels"] for line in expected], [line.split() for line in told])
        self.assertGreater(len(set(told)), 1)

    def test_thresholds_of_outputs(self):
        expected, told = self.weather("  - dense: {units: 4, name: h}\n  - dense: {units: 1, activation: sigmoid, name: rain}\n"
                                      "  - dense: {units: 1, activation: sigmoid, name: wind, inputs: h}\noutputs: [rain, wind]\n",
                                      "[rain(rain),wind(wind)]", ["dry", "wet", "calm", "windy"], "rain=0.3,wind=0.25", """        float rain[1], wind[1];
        net_predict(x, rain, wind);
        printf("%s %s", net_output_rain_classes[rain[0] > NET_OUTPUT_RAIN_THRESHOLD], net_output_wind_classes[wind[0] > NET_OUTPUT_WIND_THRESHOLD]);
""")
        found = [json.loads(line)["outputs"] for line in expected]
        self.assertEqual(["%s %s" % (one["rain"]["class"], one["wind"]["class"]) for one in found], told)
        self.assertGreater(len(set(told)), 1)

    def test_categories_as_numbers(self):
        self.check(7, "", ", scale: 0.01")

    def test_one_hot_and_standardized(self):
        self.check(9, ",encoding=one_hot,standardize=true")


if __name__ == "__main__":
    unittest.main()
