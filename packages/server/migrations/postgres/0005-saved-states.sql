-- States that a process keeps from one start to the next, each replaced as a whole: what the forecast has learned. A state
-- from before a deletion still knows who was deleted, so it is never read again.
CREATE TABLE saved_states (
  name text PRIMARY KEY,
  revision bigint NOT NULL,
  position bigint NOT NULL,
  deletion_no bigint NOT NULL,
  bytes bytea NOT NULL
);
