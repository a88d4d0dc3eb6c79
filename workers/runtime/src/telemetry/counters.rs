//! What is counted of one activity.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use crate::{Class, errors::SHUTTING_DOWN};

/// The numbers of one activity.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// Every task that a poll brought.
    pub(crate) tasks_received: Counter,
    pub(crate) tasks_succeeded: Counter,
    pub(crate) tasks_failed_transient: Counter,
    pub(crate) tasks_failed_terminal: Counter,
    /// Failed as `Worker.ShuttingDown`, for another worker.
    pub(crate) tasks_handed_back: Counter,
    /// No longer ours before their result was taken.
    pub(crate) tasks_lost: Counter,
    /// Their report was given up.
    pub(crate) tasks_unreported: Counter,
    /// Reports whose answer went missing and whose task was closed at the next attempt.
    pub(crate) reports_presumed: Counter,
    pub(crate) report_retries: Counter,
    pub(crate) heartbeat_failures: Counter,
    pub(crate) tasks_running: Gauge,
    pub(crate) polls_open: Gauge,
    /// How long polls waited that brought a task: near zero, tasks wait for workers.
    pub(crate) poll_millis: Samples,
    /// From the poll's answer to the start of the work: more than some milliseconds, and something blocks the threads.
    pub(crate) pick_up_millis: Samples,
    /// From the poll's answer to the end of the report.
    pub(crate) task_millis: Samples,
}

impl Counters {
    /// The counter for a failure of that name and class.
    pub(crate) fn failed(&self, name: &str, class: Class) -> &Counter {
        match class {
            _ if name == SHUTTING_DOWN.name => &self.tasks_handed_back,
            Class::Transient => &self.tasks_failed_transient,
            Class::Terminal => &self.tasks_failed_terminal,
        }
    }
}

/// A number that only grows.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    total: AtomicU64,
    taken: AtomicU64,
}

impl Counter {
    pub(crate) fn add(&self) {
        self.total.fetch_add(1, Relaxed);
    }

    /// Since the start.
    pub(crate) fn total(&self) -> u64 {
        self.total.load(Relaxed)
    }

    /// Since the last time that it was taken.
    pub(crate) fn take(&self) -> u64 {
        let total = self.total();
        total - self.taken.swap(total, Relaxed)
    }
}

/// How many are inside.
#[derive(Debug, Default)]
pub(crate) struct Gauge(AtomicUsize);

/// One of those inside; leaves when dropped.
#[derive(Debug)]
pub(crate) struct Inside<'a>(&'a Gauge);

impl Gauge {
    pub(crate) fn enter(&self) -> Inside<'_> {
        self.0.fetch_add(1, Relaxed);
        Inside(self)
    }

    pub(crate) fn now(&self) -> usize {
        self.0.load(Relaxed)
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Relaxed);
    }
}

/// Durations in milliseconds, thinned evenly so that at most [`Samples::MOST`] are held.
#[derive(Debug, Default)]
pub(crate) struct Samples(Mutex<Thinned>);

#[derive(Debug, Default)]
struct Thinned {
    kept: Vec<f64>,
    seen: u64,
    /// Every 2^thinning-th is kept.
    thinning: u32,
}

impl Samples {
    /// Values that one metric of the embedded metric format may have.
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
    pub(crate) const MOST: usize = 100;

    pub(crate) fn add(&self, duration: Duration) {
        let mut samples = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if samples.seen.trailing_zeros() >= samples.thinning {
            if samples.kept.len() == Self::MOST {
                samples.thin();
            }
            // Of the doubled distance, this one may be left out.
            if samples.seen.trailing_zeros() >= samples.thinning {
                samples.kept.push((duration.as_secs_f64() * 1e6).round() / 1e3);
            }
        }
        samples.seen += 1;
    }

    /// Takes what is held, and begins again.
    pub(crate) fn take(&self) -> Vec<f64> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).kept
    }
}

impl Thinned {
    fn thin(&mut self) {
        let mut keep = false;
        self.kept.retain(|_| {
            keep = !keep;
            keep
        });
        self.thinning += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Counter, Samples};

    #[test]
    fn a_counter_tells_what_is_new_and_keeps_the_total() {
        let counter = Counter::default();
        counter.add();
        counter.add();
        assert_eq!(counter.take(), 2);
        counter.add();
        assert_eq!((counter.take(), counter.take(), counter.total()), (1, 0, 3));
    }

    #[test]
    fn samples_stay_few_and_evenly_spread() {
        let samples = Samples::default();
        (0..10_000).for_each(|n| samples.add(Duration::from_millis(n)));
        let kept = samples.take();
        assert!((50..=Samples::MOST).contains(&kept.len()), "{}", kept.len());
        let steps: Vec<f64> = kept.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(steps.iter().all(|step| *step == steps[0]), "{kept:?}");
        assert!(samples.take().is_empty());
    }
}
