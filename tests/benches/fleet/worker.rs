//! The worker, as a process of its own: what `falconer worker` does, in the same kind of runtime.

use std::io::{self, Read as _};
use std::process::{self, Child, Command, Stdio};
use std::{env, fs, thread};

use falconer_cli::commands::worker::{self, WorkerArgs};
use falconer_cli::config::{self, Place};
use falconer_cli::logs;

/// The argument that makes the program the worker.
pub(crate) const FLAG: &str = "--worker";

/// As the binary has it.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// Works for whomever the environment points to, until it is killed or the program that started it has ended.
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
        tokio::spawn(worker::run(WorkerArgs {}, config)).await.unwrap().unwrap();
    });
}

/// The worker's process; killed when dropped.
pub(crate) struct Process(Child);

impl Process {
    /// Starts it with nothing in its environment but what points to the sandbox.
    pub(crate) fn start(endpoint: &str) -> Self {
        let child = Command::new(env::current_exe().unwrap())
            .arg(FLAG)
            .env_clear()
            .env("AWS_ENDPOINT_URL", endpoint)
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "AKIASANDBOX")
            .env("AWS_SECRET_ACCESS_KEY", "sandbox")
            // What is measured is the sweep, not the installs that would follow.
            .env("FALCONER_INSTALL_AFTER_SWEEPS", "false")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn();
        Self(child.unwrap())
    }

    /// `VmHWM` of <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>, in KiB.
    pub(crate) fn peak_memory_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.and_then(|text| text.trim().strip_suffix(" kB")).unwrap().parse().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // An error means that it has ended by itself.
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}
