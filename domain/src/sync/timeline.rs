//! The entries of a child's file. A phone carries hundreds of files and looks into few of them, so a
//! timeline stays the text it came as until somebody does.

use super::SeenEntry;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use std::ops::Deref;
use std::sync::OnceLock;

/// Entries of one file that the actor may read, in the server's order. A slice of them, read when first
/// looked at; an entry that this app cannot read is left out of the slice, and of what is kept only once
/// something is added.
#[derive(Clone, Default)]
pub struct Timeline {
    /// As it came, while nothing was added.
    kept: Option<Box<RawValue>>,
    read: OnceLock<Vec<SeenEntry>>,
}

impl Timeline {
    /// Whether this text, an id say, stands anywhere in it; in a timeline that was read it is not looked
    /// for. A cheap question before going through many.
    pub fn may_mention(&self, text: &str) -> bool {
        self.read.get().is_some() || self.kept.as_ref().is_some_and(|kept| kept.get().contains(text))
    }

    /// Adds the latest entry.
    pub fn push(&mut self, entry: SeenEntry) {
        let mut entries = std::mem::take(self).into_vec();
        entries.push(entry);
        *self = entries.into();
    }

    fn into_vec(self) -> Vec<SeenEntry> {
        let kept = self.kept;
        self.read.into_inner().unwrap_or_else(|| read(kept.as_deref()))
    }
}

fn read(kept: Option<&RawValue>) -> Vec<SeenEntry> {
    let entries: Vec<&RawValue> =
        kept.and_then(|kept| serde_json::from_str(kept.get()).ok()).unwrap_or_default();
    entries.into_iter().filter_map(|entry| serde_json::from_str(entry.get()).ok()).collect()
}

impl Deref for Timeline {
    type Target = [SeenEntry];

    fn deref(&self) -> &[SeenEntry] {
        self.read.get_or_init(|| read(self.kept.as_deref()))
    }
}

impl From<Vec<SeenEntry>> for Timeline {
    fn from(entries: Vec<SeenEntry>) -> Self {
        Self { kept: None, read: OnceLock::from(entries) }
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
            Some(kept) => kept.serialize(serializer),
            None => (**self).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Timeline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { kept: Some(Box::deserialize(deserializer)?), read: OnceLock::new() })
    }
}
