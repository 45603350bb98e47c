-- States that a process keeps from one start to the next, each replaced as a whole: what the forecast has learned. A state
-- from before a deletion still knows who was deleted, so it is never read again.
CREATE TABLE saved_states (
  name TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  position INTEGER NOT NULL,
  deletion_no INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
