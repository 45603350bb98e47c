-- The importer's memory. Everything here is local: nothing but finished events leaves the machine.

CREATE TABLE files (
  file_no INTEGER PRIMARY KEY,
  harness TEXT NOT NULL,
  path TEXT NOT NULL UNIQUE,
  -- Device, inode, size and time of change: while they are the same, nobody has written.
  stamp TEXT NOT NULL,
  -- Everything before is in the ledger.
  read_bytes INTEGER NOT NULL,
  -- Of the beginning and the end of what was read: tells a file that grew from one that was written again.
  read_hash TEXT NOT NULL,
  -- JSON: what the parser needs to go on.
  state TEXT,
  -- JSON: how often each reading issue was met.
  issues TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (
  session_no INTEGER PRIMARY KEY,
  harness TEXT NOT NULL,
  session TEXT NOT NULL,
  -- Facts have come since its tasks were built.
  is_dirty INTEGER NOT NULL DEFAULT 1,
  -- JSON: what is known to be missing from what belongs to the session alone.
  missing TEXT NOT NULL DEFAULT '[]',
  UNIQUE (harness, session)
) STRICT;

CREATE INDEX dirty_sessions ON sessions (session_no) WHERE is_dirty = 1;

-- Every name under which facts refer to a task: prompts, tool calls that started subagents, subagents, and '' for what
-- belongs to the session alone.
CREATE TABLE prompts (
  prompt_no INTEGER PRIMARY KEY,
  session_no INTEGER NOT NULL REFERENCES sessions,
  prompt TEXT NOT NULL,
  -- When a person wrote it; null for a name that is no prompt.
  started_ms INTEGER,
  -- The log says that it was copied from another session.
  is_copy INTEGER NOT NULL DEFAULT 0,
  -- The name that this one stands for, as the log says.
  also_called INTEGER REFERENCES prompts,
  -- The task that its requests count for, once that is found out; null is the session alone.
  task_no INTEGER,
  UNIQUE (session_no, prompt)
) STRICT;

CREATE INDEX tasks_by_prompt ON prompts (prompt) WHERE started_ms IS NOT NULL;
CREATE INDEX prompts_by_task ON prompts (task_no) WHERE task_no IS NOT NULL;

-- What one file says about one prompt, apart from requests.
CREATE TABLE stretches (
  file_no INTEGER NOT NULL REFERENCES files,
  prompt_no INTEGER NOT NULL REFERENCES prompts,
  -- The subagent that did it; '' is the main thread.
  subagent TEXT NOT NULL,
  activity TEXT NOT NULL,
  PRIMARY KEY (file_no, prompt_no, subagent)
) STRICT, WITHOUT ROWID;

CREATE INDEX stretches_by_prompt ON stretches (prompt_no);

CREATE TABLE models (
  model_no INTEGER PRIMARY KEY,
  model TEXT NOT NULL,
  provider TEXT NOT NULL,
  UNIQUE (model, provider)
) STRICT;

-- One row per response of a model, however many copies the logs have of it.
CREATE TABLE requests (
  request_no INTEGER PRIMARY KEY,
  harness TEXT NOT NULL,
  -- Request id, '|', response id.
  request_key TEXT NOT NULL,
  prompt_no INTEGER NOT NULL REFERENCES prompts,
  at_ms INTEGER NOT NULL,
  model_no INTEGER NOT NULL REFERENCES models,
  role TEXT NOT NULL,
  is_sidechain INTEGER NOT NULL,
  subagent TEXT,
  fresh_input INTEGER NOT NULL,
  cache_read INTEGER NOT NULL,
  cache_write_5m INTEGER NOT NULL,
  cache_write_1h INTEGER NOT NULL,
  -- As its log has it; `otlp_output` and then `repaired_output` are better, where they are known.
  output INTEGER NOT NULL,
  reasoning INTEGER NOT NULL,
  is_output_partial INTEGER NOT NULL,
  is_fast INTEGER NOT NULL,
  web_searches INTEGER NOT NULL,
  duration_ms INTEGER,
  context_window INTEGER,
  -- What the agent's log says it cost.
  stated_nano_usd INTEGER,
  -- Bits: 1 transcript, 2 OpenTelemetry, 4 cost state, 8 SDK.
  sources INTEGER NOT NULL,
  otlp_output INTEGER,
  otlp_nano_usd INTEGER,
  repaired_output INTEGER,
  -- What it counts for; null is unknown, which is not 0.
  cost_nano_usd INTEGER,
  cost_source TEXT,
  UNIQUE (request_key, harness)
) STRICT;

CREATE INDEX requests_by_prompt ON requests (prompt_no);
CREATE INDEX requests_by_time ON requests (at_ms);
-- Those that telemetry told and no log so far.
CREATE INDEX otlp_requests ON requests (request_no) WHERE sources = 2;
CREATE INDEX unpriced_requests ON requests (model_no) WHERE cost_nano_usd IS NULL;

-- The true output of a subagent's last response, as the log of the thread that started it says.
CREATE TABLE subagent_ends (
  session_no INTEGER NOT NULL REFERENCES sessions,
  subagent TEXT NOT NULL,
  output INTEGER NOT NULL,
  PRIMARY KEY (session_no, subagent)
) STRICT, WITHOUT ROWID;

-- What an agent counted for a whole session, one row per file that says it.
CREATE TABLE session_totals (
  session_no INTEGER NOT NULL REFERENCES sessions,
  file_no INTEGER NOT NULL REFERENCES files,
  at_ms INTEGER NOT NULL,
  until_ms INTEGER,
  models TEXT NOT NULL,
  PRIMARY KEY (session_no, file_no)
) STRICT, WITHOUT ROWID;

-- Built from all of the above, and built again whenever it changes.
CREATE TABLE tasks (
  task_no INTEGER PRIMARY KEY REFERENCES prompts,
  session_no INTEGER NOT NULL REFERENCES sessions,
  event_id TEXT NOT NULL UNIQUE,
  started_ms INTEGER NOT NULL,
  ended_ms INTEGER NOT NULL,
  -- Local only.
  project TEXT,
  -- Local only.
  branch TEXT,
  task_type TEXT NOT NULL,
  has_successor INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT;

CREATE INDEX tasks_by_session ON tasks (session_no);
CREATE INDEX tasks_by_end ON tasks (ended_ms);

-- What was handed over for sending. The server keeps the first event of an id, so a task is sent once.
CREATE TABLE sent (
  harness TEXT NOT NULL,
  prompt TEXT NOT NULL,
  event_id TEXT NOT NULL UNIQUE,
  sent_at_ms INTEGER NOT NULL,
  -- SHA-256 of the numbers: shows when a task has changed after it was sent.
  digest TEXT NOT NULL,
  PRIMARY KEY (harness, prompt)
) STRICT, WITHOUT ROWID;

-- What we predicted for a prompt when it was submitted.
CREATE TABLE estimates (
  prompt TEXT PRIMARY KEY,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  cost_usd_micros INTEGER NOT NULL,
  made_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE notes (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
