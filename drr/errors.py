"""One tree of errors. Each message says what happened and what to do next; anything that is not a DRRError is a bug."""


class DRRError(Exception):
    """The base of every error that a user can do something about."""


class InvalidData(DRRError):
    """A value, file or record does not have the promised form."""


class InvalidInput(DRRError):
    """What a person typed or chose cannot be worked with."""


class ModelUnavailable(DRRError):
    """A model cannot be found, loaded or trusted."""


class CheckpointMismatch(DRRError):
    """A DM checkpoint does not fit what it is asked to judge."""


class StoreUnavailable(DRRError):
    """The database cannot be opened, read or written."""


class OutOfSpace(DRRError):
    """A disk or memory limit was hit; what was saved before stays."""


class Diverged(DRRError):
    """A training's loss is no longer a number; the state saved before stays."""


class Stopped(DRRError):
    """Work was asked to stop, and did: what was finished or saved before stays."""


class NotAllowed(DRRError):
    """Whoever asks may not do this here."""
