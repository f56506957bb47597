//! What a server newer than this app sends: read as far as this app can read it, one thing at a time,
//! so that none of another shape holds up the rest.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use std::ops::Deref;

/// Things of one kind that came together. A slice of those that this app can read.
#[derive(Clone, Debug)]
pub struct Sifted<T> {
    /// What can be read, in the order it came.
    pub read: Vec<T>,
    /// The rest, as it came.
    pub unread: Vec<Box<RawValue>>,
}

impl<T> Sifted<T> {
    /// Whether nothing came.
    pub const fn is_empty(&self) -> bool {
        self.read.is_empty() && self.unread.is_empty()
    }

    /// Adds one.
    pub fn push(&mut self, thing: T) {
        self.read.push(thing);
    }
}

impl<T> Default for Sifted<T> {
    fn default() -> Self {
        Self { read: Vec::new(), unread: Vec::new() }
    }
}

impl<T> FromIterator<T> for Sifted<T> {
    fn from_iter<I: IntoIterator<Item = T>>(things: I) -> Self {
        Self { read: things.into_iter().collect(), unread: Vec::new() }
    }
}

impl<T> Deref for Sifted<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.read
    }
}

impl<T: PartialEq> PartialEq for Sifted<T> {
    fn eq(&self, other: &Self) -> bool {
        self.read == other.read
            && self.unread.iter().map(|raw| raw.get()).eq(other.unread.iter().map(|raw| raw.get()))
    }
}

impl<T: Serialize> Serialize for Sifted<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Only what a server made is ever sent, and a server reads what it makes.
        self.read.serialize(serializer)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Sifted<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let came: Vec<Box<RawValue>> = Vec::deserialize(deserializer)?;
        let mut sifted = Self { read: Vec::with_capacity(came.len()), unread: Vec::new() };
        for raw in came {
            match serde_json::from_str(raw.get()) {
                Ok(thing) => sifted.read.push(thing),
                Err(_) => sifted.unread.push(raw),
            }
        }
        Ok(sifted)
    }
}

/// One value that this app may not be able to read: then it is as if it had not come.
pub(super) fn if_readable<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let raw = Option::<Box<RawValue>>::deserialize(deserializer)?;
    Ok(raw.and_then(|raw| serde_json::from_str(raw.get()).ok()))
}
