//! A rule group whose text is as long as AWS takes it: what reading it, changing it and writing it out cost.

use std::hint::black_box;
use std::time::{Duration, Instant};

use falconer_domain::block::{Block, Causes, FindingRef, Mode, Requester};
use falconer_domain::guard::{Guard, GuardConfig};
use falconer_domain::ledger::{Change, Limits};
use falconer_tests::one_group;
use jiff::{SignedDuration, Timestamp};

/// How often each thing is done; odd, so that there is a median.
const ROUNDS: usize = 25;
/// What is left free, for what is to be added.
const FREE: usize = 20_000;
/// Blocks that get one more cause at once.
const CAUSES: usize = 1_000;

/// How long one thing took.
pub(crate) struct Finding {
    pub(crate) what: &'static str,
    pub(crate) median: Duration,
    pub(crate) worst: Duration,
    /// The median for each of the ceiling's: of splitting the same text into lines and putting them together again.
    pub(crate) to_ceiling: f64,
    /// Whether it is a whole change of the group, which has a bound.
    pub(crate) is_a_change: bool,
}

/// What was measured of a group with so many blocks and bytes.
pub(crate) struct Findings {
    pub(crate) blocks: usize,
    pub(crate) bytes: usize,
    pub(crate) findings: Vec<Finding>,
}

pub(crate) fn measure() -> Findings {
    let place = Place::new();
    let text = place.full();
    let change = |wanted: Vec<Block>| Change { wanted, released: Vec::new() };
    let one = change(vec![place.block("another.example", 0, "72h")]);
    let longer = change(vec![place.block(&name(7), 0, "7d")]);
    let more_causes = change((0..CAUSES).map(|number| place.block(&name(number), 1, "72h")).collect());

    let ceiling = timed(|| text.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>().concat());
    let finding = |what, is_a_change, (median, worst): (Duration, Duration)| {
        let to_ceiling = median.as_secs_f64() / ceiling.0.as_secs_f64();
        Finding { what, median, worst, to_ceiling, is_a_change }
    };
    let findings = vec![
        finding("split into lines and join (the ceiling)", false, ceiling),
        finding("read", false, timed(|| one_group::read(&text))),
        finding("add a block", true, timed(|| place.merged(&text, &one))),
        finding("extend a block", true, timed(|| place.merged(&text, &longer))),
        finding("add a cause to 1,000 blocks", true, timed(|| place.merged(&text, &more_causes))),
    ];
    Findings { blocks: one_group::read(&text).held().len(), bytes: text.len(), findings }
}

/// The median and the longest.
fn timed<T>(mut work: impl FnMut() -> T) -> (Duration, Duration) {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            black_box(work());
            begun.elapsed()
        })
        .collect();
    times.sort();
    (times[ROUNDS / 2], times[ROUNDS - 1])
}

/// Who may be blocked, when, and what the group takes.
struct Place {
    guard: Guard,
    now: Timestamp,
    limits: Limits,
}

impl Place {
    fn new() -> Self {
        let guard = Guard::new(GuardConfig::default()).unwrap();
        Self { guard, now: "2026-01-15T10:00:00Z".parse().unwrap(), limits: Limits::of_capacity(30_000) }
    }

    /// The text of a group that holds as many blocks as fit.
    fn full(&self) -> String {
        let wanted = (0..10_000).map(|number| self.block(&name(number), 0, "72h")).collect();
        let limits = Limits { bytes: self.limits.bytes - FREE, ..self.limits };
        one_group::merged("", &Change { wanted, released: Vec::new() }, self.now, limits).0
    }

    /// A block of this domain for the finding of that number.
    fn block(&self, domain: &str, finding: usize, ttl: &str) -> Block {
        let causes = Causes::from(FindingRef::of(&finding.to_string(), falconer_tests::findings::FALCON));
        let admitted = self.guard.admit(domain.parse().unwrap()).unwrap();
        Block::new(admitted, causes, Requester::Action, Mode::Drop, self.now, ttl.parse().unwrap())
    }

    fn merged(&self, text: &str, change: &Change) -> String {
        let a_minute_later = self.now + SignedDuration::from_mins(1);
        let merged = one_group::merged(text, change, a_minute_later, self.limits).0;
        assert_ne!(merged, text, "nothing changed: there is nothing to measure");
        merged
    }
}

fn name(number: usize) -> String {
    format!("d{number:05}.evil.example")
}
