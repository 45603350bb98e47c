-- Who reports. Events refer to an instance by its short number.
CREATE TABLE instances (
  instance_no INTEGER PRIMARY KEY,
  instance_id TEXT NOT NULL UNIQUE,
  name TEXT,
  created_at_ms INTEGER NOT NULL
) STRICT;

-- Keys of instances. Only a SHA-256 is kept; change_no grows with every change of any key, so that other processes
-- see a revocation by asking for what is newer than what they know.
CREATE TABLE api_keys (
  key_id TEXT PRIMARY KEY,
  instance_no INTEGER NOT NULL REFERENCES instances (instance_no),
  sha256 BLOB NOT NULL UNIQUE,
  prefix TEXT NOT NULL,
  label TEXT,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER,
  last_used_at_ms INTEGER,
  revoked_at_ms INTEGER,
  change_no INTEGER NOT NULL UNIQUE
) STRICT;
CREATE INDEX api_keys_by_instance ON api_keys (instance_no);

-- Repeated texts (models, languages), kept once.
CREATE TABLE words (
  word_no INTEGER PRIMARY KEY,
  word TEXT NOT NULL UNIQUE
) STRICT;

-- The truth: everything else can be rebuilt from here. Enumerations are codes (storage/enum-codes.ts), sets of gates
-- are bits, event_id is 16 bytes. The key begins with the instance because a batch comes from one: it touches a few
-- neighbouring pages, where event_id first would touch one page an event.
CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  instance_no INTEGER NOT NULL,
  event_id BLOB NOT NULL,
  received_at_ms INTEGER NOT NULL,
  timestamp_us INTEGER NOT NULL,
  task_duration_ms INTEGER NOT NULL,
  task_type INTEGER NOT NULL,
  complexity INTEGER NOT NULL,
  harness INTEGER NOT NULL,
  model INTEGER NOT NULL,
  provider INTEGER NOT NULL,
  estimated_input_tokens INTEGER NOT NULL,
  estimated_output_tokens INTEGER NOT NULL,
  actual_input_tokens INTEGER NOT NULL,
  actual_output_tokens INTEGER NOT NULL,
  estimated_cost_usd_micros INTEGER NOT NULL,
  actual_cost_usd_micros INTEGER NOT NULL,
  quality_gate_passed INTEGER NOT NULL,
  quality_gates_run INTEGER NOT NULL,
  quality_gates_failed INTEGER NOT NULL,
  context_compactions INTEGER NOT NULL,
  context_rotations INTEGER NOT NULL,
  context_utilization_final REAL NOT NULL,
  outcome INTEGER NOT NULL,
  retry_count INTEGER NOT NULL,
  language INTEGER,
  repo_size_category INTEGER,
  UNIQUE (instance_no, event_id)
) STRICT;

-- What predictions are made of: one row per exact cell, instance and UTC day of arrival.
CREATE TABLE prediction_units (
  task_type INTEGER NOT NULL,
  model INTEGER NOT NULL,
  provider INTEGER NOT NULL,
  complexity INTEGER NOT NULL,
  instance_no INTEGER NOT NULL,
  day INTEGER NOT NULL,
  samples BLOB NOT NULL,
  PRIMARY KEY (instance_no, day, task_type, model, provider, complexity)
) STRICT;

-- How far each projection has read the events.
CREATE TABLE projections (
  name TEXT PRIMARY KEY,
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
