//! What of the children, duties and cards this app cannot read, since a server newer than it wrote them:
//! kept as it came, and read by the first app that can.

use super::replica::{Caseload, Changes};
use super::wire::SeenEntry;
use crate::card::Card;
use crate::duty::Duty;
use crate::ids::{DutyId, EntryId, StudentId, derived};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

/// Something set aside, as the text it came as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aside {
    /// An entry of which not even the child is known.
    Entry(String),
    /// A duty.
    Duty(String),
    /// A card.
    Card(String),
}

impl Caseload {
    /// Lays an entry into its child's file, unless it is there.
    pub(super) fn lay(&mut self, seen: SeenEntry, changes: &mut Changes) {
        let Some(file) = seen.entry.subject.student().and_then(|id| self.files.get_mut(&id)) else { return };
        if !file.entries.has(seen.entry.id) {
            changes.files.insert(file.student.id);
            file.entries.push(seen);
        }
    }

    /// Keeps an entry that cannot be read: in its child's file, where it says whose it is.
    pub(super) fn keep_entry(&mut self, raw: &RawValue, changes: &mut Changes) {
        let (id, student) = entry_of(raw).unzip();
        match student.flatten() {
            Some(student) => {
                let Some(file) = self.files.get_mut(&student) else { return };
                if !id.is_some_and(|id| file.entries.has(id)) {
                    changes.files.insert(student);
                    file.entries.push_unread(raw);
                }
            }
            None => self.set_aside(
                id.map_or_else(|| id_of(raw), |id| id.0),
                Aside::Entry(raw.get().into()),
                changes,
            ),
        }
    }

    /// Keeps a duty that cannot be read; what it was before it changed no longer counts.
    pub(super) fn keep_duty(&mut self, raw: &RawValue, changes: &mut Changes) {
        let id = id_of(raw);
        self.duties.remove(&DutyId(id));
        self.set_aside(id, Aside::Duty(raw.get().into()), changes);
    }

    /// Keeps a card that cannot be read, as `keep_duty`.
    pub(super) fn keep_card(&mut self, raw: &RawValue, changes: &mut Changes) {
        let id = id_of(raw);
        self.cards.remove(&id);
        self.set_aside(id, Aside::Card(raw.get().into()), changes);
    }

    fn set_aside(&mut self, id: Uuid, what: Aside, changes: &mut Changes) {
        self.aside.insert(id, what);
        changes.lists = true;
    }

    /// Looks at what was set aside again: another app may be on the phone by now.
    pub(super) fn look_again(&mut self, changes: &mut Changes) {
        for (id, what) in std::mem::take(&mut self.aside) {
            if self.understand(&what, changes).is_some() {
                changes.lists = true;
            } else {
                self.aside.insert(id, what);
            }
        }
    }

    fn understand(&mut self, what: &Aside, changes: &mut Changes) -> Option<()> {
        match what {
            Aside::Entry(came) => self.lay(serde_json::from_str(came).ok()?, changes),
            Aside::Duty(came) => {
                let duty: Duty = serde_json::from_str(came).ok()?;
                self.duties.insert(duty.id, duty);
            }
            Aside::Card(came) => {
                let card: Card = serde_json::from_str(came).ok()?;
                self.cards.insert(card.id, card);
            }
        }
        Some(())
    }
}

/// The id of a duty or a card that cannot be read; one that follows from its text where it has none.
fn id_of(raw: &RawValue) -> Uuid {
    #[derive(Deserialize)]
    struct Named {
        id: Uuid,
    }
    let named = serde_json::from_str::<Named>(raw.get());
    named.map_or_else(|_| derived(Uuid::nil(), raw.get()), |named| named.id)
}

/// Which entry it is and about which child, as far as an entry that cannot be read still says so.
pub(super) fn entry_of(raw: &RawValue) -> Option<(EntryId, Option<StudentId>)> {
    #[derive(Deserialize)]
    struct Seen {
        entry: Named,
    }
    #[derive(Deserialize)]
    struct Named {
        id: EntryId,
        #[serde(default)]
        subject: Option<Box<RawValue>>,
    }
    #[derive(Deserialize)]
    struct OfStudent {
        student: StudentId,
    }
    let entry = serde_json::from_str::<Seen>(raw.get()).ok()?.entry;
    let subject = entry.subject.and_then(|raw| serde_json::from_str::<OfStudent>(raw.get()).ok());
    Some((entry.id, subject.map(|subject| subject.student)))
}
