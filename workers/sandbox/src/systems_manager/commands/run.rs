//! What becomes of a command on its instances, in the course of time.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html>. AWS names no times but the time-outs:
//! that an agent takes a command after 2 s and stops 3 s after it was asked to are the sandbox's.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use super::{Command, EXECUTION_TIMEOUT, Invocation, Order, Output, Status};
use crate::fleet::{Agent, CommandFate, Instance, State};
use crate::systems_manager::package::Host;
use crate::systems_manager::{Place, SystemsManager, rates};

const TAKEN_AFTER: Duration = Duration::from_secs(2);
const STOPPED_AFTER: Duration = Duration::from_secs(3);

/// A command on its way to one instance.
struct Errand<'a> {
    service: &'a SystemsManager,
    place: &'a Place,
    command: &'a str,
    instance: String,
    order: Arc<Order>,
    cancel: CancellationToken,
    /// When an instance that has not begun must no longer begin.
    start_by: Instant,
}

impl SystemsManager {
    /// Follows a command to its end.
    pub(in crate::systems_manager) async fn run_command(&self, place: &Place, id: &str) {
        let now = Instant::now();
        let Some((errands, slots, expires)) = self.with_command(place, id, |command| {
            let errand = |one: &Invocation| Errand {
                service: self,
                place,
                command: id,
                instance: one.instance.clone(),
                order: Arc::clone(&command.order),
                cancel: one.cancel.clone(),
                start_by: now + command.delivery_timeout,
            };
            let slots = rates::of_targets(&command.max_concurrency, command.invocations.len()).max(1);
            let expires = now + command.delivery_timeout + EXECUTION_TIMEOUT;
            (command.invocations.iter().map(errand).collect::<Vec<_>>(), Semaphore::new(slots), expires)
        }) else {
            return;
        };
        let run = errands.iter().map(async |errand| {
            let _slot = slots.acquire().await;
            errand.run().await;
        });
        // Whether in time or not: what is not over is now.
        let _ = timeout_at(expires, join_all(run)).await;
        self.with_command(place, id, |command| {
            for one in &mut command.invocations {
                let cancelling = one.status == Status::Cancelling;
                let status = if cancelling { Status::Cancelled } else { Status::DeliveryTimedOut };
                one.end(status, None, self.clock.now());
            }
        });
    }

    fn with_command<T>(&self, place: &Place, id: &str, act: impl FnOnce(&mut Command) -> T) -> Option<T> {
        self.locked().commands.find_mut(place, id).map(act)
    }
}

impl Errand<'_> {
    async fn run(&self) {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => self.stop().await,
            () = self.deliver() => {}
        }
    }

    /// Nothing ends here what runs on an instance that is no longer heard of: the command's expiry does.
    async fn stop(&self) {
        if self.is_over() {
            return;
        }
        if !self.look().is_some_and(|instance| is_heard_of(&instance)) {
            pending::<()>().await;
        }
        sleep(STOPPED_AFTER).await;
        self.end(Status::Cancelled, None);
    }

    async fn deliver(&self) {
        if self.is_over() || self.terminated() {
            return;
        }
        let Some(instance) = self.look() else { return pending().await };
        if !is_heard_of(&instance) {
            self.set(Status::Delayed);
            sleep_until(self.start_by).await;
            return self.end(Status::Undeliverable, None);
        }
        match instance.command {
            CommandFate::Undeliverable => {
                sleep(TAKEN_AFTER).await;
                self.end(Status::Undeliverable, None);
            }
            CommandFate::GoesOffline => {
                self.change(|instance| instance.agent = Agent::ConnectionLost);
                self.set(Status::Delayed);
                pending().await
            }
            // It waited for its turn until it was too late.
            _ if self.start_by < Instant::now() + TAKEN_AFTER => pending().await,
            _ => {
                sleep(TAKEN_AFTER).await;
                self.obey(&instance).await;
            }
        }
    }

    /// The instance does what it is told, as far as its fate lets it.
    async fn obey(&self, instance: &Instance) {
        self.with(|one, now| (one.status, one.started) = (Status::InProgress, Some(now)));
        let host = Host { service: self.service, instance, begun: Instant::now() };
        match instance.command {
            CommandFate::DiesInTheMiddle => {
                sleep_until(host.halfway()).await;
                self.change(|instance| instance.agent = Agent::ConnectionLost);
                pending().await
            }
            CommandFate::Terminated => {
                sleep_until(host.halfway()).await;
                self.change(|instance| instance.state = State::Terminated);
                pending().await
            }
            _ => {
                let (status, output) = host.configure(&self.order).await;
                self.end(status, Some(output));
            }
        }
    }

    /// Whether too many have failed for this one to begin.
    fn terminated(&self) -> bool {
        let too_many = |command: &mut Command| command.errors() > command.errors_allowed();
        let terminated = self.service.with_command(self.place, self.command, too_many).unwrap_or_default();
        if terminated {
            self.end(Status::Terminated, None);
        }
        terminated
    }

    fn look(&self) -> Option<Instance> {
        let (account, region) = self.place;
        self.service.fleet.get(account, region, &self.instance)
    }

    fn change(&self, change: impl FnOnce(&mut Instance)) {
        let (account, region) = self.place;
        self.service.fleet.change(account, region, &self.instance, change);
    }

    fn is_over(&self) -> bool {
        self.with(|one, _| one.status.is_over()).unwrap_or(true)
    }

    fn set(&self, status: Status) {
        self.with(|one, _| one.status = status);
    }

    fn end(&self, status: Status, output: Option<Output>) {
        self.with(|one, now| one.end(status, output, now));
    }

    fn with<T>(&self, act: impl FnOnce(&mut Invocation, jiff::Timestamp) -> T) -> Option<T> {
        let now = self.service.clock.now();
        let act = |command: &mut Command| command.invocation_mut(&self.instance).map(|one| act(one, now));
        self.service.with_command(self.place, self.command, act).flatten()
    }
}

fn is_heard_of(instance: &Instance) -> bool {
    instance.state == State::Running && instance.agent == Agent::Online
}
