//! A gateway that is killed (-9) at any moment loses no event, and never says that it has come further than it has.
//!
//! Real processes, real sockets, real time: the stream is cut, repeats events and mixes its partitions, Security Hub throttles
//! and loses answers, and gateways are killed a hundred times at random moments while events come in.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod place;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::process::Child;
use tokio::time::sleep;

use place::Place;

/// Streams, each with a Security Hub and a gateway of its own, and how often each gateway is killed.
const STREAMS: u64 = 4;
const KILLS: u64 = 25;
/// How long a gateway lives at the most: it keeps its offsets at its start and then each second.
const LONGEST_LIFE_MS: u64 = 4_000;
/// Events that come before each start, of which every fifth passes no filter.
const EVENTS: u64 = 200;
const DEVICES: u64 = 10;
const MEMBER: &str = "444455556666";
/// How long what is left may take in the end.
const AT_MOST: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_killed_at_a_hundred_moments_loses_no_event_and_is_never_ahead_of_security_hub() {
    join_all((0..STREAMS).map(killed_again_and_again)).await;
}

async fn killed_again_and_again(seed: u64) {
    let place = Place::without_runbooks().await;
    let mut stream = Stream::prepare(&place).await;
    let folder = folder(seed);
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut checked = BTreeMap::new();
    for kill in 0..KILLS {
        stream.detect(&place).await;
        let mut gateway = gateway(&place, &folder);
        sleep(Duration::from_millis(chance.u64(..=LONGEST_LIFE_MS))).await;
        gateway.kill().await.unwrap();
        stream.hold(&offsets(&folder), &found(&place).await, &mut checked, kill);
    }
    assert_eq!(checked.len(), 2, "both partitions came further in spite of it");

    let mut last = gateway(&place, &folder);
    let begun = Instant::now();
    while !stream.is_settled(&offsets(&folder)) {
        assert!(begun.elapsed() < AT_MOST, "{:?}", offsets(&folder));
        sleep(Duration::from_millis(100)).await;
    }
    last.kill().await.unwrap();
    let found: BTreeSet<String> = found(&place).await.into_iter().collect();
    let wanted: BTreeSet<String> = stream.wanted().cloned().collect();
    assert_eq!(wanted.len() as u64, KILLS * EVENTS * 4 / 5);
    assert!(found == wanted, "{seed}: {} of {} are there", found.intersection(&wanted).count(), wanted.len());
    let letters = fs::read_to_string(folder.join("dead-letters.ndjson")).unwrap();
    assert_eq!(letters, "", "nothing was refused");
}

/// What stands in the stream.
struct Stream {
    /// By partition and offset, the id of the finding that an event must become.
    events: BTreeMap<u64, BTreeMap<u64, String>>,
    /// By partition, the offset of the last event.
    last: BTreeMap<u64, u64>,
    batches: u64,
}

impl Stream {
    async fn prepare(place: &Place) -> Self {
        let streams = json!({ "partitions": 2, "repeat": 5, "cutAfter": 150, "reorder": true });
        place.control("PUT", "falcon/streams", streams).await;
        let imports = "securityhub.BatchImportFindings";
        place.fault(json!({ "operation": imports, "fault": "rate:10/30" })).await;
        place.fault(json!({ "operation": imports, "fault": "lose-answer", "chance": 0.05 })).await;
        // Half of the devices are instances of a member, and Falcon does not know the others.
        let hosts: Vec<Value> = (0..DEVICES / 2).map(host).collect();
        place.control("POST", "falcon/hosts", json!(hosts)).await;
        Self { events: BTreeMap::new(), last: BTreeMap::new(), batches: 0 }
    }

    /// Events come, while no gateway runs: each has the next offset of its partition.
    async fn detect(&mut self, place: &Place) {
        let streams = place.control("GET", "falcon/streams", Value::Null).await;
        let mut next: Vec<u64> =
            streams.as_array().unwrap().iter().map(|partition| partition["next"].as_u64().unwrap()).collect();
        let devices: Vec<String> = (0..DEVICES).map(device).collect();
        let batch = self.batches;
        self.batches += 1;
        let (wanted, left_out) = (EVENTS * 4 / 5, EVENTS / 5);
        for (kind, count, severity) in [("low", left_out, "Informational"), ("high", wanted, "High")] {
            let template = detection(&format!("{batch}-{kind}-{{n}}"), severity);
            let sent = json!({ "template": template, "count": count, "devices": devices });
            place.control("POST", "falcon/events", sent).await;
            for number in 0..count {
                let partition = number % 2;
                let offset = &mut next[usize::try_from(partition).unwrap()];
                if kind == "high" {
                    let id = format!("crowdstrike:crowdstrike-falcon:0c1d:ind:{batch}-high-{number}");
                    self.events.entry(partition).or_default().insert(*offset, id);
                }
                self.last.insert(partition, *offset);
                *offset += 1;
            }
        }
    }

    fn wanted(&self) -> impl Iterator<Item = &String> {
        self.events.values().flat_map(BTreeMap::values)
    }

    /// Every event at or below a kept offset is a finding, and no offset has gone back.
    fn hold(&self, kept: &BTreeMap<u64, u64>, found: &HashSet<String>, checked: &mut BTreeMap<u64, u64>, kill: u64) {
        for (partition, offset) in kept {
            let before = checked.insert(*partition, *offset).unwrap_or_default();
            assert!(before <= *offset, "after kill {kill} partition {partition} went back from {before} to {offset}");
            let ahead = self.events[partition].range(..=offset).find(|(_, id)| !found.contains(*id));
            assert_eq!(ahead, None, "after kill {kill} partition {partition} claims everything up to {offset}");
        }
    }

    fn is_settled(&self, kept: &BTreeMap<u64, u64>) -> bool {
        self.last.iter().all(|(partition, last)| kept.get(partition).is_some_and(|kept| kept >= last))
    }
}

fn gateway(place: &Place, folder: &Path) -> Child {
    let log = fs::OpenOptions::new().append(true).create(true).open(folder.join("log")).unwrap();
    place
        .falconer(&["gateway"])
        .env("FALCONER_FALCON_CREDENTIALS", "/aws/reference/secretsmanager/falconer/falcon")
        .env("FALCONER_ACCOUNTS_EXTERNAL_ID", "falconer-sandbox")
        .env("FALCONER_GATEWAY_FROM", "oldest")
        .env("FALCONER_GATEWAY_COMMIT_SECONDS", "1")
        .env("FALCONER_GATEWAY_MAX_DELAY_MS", "100")
        .env("FALCONER_GATEWAY_FILTER_MIN_SEVERITY", "LOW")
        .env("FALCONER_GATEWAY_OFFSETS", format!("file:{}", folder.join("offsets.json").display()))
        .env("FALCONER_GATEWAY_DEAD_LETTERS", folder.join("dead-letters.ndjson"))
        .stdout(std::process::Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap()
}

/// The offsets that stand in the file, which is whole whenever the gateway dies.
fn offsets(folder: &Path) -> BTreeMap<u64, u64> {
    let text = fs::read_to_string(folder.join("offsets.json")).unwrap_or_else(|_| "{}".to_owned());
    serde_json::from_str(&text).unwrap()
}

/// The ids of the findings in all accounts: no finding is in two of them.
async fn found(place: &Place) -> HashSet<String> {
    let findings = place.control("GET", "findings", Value::Null).await;
    let findings = findings.as_array().unwrap();
    let ids: HashSet<String> = findings.iter().map(|finding| finding["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), findings.len(), "a finding is in two accounts");
    ids
}

fn folder(seed: u64) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("killed_gateway").join(seed.to_string());
    let _none_yet = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn device(number: u64) -> String {
    format!("{number:032x}")
}

fn host(number: u64) -> Value {
    json!({
        "device_id": device(number), "instance_id": format!("i-{number:017x}"), "service_provider": "AWS_EC2_V2",
        "service_provider_account_id": MEMBER, "zone_group": "us-east-1a", "hostname": format!("shop-{number}.example"),
    })
}

fn detection(name: &str, severity: &str) -> Value {
    json!({
        "CompositeId": format!("0c1d:ind:{name}"), "AgentId": "{device}", "Name": "Intel Detection",
        "Description": "A domain lookup matched an indicator.", "SeverityName": severity,
        "FileName": "service", "FilePath": "/opt/shop/bin/service", "CommandLine": "service --listen=127.0.0.1:8443",
        "IOCType": "domain", "IOCValue": "bad.example",
    })
}
