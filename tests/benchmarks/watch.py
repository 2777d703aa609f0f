"""A command with all that it starts: seconds, CPU and memory, by Linux's /proc."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_EVERY = 0.3


@dataclass
class Usage:
    """What a command took. `cpu` is seconds of it and of all below it, `own_cpu` of it alone;
    `memory` the peak of each process in MB, the command's own first, the others by size."""

    code: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    own_cpu: float = 0.0
    memory: list[float] = field(default_factory=list)
    output: str = ""

    def less(self, start: Usage) -> Usage:
        """This without what another run took; the memory is this one's."""
        seconds, cpu = self.seconds - start.seconds, self.cpu - start.cpu
        own = self.own_cpu - start.own_cpu
        return Usage(self.code, seconds, cpu, own, self.memory, self.output)


class Watch:
    """Runs a command and looks at its processes now and then."""

    def __init__(self, command: Sequence[str | Path], **environment: str) -> None:
        self._begin = time.monotonic()
        self.process = subprocess.Popen(
            [*map(str, command)],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=sys.stderr if os.environ.get("SHOW") else subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self._cpu: dict[int, float] = {}
        self._peak: dict[int, float] = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._thread.start()

    def wait(self, until: Callable[[], bool] | None = None) -> Usage:
        """What the command took; it is killed when `until` holds."""
        while until is not None and self.process.poll() is None:
            if until():
                self.process.kill()
            time.sleep(0.02)
        output, _ = self.process.communicate()
        seconds = time.monotonic() - self._begin
        self._done.set()
        self._thread.join()
        own = self._peak.pop(self.process.pid, 0.0)
        memory = [own, *sorted(self._peak.values(), reverse=True)]
        cpu, own_cpu = sum(self._cpu.values()), self._cpu.get(self.process.pid, 0.0)
        return Usage(self.process.returncode, seconds, cpu, own_cpu, memory, output)

    def _look_on(self) -> None:
        while not self._done.wait(_EVERY):
            for pid in _family(self.process.pid):
                try:
                    folder = Path("/proc") / str(pid)
                    fields = (folder / "stat").read_text().rpartition(")")[2].split()
                    status = (folder / "status").read_text()
                except OSError:  # it has just ended
                    continue
                self._cpu[pid] = (int(fields[11]) + int(fields[12])) / _TICKS
                peak = status.partition("VmHWM:")[2].split()[:1]
                if peak:
                    self._peak[pid] = int(peak[0]) / 1000


def _family(first: int) -> set[int]:
    """The process and all below it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    family, before = {first}, 0
    while len(family) > before:
        before = len(family)
        family |= {pid for pid, parent in parents.items() if parent in family}
    return family
