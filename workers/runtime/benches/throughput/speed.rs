//! How fast a contender works off a queue that is never empty.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

use crate::{
    Anything,
    contender::Contender,
    step_functions::{self, Place},
    usage,
};

/// Executions with a task each, for each slot: while one task is reported, others wait.
const QUEUED_FOR_EACH_SLOT: usize = 4;

/// Connections are opened and pollers grow meanwhile; not measured.
const WARM_UP: Duration = Duration::from_millis(300);

/// What is measured: short, so that a machine with other things to do disturbs few of many runs.
const WINDOW: Duration = Duration::from_millis(500);

/// What one run showed.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Speed {
    pub(crate) tasks_per_second: f64,
    pub(crate) cpu_micros_per_task: f64,
    pub(crate) peak_memory_kib: u64,
}

/// The tasks that have arrived, and when the last one did.
#[derive(Clone, Copy, Debug)]
struct Progress {
    tasks: u32,
    last: Instant,
}

/// Fills the queue, lets the contender work, and measures this process.
pub(crate) async fn measure(contender: Contender, slots: usize, place: &Place) -> Anything<Speed> {
    let client = place.client();
    for _ in 0..QUEUED_FOR_EACH_SLOT * slots {
        step_functions::start(&client, &place.endless).await?;
    }
    let progress = Arc::new(Mutex::new(Progress { tasks: 0, last: Instant::now() }));
    let counted = Arc::clone(&progress);
    let arrived = Arc::new(move || {
        let mut progress = counted.lock().unwrap_or_else(PoisonError::into_inner);
        progress.tasks += 1;
        progress.last = Instant::now();
    });
    tokio::select! {
        ended = contender.work(client, &place.activity, slots, arrived) => {
            ended?;
            Err("the contender ended before it was measured".into())
        }
        speed = watch(&progress) => speed,
    }
}

async fn watch(progress: &Mutex<Progress>) -> Anything<Speed> {
    let now = || *progress.lock().unwrap_or_else(PoisonError::into_inner);
    sleep(WARM_UP).await;
    let (from, cpu_from) = (now(), usage::processor_time()?);
    sleep(WINDOW).await;
    let (to, cpu_to) = (now(), usage::processor_time()?);
    let tasks = to.tasks - from.tasks;
    if from.tasks == 0 || tasks == 0 {
        return Err("no task arrived: there is nothing to measure".into());
    }
    // From task to task, not from end to end of the window: exact even for the few tasks of one slot.
    let seconds = (to.last - from.last).as_secs_f64();
    Ok(Speed {
        tasks_per_second: f64::from(tasks) / seconds,
        cpu_micros_per_task: (cpu_to - cpu_from).as_secs_f64() * 1e6 / f64::from(tasks),
        peak_memory_kib: usage::peak_memory_kib()?,
    })
}
