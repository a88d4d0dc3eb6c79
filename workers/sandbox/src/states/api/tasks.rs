//! What a worker calls: the long poll for a task, and the reports about it.

use serde::Deserialize;
use serde_json::json;

use super::activities::does_not_exist;
use super::check_size;
use crate::constraints::{Constraints, required};
use crate::states::StepFunctions;
use crate::states::arn::Arn;
use crate::states::failure::{Failure, MAX_CAUSE, MAX_ERROR};
use crate::states::tasks::{PollRefused, ReportRefused};
use crate::wire::{Answer, Call, ServiceError};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Poll {
    activity_arn: Option<String>,
    worker_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    task_token: Option<String>,
    output: Option<String>,
    error: Option<String>,
    cause: Option<String>,
}

impl StepFunctions {
    /// After 60 s without a task the answer holds a `taskToken` that is null.
    pub(in crate::states) async fn get_activity_task(&self, call: &Call) -> Answer {
        let input: Poll = call.input()?;
        let arn = required("activityArn", input.activity_arn)?;
        Arn::own(&arn, "activity", &call.caller)?;
        let worker = input.worker_name.as_deref();
        Constraints::default().length("workerName", worker, 1, super::MAX_NAME).finish()?;
        match self.tasks.poll(&arn, worker).await {
            Ok(Some(task)) => Ok(json!({ "taskToken": task.token, "input": task.input })),
            Ok(None) => Ok(json!({ "taskToken": null })),
            Err(PollRefused::NoActivity) => Err(does_not_exist(&arn)),
            Err(PollRefused::TooManyPolls) => {
                let message = format!("Activity Worker Limit Exceeded: too many workers poll '{arn}' at once");
                Err(ServiceError::new("ActivityWorkerLimitExceeded", message))
            }
        }
    }

    pub(in crate::states) fn send_task_success(&self, call: &Call) -> Answer {
        let input: Report = call.input()?;
        let (token, output) = (required("taskToken", input.task_token)?, required("output", input.output)?);
        check_size("output", &output)?;
        if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(&output) {
            let message = format!("Invalid Output: 'Invalid JSON: {error}'");
            return Err(ServiceError::new("InvalidOutput", message));
        }
        self.tasks.answer(&token, Ok(output)).map_err(refused)?;
        Ok(json!({}))
    }

    pub(in crate::states) fn send_task_failure(&self, call: &Call) -> Answer {
        let Report { task_token, error, cause, .. } = call.input()?;
        let token = required("taskToken", task_token)?;
        Constraints::default()
            .length("error", error.as_deref(), 0, MAX_ERROR)
            .length("cause", cause.as_deref(), 0, MAX_CAUSE)
            .finish()?;
        self.tasks.answer(&token, Err(Failure { error, cause })).map_err(refused)?;
        Ok(json!({}))
    }

    pub(in crate::states) fn send_task_heartbeat(&self, call: &Call) -> Answer {
        let token = required("taskToken", call.input::<Report>()?.task_token)?;
        self.tasks.heartbeat(&token).map_err(refused)?;
        Ok(json!({}))
    }
}

fn refused(why: ReportRefused) -> ServiceError {
    match why {
        ReportRefused::Forged => ServiceError::new("InvalidToken", "Invalid Token: 'Invalid token'"),
        ReportRefused::Closed => {
            ServiceError::new("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
        }
        ReportRefused::NoActivity => {
            ServiceError::new("TaskDoesNotExist", "Task Does Not Exist: 'The activity of the task does not exist'")
        }
    }
}
