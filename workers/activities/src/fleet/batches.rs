//! Ids that are asked for so many at a time.

use std::collections::BTreeSet;

use falconer_domain::fleet::InstanceId;

/// One query for everything, or one for each `most` ids, in which `text` stands for an id.
pub(super) fn batches<T: Clone>(
    ids: Option<&BTreeSet<InstanceId>>,
    most: usize,
    text: impl Fn(&InstanceId) -> T,
) -> Vec<Option<Vec<T>>> {
    let Some(ids) = ids else { return vec![None] };
    let ids: Vec<T> = ids.iter().map(text).collect();
    ids.chunks(most).map(|ids| Some(ids.to_vec())).collect()
}
