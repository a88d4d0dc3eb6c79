//! A small Step Functions endpoint behind the real SDK: it keeps the state of tasks, holds polls, fails as scripted,
//! and remembers every call with its virtual time.

use std::{
    collections::{HashMap, VecDeque},
    io,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use aws_sdk_sfn::{
    Client,
    config::{BehaviorVersion, Credentials, Region, SharedAsyncSleep},
};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::{
    client::{
        http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use tokio::{sync::Notify, time::Instant};

use crate::worker::CHORE_ARN;

pub(crate) const POLL: &str = "GetActivityTask";
pub(crate) const HEARTBEAT: &str = "SendTaskHeartbeat";
pub(crate) const SUCCESS: &str = "SendTaskSuccess";
pub(crate) const FAILURE: &str = "SendTaskFailure";

/// How long the service holds a poll that brings nothing.
pub(crate) const HOLD: Duration = Duration::from_secs(60);

/// More calls than any test makes: a worker that makes them does not pause, and no virtual hour would end in real time.
const MOST_CALLS: usize = 5_000;

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// The service refuses it with this status and code.
    Code(u16, &'static str),
    /// It refuses it in words that quote the task token.
    QuotesTheToken,
    /// The connection ends before the service has read the call.
    Dropped,
    /// The service does what it is asked, and the connection ends before the answer.
    AnswerLost,
    /// No answer, ever.
    Hangs,
}

/// One call as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) at: Duration,
    pub(crate) operation: String,
    pub(crate) body: Value,
    /// The error code it was answered with; empty for a success.
    pub(crate) code: String,
}

/// The state of a task that a worker has received.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Task {
    Running,
    Succeeded(Value),
    Failed {
        error: String,
        cause: String,
    },
    /// Every call about it is answered with this code.
    Gone(&'static str),
}

#[derive(Clone, Debug)]
pub(crate) struct Service(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    arrived: Notify,
    started: Instant,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<(String, String)>,
    tasks: HashMap<String, Task>,
    calls: Vec<Call>,
    next_faults: HashMap<&'static str, VecDeque<Fault>>,
    faults_until: HashMap<&'static str, (Instant, Fault)>,
    open_polls: usize,
    most_held: usize,
    polls_cut: usize,
}

impl Service {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Shared { state: Mutex::default(), arrived: Notify::new(), started: Instant::now() }))
    }

    /// The SDK's client, whose connections end here.
    pub(crate) fn client(&self) -> Client {
        let config = aws_sdk_sfn::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("AKIDEXAMPLE", "secret", None, None, "test"))
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .http_client(self.clone());
        Client::from_conf(config.build())
    }

    /// Schedules a task of the chore with this token.
    pub(crate) fn schedule(&self, token: &str, input: &Value) {
        self.schedule_text(token, &input.to_string());
    }

    pub(crate) fn schedule_text(&self, token: &str, input: &str) {
        self.state().waiting.push_back((token.to_owned(), input.to_owned()));
        self.0.arrived.notify_waiters();
    }

    /// The next calls of this operation fail, in this order.
    pub(crate) fn fail_next(&self, operation: &'static str, faults: impl IntoIterator<Item = Fault>) {
        self.state().next_faults.entry(operation).or_default().extend(faults);
    }

    /// Calls of this operation fail for some time.
    pub(crate) fn fail_for(&self, operation: &'static str, time: Duration, fault: Fault) {
        self.state().faults_until.insert(operation, (Instant::now() + time, fault));
    }

    /// From now on, calls about the task are answered with this code.
    pub(crate) fn lose(&self, token: &str, code: &'static str) {
        self.state().tasks.insert(token.to_owned(), Task::Gone(code));
    }

    pub(crate) fn task(&self, token: &str) -> Option<Task> {
        self.state().tasks.get(token).cloned()
    }

    pub(crate) fn calls(&self, operation: &str) -> Vec<Call> {
        self.state().calls.iter().filter(|call| call.operation == operation).cloned().collect()
    }

    /// When calls of this operation arrived, in whole milliseconds since the start.
    pub(crate) fn times(&self, operation: &str) -> Vec<u128> {
        self.calls(operation).iter().map(|call| call.at.as_millis()).collect()
    }

    /// Calls of this operation that the service accepted.
    pub(crate) fn accepted(&self, operation: &str) -> usize {
        self.calls(operation).iter().filter(|call| call.code.is_empty()).count()
    }

    pub(crate) fn open_polls(&self) -> usize {
        self.state().open_polls
    }

    /// The most open polls and unreported tasks that there were at one time: each needs a slot.
    pub(crate) fn most_held(&self) -> usize {
        self.state().most_held
    }

    /// Polls that the worker cut off instead of letting them end.
    pub(crate) fn polls_cut(&self) -> usize {
        self.state().polls_cut
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap()
    }

    async fn serve(self, operation: String, body: Value) -> Result<HttpResponse, ConnectorError> {
        let at = self.0.started.elapsed();
        let fault = self.state().fault(&operation);
        assert!(self.state().calls.len() < MOST_CALLS, "more than {MOST_CALLS} calls: something does not pause");
        let token = body["taskToken"].as_str().unwrap_or_default().to_owned();
        let answer = match fault {
            Some(Fault::Code(status, code)) => Err((status, code.to_owned(), "as scripted".to_owned())),
            Some(Fault::QuotesTheToken) => {
                Err((400, "ThrottlingException".to_owned(), format!("Value '{token}' at 'taskToken' is throttled")))
            }
            Some(Fault::Dropped | Fault::Hangs) => Err((0, "scripted".to_owned(), String::new())),
            Some(Fault::AnswerLost) | None if operation == POLL => Ok(self.poll(at, &body).await),
            Some(Fault::AnswerLost) | None => self.state().about_task(&operation, &token, &body),
        };
        if operation != POLL || answer.is_err() {
            let code = answer.as_ref().err().map(|(_, code, _)| code.clone()).unwrap_or_default();
            self.state().calls.push(Call { at, operation, body, code });
        }
        match fault {
            Some(Fault::Dropped | Fault::AnswerLost) => {
                Err(ConnectorError::io(io::Error::new(io::ErrorKind::ConnectionReset, "connection reset").into()))
            }
            Some(Fault::Hangs) => std::future::pending().await,
            _ => Ok(match answer {
                Ok(value) => response(200, &value),
                Err((status, code, message)) => response(status, &json!({ "__type": code, "message": message })),
            }),
        }
    }

    async fn poll(&self, at: Duration, body: &Value) -> Value {
        let call = Call { at, operation: POLL.to_owned(), body: body.clone(), code: String::new() };
        self.state().calls.push(call);
        let mut open = OpenPoll::new(self.clone());
        let until = Instant::now() + HOLD;
        loop {
            let arrived = self.0.arrived.notified();
            let task = if body["activityArn"] == CHORE_ARN { open.take_task() } else { None };
            if let Some((token, input)) = task {
                return json!({ "taskToken": token, "input": input });
            }
            if tokio::time::timeout_at(until, arrived).await.is_err() {
                open.end_empty();
                return json!({ "taskToken": null });
            }
        }
    }
}

impl State {
    fn fault(&mut self, operation: &str) -> Option<Fault> {
        if let Some(fault) = self.next_faults.get_mut(operation).and_then(VecDeque::pop_front) {
            return Some(fault);
        }
        self.faults_until.get(operation).filter(|(until, _)| Instant::now() < *until).map(|(_, fault)| *fault)
    }

    fn about_task(&mut self, operation: &str, token: &str, body: &Value) -> Result<Value, (u16, String, String)> {
        let refused = |code: &str| Err((400, code.to_owned(), format!("{code}: the task is not open")));
        match self.tasks.get(token) {
            None => return refused("InvalidToken"),
            Some(Task::Gone(code)) => return refused(code),
            Some(Task::Succeeded(_) | Task::Failed { .. }) => return refused("TaskTimedOut"),
            Some(Task::Running) => {}
        }
        let text = |member: &str| body[member].as_str().unwrap_or_default().to_owned();
        match operation {
            HEARTBEAT => {}
            SUCCESS => {
                let Ok(output) = serde_json::from_str(&text("output")) else {
                    return refused("InvalidOutput");
                };
                self.tasks.insert(token.to_owned(), Task::Succeeded(output));
            }
            FAILURE => {
                self.tasks.insert(token.to_owned(), Task::Failed { error: text("error"), cause: text("cause") });
            }
            _ => return refused("UnknownOperationException"),
        }
        Ok(json!({}))
    }

    fn note_most_held(&mut self) {
        let running = self.tasks.values().filter(|task| **task == Task::Running).count();
        self.most_held = self.most_held.max(self.open_polls + running);
    }
}

/// A poll that the service holds.
struct OpenPoll {
    service: Service,
    answered: bool,
}

impl OpenPoll {
    fn new(service: Service) -> Self {
        let mut state = service.state();
        state.open_polls += 1;
        state.note_most_held();
        drop(state);
        Self { service, answered: false }
    }

    /// The poll becomes a running task, in one step.
    fn take_task(&mut self) -> Option<(String, String)> {
        let mut state = self.service.state();
        let task = state.waiting.pop_front()?;
        state.tasks.insert(task.0.clone(), Task::Running);
        state.open_polls -= 1;
        self.answered = true;
        Some(task)
    }

    fn end_empty(&mut self) {
        self.service.state().open_polls -= 1;
        self.answered = true;
    }
}

impl Drop for OpenPoll {
    fn drop(&mut self) {
        if !self.answered {
            let mut state = self.service.state();
            state.open_polls -= 1;
            state.polls_cut += 1;
        }
    }
}

impl HttpClient for Service {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Service {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.strip_prefix("AWSStepFunctions.").expect("a call to Step Functions").to_owned();
        let body = serde_json::from_slice(request.body().bytes().expect("a body in memory")).expect("JSON");
        HttpConnectorFuture::new(self.clone().serve(operation, body))
    }
}

fn response(status: u16, body: &Value) -> HttpResponse {
    let status = StatusCode::try_from(status).expect("a status");
    HttpResponse::new(status, SdkBody::from(body.to_string()))
}
