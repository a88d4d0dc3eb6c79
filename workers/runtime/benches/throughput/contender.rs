//! The two that are compared: falconer-runtime's worker, and the loop that does nothing but the calls.

use std::{convert::Infallible, io, sync::Arc, time::Duration};

use aws_sdk_sfn::Client;
use falconer_runtime::{Actions, Activity, Shutdown, TaskContext, Worker, WorkerConfig};
use futures_util::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Anything;

/// What takes tasks and reports them as done.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(crate) enum Contender {
    /// falconer-runtime, with its defaults except for the number of slots.
    Worker,
    /// As many loops as there are slots.
    Bare,
}

/// What is called in the moment in which a task's work would begin.
pub(crate) type Arrived = Arc<dyn Fn() + Send + Sync>;

impl Contender {
    /// Works until it is dropped, or ends with an error.
    pub(crate) async fn work(self, client: Client, activity_arn: &str, slots: usize, arrived: Arrived) -> Anything<()> {
        match self {
            Self::Worker => run_worker(client, activity_arn, slots, arrived).await,
            Self::Bare => run_loops(client, activity_arn, slots, arrived).await,
        }
    }
}

/// An activity that is done when it begins.
struct Arrive(Arrived);

#[derive(Deserialize, Serialize, JsonSchema)]
struct Nothing {}

impl Activity for Arrive {
    const NAME: &'static str = "Arrive";
    const HEARTBEAT: Duration = Duration::from_secs(60);
    const ACTIONS: Actions = Actions::NONE;
    type Input = Nothing;
    type Output = Nothing;
    type Error = Infallible;

    async fn run(&self, _task: TaskContext, nothing: Nothing) -> Result<Nothing, Infallible> {
        (self.0)();
        Ok(nothing)
    }
}

async fn run_worker(client: Client, activity_arn: &str, slots: usize, arrived: Arrived) -> Anything<()> {
    let config = WorkerConfig { slots, ..WorkerConfig::default() };
    let mut worker = Worker::new(client, config);
    worker.register(Arrive(arrived), activity_arn)?;
    worker.metrics_to(io::sink());
    worker.run(Shutdown::new()).await?;
    Ok(())
}

async fn run_loops(client: Client, activity_arn: &str, slots: usize, arrived: Arrived) -> Anything<()> {
    let a_loop = |_| {
        let (client, activity_arn, arrived) = (client.clone(), activity_arn.to_owned(), Arc::clone(&arrived));
        tokio::spawn(async move { repeat(&client, &activity_arn, &*arrived).await })
    };
    for ended in try_join_all((0..slots).map(a_loop)).await? {
        ended?;
    }
    Ok(())
}

async fn repeat(client: &Client, activity_arn: &str, arrived: &(dyn Fn() + Send + Sync)) -> Anything<()> {
    loop {
        let task = client.get_activity_task().activity_arn(activity_arn).send().await?;
        if let Some(token) = task.task_token {
            arrived();
            client.send_task_success().task_token(token).output("{}").send().await?;
        }
    }
}
