//! The one configuration: a TOML file, overridden by `FALCONER_*` environment variables, with a default for every key.
//!
//! Everything that is wrong is reported at once, each problem with its key. Credentials and endpoints are not here: they
//! come from the AWS SDK's own chain (`AWS_PROFILE`, `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_<SERVICE>`).

mod accounts;
mod environment;
mod problem;
mod sections;
mod worker;

use std::path::Path;

use schemars::schema_for;
use serde_json::Value;

pub use self::accounts::AccountSettings;
pub use self::problem::{ConfigProblem, ConfigProblems};
pub use self::sections::{CapSettings, Config, FalconSettings, FirewallSettings, Parsed, SwitchSettings};
pub use self::worker::WorkerSettings;

/// Where the sandbox keeps the credentials of its own Falcon cloud.
const SANDBOX_CREDENTIALS: &str = "/aws/reference/secretsmanager/falconer/falcon";

/// The same for installs.
const SANDBOX_INSTALL_CREDENTIALS: &str = "/aws/reference/secretsmanager/falconer/falcon-install";

/// What the roles of the sandbox's member accounts demand.
const SANDBOX_EXTERNAL_ID: &str = "falconer-sandbox";

/// Where a worker works, which decides a few keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In AWS, or whatever the environment points to.
    Aws,
    /// Beside a sandbox of the same process, where the guard lets the addresses pass that are reserved for
    /// documentation (no others should be tried out) and Falcon is the sandbox's own.
    Sandbox,
}

/// Reads the configuration from `file`, if one is named, from the process's environment, and from what the command line puts over
/// both, as variables.
///
/// # Errors
/// Every problem of the file and of the variables.
pub fn load(
    file: Option<&Path>,
    overrides: impl IntoIterator<Item = (String, String)>,
    place: Place,
) -> Result<Parsed, ConfigProblems> {
    let text = match file {
        None => String::new(),
        Some(path) => std::fs::read_to_string(path)
            .map_err(|error| ConfigProblems::one(&path.display().to_string(), &format!("cannot be read: {error}")))?,
    };
    parse(&text, environment::variables().chain(overrides), place)
}

/// The configuration that a TOML text and `FALCONER_*` variables make.
///
/// # Errors
/// Every problem of both.
pub fn parse(
    toml: &str,
    variables: impl IntoIterator<Item = (String, String)>,
    place: Place,
) -> Result<Parsed, ConfigProblems> {
    let mut value = from_toml(toml)?;
    let mut problems = environment::overlay(&mut value, variables);
    problems.extend(against_schema(&value));
    if !problems.is_empty() {
        return Err(ConfigProblems(problems));
    }
    let config = serde_json::from_value::<Config>(value);
    let mut config = config.map_err(|error| ConfigProblems::one("configuration", &error.to_string()))?;
    if place == Place::Sandbox {
        config.guard.allow_documentation_ranges = true;
        if config.falcon.credentials.is_empty() {
            SANDBOX_CREDENTIALS.clone_into(&mut config.falcon.credentials);
        }
        if config.falcon.install_credentials.is_empty() {
            SANDBOX_INSTALL_CREDENTIALS.clone_into(&mut config.falcon.install_credentials);
        }
        if config.accounts.external_id.is_empty() {
            SANDBOX_EXTERNAL_ID.clone_into(&mut config.accounts.external_id);
        }
    }
    config.parse().map_err(ConfigProblems)
}

fn from_toml(text: &str) -> Result<Value, ConfigProblems> {
    let table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| ConfigProblems::one("file", error.to_string().trim_end()))?;
    serde_json::to_value(table).map_err(|error| ConfigProblems::one("file", &error.to_string()))
}

/// Unknown keys and values of the wrong type: the schema of the Rust types finds all of them, serde only the first.
fn against_schema(value: &Value) -> Vec<ConfigProblem> {
    let schema = schema_for!(Config).to_value();
    match jsonschema::validator_for(&schema) {
        Ok(validator) => validator.iter_errors(value).map(|error| problem::of_schema(&error)).collect(),
        Err(error) => vec![ConfigProblem::new("schema", error.to_string())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(toml: &str, variables: &[(&str, &str)]) -> String {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        parse(toml, variables, Place::Aws).unwrap_err().to_string()
    }

    #[test]
    fn an_empty_file_is_the_defaults() {
        let parsed = parse("", [], Place::Aws).unwrap();
        assert_eq!(parsed.block_groups, ["falconer-block"]);
        assert_eq!(parsed.worker.slots, 256);
    }

    #[test]
    fn a_variable_wins_over_the_file() {
        let variables = [("FALCONER_FIREWALL_BLOCK_GROUPS".to_owned(), "from-environment, another".to_owned())];
        let parsed = parse("[firewall]\nblock_groups = [\"from-file\"]\n", variables, Place::Aws).unwrap();
        assert_eq!(parsed.block_groups, ["from-environment", "another"]);
    }

    #[test]
    fn a_list_in_a_variable_is_separated_by_commas() {
        let variables = [("FALCONER_GUARD_OWN".to_owned(), "198.18.0.0/15, corp.test.internal".to_owned())];
        let guard = parse("", variables, Place::Aws).unwrap().guard;
        assert!(guard.admit("198.18.7.7".parse().unwrap()).is_err());
        assert!(guard.admit("corp.test.internal".parse().unwrap()).is_err());
    }

    #[test]
    fn every_problem_is_reported_at_once_with_its_key() {
        let report = problems(
            "[worker]\nslots = \"many\"\nspeed = 3\n[guard]\nown = 7\n",
            &[("FALCONER_WORKER_SLOT", "3"), ("FALCONER_WORKER_METRICS_SECONDS", "soon")],
        );
        for key in ["worker.slots", "speed", "guard.own", "FALCONER_WORKER_SLOT", "worker.metrics_seconds"] {
            assert!(report.contains(key), "{key} is missing in: {report}");
        }
    }

    #[test]
    fn a_value_out_of_its_range_names_its_key() {
        let report = problems(
            "[worker]\nslots = 0\n[policy.ttl]\nhigh = \"soon\"\n[guard]\nown = [\"not a name\"]\n\
             [firewall]\nblock_groups = [\"one\", \"one\"]\n",
            &[],
        );
        for key in ["firewall.block_groups", "worker.slots", "policy.ttl.high", "guard.own[0]"] {
            assert!(report.contains(key), "{key} is missing in: {report}");
        }
    }

    #[test]
    fn a_worker_of_some_activities_needs_a_slot_for_each_of_them_alone() {
        let some = [("FALCONER_WORKER_ACTIVITIES".to_owned(), "CheckPlace, PlanCheck".to_owned())];
        let parsed = parse("[worker]\nslots = 2\n", some, Place::Aws).unwrap();
        assert_eq!(parsed.activities, ["PlanCheck", "CheckPlace"]);
        let report = problems("[worker]\nslots = 1\nactivities = [\"CheckPlace\", \"PlanCheck\"]\n", &[]);
        assert!(report.contains("worker.slots: must be 2 to 10,000"), "{report}");
    }

    #[test]
    fn an_activity_that_does_not_exist_is_told_with_those_that_do() {
        let report = problems("[worker]\nactivities = [\"CheckPlaces\", \"PlanCheck\"]\n", &[]);
        assert!(
            report.contains("worker.activities: there is no CheckPlaces") && report.contains("CheckPlace,"),
            "{report}"
        );
    }

    #[test]
    fn hunts_are_named_in_the_file_and_their_group_in_a_variable_too() {
        let variables = [("FALCONER_HUNT_GROUP".to_owned(), "watched".to_owned())];
        let toml = "[hunt.lists.\"actor:bear\"]\nfilter = \"actors:'FANCYBEAR'\"\nmost_rules = 5000\n";
        let hunts = parse(toml, variables, Place::Aws).unwrap().hunts;
        let (name, hunt) = hunts.lists.first_key_value().unwrap();
        assert_eq!((hunts.group.as_str(), name.as_str(), hunt.most_rules), ("watched", "actor:bear", Some(5000)));
    }

    #[test]
    fn hunts_and_blocks_share_no_group_and_no_signature_ids() {
        let report = problems("[hunt]\ngroup = \"falconer-block\"\nfirst_sid = 1999999999\n", &[]);
        assert!(report.contains("hunt.group") && report.contains("hunt.first_sid, hunt.last_sid"), "{report}");
        let report = problems("[hunt]\nfirst_sid = 0\n[hunt.lists.all]\naddresses = true\n", &[]);
        assert!(report.contains("hunt.first_sid") && report.contains("hunt.lists.all.filter"), "{report}");
    }

    #[test]
    fn a_file_that_is_not_toml_says_where() {
        assert!(problems("[worker\n", &[]).contains("line 1"));
    }
}
