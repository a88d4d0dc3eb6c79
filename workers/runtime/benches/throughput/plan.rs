//! What is measured: every latency with every number of slots, some rounds of each, worker and loop by turns.

use serde::Serialize;

use crate::{Anything, contender::Contender, pick_up::PickUps, role::Role, speed::Speed, step_functions::Place};

/// How long the service takes for a call, and how many rounds it takes to know the median; odd, so that there is one.
/// Without latency all depends on the processors, and what else they do.
const LATENCIES: [Latency; 2] = [Latency { millis: 0, rounds: 25 }, Latency { millis: 20, rounds: 5 }];

/// How many tasks are worked on at a time.
const SLOTS: [usize; 3] = [1, 10, 64];

#[derive(Clone, Copy)]
struct Latency {
    millis: u64,
    rounds: usize,
}

/// The median of the rounds.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SpeedFinding {
    pub(crate) latency_millis: u64,
    pub(crate) slots: usize,
    pub(crate) worker: Speed,
    pub(crate) bare: Speed,
    /// Tasks per second of the worker for each of the loop: the median of the rounds' ratios, as the two runs of a
    /// round are neighbours in time.
    pub(crate) ratio: f64,
}

/// Pick-up times in milliseconds.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PickUpFinding {
    pub(crate) latency_millis: u64,
    pub(crate) contender: Contender,
    pub(crate) p50_millis: f64,
    pub(crate) p99_millis: f64,
}

/// Everything that was measured.
pub(crate) struct Findings {
    pub(crate) speeds: Vec<SpeedFinding>,
    pub(crate) pick_ups: Vec<PickUpFinding>,
}

/// Measures everything; some three minutes.
pub(crate) fn carry_out() -> Anything<Findings> {
    let cells = LATENCIES.map(|latency| SLOTS.map(|slots| (latency, slots)));
    let cells = cells.as_flattened();
    let mut runs = vec![Vec::new(); cells.len()];
    let rounds = LATENCIES.iter().map(|latency| latency.rounds).max().unwrap_or_default();
    for round in 0..rounds {
        eprintln!("round {} of {rounds}", round + 1);
        for (runs, (latency, slots)) in runs.iter_mut().zip(cells) {
            if round < latency.rounds {
                runs.push(pair(round, latency.millis, *slots)?);
            }
        }
    }
    eprintln!("pick-up");
    let mut pick_ups = Vec::new();
    for Latency { millis, .. } in LATENCIES {
        for contender in [Contender::Worker, Contender::Bare] {
            pick_ups.push(pick_up(millis, contender)?);
        }
    }
    let speeds = cells.iter().zip(&runs).map(|((latency, slots), runs)| finding(latency.millis, *slots, runs));
    Ok(Findings { speeds: speeds.collect(), pick_ups })
}

/// Worker and loop, whoever's turn it is to be first.
fn pair(round: usize, latency_millis: u64, slots: usize) -> Anything<(Speed, Speed)> {
    let run = |contender| in_a_sandbox(latency_millis, |place| Role::Speed { contender, slots, place });
    if round.is_multiple_of(2) {
        let worker = run(Contender::Worker)?;
        Ok((worker, run(Contender::Bare)?))
    } else {
        let bare = run(Contender::Bare)?;
        Ok((run(Contender::Worker)?, bare))
    }
}

fn pick_up(latency_millis: u64, contender: Contender) -> Anything<PickUpFinding> {
    // The report and the next poll each take the latency.
    let pause_millis = 2 * latency_millis + 10;
    let times: PickUps = in_a_sandbox(latency_millis, |place| Role::PickUp { contender, pause_millis, place })?;
    Ok(PickUpFinding { latency_millis, contender, p50_millis: times.quantile(0.50), p99_millis: times.quantile(0.99) })
}

/// The answer of a process beside a sandbox of its own.
fn in_a_sandbox<T: serde::de::DeserializeOwned>(latency_millis: u64, role: impl FnOnce(Place) -> Role) -> Anything<T> {
    let mut sandbox = Role::Sandbox { latency_millis }.start()?;
    let place = sandbox.answer()?;
    role(place).start()?.answer()
}

fn finding(latency_millis: u64, slots: usize, runs: &[(Speed, Speed)]) -> SpeedFinding {
    let speeds = |of: fn(&(Speed, Speed)) -> Speed| {
        let speeds: Vec<Speed> = runs.iter().map(of).collect();
        Speed {
            tasks_per_second: median(speeds.iter().map(|speed| speed.tasks_per_second)),
            cpu_micros_per_task: median(speeds.iter().map(|speed| speed.cpu_micros_per_task)),
            // The limit holds for every run.
            peak_memory_kib: speeds.iter().map(|speed| speed.peak_memory_kib).max().unwrap_or_default(),
        }
    };
    SpeedFinding {
        latency_millis,
        slots,
        worker: speeds(|(worker, _)| *worker),
        bare: speeds(|(_, bare)| *bare),
        ratio: median(runs.iter().map(|(worker, bare)| worker.tasks_per_second / bare.tasks_per_second)),
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
