//! From a line to the JSON of its finding, on one core.
//!
//! The ceiling is what cannot be saved: to read the line as JSON, of which nothing is kept, and to copy as many bytes as the finding has.

use std::hint::black_box;
use std::time::Duration;

use falconer_domain::detection::{self, Event, Filter, FilterConfig, Host, home};
use falconer_domain::place::Place;
use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use serde::de::IgnoredAny;

use crate::events;

const LINES: u64 = 1_000;
const ROUNDS: usize = 7;
/// Passes over the lines in one round.
const PASSES: usize = 50;

/// What was measured.
pub(crate) struct Mapped {
    /// Bytes of an event, and of its finding.
    pub(crate) bytes: (usize, usize),
    /// Events for each second of processor time; of several rounds the one in the middle.
    pub(crate) a_second: f64,
    /// The same of the ceiling.
    pub(crate) ceiling: f64,
}

pub(crate) fn measure() -> Mapped {
    let lines: Vec<Vec<u8>> = (0..LINES).map(line).collect();
    let hub: Place = serde_json::from_str(r#"{"account": "111122223333", "region": "us-east-1"}"#).unwrap();
    let host = Host {
        device: Some(events::device(1)),
        provider: Some("AWS_EC2_V2".to_owned()),
        account: Some("444455556666".to_owned()),
        zone: Some("us-east-1a".to_owned()),
        instance: Some("i-0f1a2b3c4d5e6f701".to_owned()),
        hostname: Some("shop-1.example".to_owned()),
        ..Host::default()
    };
    let filter = Filter::new(&FilterConfig::default()).unwrap();
    let now: Timestamp = "2026-01-15T10:00:00Z".parse().unwrap();
    let map = |line: &[u8]| {
        let event = Event::read(line).unwrap();
        filter.before_lookup(&event, now).unwrap();
        filter.with_host(&event, Some(&host)).unwrap();
        let at = home(Some(&host), &hub);
        serde_json::to_vec(&detection::finding(&event, Some(&host), &at, now)).unwrap()
    };
    let finding = map(&lines[0]);
    let copy = |line: &[u8]| {
        serde_json::from_slice::<IgnoredAny>(line).unwrap();
        finding.clone()
    };
    Mapped { bytes: (lines[0].len(), finding.len()), a_second: middle(&lines, map), ceiling: middle(&lines, copy) }
}

fn line(number: u64) -> Vec<u8> {
    let mut event = events::template();
    event["metadata"]["offset"] = number.into();
    event["metadata"]["eventCreationTime"] = 1_768_471_200_250_u64.into();
    let text = event.to_string().replace("{n}", &number.to_string());
    text.replace("{device}", &events::device(number)).into_bytes()
}

fn middle(lines: &[Vec<u8>], make: impl Fn(&[u8]) -> Vec<u8>) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let begun = processor_time();
            for _ in 0..PASSES {
                lines.iter().for_each(|line| drop(black_box(make(black_box(line)))));
            }
            (lines.len() * PASSES) as f64 / (processor_time() - begun).as_secs_f64()
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}

/// Of this thread.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.cast_unsigned(), u32::try_from(time.tv_nsec).unwrap())
}
