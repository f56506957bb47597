//! The desk (电脑上): what office, headteacher and everybody with a wide screen look through and decide,
//! online only. The same questions and answers on both sides: `functions` asks them over HTTP in the
//! browser and hands them to a `DeskSource` on the server. Not the phone, which works from its own copy.

pub mod duties;
pub mod fault;
pub(crate) mod functions;
pub mod paged;
pub mod reports;
pub mod students;
pub mod village;
pub mod visits;

#[cfg(feature = "desk")]
pub(crate) mod pages;
#[cfg(feature = "ssr")]
pub mod source;

pub use fault::Fault;
pub use paged::Paged;

use chrono::{DateTime, NaiveDate, Utc};
use domain::actor::Actor;
use domain::directory::Directory;
use serde::{Deserialize, Serialize};

/// What a desk begins with: who sits there and what surrounds them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Begun {
    /// The person.
    pub actor: Actor,
    /// Schools, classes, villages, colleagues, settings, calendar.
    pub directory: Directory,
    /// The server's clock.
    pub now: DateTime<Utc>,
}

impl Begun {
    /// The day it is.
    pub fn today(&self) -> NaiveDate {
        domain::calendar::local_date(self.now)
    }
}
