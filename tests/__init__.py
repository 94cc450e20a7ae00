"""Tests, benchmarks and chaos."""

import os

# What commands say is compared in English, whatever terminal they are run in.
os.environ["LC_ALL"] = "C.UTF-8"
