//! What is wrong with something a person wrote: which field, and a code that a locale turns into a
//! sentence with the one thing to do. No texts here.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// One thing that is wrong. `field` names the field of the form or the entry, empty for the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The field, in the words of the form (`met`, `next_follow_up_on`).
    pub field: Cow<'static, str>,
    /// A stable code, upper snake (`REQUIRED`, `BEFORE_VISIT`).
    pub code: Cow<'static, str>,
}

impl Problem {
    /// A problem of one field.
    pub const fn at(field: &'static str, code: &'static str) -> Self {
        Self { field: Cow::Borrowed(field), code: Cow::Borrowed(code) }
    }

    /// A problem of the whole.
    pub const fn of(code: &'static str) -> Self {
        Self::at("", code)
    }
}
