"""Sends one event the way the Python SDK does, with nothing but the standard library.

Prints one JSON object: what was sent, and what each call has answered.
"""

import json
import sys
import urllib.request
import uuid
from datetime import datetime, timezone

BASE, INSTANCE_ID, API_KEY = sys.argv[1:4]


def post(path, body):
    request = urllib.request.Request(BASE + path, data=json.dumps(body).encode("utf-8"), method="POST")
    request.add_header("Content-Type", "application/json")
    request.add_header("Authorization", "Bearer " + API_KEY)
    request.add_header("User-Agent", "mosaicstack-telemetry-python/0.1.0")
    with urllib.request.urlopen(request, timeout=10) as response:
        return {"status": response.status, "body": json.loads(response.read().decode("utf-8"))}


event = {
    "instance_id": str(uuid.UUID(INSTANCE_ID)),
    "event_id": str(uuid.uuid4()),
    "schema_version": "1.0",
    "timestamp": datetime.now(timezone.utc).isoformat(timespec="microseconds"),
    "task_duration_ms": 45000,
    "task_type": "implementation",
    "complexity": "medium",
    "harness": "claude_code",
    "model": "claude-sonnet-4-5 \N{ROCKET}",
    "provider": "anthropic",
    "estimated_input_tokens": 105000,
    "estimated_output_tokens": 45000,
    "actual_input_tokens": 112340,
    "actual_output_tokens": 38760,
    "estimated_cost_usd_micros": 630000,
    "actual_cost_usd_micros": 919200,
    "quality_gate_passed": True,
    "quality_gates_run": ["build", "lint"],
    "quality_gates_failed": [],
    "context_compactions": 2,
    "context_rotations": 0,
    "context_utilization_final": 1.0,
    "outcome": "success",
    "retry_count": 0,
    "language": None,
    "repo_size_category": None,
}
query = {name: event[name] for name in ("task_type", "model", "provider", "complexity")}

json.dump(
    {
        "event": event,
        "sent": post("/v1/events/batch", {"events": [event]}),
        "sent_again": post("/v1/events/batch", {"events": [event]}),
        "prediction": post("/v1/predictions/batch", {"queries": [query]}),
    },
    sys.stdout,
)
