//! The entries of a child's file. A phone carries hundreds of files and looks into few of them, so a
//! timeline stays the text it came as until somebody does.

use super::SeenEntry;
use super::aside::entry_of;
use crate::ids::EntryId;
use serde::ser::SerializeSeq as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use std::ops::Deref;
use std::sync::OnceLock;

/// Entries of one file that the actor may read, in the server's order. A slice of them, read when first
/// looked at. An entry that this app cannot read is left out of the slice; its text stays in its place for
/// the app that can, and so does what this app does not know of an entry that it reads.
#[derive(Clone, Default)]
pub struct Timeline {
    /// As it came.
    kept: Option<Box<RawValue>>,
    /// What can be read of it, and behind that what was added.
    read: OnceLock<Vec<SeenEntry>>,
    /// How many were added since it came.
    added: usize,
}

impl Timeline {
    /// Whether this text, an id say, stands anywhere in it; in a timeline that was read it is not looked
    /// for. A cheap question before going through many.
    pub fn may_mention(&self, text: &str) -> bool {
        self.read.get().is_some() || self.kept.as_ref().is_some_and(|kept| kept.get().contains(text))
    }

    /// Adds the latest entry.
    pub fn push(&mut self, entry: SeenEntry) {
        let mut entries = self.read.take().unwrap_or_else(|| read(self.kept.as_deref()));
        entries.push(entry);
        self.added += 1;
        self.read = entries.into();
    }

    /// Adds the latest entry, one that this app cannot read, as it came.
    pub(super) fn push_unread(&mut self, entry: &RawValue) {
        let mut all: Vec<Box<RawValue>> =
            apart(self.kept.as_deref()).into_iter().map(ToOwned::to_owned).collect();
        all.extend(self.added().iter().filter_map(|entry| to_raw_value(entry).ok()));
        all.push(entry.to_owned());
        if let Ok(kept) = to_raw_value(&all) {
            *self = Self { kept: Some(kept), ..Self::default() };
        }
    }

    /// Whether it has this entry, readable or not.
    pub(super) fn has(&self, id: EntryId) -> bool {
        let named = id.to_string();
        let in_text = || {
            let mut came = apart(self.kept.as_deref()).into_iter();
            self.kept.as_ref().is_some_and(|kept| kept.get().contains(&named))
                && came.any(|entry| entry_of(entry).is_some_and(|(known, _)| known == id))
        };
        self.added().iter().any(|seen| seen.entry.id == id) || in_text()
    }

    /// The last ones, which are not in the text.
    fn added(&self) -> &[SeenEntry] {
        if self.added == 0 {
            return &[];
        }
        let before = self.len().saturating_sub(self.added);
        self.get(before..).unwrap_or_default()
    }
}

/// The entries of such a text, each as it came.
fn apart(kept: Option<&RawValue>) -> Vec<&RawValue> {
    kept.and_then(|kept| serde_json::from_str(kept.get()).ok()).unwrap_or_default()
}

fn read(kept: Option<&RawValue>) -> Vec<SeenEntry> {
    apart(kept).into_iter().filter_map(|entry| serde_json::from_str(entry.get()).ok()).collect()
}

impl Deref for Timeline {
    type Target = [SeenEntry];

    fn deref(&self) -> &[SeenEntry] {
        self.read.get_or_init(|| read(self.kept.as_deref()))
    }
}

impl From<Vec<SeenEntry>> for Timeline {
    fn from(entries: Vec<SeenEntry>) -> Self {
        Self { kept: None, added: entries.len(), read: entries.into() }
    }
}

impl<'a> IntoIterator for &'a Timeline {
    type Item = &'a SeenEntry;
    type IntoIter = std::slice::Iter<'a, SeenEntry>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PartialEq for Timeline {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl std::fmt::Debug for Timeline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

impl Serialize for Timeline {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.kept {
            Some(kept) if self.added == 0 => kept.serialize(serializer),
            None => (**self).serialize(serializer),
            Some(kept) => {
                let (came, added) = (apart(Some(kept)), self.added());
                let mut all = serializer.serialize_seq(Some(came.len() + added.len()))?;
                came.iter().try_for_each(|entry| all.serialize_element(entry))?;
                added.iter().try_for_each(|entry| all.serialize_element(entry))?;
                all.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Timeline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { kept: Some(Box::deserialize(deserializer)?), ..Self::default() })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    /// What today's app makes of an entry as the server sends it.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Known {
        Whole,
        ButForAField,
        ButForItsKind,
        NotAtAll,
    }

    fn seen(n: u128, known: Known) -> Value {
        let id = uuid::Uuid::from_u128(n);
        let mut seen = json!({
            "entry": {
                "id": id, "subject": {"student": id}, "kind": "ABSENCE", "recorded_at": "2026-11-20T09:38:00Z",
                "writer": id, "seq": n, "v": 1, "body": {"first_absent_on": "2026-11-20"},
            },
            "author": id, "author_name": "李示例", "received_at": "2026-11-20T09:38:00Z",
        });
        match known {
            Known::Whole => {}
            Known::ButForAField => seen["entry"]["body"]["of_tomorrow"] = json!("里面的"),
            Known::ButForItsKind => seen["entry"]["kind"] = json!("KIND_OF_TOMORROW"),
            Known::NotAtAll => seen["entry"]["subject"] = json!({"household": id}),
        }
        seen
    }

    proptest! {
        #[test]
        fn what_this_app_does_not_know_stays_whatever_is_added(
            kept in prop::collection::vec(
                prop::sample::select(vec![Known::Whole, Known::ButForAField, Known::ButForItsKind, Known::NotAtAll]),
                0..6,
            ),
            steps in prop::collection::vec(0..3_u8, 0..6),
        ) {
            let mut all: Vec<Value> = (1..).zip(&kept).map(|(n, known)| seen(n, *known)).collect();
            let mut timeline: Timeline = serde_json::from_value(json!(all)).unwrap();
            let mut readable = kept.iter().filter(|known| **known != Known::NotAtAll).count();
            for (n, step) in (100..).zip(steps) {
                match step {
                    0 => {
                        let entry = seen(n, Known::Whole);
                        timeline.push(serde_json::from_value(entry.clone()).unwrap());
                        all.push(entry);
                        readable += 1;
                    }
                    1 => {
                        let entry = seen(n, Known::NotAtAll);
                        timeline.push_unread(&to_raw_value(&entry).unwrap());
                        all.push(entry);
                    }
                    // The phone is started again.
                    _ => timeline = serde_json::from_str(&serde_json::to_string(&timeline).unwrap()).unwrap(),
                }
                let has = |entry: &Value| timeline.has(serde_json::from_value(entry["entry"]["id"].clone()).unwrap());
                prop_assert!(all.iter().all(has) && !timeline.has(uuid::Uuid::nil().into()));
                prop_assert_eq!(timeline.len(), readable);
                prop_assert_eq!(serde_json::to_value(&timeline).unwrap(), json!(all));
            }
        }
    }
}
