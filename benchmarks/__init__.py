"""What things cost here: programs that measure, run as `python -m benchmarks.…`. Sets Django up for all of them."""

import os
import sys

import django

sys.path[:0] = ["tests"]  # their databases and servers are those of the tests
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.settings")
django.setup()
