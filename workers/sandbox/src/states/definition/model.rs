//! A definition as types.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::states::data::expression::Expression;
use crate::states::data::path::Path;
use crate::states::data::reference::ReferencePath;
use crate::states::data::rule::Rule;
use crate::states::data::template::Template;
use crate::states::integrations::Integration;

/// A state machine.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    /// Its states.
    pub(crate) flow: Flow,
    /// How long an execution may run.
    pub(crate) timeout: Option<Duration>,
}

/// States that follow each other: of a machine, of a branch, of an item processor.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    /// The state to begin with.
    pub(crate) start_at: String,
    /// All of them by name.
    pub(crate) states: BTreeMap<String, State>,
}

/// One state. A field that its type does not have holds what changes nothing.
#[derive(Clone, Debug)]
pub(crate) struct State {
    /// Unique in the whole machine.
    pub(crate) name: String,
    /// `InputPath`
    pub(crate) input: Selection,
    /// `Parameters`
    pub(crate) parameters: Option<Template>,
    /// What the state is for.
    pub(crate) work: Work,
    /// `ResultSelector`
    pub(crate) selector: Option<Template>,
    /// `ResultPath`
    pub(crate) result: Placement,
    /// `OutputPath`
    pub(crate) output: Selection,
    /// `Retry`
    pub(crate) retriers: Vec<Retrier>,
    /// `Catch`
    pub(crate) catchers: Vec<Catcher>,
    /// `Next`; none at the end.
    pub(crate) next: Option<String>,
}

/// `InputPath` and `OutputPath`.
#[derive(Clone, Debug)]
pub(crate) enum Selection {
    /// Everything: the field is not there.
    All,
    /// What the path selects.
    Path(Path),
    /// `null`: an empty object.
    Nothing,
}

/// `ResultPath`
#[derive(Clone, Debug)]
pub(crate) enum Placement {
    /// The result is put there in the input.
    At(ReferencePath),
    /// `null`: the result is thrown away.
    Discard,
}

/// What a state is for.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    /// Hands on its `Result`, or its input.
    Pass(Option<Value>),
    /// Gives a task to the workers of an activity.
    Task(Box<Task>),
    /// Decides where to go on.
    Choice(Choice),
    /// Lets time pass.
    Wait(Pause),
    /// Runs branches side by side.
    Parallel(Vec<Flow>),
    /// Runs one flow for each item of an array.
    Map(Box<MapWork>),
    /// Ends well.
    Succeed,
    /// Ends with an error.
    Fail(Box<FailText>),
}

impl Work {
    /// The state's type as the definition and the history name it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Pass(_) => "Pass",
            Self::Task(_) => "Task",
            Self::Choice(_) => "Choice",
            Self::Wait(_) => "Wait",
            Self::Parallel(_) => "Parallel",
            Self::Map(_) => "Map",
            Self::Succeed => "Succeed",
            Self::Fail(_) => "Fail",
        }
    }
}

/// A task on an activity.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    /// Who does it.
    pub(crate) resource: Resource,
    /// How long it may take in all; a worker, from the moment it got the task.
    pub(crate) timeout: Option<Amount>,
    /// How long a worker may be silent, from the same moment.
    pub(crate) heartbeat: Option<Amount>,
}

/// Who does a task.
#[derive(Clone, Debug)]
pub(crate) enum Resource {
    /// The worker of the activity with this ARN.
    Activity(String),
    /// Another service.
    Integration(Integration),
}

/// A whole number, of seconds or of iterations.
#[derive(Clone, Debug)]
pub(crate) enum Amount {
    /// Written in the definition.
    Fixed(u64),
    /// Found in the input.
    Path(Path),
}

/// The rules of a Choice state.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    /// Each rule with the state that it leads to.
    pub(crate) rules: Vec<(Rule, String)>,
    /// Where to go if no rule holds.
    pub(crate) default: Option<String>,
}

/// How long a Wait state waits.
#[derive(Clone, Debug)]
pub(crate) enum Pause {
    /// `Seconds` and `SecondsPath`
    For(Amount),
    /// `Timestamp`
    Until(Timestamp),
    /// `TimestampPath`
    UntilPath(Path),
}

/// An inline Map state.
#[derive(Clone, Debug)]
pub(crate) struct MapWork {
    /// Where the array is.
    pub(crate) items: Option<Path>,
    /// What each iteration gets; the item itself if nothing is said.
    pub(crate) selector: Option<Template>,
    /// What runs for each item.
    pub(crate) processor: Flow,
    /// How many iterations run at a time; 0 means as many as the service allows.
    pub(crate) concurrency: Amount,
}

/// The error and cause of a Fail state.
#[derive(Clone, Debug)]
pub(crate) struct FailText {
    /// `Error` or `ErrorPath`
    pub(crate) error: Option<FailPart>,
    /// `Cause` or `CausePath`
    pub(crate) cause: Option<FailPart>,
}

/// One of the two texts of a Fail state.
#[derive(Clone, Debug)]
pub(crate) enum FailPart {
    /// Written in the definition.
    Text(String),
    /// A path or an intrinsic function.
    Expression(Expression),
}

/// One entry of `Retry`.
#[derive(Clone, Debug)]
pub(crate) struct Retrier {
    /// The errors it is for.
    pub(crate) errors: Vec<String>,
    /// The wait before the first retry.
    pub(crate) interval: Duration,
    /// How often it retries.
    pub(crate) attempts: u64,
    /// What each wait is multiplied with for the next.
    pub(crate) backoff: f64,
    /// The longest wait.
    pub(crate) longest: Option<Duration>,
    /// How chance changes the wait.
    pub(crate) jitter: Jitter,
}

/// `JitterStrategy`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Jitter {
    /// Anything from 0 to the wait.
    Full,
    /// The wait as it is.
    None,
}

/// One entry of `Catch`.
#[derive(Clone, Debug)]
pub(crate) struct Catcher {
    /// The errors it is for.
    pub(crate) errors: Vec<String>,
    /// Where the Error Output goes in the state's input.
    pub(crate) result: Placement,
    /// The state that handles the error.
    pub(crate) next: String,
}
