//! The instances of one account, found without a look at the others.

use super::{Fleet, Instance, Instances};

impl Fleet {
    /// Shows the instances of an account, or of one region of it, to `view`, by region and id, and answers what it makes of them.
    pub(crate) fn of_account<T>(
        &self,
        account: &str,
        region: Option<&str>,
        view: impl FnOnce(&mut dyn Iterator<Item = &Instance>) -> T,
    ) -> T {
        let first = (account.to_owned(), region.unwrap_or_default().to_owned());
        let places = self.locked();
        let is_own = |place: &(String, String)| place.0 == account && region.is_none_or(|region| place.1 == region);
        let own = places.range(first..).take_while(|(place, _)| is_own(place));
        view(&mut own.flat_map(|(_, instances)| Instances::values(instances)))
    }
}
