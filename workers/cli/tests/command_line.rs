//! The commands as a person types them: output, exit codes, refusals.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod place;

use serde_json::Value;
use tokio::process::Command;

use place::{Place, ended};

const FORM: &str = r#"{"indicators":[{"type":"domain","value":"evil.example"}],"reason":"case 42"}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn run_follows_an_execution_and_blocks_shows_and_releases_what_it_did() {
    let place = Place::open().await;
    let _worker = place.worker();

    let (code, out, err) = ended(&mut place.falconer(&["run", "contain-finding", "--input", "-"]), FORM).await;
    assert_eq!(code, 0, "{out}{err}");
    for state in ["PlanContainment", "BlockIndicators", "CheckEnforcement", "RecordOutcome"] {
        assert!(out.contains(state), "{state} is missing in:\n{out}");
    }
    assert!(out.contains("SUCCEEDED") && !out.contains('\u{1b}'), "plain lines where there is no terminal:\n{out}");

    let (code, out, _) = ended(&mut place.falconer(&["blocks", "list"]), "").await;
    assert_eq!(code, 0);
    assert!(out.lines().nth(1).unwrap().starts_with("evil.example  drop"), "{out}");

    let (code, out, _) = ended(&mut place.falconer(&["blocks", "list", "--json"]), "").await;
    assert_eq!(code, 0);
    let block: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    assert_eq!(block["entry"]["indicator"]["value"], "evil.example");

    let (code, out, _) = ended(&mut place.falconer(&["blocks", "release", "evil.example", "--dry-run"]), "").await;
    assert_eq!((code, out.contains("would be released")), (0, true), "{out}");
    assert!(place.rules().await.contains("evil.example"));

    let (code, out, _) = ended(&mut place.falconer(&["blocks", "release", "evil.example"]), "").await;
    assert_eq!((code, out.contains("released")), (0, true), "{out}");
    assert!(!place.rules().await.contains("evil.example"));

    let (code, out, _) = ended(&mut place.falconer(&["blocks", "release", "evil.example"]), "").await;
    assert_eq!((code, out.contains("not held")), (1, true), "{out}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_is_told_where_its_activities_are_does_not_ask() {
    let place = Place::open().await;
    let mut worker = place.falconer(&["worker"]);
    worker.env("FALCONER_WORKER_ACTIVITY_ARNS", "arn:aws:states:us-east-1:111122223333:activity:");
    let _worker = worker.spawn().unwrap();
    let machine = "arn:aws:states:us-east-1:111122223333:stateMachine:contain-finding";
    let (code, out, err) = ended(&mut place.falconer(&["run", machine, "--input", "-"]), FORM).await;
    assert_eq!(code, 0, "{out}{err}");
    assert_eq!(place.calls("states.ListActivities").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_of_some_activities_polls_those_alone_and_tells_that_it_is_healthy() {
    let place = Place::open().await;
    let port = free_port().await;
    let mut worker = place.falconer(&["worker", "--activities", "PlanCheck,SummarizeCheck"]);
    worker.env("FALCONER_WORKER_HEALTH", format!("0.0.0.0:{port}")).env("FALCONER_WORKER_SLOTS", "2");
    let mut worker = worker.spawn().unwrap();
    // Each keeps one slot, and so one poll; the others' polls would be as many again.
    place.called("states.GetActivityTask", 2).await;
    let mut health = place.falconer(&["health"]);
    health.env("FALCONER_WORKER_HEALTH", format!("0.0.0.0:{port}"));
    let (code, out, err) = ended(&mut health, "").await;
    assert_eq!(
        (code, out.as_str()),
        (0, &*format!("http://127.0.0.1:{port}/healthz: {{\"healthy\":true}}\n")),
        "{err}"
    );
    let (code, out, _) = ended(&mut place.falconer(&["health", &format!("http://127.0.0.1:{port}/nowhere")]), "").await;
    assert_eq!((code, out.contains("404")), (1, true), "{out}");
    assert_eq!(place.calls("states.GetActivityTask").await, 2);

    worker.kill().await.unwrap();
    let (code, out, _) = ended(&mut health, "").await;
    assert_eq!((code, out.lines().count()), (1, 1), "{out}");
}

/// A port on which nobody listens at the moment.
async fn free_port() -> u16 {
    tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_execution_exits_with_1_and_says_why() {
    let place = Place::open().await;
    let _worker = place.worker();
    let (code, out, err) = ended(&mut place.falconer(&["run", "contain-finding", "--input", "-"]), "{}").await;
    assert_eq!(code, 1, "{out}{err}");
    assert!(out.contains("failed Input.Invalid: ") && out.contains("FAILED"), "{out}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_usage_exits_with_2_and_starts_nothing() {
    let place = Place::open().await;
    let cases: [(&[&str], &str, &str); 8] = [
        (&["run", "contain-finding", "--input", "-"], "{not json", "is not JSON"),
        (&["run", "contain-finding", "--input", "/nowhere/at-all"], "", "/nowhere/at-all"),
        (&["blocks", "release", "\";) drop ip any any -> any any ("], "", "neither a domain name"),
        (&["sandbox", "--listen", "0.0.0.0:0"], "", "loopback"),
        (
            &["worker", "--activities", "PlanCheck,Fly"],
            "",
            "worker.activities: there is no Fly; there are PlanContainment,",
        ),
        (&["worker", "--activities", ""], "", "a value is required"),
        (&["health", "https://127.0.0.1:8080"], "", "http://127.0.0.1:8080"),
        (&["fly"], "", "unrecognized subcommand"),
    ];
    for (arguments, input, says) in cases {
        let (code, out, err) = ended(&mut place.falconer(arguments), input).await;
        assert_eq!(code, 2, "{arguments:?}: {out}{err}");
        assert!(err.contains(says), "{arguments:?}: {err}");
    }
    assert_eq!(place.calls("states.StartExecution").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_runbook_or_a_service_that_is_not_there_exits_with_3() {
    let place = Place::open().await;
    let (code, _, err) = ended(&mut place.falconer(&["run", "make-tea"]), "").await;
    assert_eq!((code, err.contains("make-tea")), (3, true), "{err}");
    let nobody = ("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    let (code, _, err) = ended(place.falconer(&["blocks", "list"]).env(nobody.0, nobody.1), "").await;
    assert_eq!(code, 3, "{err}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_problem_of_the_environment_is_told_at_once() {
    let place = Place::open().await;
    let mut worker = place.falconer(&["worker"]);
    worker.env("FALCONER_WORKER_SLOTS", "none").env("FALCONER_GARD_OWN", "10.0.0.0/8");
    let (code, _, err) = ended(&mut worker, "").await;
    assert_eq!(code, 2);
    assert!(err.contains("worker.slots") && err.contains("FALCONER_GARD_OWN"), "{err}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_whose_guard_cannot_be_read_says_so_and_takes_no_task() {
    let place = Place::open().await;
    for (variable, says) in [("FALCONER_GUARD_OWN", "guard.own[0]"), ("FALCONER_CONFIG", "cannot be read")] {
        let (code, _, err) = ended(place.falconer(&["worker"]).env(variable, "not a name"), "").await;
        assert_eq!((code, err.contains(says)), (2, true), "{err}");
    }
    assert_eq!(place.calls("states.GetActivityTask").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sandbox_prints_one_line_of_json_when_it_is_ready_and_stops_at_sigterm() {
    use tokio::io::{AsyncBufReadExt as _, BufReader};
    let place = Place::open().await;
    let mut child = place.falconer(&["sandbox", "--listen", "127.0.0.1:0", "--with-worker"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready: Value = serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
    assert!(ready["endpoint"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    for (key, value) in [("region", "us-east-1"), ("account", "111122223333")] {
        assert_eq!(ready[key], value);
    }
    assert!(ready["accounts"].as_array().unwrap().len() > 1);
    let id = child.id().unwrap().to_string();
    Command::new("kill").args(["-TERM", &id]).status().await.unwrap();
    assert_eq!(child.wait().await.unwrap().code(), Some(0));
}
