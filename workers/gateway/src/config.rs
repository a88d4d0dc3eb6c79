//! What an organization tells the gateway.

use std::path::PathBuf;
use std::time::Duration;

use falconer_domain::detection::{Filter, FilterConfig};
use falconer_falcon::{AppId, ReadFrom};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// `[gateway]`: what is read, what becomes a finding, and where it goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GatewayConfig {
    /// The name under which the stream is read, 1 to 32 letters and digits. Falcon lets one reader at a time use it, so that each
    /// gateway needs its own. Default `falconer`.
    pub app_id: String,
    /// Where the gateway keeps how far it has come: `parameter:/falconer/gateway/offsets` (Systems Manager; the default) or
    /// `file:/var/lib/falconer/offsets.json`.
    pub offsets: String,
    /// Where a partition is begun of which nothing is kept: `newest` (with the next event; the default), `oldest` (with the oldest
    /// that Falcon still has), or an offset.
    pub from: String,
    /// Whose Security Hub takes findings: `instance` (the instance's own account and region, with the member's role, and the hub
    /// where that lets nobody in; the default) or `hub`.
    pub publish_into: PublishInto,
    /// The file for findings that Security Hub does not take, and for events that cannot be read. It is written at its end, and
    /// must outlive the process. Default `falconer-dead-letters.ndjson` in the working folder.
    pub dead_letters: PathBuf,
    /// Milliseconds that a batch of findings waits for more, from 10 to 60,000. Default 1,000.
    pub max_delay_ms: u64,
    /// Seconds between two times that the offsets are kept, from 1 to 300. Default 5.
    pub commit_seconds: u64,
    /// Seconds that an account may take nothing until its findings become dead letters, from 1 to 86,400. Default 300. Meanwhile
    /// the others' findings go on as long as there are places for events under way.
    pub patience_seconds: u64,
    /// Seconds that findings under way may take after SIGTERM. Default 85: with the 20 s that it may take to keep the last offsets it
    /// fits into the 120 s that Fargate allows.
    pub grace_seconds: u64,
    /// Which events become findings.
    pub filter: FilterConfig,
}

/// Whose Security Hub takes findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PublishInto {
    /// That of the instance's account, in its region.
    #[default]
    Instance,
    /// The hub's.
    Hub,
}

/// One mistake in a [`GatewayConfig`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{key}: {problem}")]
pub struct GatewayConfigProblem {
    /// The key.
    pub key: String,
    /// What is wrong with it, and what to write instead.
    pub problem: String,
}

/// What decides about the gateway, parsed.
#[derive(Clone, Debug)]
pub struct GatewayRules {
    /// The name under which the stream is read.
    pub app_id: AppId,
    /// Where offsets are kept.
    pub offsets: OffsetPlace,
    /// Where a partition is begun of which nothing is kept.
    pub from: ReadFrom,
    /// Whose Security Hub takes findings.
    pub publish_into: PublishInto,
    /// The file for dead letters.
    pub dead_letters: PathBuf,
    /// How long a batch waits for more.
    pub most_delay: Duration,
    /// Between two times that offsets are kept.
    pub commit_period: Duration,
    /// How long an account may take nothing.
    pub patience: Duration,
    /// How long findings under way may take at the end.
    pub grace: Duration,
    /// Which events become findings.
    pub filter: Filter,
}

/// Where offsets are kept, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OffsetPlace {
    /// A file.
    File(PathBuf),
    /// A parameter of Systems Manager.
    Parameter(String),
}

impl Default for GatewayConfig {
    fn default() -> Self {
        Self {
            app_id: "falconer".to_owned(),
            offsets: "parameter:/falconer/gateway/offsets".to_owned(),
            from: "newest".to_owned(),
            publish_into: PublishInto::default(),
            dead_letters: "falconer-dead-letters.ndjson".into(),
            max_delay_ms: 1000,
            commit_seconds: 5,
            patience_seconds: 300,
            grace_seconds: 85,
            filter: FilterConfig::default(),
        }
    }
}

impl GatewayRules {
    /// # Errors
    /// Every mistake of the configuration, with its key.
    pub fn new(config: &GatewayConfig) -> Result<Self, Vec<GatewayConfigProblem>> {
        let mut problems = Vec::new();
        let mut refuse = |key: &str, problem: &str| {
            problems.push(GatewayConfigProblem { key: key.to_owned(), problem: problem.to_owned() });
        };
        let app_id = config.app_id.parse().map_err(|_| refuse("app_id", "it must be 1 to 32 letters and digits")).ok();
        let offsets = offset_place(&config.offsets);
        if offsets.is_none() {
            refuse("offsets", "it must be `parameter:` with the name of a parameter, or `file:` with a path");
        }
        let from = read_from(&config.from).map_err(|problem| refuse("from", problem)).ok();
        if config.dead_letters.as_os_str().is_empty() {
            refuse("dead_letters", "it must be the path of a file");
        }
        for (key, value, least, most) in [
            ("max_delay_ms", config.max_delay_ms, 10, 60_000),
            ("commit_seconds", config.commit_seconds, 1, 300),
            ("patience_seconds", config.patience_seconds, 1, 86_400),
        ] {
            if !(least..=most).contains(&value) {
                refuse(key, &format!("it must be from {least} to {most}"));
            }
        }
        let filter = Filter::new(&config.filter).map_err(|found| {
            found.iter().for_each(|one| refuse(&format!("filter.{}", one.key), one.problem));
        });
        match (app_id, offsets, from, filter, problems.is_empty()) {
            (Some(app_id), Some(offsets), Some(from), Ok(filter), true) => Ok(Self {
                app_id,
                offsets,
                from,
                publish_into: config.publish_into,
                dead_letters: config.dead_letters.clone(),
                most_delay: Duration::from_millis(config.max_delay_ms),
                commit_period: Duration::from_secs(config.commit_seconds),
                patience: Duration::from_secs(config.patience_seconds),
                grace: Duration::from_secs(config.grace_seconds),
                filter,
            }),
            _ => Err(problems),
        }
    }
}

fn offset_place(text: &str) -> Option<OffsetPlace> {
    match text.split_once(':')? {
        (_, "") => None,
        ("file", path) => Some(OffsetPlace::File(path.into())),
        ("parameter", name) => Some(OffsetPlace::Parameter(name.to_owned())),
        _ => None,
    }
}

/// Where reading begins, as a person writes it: `newest`, `oldest`, or an offset.
///
/// # Errors
/// What it must be.
pub fn read_from(text: &str) -> Result<ReadFrom, &'static str> {
    match text {
        "newest" => Ok(ReadFrom::Newest),
        "oldest" => Ok(ReadFrom::Oldest),
        offset => offset.parse().map(ReadFrom::Offset).map_err(|_| "it must be `newest`, `oldest`, or an offset"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(change: impl FnOnce(&mut GatewayConfig)) -> Vec<String> {
        let mut config = GatewayConfig::default();
        change(&mut config);
        let problems = GatewayRules::new(&config).err().unwrap_or_default();
        problems.into_iter().map(|problem| problem.key).collect()
    }

    #[test]
    fn the_defaults_are_valid() {
        assert!(problems(|_| ()).is_empty());
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let all = problems(|config| {
            "falconer-1".clone_into(&mut config.app_id);
            "s3:bucket".clone_into(&mut config.offsets);
            "yesterday".clone_into(&mut config.from);
            config.dead_letters = PathBuf::new();
            config.max_delay_ms = 0;
            config.commit_seconds = 0;
            config.patience_seconds = 0;
            config.filter.max_age_days = 0;
        });
        let expected = [
            "app_id",
            "offsets",
            "from",
            "dead_letters",
            "max_delay_ms",
            "commit_seconds",
            "patience_seconds",
            "filter.max_age_days",
        ];
        assert_eq!(all, expected);
    }

    #[test]
    fn offsets_are_kept_in_a_file_or_a_parameter() {
        for (text, place) in [
            ("file:/tmp/offsets.json", Some(OffsetPlace::File("/tmp/offsets.json".into()))),
            ("parameter:/a/b", Some(OffsetPlace::Parameter("/a/b".to_owned()))),
            ("file:", None),
            ("/tmp/offsets.json", None),
        ] {
            assert_eq!(offset_place(text), place, "{text}");
        }
    }

    #[test]
    fn reading_begins_with_a_word_or_a_number() {
        for (text, from) in [
            ("newest", Some(ReadFrom::Newest)),
            ("oldest", Some(ReadFrom::Oldest)),
            ("0", Some(ReadFrom::Offset(0))),
            ("18446744073709551615", Some(ReadFrom::Offset(u64::MAX))),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(read_from(text).ok(), from, "{text}");
        }
    }
}
