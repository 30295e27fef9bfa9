"""The tables as the queries see them. How they came to be is in `migrations`; a test holds the two together.

Small indexed columns stand apart from long content, so that lists and counts never read a text.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    select,
    update,
)

metadata = MetaData()

_number = BigInteger().with_variant(Integer, "sqlite")

schema_version = Table("schema_version", metadata, Column("version", Integer, nullable=False))

questions = Table(
    "questions",
    metadata,
    Column("key", Text, primary_key=True),  # hash of text and choices: the same question is one row, whoever asks it
    Column("id", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("choices", Text),
    Column("answer_type", Text, nullable=False),
    Column("gold", Text),
    Column("source", Text, nullable=False),
)

records = Table(
    "records",
    metadata,
    Column("number", _number, primary_key=True),  # order of arrival, for keyset pages
    Column("id", Text, nullable=False, unique=True),
    Column("question_key", Text, ForeignKey("questions.key"), nullable=False),
    Column("question_id", Text, nullable=False),  # as this record's file or source called the question
    Column("source", Text, nullable=False),
    Column("reasoner", Text, nullable=False),
    Column("temperature", Double, nullable=False),
    Column("attempt_index", Integer, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("answer", Text),
    Column("correct", Boolean),
    Column("tokens", Integer, nullable=False),
    Column("mean_logprob", Double),
    Column("score", Double),
    Column("first_error_step", Integer),
    Column("created", Double, nullable=False),
    Column("family", Text, nullable=False, server_default=""),  # the source up to its colon
    Column("dm", Text),  # which DM gave the score; null: nobody is named
    Column("batch", _number),  # the import that brought it, if any
    Column("trace", Text),  # the id of the trace it came from, if any
    # What the annotations come to, kept here so that lists can filter and sort by it:
    Column("human", Text),
    Column("flagged", Boolean, nullable=False, server_default="FALSE"),
    Column("version", _number, nullable=False, server_default="0"),  # the last annotation's number
)

contents = Table(
    "contents",
    metadata,
    Column("record", _number, ForeignKey("records.number"), primary_key=True),
    Column("text", Text, nullable=False),  # what the Reasoner wrote, for search
    Column("content", LargeBinary, nullable=False),  # steps and their numbers, packed
)

traces = Table(
    "traces",
    metadata,
    Column("number", _number, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("question", Text, nullable=False),
    Column("reasoner", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("created", Double, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("number", _number, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("path", Text, nullable=False),
    Column("metrics", Text, nullable=False),
    Column("snapshot", Text, nullable=False),
    Column("created", Double, nullable=False),
    Column("deployed", Boolean, nullable=False),
)

deployments = Table(
    "deployments",
    metadata,
    Column("number", _number, primary_key=True),
    Column("name", Text, nullable=False),  # of the checkpoint; empty is the shipped DM
    Column("created", Double, nullable=False),
)

seeds = Table(
    "seeds",
    metadata,
    Column("name", Text, primary_key=True),
    Column("finished", Boolean, nullable=False),
)

# Written once, never changed: what people did, one row for each gesture, and one annotation for each record it touched.

actions = Table(
    "actions",
    metadata,
    Column("number", _number, primary_key=True),
    Column("token", Text, unique=True),  # names the gesture, so that sending it twice is doing it once
    Column("author", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("undoes", _number, ForeignKey("actions.number")),
    Column("created", Double, nullable=False),
)

annotations = Table(
    "annotations",
    metadata,
    Column("number", _number, primary_key=True),
    Column("record", _number, ForeignKey("records.number"), nullable=False),
    Column("action", _number, ForeignKey("actions.number"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created", Double, nullable=False),
    Column("seen", _number, nullable=False),
)

# Derived from the annotations, for filters, queues and agreement.

opinions = Table(
    "opinions",
    metadata,
    Column("record", _number, ForeignKey("records.number"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("author", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

marks = Table(
    "marks",
    metadata,
    Column("kind", Text, primary_key=True),  # tag, stop, flag, gold_wrong or adjudicate
    Column("value", Text, primary_key=True),  # the tag's name; the stop-point label that somebody gave
    Column("record", _number, ForeignKey("records.number"), primary_key=True),
)

leases = Table(
    "leases",
    metadata,
    Column("record", _number, ForeignKey("records.number"), primary_key=True),
    Column("author", Text, primary_key=True),
    Column("queue", Text, nullable=False),
    Column("place", Integer, nullable=False),  # in the order in which they are worked through
    Column("until", Double, nullable=False),
)

views = Table(
    "views",
    metadata,
    Column("name", Text, primary_key=True),
    Column("author", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("created", Double, nullable=False),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("number", _number, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("hash", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("records", Integer, nullable=False),
    Column("accept", Integer, nullable=False),
    Column("reject", Integer, nullable=False),
    Column("created", Double, nullable=False),
)

snapshot_records = Table(
    "snapshot_records",
    metadata,
    Column("snapshot", _number, ForeignKey("snapshots.number"), primary_key=True),
    Column("record", _number, ForeignKey("records.number"), primary_key=True),
    Column("verdict", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("first_error_step", Integer),
)

batches = Table(
    "batches",
    metadata,
    Column("number", _number, primary_key=True),
    Column("name", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("created", Double, nullable=False),
    Column("added", Integer, nullable=False),
    Column("duplicates", Integer, nullable=False),
    Column("bad", Integer, nullable=False),
    Column("undone", Double),
)

met = Table(  # records that were there already when another import brought them too
    "met",
    metadata,
    Column("record", _number, ForeignKey("records.number"), primary_key=True),
    Column("batch", _number, ForeignKey("batches.number"), primary_key=True),
)

changes = Table("changes", metadata, Column("number", _number, primary_key=True))  # one row: grows with every change
_one_row = changes.c.number == select(changes.c.number).scalar_subquery()
note_change = update(changes).values(number=changes.c.number + 1).where(_one_row)
"""Belongs into each transaction after which lists and counts are others.

It says that it is one row: before an update of many, SQLite would have the search index write out what it has gathered.
"""

jobs = Table(
    "jobs",
    metadata,
    Column("number", _number, primary_key=True),  # order of the queue
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("params", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("created", Double, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("worker", Integer),
    Column("worker_began", Double),
    Column("began", Double),
    Column("ended", Double),
    Column("cancel_asked", Double),
    Column("step", Integer, nullable=False),
    Column("done", Double, nullable=False),
    Column("due", Double),
    Column("result", Text, nullable=False),
)

job_metrics = Table(
    "job_metrics",
    metadata,
    Column("job_id", Text, ForeignKey("jobs.id"), primary_key=True),
    Column("step", Integer, primary_key=True),  # a resumed job counts on from its last save, and tells steps again
    Column("name", Text, primary_key=True),
    Column("value", Double, nullable=False),
)
