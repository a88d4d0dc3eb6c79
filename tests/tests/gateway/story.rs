//! A gateway in a house of its own.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_securityhub::types::{AwsSecurityFinding, AwsSecurityFindingFilters, StringFilter, StringFilterComparison};
use falconer_activities::clock::Clock;
use falconer_cli::commands::gateway::{self, FollowFailure};
use falconer_cli::config::{self, Place};
use falconer_runtime::Shutdown;
use falconer_tests::house::House;
use falconer_tests::log_book::LogBook;
use falconer_tests::wire::InProcess;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tracing::subscriber::DefaultGuard;

/// The hub's account.
pub(crate) const HUB: &str = "111122223333";

/// How often it is looked whether something has come true, and for how long.
const LOOK: Duration = Duration::from_millis(100);
const AT_MOST: Duration = Duration::from_secs(3_600);

/// The sandbox, a folder for what outlives a gateway, and the gateway that runs.
pub(crate) struct Story {
    pub(crate) house: Arc<House>,
    /// The gateway's way to AWS.
    pub(crate) sdk: SdkConfig,
    pub(crate) folder: PathBuf,
    pub(crate) shutdown: Shutdown,
    running: Option<JoinHandle<Result<(), FollowFailure>>>,
    metrics: Metrics,
    log: LogBook,
    _logging: Option<DefaultGuard>,
}

/// Where metric lines go.
#[derive(Clone, Default)]
struct Metrics(Arc<Mutex<Vec<u8>>>);

impl Write for Metrics {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Story {
    /// A house in which no gateway runs. The name is the story's own.
    pub(crate) async fn open(name: &str) -> Self {
        let (log, logging) = LogBook::of_this_thread();
        let house = Arc::new(House::without_runbooks().await);
        Self {
            sdk: house.sdk.clone(),
            house,
            folder: folder(name),
            shutdown: Shutdown::new(),
            running: None,
            metrics: Metrics::default(),
            log,
            _logging: Some(logging),
        }
    }

    /// The same house with a folder of its own.
    pub(crate) fn beside(&self, name: &str) -> Self {
        Self {
            house: Arc::clone(&self.house),
            sdk: self.sdk.clone(),
            folder: folder(name),
            shutdown: Shutdown::new(),
            running: None,
            metrics: Metrics::default(),
            log: self.log.clone(),
            _logging: None,
        }
    }

    /// The same with a gateway that begins with the oldest event.
    pub(crate) async fn begin(name: &str) -> Self {
        let mut story = Self::open(name).await;
        story.start(&[]);
        story
    }

    /// Starts a gateway with these keys, `GATEWAY_FROM`, over those that every story has.
    pub(crate) fn start(&mut self, keys: &[(&str, &str)]) {
        self.start_with(keys, false);
    }

    /// The same, but it begins anew.
    pub(crate) fn start_anew(&mut self, keys: &[(&str, &str)]) {
        self.start_with(keys, true);
    }

    fn start_with(&mut self, keys: &[(&str, &str)], anew: bool) {
        let (offsets, letters) = (self.folder.join("offsets.json"), self.folder.join("dead-letters.ndjson"));
        let mut variables = BTreeMap::from([
            ("FALCON_CLOUD", "https://sandbox.test/falcon".to_owned()),
            ("GATEWAY_FROM", "oldest".to_owned()),
            ("GATEWAY_OFFSETS", format!("file:{}", offsets.display())),
            ("GATEWAY_DEAD_LETTERS", letters.display().to_string()),
        ]);
        variables.extend(keys.iter().map(|(key, value)| (*key, (*value).to_owned())));
        let variables = variables.into_iter().map(|(key, value)| (format!("FALCONER_{key}"), value));
        let config = config::parse("", variables, Place::Sandbox).unwrap();
        let falcon = Arc::new(InProcess(self.house.sandbox.clone()));
        let (sdk, metrics, house_clock) = (self.sdk.clone(), self.metrics.clone(), self.house.clock());
        self.shutdown = Shutdown::new();
        let shutdown = self.shutdown.clone();
        self.running = Some(tokio::spawn(async move {
            let clock = Clock::driven_by(move || house_clock.now());
            gateway::follow(&sdk, falcon, config, anew, clock, metrics, shutdown).await
        }));
    }

    /// Asks the gateway to stop, and waits until it has.
    pub(crate) async fn stop(&mut self) -> Result<(), FollowFailure> {
        self.shutdown.request();
        self.ended().await
    }

    /// Waits until the gateway has ended.
    pub(crate) async fn ended(&mut self) -> Result<(), FollowFailure> {
        self.running.take().unwrap().await.unwrap()
    }

    /// Something is detected, in turn over the partitions.
    pub(crate) async fn detect(&self, event: Value) {
        self.house.control("POST", "falcon/events", json!({ "event": event })).await;
    }

    /// The same in this partition.
    pub(crate) async fn detect_in(&self, partition: u32, event: Value) {
        self.house.control("POST", "falcon/events", json!({ "event": event, "partition": partition })).await;
    }

    /// Many events of one template.
    pub(crate) async fn detect_many(&self, template: Value, count: u64) {
        self.house.control("POST", "falcon/events", json!({ "template": template, "count": count })).await;
    }

    /// Falcon knows this host.
    pub(crate) async fn host(&self, host: Value) {
        self.house.control("POST", "falcon/hosts", host).await;
    }

    pub(crate) async fn no_faults(&self) {
        self.house.control("DELETE", "faults", Value::Null).await;
    }

    /// The offset that comes next in a partition.
    pub(crate) async fn next_offset(&self, partition: usize) -> u64 {
        let streams = self.house.control("GET", "falcon/streams", Value::Null).await;
        streams[partition]["next"].as_u64().unwrap()
    }

    /// The ids of the findings of Falcon in an account, in their order.
    pub(crate) async fn ids(&self, account: &str) -> Vec<String> {
        self.findings(account).await.into_iter().filter_map(|finding| finding.id).collect()
    }

    /// The findings of Falcon in an account, in the order of their ids.
    pub(crate) async fn findings(&self, account: &str) -> Vec<AwsSecurityFinding> {
        let equals =
            |value: &str| StringFilter::builder().value(value).comparison(StringFilterComparison::Equals).build();
        let filters =
            AwsSecurityFindingFilters::builder().aws_account_id(equals(account)).generator_id(equals("Falcon Host"));
        let client = aws_sdk_securityhub::Client::new(&self.house.as_account(account));
        let mut pages = client.get_findings().filters(filters.build()).into_paginator().items().send();
        let mut findings = Vec::new();
        while let Some(finding) = pages.next().await {
            findings.push(finding.unwrap());
        }
        findings.sort_by(|one, other| one.id().cmp(&other.id()));
        findings
    }

    /// Waits until as many findings of Falcon are in an account.
    pub(crate) async fn until_found(&self, account: &str, count: usize) {
        let has_come = async || {
            let findings = self.house.control("GET", "findings", Value::Null).await;
            findings.as_array().unwrap().iter().filter(|finding| finding["account"] == account).count() >= count
        };
        self.until(&format!("{count} findings in {account}"), has_come).await;
    }

    /// Waits until this is in the log.
    pub(crate) async fn until_logged(&self, words: &str) {
        self.until(words, async || self.log().contains(words)).await;
    }

    /// Waits until it has come true.
    pub(crate) async fn until(&self, what: &str, has_come: impl AsyncFn() -> bool) {
        let begun = Instant::now();
        while !has_come().await {
            assert!(begun.elapsed() < AT_MOST, "never: {what}\n{}", self.log());
            sleep(LOOK).await;
        }
    }

    /// The lines of the dead letters.
    pub(crate) fn dead_letters(&self) -> Vec<Value> {
        self.letters().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub(crate) fn count_dead_letters(&self) -> usize {
        self.letters().lines().count()
    }

    fn letters(&self) -> String {
        fs::read_to_string(self.folder.join("dead-letters.ndjson")).unwrap_or_default()
    }

    /// The offsets in the file, by partition.
    pub(crate) fn offsets(&self) -> BTreeMap<u32, u64> {
        let text = fs::read_to_string(self.folder.join("offsets.json")).unwrap_or_else(|_| "{}".to_owned());
        serde_json::from_str(&text).unwrap()
    }

    /// The sum of a metric over all its lines.
    pub(crate) fn metric(&self, name: &str) -> u64 {
        self.metric_lines().iter().filter_map(|line| line[name].as_u64()).sum()
    }

    pub(crate) fn metric_lines(&self) -> Vec<Value> {
        let text = String::from_utf8(self.metrics.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// What was logged.
    pub(crate) fn log(&self) -> String {
        self.log.text()
    }
}

/// A folder that is empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gateway").join(name);
    let _none_yet = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}
