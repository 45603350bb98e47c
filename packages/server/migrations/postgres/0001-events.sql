-- Who reports. Events refer to an instance by its short number.
CREATE TABLE instances (
  instance_no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  instance_id text COLLATE "C" NOT NULL UNIQUE,
  name text,
  created_at_ms bigint NOT NULL
);

-- Keys of instances. Only a SHA-256 is kept; change_no grows with every change of any key, in the order of commits, so
-- that other processes see a revocation by asking for what is newer than what they know.
CREATE TABLE api_keys (
  key_id text COLLATE "C" PRIMARY KEY,
  instance_no integer NOT NULL REFERENCES instances (instance_no),
  sha256 bytea NOT NULL UNIQUE,
  prefix text NOT NULL,
  label text,
  created_at_ms bigint NOT NULL,
  expires_at_ms bigint,
  last_used_at_ms bigint,
  revoked_at_ms bigint,
  change_no bigint NOT NULL UNIQUE
);
CREATE INDEX api_keys_by_instance ON api_keys (instance_no);

-- Repeated texts (models, languages), kept once and never removed.
CREATE TABLE words (
  word_no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  word text COLLATE "C" NOT NULL UNIQUE
);

-- The truth: everything else can be rebuilt from here. Enumerations are codes (storage/enum-codes.ts), sets of gates
-- are bits. Partitions by the instance keep the key exact, where partitions by time would have to have the time in it;
-- and they are what a sharded PostgreSQL distributes by. Columns stand in the order in which they lie without gaps.
--
-- position: the transaction's id is drawn before its first position, which settled-positions.ts builds on. So it is a
-- rule of the table, and not of whoever writes.
CREATE SEQUENCE event_positions;
CREATE TABLE events (
  position bigint NOT NULL
    DEFAULT (CASE WHEN pg_current_xact_id() IS NOT NULL THEN nextval('event_positions') END),
  received_at_ms bigint NOT NULL,
  timestamp_us bigint NOT NULL,
  context_utilization_final double precision NOT NULL,
  instance_no integer NOT NULL,
  task_duration_ms integer NOT NULL,
  model integer NOT NULL,
  language integer,
  estimated_input_tokens integer NOT NULL,
  estimated_output_tokens integer NOT NULL,
  actual_input_tokens integer NOT NULL,
  actual_output_tokens integer NOT NULL,
  estimated_cost_usd_micros integer NOT NULL,
  actual_cost_usd_micros integer NOT NULL,
  task_type smallint NOT NULL,
  complexity smallint NOT NULL,
  harness smallint NOT NULL,
  provider smallint NOT NULL,
  quality_gate_passed smallint NOT NULL,
  quality_gates_run smallint NOT NULL,
  quality_gates_failed smallint NOT NULL,
  context_compactions smallint NOT NULL,
  context_rotations smallint NOT NULL,
  outcome smallint NOT NULL,
  retry_count smallint NOT NULL,
  repo_size_category smallint,
  event_id uuid NOT NULL,
  PRIMARY KEY (instance_no, event_id)
) PARTITION BY HASH (instance_no);

-- Events are inserted and deleted, never updated. Vacuum comes after every fiftieth of a partition, so that new events
-- take the room of deleted ones instead of new room.
DO $$
BEGIN
  FOR part IN 0..15 LOOP
    EXECUTE format(
      'CREATE TABLE %I PARTITION OF events FOR VALUES WITH (MODULUS 16, REMAINDER %s)
       WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05)',
      'events_' || lpad(part::text, 2, '0'), part);
  END LOOP;
END
$$;
CREATE INDEX events_by_position ON events (position);
-- What is too old is found from the old end, whatever the clocks of the servers said meanwhile.
CREATE INDEX events_by_arrival ON events (received_at_ms);

-- What predictions are made of: one row per exact cell, instance and UTC day of arrival. version is that of the
-- projection by which the row was written. A unit that was removed stays for a while as a row without samples, so that
-- other processes hear of it.
CREATE TABLE prediction_units (
  task_type smallint NOT NULL,
  model integer NOT NULL,
  provider smallint NOT NULL,
  complexity smallint NOT NULL,
  instance_no integer NOT NULL REFERENCES instances (instance_no),
  day integer NOT NULL,
  version bigint NOT NULL,
  samples bytea NOT NULL,
  PRIMARY KEY (instance_no, day, task_type, model, provider, complexity)
) WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX prediction_units_by_version ON prediction_units (version);

-- How far each projection has read the events.
-- epoch: grows whenever another process takes the projection over; only the newest one may save.
-- version: grows with every save, so that readers ask for what is newer than what they know.
-- purged_version: up to here removed units are told of no more; whoever knows nothing newer loads everything.
CREATE TABLE projections (
  name text COLLATE "C" PRIMARY KEY,
  position bigint NOT NULL,
  epoch bigint NOT NULL,
  version bigint NOT NULL,
  purged_version bigint NOT NULL
);
INSERT INTO projections (name, position, epoch, version, purged_version) VALUES ('predictions', 0, 0, 0, 0);
