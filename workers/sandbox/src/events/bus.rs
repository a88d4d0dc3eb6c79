//! Event buses: the default one of every account and region, and those that CreateEventBus made.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus.html>. Who may put events on a bus is not
//! read from a policy: a custom bus lets the whole organization in, a default bus its own account.

use std::fmt;

use serde_json::{Value, json};

use super::EventBridge;
use crate::constraints::Constraints;
use crate::organization::Organization;
use crate::wire::{Answer, Call, Caller, ServiceError};

/// The bus that is always there.
const DEFAULT: &str = "default";

/// One bus.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Bus {
    /// Twelve digits.
    pub(super) account: String,
    pub(super) region: String,
    pub(super) name: String,
}

impl Bus {
    /// The default bus of an account and region.
    pub(super) fn default_of(account: &str, region: &str) -> Self {
        let [account, region, name] = [account, region, DEFAULT].map(str::to_owned);
        Self { account, region, name }
    }

    /// A bus of the hub, whether it is there or not.
    pub(super) fn of_hub(organization: &Organization, name: &str) -> Self {
        Self { account: organization.hub.clone(), region: organization.region.clone(), name: name.to_owned() }
    }

    /// Whether it is its account's default bus.
    pub(super) fn is_default(&self) -> bool {
        self.name == DEFAULT
    }

    /// The bus that a caller names: by its name if it is the caller's own, or by its ARN; without a name, the default one.
    fn read(given: Option<&str>, caller: &Caller) -> Option<Self> {
        let own = Self::default_of(&caller.account, &caller.region);
        match given.unwrap_or(DEFAULT).split(':').collect::<Vec<_>>()[..] {
            [name] => Some(Self { name: name.to_owned(), ..own }),
            ["arn", _, "events", region, account, resource] => {
                let [account, region, name] =
                    [account, region, resource.strip_prefix("event-bus/")?].map(str::to_owned);
                Some(Self { account, region, name })
            }
            _ => None,
        }
    }

    fn arn(&self, organization: &Organization) -> String {
        organization.arn("events", &self.region, &self.account, &format!("event-bus/{}", self.name))
    }
}

impl fmt::Display for Bus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

impl EventBridge {
    pub(super) fn create_bus(&self, call: &Call) -> Answer {
        let name = call.input.get("Name").and_then(Value::as_str);
        let symbols = |character: char| character.is_ascii_alphanumeric() || "/.-_".contains(character);
        let mut constraints = Constraints::default();
        constraints
            .required("name", name.as_ref())
            .length("name", name, 1, 256)
            .characters("name", name, r"[/\.\-_A-Za-z0-9]+", symbols)
            .finish()?;
        let refuse = |problem: String| Err(ServiceError::new("ValidationException", problem));
        if let Some(member) = call.unserved(&["Name", "Description"]) {
            return refuse(format!("The sandbox does not serve {member} of CreateEventBus"));
        }
        let own = Bus::default_of(&call.caller.account, &call.caller.region);
        let bus = Bus { name: name.unwrap_or_default().to_owned(), ..own };
        if bus.name.contains('/') {
            return refuse(format!("Event bus name {bus} must not contain '/'"));
        }
        let arn = bus.arn(&self.organization);
        let name = bus.name.clone();
        if bus.is_default() || !self.with_buses(|buses| buses.insert(bus)) {
            let message = format!("Event bus {name} already exists.");
            return Err(ServiceError::new("ResourceAlreadyExistsException", message));
        }
        Ok(json!({ "EventBusArn": arn }))
    }

    /// The caller's own bus that a call on rules names.
    ///
    /// # Errors
    /// `ResourceNotFoundException`.
    pub(super) fn own_bus(&self, given: Option<&str>, caller: &Caller) -> Result<Bus, ServiceError> {
        let bus = Bus::read(given, caller).filter(|bus| bus.account == caller.account && self.is_there(bus, caller));
        bus.ok_or_else(|| not_found(given))
    }

    /// The bus on which the caller may put events.
    ///
    /// # Errors
    /// `InvalidArgument` for none, `AccessDeniedException` for one that does not let the caller in.
    pub(super) fn open_bus(&self, given: Option<&str>, caller: &Caller) -> Result<Bus, ServiceError> {
        let bus = Bus::read(given, caller).filter(|bus| self.is_there(bus, caller));
        let bus = bus.ok_or_else(|| ServiceError::new("InvalidArgument", not_found(given).message))?;
        if bus.account != caller.account && bus.is_default() {
            let (user, arn) = (&caller.arn, bus.arn(&self.organization));
            let message = format!(
                "User: {user} is not authorized to perform: events:PutEvents on resource: {arn} because no \
                 resource-based policy allows the events:PutEvents action"
            );
            return Err(ServiceError::new("AccessDeniedException", message));
        }
        Ok(bus)
    }

    /// A bus of another region is out of a caller's sight.
    fn is_there(&self, bus: &Bus, caller: &Caller) -> bool {
        bus.region == caller.region
            && self.organization.holds(&bus.account)
            && (bus.is_default() || self.with_buses(|buses| buses.contains(bus)))
    }
}

fn not_found(given: Option<&str>) -> ServiceError {
    let name = given.unwrap_or(DEFAULT);
    ServiceError::new("ResourceNotFoundException", format!("Event bus {name} does not exist."))
}
