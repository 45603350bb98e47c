-- What the migrations beside this file add up to. Made by a test (storage/sqlite/schema.test.ts); never run.

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

CREATE TABLE deleted_instances (
  deletion_no INTEGER PRIMARY KEY,
  instance_no INTEGER NOT NULL UNIQUE,
  instance_id_sha256 BLOB NOT NULL UNIQUE,
  deleted_at_ms INTEGER NOT NULL,
  last_key_change_no INTEGER NOT NULL
) STRICT;

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

CREATE TABLE instance_trust (
  instance_no INTEGER PRIMARY KEY REFERENCES instances (instance_no),
  trust REAL NOT NULL
) STRICT;

CREATE TABLE instances (
  instance_no INTEGER PRIMARY KEY,
  instance_id TEXT NOT NULL UNIQUE,
  name TEXT,
  created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE otlp_marks (
  session_no INTEGER NOT NULL REFERENCES otlp_sessions (session_no),
  at_ms INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  kind TEXT NOT NULL,
  prompt_id TEXT,
  received_at_ms INTEGER NOT NULL,
  PRIMARY KEY (session_no, at_ms, sequence, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE otlp_points (
  session_no INTEGER NOT NULL REFERENCES otlp_sessions (session_no),
  type TEXT NOT NULL,
  stream_key BLOB NOT NULL,
  start_us INTEGER NOT NULL,
  end_us INTEGER NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (session_no, type, stream_key, start_us, end_us)
) STRICT, WITHOUT ROWID;

CREATE TABLE otlp_requests (
  request_no INTEGER PRIMARY KEY AUTOINCREMENT,
  instance_no INTEGER NOT NULL,
  session_no INTEGER NOT NULL REFERENCES otlp_sessions (session_no),
  request_key BLOB NOT NULL,
  settled INTEGER NOT NULL DEFAULT 0,
  harness TEXT NOT NULL,
  prompt_id TEXT,
  request_id TEXT,
  ended_at_ms INTEGER NOT NULL,
  duration_ms INTEGER,
  kind TEXT NOT NULL,
  query_source TEXT,
  agent TEXT,
  model TEXT NOT NULL,
  provider TEXT NOT NULL,
  speed TEXT,
  fresh_input_tokens INTEGER NOT NULL,
  cache_read_tokens INTEGER NOT NULL,
  cache_write_tokens INTEGER NOT NULL,
  cache_write_5m_tokens INTEGER,
  cache_write_1h_tokens INTEGER,
  output_tokens INTEGER NOT NULL,
  reasoning_tokens INTEGER,
  cost_usd_micros INTEGER,
  source TEXT NOT NULL,
  UNIQUE (instance_no, request_key)
) STRICT;

CREATE INDEX otlp_open_requests ON otlp_requests (session_no) WHERE settled = 0;

CREATE INDEX otlp_requests_by_session ON otlp_requests (session_no, request_no);

CREATE TABLE otlp_sessions (
  session_no INTEGER PRIMARY KEY,
  instance_no INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  heard_at_ms INTEGER NOT NULL,
  claimed_until_ms INTEGER NOT NULL DEFAULT 0,
  UNIQUE (instance_no, session_id)
) STRICT;

CREATE TABLE otlp_settled_prompts (
  session_no INTEGER NOT NULL REFERENCES otlp_sessions (session_no),
  prompt_id TEXT NOT NULL,
  PRIMARY KEY (session_no, prompt_id)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE projections (
  name TEXT PRIMARY KEY,
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pruned_events (
  instance_no INTEGER NOT NULL,
  event_id BLOB NOT NULL,
  PRIMARY KEY (instance_no, event_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE rollup_sources (
  instance_no INTEGER NOT NULL,
  harness INTEGER NOT NULL,
  day INTEGER NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (instance_no, harness, day)
) STRICT, WITHOUT ROWID;

CREATE INDEX rollup_sources_emptied ON rollup_sources (events) WHERE events = 0;

CREATE TABLE rollups (
  weekly INTEGER NOT NULL,
  complexity INTEGER NOT NULL,
  day INTEGER NOT NULL,
  model INTEGER NOT NULL,
  provider INTEGER NOT NULL,
  harness INTEGER NOT NULL,
  task_type INTEGER NOT NULL,
  tasks INTEGER NOT NULL,
  successes INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  partials INTEGER NOT NULL,
  timeouts INTEGER NOT NULL,
  cost_usd_micros INTEGER NOT NULL,
  cost_of_successes INTEGER NOT NULL,
  tasks_with_cost INTEGER NOT NULL,
  successes_with_cost INTEGER NOT NULL,
  cost_squares INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  retries INTEGER NOT NULL,
  tasks_with_gates INTEGER NOT NULL,
  gates_passed INTEGER NOT NULL,
  build_run INTEGER NOT NULL,
  lint_run INTEGER NOT NULL,
  test_run INTEGER NOT NULL,
  coverage_run INTEGER NOT NULL,
  typecheck_run INTEGER NOT NULL,
  security_run INTEGER NOT NULL,
  build_failed INTEGER NOT NULL,
  lint_failed INTEGER NOT NULL,
  test_failed INTEGER NOT NULL,
  coverage_failed INTEGER NOT NULL,
  typecheck_failed INTEGER NOT NULL,
  security_failed INTEGER NOT NULL,
  input_estimated INTEGER NOT NULL,
  input_actual INTEGER NOT NULL,
  input_ratio_0 INTEGER NOT NULL,
  input_ratio_1 INTEGER NOT NULL,
  input_ratio_2 INTEGER NOT NULL,
  input_ratio_3 INTEGER NOT NULL,
  input_ratio_4 INTEGER NOT NULL,
  input_ratio_5 INTEGER NOT NULL,
  input_ratio_6 INTEGER NOT NULL,
  input_ratio_7 INTEGER NOT NULL,
  input_ratio_8 INTEGER NOT NULL,
  input_ratio_9 INTEGER NOT NULL,
  input_ratio_10 INTEGER NOT NULL,
  input_ratio_11 INTEGER NOT NULL,
  input_ratio_12 INTEGER NOT NULL,
  input_ratio_13 INTEGER NOT NULL,
  output_estimated INTEGER NOT NULL,
  output_actual INTEGER NOT NULL,
  output_ratio_0 INTEGER NOT NULL,
  output_ratio_1 INTEGER NOT NULL,
  output_ratio_2 INTEGER NOT NULL,
  output_ratio_3 INTEGER NOT NULL,
  output_ratio_4 INTEGER NOT NULL,
  output_ratio_5 INTEGER NOT NULL,
  output_ratio_6 INTEGER NOT NULL,
  output_ratio_7 INTEGER NOT NULL,
  output_ratio_8 INTEGER NOT NULL,
  output_ratio_9 INTEGER NOT NULL,
  output_ratio_10 INTEGER NOT NULL,
  output_ratio_11 INTEGER NOT NULL,
  output_ratio_12 INTEGER NOT NULL,
  output_ratio_13 INTEGER NOT NULL,
  cost_estimated INTEGER NOT NULL,
  cost_actual INTEGER NOT NULL,
  cost_ratio_0 INTEGER NOT NULL,
  cost_ratio_1 INTEGER NOT NULL,
  cost_ratio_2 INTEGER NOT NULL,
  cost_ratio_3 INTEGER NOT NULL,
  cost_ratio_4 INTEGER NOT NULL,
  cost_ratio_5 INTEGER NOT NULL,
  cost_ratio_6 INTEGER NOT NULL,
  cost_ratio_7 INTEGER NOT NULL,
  cost_ratio_8 INTEGER NOT NULL,
  cost_ratio_9 INTEGER NOT NULL,
  cost_ratio_10 INTEGER NOT NULL,
  cost_ratio_11 INTEGER NOT NULL,
  cost_ratio_12 INTEGER NOT NULL,
  cost_ratio_13 INTEGER NOT NULL,
  PRIMARY KEY (weekly, complexity, day, model, provider, harness, task_type)
) STRICT, WITHOUT ROWID;

CREATE INDEX rollups_emptied ON rollups (tasks) WHERE tasks = 0;

CREATE TABLE run_counts (
  agent_name TEXT NOT NULL,
  job_type TEXT NOT NULL,
  runs INTEGER NOT NULL,
  PRIMARY KEY (agent_name, job_type)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_events (
  run_event_no INTEGER PRIMARY KEY,
  run_no INTEGER NOT NULL REFERENCES runs (run_no) ON DELETE CASCADE,
  event_id TEXT,
  event_type TEXT NOT NULL,
  timestamp TEXT NOT NULL,
  timestamp_us INTEGER NOT NULL,
  payload TEXT,
  UNIQUE (run_no, event_id)
) STRICT;

CREATE INDEX run_events_in_order ON run_events (run_no, timestamp_us);

CREATE TABLE run_start_days (
  start_day INTEGER PRIMARY KEY,
  first_created_us INTEGER NOT NULL,
  last_created_us INTEGER NOT NULL
) STRICT;

CREATE TABLE runs (
  run_no INTEGER PRIMARY KEY,
  event_id TEXT NOT NULL UNIQUE,
  run_id TEXT NOT NULL,
  agent_name TEXT NOT NULL,
  job_type TEXT NOT NULL,
  start_time TEXT NOT NULL,
  created_at TEXT NOT NULL,
  end_time TEXT,
  status TEXT NOT NULL DEFAULT 'running',
  trigger_type TEXT,
  agent_owner TEXT,
  host TEXT,
  environment TEXT,
  product TEXT,
  product_family TEXT,
  platform TEXT,
  subdomain TEXT,
  website TEXT,
  website_section TEXT,
  item_name TEXT,
  items_discovered INTEGER NOT NULL DEFAULT 0,
  items_succeeded INTEGER NOT NULL DEFAULT 0,
  items_failed INTEGER NOT NULL DEFAULT 0,
  items_skipped INTEGER NOT NULL DEFAULT 0,
  duration_ms INTEGER NOT NULL DEFAULT 0,
  input_summary TEXT,
  output_summary TEXT,
  source_ref TEXT,
  target_ref TEXT,
  error_summary TEXT,
  error_details TEXT,
  git_repo TEXT,
  git_branch TEXT,
  git_run_tag TEXT,
  git_commit_hash TEXT,
  git_commit_source TEXT,
  git_commit_author TEXT,
  git_commit_timestamp TEXT,
  metrics_json TEXT,
  context_json TEXT,
  insight_id TEXT,
  parent_run_id TEXT,
  api_posted INTEGER NOT NULL DEFAULT 0,
  api_posted_at TEXT,
  api_retry_count INTEGER NOT NULL DEFAULT 0,
  created_at_us INTEGER NOT NULL,
  start_time_us INTEGER NOT NULL,
  updated_at_us INTEGER NOT NULL,
  -- Set while the status is the server's guess that a silent run has timed out. They stand beside what the client said,
  -- never over it, so that its own word finds everything as it was.
  presumed_end_time TEXT,
  presumed_error TEXT
) STRICT;

CREATE INDEX runs_by_agent ON runs (agent_name, created_at_us, run_no, start_time_us);

CREATE INDEX runs_by_creation ON runs (created_at_us, run_no, start_time_us);

CREATE INDEX runs_by_job_type ON runs (job_type, created_at_us, run_no, start_time_us);

CREATE INDEX runs_by_parent ON runs (parent_run_id, created_at_us, run_no, start_time_us)
  WHERE parent_run_id IS NOT NULL;

CREATE INDEX runs_by_start ON runs (start_time_us, created_at_us);

CREATE INDEX runs_by_status ON runs (status, created_at_us, run_no, start_time_us);

CREATE TABLE saved_states (
  name TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  position INTEGER NOT NULL,
  deletion_no INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE words (
  word_no INTEGER PRIMARY KEY,
  word TEXT NOT NULL UNIQUE
) STRICT;
