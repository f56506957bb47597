//! The entry (记录): a child's file is a list of these that only grows. What it says is its `Body`;
//! who may say or read it is `access`; what follows from it is `student` and `duty`.

use crate::absence::{Absence, Return};
use crate::confirmation::{Confirmation, Dispute, VillageNote};
use crate::enrolment::{Enrolment, Listing};
use crate::found_child::FoundChild;
use crate::ids::{EntryId, KnockId, SchoolId, StudentId, VillageId, WriterId};
use crate::register::{HouseholdDoubt, Register};
use crate::review::Review;
use crate::safeguarding::{SafeguardingHandled, SafeguardingReport};
use crate::settlement::Settlement;
use crate::sighting::{Sighting, SightingAnswer};
use crate::visit::{Supplement, Visit, Withdrawal};
use chrono::{DateTime, Datelike, Days, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use sha2::{Digest, Sha256};

/// Whom an entry is about: one student, or one place. One subject, one audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A student's file.
    Student(StudentId),
    /// A school's matters.
    School(SchoolId),
    /// A village's matters.
    Village(VillageId),
}

impl Subject {
    /// The student, if it is about one.
    pub const fn student(self) -> Option<StudentId> {
        match self {
            Self::Student(id) => Some(id),
            _ => None,
        }
    }
}

/// What travels from a phone to the server, exactly once in effect.
///
/// JSON, pinned by snapshot tests:
/// `{"id","subject":{"student":ID},"knock"?,"recorded_at","writer","seq","supersedes"?,"kind","v","body"}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Made on the device.
    pub id: EntryId,
    /// Whom it is about.
    pub subject: Subject,
    /// The knock it belongs to.
    pub knock: Option<KnockId>,
    /// When the device says it was written. A claim: shown, flagged when a day off, never decides.
    pub recorded_at: DateTime<Utc>,
    /// One person on one device.
    pub writer: WriterId,
    /// Gapless per writer, from 1.
    pub seq: u64,
    /// The entry this one stands instead of.
    pub supersedes: Option<EntryId>,
    /// What it says.
    pub body: Body,
}

macro_rules! bodies {
    ($($(#[$doc:meta])* $variant:ident($type:ty) = $code:literal $version:literal $term:literal),* $(,)?) => {
        /// What an entry says, by kind.
        #[derive(Clone, Debug, PartialEq)]
        #[allow(clippy::large_enum_variant, reason = "most entries are visits, the largest of them; on 32 bits they are smaller")]
        pub enum Body {
            $( #[doc = $term] $(#[$doc])* $variant($type), )*
            /// A kind of a newer app: held as it came, never dropped.
            Unknown {
                /// Its kind code.
                kind: Box<str>,
                /// Its kind version.
                version: u16,
                /// Its body, untouched.
                body: Value,
            },
        }

        /// The kinds of entry this version knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind { $( #[doc = $term] $variant, )* }

        impl Kind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The code on the wire.
            pub const fn code(self) -> &'static str { match self { $(Self::$variant => $code),* } }
            /// The version written today.
            pub const fn version(self) -> u16 { match self { $(Self::$variant => $version),* } }
            /// The Chinese term.
            pub const fn term(self) -> &'static str { match self { $(Self::$variant => $term),* } }
            /// The kind of a code.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }

        impl Body {
            /// The kind, if this version knows it.
            pub const fn kind(&self) -> Option<Kind> {
                match self { $(Self::$variant(_) => Some(Kind::$variant),)* Self::Unknown { .. } => None }
            }

            fn parts(&self) -> Result<(&str, u16, Box<RawValue>), serde_json::Error> {
                Ok(match self {
                    $(Self::$variant(body) => ($code, $version, to_raw_value(body)?),)*
                    Self::Unknown { kind, version, body } => (kind, *version, to_raw_value(body)?),
                })
            }

            // From text and not from a `Value`: a phone then carries one reader of each type, not two.
            fn assemble(kind: &str, version: u16, body: &str) -> Result<Self, serde_json::Error> {
                match (Kind::from_code(kind), version) {
                    $((Some(Kind::$variant), 1..=$version) => Ok(Self::$variant(serde_json::from_str(body)?)),)*
                    _ => Ok(Self::Unknown { kind: kind.into(), version, body: serde_json::from_str(body)? }),
                }
            }
        }
    };
}

bodies! {
    Enrolment(Enrolment) = "ENROLMENT" 1 "学籍登记",
    Listing(Listing) = "LISTING" 1 "名册核对",
    Register(Register) = "REGISTER" 1 "登记更正",
    HouseholdDoubt(HouseholdDoubt) = "HOUSEHOLD_DOUBT" 1 "不是一家",
    Absence(Absence) = "ABSENCE" 1 "没到校",
    Return(Return) = "RETURN" 1 "回到学校",
    Visit(Visit) = "VISIT" 1 "走访",
    Supplement(Supplement) = "SUPPLEMENT" 1 "补几句",
    Withdrawal(Withdrawal) = "WITHDRAWAL" 1 "撤回",
    Sighting(Sighting) = "SIGHTING" 1 "顺带看到",
    SightingAnswer(SightingAnswer) = "SIGHTING_ANSWER" 1 "认领",
    FoundChild(FoundChild) = "FOUND_CHILD" 1 "家里还有孩子",
    SafeguardingReport(SafeguardingReport) = "SAFEGUARDING_REPORT" 1 "单独上报",
    SafeguardingHandled(SafeguardingHandled) = "SAFEGUARDING_HANDLED" 1 "上报已处理",
    Review(Review) = "REVIEW" 1 "教导处看过",
    Settlement(Settlement) = "SETTLEMENT" 1 "办结",
    Confirmation(Confirmation) = "CONFIRMATION" 1 "村里核对",
    Dispute(Dispute) = "DISPUTE" 1 "不是我核对的",
    VillageNote(VillageNote) = "VILLAGE_NOTE" 1 "村里说一句",
}

#[derive(Serialize, Deserialize)]
struct Wire {
    id: EntryId,
    subject: Subject,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    knock: Option<KnockId>,
    recorded_at: DateTime<Utc>,
    writer: WriterId,
    seq: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    supersedes: Option<EntryId>,
    kind: Box<str>,
    v: u16,
    body: Box<RawValue>,
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let (kind, v, body) = self.body.parts().map_err(serde::ser::Error::custom)?;
        Wire {
            id: self.id,
            subject: self.subject,
            knock: self.knock,
            recorded_at: self.recorded_at,
            writer: self.writer,
            seq: self.seq,
            supersedes: self.supersedes,
            kind: kind.into(),
            v,
            body,
        }
        .serialize(to)
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(from)?;
        Ok(Self {
            id: wire.id,
            subject: wire.subject,
            knock: wire.knock,
            recorded_at: wire.recorded_at,
            writer: wire.writer,
            seq: wire.seq,
            supersedes: wire.supersedes,
            body: Body::assemble(&wire.kind, wire.v, wire.body.get()).map_err(D::Error::custom)?,
        })
    }
}

/// Days that an honest entry may wait on a phone for signal.
const WAITS_DAYS: u64 = 14;

/// Whether the clock of the phone was hardly right: by it the entry was written more than a day after it
/// arrived, or longer before than an entry waits. Said beside the time, and decides nothing.
pub fn clock_is_doubtful(recorded_at: DateTime<Utc>, received_at: DateTime<Utc>) -> bool {
    recorded_at > received_at + Days::new(1) || recorded_at + Days::new(WAITS_DAYS) < received_at
}

/// SHA-256 of what was received, and of the chain that binds it to all the writer wrote before.
pub type Hash = [u8; 32];

/// The hash of a body's received bytes; the chain is over these, so that a body may be erased when
/// its time is over and the chain still verifies.
pub fn body_hash(received: &[u8]) -> Hash {
    Sha256::digest(received).into()
}

/// The next link of a writer's chain: `SHA-256(previous ‖ seq as 8 big-endian bytes ‖ body hash)`.
/// A writer's first link follows 32 zero bytes.
pub fn link(previous: &Hash, seq: u64, body: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    hasher.update(seq.to_be_bytes());
    hasher.update(body);
    hasher.finalize().into()
}

/// A short number that a person can read out: `1120-0382`. It follows from the entry alone, so that
/// numbers tell nothing about how many entries others made.
pub fn receipt_number(id: EntryId, received_at: DateTime<Utc>) -> String {
    let day = crate::calendar::local_date(received_at);
    let digest = Sha256::digest(id.0.as_bytes());
    let number = digest.iter().take(4).fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte)) % 10_000;
    format!("{:02}{:02}-{number:04}", day.month(), day.day())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn wire(kind: &str, v: u16) -> Value {
        json!({
            "id": "01890000-0000-7000-8000-000000000001",
            "subject": {"student": "01890000-0000-7000-8000-000000000002"},
            "recorded_at": "2026-11-20T09:38:00Z",
            "writer": "01890000-0000-7000-8000-000000000003",
            "seq": 7,
            "kind": kind,
            "v": v,
            "body": {"first_absent_on": "2026-11-18"}
        })
    }

    #[test]
    fn keeps_its_shape_on_the_wire() {
        let entry: Entry = serde_json::from_value(wire("ABSENCE", 1)).unwrap();
        assert_eq!(entry.body.kind(), Some(Kind::Absence));
        assert_eq!(serde_json::to_value(&entry).unwrap(), wire("ABSENCE", 1));
    }

    #[test]
    fn holds_what_a_newer_app_says() {
        for (kind, v) in [("SONG", 1), ("ABSENCE", 9)] {
            let entry: Entry = serde_json::from_value(wire(kind, v)).unwrap();
            assert_eq!(entry.body.kind(), None);
            assert_eq!(serde_json::to_value(&entry).unwrap(), wire(kind, v));
        }
    }

    #[test]
    fn a_time_is_doubted_that_lies_ahead_or_too_far_back() {
        let arrived: DateTime<Utc> = "2026-11-20T09:38:00Z".parse().unwrap();
        let check = |recorded_at: &str, expect: bool| {
            assert_eq!(clock_is_doubtful(recorded_at.parse().unwrap(), arrived), expect, "{recorded_at}");
        };
        check("2026-11-20T09:37:00Z", false);
        check("2026-11-21T09:38:00Z", false);
        check("2026-11-21T09:39:00Z", true);
        check("2026-11-06T09:38:00Z", false);
        check("2026-11-06T09:37:00Z", true);
        check("2016-01-01T00:00:00Z", true);
    }

    #[test]
    fn a_changed_body_breaks_the_chain() {
        let first = link(&[0; 32], 1, &body_hash(b"a"));
        assert_ne!(link(&first, 2, &body_hash(b"b")), link(&first, 2, &body_hash(b"c")));
        assert_ne!(link(&first, 2, &body_hash(b"b")), link(&[0; 32], 2, &body_hash(b"b")));
    }
}
