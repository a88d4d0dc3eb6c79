//! What is paid for although nothing happens, out of the hub's synthesized template.

use falconer_tests::template::Template;
use serde_json::Value;

use crate::prices::{ALARM, ARM, DASHBOARD, HOURS, KEY, SECRET, SHARD_HOUR, X86};

/// Parts of the deployment by what they cost a month.
pub(crate) struct Standing(Vec<(String, f64)>);

impl Standing {
    /// Of the example configuration.
    pub(crate) fn of_the_template() -> Self {
        let template = Template::of_the_hub();
        let count = |kind: &str| f64::from(u32::try_from(template.of_type(kind).count()).unwrap());
        // The gateway has a fixed number of tasks, the workers the least to which they scale down. All are of one size.
        let least = |kind: &str, member: &str| -> f64 {
            template.of_type(kind).filter_map(|properties| properties.get(member)).map(number).sum()
        };
        let running = least("AWS::ECS::Service", "DesiredCount")
            + least("AWS::ApplicationAutoScaling::ScalableTarget", "MinCapacity");
        let hour = template.of_type("AWS::ECS::TaskDefinition").map(task).fold(0.0, f64::max);
        let fargate = hour * running * HOURS;
        let (secrets, alarms, dashboards, keys) =
            (2.0, count("AWS::CloudWatch::Alarm"), count("AWS::CloudWatch::Dashboard"), count("AWS::KMS::Key"));
        Self(vec![
            (format!("Fargate, {running} tasks"), fargate),
            ("Kinesis, the firewall's alert log".to_owned(), count("AWS::Kinesis::Stream") * SHARD_HOUR * HOURS),
            (
                format!("CloudWatch, {alarms} alarms and {dashboards} dashboard"),
                alarms * ALARM + dashboards * DASHBOARD,
            ),
            ("Secrets Manager, both API clients of Falcon".to_owned(), secrets * SECRET),
            (format!("KMS, {keys} keys"), keys * KEY),
            ("Network Firewall, the rule groups".to_owned(), 0.0),
        ])
    }

    pub(crate) fn rows(&self) -> &[(String, f64)] {
        &self.0
    }
}

/// An hour of a task.
fn task(task: &Value) -> f64 {
    let (processor, gigabyte) = if task["RuntimePlatform"]["CpuArchitecture"] == "ARM64" { ARM } else { X86 };
    number(&task["Cpu"]) / 1_024.0 * processor + number(&task["Memory"]) / 1_024.0 * gigabyte
}

fn number(value: &Value) -> f64 {
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).unwrap()
}
