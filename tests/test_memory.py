"""Free memory: the machine's, or that of the tightest container around this process."""

from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from drr.memory import free_memory

GB = 10**9


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """64 GB are free on it."""
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=64 * GB))


def put(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text + "\n")
    return root


def test_without_a_container_it_is_what_the_machine_has_left(tmp_path: Path) -> None:
    assert free_memory(tmp_path) == 64 * GB
    unlimited = {
        "proc/self/cgroup": "0::/user.slice", "sys/fs/cgroup/user.slice/memory.max": "max",
        "sys/fs/cgroup/user.slice/memory.current": "5", "sys/fs/cgroup/user.slice/memory.stat": "inactive_file 0",
    }  # fmt: skip
    assert free_memory(put(tmp_path, unlimited)) == 64 * GB


def test_a_container_that_sees_itself_as_the_top_leaves_its_limit_less_its_use(tmp_path: Path) -> None:
    """What it holds of files that nobody uses can be taken."""
    container = {
        "proc/self/cgroup": "0::/", "sys/fs/cgroup/memory.max": f"{16 * GB}",
        "sys/fs/cgroup/memory.current": f"{7 * GB}",
        "sys/fs/cgroup/memory.stat": f"anon {4 * GB}\ninactive_file {3 * GB}",
    }  # fmt: skip
    assert free_memory(put(tmp_path, container)) == 12 * GB


def test_of_groups_within_groups_the_tightest_counts(tmp_path: Path) -> None:
    files = {"proc/self/cgroup": "0::/pod/app"}
    for group, limit in (("pod", 8 * GB), ("pod/app", 20 * GB)):
        files |= {f"sys/fs/cgroup/{group}/memory.max": str(limit), f"sys/fs/cgroup/{group}/memory.current": str(2 * GB)}
        files[f"sys/fs/cgroup/{group}/memory.stat"] = "inactive_file 0"
    assert free_memory(put(tmp_path, files)) == 6 * GB


@pytest.mark.parametrize("seen", ["docker/0f", ""], ids=["by its place on the machine", "as the top"])
def test_a_group_of_version_1_counts_too(tmp_path: Path, seen: str) -> None:
    """A container may be told its place on the machine, and see its own files at the top."""
    folder = f"sys/fs/cgroup/memory/{seen}".rstrip("/")
    files = {
        "proc/self/cgroup": "5:cpu,cpuacct:/docker/0f\n4:memory:/docker/0f\n0::/",
        f"{folder}/memory.limit_in_bytes": str(4 * GB), f"{folder}/memory.usage_in_bytes": str(3 * GB),
        f"{folder}/memory.stat": f"inactive_file 0\ntotal_inactive_file {GB}",
    }  # fmt: skip
    assert free_memory(put(tmp_path, files)) == 2 * GB


def test_a_container_over_its_limit_has_none_left(tmp_path: Path) -> None:
    files = {
        "proc/self/cgroup": "0::/", "sys/fs/cgroup/memory.max": "100", "sys/fs/cgroup/memory.current": "150",
        "sys/fs/cgroup/memory.stat": "inactive_file 0",
    }  # fmt: skip
    assert free_memory(put(tmp_path, files)) == 0
