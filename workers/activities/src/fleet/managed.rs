//! What Systems Manager knows of a place's instances: whether their agents answer, and whether a sensor is installed.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_ssm::error::BuildError;
use aws_sdk_ssm::types::{
    InstanceInformation, InstanceInformationStringFilter, InventoryFilter, InventoryQueryOperatorType, PingStatus,
    ResultAttribute,
};
use falconer_domain::fleet::{InstanceId, Managed, Ping, Platform};

use super::batches::batches;
use crate::accounts::Clients;
use crate::aws_failure::CallFailure;
use crate::pace::Pace;
use crate::systems_manager::SystemsManagerError;

/// Entries of a page, the most that there can be
/// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html>,
/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetInventory.html>).
const ENTRIES: i32 = 50;

/// Ids in a filter of the inventory, the fewer of the two operations' limits
/// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InventoryFilter.html>).
const IDS: usize = 40;

/// The sensor's names in the inventory: the package on Linux, the program on Windows.
const SENSOR: [&str; 2] = ["falcon-sensor", "CrowdStrike Windows Sensor"];

const APPLICATIONS: &str = "AWS:Application";

/// What [`managed`] must be allowed.
pub(crate) const MANAGED: &[&str] = &["ssm:DescribeInstanceInformation"];

/// The instances that Systems Manager manages: those among `ids`, or all.
pub(crate) async fn managed(
    clients: &Clients,
    ids: Option<&BTreeSet<InstanceId>>,
) -> Result<HashMap<InstanceId, Managed>, SystemsManagerError> {
    const CALL: &str = "DescribeInstanceInformation";
    let (mut managed, mut pace) = (HashMap::new(), Pace::of_pages());
    for ids in batches(ids, IDS, InstanceId::to_string) {
        let filters =
            ids.map(among).transpose().map_err(|error| SystemsManagerError::unbuilt(&clients.place, CALL, &error))?;
        let query = clients.systems_manager.describe_instance_information().set_filters(filters);
        let mut pages = query.into_paginator().page_size(ENTRIES).send();
        pace.keep().await;
        while let Some(page) = pages.next().await {
            let failed = |failure| SystemsManagerError::of_call(&clients.place, CALL, failure);
            let page = page.map_err(|error| failed(CallFailure::from(&error)))?;
            managed.extend(page.instance_information_list().iter().filter_map(read));
            if page.next_token().is_some() {
                pace.keep().await;
            }
        }
    }
    Ok(managed)
}

/// The version of the sensor that the inventory lists as installed, by instance: of those among `ids`, or of all.
pub(super) async fn installed(
    clients: &Clients,
    ids: Option<&BTreeSet<InstanceId>>,
) -> Result<HashMap<InstanceId, String>, SystemsManagerError> {
    const CALL: &str = "GetInventory";
    let (mut installed, mut pace) = (HashMap::new(), Pace::of_pages());
    for ids in batches(ids, IDS, InstanceId::to_string) {
        let applications = ResultAttribute::builder().type_name(APPLICATIONS).build();
        let applications = applications.map_err(|error| SystemsManagerError::unbuilt(&clients.place, CALL, &error))?;
        let filters = with_sensor(ids).map_err(|error| SystemsManagerError::unbuilt(&clients.place, CALL, &error))?;
        let query = clients.systems_manager.get_inventory().set_filters(Some(filters)).result_attributes(applications);
        let mut pages = query.into_paginator().page_size(ENTRIES).send();
        pace.keep().await;
        while let Some(page) = pages.next().await {
            let failed = |failure| SystemsManagerError::of_call(&clients.place, CALL, failure);
            let page = page.map_err(|error| failed(CallFailure::from(&error)))?;
            for entity in page.entities() {
                let applications = entity.data().and_then(|data| data.get(APPLICATIONS));
                let mut rows = applications.map(|item| item.content()).unwrap_or_default().iter();
                let sensor = rows.find(|row| row.get("Name").is_some_and(|name| SENSOR.contains(&name.as_str())));
                let version = sensor.and_then(|row| row.get("Version")).cloned();
                installed.extend(entity.id().and_then(|id| id.parse().ok()).zip(version));
            }
            if page.next_token().is_some() {
                pace.keep().await;
            }
        }
    }
    Ok(installed)
}

fn among(ids: Vec<String>) -> Result<Vec<InstanceInformationStringFilter>, BuildError> {
    let filter = InstanceInformationStringFilter::builder().key("InstanceIds").set_values(Some(ids));
    Ok(vec![filter.build()?])
}

fn with_sensor(ids: Option<Vec<String>>) -> Result<Vec<InventoryFilter>, BuildError> {
    let equal = |key: &str, values| {
        InventoryFilter::builder().key(key).set_values(Some(values)).r#type(InventoryQueryOperatorType::Equal).build()
    };
    let sensor = equal("AWS:Application.Name", SENSOR.map(str::to_owned).to_vec())?;
    let ids = ids.map(|ids| equal("AWS:InstanceInformation.InstanceId", ids)).transpose()?;
    Ok([Some(sensor), ids].into_iter().flatten().collect())
}

/// What is no EC2 instance is left out: Systems Manager also manages other machines.
fn read(information: &InstanceInformation) -> Option<(InstanceId, Managed)> {
    let ping = match information.ping_status()? {
        PingStatus::Online => Ping::Online,
        _ => Ping::ConnectionLost,
    };
    let platform = Platform {
        kind: information.platform_type().map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        name: information.platform_name().unwrap_or_default().to_owned(),
        version: information.platform_version().unwrap_or_default().to_owned(),
    };
    Some((information.instance_id()?.parse().ok()?, Managed { ping, platform }))
}
