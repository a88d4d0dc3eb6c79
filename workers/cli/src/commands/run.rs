//! `falconer run SLUG`: starts a runbook and follows it to its end, state by state.

use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_config::SdkConfig;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::aws;
use crate::execution::{self, Ending, Step};
use crate::exit::Exit;
use crate::failure::CommandFailure;
use crate::outcome;
use crate::paint::{BAD, DIM, GOOD, STRONG, WARN, paint};

/// Start a runbook and follow it to its end.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  echo '{\"indicators\":[{\"type\":\"domain\",\"value\":\"evil.example\"}],\"reason\":\"case 42\",\"ttl\":\"24h\"}' \\\n    | falconer run contain-finding --input -\n\nExits with 0 only if the execution succeeded."
)]
pub struct RunArgs {
    /// The runbook, which is the state machine's name, or a state machine's ARN.
    slug: String,
    /// A file with the execution's input, or `-` for standard input; `{}` if left out.
    #[arg(long, value_name = "FILE|-")]
    input: Option<PathBuf>,
    /// Print the ending as one JSON object instead of the steps.
    #[arg(long)]
    json: bool,
}

/// Carries out the command.
///
/// # Errors
/// An input that cannot be read or is not JSON, and failed calls.
pub async fn run(args: RunArgs) -> Result<Exit, CommandFailure> {
    let input = read_input(args.input.as_deref())?;
    let sdk = aws::from_environment().await?;
    Ok(to_its_end(&sdk, &args.slug, &input, args.json).await?.exit())
}

/// Starts the runbook, shows its steps as they happen, and reports how it ended.
///
/// # Errors
/// Failed calls.
pub(crate) async fn to_its_end(
    sdk: &SdkConfig,
    slug: &str,
    input: &str,
    as_json: bool,
) -> Result<Ending, CommandFailure> {
    let client = aws_sdk_sfn::Client::new(sdk);
    let arn = execution::start(&client, slug, input).await?;
    let mut display = Display::new(!as_json);
    display.started(slug, &arn);
    let ending = execution::follow(&client, &arn, |step| display.step(step)).await?;
    display.finish();
    report(&arn, &ending, as_json);
    Ok(ending)
}

fn read_input(from: Option<&Path>) -> Result<String, CommandFailure> {
    let Some(path) = from else { return Ok("{}".to_owned()) };
    let text = read_text(path)?;
    serde_json::from_str::<Value>(&text)
        .map_err(|error| CommandFailure::input(path, &format!("is not JSON: {error}")))?;
    Ok(text)
}

/// The text of a file, or of standard input where it is called `-`.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn read_text(path: &Path) -> Result<String, CommandFailure> {
    let read = if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    read.map_err(|error| CommandFailure::input(path, &error.to_string()))
}

fn report(arn: &str, ending: &Ending, as_json: bool) {
    let status = ending.status.as_str();
    if as_json {
        let line = json!({
            "execution": arn, "status": status, "output": ending.output, "error": ending.error, "cause": ending.cause,
        });
        anstream::println!("{line}");
    } else {
        outcome::tell(ending);
        let style = if ending.succeeded() { GOOD } else { BAD };
        anstream::println!("{}", paint(style, status));
    }
}

/// The steps of one execution as they happen: a spinner on a terminal, plain lines elsewhere.
pub(crate) struct Display {
    spinner: Option<ProgressBar>,
    lines: bool,
}

impl Display {
    pub(crate) fn new(lines: bool) -> Self {
        let spinner = (lines && std::io::stdout().is_terminal()).then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("  {spinner} {msg} {elapsed:.dim}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self { spinner, lines }
    }

    fn started(&self, slug: &str, arn: &str) {
        self.line(&format!("{} {}", paint(STRONG, slug), paint(DIM, arn)));
    }

    pub(crate) fn step(&mut self, step: &Step) {
        match step {
            Step::Entered { state } => {
                if let Some(spinner) = &self.spinner {
                    spinner.set_message(state.clone());
                    spinner.reset_elapsed();
                }
            }
            Step::AttemptFailed { state, error, cause } => {
                self.line(&format!("  {} {state}  {}  {cause}", paint(WARN, "!"), paint(WARN, error)));
            }
            Step::Exited { state, took, .. } => {
                let took = format!("{:.1} s", took.as_secs_f64());
                self.line(&format!("  {} {state:<20} {}", paint(GOOD, "✓"), paint(DIM, took)));
            }
        }
    }

    pub(crate) fn finish(&self) {
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
    }

    fn line(&self, text: &str) {
        if !self.lines {
            return;
        }
        match &self.spinner {
            Some(spinner) => spinner.suspend(|| anstream::println!("{text}")),
            None => anstream::println!("{text}"),
        }
    }
}
