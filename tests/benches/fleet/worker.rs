//! The worker, as a process of its own: what `falconer worker` does.

use falconer_cli::commands::worker;
use falconer_cli::config::{self, Place};
use falconer_tests::own_process::{self, OwnProcess};

/// The argument that makes the program the worker.
pub(crate) const FLAG: &str = "--worker";

/// Works for whomever the environment points to.
pub(crate) fn play() {
    own_process::play(async {
        let config = config::load(None, [], Place::Sandbox).unwrap();
        worker::run(config).await.unwrap();
    });
}

/// Starts it. What is measured is the sweep, not the installs that would follow.
pub(crate) fn start(endpoint: &str) -> OwnProcess {
    OwnProcess::start(FLAG, endpoint, &[("FALCONER_INSTALL_AFTER_SWEEPS", "false".to_owned())])
}
