//! The package's script that uninstalls the sensor.

use tokio::time::sleep_until;

use super::{Ended, Host};
use crate::fleet::CommandFate;
use crate::systems_manager::commands::EXECUTION_TIMEOUT;

impl Host<'_> {
    /// Neither script minds if there is no sensor.
    pub(super) async fn uninstall(&self) -> Ended {
        if self.instance.command == CommandFate::TimesOut {
            sleep_until(self.begun + EXECUTION_TIMEOUT).await;
            return Ended::OutOfTime;
        }
        sleep_until(self.begun + self.duration()).await;
        if self.instance.command == CommandFate::Fails {
            let error = "Uninstall failed. Process falcon-sensor is still running.".to_owned();
            return Ended::Failed { out: "Uninstalling Falcon Sensor...".to_owned(), error };
        }
        self.change(|instance| instance.sensor = None);
        Ended::Done("Successfully finished uninstall...".to_owned())
    }
}
