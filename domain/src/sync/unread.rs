//! Values that stay the text they came as until somebody looks at them. A phone carries the state of
//! every child of a school and looks into few: reading all of them was a third of a start.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use std::ops::Deref;
use std::sync::OnceLock;

/// A value, read when first looked at. What this app cannot read stands as nothing (`T::default()`) and
/// stays as it came until it is changed.
#[derive(Clone, Default)]
pub struct Unread<T> {
    /// As it came, while it was not changed.
    kept: Option<Box<RawValue>>,
    read: OnceLock<T>,
}

impl<T: DeserializeOwned + Default> Unread<T> {
    /// The value itself.
    pub fn into_inner(self) -> T {
        let kept = self.kept;
        self.read.into_inner().unwrap_or_else(|| read(kept.as_deref()))
    }

    /// Whether this text, an id say, stands anywhere in it; in a value that was read it is not looked for.
    /// A cheap question before going through many.
    pub fn may_mention(&self, text: &str) -> bool {
        self.read.get().is_some() || self.kept.as_ref().is_some_and(|kept| kept.get().contains(text))
    }

    /// Changes the value; what it came as is no more.
    pub fn change(&mut self, how: impl FnOnce(&mut T)) {
        let mut value = std::mem::take(self).into_inner();
        how(&mut value);
        *self = value.into();
    }
}

fn read<T: DeserializeOwned + Default>(kept: Option<&RawValue>) -> T {
    kept.and_then(|kept| serde_json::from_str(kept.get()).ok()).unwrap_or_default()
}

impl<T: DeserializeOwned + Default> Deref for Unread<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.read.get_or_init(|| read(self.kept.as_deref()))
    }
}

impl<T> From<T> for Unread<T> {
    fn from(value: T) -> Self {
        Self { kept: None, read: OnceLock::from(value) }
    }
}

impl<T: DeserializeOwned + Default + PartialEq> PartialEq for Unread<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: DeserializeOwned + Default + std::fmt::Debug> std::fmt::Debug for Unread<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: DeserializeOwned + Default + Serialize> Serialize for Unread<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.kept {
            Some(kept) => kept.serialize(serializer),
            None => (**self).serialize(serializer),
        }
    }
}

impl<'de, T> Deserialize<'de> for Unread<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { kept: Some(Box::deserialize(deserializer)?), read: OnceLock::new() })
    }
}
