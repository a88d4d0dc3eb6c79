//! What goes on by itself: agents that do what they are sent, and Automation.
//!
//! An effect on an instance happens at its time, whether or not anybody asks Systems Manager: Falcon and Config look at
//! the fleet alone.

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use super::{Place, SystemsManager};

/// Something that was begun, by its id.
#[derive(Debug)]
pub(crate) enum Work {
    Command(Place, String),
    Automation(Place, String),
}

impl SystemsManager {
    /// Does what is begun, until it is cancelled.
    pub(crate) async fn run_agents(self, mut begun: UnboundedReceiver<Work>) {
        let mut running = JoinSet::new();
        loop {
            tokio::select! {
                Some(work) = begun.recv() => {
                    let service = self.clone();
                    running.spawn(async move {
                        match work {
                            Work::Command(place, id) => service.run_command(&place, &id).await,
                            Work::Automation(place, id) => service.run_automation(&place, &id).await,
                        }
                    });
                }
                Some(_) = running.join_next() => {}
                else => return,
            }
        }
    }

    /// Hands something to [`SystemsManager::run_agents`].
    pub(super) fn begin(&self, work: Work) {
        // Nobody takes it only while the sandbox ends.
        let _ = self.work.send(work);
    }
}
