-- What the migrations beside this file add up to. Made by a test (storage/postgres/schema.test.ts); never run.

CREATE TABLE api_keys (
  key_id text COLLATE "C" NOT NULL,
  instance_no integer NOT NULL,
  sha256 bytea NOT NULL,
  prefix text NOT NULL,
  label text,
  created_at_ms bigint NOT NULL,
  expires_at_ms bigint,
  last_used_at_ms bigint,
  revoked_at_ms bigint,
  change_no bigint NOT NULL,
  UNIQUE (change_no),
  UNIQUE (sha256),
  PRIMARY KEY (key_id),
  FOREIGN KEY (instance_no) REFERENCES instances(instance_no)
);
CREATE INDEX api_keys_by_instance ON mosaic_telemetry.api_keys USING btree (instance_no);

CREATE TABLE deleted_instances (
  deletion_no bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  instance_no integer NOT NULL,
  instance_id_sha256 bytea NOT NULL,
  deleted_at_ms bigint NOT NULL,
  last_key_change_no bigint NOT NULL,
  UNIQUE (instance_id_sha256),
  UNIQUE (instance_no),
  PRIMARY KEY (deletion_no)
);

CREATE TABLE events (
  position bigint NOT NULL DEFAULT 
CASE
    WHEN (pg_current_xact_id() IS NOT NULL) THEN nextval('event_positions'::regclass)
    ELSE NULL::bigint
END,
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
CREATE INDEX events_by_arrival ON ONLY mosaic_telemetry.events USING btree (received_at_ms);
CREATE INDEX events_by_position ON ONLY mosaic_telemetry.events USING btree ("position");

CREATE TABLE events_00 PARTITION OF events FOR VALUES WITH (modulus 16, remainder 0) WITH (autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_scale_factor=0.05);

CREATE TABLE instance_trust (
  instance_no integer NOT NULL,
  trust double precision NOT NULL,
  PRIMARY KEY (instance_no),
  FOREIGN KEY (instance_no) REFERENCES instances(instance_no)
);

CREATE TABLE instances (
  instance_no integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  instance_id text COLLATE "C" NOT NULL,
  name text,
  created_at_ms bigint NOT NULL,
  UNIQUE (instance_id),
  PRIMARY KEY (instance_no)
);

CREATE TABLE migrations (
  number integer NOT NULL,
  name text NOT NULL,
  applied_at timestamp with time zone NOT NULL DEFAULT now(),
  PRIMARY KEY (number)
);

CREATE TABLE otlp_marks (
  session_no bigint NOT NULL,
  at_ms bigint NOT NULL,
  sequence bigint NOT NULL,
  kind text NOT NULL,
  prompt_id text,
  received_at_ms bigint NOT NULL,
  PRIMARY KEY (session_no, at_ms, sequence, kind),
  FOREIGN KEY (session_no) REFERENCES otlp_sessions(session_no)
);

CREATE TABLE otlp_points (
  session_no bigint NOT NULL,
  type text NOT NULL,
  stream_key bytea NOT NULL,
  start_us bigint NOT NULL,
  end_us bigint NOT NULL,
  value double precision NOT NULL,
  PRIMARY KEY (session_no, type, stream_key, start_us, end_us),
  FOREIGN KEY (session_no) REFERENCES otlp_sessions(session_no)
);

CREATE TABLE otlp_requests (
  request_no bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  instance_no integer NOT NULL,
  session_no bigint NOT NULL,
  request_key bytea NOT NULL,
  settled bigint NOT NULL DEFAULT 0,
  harness text NOT NULL,
  prompt_id text,
  request_id text,
  ended_at_ms bigint NOT NULL,
  duration_ms bigint,
  kind text NOT NULL,
  query_source text,
  agent text,
  model text NOT NULL,
  provider text NOT NULL,
  speed text,
  fresh_input_tokens bigint NOT NULL,
  cache_read_tokens bigint NOT NULL,
  cache_write_tokens bigint NOT NULL,
  cache_write_5m_tokens bigint,
  cache_write_1h_tokens bigint,
  output_tokens bigint NOT NULL,
  reasoning_tokens bigint,
  cost_usd_micros bigint,
  source text NOT NULL,
  UNIQUE (instance_no, request_key),
  PRIMARY KEY (request_no),
  FOREIGN KEY (session_no) REFERENCES otlp_sessions(session_no)
);
CREATE INDEX otlp_open_requests ON mosaic_telemetry.otlp_requests USING btree (session_no) WHERE (settled = 0);
CREATE INDEX otlp_requests_by_session ON mosaic_telemetry.otlp_requests USING btree (session_no, request_no);

CREATE TABLE otlp_sessions (
  session_no bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  instance_no integer NOT NULL,
  session_id text NOT NULL,
  heard_at_ms bigint NOT NULL,
  claimed_until_ms bigint NOT NULL DEFAULT 0,
  UNIQUE (instance_no, session_id),
  PRIMARY KEY (session_no),
  FOREIGN KEY (instance_no) REFERENCES instances(instance_no)
);

CREATE TABLE otlp_settled_prompts (
  session_no bigint NOT NULL,
  prompt_id text NOT NULL,
  PRIMARY KEY (session_no, prompt_id),
  FOREIGN KEY (session_no) REFERENCES otlp_sessions(session_no)
);

CREATE TABLE prediction_units (
  task_type smallint NOT NULL,
  model integer NOT NULL,
  provider smallint NOT NULL,
  complexity smallint NOT NULL,
  instance_no integer NOT NULL,
  day integer NOT NULL,
  version bigint NOT NULL,
  samples bytea NOT NULL,
  PRIMARY KEY (instance_no, day, task_type, model, provider, complexity),
  FOREIGN KEY (instance_no) REFERENCES instances(instance_no)
) WITH (autovacuum_vacuum_scale_factor=0.05);
CREATE INDEX prediction_units_by_version ON mosaic_telemetry.prediction_units USING btree (version);

CREATE TABLE projections (
  name text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  epoch bigint NOT NULL,
  version bigint NOT NULL,
  purged_version bigint NOT NULL,
  PRIMARY KEY (name)
);

CREATE TABLE pruned_events (
  instance_no integer NOT NULL,
  event_id uuid NOT NULL,
  PRIMARY KEY (instance_no, event_id)
);

CREATE TABLE rollup_sources (
  instance_no integer NOT NULL,
  harness smallint NOT NULL,
  day integer NOT NULL,
  events integer NOT NULL,
  PRIMARY KEY (instance_no, harness, day),
  FOREIGN KEY (instance_no) REFERENCES instances(instance_no)
);
CREATE INDEX rollup_sources_emptied ON mosaic_telemetry.rollup_sources USING btree (events) WHERE (events = 0);

CREATE TABLE rollups (
  cost_usd_micros bigint NOT NULL,
  cost_of_successes bigint NOT NULL,
  cost_squares bigint NOT NULL,
  input_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  duration_ms bigint NOT NULL,
  retries bigint NOT NULL,
  input_estimated bigint NOT NULL,
  input_actual bigint NOT NULL,
  output_estimated bigint NOT NULL,
  output_actual bigint NOT NULL,
  cost_estimated bigint NOT NULL,
  cost_actual bigint NOT NULL,
  tasks integer NOT NULL,
  successes integer NOT NULL,
  failures integer NOT NULL,
  partials integer NOT NULL,
  timeouts integer NOT NULL,
  tasks_with_cost integer NOT NULL,
  successes_with_cost integer NOT NULL,
  tasks_with_gates integer NOT NULL,
  gates_passed integer NOT NULL,
  build_run integer NOT NULL,
  lint_run integer NOT NULL,
  test_run integer NOT NULL,
  coverage_run integer NOT NULL,
  typecheck_run integer NOT NULL,
  security_run integer NOT NULL,
  build_failed integer NOT NULL,
  lint_failed integer NOT NULL,
  test_failed integer NOT NULL,
  coverage_failed integer NOT NULL,
  typecheck_failed integer NOT NULL,
  security_failed integer NOT NULL,
  input_ratio_0 integer NOT NULL,
  input_ratio_1 integer NOT NULL,
  input_ratio_2 integer NOT NULL,
  input_ratio_3 integer NOT NULL,
  input_ratio_4 integer NOT NULL,
  input_ratio_5 integer NOT NULL,
  input_ratio_6 integer NOT NULL,
  input_ratio_7 integer NOT NULL,
  input_ratio_8 integer NOT NULL,
  input_ratio_9 integer NOT NULL,
  input_ratio_10 integer NOT NULL,
  input_ratio_11 integer NOT NULL,
  input_ratio_12 integer NOT NULL,
  input_ratio_13 integer NOT NULL,
  output_ratio_0 integer NOT NULL,
  output_ratio_1 integer NOT NULL,
  output_ratio_2 integer NOT NULL,
  output_ratio_3 integer NOT NULL,
  output_ratio_4 integer NOT NULL,
  output_ratio_5 integer NOT NULL,
  output_ratio_6 integer NOT NULL,
  output_ratio_7 integer NOT NULL,
  output_ratio_8 integer NOT NULL,
  output_ratio_9 integer NOT NULL,
  output_ratio_10 integer NOT NULL,
  output_ratio_11 integer NOT NULL,
  output_ratio_12 integer NOT NULL,
  output_ratio_13 integer NOT NULL,
  cost_ratio_0 integer NOT NULL,
  cost_ratio_1 integer NOT NULL,
  cost_ratio_2 integer NOT NULL,
  cost_ratio_3 integer NOT NULL,
  cost_ratio_4 integer NOT NULL,
  cost_ratio_5 integer NOT NULL,
  cost_ratio_6 integer NOT NULL,
  cost_ratio_7 integer NOT NULL,
  cost_ratio_8 integer NOT NULL,
  cost_ratio_9 integer NOT NULL,
  cost_ratio_10 integer NOT NULL,
  cost_ratio_11 integer NOT NULL,
  cost_ratio_12 integer NOT NULL,
  cost_ratio_13 integer NOT NULL,
  day integer NOT NULL,
  model integer NOT NULL,
  weekly smallint NOT NULL,
  complexity smallint NOT NULL,
  provider smallint NOT NULL,
  harness smallint NOT NULL,
  task_type smallint NOT NULL,
  PRIMARY KEY (weekly, complexity, day, model, provider, harness, task_type)
) WITH (fillfactor=80, autovacuum_vacuum_scale_factor=0.05);
CREATE INDEX rollups_emptied ON mosaic_telemetry.rollups USING btree (tasks) WHERE (tasks = 0);

CREATE TABLE run_counts (
  agent_name text COLLATE "C" NOT NULL,
  job_type text COLLATE "C" NOT NULL,
  runs bigint NOT NULL,
  PRIMARY KEY (agent_name, job_type)
) WITH (fillfactor=50);

CREATE TABLE run_events (
  run_event_no bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  run_no bigint NOT NULL,
  event_id text COLLATE "C",
  event_type text NOT NULL,
  timestamp text NOT NULL,
  timestamp_us bigint NOT NULL,
  payload text,
  UNIQUE (run_no, event_id),
  PRIMARY KEY (run_event_no),
  FOREIGN KEY (run_no) REFERENCES runs(run_no) ON DELETE CASCADE
);
CREATE INDEX run_events_in_order ON mosaic_telemetry.run_events USING btree (run_no, timestamp_us, run_event_no);

CREATE TABLE runs (
  run_no bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  event_id text COLLATE "C" NOT NULL,
  run_id text NOT NULL,
  agent_name text COLLATE "C" NOT NULL,
  job_type text COLLATE "C" NOT NULL,
  start_time text NOT NULL,
  created_at text NOT NULL,
  end_time text,
  status text NOT NULL DEFAULT 'running'::text,
  trigger_type text,
  agent_owner text,
  host text,
  environment text,
  product text,
  product_family text,
  platform text,
  subdomain text,
  website text,
  website_section text,
  item_name text,
  items_discovered bigint NOT NULL DEFAULT 0,
  items_succeeded bigint NOT NULL DEFAULT 0,
  items_failed bigint NOT NULL DEFAULT 0,
  items_skipped bigint NOT NULL DEFAULT 0,
  duration_ms bigint NOT NULL DEFAULT 0,
  input_summary text,
  output_summary text,
  source_ref text,
  target_ref text,
  error_summary text,
  error_details text,
  git_repo text,
  git_branch text,
  git_run_tag text,
  git_commit_hash text,
  git_commit_source text,
  git_commit_author text,
  git_commit_timestamp text,
  metrics_json text,
  context_json text,
  insight_id text,
  parent_run_id text,
  api_posted bigint NOT NULL DEFAULT 0,
  api_posted_at text,
  api_retry_count bigint NOT NULL DEFAULT 0,
  created_at_us bigint NOT NULL,
  start_time_us bigint NOT NULL,
  updated_at_us bigint NOT NULL,
  presumed_end_time text,
  presumed_error text,
  UNIQUE (event_id),
  PRIMARY KEY (run_no)
);
CREATE INDEX runs_by_agent ON mosaic_telemetry.runs USING btree (agent_name, created_at_us DESC, run_no DESC);
CREATE INDEX runs_by_creation ON mosaic_telemetry.runs USING btree (created_at_us DESC, run_no DESC);
CREATE INDEX runs_by_job_type ON mosaic_telemetry.runs USING btree (job_type, created_at_us DESC, run_no DESC);
CREATE INDEX runs_by_parent ON mosaic_telemetry.runs USING btree ("left"(parent_run_id, 255), created_at_us DESC, run_no DESC) WHERE (parent_run_id IS NOT NULL);
CREATE INDEX runs_by_start ON mosaic_telemetry.runs USING btree (start_time_us);
CREATE INDEX runs_by_status ON mosaic_telemetry.runs USING btree (status, created_at_us DESC, run_no DESC);

CREATE TABLE saved_states (
  name text NOT NULL,
  revision bigint NOT NULL,
  position bigint NOT NULL,
  deletion_no bigint NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (name)
);

CREATE TABLE words (
  word_no integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  word text COLLATE "C" NOT NULL,
  UNIQUE (word),
  PRIMARY KEY (word_no)
);
