//! The Config rule of a place, which calls the hub's function for each instance that changes.

use aws_sdk_config::types::{
    ConfigRule, EventSource, MaximumExecutionFrequency, MessageType, Owner, Scope, Source, SourceDetail,
};
use falconer_domain::onboarding::{RULE, RuleDefinition, SCHEDULED, StandingRule};

use crate::accounts::Clients;
use crate::aws_failure::CallFailure;
use crate::fleet::ConfigError;

/// Of [`standing`].
pub(super) const READ: &[&str] = &["config:DescribeConfigRules"];

/// Of [`put`].
pub(super) const PUT: &[&str] = &["config:PutConfigRule"];

/// The rule by our name, as it stands.
///
/// # Errors
/// What the call met.
pub async fn standing(clients: &Clients) -> Result<Option<StandingRule>, ConfigError> {
    match clients.config.describe_config_rules().config_rule_names(RULE).send().await {
        Ok(output) => Ok(output.config_rules().first().map(read)),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_no_such_config_rule_exception()) => {
            Ok(None)
        }
        Err(error) => Err(ConfigError::of_call(&clients.place, "DescribeConfigRules", CallFailure::from(&error))),
    }
}

/// Writes the rule. Harmless when repeated.
pub(super) async fn put(clients: &Clients, definition: &RuleDefinition) -> Result<(), ConfigError> {
    let failed = |reason| ConfigError::of_call(&clients.place, "PutConfigRule", reason);
    let detail = |message: &String| {
        let frequency = (message == SCHEDULED).then(|| definition.frequency.as_str().into());
        SourceDetail::builder()
            .event_source(EventSource::AwsConfig)
            .message_type(MessageType::from(message.as_str()))
            .set_maximum_execution_frequency(frequency)
            .build()
    };
    let source = Source::builder()
        .owner(Owner::CustomLambda)
        .source_identifier(&definition.function)
        .set_source_details(Some(definition.messages.iter().map(detail).collect()))
        .build()
        .map_err(|error| failed(CallFailure::Refused { code: "Unbuilt".to_owned(), message: error.to_string() }))?;
    let types = definition.resource_types.iter().cloned().collect();
    let rule = ConfigRule::builder()
        .config_rule_name(RULE)
        .description(&definition.description)
        .scope(Scope::builder().set_compliance_resource_types(Some(types)).build())
        .source(source)
        .build();
    let put = clients.config.put_config_rule().config_rule(rule).send().await;
    put.map(drop).map_err(|error| failed(CallFailure::from(&error)))
}

fn read(rule: &ConfigRule) -> StandingRule {
    let source = rule.source();
    let details = source.map(Source::source_details).unwrap_or_default();
    let types = rule.scope().map(Scope::compliance_resource_types).unwrap_or_default();
    let messages = details.iter().filter_map(|detail| detail.message_type());
    let frequency = details.iter().find_map(|detail| detail.maximum_execution_frequency());
    StandingRule {
        owner: source.map(|source| source.owner().as_str().to_owned()).unwrap_or_default(),
        state: rule.config_rule_state().map(|state| state.as_str().to_owned()).unwrap_or_default(),
        created_by: rule.created_by().map(str::to_owned),
        definition: RuleDefinition {
            description: rule.description().unwrap_or_default().to_owned(),
            function: source.and_then(Source::source_identifier).unwrap_or_default().to_owned(),
            messages: messages.map(|message| message.as_str().to_owned()).collect(),
            resource_types: types.iter().cloned().collect(),
            frequency: frequency.map(MaximumExecutionFrequency::as_str).unwrap_or_default().to_owned(),
        },
    }
}
