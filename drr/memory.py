"""How much memory is free: what the machine has left, or the container that this runs in, where that is less; and who
is to go first when none is.

A container is a control group: of version 2, or of version 1 on older systems. Each limits those inside it too, so that
the tightest one counts. What a group holds of unused files does not count, for the kernel drops that at need.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

ROOT = Path("/")
# Where the groups are, and the files that tell limit and use; the line of memory.stat that tells unused files.
VERSION_2 = "sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"
VERSION_1 = "sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"


def free_memory(root: Path = ROOT) -> int:
    """Bytes that may still be taken before the system ends something for want of memory."""
    return max(0, min([int(psutil.virtual_memory().available), *_left_in_groups(root)]))


def go_first() -> None:
    """Should memory run out, the system is to end this process and not another one."""
    with suppress(OSError):  # no such choice on this system
        (ROOT / "proc/self/oom_score_adj").write_text("1000")


def _left_in_groups(root: Path) -> Iterator[int]:
    """Of each group with a limit that this process is in."""
    with suppress(OSError):  # no groups on this system
        for line in (root / "proc/self/cgroup").read_text().splitlines():
            _, controllers, group = line.split(":", 2)
            if not controllers or "memory" in controllers.split(","):
                place, *names = VERSION_1 if controllers else VERSION_2
                top = root / place
                mine = top / group.strip("/")  # not there where a container sees its own group as the top one
                for folder in (mine, *mine.parents[: len(mine.parts) - len(top.parts)]):
                    yield from _left(folder, *names)


def _left(folder: Path, limit: str, used: str, unused: str) -> Iterator[int]:
    """Nothing where the group has no limit ("max", in version 2) or does not tell."""
    with suppress(OSError, ValueError):
        stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        held = int((folder / used).read_text()) - int(stat.get(unused, 0))
        yield int((folder / limit).read_text()) - held
