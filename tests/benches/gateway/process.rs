//! The gateway, as a process of its own: what `falconer gateway` does.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{env, fs, process};

use falconer_cli::commands::gateway::{self, GatewayArgs};
use falconer_cli::config::{self, Place};
use falconer_tests::own_process::{self, OwnProcess};

/// The argument that makes the program the gateway.
pub(crate) const FLAG: &str = "--gateway";

/// Follows the stream.
pub(crate) fn play() {
    own_process::play(async {
        let config = config::load(None, [], Place::Sandbox).unwrap();
        gateway::run(GatewayArgs::default(), config).await.unwrap();
    });
}

/// The gateway's process, and its folder, which is gone when it is dropped.
pub(crate) struct Process {
    pub(crate) own: OwnProcess,
    folder: PathBuf,
}

impl Process {
    /// Starts it with the oldest event.
    pub(crate) fn start(endpoint: &str) -> Self {
        let folder = env::temp_dir().join(format!("falconer-gateway-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        let in_folder = |name: &str| folder.join(name).display().to_string();
        let own = OwnProcess::start(
            FLAG,
            endpoint,
            &[
                ("FALCONER_GATEWAY_FROM", "oldest".to_owned()),
                ("FALCONER_GATEWAY_COMMIT_SECONDS", "1".to_owned()),
                ("FALCONER_GATEWAY_OFFSETS", format!("file:{}", in_folder("offsets.json"))),
                ("FALCONER_GATEWAY_DEAD_LETTERS", in_folder("dead-letters.ndjson")),
            ],
        );
        Self { own, folder }
    }

    /// The offsets that it has kept, by partition.
    pub(crate) fn offsets(&self) -> BTreeMap<u64, u64> {
        let text = fs::read_to_string(self.folder.join("offsets.json")).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Findings that became dead letters.
    pub(crate) fn dead_letters(&self) -> usize {
        fs::read_to_string(self.folder.join("dead-letters.ndjson")).unwrap_or_default().lines().count()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _left = fs::remove_dir_all(&self.folder);
    }
}
