//! Offsets in a parameter of Systems Manager. It is written every few seconds at most, and Systems Manager lets three be written
//! in one (<https://docs.aws.amazon.com/general/latest/gr/ssm.html>).

use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::ParameterType;
use falconer_activities::aws_failure::CallFailure;

use super::{OffsetsError, failed};

pub(super) async fn read(client: &Client, name: &str) -> Result<Option<String>, OffsetsError> {
    match client.get_parameter().name(name).send().await {
        Ok(output) => Ok(output.parameter.and_then(|parameter| parameter.value)),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_parameter_not_found()) => Ok(None),
        Err(error) => Err(failed("GetParameter", name, &CallFailure::from(&error))),
    }
}

pub(super) async fn write(client: &Client, name: &str, text: String) -> Result<(), OffsetsError> {
    let put = client.put_parameter().name(name).value(text).r#type(ParameterType::String).overwrite(true).send().await;
    put.map(drop).map_err(|error| failed("PutParameter", name, &CallFailure::from(&error)))
}
