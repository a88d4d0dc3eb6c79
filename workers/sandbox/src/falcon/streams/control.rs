//! What happens in the organization, so that Falcon has events; and what happens to its streams.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::line::Line;
use super::{Settings, Streams};

const MOST_PARTITIONS: usize = 100;

/// Events that happen now: one, or many of one pattern.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Sent {
    One(One),
    Many(Many),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct One {
    event: Value,
    partition: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Many {
    template: Value,
    count: u64,
    #[serde(default)]
    devices: Vec<String>,
    partition: Option<usize>,
}

impl Streams {
    /// Adds events to the partition that is named, or to all of them in turn.
    ///
    /// # Errors
    /// A sentence on an event or a template that cannot be, or a partition that is not there.
    pub(crate) fn send(&self, sent: Sent) -> Result<(), String> {
        let now = self.clock.now();
        let (line, count, partition) = match sent {
            Sent::One(One { event, partition }) => (Line::of(event, now)?, 1, partition),
            Sent::Many(Many { template, count, devices, partition }) => {
                (Line::pattern(template, &devices, now)?, count, partition)
            }
        };
        let (line, mut state) = (Arc::new(line), self.locked());
        let partitions = state.settings.partitions;
        match partition {
            Some(partition) if partition < partitions => state.logs[partition].append(line, count, 0, 1),
            Some(partition) => return Err(format!("there are {partitions} partitions, and no {partition}")),
            None => {
                let step = partitions as u64;
                for number in 0..step.min(count) {
                    let share = (count - number).div_ceil(step);
                    let turn = state.turn;
                    state.logs[turn].append(Arc::clone(&line), share, number, step);
                    state.turn = (turn + 1) % partitions;
                }
            }
        }
        drop(state);
        self.changed.notify_waiters();
        Ok(())
    }

    /// Replaces the settings; connections that are open keep theirs.
    ///
    /// # Errors
    /// A sentence on settings that cannot be.
    pub(crate) fn set(&self, settings: Settings) -> Result<(), String> {
        if !(1..=MOST_PARTITIONS).contains(&settings.partitions) {
            return Err(format!("partitions must be between 1 and {MOST_PARTITIONS}"));
        }
        let mut state = self.locked();
        state.settings = settings;
        state.turn = 0;
        state.make_room();
        Ok(())
    }

    /// Cuts every connection now.
    pub(crate) fn cut(&self) {
        let (now, mut state) = (self.clock.now(), self.locked());
        let linger = state.settings.linger();
        state.sessions.disconnect_all(linger, now);
        drop(state);
        self.changed.notify_waiters();
    }

    /// What each partition holds, and who reads it.
    pub(crate) fn show(&self) -> Value {
        let (now, state) = (self.clock.now(), self.locked());
        let partitions = state.logs.iter().take(state.settings.partitions).enumerate().map(|(partition, log)| {
            let connections = state.sessions.connections(partition, now);
            let connections = connections.map(|(app, one)| json!({ "appId": app, "offset": one.asked }));
            json!({
                "partition": partition,
                "first": log.first(),
                "next": log.next(),
                "connections": connections.collect::<Vec<_>>(),
            })
        });
        partitions.collect()
    }
}
