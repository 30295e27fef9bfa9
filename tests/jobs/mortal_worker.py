"""The worker of toys, killed at the very moment at which its row says that the job has ended."""

import os
import signal
import sys
from typing import Any

from drr.jobs import worker
from drr.store.jobs import Jobs
from drr.testing import TOYS

_end = Jobs.end


def end_and_die(*told: Any) -> None:
    _end(*told)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    Jobs.end = end_and_die  # type: ignore[assignment, method-assign]
    sys.exit(worker.main(sys.argv, TOYS, "tests.jobs.mortal_worker"))
