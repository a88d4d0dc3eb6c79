//! A program that runs itself again in another role, so that the memory and the processor time of that role are its own.

use std::future::Future;
use std::io::{self, Read as _};
use std::path::Path;
use std::process::{self, Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

use falconer_cli::logs;

/// As the binary has it.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// `CLK_TCK`, which Linux has fixed for whoever reads `/proc`: <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>.
const TICKS: f64 = 100.0;

/// Plays a role to its end, in the same kind of runtime as `falconer`, or until the program that started it has ended.
pub fn play(role: impl Future<Output = ()> + Send + 'static) {
    logs::to_stderr("error");
    thread::spawn(|| {
        // Nobody writes there: it ends when its other end is gone.
        let _ended = io::stdin().read(&mut [0]);
        process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK_BYTES).build();
    runtime.unwrap().block_on(async { tokio::spawn(role).await.unwrap() });
}

/// The program in its other role; killed when dropped.
pub struct OwnProcess(Child);

impl OwnProcess {
    /// Starts it with nothing in its environment but what points to the sandbox, and what is said here.
    pub fn start(flag: &str, endpoint: &str, environment: &[(&str, String)]) -> Self {
        let child = Command::new(env::current_exe().unwrap())
            .arg(flag)
            .env_clear()
            .env("AWS_ENDPOINT_URL", endpoint)
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "AKIASANDBOX")
            .env("AWS_SECRET_ACCESS_KEY", "sandbox")
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn();
        Self(child.unwrap())
    }

    /// Memory, in KiB, by its line in <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>: `VmRSS`, `VmHWM`.
    #[must_use]
    pub fn memory_kib(&self, line: &str) -> u64 {
        let status = self.proc("status");
        let found = status.lines().find_map(|one| one.strip_prefix(line)?.strip_prefix(':'));
        found.and_then(|text| text.trim().strip_suffix(" kB")).unwrap().parse().unwrap()
    }

    /// What it has used of the processors.
    #[must_use]
    pub fn processor_time(&self) -> Duration {
        let stat = self.proc("stat");
        // The name of the program stands in parentheses, and may hold anything.
        let (_, after) = stat.rsplit_once(") ").unwrap();
        let ticks: f64 = after.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<f64>().unwrap()).sum();
        Duration::from_secs_f64(ticks / TICKS)
    }

    fn proc(&self, file: &str) -> String {
        fs::read_to_string(Path::new("/proc").join(self.0.id().to_string()).join(file)).unwrap()
    }
}

impl Drop for OwnProcess {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}
