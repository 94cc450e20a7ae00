"""What the demo starts ends with it, whenever it is killed."""

from __future__ import annotations

import subprocess
import sys

KILLED_BEFORE_ITS_CHILD_COULD_ASK_FOR_A_SIGNAL = """
import os, time
from bots.lab.demo.process import _ending_with_us
bind, us = _ending_with_us(), os.getpid()
if os.fork():
    os._exit(0)
while os.getppid() == us:
    time.sleep(0.01)
bind()
print("left behind")
"""


def test_a_child_of_a_demo_that_is_gone_does_not_begin() -> None:
    program = [sys.executable, "-c", KILLED_BEFORE_ITS_CHILD_COULD_ASK_FOR_A_SIGNAL]
    ended = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.stdout, ended.stderr) == ("", "")
