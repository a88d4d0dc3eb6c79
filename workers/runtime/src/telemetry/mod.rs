//! What a worker tells of itself: numbers for CloudWatch, health for the container's supervisor.

mod clock;
pub(crate) mod counters;
pub(crate) mod emf;
pub(crate) mod health;
pub(crate) mod logging;
pub(crate) mod numbers;
