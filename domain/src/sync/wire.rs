//! Requests and answers of `POST /api/v1/sync`, pinned by snapshot tests. The wire type is the domain
//! type: there is no other.

use super::sifted::{Sifted, if_readable};
use super::{Timeline, Unread};
use crate::card::Card;
use crate::directory::Directory;
use crate::duty::Duty;
use crate::entry::Entry;
use crate::ids::{DutyId, EntryId, StudentId, UserId, WriterId};
use crate::problem::Problem;
use crate::student::StudentState;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

/// The version of this protocol; a server answers older ones, never newer ones.
pub const PROTOCOL: u16 = 1;

/// At most this many entries a request: one short transaction on the server.
pub const MAX_ENTRIES: usize = 50;

/// A phone's request: push what is unsent, pull what is new. Either part may be empty.
#[derive(Debug, Serialize, Deserialize)]
pub struct SyncRequest {
    /// `PROTOCOL` of the app.
    pub protocol: u16,
    /// One person on one device. Registered by the server when first seen.
    pub writer: WriterId,
    /// Build of the app, for support.
    #[serde(default)]
    pub build: String,
    /// Entries in order of seq, at most `MAX_ENTRIES`. Raw: the chain is over the bytes as sent.
    #[serde(default)]
    pub entries: Vec<Box<RawValue>>,
    /// Where the last pull ended; `None` = from the beginning.
    #[serde(default)]
    pub cursor: Option<Cursor>,
    /// Fingerprint of the directory the phone has.
    #[serde(default)]
    pub directory: Option<String>,
    /// Entries of this person that were kept for the office, as far as the phone knows; at most
    /// `MAX_ENTRIES`. It asks until there is a decision, so that no lost answer loses one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<EntryId>,
}

/// A place in the server's order. Opaque to phones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cursor {
    /// Changes when the server was restored from a backup.
    pub epoch: u64,
    /// Transaction.
    pub xid: u64,
    /// Within it.
    pub ver: u64,
}

impl Cursor {
    /// Before everything, in the same epoch: for a phone that asks for all of it again and must still
    /// notice when the server was restored meanwhile.
    #[must_use]
    pub const fn beginning(self) -> Self {
        Self { epoch: self.epoch, xid: 0, ver: 0 }
    }
}

/// The header of an answer that says, as JSON, how the next request goes on: a phone that has much to
/// fetch sends it while it still reads.
pub const GO_ON: &str = "x-qiaomen-go-on";

/// What stands in that header.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GoOn {
    /// Where the next pull goes on.
    pub cursor: Cursor,
    /// Fingerprint of the directory that comes with this answer, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
}

/// The server's answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SyncResponse {
    /// One a pushed entry, in their order. Entries after a gap have none.
    pub receipts: Vec<Receipt>,
    /// The seq the server waits for, when the request left a gap or the writer is unknown to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_seq: Option<u64>,
    /// The writer was cloned: take a new writer id and number the unsent anew.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forked: bool,
    /// What the office decided about entries that the request names as kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decided: Vec<Decided>,
    /// What is new.
    pub page: Page,
    /// The server's clock, to show when the device is a day off.
    pub server_time: Option<DateTime<Utc>>,
}

impl SyncResponse {
    /// How to go on at once, where that does not depend on what this answer says of pushed entries.
    pub fn go_on(&self) -> Option<GoOn> {
        let only_pulled = self.receipts.is_empty() && self.expected_seq.is_none() && !self.forked;
        let cursor = self.page.cursor.filter(|_| self.page.more && only_pulled)?;
        Some(GoOn { cursor, directory: self.page.directory_fingerprint.clone() })
    }
}

/// What became of one pushed entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// The entry.
    pub id: EntryId,
    /// Its seq.
    pub seq: u64,
    /// Stored or not.
    #[serde(flatten)]
    pub answer: Answer,
}

/// What became of an entry. Behind is a normal answer, not an error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// Stored, for the first time or long ago: 回执 number to read out.
    Accepted {
        /// `1120-0382`
        number: String,
        /// When it was first received.
        received_at: DateTime<Utc>,
    },
    /// Kept for the office to decide: the author's grant had gone.
    Quarantined {
        /// 回执
        number: String,
    },
    /// Not taken, and why. It stays with its author until mended or withdrawn.
    Refused {
        /// Field and code.
        problems: Vec<Problem>,
    },
}

/// What the office decided about an entry that was kept for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The entry.
    pub id: EntryId,
    /// When it was first received.
    pub received_at: DateTime<Utc>,
    /// 不收, and why, in the office's words; `None`: it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<String>,
}

/// A page of what is new to the actor, in the server's order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// The phone's place no longer counts (first pull, restored server, changed grants): what follows
    /// up to `more == false` is everything, and replaces what the phone has.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reset: bool,
    /// Children that came into sight: whole files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileView>,
    /// Children already in sight that stand differently now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub students: Vec<StudentView>,
    /// New entries of children in sight.
    #[serde(default, skip_serializing_if = "Sifted::is_empty")]
    pub entries: Sifted<SeenEntry>,
    /// Children no longer in sight: forget them, once all that was written about them is sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forget: Vec<StudentId>,
    /// Duties new or changed.
    #[serde(default, skip_serializing_if = "Sifted::is_empty")]
    pub duties: Sifted<Duty>,
    /// Duties done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub done: Vec<DutyId>,
    /// Cards new or changed.
    #[serde(default, skip_serializing_if = "Sifted::is_empty")]
    pub cards: Sifted<Card>,
    /// Cards gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards_gone: Vec<Uuid>,
    /// The directory, when it differs from the phone's. One of a shape that this app does not know is sent
    /// again until it does.
    #[serde(default, deserialize_with = "if_readable", skip_serializing_if = "Option::is_none")]
    pub directory: Option<Box<Directory>>,
    /// Its fingerprint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory_fingerprint: Option<String>,
    /// Where the next pull goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// There is more at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// A child as the actor may see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudentView {
    /// Who.
    pub id: StudentId,
    /// Where the child stands, in the role's view.
    pub state: Unread<StudentState>,
    /// Pinyin initials of the name, syllable by syllable, `·` left out (阿依古丽·艾力 → ayglal): made by the server, so that no phone carries a table of 20,000 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub initials: String,
    /// The other children of the household: stubs, nothing else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub siblings: Vec<Sibling>,
}

/// Another child of the same household (ux 5.6): no status, no absence, no phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sibling {
    /// Who.
    pub student: StudentId,
    /// Given name.
    pub name: String,
    /// 示例小学三年级
    pub class: String,
    /// Of the actor's own school, where the whole child may be seen.
    pub own_school: bool,
}

/// A child's whole file as the actor may see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileView {
    /// The child.
    pub student: StudentView,
    /// Entries the actor may read, in the server's order.
    pub entries: Timeline,
}

/// An entry as it is read: with its author and when the server received it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeenEntry {
    /// The entry.
    pub entry: Entry,
    /// Who wrote it.
    pub author: UserId,
    /// Name as colleagues know it.
    pub author_name: String,
    /// When the server received it.
    pub received_at: DateTime<Utc>,
}
