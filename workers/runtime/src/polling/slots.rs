//! Slots: the permission to run one task, taken before the poll that may bring it.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The slots that one activity can take: one of its own, and a share of the others.
pub(crate) struct Slots {
    own: Arc<Semaphore>,
    shared: Arc<Semaphore>,
    limit: Arc<Semaphore>,
    most: usize,
}

/// The permission to run one task; given back when dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    _place: OwnedSemaphorePermit,
    _within_limit: OwnedSemaphorePermit,
}

impl Slots {
    /// The slots that activities share when each of `activities` keeps one of `slots` for itself.
    pub(crate) fn shared(slots: usize, activities: usize) -> Arc<Semaphore> {
        Arc::new(Semaphore::new(slots.saturating_sub(activities).min(Semaphore::MAX_PERMITS)))
    }

    /// One slot of the activity's own and all of `shared`, but never more than `limit` in all.
    pub(crate) fn new(shared: Arc<Semaphore>, limit: Option<usize>) -> Self {
        let reachable = 1 + shared.available_permits();
        let most = limit.map_or(reachable, |limit| limit.min(reachable));
        Self { own: Arc::new(Semaphore::new(1)), shared, limit: Arc::new(Semaphore::new(most)), most }
    }

    /// Waits for a free slot; `None` once [`close`](Self::close)d. Cancel-safe.
    pub(crate) async fn take(&self) -> Option<Slot> {
        let within_limit = Arc::clone(&self.limit).acquire_owned().await.ok()?;
        let place = tokio::select! {
            biased;
            own = Arc::clone(&self.own).acquire_owned() => own,
            shared = Arc::clone(&self.shared).acquire_owned() => shared,
        };
        Some(Slot { _place: place.ok()?, _within_limit: within_limit })
    }

    /// A slot that is free and that nobody waits for.
    pub(crate) fn take_free(&self) -> Option<Slot> {
        let within_limit = Arc::clone(&self.limit).try_acquire_owned().ok()?;
        let own = Arc::clone(&self.own).try_acquire_owned();
        let place = own.or_else(|_| Arc::clone(&self.shared).try_acquire_owned()).ok()?;
        Some(Slot { _place: place, _within_limit: within_limit })
    }

    /// Hands out no more slots, to this activity or to those that share with it.
    pub(crate) fn close(&self) {
        self.limit.close();
        self.own.close();
        self.shared.close();
    }

    /// Whether a poll would have to wait for a slot.
    pub(crate) fn are_full(&self) -> bool {
        let no_place = self.own.available_permits() == 0 && self.shared.available_permits() == 0;
        no_place || self.limit.available_permits() == 0
    }

    /// The most slots that the activity can hold.
    pub(crate) fn most(&self) -> usize {
        self.most
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::Slots;

    #[tokio::test]
    async fn an_activity_that_takes_all_it_can_leaves_one_slot_to_another() {
        let shared = Slots::shared(3, 2);
        let greedy = Slots::new(shared.clone(), None);
        let modest = Slots::new(shared, None);
        let _held = (greedy.take().await, greedy.take().await);
        assert!(greedy.are_full());
        assert!(!modest.are_full());
        assert!(modest.take().await.is_some());
    }

    #[tokio::test]
    async fn activities_together_never_take_more_than_all_slots() {
        let shared = Slots::shared(4, 2);
        let (one, other) = (Slots::new(shared.clone(), None), Slots::new(shared, None));
        let _held = [one.take().await, one.take().await, other.take().await, other.take().await];
        assert!(one.are_full() && other.are_full());
        assert!(one.take().now_or_never().is_none());
        assert!(other.take().now_or_never().is_none());
    }

    #[tokio::test]
    async fn a_limit_holds_although_shared_slots_are_free() {
        let slots = Slots::new(Slots::shared(10, 1), Some(2));
        let _held = (slots.take().await, slots.take().await);
        assert!(slots.are_full());
        assert_eq!(slots.most(), 2);
    }

    #[tokio::test]
    async fn a_slot_that_is_given_back_goes_to_who_waits_before_who_comes_back() {
        let slots = Slots::new(Slots::shared(1, 1), None);
        let held = slots.take().await;
        let mut waiting = std::pin::pin!(slots.take());
        assert!((&mut waiting).now_or_never().is_none());
        drop(held);
        assert!(slots.take_free().is_none());
        assert!(waiting.await.is_some());
        assert!(slots.take_free().is_some(), "nobody waits any more");
    }

    #[tokio::test]
    async fn a_waiter_learns_that_no_slot_will_come() {
        let slots = Slots::new(Slots::shared(1, 1), None);
        let _held = slots.take().await;
        let (waiter, ()) = tokio::join!(slots.take(), async { slots.close() });
        assert!(waiter.is_none());
    }
}
