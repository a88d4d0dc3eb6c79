//! Activities that do what their input says, and remember what happened to them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

/// A chore: takes some time, then ends in some way.
#[derive(Clone, Default)]
pub(crate) struct Chore {
    pub(crate) seen: Arc<Seen>,
}

/// What happened to all tasks of a chore.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) begun: AtomicUsize,
    pub(crate) at_once: AtomicUsize,
    pub(crate) most_at_once: AtomicUsize,
    pub(crate) cancelled: AtomicUsize,
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Todo {
    /// How long it takes.
    #[serde(default)]
    pub(crate) seconds: u64,
    #[serde(default)]
    pub(crate) then: Then,
    #[serde(default)]
    pub(crate) when_cancelled: WhenCancelled,
    #[serde(default)]
    #[expect(dead_code, reason = "input with a path worth naming")]
    pub(crate) nested: Nested,
}

#[derive(Default, Deserialize, JsonSchema)]
pub(crate) struct Nested {
    #[serde(default)]
    #[expect(dead_code, reason = "as above")]
    pub(crate) numbers: Vec<u8>,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Then {
    #[default]
    Done,
    /// An output of that many characters.
    Text(usize),
    /// An output that JSON has no form for.
    NotJson,
    Panic(String),
    Busy(String),
    Broken,
    Undeclared,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum WhenCancelled {
    #[default]
    GiveUp,
    Finish,
    Ignore,
}

#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Outcome {
    Text(String),
    NotJson(std::collections::BTreeMap<Option<Vec<u8>>, u8>),
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ChoreError {
    #[error("{0}")]
    Busy(String),
    #[error("the broom is broken: buy one")]
    Broken,
    #[error("nobody knows")]
    Undeclared,
}

impl ActivityError for ChoreError {
    const NAMES: &'static [ErrorName] = &[
        ErrorName::transient("Kitchen.Busy", "Somebody else is in the kitchen."),
        ErrorName::terminal("Broom.Broken", "The broom is broken."),
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Busy(_) => "Kitchen.Busy",
            Self::Broken => "Broom.Broken",
            Self::Undeclared => "Attic.Unknown",
        }
    }
}

impl Activity for Chore {
    const NAME: &'static str = "DoChore";
    const HEARTBEAT: Duration = Duration::from_secs(30);
    const ACTIONS: Actions = Actions {
        own: &[&["s3:PutObject", "s3:GetObject"], &["sts:AssumeRole", "s3:GetObject"]],
        assumed: &[&["ec2:DescribeInstances"]],
    };
    type Input = Todo;
    type Output = Outcome;
    type Error = ChoreError;

    async fn run(&self, task: TaskContext, todo: Todo) -> Result<Outcome, ChoreError> {
        let _inside = Inside::new(&self.seen);
        let work = sleep(Duration::from_secs(todo.seconds));
        tokio::pin!(work);
        tokio::select! {
            () = &mut work => {}
            () = task.cancelled() => {
                self.seen.cancelled.fetch_add(1, SeqCst);
                match todo.when_cancelled {
                    WhenCancelled::GiveUp => return Err(ChoreError::Busy("gave up".to_owned())),
                    WhenCancelled::Finish => sleep(Duration::from_secs(1)).await,
                    WhenCancelled::Ignore => work.await,
                }
            }
        }
        match todo.then {
            Then::Done => Ok(Outcome::Text("done".to_owned())),
            Then::Text(length) => Ok(Outcome::Text("x".repeat(length))),
            Then::NotJson => Ok(Outcome::NotJson([(Some(vec![1]), 1)].into())),
            Then::Panic(text) => panic!("{text}"),
            Then::Busy(text) => Err(ChoreError::Busy(text)),
            Then::Broken => Err(ChoreError::Broken),
            Then::Undeclared => Err(ChoreError::Undeclared),
        }
    }
}

/// Another activity, of another name.
pub(crate) struct Nap;

impl Activity for Nap {
    const NAME: &'static str = "TakeNap";
    const HEARTBEAT: Duration = Duration::from_secs(30);
    const ACTIONS: Actions = Actions::NONE;
    type Input = ();
    type Output = ();
    type Error = std::convert::Infallible;

    async fn run(&self, _: TaskContext, (): ()) -> Result<(), Self::Error> {
        Ok(())
    }
}

struct Inside<'a> {
    seen: &'a Seen,
}

impl<'a> Inside<'a> {
    fn new(seen: &'a Seen) -> Self {
        seen.begun.fetch_add(1, SeqCst);
        let now = seen.at_once.fetch_add(1, SeqCst) + 1;
        seen.most_at_once.fetch_max(now, SeqCst);
        Self { seen }
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.seen.at_once.fetch_sub(1, SeqCst);
    }
}
