//! Which activity is at work, for whoever watches what a worker does from below, such as its HTTP client.

use tokio::task_local;

task_local! {
    static NAME: &'static str;
}

/// Does an activity's work under its name.
pub(super) async fn on<T>(name: &'static str, work: impl Future<Output = T>) -> T {
    NAME.scope(name, work).await
}

/// The name of the activity in whose `run` this is called; `None` elsewhere, and in a tokio task that the activity has spawned.
#[must_use]
pub fn activity_at_work() -> Option<&'static str> {
    NAME.try_with(|name| *name).ok()
}
