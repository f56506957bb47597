//! Names for things: one newtype an id, so that a class cannot stand where a school is asked for.
//! Ids carry no meaning and no order; they are made by whoever first writes the thing down. What has
//! an official code is named after it, so that two who write it down name it the same.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )*};
}

ids! {
    /// An entry in a file (记录). UUIDv7 made on the device, never used for order.
    EntryId,
    /// A child (学生): one id in the county, whatever the school.
    StudentId,
    /// One knock on a door (一次敲门), shared by the entries of all children of the household.
    KnockId,
    /// A person who signs in (用户).
    UserId,
    /// One person on one device: the owner of a gapless sequence.
    WriterId,
    /// A school (学校).
    SchoolId,
    /// A class (班): school, stage, entry year and number.
    ClassId,
    /// A village (村).
    VillageId,
    /// A township (乡镇).
    TownshipId,
    /// A county (县): the first part of every key.
    CountyId,
    /// A household (户): suggested by an equal guardian, confirmed by a person.
    HouseholdId,
    /// A duty (该办的事): the same inputs always give the same id.
    DutyId,
}

/// An id that follows from others, so that two machines that derive the same thing name it the same.
pub fn derived(space: Uuid, name: &str) -> Uuid {
    Uuid::new_v5(&space, name.as_bytes())
}

impl CountyId {
    /// The county of a six-digit region code (GB/T 2260), the same whoever names it first.
    pub fn of(region: &str) -> Self {
        Self(derived(Uuid::NAMESPACE_URL, &format!("urn:qiaomen:county:{region}")))
    }
}

impl TownshipId {
    /// The township of a nine-digit region code.
    pub fn of(county: CountyId, code: &str) -> Self {
        Self(derived(county.0, &format!("township/{code}")))
    }
}

impl VillageId {
    /// The village of a twelve-digit region code.
    pub fn of(county: CountyId, code: &str) -> Self {
        Self(derived(county.0, &format!("village/{code}")))
    }
}

impl SchoolId {
    /// The school of a 学校标识码.
    pub fn of(county: CountyId, code: &str) -> Self {
        Self(derived(county.0, &format!("school/{code}")))
    }
}
