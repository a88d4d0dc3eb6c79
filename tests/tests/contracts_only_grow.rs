//! The contracts of now are held to those of the last release.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

use std::path::Path;

use falconer_tests::growth::{breaks, contracts_in};

#[test]
fn no_contract_breaks_what_a_state_machine_of_the_last_release_relies_on() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let released = contracts_in(&here.join("fixtures/released/contracts"));
    assert!(!released.is_empty());
    let breaks = breaks(&released, &contracts_in(&here.join("../statemachines/contracts")));
    let breaks: Vec<String> = breaks.iter().map(ToString::to_string).collect();
    assert!(breaks.is_empty(), "{breaks:#?}");
}
