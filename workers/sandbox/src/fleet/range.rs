//! The instances of one account, found without a look at the others.

use super::{Fleet, Instance};

impl Fleet {
    /// Shows the instances of an account, or of one region of it, to `view`, by region and id, and answers what it makes of them.
    pub(crate) fn of<T>(
        &self,
        account: &str,
        region: Option<&str>,
        view: impl FnOnce(&mut dyn Iterator<Item = &Instance>) -> T,
    ) -> T {
        let first = (account.to_owned(), region.unwrap_or_default().to_owned(), String::new());
        let instances = self.locked();
        let own = instances.range(first..).map(|(_, instance)| instance);
        let is_own =
            |instance: &&Instance| instance.account == account && region.is_none_or(|region| instance.region == region);
        view(&mut own.take_while(is_own))
    }
}
