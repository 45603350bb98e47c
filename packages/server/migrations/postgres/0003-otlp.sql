-- Sessions of coding agents that OpenTelemetry told of. heard_at_ms is when anything of it last arrived; until
-- claimed_until_ms an importer makes the tasks of it, and the server makes none.
CREATE TABLE otlp_sessions (
  session_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  instance_no integer NOT NULL REFERENCES instances (instance_no),
  session_id text NOT NULL,
  heard_at_ms bigint NOT NULL,
  claimed_until_ms bigint NOT NULL DEFAULT 0,
  UNIQUE (instance_no, session_id)
);

-- Model requests: numbers, ids and enumerations. request_key is 16 bytes of a hash of what makes a request one: its id,
-- else its place in its process, else its span. Plain text where events have codes: an agent makes a few a minute.
CREATE TABLE otlp_requests (
  request_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  instance_no integer NOT NULL,
  session_no bigint NOT NULL REFERENCES otlp_sessions (session_no),
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
  UNIQUE (instance_no, request_key)
);
CREATE INDEX otlp_requests_by_session ON otlp_requests (session_no, request_no);
-- Those of which no task was made yet.
CREATE INDEX otlp_open_requests ON otlp_requests (session_no) WHERE settled = 0;

-- What happened between requests: where a prompt began, where context was compacted, where the provider failed.
CREATE TABLE otlp_marks (
  session_no bigint NOT NULL REFERENCES otlp_sessions (session_no),
  at_ms bigint NOT NULL,
  sequence bigint NOT NULL,
  kind text NOT NULL,
  prompt_id text,
  received_at_ms bigint NOT NULL,
  PRIMARY KEY (session_no, at_ms, sequence, kind)
);

-- Prompts whose task is made: what arrives later for one of them changes no event any more.
CREATE TABLE otlp_settled_prompts (
  session_no bigint NOT NULL REFERENCES otlp_sessions (session_no),
  prompt_id text NOT NULL,
  PRIMARY KEY (session_no, prompt_id)
);

-- What metrics counted, to check the sums of requests by. A delta is a row of its own under its end; a cumulative stream
-- is one row under end 0 that grows. The sum over the rows of a session and type is its total, in either case.
CREATE TABLE otlp_points (
  session_no bigint NOT NULL REFERENCES otlp_sessions (session_no),
  type text NOT NULL,
  stream_key bytea NOT NULL,
  start_us bigint NOT NULL,
  end_us bigint NOT NULL,
  value double precision NOT NULL,
  PRIMARY KEY (session_no, type, stream_key, start_us, end_us)
);
