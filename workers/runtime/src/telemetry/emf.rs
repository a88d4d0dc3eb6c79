//! Metrics as lines of the CloudWatch embedded metric format.
//!
//! The format:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
//! A container's log driver brings the lines to CloudWatch Logs, which makes metrics of them: no API call, no
//! permission, nothing that can throttle the process.

use std::{
    fmt,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Map, Value, json};
use tokio::task::spawn_blocking;

use super::clock;

/// Where metric lines go; clones write to the same place.
#[derive(Clone)]
pub struct MetricLines {
    writer: Arc<Mutex<Box<dyn Write + Send>>>,
    namespace: String,
}

impl MetricLines {
    /// Lines for this CloudWatch namespace.
    pub fn new(writer: impl Write + Send + 'static, namespace: &str) -> Self {
        Self { writer: Arc::new(Mutex::new(Box::new(writer))), namespace: namespace.to_owned() }
    }

    /// One line, with its end: metrics by name, unit and value, under these dimensions.
    pub fn line<'a>(
        &self,
        dimensions: &[(&str, &str)],
        metrics: impl IntoIterator<Item = (&'a str, &'a str, Value)>,
    ) -> String {
        let mut members = Map::new();
        members.extend(dimensions.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
        let mut declared = Vec::new();
        for (name, unit, value) in metrics {
            declared.push(json!({ "Name": name, "Unit": unit }));
            members.insert(name.to_owned(), value);
        }
        let names: Vec<&str> = dimensions.iter().map(|(name, _)| *name).collect();
        let mut line = json!({
            "_aws": {
                "Timestamp": clock::epoch_millis(),
                "CloudWatchMetrics": [{ "Namespace": self.namespace, "Dimensions": [names], "Metrics": declared }],
            },
        });
        if let Some(root) = line.as_object_mut() {
            root.extend(members);
        }
        format!("{line}\n")
    }

    /// Writes lines. What cannot be written is lost, and logged.
    pub async fn write(&self, lines: String) {
        let writer = Arc::clone(&self.writer);
        // A pipe that nobody reads blocks its writer: not on a thread that runs tasks.
        let written = spawn_blocking(move || -> io::Result<()> {
            let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
            writer.write_all(lines.as_bytes())?;
            writer.flush()
        });
        if let Ok(Err(error)) = written.await {
            tracing::warn!(%error, "metrics could not be written");
        }
    }
}

impl fmt::Debug for MetricLines {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("MetricLines").field("namespace", &self.namespace).finish_non_exhaustive()
    }
}
