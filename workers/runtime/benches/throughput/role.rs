//! The processes that the benchmark consists of: what each is told, and how it answers.

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Anything, contender::Contender, pick_up, sandbox, speed, step_functions::Place};

/// The argument before a role.
pub(crate) const FLAG: &str = "--role";

/// What one process does; handed over as JSON in its arguments.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum Role {
    /// Plays Step Functions until it is killed; answers with a [`Place`].
    Sandbox { latency_millis: u64 },
    /// Works off a full queue; answers with a [`speed::Speed`].
    Speed { contender: Contender, slots: usize, place: Place },
    /// Waits for single tasks; answers with [`pick_up::PickUps`].
    PickUp { contender: Contender, pause_millis: u64, place: Place },
}

impl Role {
    /// Does in this process what `role` says, and prints the answer as one line of JSON.
    #[tokio::main]
    pub(crate) async fn play(role: &str) -> Anything<()> {
        match serde_json::from_str(role)? {
            Self::Sandbox { latency_millis } => sandbox::serve(latency_millis).await,
            Self::Speed { contender, slots, place } => answer(&speed::measure(contender, slots, &place).await?),
            Self::PickUp { contender, pause_millis, place } => {
                answer(&pick_up::measure(contender, pause_millis, &place).await?)
            }
        }
    }

    /// Starts a process in this role.
    pub(crate) fn start(&self) -> Anything<Process> {
        let child = Command::new(env::current_exe()?)
            .args([FLAG, &serde_json::to_string(self)?])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        Ok(Process(child))
    }
}

/// Prints what the parent process waits for.
pub(crate) fn answer(value: &impl Serialize) -> Anything<()> {
    println!("{}", serde_json::to_string(value)?);
    Ok(())
}

/// A process in a role; killed when dropped.
pub(crate) struct Process(Child);

impl Process {
    /// Waits for its answer.
    pub(crate) fn answer<T: DeserializeOwned>(&mut self) -> Anything<T> {
        let stdout = self.0.stdout.take().ok_or("a process answers once")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        if line.is_empty() {
            return Err("a process of the benchmark ended without an answer".into());
        }
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // An error means that it has ended by itself.
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}
