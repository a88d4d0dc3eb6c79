//! GetParametersByPath: the parameters of a hierarchy.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html>.

use serde::Deserialize;
use serde_json::json;

use super::{State, SystemsManager, bad_token, invalid, served};
use crate::constraints::Constraints;
use crate::paging;
use crate::wire::{Answer, Call};

const SERVED: [&str; 5] = ["Path", "Recursive", "WithDecryption", "MaxResults", "NextToken"];
const MAX_RESULTS: i64 = 10;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ByPath {
    path: Option<String>,
    #[serde(default)]
    recursive: bool,
    #[serde(default)]
    with_decryption: bool,
    max_results: Option<i64>,
    next_token: Option<String>,
}

impl SystemsManager {
    pub(super) fn get_parameters_by_path(&self, state: &mut State, call: &Call) -> Answer {
        let input: ByPath = call.input()?;
        let mut constraints = Constraints::default();
        constraints.required("path", input.path.as_ref()).length("path", input.path.as_deref(), 1, 2048).range(
            "maxResults",
            input.max_results,
            1,
            MAX_RESULTS,
        );
        constraints.finish()?;
        served(call, &SERVED)?;
        let path = input.path.unwrap_or_default();
        if !path.starts_with('/') {
            return Err(invalid("The parameter path must begin with a forward slash '/'."));
        }
        let prefix = format!("{}/", path.trim_end_matches('/'));
        let (account, region) = (&call.caller.account, &call.caller.region);
        let from = (account.clone(), region.clone(), prefix.clone());
        let parameters = state.parameters(self.clock.now()).range(from..);
        let below = parameters.map_while(|((of, at, name), parameter)| {
            let rest = name.strip_prefix(&prefix).filter(|_| of == account && at == region)?;
            Some((name, rest, parameter))
        });
        let wanted = below.filter(|(_, rest, _)| input.recursive || !rest.contains('/'));
        let size = usize::try_from(input.max_results.unwrap_or(MAX_RESULTS)).unwrap_or_default();
        let page = paging::page(wanted, size, input.next_token.as_deref()).map_err(bad_token)?;
        let described = page
            .items
            .iter()
            .map(|(name, _, parameter)| self.describe(&call.caller, name, parameter, input.with_decryption));
        Ok(json!({ "Parameters": described.collect::<Vec<_>>(), "NextToken": page.next }))
    }
}
