//! The Config rule by which every new instance comes to `install-sensor` by itself.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::recorder::{INSTANCE, INVENTORY};
use crate::place::{Place, Region};

/// The rule's name, in every account and region.
pub const RULE: &str = "falconer-sensor";

/// How a rule of ours describes itself. The beginning says that it is ours.
const DESCRIPTION: &str = "Falconer: EC2 instances run a healthy CrowdStrike Falcon sensor";
const OURS: &str = "Falconer: ";

/// `Source.Owner` of a rule with a function of one's own
/// (<https://docs.aws.amazon.com/config/latest/APIReference/API_Source.html>).
pub const CUSTOM_LAMBDA: &str = "CUSTOM_LAMBDA";

/// A Lambda function by its ARN, without a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct FunctionArn {
    partition: String,
    region: Region,
    account: crate::place::AccountId,
    name: String,
}

/// A text is no ARN of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "it must be the ARN of a Lambda function without a version: `arn:aws:lambda:us-east-1:111122223333:function:name`"
)]
pub struct FunctionArnError;

/// What a rule is, as far as it matters: what [`crate::fleet::CheckRequest`] understands must come, from our function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleDefinition {
    /// `Description`.
    pub description: String,
    /// `Source.SourceIdentifier`: the function.
    pub function: String,
    /// `Source.SourceDetails[].MessageType`.
    pub messages: BTreeSet<String>,
    /// `Scope.ComplianceResourceTypes`.
    pub resource_types: BTreeSet<String>,
    /// `MaximumExecutionFrequency` of what comes by the clock.
    pub frequency: String,
}

/// A rule by our name, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingRule {
    /// `Source.Owner`.
    pub owner: String,
    /// `ConfigRuleState`.
    pub state: String,
    /// `CreatedBy`, if a service made it.
    pub created_by: Option<String>,
    /// What it is.
    pub definition: RuleDefinition,
}

/// What is done about the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleDecision {
    /// Nothing: it is there.
    Nothing,
    /// It is made.
    Create(RuleDefinition),
    /// It is ours, and not as it should be: it is written anew.
    Correct(RuleDefinition),
    /// It is being deleted: come again later.
    Wait,
    /// Somebody else's rule has the name: it stays, and a person is told.
    Foreign,
}

impl RuleDefinition {
    /// What the rule of a place must be. AWS Config calls a function in its own region, and so there is one in each.
    pub fn wanted(function: &FunctionArn, place: &Place) -> Self {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Self {
            description: DESCRIPTION.to_owned(),
            function: function.in_region(&place.region),
            messages: texts(&[CHANGED, TOO_LARGE, SCHEDULED]),
            resource_types: texts(&[INSTANCE, INVENTORY]),
            frequency: DAILY.to_owned(),
        }
    }
}

/// What makes Config call the function
/// (<https://docs.aws.amazon.com/config/latest/APIReference/API_SourceDetail.html>). An item that is too large for an event comes as
/// a summary.
const CHANGED: &str = "ConfigurationItemChangeNotification";
const TOO_LARGE: &str = "OversizedConfigurationItemChangeNotification";
/// The one of them that has a frequency.
pub const SCHEDULED: &str = "ScheduledNotification";
const DAILY: &str = "TwentyFour_Hours";

impl RuleDecision {
    /// What is done, if this stands and that is wanted.
    pub fn of(standing: Option<&StandingRule>, wanted: RuleDefinition) -> Self {
        let Some(standing) = standing else { return Self::Create(wanted) };
        let is_custom = standing.owner == CUSTOM_LAMBDA && standing.created_by.is_none();
        let is_ours =
            standing.definition.description.starts_with(OURS) || standing.definition.function == wanted.function;
        match standing.state.as_str() {
            _ if !is_custom || !is_ours => Self::Foreign,
            "DELETING" | "DELETING_RESULTS" => Self::Wait,
            _ if standing.definition == wanted => Self::Nothing,
            _ => Self::Correct(wanted),
        }
    }
}

impl FunctionArn {
    /// The ARN of the function by this name in a region.
    pub fn in_region(&self, region: &Region) -> String {
        format!("arn:{}:lambda:{region}:{}:function:{}", self.partition, self.account, self.name)
    }
}

impl FromStr for FunctionArn {
    type Err = FunctionArnError;

    fn from_str(text: &str) -> Result<Self, FunctionArnError> {
        let ["arn", partition, "lambda", region, account, "function", name] = text.split(':').collect::<Vec<_>>()[..]
        else {
            return Err(FunctionArnError);
        };
        let is_name = (1..=64).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        match (region.parse::<Region>(), account.parse()) {
            (Ok(region), Ok(account)) if is_name && region.partition() == partition => {
                Ok(Self { partition: partition.to_owned(), region, account, name: name.to_owned() })
            }
            _ => Err(FunctionArnError),
        }
    }
}

impl TryFrom<String> for FunctionArn {
    type Error = FunctionArnError;

    fn try_from(text: String) -> Result<Self, FunctionArnError> {
        text.parse()
    }
}

impl From<FunctionArn> for String {
    fn from(function: FunctionArn) -> Self {
        function.to_string()
    }
}

/// As it was written.
impl fmt::Display for FunctionArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.in_region(&self.region))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUNCTION: &str = "arn:aws:lambda:us-east-1:111122223333:function:falconer-sensor";

    fn wanted() -> RuleDefinition {
        let place = Place { account: "444455556666".parse().unwrap(), region: "eu-central-1".parse().unwrap() };
        RuleDefinition::wanted(&FUNCTION.parse().unwrap(), &place)
    }

    fn standing(change: impl FnOnce(&mut StandingRule)) -> RuleDecision {
        let mut rule = StandingRule {
            owner: CUSTOM_LAMBDA.to_owned(),
            state: "ACTIVE".to_owned(),
            created_by: None,
            definition: wanted(),
        };
        change(&mut rule);
        RuleDecision::of(Some(&rule), wanted())
    }

    #[test]
    fn the_rule_calls_the_function_of_its_own_region() {
        assert_eq!(wanted().function, "arn:aws:lambda:eu-central-1:111122223333:function:falconer-sensor");
        assert_eq!(FUNCTION.parse::<FunctionArn>().unwrap().to_string(), FUNCTION);
    }

    #[test]
    fn a_rule_is_made_corrected_or_left_to_whom_it_belongs() {
        assert_eq!(RuleDecision::of(None, wanted()), RuleDecision::Create(wanted()));
        assert_eq!(standing(|_| ()), RuleDecision::Nothing);
        let correct = RuleDecision::Correct(wanted());
        assert_eq!(standing(|rule| rule.definition.function = FUNCTION.to_owned()), correct);
        assert_eq!(standing(|rule| assert!(rule.definition.messages.remove(SCHEDULED))), correct);
        assert_eq!(standing(|rule| assert!(rule.definition.resource_types.remove(INVENTORY))), correct);
        assert_eq!(standing(|rule| rule.definition.frequency = "One_Hour".to_owned()), correct);
        assert_eq!(standing(|rule| rule.definition.description.clear()), correct);
        assert_eq!(standing(|rule| rule.state = "DELETING".to_owned()), RuleDecision::Wait);
        assert_eq!(standing(|rule| rule.owner = "AWS".to_owned()), RuleDecision::Foreign);
        let by_service = |rule: &mut StandingRule| rule.created_by = Some("securityhub.amazonaws.com".to_owned());
        assert_eq!(standing(by_service), RuleDecision::Foreign);
        let of_another = |rule: &mut StandingRule| {
            rule.definition.description = "ours".to_owned();
            rule.definition.function = FUNCTION.to_owned();
        };
        assert_eq!(standing(of_another), RuleDecision::Foreign);
    }

    #[test]
    fn only_an_arn_of_a_function_is_one() {
        for text in [
            "",
            "falconer-sensor",
            "arn:aws:lambda:us-east-1:111122223333:function:falconer-sensor:1",
            "arn:aws:lambda:us-gov-west-1:111122223333:function:falconer-sensor",
            "arn:aws:lambda:us-east-1:11112222333:function:falconer-sensor",
            "arn:aws:lambda:us-east-1:111122223333:function:",
            "arn:aws:lambda:us-east-1:111122223333:function:falconer sensor",
            "arn:aws:iam:us-east-1:111122223333:function:falconer-sensor",
        ] {
            assert_eq!(text.parse::<FunctionArn>(), Err(FunctionArnError), "{text}");
        }
        assert!("arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:f".parse::<FunctionArn>().is_ok());
    }
}
