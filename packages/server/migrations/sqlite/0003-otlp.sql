-- Sessions of coding agents that OpenTelemetry told of. heard_at_ms is when anything of it last arrived; until
-- claimed_until_ms an importer makes the tasks of it, and the server makes none.
CREATE TABLE otlp_sessions (
  session_no INTEGER PRIMARY KEY,
  instance_no INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  heard_at_ms INTEGER NOT NULL,
  claimed_until_ms INTEGER NOT NULL DEFAULT 0,
  UNIQUE (instance_no, session_id)
) STRICT;

-- Model requests: numbers, ids and enumerations. request_key is 16 bytes of a hash of what makes a request one: its id,
-- else its place in its process, else its span. Plain text where events have codes: an agent makes a few a minute.
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
CREATE INDEX otlp_requests_by_session ON otlp_requests (session_no, request_no);
-- Those of which no task was made yet.
CREATE INDEX otlp_open_requests ON otlp_requests (session_no) WHERE settled = 0;

-- What happened between requests: where a prompt began, where context was compacted, where the provider failed.
CREATE TABLE otlp_marks (
  session_no INTEGER NOT NULL REFERENCES otlp_sessions (session_no),
  at_ms INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  kind TEXT NOT NULL,
  prompt_id TEXT,
  received_at_ms INTEGER NOT NULL,
  PRIMARY KEY (session_no, at_ms, sequence, kind)
) STRICT, WITHOUT ROWID;

-- Prompts whose task is made: what arrives later for one of them changes no event any more.
CREATE TABLE otlp_settled_prompts (
  session_no INTEGER NOT NULL REFERENCES otlp_sessions (session_no),
  prompt_id TEXT NOT NULL,
  PRIMARY KEY (session_no, prompt_id)
) STRICT, WITHOUT ROWID;

-- What metrics counted, to check the sums of requests by. A delta is a row of its own under its end; a cumulative stream
-- is one row under end 0 that grows. The sum over the rows of a session and type is its total, in either case.
CREATE TABLE otlp_points (
  session_no INTEGER NOT NULL REFERENCES otlp_sessions (session_no),
  type TEXT NOT NULL,
  stream_key BLOB NOT NULL,
  start_us INTEGER NOT NULL,
  end_us INTEGER NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (session_no, type, stream_key, start_us, end_us)
) STRICT, WITHOUT ROWID;
