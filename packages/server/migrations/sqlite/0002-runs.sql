-- One row per execution of an agent. Times are kept as they were written; those that are compared or ordered stand
-- beside them in microseconds since 1970.
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

-- Lists are newest first, a page at a time. Each index is in the order of the list, run_no included (named, because what
-- follows it would otherwise stand before it), and holds the start time, so that a filter by it reads no rows.
CREATE INDEX runs_by_creation ON runs (created_at_us, run_no, start_time_us);
CREATE INDEX runs_by_agent ON runs (agent_name, created_at_us, run_no, start_time_us);
CREATE INDEX runs_by_status ON runs (status, created_at_us, run_no, start_time_us);
CREATE INDEX runs_by_job_type ON runs (job_type, created_at_us, run_no, start_time_us);
CREATE INDEX runs_by_parent ON runs (parent_run_id, created_at_us, run_no, start_time_us)
  WHERE parent_run_id IS NOT NULL;
CREATE INDEX runs_by_start ON runs (start_time_us, created_at_us);

-- When the runs were recorded that began on a UTC day (days since 1970): a list of runs that began within some days looks
-- nowhere else. Kept by the transactions that create runs.
CREATE TABLE run_start_days (
  start_day INTEGER PRIMARY KEY,
  first_created_us INTEGER NOT NULL,
  last_created_us INTEGER NOT NULL
) STRICT;

-- How many runs there are of each agent and job, so that counting reads a few rows instead of a million. Kept by the
-- transactions that create runs: a trigger costs each run 2.5 microseconds, a fifth of its write.
CREATE TABLE run_counts (
  agent_name TEXT NOT NULL,
  job_type TEXT NOT NULL,
  runs INTEGER NOT NULL,
  PRIMARY KEY (agent_name, job_type)
) STRICT, WITHOUT ROWID;

-- What happened within a run, in the order in which it happened there.
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
