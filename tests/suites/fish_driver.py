"""Runs one of fish's tests of interactive use: they drive fish by pexpect, which opens a pseudoterminal for it.
Here fish gets a terminal of the harness's instead, whose master is at the other end of a socket.

    python3 fish_driver.py TEST SOCKET
"""

import os
import runpy
import shlex
import socket
import sys
import tempfile

import pexpect
import pexpect.fdpexpect

test, socket_path = sys.argv[1:]


class Spawn(pexpect.fdpexpect.fdspawn):
    """What the tests use of pexpect.spawn."""

    def __init__(self, command, env, args=(), **kwargs):
        self.mark = os.urandom(8).hex()
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(socket_path)
        connection.sendall(f"sane\n{self.script([command, *args], env)}\n".encode())
        super().__init__(connection.detach(), **kwargs)
        found = []
        while not found:
            found = self.processes()
        self.pid = found[0]

    def script(self, command, env):
        """A shell's file that starts the command here and with this environment."""
        variables = {**env, "SUITE_MARK": self.mark}
        lines = [f"export {shlex.quote(name + '=' + value)}" for name, value in variables.items()]
        with tempfile.NamedTemporaryFile("w", delete=False) as file:
            file.write("\n".join([*lines, f"cd {shlex.quote(os.getcwd())}", f"exec {shlex.join(command)}"]))
        return file.name

    def processes(self):
        """All that have the mark, by age, as they are numbered here."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as environ, open(f"/proc/{pid}/stat") as stat:
                    if f"SUITE_MARK={self.mark}".encode() in environ.read().split(b"\0"):
                        found.append((int(stat.read().rsplit(")", 1)[1].split()[19]), int(pid)))
            except OSError:
                continue
        return [pid for _, pid in sorted(found)]

    def wait(self):
        """Until nothing comes any more."""
        while True:
            try:
                self.read_nonblocking(4096, timeout=10)
            except pexpect.EOF:
                return

    def close(self, force=True):
        """Hangs up, and leaves the end to be waited for."""
        socket.socket(fileno=os.dup(self.child_fd)).shutdown(socket.SHUT_WR)

    def isalive(self):
        return os.path.exists(f"/proc/{self.pid}")


pexpect.spawn = Spawn
sys.argv = [test]
runpy.run_path(test, run_name="__main__")
