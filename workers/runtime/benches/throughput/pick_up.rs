//! How long a task waits for a contender that has nothing else to do.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use tokio::{
    sync::mpsc::unbounded_channel,
    time::{Instant, sleep, timeout},
};

use crate::{
    Anything,
    contender::Contender,
    step_functions::{self, Place},
};

/// Tasks of which the times are kept.
const TASKS: usize = 200;

/// Tasks before them, by which connections are opened.
const WARM_UP: usize = 20;

/// Slots of both contenders; the loop has as many polls open, the worker its idle ones.
const SLOTS: usize = 10;

/// Longer than any poll: what takes longer will never come.
const GIVEN_UP: Duration = Duration::from_secs(70);

/// Milliseconds from calling StartExecution to the beginning of the work, in ascending order.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct PickUps(Vec<f64>);

impl PickUps {
    /// The time within which `share` of the tasks (0 to 1) were picked up.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let Self(millis) = self;
        // The nearest rank: a time that was measured, and none between two.
        let rank = (share * millis.len() as f64).ceil() as usize;
        millis.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
    }
}

/// Starts one execution at a time and notes when its task arrives. Between two, `pause_millis` let the contender report
/// and poll again.
pub(crate) async fn measure(contender: Contender, pause_millis: u64, place: &Place) -> Anything<PickUps> {
    let client = place.client();
    let (arrivals, mut arrived) = unbounded_channel();
    let note = Arc::new(move || {
        // Nobody listens any more when the last task has arrived.
        let _heard = arrivals.send(Instant::now());
    });
    let one_after_another = async {
        let mut millis = Vec::new();
        for _ in 0..WARM_UP + TASKS {
            sleep(Duration::from_millis(pause_millis)).await;
            let begun = Instant::now();
            step_functions::start(&client, &place.one_task).await?;
            let at = timeout(GIVEN_UP, arrived.recv()).await?.ok_or("the contender ended")?;
            millis.push((at - begun).as_secs_f64() * 1e3);
        }
        let mut kept = millis.split_off(WARM_UP);
        kept.sort_by(f64::total_cmp);
        Anything::Ok(PickUps(kept))
    };
    tokio::select! {
        ended = contender.work(client.clone(), &place.activity, SLOTS, note) => {
            ended?;
            Err("the contender ended before it was measured".into())
        }
        pick_ups = one_after_another => pick_ups,
    }
}
