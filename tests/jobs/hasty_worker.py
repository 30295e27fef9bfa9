"""The worker of real trainings, which save their state every moment instead of every minute."""

import sys

from drr.dm import train
from drr.jobs import worker
from drr.jobs.kinds import KINDS

train.SAVE_EVERY = 0.2

if __name__ == "__main__":
    sys.exit(worker.main(sys.argv, KINDS, "tests.jobs.hasty_worker"))
