"""Runs one of CPython's test modules on the terminal that it is started on.

    python3.11 cpython_driver.py MODULE RESULTS MASTER FOLDER...

Writes {case: outcome} as JSON to RESULTS. The modules are looked for in the FOLDERs first.

Tests that open a pseudoterminal get the terminal at hand instead: its slave is /dev/tty, its master the socket
MASTER, by which the harness types what is written and gives what the terminal shows. So the same tests can be
run where no pseudoterminals are.
"""

import sys

_, name, results, master_path, *folders = sys.argv
sys.path[:0] = folders

import faulthandler
import importlib
import json
import os
import pty
import re
import socket
import subprocess
import termios
import threading
import traceback
import unittest

import test
import test.support

# Seconds that a module may take.
PATIENCE = 120

# Tests that ask the master what only a terminal answers.
ASKS_MASTER = ("test_ioctl_signed_unsigned_code_param",)

settings = termios.tcgetattr(0)
marks = 0
running = ""


def read_to_mark(master):
    """What the terminal has shown so far: a mark, written behind all else, comes back to the master's side."""
    global marks
    marks += 1
    mark = b"\x1b]7777;%d\x07" % marks
    with open("/dev/tty", "wb", buffering=0) as tty:
        tty.write(mark)
    shown = b""
    while mark not in shown:
        shown += os.read(master, 1)
    return shown.removesuffix(mark)


def openpty():
    """The terminal as a new one would be: with its first settings, and all that was shown gone by."""
    if running.endswith(ASKS_MASTER):
        return (os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY) for _ in range(2))
    termios.tcsetattr(0, termios.TCSAFLUSH, settings)
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(master_path)
    master = connection.detach()
    # The harness answers a connection by one byte: from there on it gives what is shown.
    os.read(master, 1)
    read_to_mark(master)
    return master, os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)


def fork():
    """pty.fork(): but the child stays in the session, with the standard streams that it has."""
    master, slave = openpty()
    os.close(slave)
    pid = os.fork()
    if pid == 0:
        os.close(master)
    else:
        threading.Thread(target=end_with, args=(pid, os.dup(master))).start()
    return pid, master


def end_with(pid, master):
    """As a terminal without anyone on it: when the program has ended its master reads an end."""
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    with socket.socket(fileno=master) as connection:
        connection.shutdown(socket.SHUT_RDWR)


def run_pty(script, input=b"dummy input\r", env=None):
    """test_readline's: but there the end of the slave shows the end of the program."""
    master, slave = openpty()
    try:
        program = subprocess.Popen(
            (sys.executable, "-c", script), stdin=slave, stdout=slave, stderr=slave, env=env
        )
        os.write(master, input)
        program.wait()
        return read_to_mark(master)
    finally:
        termios.tcsetattr(0, termios.TCSAFLUSH, settings)
        os.close(slave)
        os.close(master)


def masked(outcome):
    """Without addresses, process ids and names of temporary files, which are never the same."""
    return re.sub(r"0x[0-9a-f]+|@test_\d+|\d{3,}|tmp\w+", "N", outcome)[:400]


class Result(unittest.TestResult):
    """Keeps what became of each test; in a subtest the failure is the test's."""

    def __init__(self):
        super().__init__()
        self.outcomes = {}

    def startTest(self, test):
        global running
        super().startTest(test)
        running = test.id()
        self.outcomes[test.id()] = "passed"

    def addSkip(self, test, reason):
        self.outcomes[test.id()] = masked(f"skipped: {reason}")

    def addFailure(self, test, error):
        self.addError(test, error)

    def addError(self, test, error):
        what = "".join(traceback.format_exception_only(*error[:2])).strip()
        self.outcomes[test.id()] = masked(f"failed: {what}")

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.addError(test, error)

    def addExpectedFailure(self, test, error):
        self.outcomes[test.id()] = "failed as expected"

    def addUnexpectedSuccess(self, test):
        self.outcomes[test.id()] = "passed unexpectedly"


faulthandler.dump_traceback_later(PATIENCE, exit=True)
os.openpty = pty.openpty = openpty
pty.fork = fork
test.support.use_resources = {"curses"}
test.__path__[:0] = [f"{folder}/test" for folder in folders]
result = Result()
try:
    module = importlib.import_module(f"test.{name}")
    if hasattr(module, "run_pty"):
        module.run_pty = run_pty
    unittest.defaultTestLoader.loadTestsFromModule(module).run(result)
except unittest.SkipTest as skip:
    result.outcomes["all"] = f"skipped: {skip}"
with open(results, "w", encoding="utf-8") as file:
    json.dump(result.outcomes, file)
