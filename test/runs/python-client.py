"""Does with the agent-run API what its existing Python clients do, with nothing but the standard library.

Prints one JSON object: what each call has answered. The test beside it knows what must be there.
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid
from datetime import datetime, timedelta, timezone

BASE = sys.argv[1]


def call(method, path, body=None, headers=None):
    data = None if body is None else json.dumps(body).encode("utf-8")
    request = urllib.request.Request(BASE + path, data=data, method=method, headers=dict(headers or {}))
    if data is not None:
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            status, text = response.status, response.read().decode("utf-8")
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read().decode("utf-8")
    try:
        return {"status": status, "body": json.loads(text)}
    except ValueError:
        return {"status": status, "body": text}


def new_run(**fields):
    """A record as the client's dataclass is dumped: every field, most of them null."""
    now = datetime.now(timezone.utc)
    run = {
        "event_id": str(uuid.uuid4()),
        "run_id": now.strftime("%Y%m%dT%H%M%SZ") + "-hugo-translator-" + uuid.uuid4().hex[:8],
        "schema_version": 6,
        "record_type": "run",
        "agent_name": "hugo-translator",
        "agent_owner": None,
        "job_type": "translate",
        "trigger_type": "cli",
        "start_time": now.isoformat(),
        "end_time": None,
        "created_at": now.isoformat(),
        "updated_at": now.isoformat(),
        "status": "running",
        "items_discovered": 0,
        "items_succeeded": 0,
        "items_failed": 0,
        "items_skipped": 0,
        "duration_ms": 0,
        "error_summary": None,
        "metrics_json": None,
        "context_json": None,
        "parent_run_id": None,
        "git_repo": "git@github.com:mosaic/agents.git",
        "git_branch": "main",
        "git_commit_hash": None,
        "git_commit_source": None,
        "api_posted": False,
        "api_posted_at": None,
        "api_retry_count": 0,
    }
    run.update(fields)
    return run


def main():
    run = new_run()
    path = "/api/v1/runs/" + run["event_id"]
    results = {"sent": run}
    results["created"] = call("POST", "/api/v1/runs", run)
    results["duplicate"] = call("POST", "/api/v1/runs", run)
    results["patched"] = call(
        "PATCH",
        path,
        {
            "status": "success",
            "end_time": (datetime.now(timezone.utc) + timedelta(seconds=5)).isoformat(),
            "duration_ms": 5000,
            "items_succeeded": 10,
            "error_summary": None,
            "metrics_json": json.dumps({"pages": 10}),
        },
    )
    results["committed"] = call(
        "POST",
        path + "/associate-commit",
        {
            "commit_hash": "a" * 40,
            "commit_source": "llm",
            "commit_author": "Ada <ada@example.org>",
            "commit_timestamp": datetime.now(timezone.utc).isoformat(),
        },
    )
    results["read"] = call("GET", path)
    results["commit_url"] = call("GET", path + "/commit-url")
    results["repo_url"] = call("GET", path + "/repo-url")

    children = [new_run(parent_run_id=run["run_id"], job_type="chapter", status="failed") for _ in range(3)]
    results["batch"] = call("POST", "/api/v1/runs/batch", children + [{"event_id": "incomplete"}])
    results["batch_again"] = call("POST", "/api/v1/runs/batch", {"runs": children})

    def query(**parameters):
        return call("GET", "/api/v1/runs?" + urllib.parse.urlencode(parameters))

    hour_ago = (datetime.now(timezone.utc) - timedelta(hours=1)).isoformat()
    results["by_parent"] = query(parent_run_id=run["run_id"], status="failed", limit=2)
    results["by_agent"] = query(agent_name="hugo-translator", created_after=hour_ago)
    results["too_early"] = query(start_time_to=hour_ago)
    results["bad_status"] = query(status="asleep")
    results["bad_limit"] = query(limit=5000)
    results["unknown"] = call("PATCH", "/api/v1/runs/" + str(uuid.uuid4()), {"status": "success"})
    results["refused"] = call("POST", "/api/v1/runs", {"event_id": "no-more-than-this"})

    results["metadata"] = call("GET", "/api/v1/metadata")
    results["metrics"] = call("GET", "/metrics")
    results["health"] = call("GET", "/health")
    print(json.dumps(results))


main()
