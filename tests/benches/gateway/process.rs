//! The gateway, as a process of its own: what `falconer gateway` does, in the same kind of runtime.

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

use falconer_cli::commands::gateway::{self, GatewayArgs};
use falconer_cli::config::{self, Place};
use falconer_cli::logs;

/// The argument that makes the program the gateway.
pub(crate) const FLAG: &str = "--gateway";

/// As the binary has it.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// `CLK_TCK`, which Linux has fixed for whoever reads `/proc`: <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>.
const TICKS: f64 = 100.0;

/// Follows the stream until it is killed or the program that started it has ended.
pub(crate) fn play() {
    logs::to_stderr("error");
    thread::spawn(|| {
        // Nobody writes there: it ends when its other end is gone.
        let _ended = io::stdin().read(&mut [0]);
        process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK_BYTES).build();
    runtime.unwrap().block_on(async {
        let config = config::load(None, Place::Sandbox).unwrap();
        tokio::spawn(gateway::run(GatewayArgs::default(), config)).await.unwrap().unwrap();
    });
}

/// The gateway's process, and its folder; both are gone when it is dropped.
pub(crate) struct Process {
    child: Child,
    folder: PathBuf,
}

impl Process {
    /// Starts it with nothing in its environment but what points to the sandbox, and with the oldest event.
    pub(crate) fn start(endpoint: &str) -> Self {
        let folder = env::temp_dir().join(format!("falconer-gateway-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        let child = Command::new(env::current_exe().unwrap())
            .arg(FLAG)
            .env_clear()
            .env("AWS_ENDPOINT_URL", endpoint)
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "AKIASANDBOX")
            .env("AWS_SECRET_ACCESS_KEY", "sandbox")
            .env("FALCONER_GATEWAY_FROM", "oldest")
            .env("FALCONER_GATEWAY_COMMIT_SECONDS", "1")
            .env("FALCONER_GATEWAY_OFFSETS", format!("file:{}", folder.join("offsets.json").display()))
            .env("FALCONER_GATEWAY_DEAD_LETTERS", folder.join("dead-letters.ndjson"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn();
        Self { child: child.unwrap(), folder }
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

    /// A line of <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>, in KiB: `VmRSS`, `VmHWM`.
    pub(crate) fn memory_kib(&self, of: &str) -> u64 {
        let status = self.proc("status");
        let line = status.lines().find_map(|line| line.strip_prefix(of)?.strip_prefix(':'));
        line.and_then(|text| text.trim().strip_suffix(" kB")).unwrap().parse().unwrap()
    }

    /// What it has used of the processors.
    pub(crate) fn processor_time(&self) -> Duration {
        let stat = self.proc("stat");
        // The name of the program stands in parentheses, and may hold anything.
        let (_, after) = stat.rsplit_once(") ").unwrap();
        let ticks: f64 = after.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<f64>().unwrap()).sum();
        Duration::from_secs_f64(ticks / TICKS)
    }

    fn proc(&self, file: &str) -> String {
        fs::read_to_string(Path::new("/proc").join(self.child.id().to_string()).join(file)).unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
        let _left = fs::remove_dir_all(&self.folder);
    }
}
