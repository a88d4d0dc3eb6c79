//! Lists that come page by page: by a cursor, or by the number of the first record.

use serde::de::DeserializeOwned;

use crate::call::{Endpoint, Falcon};
use crate::envelope::{Page, Records};
use crate::error::FalconError;

impl Falcon {
    /// A whole list whose pages each name the next one by a cursor.
    ///
    /// # Errors
    /// Any [`FalconError`]; also if the list ends before its end, since what is missing could not be told from what is not
    /// there.
    pub(crate) async fn list_by_cursor<T: DeserializeOwned>(
        &self,
        endpoint: &Endpoint,
        query: &[(&str, &str)],
    ) -> Result<Records<T>, FalconError> {
        let mut records = self.get::<T>(endpoint, query).await?;
        while let Some(cursor) = records.page.next.take().filter(|cursor| !cursor.is_empty()) {
            let page = self.get(endpoint, &[query, &[("offset", cursor.as_str())]].concat()).await?;
            if page.page.next.as_ref() == Some(&cursor) {
                let problem = "a page that names itself as the next one".to_owned();
                return Err(FalconError::Malformed { call: endpoint.call, problem });
            }
            records.append(page);
        }
        records.whole(endpoint)
    }

    /// A whole list whose pages begin at the number of a record. `limit` is the records of a page.
    ///
    /// # Errors
    /// As [`Falcon::list_by_cursor`].
    pub(crate) async fn list_by_number<T: DeserializeOwned>(
        &self,
        endpoint: &Endpoint,
        query: &[(&str, &str)],
        limit: usize,
    ) -> Result<Records<T>, FalconError> {
        let mut records = Records { read: Vec::new(), malformed: 0, page: Page::default() };
        loop {
            let (size, offset) = (limit.to_string(), records.seen().to_string());
            let query = [query, &[("limit", size.as_str()), ("offset", offset.as_str())]].concat();
            let page = self.get(endpoint, &query).await?;
            let on_page = page.seen();
            records.append(page);
            let more = records.page.total.map_or(on_page == limit, |total| records.seen() < total);
            if on_page == 0 || !more {
                return records.whole(endpoint);
            }
        }
    }
}

impl<T> Records<T> {
    /// Those that could not be read too.
    pub(crate) fn seen(&self) -> usize {
        self.read.len() + self.malformed
    }

    fn whole(self, endpoint: &Endpoint) -> Result<Self, FalconError> {
        match (self.seen(), self.page.total) {
            (seen, Some(total)) if seen < total => {
                let reason = format!("the list ended after {seen} of {total} records");
                Err(FalconError::Unavailable { call: endpoint.call, reason })
            }
            _ => Ok(self),
        }
    }

    fn append(&mut self, page: Self) {
        self.read.extend(page.read);
        self.malformed += page.malformed;
        self.page = page.page;
    }
}
