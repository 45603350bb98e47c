-- One row per execution of an agent. Times are kept as they were written; those that are compared or ordered stand
-- beside them in microseconds since 1970.
CREATE TABLE runs (
  run_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id text COLLATE "C" NOT NULL UNIQUE,
  run_id text NOT NULL,
  agent_name text COLLATE "C" NOT NULL,
  job_type text COLLATE "C" NOT NULL,
  start_time text NOT NULL,
  created_at text NOT NULL,
  end_time text,
  status text NOT NULL DEFAULT 'running',
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
  -- Set while the status is the server's guess that a silent run has timed out. They stand beside what the client said,
  -- never over it, so that its own word finds everything as it was.
  presumed_end_time text,
  presumed_error text
);

-- Lists are newest first, a page at a time. Each index is in the order of the list.
CREATE INDEX runs_by_creation ON runs (created_at_us DESC, run_no DESC);
CREATE INDEX runs_by_agent ON runs (agent_name, created_at_us DESC, run_no DESC);
CREATE INDEX runs_by_status ON runs (status, created_at_us DESC, run_no DESC);
CREATE INDEX runs_by_job_type ON runs (job_type, created_at_us DESC, run_no DESC);
-- A parent's id may be longer than an index takes, so its beginning leads to it.
CREATE INDEX runs_by_parent ON runs (left(parent_run_id, 255), created_at_us DESC, run_no DESC)
  WHERE parent_run_id IS NOT NULL;
CREATE INDEX runs_by_start ON runs (start_time_us);

-- How many runs there are of each agent and job, so that counting reads a few rows instead of a million. Kept by the
-- transactions that create runs.
CREATE TABLE run_counts (
  agent_name text COLLATE "C" NOT NULL,
  job_type text COLLATE "C" NOT NULL,
  runs bigint NOT NULL,
  PRIMARY KEY (agent_name, job_type)
) WITH (fillfactor = 50);

-- What happened within a run, in the order in which it happened there.
CREATE TABLE run_events (
  run_event_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_no bigint NOT NULL REFERENCES runs (run_no) ON DELETE CASCADE,
  event_id text COLLATE "C",
  event_type text NOT NULL,
  timestamp text NOT NULL,
  timestamp_us bigint NOT NULL,
  payload text,
  UNIQUE (run_no, event_id)
);
CREATE INDEX run_events_in_order ON run_events (run_no, timestamp_us, run_event_no);
