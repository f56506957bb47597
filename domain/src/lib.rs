//! The rules of keeping every child in school (控辍保学): pure Rust, compiled into the phone and into
//! the server, so that both give the same answer, offline too. No I/O, no clock, no randomness: today,
//! now and new ids are arguments. No texts for people either: those live in the app's locales.

#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod absence;
pub mod access;
pub mod actor;
pub mod base64url;
pub mod calendar;
pub mod card;
pub mod confirmation;
pub mod directory;
pub mod duty;
pub mod enrolment;
pub mod entry;
#[cfg(any(test, feature = "fixtures"))]
pub mod fixtures;
pub mod found_child;
pub mod id_number;
pub mod ids;
pub mod invitation;
pub mod judge;
pub mod length;
pub mod phone;
pub mod policy;
pub mod problem;
pub mod register;
pub mod review;
pub mod roster;
pub mod safeguarding;
pub mod settlement;
pub mod sighting;
pub mod student;
pub mod sync;
pub mod visit;
pub mod vocabulary;

mod hex8 {
    //! Eight bytes as sixteen hexadecimal digits on the wire.
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8; 8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::hex(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u8; 8], D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        super::unhex8(&text).ok_or_else(|| D::Error::custom("not sixteen hexadecimal digits"))
    }
}

/// Lower case hexadecimal digits of bytes.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Eight bytes of sixteen hexadecimal digits.
pub fn unhex8(text: &str) -> Option<[u8; 8]> {
    if text.len() != 16 || !text.is_ascii() {
        return None;
    }
    u64::from_str_radix(text, 16).ok().map(u64::to_be_bytes)
}
